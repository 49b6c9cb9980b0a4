"""kill -9 of a real publishing worker wherever it hurts: one post, found again, nothing stuck (F1, F2, F7, P1, P2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels import tasks
from channels.models import Attempt, Delivery, DeliveryEvent
from foundation.tenancy import tenant
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.faults.workers import KNOBS, Worker, until, workers
from tests.fixtures import Town, make_town
from tests.linkedin_sandbox import LinkedInSandbox

pytestmark = pytest.mark.django_db(transaction=True)

State = Delivery.State
# The rounds of doorbells that this test rings in beat's place, and what a busy machine takes on top.
ROUND_S = 0.5
SLACK_S = 4


@pytest.fixture
def press(transactional_db: None, linkedin_sandbox: LinkedInSandbox, settings: object) -> Press:
    town: Town = make_town("9901", "Lyngvær kommune")
    for name, value in KNOBS.items():
        setattr(settings, name, value)
    # Ours is the only net here: the channel takes copies.
    linkedin_sandbox.switch(duplicate_window_s=0)
    return deliveries.connect(town, linkedin_sandbox)


@pytest.fixture
def start(tmp_path: Path, press: Press) -> Iterator[Callable[..., Worker]]:
    with workers(tmp_path) as start:
        yield start


def ring() -> None:
    """Ring all doorbells once, as beat does."""
    tasks.tick.delay()
    tasks.sweep.delay()
    tasks.reconcile.delay()


def ring_until(press: Press, delivery: Delivery, state: str) -> None:
    def rung_and_there() -> bool:
        ring()
        return press.state(delivery) == state

    until(rung_and_there, what=f"{state}; events: {press.events(delivery)}", within_s=45, every_s=ROUND_S)


def seconds_in_sending(press: Press, delivery: Delivery) -> float:
    """Return how long the delivery was in the state sending, by its own trail."""
    with tenant(press.town.pk):
        at = dict(DeliveryEvent.objects.filter(delivery=delivery).order_by("-id").values_list("kind", "at"))
    return (at["unknown"] - at["claimed"]).total_seconds()


def is_sending(press: Press, delivery: Delivery) -> bool:
    return press.state(delivery) == State.SENDING


def is_past_gate(press: Press, delivery: Delivery) -> bool:
    with tenant(press.town.pk):
        return Attempt.objects.filter(delivery=delivery, sent_at__isnull=False).exists()


class TestKillingTheWorker:
    @pytest.mark.parametrize(
        ("place", "is_there"),
        [
            ("claimed", is_sending),
            ("gate", is_past_gate),
            ("sent", lambda press, delivery: press.copies(delivery)),
        ],
        ids=["at the claim", "before the send", "before the record"],
    )
    def test_leaves_one_post_and_a_delivery_that_ends_published(self, press, start, place, is_there):
        """F1, F2: and nothing stays in sending longer than lease and sweep."""
        delivery = press.due()
        victim = start(KK_PAUSE_AT=place).wait_until_ready()
        tasks.tick.delay()
        until(lambda: is_there(press, delivery), what=f"the worker to stop at {place}")

        victim.kill()
        assert press.state(delivery) == State.SENDING
        heir = start()
        until(lambda: tasks.sweep() or not is_sending(press, delivery), what="the sweep", every_s=ROUND_S)
        heir.wait_until_ready()
        ring_until(press, delivery, State.PUBLISHED)

        [copy] = press.copies(delivery)
        assert press.fresh(delivery).external_id == copy["id"]
        assert press.n_posted() == 1
        assert seconds_in_sending(press, delivery) <= KNOBS["PUBLISH_LEASE_S"] + KNOBS["PUBLISH_SWEEP_S"] + SLACK_S

    def test_while_the_channel_holds_the_answer_leaves_one_post(self, press, start):
        """F2: the request has left, the answer never arrives anywhere."""
        press.sandbox.fault("POST /rest/posts", kind="late", delay_s=3)
        delivery = press.due()
        victim = start(PUBLISH_DEADLINE_S="6", PUBLISH_LEASE_S="8").wait_until_ready()
        tasks.tick.delay()
        until(lambda: press.copies(delivery), what="the post to be stored")

        victim.kill()
        start().wait_until_ready()
        ring_until(press, delivery, State.PUBLISHED)

        assert press.n_posted() == 1
        assert len(press.copies(delivery)) == 1
        assert press.events(delivery)[-1] == "found"


class TestRingingTooOften:
    def test_from_two_beats_to_two_workers_sends_each_once(self, press, start):
        """F7, F8."""
        first, second = start(), start()
        first.wait_until_ready(), second.wait_until_ready()
        some = [press.due() for _ in range(3)]

        for _ in range(20):
            tasks.tick.delay()
            for delivery in some:
                tasks.publish_delivery.delay(municipality_id=press.town.pk, delivery_id=delivery.pk)
        for delivery in some:
            ring_until(press, delivery, State.PUBLISHED)

        assert [len(press.copies(delivery)) for delivery in some] == [1, 1, 1]
        assert press.n_posted() == 3
