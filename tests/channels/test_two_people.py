"""Two people for each post, where the municipality wants that (T2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from audit.models import AuditEvent
from channels.actions import publishing
from channels.actions.approvals import decide_two_people
from channels.models import Delivery, Post
from foundation.tenancy import tenant
from recruitment.models import Membership
from tests.channels.deliveries import Press

State = Delivery.State


@pytest.fixture
def second(press):
    """The novice, with the rights to approve and to publish; the press's drafts are the adviser's."""
    give(press, may_approve=True, may_publish=True)
    with tenant(press.town.pk):
        decide_two_people(is_needed=True)
    return press.town.novice


def give(press: Press, **rights: bool) -> None:
    with tenant(press.town.pk):
        Membership.objects.filter(user=press.town.novice, municipality_id=press.town.pk).update(**rights)


def refused(press: Press, act, delivery, by) -> str:
    with tenant(press.town.pk), pytest.raises(publishing.NotReady) as refusal:
        act(delivery=delivery, by=by, now=press.now)
    [problem] = refusal.value.problems
    assert problem.field == "approval"
    return problem.message


class TestTwoPeople:
    def test_whoever_wrote_it_neither_plans_nor_approves_it_but_another_does(self, press, second):
        """T2: the right to publish does not approve one's own."""
        delivery, author = press.draft(), press.town.adviser

        assert "noen andre må godkjenne det" in refused(press, publishing.schedule, delivery, author)
        with tenant(press.town.pk):
            publishing.submit_for_approval(delivery=delivery, by=author, now=press.now)
        refused(press, publishing.approve, delivery, author)
        assert press.state(delivery) == State.AWAITING_APPROVAL
        with tenant(press.town.pk):
            publishing.approve(delivery=delivery, by=second, now=press.now)

        stored = press.fresh(delivery)
        assert (stored.state, stored.approved_by) == (State.SCHEDULED, second)
        # A new time is no new content: the approval stands, with the name of whoever gave it.
        with tenant(press.town.pk):
            publishing.schedule(
                delivery=stored, by=author, now=press.now, wall=(press.now + timedelta(days=2)).replace(tzinfo=None)
            )
        assert press.fresh(delivery).approved_by == second

    def test_whoever_changed_it_last_does_not_approve_it_either(self, press, second):
        delivery = press.draft()
        with tenant(press.town.pk):
            Post.objects.filter(pk=delivery.post_id).update(changed_by=second)
            delivery.post.refresh_from_db()

        for person in (press.town.adviser, second):
            refused(press, publishing.schedule, delivery, person)

    def test_a_changed_content_is_not_carried_by_the_old_approval(self, press, second):
        """P3."""
        delivery = press.draft()
        with tenant(press.town.pk):
            publishing.schedule(delivery=delivery, by=second, now=press.now)
            Post.objects.filter(pk=delivery.post_id).update(text="Noe helt annet, som ingen har lest. {lenke}")

        refused(press, publishing.schedule, press.fresh(delivery), press.town.adviser)

    def test_another_who_may_publish_but_not_approve_sends_it_for_approval(self, press, second):
        give(press, may_approve=False)

        assert "godkjennes først" in refused(press, publishing.schedule, press.draft(), second)

    def test_is_off_until_an_administrator_decides_and_stands_in_the_log(self, press):
        """P16."""
        with tenant(press.town.pk):
            publishing.schedule(delivery=press.draft(), by=press.town.adviser, now=press.now)
            decide_two_people(is_needed=True)
        connection.check_constraints()
        with tenant(press.town.pk):
            event = AuditEvent.objects.filter(table_name="recruitment_municipalitysettings").order_by("sequence").last()
        assert (event.before, event.after) == ({"needs_two_people": False}, {"needs_two_people": True})
