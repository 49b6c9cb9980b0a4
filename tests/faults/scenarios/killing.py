"""Workers that die or are asked to end: kill -9 wherever it hurts, warm stops, a new version (F1, F2, F20, P1, P2)."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import connections

from channels import tasks
from channels.models import Attempt
from foundation.tenancy import tenant
from tests.faults.batches import Planned
from tests.faults.scenarios.scene import SLACK_S, Scene, State, scenario
from tests.faults.staff import worker
from tests.faults.workers import until

PLACES = ("claimed", "gate", "sent")


def _is_past_gate(planned: Planned) -> bool:
    with tenant(planned.press.town.pk):
        return Attempt.objects.filter(delivery_id=planned.delivery_id, sent_at__isnull=False).exists()


@scenario(
    "F1 F2", "kill -9 after the claim, before the send and before the record", is_quick=True,
    PUBLISH_SLOTS=3, PUBLISH_PROCESSES=3,
)  # fmt: skip
def killed_at_three_places(scene: Scene) -> str:
    """Three workers with one slot each stop at their places; each has one delivery in its hands when it dies."""
    three = [scene.due() for _ in PLACES]
    victims = scene.workers(*[(f"at-{place}", worker(slots=1), {"KK_PAUSE_AT": place}) for place in PLACES])

    def are_there() -> bool:
        # Without a sweep: the first lease may run out before the third is taken.
        tasks.tick.delay()
        sending = [each for each in three if scene.state(each) == State.SENDING]
        return len(sending) == 3 and sum(map(_is_past_gate, three)) == 2 and sum(map(scene.copies, three)) == 1

    until(are_there, what=f"one worker at each of {PLACES}", every_s=0.3)
    scene.staff.dismiss(*victims)
    assert scene.states() == [State.SENDING] * 3
    scene.worker("heir", worker())
    scene.ring_until_ended()

    verdict = scene.require_published(n_posted=3)
    return f"{verdict.n} published once, via {verdict.n_unknown} unknown outcomes"


@scenario("F2", "kill -9 while the channel holds the answer", PUBLISH_DEADLINE_S=6, PUBLISH_LEASE_S=8)
def killed_while_the_channel_holds_the_answer(scene: Scene) -> str:
    """The request has left, the answer never arrives anywhere."""
    scene.rig.sandbox.fault("POST /rest/posts", kind="late", delay_s=3)
    held = scene.due()
    victim = scene.worker("victim", worker())
    scene.ring()
    until(lambda: scene.copies(held), what="the post to be stored")
    scene.staff.dismiss(victim)
    killed = time.monotonic()
    scene.worker("heir", worker())
    began = time.monotonic()
    scene.ring_until_ended()

    scene.require_published()
    # The heir had to start first.
    allowed = settings.PUBLISH_LEASE_S + settings.PUBLISH_SWEEP_S + SLACK_S + began - killed
    assert scene.seconds_in_sending(held) <= allowed, scene.seconds_in_sending(held)
    assert scene.events(held)[-1] == "found", scene.events(held)
    return "published once, found again by its marker"


@scenario(
    "F20", "SIGTERM during a send, and a new version while posts are due", is_quick=True,
    PUBLISH_DEADLINE_S=6, PUBLISH_LEASE_S=8,
)  # fmt: skip
def asked_to_end_during_a_send(scene: Scene) -> str:
    """The old worker reads the next version's rows, ends its send, and leaves the rest to the new one."""
    old = scene.worker("old", worker())
    # What a migration of the next version does: a column that the running version does not know.
    _alter(scene, "ADD COLUMN of_the_next_version integer NOT NULL DEFAULT 0")
    try:
        scene.rig.sandbox.fault("POST /rest/posts", kind="late", delay_s=2)
        under_way = scene.due()
        scene.ring()
        until(lambda: scene.copies(under_way), what="the send to be under way")
        scene.staff.ask_to_end(old)
        scene.due()
        old.process.wait(timeout=20)
        state = scene.state(under_way)
        scene.staff.dismiss(old)
        scene.worker("new", worker())
        scene.ring_until_ended()
    finally:
        _alter(scene, "DROP COLUMN IF EXISTS of_the_next_version")

    assert state in {State.PUBLISHED, State.UNKNOWN}, state
    scene.require_published()
    return f"the send that was under way ended as {state}; old and new version read the same rows"


def _alter(scene: Scene, change: str) -> None:
    connections["default"].close()
    scene.rig.house.ask(f"ALTER TABLE channels_delivery {change}; SELECT 1")
