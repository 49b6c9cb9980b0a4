"""The fault run in small, with its control: the same dice, our protocol and a naive one (P1, P2, F3-F6, F16, F17)."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from channels import connectors
from channels.actions import publishing
from channels.actions.publishing import reaching
from channels.models import Delivery
from foundation.tenancy import tenant
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.fixtures import Town
from tests.linkedin_sandbox import LinkedInSandbox

N_DELIVERIES = 12
State = Delivery.State
FAULTS = ["answer_lost", "stored_500", "connection_refused_like", "garbage", "plain_500", "status_429"]


@pytest.fixture
def press(lyngvaer: Town, linkedin_sandbox: LinkedInSandbox) -> Press:
    linkedin_sandbox.switch(duplicate_window_s=0, list_lag_s=60)
    return deliveries.connect(lyngvaer, linkedin_sandbox)


def throw_dice(press: Press, *, seed: int) -> None:
    """Make about two of five publishing calls go wrong, and one of seven lists."""
    for kind in FAULTS:
        press.sandbox.fault("POST /rest/posts", kind=kind, count=1000, probability=0.08, seed=seed)
    press.sandbox.fault("GET /rest/posts", kind="plain_500", count=1000, probability=0.15, seed=seed)


def run_protocol(press: Press, some: list[Delivery]) -> None:
    """Let workers, reconcilers and sweepers work for two hours."""
    later = timedelta(0)
    while later < timedelta(hours=2) and any(press.state(each) not in ENDED for each in some):
        for delivery in some:
            with contextlib.suppress(publishing.NotDue):
                press.publish(delivery, later=later)
            with contextlib.suppress(publishing.NotUnknown):
                press.reconcile(delivery, later=later)
        publishing.mark_late(now=press.now + later)
        press.sandbox.advance(240)
        later += timedelta(minutes=4)


def run_naively(press: Press, some: list[Delivery]) -> None:
    """Try again on any error, up to five times: what this whole engine is there to avoid."""
    for delivery in some:
        stored = press.fresh(delivery)
        connector = reaching.connector_of(stored.account, now=press.now)
        prepared = connectors.Prepared(connectors.Draft(stored.approved_text, stored.link.code))
        for _ in range(5):
            try:
                connector.publish(prepared, deadline_s=5)
            except connectors.ConnectorError:
                continue
            break


ENDED = {State.PUBLISHED, State.MANUAL, State.LATE, State.REJECTED}


class TestUnderTheSameDice:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_our_protocol_makes_no_copy_and_loses_nothing(self, press, seed):
        some = [press.due() for _ in range(N_DELIVERIES)]
        throw_dice(press, seed=seed)

        run_protocol(press, some)

        copies = {delivery.pk: len(press.copies(delivery)) for delivery in some}
        states = {delivery.pk: press.state(delivery) for delivery in some}
        assert max(copies.values()) == 1
        assert set(states.values()) <= ENDED
        for key, state in states.items():
            assert copies[key] == (1 if state == State.PUBLISHED else 0) or state == State.MANUAL
        assert sum(copies.values()) >= N_DELIVERIES - 3

    def test_the_naive_way_makes_copies_or_else_the_dice_prove_nothing(self, press):
        some = [press.due() for _ in range(N_DELIVERIES)]
        throw_dice(press, seed=1)

        run_naively(press, some)

        assert max(len(press.copies(delivery)) for delivery in some) > 1

    def test_the_dice_spoil_what_the_protocol_meets(self, press):
        """The control of the control: our run met unknown outcomes, too."""
        some = [press.due() for _ in range(N_DELIVERIES)]
        throw_dice(press, seed=1)

        run_protocol(press, some)

        with tenant(press.town.pk):
            events = [event for delivery in some for event in press.events(delivery)]
        assert events.count("unknown") >= 2
