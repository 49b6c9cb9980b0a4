"""The composer: writing, checking, counting, planning; and what happens when two people do it at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from channels.actions import campaigns, publishing
from channels.models import Campaign, Connection, Delivery, MediaItem, Post, TrackedLink, WordingChoice
from channels.queries import previews
from channels.queries.posts import connector_for
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import MunicipalitySettings
from tests.channels.deliveries import Press, connect
from tests.channels.test_campaigns import job_of
from tests.channels.test_media import gif_of, picture, png_that_claims

TEXT = "Hos oss får du tid til faget.\n\nVi søker sykepleier til Solbakken.\n\n#Sykepleier #LedigStilling"
State = Delivery.State


@dataclass
class Desk:
    """A campaign for one vacancy in a municipality whose page is connected, and a browser for its adviser."""

    press: Press
    campaign: Campaign
    job: Any
    client: Any
    client_of: Any

    @property
    def town(self):
        return self.press.town

    @property
    def url(self):
        return reverse("post_new", kwargs={"number": self.town.number, "campaign_id": self.campaign.pk})

    def typed(self, **changes):
        return {
            "title": "Bli sykepleier på Solbakken",
            "text": TEXT,
            "job": str(self.job.pk),
            "picture": "none",
            "due_date": "",
            "due_time": "",
            "form_key": "k" * 32,
            "do": "save",
            **changes,
        }

    def at(self, *, minutes=60):
        """Return date and time as typed, some minutes from now."""
        wall = (clock.now() + timedelta(minutes=minutes)).astimezone(clock.OSLO)
        return {"due_date": f"{wall:%d.%m.%Y}", "due_time": f"{wall:%H.%M}"}

    def write(self, client=None, **changes):
        return (client or self.client).post(self.url, self.typed(**changes))

    def planned(self):
        """Write a post that is planned an hour ahead, and return its delivery."""
        self.write(do="schedule", **self.at())
        return self.delivery()

    def post_url(self, post):
        return reverse("post", kwargs={"number": self.town.number, "post_id": post.pk})

    def posts(self):
        with tenant(self.town.pk):
            return list(Post.objects.select_related("media", "changed_by").order_by("pk"))

    def delivery(self):
        with tenant(self.town.pk):
            return Delivery.objects.select_related("link", "post", "account").get()

    def edit(self, post, client=None, **changes):
        typed = self.typed(version=post.version, is_told="", **changes)
        return (client or self.client).post(self.post_url(post), typed)


@pytest.fixture
def desk(lyngvaer, linkedin_sandbox, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    press = connect(lyngvaer, linkedin_sandbox)
    job = job_of(lyngvaer)
    plan = campaigns.Plan("Sykepleiere", clock.today(), clock.today() + timedelta(days=30))
    with tenant(lyngvaer.pk):
        campaign = campaigns.start_campaign(plan=plan, jobs=[job], user=lyngvaer.adviser, now=clock.now())
    return Desk(press, campaign, job, client_of(lyngvaer.adviser), client_of)


def upload(content=None, name="bilde.jpg"):
    return SimpleUploadedFile(name, picture() if content is None else content, content_type="image/jpeg")


def page_of(response):
    return response.content.decode()


class TestWriting:
    def test_stores_a_draft_with_its_delivery_and_a_tracked_link_of_its_own(self, desk):
        response = desk.write()

        (post,) = desk.posts()
        delivery = desk.delivery()
        assert response.status_code == 302
        assert response.url == desk.post_url(post)
        assert (post.text, post.version, post.job_id) == (TEXT, 1, desk.job.pk)
        assert delivery.state == State.DRAFT
        assert delivery.link.target_url == desk.job.apply_url
        assert delivery.link.campaign_id == desk.campaign.pk
        assert desk.press.events(delivery) == ["created"]

    def test_a_double_click_writes_one_post(self, desk):
        first, second = desk.write(), desk.write()

        assert first.url == second.url
        assert len(desk.posts()) == 1

    def test_the_same_form_with_other_content_is_told(self, desk):
        desk.write()

        response = desk.write(title="Noe annet")

        assert response.status_code == 422
        assert len(desk.posts()) == 1

    def test_line_breaks_of_the_browser_become_those_that_are_published(self, desk):
        desk.write(text=TEXT.replace("\n", "\r\n"))

        assert desk.posts()[0].text == TEXT

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"title": ""}, "Arbeidstittel: "),
            ({"title": "a" * 121}, "120"),
            ({"text": ""}, "Tekst til LinkedIn: "),
            ({"text": " \u200b "}, "bokstav"),
            ({"text": "a" * 3000}, "tegn for lang"),
            ({"text": "a" * 500_000}, "tegn for lang"),
            ({"text": " ".join(f"#Ord{n}" for n in range(31))}, "30 emneknagger"),
            ({"text": "Navn\u202e"}, "tegn som ikke"),
            ({"job": "999999"}, "Stilling: "),
            ({"job": ""}, "Skriv hvor lenken"),
            ({"job": "", "target_url": "https://ond.example/x"}, "Lenker kan ikke føre"),
            ({"job": "", "target_url": "javascript:alert(1)"}, "nettadresse"),
            ({"job": "", "target_url": "https://lyngvaer.example@ond.example/"}, "Lenker kan ikke føre"),
            ({"picture": "999999"}, "av bildene som vises"),
        ],
    )
    def test_says_what_is_wrong_and_stores_nothing(self, desk, changes, message):
        """B39, P21."""
        response = desk.write(**changes)

        assert response.status_code == 422
        assert message in page_of(response)
        assert desk.posts() == []
        with tenant(desk.town.pk):
            assert not TrackedLink.objects.exists()

    def test_a_text_of_exactly_the_channels_length_is_taken(self, desk):
        with_link = previews.counted(text="x", connector=connector_for(None)).max_length
        link = len("http://localhost/s/") + 8 + 2

        assert desk.write(text="a" * (with_link - link + 1)).status_code == 422
        assert desk.write(text="a" * (with_link - link)).status_code == 302

    def test_nothing_typed_is_lost_when_something_is_wrong(self, desk):
        page = page_of(desk.write(title="", text="En tekst å ta vare på"))

        assert "En tekst å ta vare på" in page

    def test_without_a_page_one_can_still_draft(self, storvika, client_of):
        job = job_of(storvika)
        plan = campaigns.Plan("Sjukepleiarar", clock.today(), clock.today())
        with tenant(storvika.pk):
            campaign = campaigns.start_campaign(plan=plan, jobs=[job], user=storvika.adviser, now=clock.now())
        desk = Desk(Press(storvika, None, None), campaign, job, client_of(storvika.adviser), client_of)

        shown = page_of(desk.client.get(desk.url))
        response = desk.write()

        assert "Kommunen har inga LinkedIn-side her enno" in shown
        assert response.status_code == 302
        assert len(desk.posts()) == 1
        planned = desk.edit(desk.posts()[0], do="schedule", **desk.at())
        assert planned.status_code == 422
        assert "inga side å publisere til" in page_of(planned)

    def test_says_what_stands_in_the_way_and_where_to_put_it_right(self, desk):
        with tenant(desk.town.pk):
            Connection.objects.update(state="dead")

        page = page_of(desk.client.get(desk.url))

        assert "Du kan skrive et utkast så lenge" in page
        assert f"/9901/kanaler/{desk.press.account.pk}/" in page
        assert desk.write().status_code == 302
        assert desk.edit(desk.posts()[0], do="schedule", **desk.at()).status_code == 422


class TestCountingAndPreview:
    def test_counts_as_the_channel_counts_with_the_link(self, desk):
        text = "Å være 👩‍⚕️ på Solbakken"

        page = page_of(desk.write(text=text, do="preview"))

        length = connector_for(None).length(text + "\n\n" + "http://localhost/s/" + "x" * 8)
        assert f"{length} av 3\N{NO-BREAK SPACE}000 tegn. De første 210 vises før «se mer»." in page

    def test_a_preview_stores_nothing_and_finds_no_faults_yet(self, desk):
        response = desk.write(title="", do="preview")

        assert response.status_code == 200
        assert "Hos oss får du tid" in page_of(response)
        assert "form_errors" not in page_of(response)
        assert desk.posts() == []

    def test_the_live_preview_is_the_part_of_the_page(self, desk):
        response = desk.client.post(desk.url, desk.typed(do="preview"), headers={"HX-Request": "true"})

        page = page_of(response)
        assert response.status_code == 200
        assert "<html" not in page
        assert 'id="checks"' in page
        assert 'id="preview"' in page

    def test_puts_the_link_in_its_place(self, desk):
        desk.write(text="Søk her: {lenke} i dag")

        page = page_of(desk.client.get(desk.post_url(desk.posts()[0])))

        assert f"http://localhost/s/{desk.delivery().link.code}" in page
        assert "{lenke} i dag" in page

    def test_cuts_where_the_channel_does_and_spares_the_word(self):
        text = "ord " * 100

        shown = previews.preview_of(text=text.strip(), visible=210, page_name="Lyngvær", media=None)

        first, rest = ("".join(part.text for part in parts) for parts in (shown.shown, shown.unfolded))
        assert len(first) <= 210
        assert first.endswith("ord")
        assert rest.startswith("ord")

    def test_markup_in_a_text_is_shown_as_text(self, desk):
        page = page_of(desk.write(text="<script>alert(1)</script> #<b>", do="preview"))

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


class TestWordings:
    """R2: a check warns and names the rule; who keeps the wording writes why."""

    BAD = "Vi søker unge sykepleiere til Solbakken."

    def test_a_draft_is_saved_with_a_warning(self, desk):
        desk.write(text=self.BAD)

        page = page_of(desk.client.get(desk.post_url(desk.posts()[0])))

        assert "«unge sykepleiere» kan være ulovlig" in page
        assert "arbeidsmiljøloven" in page
        assert "Behold med begrunnelse" in page

    def test_is_not_planned_before_a_reason_is_given(self, desk):
        response = desk.write(text=self.BAD, do="schedule", **desk.at())

        assert response.status_code == 422
        assert "Skriv hvorfor det skal stå" in page_of(response)
        assert desk.posts() == []

    def test_keeps_the_reason_with_the_name_and_asks_once(self, desk):
        form = desk.client.get(desk.url)
        assert form.status_code == 200
        key = self.reason_field(desk.write(text=self.BAD, do="schedule", **desk.at()))

        response = desk.write(text=self.BAD, do="schedule", **desk.at(), **{key: "Sitat fra en ansatt."})

        assert response.status_code == 302
        assert desk.delivery().state == State.SCHEDULED
        with tenant(desk.town.pk):
            choice = WordingChoice.objects.get()
        assert (choice.rule, choice.phrase, choice.reason) == ("age_word", "unge sykepleiere", "Sitat fra en ansatt.")
        assert choice.chosen_by == desk.town.adviser
        page = page_of(desk.client.get(desk.post_url(desk.posts()[0])))
        assert "Begrunnelse: Sitat fra en ansatt." in page

    def test_a_blank_reason_is_none(self, desk):
        key = self.reason_field(desk.write(text=self.BAD, do="schedule", **desk.at()))

        response = desk.write(text=self.BAD, do="schedule", **desk.at(), **{key: "   "})

        assert response.status_code == 422
        assert desk.posts() == []

    def reason_field(self, response):
        return next(name for name in response.context["form"].fields if name.startswith("reason_"))


class TestPictures:
    def test_uploads_with_its_description(self, desk):
        desk.write(file=upload(), alt_text="Rødt naust ved fjorden.", people="none")

        (post,) = desk.posts()
        assert post.media.alt_text == "Rødt naust ved fjorden."
        assert f"/media/{post.media_id}/fil" in page_of(desk.client.get(desk.post_url(post)))

    @pytest.mark.parametrize(
        ("content", "name", "message"),
        [
            (b"<svg onload='alert(1)'/>", "bilde.png", "ikke et bilde"),
            (b"<html>", "bilde.jpg", "ikke et bilde"),
            (b"", "tom.png", "tom"),
            (picture()[:200], "halv.jpg", "skadet"),
            (png_that_claims(20_000, 20_000), "stor.png", "50 millioner"),
            (gif_of(101), "lang.gif", "100 enkeltbilder"),
        ],
        ids=["svg", "html", "empty", "truncated", "pixel flood", "frames"],
    )
    def test_refuses_hostile_files_at_the_field(self, desk, content, name, message):
        """P22, B40, B41."""
        response = desk.write(file=upload(content, name), alt_text="Et bilde.", people="none")

        assert response.status_code == 422
        assert message in page_of(response)
        assert desk.posts() == []
        with tenant(desk.town.pk):
            assert not MediaItem.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"alt_text": ""}, "Beskriv bildet"),
            ({"alt_text": "To kolleger.", "people": "employees"}, "hvor samtykket ligger"),
        ],
    )
    def test_asks_for_alternative_text_and_consent(self, desk, changes, message):
        """R20, R22."""
        response = desk.write(**{"file": upload(), "people": "none", **changes})

        assert response.status_code == 422
        assert message in page_of(response)

    def test_a_picture_is_not_lost_when_something_else_is_wrong(self, desk):
        response = desk.write(file=upload(), alt_text="Rødt naust.", people="none", title="")

        with tenant(desk.town.pk):
            item = MediaItem.objects.get()
        assert response.status_code == 422
        assert f'value="{item.pk}"' in page_of(response)
        desk.write(picture=str(item.pk))
        assert desk.posts()[0].media == item

    def test_another_municipalitys_picture_cannot_be_chosen(self, desk, storvika):
        from tests.channels.test_media import store

        theirs = store(storvika)

        assert desk.write(picture=str(theirs.pk)).status_code == 422


class TestPlanning:
    def test_who_may_publish_plans_at_once(self, desk):
        response = desk.write(do="schedule", **desk.at())

        delivery = desk.delivery()
        assert response.url == f"/9901/leveringer/{delivery.pk}/"
        assert delivery.state == State.SCHEDULED
        assert delivery.approved_text == f"{TEXT}\n\nhttp://localhost/s/{delivery.link.code}"

    def test_who_may_not_sends_it_for_approval(self, desk):
        novice = desk.client_of(desk.town.novice)

        page = page_of(novice.get(desk.url))
        response = desk.write(novice, do="submit", **desk.at())

        assert "Send til godkjenning" in page
        assert 'value="schedule"' not in page
        assert response.status_code == 302
        assert desk.delivery().state == State.AWAITING_APPROVAL

    def test_planning_without_the_right_is_not_there(self, desk):
        response = desk.write(desk.client_of(desk.town.novice), do="schedule", **desk.at())

        assert response.status_code == 404
        assert desk.posts() == []

    @pytest.mark.parametrize(
        ("date", "time", "message"),
        [
            ("", "", "Skriv datoen"),
            ("24.11.2026", "", "Skriv klokkeslettet"),
            ("", "14.30", "Skriv datoen"),
            ("22.11.2026", "14.30", "passert"),
            ("31.12.9999", "23.59", "innen ett år"),
            ("28.03.2027", "02.30", "finnes ikke"),
            ("24.11.2026", "25.00", "klokkeslett"),
            ("24.11.2026", "halv tre", "klokkeslett"),
            ("31.02.2027", "12.00", "dato"),
        ],
    )
    def test_b44_refuses_a_time_that_is_none(self, desk, date, time, message):
        with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False):
            client = desk.client_of(desk.town.adviser)
            response = desk.write(client, do="schedule", due_date=date, due_time=time)

        assert response.status_code == 422
        assert message in page_of(response)
        assert desk.posts() == []

    def test_p4_asks_which_in_the_hour_that_is_repeated(self, desk):
        with tenant(desk.town.pk):
            desk.job.deadline_date = datetime(2027, 12, 1).date()
            desk.job.save(update_fields=["deadline_date"])
        with time_machine.travel(datetime(2027, 10, 1, 12, tzinfo=UTC), tick=False):
            self.keep_access(desk)
            client, night = desk.client_of(desk.town.adviser), {"due_date": "31.10.2027", "due_time": "02.30"}
            doubtful = desk.write(client, do="schedule", **night)
            chosen = desk.write(client, do="schedule", is_second="second", **night)

        assert doubtful.status_code == 422
        assert "to ganger" in page_of(doubtful)
        assert 'value="second"' in page_of(doubtful)
        assert chosen.status_code == 302
        assert desk.delivery().due_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
        assert desk.delivery().due_wall == "2027-10-31T02:30"

    def keep_access(self, desk):
        from channels.models import RiskAssessment

        with tenant(desk.town.pk):
            Connection.objects.update(expires_at=datetime(2028, 1, 1, tzinfo=UTC))
            RiskAssessment.objects.update(next_review_date=datetime(2028, 1, 1).date())

    def test_the_minute_that_runs_means_at_once(self, desk):
        assert desk.write(do="schedule", **desk.at(minutes=0)).status_code == 302

    def test_a_draft_remembers_the_time_one_has_in_mind(self, desk):
        desk.write(**desk.at())

        page = page_of(desk.client.get(desk.post_url(desk.posts()[0])))

        assert desk.at()["due_date"] in page
        assert desk.delivery().state == State.DRAFT

    def test_after_the_deadline_is_refused(self, desk):
        after = desk.job.deadline_date + timedelta(days=1)

        response = desk.write(do="schedule", due_date=f"{after:%d.%m.%Y}", due_time="12.00")

        assert response.status_code == 422
        assert desk.posts() == []


class TestChanging:
    def test_a_change_makes_the_next_version(self, desk):
        desk.write()
        (post,) = desk.posts()

        desk.edit(post, text="Ny tekst")

        (changed,) = desk.posts()
        assert (changed.text, changed.version) == ("Ny tekst", 2)

    def test_planning_an_unchanged_draft_changes_nothing_in_it(self, desk):
        desk.write()
        (post,) = desk.posts()

        desk.edit(post, do="schedule", **desk.at())

        assert desk.posts()[0].version == 1
        assert desk.delivery().state == State.SCHEDULED

    def test_a_stale_change_is_told_and_shows_both_texts(self, desk):
        desk.write()
        (post,) = desk.posts()
        desk.edit(post, desk.client_of(desk.town.novice), text="Kollegaens tekst")

        response = desk.edit(post, text="Min tekst")

        page = page_of(response)
        assert response.status_code == 422
        assert "Kollegaens tekst" in page
        assert "Min tekst" in page
        assert "Novice Hansen lagret versjon 2" in page
        assert desk.posts()[0].text == "Kollegaens tekst"

    def test_saving_again_after_being_told_puts_mine_in_place(self, desk):
        desk.write()
        (post,) = desk.posts()
        desk.edit(post, text="Kollegaens tekst")
        told = desk.edit(post, text="Min tekst")

        again = desk.client.post(
            desk.post_url(post), desk.typed(text="Min tekst", version=told.context["form"]["version"].value())
        )

        assert again.status_code == 302
        assert desk.posts()[0].text == "Min tekst"

    def test_p3_changing_what_is_planned_takes_it_back_after_telling(self, desk):
        delivery = desk.planned()
        page = page_of(desk.client.get(desk.post_url(delivery.post)))

        response = desk.client.post(desk.post_url(delivery.post), desk.typed(text="Ny tekst", version=1, is_told="1"))

        assert "går det tilbake til utkast" in page
        assert response.status_code == 302
        after = desk.delivery()
        assert (after.state, after.approved_text, after.approved_hash) == (State.DRAFT, "", "")

    def test_b45_a_change_in_a_second_tab_is_told_before_it_voids_an_approval(self, desk):
        desk.write()
        (post,) = desk.posts()
        desk.edit(post, do="schedule", **desk.at())

        told = desk.edit(post, text="Fra den andre fanen")

        assert told.status_code == 422
        assert "planlagt i mellomtiden" in page_of(told)
        assert desk.delivery().state == State.SCHEDULED
        assert desk.posts()[0].text == TEXT
        again = desk.client.post(
            desk.post_url(post),
            desk.typed(text="Fra den andre fanen", version=1, is_told=told.context["form"]["is_told"].value()),
        )
        assert again.status_code == 302
        assert desk.delivery().state == State.DRAFT

    @pytest.mark.parametrize("state", ["sending", "unknown", "published"])
    def test_p5_a_change_that_came_too_late_is_told_plainly(self, desk, state):
        delivery = desk.planned()
        more = {"lease_until": clock.now()} if state == "sending" else {}
        desk.press.set(delivery, state=state, **more)

        response = desk.client.post(desk.post_url(delivery.post), desk.typed(text="For sent", version=1, is_told="1"))

        assert response.status_code == 422
        assert "ingenting" in page_of(response)
        assert desk.posts()[0].text == TEXT

    def test_a_new_time_alone_keeps_the_approval(self, desk):
        delivery = desk.planned()

        desk.edit(delivery.post, do="schedule", **desk.at(minutes=120))

        after = desk.delivery()
        assert after.state == State.SCHEDULED
        assert after.due_at > delivery.due_at
        assert after.post.version == 1

    def test_saving_does_not_pretend_to_move_what_is_planned(self, desk):
        delivery = desk.planned()

        moved = desk.edit(delivery.post, **desk.at(minutes=200))
        same = desk.client.post(desk.post_url(delivery.post), desk.typed(version=1), follow=True)

        assert moved.status_code == 422
        assert "flytter ikke et planlagt innlegg" in page_of(moved)
        assert "Ingenting er endret" in page_of(same)
        assert desk.delivery().due_at == delivery.due_at

    def test_what_is_rejected_can_be_changed_and_planned_again(self, desk):
        delivery = desk.planned()
        desk.press.set(delivery, state="rejected", reason="refused")

        response = desk.client.post(
            desk.post_url(delivery.post),
            desk.typed(text="Ny tekst", version=1, is_told="1", do="schedule", **desk.at()),
        )

        assert response.status_code == 302
        assert desk.delivery().state == State.SCHEDULED

    def test_what_is_out_is_shown_on_its_delivery_page(self, desk):
        delivery = desk.planned()
        desk.press.set(delivery, state="published", published_at=clock.now())

        response = desk.client.get(desk.post_url(delivery.post))

        assert response.url == f"/9901/leveringer/{delivery.pk}/"

    def test_the_link_follows_when_the_vacancy_is_changed(self, desk):
        desk.write()
        (post,) = desk.posts()
        with tenant(desk.town.pk):
            MunicipalitySettings.objects.update(link_hosts=["lyngvaer.example"])

        desk.edit(post, job="", target_url="https://www.lyngvaer.example/om-oss")

        link = desk.delivery().link
        assert (link.job_id, link.target_url) == (None, "https://www.lyngvaer.example/om-oss")

    @pytest.mark.parametrize(("state", "status"), [("scheduled", 302), ("published", 422)])
    def test_p3_where_the_link_leads_belongs_to_what_was_approved(self, desk, state, status):
        about = {"job": "", "target_url": "https://www.lyngvaer.example/om-oss"}
        desk.write(do="schedule", **about, **desk.at())
        delivery = desk.delivery()
        desk.press.set(delivery, state=state)

        response = desk.client.post(
            desk.post_url(delivery.post),
            desk.typed(version=1, is_told="1", **about | {"target_url": "https://www.lyngvaer.example/annet"}),
        )

        after = desk.delivery()
        assert response.status_code == status
        if state == "scheduled":
            assert (after.state, after.approved_hash) == (State.DRAFT, "")
        else:
            assert (after.state, after.link.target_url) == (state, about["target_url"])


class TestWhoMay:
    """Table M, P13."""

    def test_drafts_are_read_by_those_who_work_with_them(self, desk):
        desk.write()
        url = desk.post_url(desk.posts()[0])

        seen = {
            role: desk.client_of(getattr(desk.town, role)).get(url, follow=True).status_code
            for role in ("reader", "hr", "novice", "administrator")
        }

        assert seen == {"reader": 404, "hr": 200, "novice": 200, "administrator": 200}

    @pytest.mark.parametrize("role", ["reader", "hr", "administrator"])
    def test_only_advisers_write(self, desk, role):
        desk.write()
        (post,) = desk.posts()
        client = desk.client_of(getattr(desk.town, role))

        assert client.get(desk.url).status_code == 404
        assert desk.write(client).status_code == 404
        assert desk.edit(post, client, text="Ikke min").status_code == 404
        assert desk.posts()[0].text == TEXT

    def test_is_not_there_for_another_municipality(self, desk, storvika):
        desk.write()
        (post,) = desk.posts()
        client = desk.client_of(storvika.adviser)
        theirs = reverse("post", kwargs={"number": "9902", "post_id": post.pk})

        assert client.get(desk.url).status_code == 404
        assert client.get(desk.post_url(post)).status_code == 404
        assert client.get(theirs).status_code == 404
        assert client.post(theirs, desk.typed(version=1)).status_code == 404
        assert desk.posts()[0].text == TEXT

    def test_what_is_frozen_is_what_was_written(self, desk):
        """P3: the hash of the approval is that of the content shown."""
        from channels.queries import contents

        delivery = desk.planned()

        with tenant(desk.town.pk):
            fresh = Delivery.objects.select_related("post__media", "link").get(pk=delivery.pk)
            assert contents.current_hash(fresh) == fresh.approved_hash
            assert publishing.trail.State(fresh.state) == State.SCHEDULED
