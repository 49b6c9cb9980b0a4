"""The pages about publishing as a whole: «Publisering», the stops, «Avklaringer», copies and candidates."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from channels.actions import publishing
from channels.models import Account, Delivery, Freeze, Sighting
from foundation.tenancy import tenant
from kanalkompass.attention import attention
from recruitment.models import Membership, MunicipalitySettings
from tests.channels.deliveries import Press
from tests.channels.test_reconciling import lose, post_by_hand, vanish

State = Delivery.State
WHY = "Feil i annonsene"


def at(press: Press, name: str, **more: Any) -> str:
    return reverse(name, kwargs={"number": press.town.number, **more})


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class TestPublishing:
    def test_shows_stops_and_lifts_with_a_banner_on_every_publishing_page_meanwhile(self, press, client_of):
        """P5: whoever stops is told what had been sent; whoever meets the banner sees who, when and why."""
        adviser, reader = client_of(press.town.adviser), client_of(press.town.reader)
        assert "Publiseringen går som planlagt" in text(adviser.get(at(press, "publishing")))
        refused = adviser.post(at(press, "publishing_stop"), {"reason": "  "})
        assert (refused.status_code, "Skriv hvorfor" in text(refused)) == (422, True)
        waits, sent = press.due(), press.due()
        press.set(sent, state=State.SENDING, lease_until=press.now, fence=1)
        with tenant(press.town.pk):
            sent.attempts.create(fence=1, marker="x", claimed_at=press.now, sent_at=press.now)
            title = sent.post.title

        done = adviser.post(at(press, "publishing_stop"), {"reason": WHY}, follow=True)

        assert f"Ett innlegg ble sendt før stansen og kan komme ut likevel: «{title}»." in text(done)
        again = adviser.post(at(press, "publishing_stop"), {"reason": WHY}, follow=True)
        assert "Publiseringen er alt stanset." in text(again)
        with pytest.raises(publishing.NotDue):
            press.publish(waits)
        pages = ["overview", "campaigns", "accounts", "publishing", "clarifications"]
        for name in pages:
            assert f"{WHY} <a href" in text(adviser.get(at(press, name)))
        assert WHY in text(reader.get(at(press, "campaigns")))
        assert at(press, "publishing") not in text(reader.get(at(press, "campaigns")))
        assert WHY not in text(adviser.get(at(press, "jobs")))
        assert "Ett innlegg er holdt tilbake." in text(adviser.get(at(press, "publishing_lift")))

        lifted = client_of(press.town.administrator).post(at(press, "publishing_lift"), follow=True)

        assert "Stansen er opphevet. Ett innlegg går ut av seg selv." in text(lifted)
        assert press.state(waits) == State.SCHEDULED
        with tenant(press.town.pk):
            assert Freeze.objects.get().reason == WHY

    def test_lets_the_administrator_alone_decide_on_two_people(self, press, client_of):
        """T2: with the rule on, the composer offers approval and the page of one's own post no approval."""
        administrator, adviser = client_of(press.town.administrator), client_of(press.town.adviser)
        page = at(press, "publishing_two_people")
        assert adviser.post(page, {"two_people": "on"}).status_code == 404
        assert administrator.post(page, {"two_people": "perhaps"}).status_code == 422
        assert "To. Den som har skrevet" in text(administrator.post(page, {"two_people": "on"}, follow=True))

        with tenant(press.town.pk):
            assert MunicipalitySettings.objects.get().needs_two_people
            delivery = press.draft()
            publishing.submit_for_approval(delivery=delivery, by=press.town.adviser, now=press.now)
        shown = text(adviser.get(at(press, "delivery", delivery_id=delivery.pk)))
        assert "så noen andre må godkjenne det" in shown
        assert at(press, "delivery_approve", delivery_id=delivery.pk) not in shown
        told = adviser.post(at(press, "delivery_approve", delivery_id=delivery.pk))
        assert (told.status_code, press.state(delivery)) == (422, State.AWAITING_APPROVAL)
        composer = text(adviser.get(at(press, "post", post_id=delivery.post_id)))
        assert 'value="submit"' in composer
        assert 'value="schedule"' not in composer
        assert "Én er nok" in text(administrator.post(page, {"two_people": "off"}, follow=True))

    def test_lets_the_system_administrator_stop_everybody(self, press, client_of, operator):
        system, page = client_of(operator), reverse("system_stop")
        assert client_of(press.town.administrator).get(page).status_code == 404
        assert system.post(page, {"reason": ""}).status_code == 422
        assert "Publiseringen er stanset for alle" in text(system.post(page, {"reason": WHY}, follow=True))
        assert "Publiseringen er alt stanset." in text(system.post(page, {"reason": WHY}, follow=True))
        own = client_of(press.town.administrator)
        assert "Bare systemadministratoren kan oppheve den." in text(own.get(at(press, "publishing")))
        assert "Stansen er opphevet." in text(system.post(reverse("system_lift"), follow=True))
        assert "stanset for alle" not in text(own.get(at(press, "publishing")))

    def test_sending_again_by_itself_is_for_those_who_may_connect(self, press, client_of):
        """T11."""
        page = at(press, "account_again", account_id=press.account.pk)
        assert client_of(press.town.novice).post(page, {"again": "off"}).status_code == 404
        adviser = client_of(press.town.adviser)
        assert adviser.post(page, {"again": "x"}).status_code == 422
        shown = text(adviser.post(page, {"again": "off"}, follow=True))
        assert "bestemmer et menneske om det skal sendes på nytt" in shown
        with tenant(press.town.pk):
            assert not Account.objects.get().sends_again_by_itself


class TestClarifications:
    def test_gathers_all_that_waits_with_what_happened_last_and_next_look_and_who_acts(self, press, client_of):
        """P1, P2: nothing waits unseen, and no page offers to send a doubtful post once more."""
        adviser = client_of(press.town.adviser)
        assert "Ingenting venter på avklaring" in text(adviser.get(at(press, "clarifications")))
        unknown = lose(press)
        press.sandbox.fault("GET /rest/posts", kind="plain_500")
        press.reconcile(unknown)
        late, blocked = [press.due() for _ in range(2)], [press.due() for _ in range(3)]
        for each in late:
            press.set(each, state=State.LATE, reason="too_late")
        for each in blocked:
            press.set(each, state=State.BLOCKED, reason="access_dead")

        shown = text(adviser.get(at(press, "clarifications")))

        assert "Seks innlegg venter på en avgjørelse" in shown
        for part in ("Så etter sist", "Ser etter neste gang", "Adviser Hansen", "Ikke sendt i tide", "Holdt tilbake"):
            assert part in shown
        for page in (shown, text(adviser.get(at(press, "delivery", delivery_id=unknown.pk)))):
            assert "prøv igjen" not in page.lower()
            assert "send på nytt" not in page.lower()
        assert client_of(press.town.reader).get(at(press, "clarifications")).status_code == 404
        # P6: one piece of news for one cause, not one for each post.
        with tenant(press.town.pk):
            membership = Membership.objects.select_related("municipality").get(
                user=press.town.adviser, municipality_id=press.town.pk
            )
            found = [task.title for task in attention(membership=membership, now=press.now).tasks]
        assert "To innlegg ble ikke sendt i tide" in found
        assert "Tre innlegg er holdt tilbake" in found
        assert sum("Innlegg" in title for title in found) == 1

    def test_candidates_are_shown_beside_what_was_approved_and_chosen_with_one_click(self, press, client_of):
        """T12, T13."""
        adviser, delivery = client_of(press.town.adviser), vanish(press)
        stored = press.fresh(delivery)
        words = stored.approved_text.split("http")[0]
        found = post_by_hand(press, words + "https://lnkd.in/abc")
        assert press.reconcile(delivery) == "likely"
        page = text(adviser.get(at(press, "delivery", delivery_id=delivery.pk)))
        with tenant(press.town.pk):
            [seen] = Sighting.objects.all()
        assert "Er det et av disse?" in page
        assert "https://lnkd.in/abc" in page
        assert seen.permalink in page

        adviser.post(at(press, "delivery_found", delivery_id=delivery.pk), {"address": seen.permalink})

        stored = press.fresh(delivery)
        assert (stored.state, stored.external_id) == (State.PUBLISHED, found)
        with tenant(press.town.pk):
            assert not Sighting.objects.exists()

    def test_a_copy_is_shown_and_removed_after_a_question_by_those_who_may_publish(self, press, client_of):
        """T14, P1."""
        adviser, delivery = client_of(press.town.adviser), lose(press)
        copy = post_by_hand(press, press.fresh(delivery).approved_text + " Igjen.")
        assert press.reconcile(delivery) == "twice"
        bound = press.copies(delivery)[0]["id"]
        press.sandbox.clear_faults()
        stays = {"address": f"https://www.linkedin.com/feed/update/{bound}/"}
        adviser.post(at(press, "delivery_found", delivery_id=delivery.pk), stays)
        with tenant(press.town.pk):
            seen = Sighting.objects.get(external_id=copy)
        keys = {"delivery_id": delivery.pk, "sighting_id": seen.pk}
        assert "En kopi av det står på LinkedIn" in text(adviser.get(at(press, "delivery", delivery_id=delivery.pk)))
        assert client_of(press.town.novice).get(at(press, "delivery_copy_remove", **keys)).status_code == 404
        assert "Dette blir stående" in text(adviser.get(at(press, "delivery_copy_remove", **keys)))
        press.sandbox.fault("DELETE /rest/posts/*", kind="plain_500")
        assert adviser.post(at(press, "delivery_copy_remove", **keys)).status_code == 422

        done = adviser.post(at(press, "delivery_copy_remove", **keys), follow=True)

        assert "Kopien er fjernet fra kanalen." in text(done)
        assert [post["id"] for post in press.copies(delivery) if not post["deleted_at"]] == [bound]
        assert adviser.post(at(press, "delivery_copy_remove", **keys)).status_code == 404
