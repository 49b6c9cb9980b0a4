"""What is out is looked after: posts that vanish and come back, and copies (P1, T7, T14)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.actions import publishing
from channels.models import Account, CallCount, Delivery, Sighting
from channels.queries import sightings
from channels.queries.deliveries import delivery_story
from foundation.tenancy import tenant
from kanalkompass.attention import attention
from recruitment.models import Membership
from tests.channels.deliveries import Press
from tests.channels.test_reconciling import post_by_hand

State = Delivery.State
LIST = "GET /rest/posts"
DAY = timedelta(days=1)


def out(press: Press) -> Delivery:
    delivery = press.due()
    assert press.publish(delivery) == State.PUBLISHED
    return delivery


def title_of(press: Press, delivery: Delivery) -> str:
    with tenant(press.town.pk):
        return Delivery.objects.select_related("post").get(pk=delivery.pk).post.title


def look(press: Press, *, later: timedelta):
    with tenant(press.town.pk):
        Account.objects.update(looked_after_at=None)
    return publishing.look_after(municipality_id=press.town.pk, account_id=press.account.pk, now=press.now + later)


def remove_on_the_channel(press: Press, delivery: Delivery) -> None:
    press.sandbox.remove(press.fresh(delivery).external_id)


def titles_on_the_front_page(press: Press) -> list[str]:
    with tenant(press.town.pk):
        membership = Membership.objects.select_related("municipality").get(
            user=press.town.adviser, municipality_id=press.town.pk
        )
        return [task.title for task in attention(membership=membership, now=press.now + DAY).tasks]


class TestGone:
    def test_only_after_two_looks_almost_a_day_apart_and_then_it_is_told(self, press):
        """T14: one look proves nothing; what is still there stays published."""
        vanished, stays = out(press), out(press)
        remove_on_the_channel(press, vanished)

        first = look(press, later=timedelta(hours=1))
        too_soon = look(press, later=timedelta(hours=20))

        assert (first.n_missing, first.n_gone, too_soon.n_gone) == (1, 0, 0)
        assert (press.state(vanished), press.events(vanished)[-1]) == (State.PUBLISHED, "missed")
        with tenant(press.town.pk):
            assert "Vi ser etter igjen innen et døgn" in delivery_story(press.fresh(vanished), now=press.now).what_next

        assert look(press, later=timedelta(hours=22)).n_gone == 1

        stored, title = press.fresh(vanished), title_of(press, vanished)
        assert (stored.state, stored.reason, press.events(vanished)[-1]) == (State.REMOVED, "gone", "gone")
        assert press.state(stays) == State.PUBLISHED
        assert titles_on_the_front_page(press) == [f"«{title}» er borte fra LinkedIn"]

    def test_that_comes_back_is_published_again_but_not_what_we_removed_ourselves(self, press):
        """T14: a channel hides a post while it looks at it; our own removal stands whatever a late list shows."""
        hidden, removed = out(press), out(press)
        press.set(hidden, state=State.REMOVED, reason="gone", missing_since=press.now)
        press.set(removed, state=State.REMOVED, reason="")

        assert look(press, later=DAY).n_back == 1

        stored = press.fresh(hidden)
        assert (stored.state, stored.missing_since, press.events(hidden)[-1]) == (State.PUBLISHED, None, "back")
        assert press.state(removed) == State.REMOVED

    def test_was_a_false_alarm_when_it_is_there_at_the_second_look(self, press):
        delivery = out(press)
        press.set(delivery, missing_since=press.now)

        look(press, later=DAY)

        assert (press.state(delivery), press.fresh(delivery).missing_since) == (State.PUBLISHED, None)

    @pytest.mark.parametrize(
        ("endpoint", "fault"),
        [
            (LIST, {"kind": "plain_500"}),
            (LIST, {"kind": "garbage"}),
            ("GET /rest/posts/*", {"kind": "plain_500"}),
            ("GET /rest/posts/*", {"kind": "connection_refused_like"}),
        ],
    )
    def test_is_never_concluded_from_what_could_not_be_read(self, press, endpoint, fault):
        """F16, F17."""
        delivery = out(press)
        press.set(delivery, missing_since=press.now)
        remove_on_the_channel(press, delivery)
        press.sandbox.fault(endpoint, count=20, **fault)

        look(press, later=2 * DAY)

        assert press.state(delivery) == State.PUBLISHED

    def test_is_looked_for_once_a_day_counted_and_not_at_all_without_quota(self, press, settings):
        """The daily look keeps to what pulling may use of the platform's quota."""
        out(press)
        settings.LINKEDIN_PULL_DAILY_CALLS = 1
        press.sandbox.advance(0)
        assert look(press, later=timedelta()) is not None
        assert CallCount.objects.get(endpoint=LIST).n_calls >= 1
        n_calls = len(press.sandbox.calls())

        again = publishing.look_after(municipality_id=press.town.pk, account_id=press.account.pk, now=press.now)
        without = look(press, later=timedelta(minutes=1))

        assert (again, without, len(press.sandbox.calls())) == (None, None, n_calls)


class TestCopies:
    def test_are_told_once_shown_and_removed_one_by_one_while_the_bound_one_stays(self, press):
        """P1, T14: the second net. A colleague's own post, though alike, is never offered for removal."""
        delivery = out(press)
        text, title = press.fresh(delivery).approved_text, title_of(press, delivery)
        copy = post_by_hand(press, f"{text} Igjen.")
        post_by_hand(press, text.split("http")[0] + " Del gjerne med andre.")

        assert [look(press, later=n * DAY).n_copies for n in (0, 1)] == [1, 0]

        with tenant(press.town.pk):
            [seen] = sightings.copies(delivery)
        assert (seen.external_id, press.events(delivery).count("copy_found")) == (copy, 1)
        assert titles_on_the_front_page(press) == [f"«{title}» ligger ute mer enn én gang på LinkedIn"]

        for person in (press.town.novice, press.town.administrator):
            with pytest.raises(publishing.LacksRight):
                publishing.remove_copy(municipality_id=press.town.pk, sighting_id=seen.pk, by=person, now=press.now)
        publishing.remove_copy(municipality_id=press.town.pk, sighting_id=seen.pk, by=press.town.adviser, now=press.now)

        alive = [post["id"] for post in press.copies(delivery) if not post["deleted_at"]]
        assert alive == [press.fresh(delivery).external_id]
        assert (press.state(delivery), press.events(delivery)[-1]) == (State.PUBLISHED, "copy_removed")
        with tenant(press.town.pk):
            assert not sightings.copies(delivery)
        # A list that lags shows it once more; that is no news.
        assert look(press, later=timedelta(minutes=5)).n_copies == 0

    def test_are_not_removed_when_that_is_not_certain(self, press):
        """What was bound, what has lost our link, and what stands beside a delivery in doubt stay."""
        delivery = out(press)
        stored = press.fresh(delivery)
        other = post_by_hand(press, "Åpent hus på rådhuset på torsdag, alle er velkommen hit.")
        with tenant(press.town.pk):
            made = [
                Sighting.objects.create(delivery=delivery, kind="marked", external_id=external_id)
                for external_id in (stored.external_id, other)
            ]
        for seen in made:
            with pytest.raises(publishing.NotRemoved):
                publishing.remove_copy(
                    municipality_id=press.town.pk, sighting_id=seen.pk, by=press.town.adviser, now=press.now
                )
        press.set(delivery, state=State.MANUAL)
        with pytest.raises(publishing.NotRemoved):
            publishing.remove_copy(
                municipality_id=press.town.pk, sighting_id=made[1].pk, by=press.town.adviser, now=press.now
            )
        assert not any(post["deleted_at"] for post in press.sandbox.truth())

    @pytest.mark.parametrize("state", [State.SCHEDULED, State.LATE, State.BLOCKED])
    def test_of_what_was_to_be_sent_again_is_the_post_itself_found_in_time(self, press, state):
        """P1, T7: it was believed not to be out; before it is sent a second time it is bound."""
        delivery = out(press)
        found = press.fresh(delivery).external_id
        press.set(delivery, state=state, external_id="", permalink="", published_at=None)

        assert look(press, later=timedelta(minutes=2)).n_found == 1

        assert (press.state(delivery), press.fresh(delivery).external_id) == (State.PUBLISHED, found)
        assert press.waits_for(delivery) == ""
