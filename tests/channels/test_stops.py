"""Stopping all publishing, for one municipality and for everybody, and letting it go on (P4, P5, T6)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from audit.acts import Act
from audit.models import AuditEvent
from channels.actions import publishing
from channels.actions.publishing import sending
from channels.models import Delivery, Freeze, FreezeForAll
from channels.queries import stops
from channels.queries.deliveries import delivery_story
from foundation.tenancy import tenant
from tests.channels.deliveries import Press, connect

State = Delivery.State
WHY = "Feil i annonsene fra i går"


def stop(press: Press, **more: Any) -> Freeze:
    with tenant(press.town.pk):
        return publishing.stop(reason=WHY, by=press.town.adviser, now=press.now, **more)


def lift(press: Press, *, later: timedelta) -> publishing.Lifted:
    with tenant(press.town.pk):
        return publishing.lift(by=press.town.administrator, now=press.now + later)


class TestOwnStop:
    def test_holds_what_is_due_says_who_and_why_and_lets_it_go_on_in_order_without_a_burst(self, press):
        """P4, T6: what is inside the late limit goes on one after the other; what is past it waits for a person."""
        old, *rest = [press.due() for _ in range(4)]
        press.set(old, due_at=press.now - timedelta(minutes=50))
        for minute, each in enumerate(rest):
            press.set(each, due_at=press.now - timedelta(minutes=3 - minute))
        stop(press)

        for each in (old, *rest):
            with pytest.raises(publishing.NotDue):
                press.publish(each)
        assert {(each.state, each.reason) for each in map(press.fresh, (old, *rest))} == {(State.BLOCKED, "frozen")}
        with tenant(press.town.pk):
            story = delivery_story(press.fresh(rest[0]), now=press.now)
            assert stops.n_held() == 4
        assert "Adviser Hansen" in story.what_happened
        assert WHY in story.what_happened
        # While it lasts, a look changes nothing.
        with pytest.raises(publishing.NotDue):
            press.publish(rest[0], later=timedelta(minutes=2))

        lifted = lift(press, later=timedelta(minutes=20))

        assert lifted == publishing.Lifted(n_going_on=3, n_late=1)
        assert press.state(old) == State.LATE
        moments = [press.fresh(each).next_at - press.now for each in rest]
        assert moments == [timedelta(minutes=20, seconds=20 * n) for n in range(3)]
        assert press.n_posted() == 0
        assert press.publish(rest[0], later=timedelta(minutes=20)) == State.PUBLISHED

    def test_keeps_nobody_from_planning_and_what_is_planned_later_stays_planned(self, press):
        stop(press)

        delivery = press.due()

        assert press.state(delivery) == State.SCHEDULED

    def test_after_the_claim_is_seen_at_the_gate_and_nothing_is_sent(self, press, monkeypatch):
        """T6: the last moment at which it can be held back."""
        delivery = press.due()
        monkeypatch.setattr(sending, "pause_at", lambda place: stop(press) if place == "claimed" else None)

        assert press.publish(delivery) == State.BLOCKED

        assert (press.n_posted(), press.fresh(delivery).reason) == (0, "frozen")
        assert [attempt.outcome for attempt in press.attempts(delivery)] == ["walked_away"]
        assert lift(press, later=timedelta(minutes=1)).n_going_on == 1

    def test_after_the_gate_comes_too_late_and_is_told(self, press, monkeypatch):
        """P5: what has been sent cannot be called back; whoever stops hears of it."""
        delivery, told = press.due(), []

        def stop_at_the_gate(place: str) -> None:
            if place == "gate":
                stop(press)
                with tenant(press.town.pk):
                    told.extend(publishing.on_their_way())

        monkeypatch.setattr(sending, "pause_at", stop_at_the_gate)

        assert press.publish(delivery) == State.PUBLISHED

        assert told == [delivery]

    def test_is_for_administrators_and_for_those_who_may_publish_and_stands_in_the_log(self, press):
        """P16: who stopped, why, and who lifted it."""
        for person in (press.town.reader, press.town.hr, press.town.novice):
            with tenant(press.town.pk), pytest.raises(publishing.LacksRight):
                publishing.stop(reason=WHY, by=person, now=press.now)
        stop(press)
        with tenant(press.town.pk), pytest.raises(publishing.LacksRight):
            publishing.lift(by=press.town.novice, now=press.now)
        lift(press, later=timedelta(minutes=1))

        connection.check_constraints()
        with tenant(press.town.pk):
            acts = (
                AuditEvent.objects.filter(table_name="channels_freeze")
                .order_by("sequence")
                .values_list("act", flat=True)
            )
            assert list(acts) == ["added", "changed"]
            assert stops.in_force() is None
            assert [(each.reason, each.ended_by) for each in stops.history()] == [(WHY, press.town.administrator)]
        stop(press)
        with pytest.raises(publishing.AlreadyStopped):
            stop(press)

    def test_leaves_the_neighbour_alone(self, press, storvika, linkedin_sandbox):
        neighbour = connect(storvika, linkedin_sandbox, page=1)
        stop(press)

        assert neighbour.publish(neighbour.due()) == State.PUBLISHED


class TestStopForEverybody:
    def test_holds_every_municipality_and_lifting_it_leaves_a_municipalitys_own(
        self, press, storvika, linkedin_sandbox, operator
    ):
        neighbour = connect(storvika, linkedin_sandbox, page=1)
        ours, theirs = press.due(), neighbour.due()
        with pytest.raises(publishing.LacksRight):
            publishing.stop_everybody(reason=WHY, by=press.town.administrator, now=press.now)
        publishing.stop_everybody(reason="LinkedIn svarer feil", by=operator, now=press.now)
        with pytest.raises(publishing.AlreadyStopped):
            publishing.stop_everybody(reason=WHY, by=operator, now=press.now)
        for each, delivery in ((press, ours), (neighbour, theirs)):
            with pytest.raises(publishing.NotDue):
                each.publish(delivery)
            assert each.fresh(delivery).reason == "frozen_all"
        stop(press)

        lifted = publishing.lift_for_everybody(by=operator, now=press.now + timedelta(minutes=2))

        assert lifted == publishing.Lifted(n_going_on=1)
        assert (press.state(ours), neighbour.state(theirs)) == (State.BLOCKED, State.SCHEDULED)
        assert publishing.lift_for_everybody(by=operator, now=press.now) == publishing.Lifted()
        assert lift(press, later=timedelta(minutes=3)).n_going_on == 1
        connection.check_constraints()
        for town in (press.town, storvika):
            with tenant(town.pk):
                acts = AuditEvent.objects.filter(act__startswith="publishing_").order_by("sequence")
                assert [each.act for each in acts] == [Act.PUBLISHING_STOPPED, Act.PUBLISHING_LET_GO_ON]
        assert FreezeForAll.objects.get().ended_by == operator


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """P5, T3: two who act on one delivery at the same moment; exactly one of them wins, and the other is told."""

    def test_either_the_person_or_the_worker_wins_never_both(self, press):
        def edit(delivery: Delivery) -> None:
            publishing.void_approval(post=delivery.post, by=press.town.adviser, now=press.now)

        def act(step: Any) -> Any:
            return lambda delivery: step(delivery=delivery, by=press.town.adviser, now=press.now)

        def later(delivery: Delivery) -> None:
            wall = (press.now + timedelta(days=2)).replace(tzinfo=None)
            publishing.schedule(delivery=delivery, by=press.town.adviser, now=press.now, wall=wall)

        steps = [act(publishing.cancel), act(publishing.take_back), edit, later] * 3
        outcomes = [self.race(press, step) for step in steps]

        for who_won, state, n_copies in outcomes:
            assert n_copies == (who_won == "worker"), outcomes
            assert (state == State.PUBLISHED) == (who_won == "worker"), outcomes

    def race(self, press: Press, step: Any) -> tuple[str, str, int]:
        """Let a worker send a delivery while a person does something to it; return who won, the state, the copies."""
        delivery, barrier, lost = press.due(), threading.Barrier(2), []

        def work() -> None:
            try:
                barrier.wait(5)
                press.publish(delivery)
            except publishing.NotDue:
                lost.append("worker")
            finally:
                connection.close()

        worker = threading.Thread(target=work)
        worker.start()
        barrier.wait(5)
        try:
            with tenant(press.town.pk):
                step(Delivery.objects.select_related("post", "account__channel", "link").get(pk=delivery.pk))
        except publishing.AlreadySending:
            lost.append("person")
        worker.join()
        assert len(lost) == 1, (lost, press.state(delivery))
        return "worker" if lost == ["person"] else "person", press.state(delivery), len(press.copies(delivery))
