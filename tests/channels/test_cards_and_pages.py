"""Link cards of our own, and one post on several pages: what is approved is what stands there, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.connectors import Access, Card, Draft, Prepared, SeenPost
from channels.connectors.linkedin import LinkedIn
from channels.models import Account, Connection, Delivery, RiskAssessment
from channels.queries import contents
from foundation.tenancy import tenant
from tests.channels.test_composer import desk, page_of, upload  # noqa: F401
from tests.channels.test_linkedin import LONG_AGO, TEXTS

State = Delivery.State
CARD = {"kind": "card", "card_title": "Bli sykepleier på Solbakken", "card_description": "Fast stilling, 100 prosent"}
CREATE = "POST /rest/posts"


def send(desk, delivery, *, later=timedelta(minutes=61)) -> str:  # noqa: F811
    return desk.press.publish(delivery, later=later)


def one_line(text: str) -> str:
    return " ".join(text.split()) or "x"


class TestCards:
    def test_p3_what_is_approved_is_what_linkedin_shows_title_description_picture_and_link(self, desk):  # noqa: F811
        """LinkedIn fetches nothing: what is not said here is not shown."""
        desk.write(do="schedule", file=upload(), alt_text="Et hus.", **CARD, **desk.at())
        delivery = desk.delivery()
        address = f"/s/{delivery.link.code}"

        assert desk.client.get(reverse("delivery", kwargs=desk_url(desk, delivery))).status_code == 200
        assert send(desk, delivery) == "published"

        (line,) = desk.press.copies(delivery)
        assert address not in line["text"], "the link stands in the card, and in the text only where it was asked for"
        delivery = desk.press.fresh(delivery)
        api = LinkedIn(Access(desk.press.sandbox.token, delivery.account.external_id))._api
        article = api.read(f"/rest/posts/{delivery.external_id.replace(':', '%3A')}")["content"]["article"]
        assert (article["title"], article["description"]) == (CARD["card_title"], CARD["card_description"])
        assert article["source"].endswith(address)
        assert article["thumbnail"].startswith("urn:li:image:")

    def test_p2_t7_a_lost_answer_is_found_again_by_the_mark_in_the_card(self, desk):  # noqa: F811
        desk.write(do="schedule", **CARD, **desk.at())
        delivery = desk.delivery()
        desk.press.sandbox.advance(61 * 60)
        desk.press.sandbox.fault(CREATE, kind="answer_lost")

        assert send(desk, delivery) == "unknown"
        assert desk.press.reconcile(delivery, later=timedelta(minutes=62)) == "found"
        assert desk.press.state(delivery) == "published"
        assert len(desk.press.copies(delivery)) == 1

    def test_p3_changing_the_card_voids_the_approval(self, desk):  # noqa: F811
        desk.write(do="schedule", **CARD, **desk.at())
        (post,) = desk.posts()
        assert desk.delivery().approved_card_title == CARD["card_title"]

        told = desk.edit(post, **CARD | {"card_title": "Noe annet"})
        assert told.status_code == 422
        assert desk.delivery().state == State.SCHEDULED
        desk.client.post(desk.post_url(post), desk.typed(version=1, is_told="1", **CARD | {"card_title": "Noe annet"}))

        delivery = desk.delivery()
        assert (delivery.state, delivery.approved_hash, delivery.approved_card_title) == (State.DRAFT, "", "")

    def test_r2_what_is_said_in_the_card_is_read_by_the_same_rules(self, desk):  # noqa: F811
        page = page_of(desk.write(do="schedule", **CARD | {"card_title": "Vi søker ung sykepleier"}, **desk.at()))

        assert "ung" in page
        assert "Behold med begrunnelse" in page
        assert not desk.posts()

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"card_title": " "}, "Gi kortet en tittel"),
            ({"card_title": "a" * 201}, "200"),
            ({"card_description": "a" * 301}, "300"),
            ({"kind": "gif"}, "Sammen med teksten"),
            ({"kind": "video", "do": "schedule"}, "Velg en video"),
            ({"kind": "video", "video": "77", "do": "schedule"}, "Velg en av videoene"),
        ],
    )
    def test_b39_says_what_a_card_or_video_lacks_and_stores_nothing(self, desk, changes, says):  # noqa: F811
        answer = desk.write(**CARD | changes)

        assert answer.status_code == 422
        assert says in page_of(answer)
        assert not desk.posts()

    def test_the_preview_shows_the_card_and_counts_no_link_in_the_text(self, desk):  # noqa: F811
        page = page_of(desk.write(do="preview", **CARD, text="Kom til oss."))

        assert CARD["card_description"] in page
        assert "12 av 3 000 tegn" in page.replace("\xa0", " ")

    def test_p3_any_text_and_card_are_shown_as_they_were_approved(self, linkedin_sandbox):
        linkedin_sandbox.switch(duplicate_window_s=0)
        linkedin = LinkedIn(Access(linkedin_sandbox.token, linkedin_sandbox.organisations[0]["urn"]))
        wanted = []

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(TEXTS, st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60).map(one_line))
        def publish_any(text, title):
            address = f"https://kk.example/s/code{len(wanted):04d}"
            card = Card(address, title, title[::-1])
            linkedin.publish(Prepared(Draft(text, marker="m", card=card)), deadline_s=5)
            wanted.append((text, (address,)))

        publish_any()

        seen = linkedin.recent_posts(since=LONG_AGO).posts
        assert sorted((post.text, post.links) for post in seen) == sorted(wanted)

    def test_the_mark_is_found_in_text_or_card_and_nowhere_else(self):
        def post(text="", *links):
            return SeenPost("urn:li:share:1", text, "", None, links=links)

        assert contents.is_marked(post("Se https://x.example/s/abcd2345"), "abcd2345")
        assert contents.is_marked(post("Se her", "https://x.example/s/abcd2345"), "abcd2345")
        assert not contents.is_marked(post("Se her", "https://x.example/s/abcd23456"), "abcd2345")


def desk_url(desk, delivery) -> dict:  # noqa: F811
    return {"number": desk.town.number, "delivery_id": delivery.pk}


@pytest.fixture
def second(desk) -> Account:  # noqa: F811
    """Another LinkedIn page of the same municipality, connected like the first."""
    press, organisation = desk.press, desk.press.sandbox.organisations[1]
    token = press.sandbox.mint(member=press.sandbox.announced["members"][1]["id"])
    with tenant(press.town.pk):
        other = Account.objects.create(
            channel=press.account.channel, name=organisation["name"], external_id=organisation["urn"]
        )
        Connection.objects.create(
            account=other,
            access_token=token,
            fingerprint="abc123",
            scopes="r_organization_social w_organization_social",
            expires_at=press.now + timedelta(days=59),
            connected_at=press.now,
            connected_by=press.town.adviser,
        )
        known = RiskAssessment.objects.get(account=press.account)
        known.pk, known.account = None, other
        known.save()
    return other


def deliveries(desk) -> list[Delivery]:  # noqa: F811
    with tenant(desk.town.pk):
        return list(Delivery.objects.select_related("link", "account", "post").order_by("pk"))


class TestSeveralPages:
    def test_goes_to_each_page_once_at_one_time_or_its_own_with_a_link_of_its_own(self, desk, second):  # noqa: F811
        first = desk.press.account
        own = desk.at(minutes=90)
        own_time = {f"due_date_{second.pk}": own["due_date"], f"due_time_{second.pk}": own["due_time"]}

        desk.write(do="schedule", accounts=[first.pk, second.pk], **desk.at(minutes=30), **own_time)

        one, other = deliveries(desk)
        assert {one.account_id, other.account_id} == {first.pk, second.pk}
        assert other.due_at - one.due_at == timedelta(minutes=60)
        assert one.link.code != other.link.code
        assert one.approved_hash != other.approved_hash, "the approval covers each with its own link and page"
        assert [send(desk, one), send(desk, other, later=timedelta(minutes=91))] == ["published", "published"]
        assert [len(desk.press.copies(each)) for each in (one, other)] == [1, 1]
        authors = {line["author"] for line in desk.press.sandbox.truth()}
        assert authors == {first.external_id, second.external_id}
        page = page_of(desk.client.get(reverse("delivery", kwargs=desk_url(desk, one))))
        assert "Det samme innlegget på andre sider" in page
        assert second.name in page

    def test_p5_cancelling_one_leaves_the_other_and_it_can_still_be_planned(self, desk, second):  # noqa: F811
        desk.write(do="schedule", accounts=[desk.press.account.pk, second.pk], **desk.at())
        one, other = deliveries(desk)

        desk.client.post(reverse("delivery_cancel", kwargs=desk_url(desk, one)))

        assert [each.state for each in deliveries(desk)] == [State.CANCELLED, State.SCHEDULED]
        (post,) = desk.posts()
        assert desk.client.get(desk.post_url(post)).status_code == 200
        answer = desk.edit(post, do="schedule", **desk.at(minutes=120))
        assert answer.status_code == 302
        assert [each.state for each in deliveries(desk)] == [State.CANCELLED, State.SCHEDULED]
        assert send(desk, other, later=timedelta(minutes=121)) == "published"

    def test_p3_when_one_is_out_the_content_stands_for_all_and_the_other_can_still_be_moved(self, desk, second):  # noqa: F811
        desk.write(do="schedule", accounts=[desk.press.account.pk, second.pk], **desk.at())
        one, other = deliveries(desk)
        send(desk, one)
        (post,) = desk.posts()

        refused = desk.client.post(desk.post_url(post), desk.typed(version=1, is_told="1", text="Noe helt annet."))
        moved = desk.edit(post, do="schedule", **desk.at(minutes=240))

        assert refused.status_code == 422
        assert "allerede publisert" in page_of(refused)
        assert moved.status_code == 302
        assert desk.posts()[0].version == 1
        assert [each.state for each in deliveries(desk)] == [State.PUBLISHED, State.SCHEDULED]

    def test_a_page_is_added_to_a_draft_later_and_a_double_choice_makes_one_delivery(self, desk, second):  # noqa: F811
        desk.write(accounts=[desk.press.account.pk])
        (post,) = desk.posts()
        page = page_of(desk.client.get(desk.post_url(post)))
        assert second.name in page

        for version in (1, 1):
            desk.client.post(desk.post_url(post), desk.typed(version=version, is_told="", accounts=[second.pk]))

        assert [each.account_id for each in deliveries(desk)] == [desk.press.account.pk, second.pk]

    def test_b44_says_which_page_lacks_what_and_plans_none_of_them(self, desk, second):  # noqa: F811
        both = {"accounts": [desk.press.account.pk, second.pk], "do": "schedule"}
        half = desk.write(**both, **desk.at(), **{f"due_date_{second.pk}": "25.11.2036"})
        assert half.status_code == 422
        assert f"Klokkeslett, {second.name}" in page_of(half)
        none = desk.write(do="schedule", accounts=[], **desk.at())
        assert "Velg minst én side" in page_of(none)
        with tenant(desk.town.pk):
            Connection.objects.filter(account=second).update(state="dead")
        blocked = desk.write(**both, **desk.at())
        assert blocked.status_code == 422
        assert second.name in page_of(blocked)
        assert not deliveries(desk)

    def test_another_municipalitys_page_cannot_be_chosen(self, desk, second, storvika):  # noqa: F811
        with tenant(storvika.pk):
            theirs = Account.objects.create(channel=second.channel, name="Storvika")

        answer = desk.write(accounts=[theirs.pk])

        assert answer.status_code == 422
        assert not deliveries(desk)


def test_p3_a_hash_from_before_there_were_cards_still_holds():
    known = {"text": "Hei", "media": None, "account_id": 7, "link_code": "abcd2345"}

    assert contents.content_hash(**known) == contents.content_hash(**known, card=("", ""))
    assert contents.content_hash(**known) != contents.content_hash(**known, card=("Kort", ""))
    assert contents.content_hash(**known).startswith("708881bc77c2")
