"""Videos: judged by their boxes, emptied of what they tell, uploaded in parts and ahead of time (P22, R20, R22)."""

from __future__ import annotations

import io
import struct
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from channels import mp4
from channels.actions import publishing, videos
from channels.actions.publishing import preparing
from channels.connectors import Access, Draft, NothingSent, Refused, Video
from channels.connectors.linkedin import LinkedIn
from channels.connectors.linkedin.videos import _parts
from channels.models import Delivery, Errand, MediaItem, Post, PreparedMedia
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.films import SECRETS, film, film_that_tells
from tests.channels.test_composer import desk  # noqa: F401

SHOWN = videos.ShownInVideo(alt_text="Sola stiger over fjorden.", people="none", captions="no_speech")
WHOLE = film()
UPLOAD = "PUT /dms-uploads/*"


def read(content: bytes) -> videos.Filmed:
    file = io.BytesIO(content)
    return videos.read_video(SimpleNamespace(file=file, size=len(content)))


def with_duration(content: bytes, seconds: int) -> bytes:
    at = content.index(b"mvhd") + 4 + 12
    return content[:at] + struct.pack(">II", 1000, seconds * 1000) + content[at + 8 :]


def box_at(content: bytes, kind: bytes, new_size: int) -> bytes:
    at = content.index(kind) - 4
    return content[:at] + struct.pack(">I", new_size) + content[at + 4 :]


class TestReading:
    def test_p22_b42_takes_place_person_camera_and_time_away_and_moves_nothing(self):
        told = film_that_tells()
        assert all(secret in told for secret in SECRETS), "the source carried it, or the test proves nothing"
        file = io.BytesIO(told)
        film = videos.read_video(SimpleNamespace(file=file, size=len(told)))
        kept = file.getvalue()

        assert not [secret for secret in SECRETS if secret in kept]
        assert struct.pack(">I", 3_900_000_000) not in kept
        assert len(kept) == len(told)
        pictures = slice(told.index(b"mdat"), told.index(b"GPSTRACK"))
        assert kept[pictures] == told[pictures]
        assert (film.duration_ms, film.width, film.height) == (4000, 160, 96)
        # What is read once more has nothing left to take away but what is zero already.
        again = io.BytesIO(kept)
        mp4.blank(again, mp4.inspect(again).patches)
        assert again.getvalue() == kept

    def test_a_film_filmed_upright_is_told_as_it_is_shown(self):
        turned = WHOLE.replace(
            struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000),
            struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000),
        )

        assert (read(turned).width, read(turned).height) == (96, 160)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "tom"),
            (b"<svg onload=alert(1)>" * 5000, "MP4"),
            (b"\x89PNG\r\n\x1a\n" + bytes(100_000), "MP4"),
            (WHOLE[: len(WHOLE) // 2], "MP4"),
            (WHOLE[:-1], "MP4"),
            (box_at(WHOLE, b"moov", 7), "MP4"),
            (box_at(WHOLE, b"trak", 2**31), "MP4"),
            (box_at(WHOLE, b"tkhd", 20), "MP4"),
            (WHOLE.replace(b"vide", b"audi"), "MP4"),
            (WHOLE.replace(b"moov", b"moof"), "hvor lang"),
            (WHOLE.replace(b"ftypisom", b"ftypqt  "), "QuickTime"),
            (with_duration(WHOLE, 2), "3 sekunder"),
            (with_duration(WHOLE, 1801), "30 minutter"),
            (film(2, n_across=20, n_down=12), "3 sekunder"),
            (with_duration(film(2), 4), "75 kB"),
        ],
    )
    def test_b40_says_why_a_file_cannot_be_used(self, content, says):
        with pytest.raises(videos.NotAVideo, match=says):
            read(content)

    def test_b41_is_bounded_however_many_boxes_a_file_claims(self):
        endless = WHOLE[:24] + struct.pack(">I4s", 8, b"free") * 30_000

        with pytest.raises(videos.NotAVideo):
            read(endless)

    def test_refuses_what_is_larger_than_the_cap(self, monkeypatch):
        monkeypatch.setattr(videos, "MAX_BYTES", 90_000)

        with pytest.raises(videos.NotAVideo, match="MB"):
            read(WHOLE)


@pytest.fixture
def linkedin(linkedin_sandbox) -> LinkedIn:
    return LinkedIn(Access(linkedin_sandbox.token, linkedin_sandbox.organisations[0]["urn"]))


@pytest.fixture
def draft(tmp_path) -> Draft:
    path = tmp_path / "film.mp4"
    path.write_bytes(WHOLE)
    return Draft("Se filmen", marker="m", video=Video(path, len(WHOLE), "Sola stiger."))


class TestAtLinkedIn:
    def test_sends_parts_to_their_own_addresses_and_waits_until_the_video_may_be_used(
        self, linkedin, linkedin_sandbox, tmp_path
    ):
        linkedin_sandbox.switch(processing_delay_s=0.4)
        large = tmp_path / "large.mp4"
        large.write_bytes(WHOLE + struct.pack(">I4s", 9_000_000, b"free") + bytes(8_999_992))
        video = Video(large, large.stat().st_size, "Sola stiger.")

        prepared = linkedin.prepare(Draft("Se filmen", marker="m", video=video), deadline_s=10)
        receipt = linkedin.publish(prepared, deadline_s=5)

        # The stand-in takes a video only when each part came to its own address, and names them in order.
        assert [call["status"] for call in linkedin_sandbox.calls() if call["method"] == "PUT"] == [200] * 3
        content = linkedin._api.read(f"/rest/posts/{receipt.external_id.replace(':', '%3A')}")["content"]
        assert content == {"media": {"id": prepared.media_id, "title": "Sola stiger."}}
        assert prepared.media_id.startswith("urn:li:video:")

    @pytest.mark.parametrize("kind", ["plain_500", "answer_lost"])
    @pytest.mark.parametrize("endpoint", ["POST /rest/videos", UPLOAD])
    def test_p2_whatever_fails_while_uploading_nothing_is_sent(self, linkedin, linkedin_sandbox, draft, endpoint, kind):
        linkedin_sandbox.fault(endpoint, kind=kind)

        with pytest.raises(NothingSent):
            linkedin.upload_ahead(draft, deadline_s=5)

    def test_a_video_that_linkedin_cannot_use_is_refused(self, linkedin, linkedin_sandbox, draft):
        linkedin_sandbox.switch(processing_failed=True)

        with pytest.raises(Refused) as refusal:
            linkedin.prepare(draft, deadline_s=5)

        assert refusal.value.code == "video_refused"

    @pytest.mark.parametrize(
        "told",
        [
            None,
            [],
            ["x"],
            [{"uploadUrl": "https://x.example/1", "firstByte": 0, "lastByte": 8}],
            [{"uploadUrl": "https://x.example/1", "firstByte": 1, "lastByte": 9}],
            [{"uploadUrl": "http://x.example/1", "firstByte": 0, "lastByte": 9}],
            [{"uploadUrl": "https://x.example/1", "firstByte": "0", "lastByte": "9"}],
            [
                {"uploadUrl": "https://x.example/1", "firstByte": 0, "lastByte": 5},
                {"uploadUrl": "https://x.example/2", "firstByte": 5, "lastByte": 9},
            ],
        ],
    )
    def test_believes_only_parts_that_make_up_the_file(self, told):
        assert _parts(told, n_bytes=10) == []


def video_of(town, folder) -> MediaItem:
    with tenant(town.pk):
        return videos.store_video(video=read(WHOLE), shown=SHOWN, user=town.adviser, now=clock.now())


@pytest.fixture
def planned(press, settings, tmp_path) -> Delivery:
    """A post with a video, planned two hours ahead."""
    settings.MEDIA_ROOT = tmp_path
    delivery = press.draft(media=video_of(press.town, tmp_path))
    wall = (press.now + timedelta(hours=2)).astimezone(clock.OSLO).replace(tzinfo=None)
    with tenant(press.town.pk):
        publishing.schedule(delivery=delivery, by=press.town.adviser, now=press.now, wall=wall)
    return delivery


def ahead(press, delivery, later=timedelta(minutes=95)) -> str:
    return preparing.upload_ahead(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now + later)


class TestAhead:
    def test_is_uploaded_half_an_hour_ahead_and_the_send_need_not_wait_for_it(self, press, planned):
        errand = Errand.objects.get(delivery_id=planned.pk)
        with tenant(press.town.pk):
            planned.refresh_from_db()
        assert errand.due_at == planned.due_at - timedelta(minutes=30)
        press.sandbox.switch(processing_delay_s=300)

        states = [ahead(press, planned), ahead(press, planned, timedelta(minutes=96))]
        press.sandbox.advance(400)
        states.append(ahead(press, planned, timedelta(minutes=97)))
        assert states == ["uploaded", "uploaded", "available"]
        assert not Errand.objects.filter(delivery_id=planned.pk).exists()
        assert press.n_posted() == 0

        n_before = len(press.sandbox.calls())
        assert press.publish(planned, later=timedelta(hours=2)) == "published"
        assert "/rest/videos" not in {call["path"] for call in press.sandbox.calls()[n_before:]}
        assert len(press.copies(planned)) == 1

    def test_t8_without_it_the_send_uploads_by_itself_and_keeps_what_it_uploaded(self, press, planned, settings):
        settings.PUBLISH_LEASE_S, settings.PUBLISH_DEADLINE_S = 6, 4
        press.sandbox.switch(processing_delay_s=600)
        due = timedelta(hours=2)

        first = press.publish(planned, later=due)
        reason = press.fresh(planned).reason
        press.sandbox.advance(700)
        second = press.publish(planned, later=due + timedelta(minutes=2))

        assert (first, reason, second) == ("scheduled", "video_not_ready", "published")
        uploads = [call for call in press.sandbox.calls() if call["method"] == "PUT"]
        assert len(uploads) == 1
        assert len(press.copies(planned)) == 1

    def test_t9_a_video_that_is_not_accepted_ends_with_words_and_is_not_sent_again(self, press, planned, client_of):
        press.sandbox.switch(processing_failed=True)

        assert [ahead(press, planned), ahead(press, planned)] == ["uploaded", "failed"]
        assert press.publish(planned, later=timedelta(hours=2)) == "rejected"
        assert press.n_posted() == 0
        url = reverse("delivery", kwargs={"number": press.town.number, "delivery_id": planned.pk})
        assert "godtar ikke videoen" in client_of(press.town.adviser).get(url).content.decode()

    def test_trouble_on_the_way_is_tried_again_and_what_was_taken_back_is_left(self, press, planned):
        press.sandbox.fault(UPLOAD, kind="plain_500")

        assert ahead(press, planned) == "video_not_uploaded"
        assert Errand.objects.filter(delivery_id=planned.pk).exists()
        with tenant(press.town.pk):
            assert not PreparedMedia.objects.exists()
            publishing.take_back(delivery=planned, by=press.town.adviser, now=press.now)
        assert ahead(press, planned) == "nothing_to_do"
        assert not Errand.objects.filter(delivery_id=planned.pk).exists()

    def test_p3_a_file_that_was_changed_on_the_disk_is_not_sent(self, press, planned):
        with tenant(press.town.pk):
            media = MediaItem.objects.get()
        path = Path(media.file.path)
        path.write_bytes(path.read_bytes()[:-1] + b"x")

        assert press.publish(planned, later=timedelta(hours=2)) == "rejected"
        assert press.fresh(planned).reason == "video_changed"
        assert press.sandbox.calls() == []


def upload(content: bytes = WHOLE) -> SimpleUploadedFile:
    return SimpleUploadedFile("../../ferie i Syden.mp4", content, content_type="video/mp4")


def sent(post, **changes) -> dict:
    return {
        "file": upload(),
        "alt_text": "Sola stiger over fjorden.",
        "captions": "no_speech",
        "people": "none",
        "version": post.version,
        **changes,
    }


class TestThePage:
    def test_puts_a_video_into_a_draft_and_plays_it_for_its_own_people_alone(self, desk, storvika):  # noqa: F811
        answer = desk.write(kind="video", do="video")
        (post,) = desk.posts()
        url = reverse("post_video", kwargs={"number": desk.town.number, "post_id": post.pk})
        assert answer.url == url
        assert desk.client.get(url).status_code == 200

        stored = desk.client.post(url, sent(post, file=upload(film_that_tells())))

        (post,) = desk.posts()
        media = post.media
        assert stored.url == desk.post_url(post)
        assert (media.kind, media.duration_ms, media.width, media.captions) == ("video", 4000, 160, "no_speech")
        assert "ferie" not in media.file.name
        content = Path(media.file.path).read_bytes()
        assert not [secret for secret in SECRETS if secret in content]
        file = reverse("media_file", kwargs={"number": desk.town.number, "media_id": media.pk})
        page = desk.client.get(desk.post_url(post)).content.decode()
        assert f'src="{file}"' in page
        assert "<video" in page
        part = desk.client.get(file, headers={"range": "bytes=100-199"})
        assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes 100-199/{media.file.size}")
        assert part.getvalue() == content[100:200]
        assert desk.client_of(storvika.adviser).get(file).status_code == 404
        about = reverse("media", kwargs={"number": desk.town.number, "media_id": media.pk})
        assert "4 sekunder" in desk.client.get(about).content.decode()

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"file": ""}, "Velg en videofil"),
            ({"file": upload(b"<html>" * 20_000)}, "ikke en MP4-video"),
            ({"alt_text": ""}, "Beskriv"),
            ({"captions": ""}, "de som ikke hører"),
            ({"people": "vulnerable"}, "samtykke"),
            ({"version": 99}, "en annen versjon"),
        ],
    )
    def test_r20_r22_b45_stores_nothing_that_lacks_something_and_says_what(self, desk, changes, says):  # noqa: F811
        desk.write()
        (post,) = desk.posts()
        url = reverse("post_video", kwargs={"number": desk.town.number, "post_id": post.pk})

        answer = desk.client.post(url, sent(post, **changes))

        assert answer.status_code == 422
        assert says in answer.content.decode()
        with tenant(desk.town.pk):
            assert not MediaItem.objects.exists()
            assert Post.objects.get().version == 1

    def test_p3_voids_the_approval_of_a_planned_post_and_is_told_when_it_is_too_late_p5(self, desk):  # noqa: F811
        delivery = desk.planned()
        url = reverse("post_video", kwargs={"number": desk.town.number, "post_id": delivery.post_id})
        assert "tilbake til utkast" in desk.client.get(url).content.decode()
        (post,) = desk.posts()

        assert desk.client.post(url, sent(post)).status_code == 302
        assert desk.delivery().state == "draft"
        desk.press.set(delivery, state="published")
        (post,) = desk.posts()
        answer = desk.client.post(url, sent(post, alt_text="En annen."))
        assert answer.status_code == 422
        assert "allerede publisert" in answer.content.decode()

    def test_p22_only_this_door_takes_more_than_a_picture(self, desk, rf):  # noqa: F811
        from kanalkompass.bodies import limit_bytes

        def limit(path):
            return limit_bytes(rf.post(path, {"file": upload(b"x")}))

        at_the_door = limit(f"/{desk.town.number}/innlegg/7/video/")
        assert at_the_door > 200_000_000
        assert limit(f"/{desk.town.number}/innlegg/7/") < 22_000_000
        assert limit(f"/{desk.town.number}/innlegg/7/video/x/") < 22_000_000
