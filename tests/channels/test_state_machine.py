"""The table of transitions holds, one by one and in any order that people, workers and channels bring (T1-T14)."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from itertools import product

import pytest
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from channels.actions import publishing
from channels.actions.publishing import reaching, trail
from channels.connectors import Draft, Prepared
from channels.models import Account, Connection, Delivery, DeliveryEvent, Due
from foundation.tenancy import tenant
from tests.channels.deliveries import Press

State = Delivery.State
ALLOWED = {(name, *pair) for name, pairs in trail.TRANSITIONS.items() for pair in pairs}
GOES_ON_BY_ITSELF = {State.SCHEDULED, State.SENDING, State.UNKNOWN, State.BLOCKED}


class TestTheTable:
    @pytest.mark.parametrize(("name", "source", "target"), sorted(ALLOWED))
    def test_allows(self, press, name, source, target):
        delivery = press.due()
        press.set(delivery, state=source, lease_until=press.now)

        with tenant(press.town.pk):
            is_moved = trail.move(delivery.pk, rule=name, sources={source}, to=target, at=press.now, kind="settled")

        assert is_moved
        assert (press.state(delivery), press.events(delivery)[-1]) == (target, "settled")

    def test_forbids_all_else(self, press):
        delivery = press.due()
        pairs = {pair for pairs in trail.TRANSITIONS.values() for pair in pairs}

        with tenant(press.town.pk):
            for source, target in set(product(State, State)) - pairs:
                for name in trail.TRANSITIONS:
                    with pytest.raises(trail.ForbiddenTransition):
                        trail.move(delivery.pk, rule=name, sources={source}, to=target, at=press.now, kind="settled")

        assert press.state(delivery) == State.SCHEDULED

    @pytest.mark.parametrize("forbidden", [State.SCHEDULED, State.DRAFT, State.CANCELLED, State.LATE])
    def test_knows_no_way_from_unknown_around_the_channel(self, forbidden):
        """P2: only the reconciler schedules again (T11)."""
        names = {name for name, source, target in ALLOWED if (source, target) == (State.UNKNOWN, forbidden)}

        assert names <= {"T11"}

    def test_knows_no_way_from_sending_to_anything_a_person_wants(self):
        """P5."""
        targets = {target for _, source, target in ALLOWED if source == State.SENDING}

        assert targets == {"published", "scheduled", "rejected", "unknown", "blocked"}

    def test_changes_nothing_when_the_state_is_another_by_now(self, press):
        delivery = press.due()
        press.set(delivery, state=State.CANCELLED)
        n_events = len(press.events(delivery))

        with tenant(press.town.pk):
            is_moved = trail.move(
                delivery.pk, rule="T5", sources={State.SCHEDULED}, to=State.LATE, at=press.now, kind="late"
            )

        assert not is_moved
        assert (press.state(delivery), len(press.events(delivery))) == (State.CANCELLED, n_events)


POSSIBLE_FAULTS = [
    None,
    {"kind": "answer_lost"},
    {"kind": "stored_500"},
    {"kind": "plain_500"},
    {"kind": "connection_refused_like"},
    {"kind": "garbage"},
    {"kind": "no_id"},
    {"kind": "status_429", "retry_after": 5},
    {"kind": "status", "status": 400, "body": {"status": 400}},
    {"kind": "token_expired"},
    {"kind": "duplicate_ghost"},
]


def when(*states: str):
    """Return the precondition that the delivery is in one of the states."""
    return precondition(lambda self: self.state in states)


class Life(RuleBasedStateMachine):
    """One delivery among people, workers that die, sweepers, and a channel whose list lags ten minutes."""

    press: Press
    # Time goes on from one life to the next: the channel's posts and clock stay.
    later = timedelta(0)

    @initialize(first=st.sampled_from([*POSSIBLE_FAULTS, "claimed", "gate", "sent"]), sends_again=st.booleans())
    def begin(self, first: dict | str | None, sends_again: bool) -> None:
        # Our protocol has to hold by itself, without the channel's own net against copies.
        self.press.sandbox.switch(duplicate_window_s=0, list_lag_s=600)
        self.known = self.delivery = self.press.draft()
        with tenant(self.press.town.pk):
            Account.objects.update(sends_again_by_itself=sends_again)
        self.let_go_on()
        self.heal()
        self.schedule()
        if isinstance(first, str):
            self.worker_dies(first)
        else:
            self.publish(first)

    @property
    def now(self):
        return self.press.now + Life.later

    @property
    def state(self) -> str:
        """The state after the last step: nobody else changes it meanwhile."""
        return self.known.state

    def by_person(self, step, **more) -> None:
        refusals = (publishing.AlreadySending, publishing.NotReady, publishing.NotToBeSettled)
        with tenant(self.press.town.pk), contextlib.suppress(*refusals):
            step(delivery=self.press.fresh(self.delivery), by=self.press.town.adviser, now=self.now, **more)

    @when(State.DRAFT, State.LATE, State.SCHEDULED)
    @rule()
    def schedule(self) -> None:
        self.by_person(publishing.schedule)

    @when(*set(State) - {State.SCHEDULED, State.DRAFT, State.BLOCKED})
    @rule(step=st.sampled_from([publishing.cancel, publishing.take_back]))
    def a_person_changes_her_mind(self, step) -> None:
        self.by_person(step)

    @when(State.SCHEDULED, State.UNKNOWN, State.BLOCKED, State.SENDING)
    @rule(minutes=st.sampled_from([1, 5, 16, 70]))
    def time_passes(self, minutes: int) -> None:
        Life.later += timedelta(minutes=minutes)
        self.press.sandbox.advance(minutes * 60)

    @when(State.SCHEDULED, State.UNKNOWN, State.BLOCKED)
    @rule(fault=st.sampled_from(POSSIBLE_FAULTS))
    def publish(self, fault: dict | None) -> None:
        if fault:
            self.press.sandbox.fault("POST /rest/posts", **fault)
        with contextlib.suppress(publishing.NotDue):
            self.press.publish(self.delivery, later=Life.later)
        self.press.sandbox.clear_faults()

    @when(State.SCHEDULED)
    @rule(place=st.sampled_from(["claimed", "gate", "sent"]))
    def worker_dies(self, place: str) -> None:
        """A worker is killed after the claim, after the gate, or with the channel's answer in its hands."""
        with contextlib.suppress(publishing.NotDue):
            claim = publishing.claim(municipality_id=self.press.town.pk, delivery_id=self.delivery.pk, now=self.now)
            if place != "claimed":
                publishing.pass_gate(claim)
            if place == "sent":
                connector = reaching.connector_of(claim.account, now=self.now)
                connector.publish(Prepared(Draft(claim.text, claim.marker)), deadline_s=5)

    @when(State.SENDING, State.SCHEDULED)
    @rule()
    def sweep(self) -> None:
        with tenant(self.press.town.pk):
            sending = Delivery.objects.filter(pk=self.delivery.pk, state=State.SENDING)
            sending.update(lease_until=Now() - timedelta(seconds=1))
        Due.objects.filter(kind="lease").update(due_at=Now() - timedelta(seconds=1))
        publishing.expire_leases(now=self.now)
        publishing.mark_late(now=self.now)

    @when(State.UNKNOWN)
    @rule()
    def reconcile(self) -> None:
        with contextlib.suppress(publishing.NotUnknown):
            self.press.reconcile(self.delivery, later=Life.later)

    @when(State.SCHEDULED)
    @rule()
    def access_dies(self) -> None:
        with tenant(self.press.town.pk):
            Connection.objects.update(state="dead")

    @when(State.BLOCKED)
    @rule()
    def heal(self) -> None:
        with tenant(self.press.town.pk):
            Connection.objects.update(state="ok")
            publishing.unblock(self.press.account, now=self.now)

    @when(State.SCHEDULED, State.BLOCKED, State.UNKNOWN)
    @rule()
    def everything_is_stopped(self) -> None:
        with tenant(self.press.town.pk), contextlib.suppress(publishing.AlreadyStopped):
            publishing.stop(reason="Feil i annonsene", by=self.press.town.adviser, now=self.now)

    @when(State.BLOCKED, State.SCHEDULED)
    @rule()
    def let_go_on(self) -> None:
        with tenant(self.press.town.pk):
            publishing.lift(by=self.press.town.adviser, now=self.now)

    @when(State.PUBLISHED)
    @rule()
    def somebody_removes_it_on_the_channel(self) -> None:
        if not self.press.copies(self.delivery)[0]["deleted_at"]:
            self.press.sandbox.remove(self.press.fresh(self.delivery).external_id)

    @when(State.PUBLISHED, State.REMOVED, State.SCHEDULED, State.LATE)
    @rule(hours=st.sampled_from([1, 24]))
    def the_channel_is_looked_at(self, hours: int) -> None:
        """T14: what is gone in two looks a day apart is removed; what is there stays as it is, or comes back."""
        self.time_passes(hours * 60)
        with tenant(self.press.town.pk):
            Account.objects.update(looked_after_at=None)
        publishing.look_after(municipality_id=self.press.town.pk, account_id=self.press.account.pk, now=self.now)

    @when(State.UNKNOWN, State.MANUAL)
    @rule()
    def an_honest_person_settles(self) -> None:
        copies = self.press.copies(self.delivery)
        if not copies:
            self.by_person(publishing.settle_as_absent)
            return
        publishing.settle_as_published(
            municipality_id=self.press.town.pk,
            delivery_id=self.delivery.pk,
            address=copies[0]["id"],
            by=self.press.town.adviser,
            now=self.now,
        )

    @invariant()
    def all_promises_hold(self) -> None:
        """P1, P2, T11, T14. Looked at once after each step, for the promises and for what may come next."""
        self.known = delivery = self.press.fresh(self.delivery)
        copies, state = self.press.copies(self.delivery), delivery.state
        assert len(copies) <= 1
        # What stands on the channel is published, or in doubt where somebody looks: never silently lost.
        seen = (State.PUBLISHED, State.UNKNOWN, State.MANUAL, State.SENDING, State.REMOVED)
        assert not copies or state in seen
        needs = {"scheduled": "send", "blocked": "send", "sending": "lease", "unknown": "reconcile"}
        assert self.press.waits_for(self.delivery) == needs.get(state, "")
        if state == State.PUBLISHED:
            assert [copy["id"] for copy in copies] == [delivery.external_id]
        if state == State.REMOVED:
            assert all(copy["deleted_at"] for copy in copies)
        if "rescheduled" in self.press.events(self.delivery):
            assert delivery.account.sends_again_by_itself

    def teardown(self) -> None:
        """Whatever has happened: left to the machines, it comes to an end, or visibly waits for a person."""
        self.let_go_on()
        self.heal()
        self.sweep()
        for _ in range(12):
            self.all_promises_hold()
            if self.state not in GOES_ON_BY_ITSELF:
                break
            self.reconcile()
            self.publish(None)
            self.time_passes(16)
        self.all_promises_hold()
        assert self.state not in GOES_ON_BY_ITSELF


class TestAnyOrderOfEvents:
    def test_never_makes_two_posts_and_never_loses_one(self, press):
        """P1, P2, P5, P6, T1-T14."""

        Life.press, Life.later = press, timedelta(0)
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=18,
                stateful_step_count=10,
                deadline=None,
                database=None,
                derandomize=True,
                # Shrinking a life of this many steps takes minutes; the steps are printed as they are.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )

        with tenant(press.town.pk):
            kinds = set(DeliveryEvent.objects.values_list("kind", flat=True))
        # The lives were not idle.
        assert {"sent", "unknown", "found", "published", "rescheduled", "blocked", "unblocked", "missed"} <= kinds
