"""Doorbells that ring too often, twice, or not at all: the queue is the database's (F7, F8, F9, F13, P1, P4)."""

from __future__ import annotations

import time

from analytics import tasks as pulls
from analytics.models import FetchRun
from channels import tasks
from foundation.tenancy import tenant
from tests.faults.scenarios.scene import Scene, State, scenario
from tests.faults.staff import worker
from tests.faults.workers import KNOBS, until

N_RINGS = 20


@scenario(
    "F7", "the same task 20 times to two workers, handed out again while it runs", is_quick=True,
    PUBLISH_DEADLINE_S=6, PUBLISH_LEASE_S=8,
)  # fmt: skip
def rung_too_often(scene: Scene) -> str:
    """A message comes back after one second while the send takes three: five seconds and sixty, scaled."""
    scene.rig.sandbox.fault("POST /rest/posts", kind="late", delay_s=3)
    one = scene.due()
    impatient = worker(module="tests.faults.impatient")
    scene.workers(("first", impatient, {}), ("second", impatient, {}))
    for _ in range(N_RINGS):
        tasks.publish_delivery.delay(municipality_id=one.press.town.pk, delivery_id=one.delivery_id)
    until(lambda: scene.copies(one), what="the send to be under way")
    for _ in range(N_RINGS):
        scene.ring()
        tasks.publish_delivery.delay(municipality_id=one.press.town.pk, delivery_id=one.delivery_id)
    scene.ring_until_ended()

    scene.require_published()
    return f"{2 * N_RINGS} messages, one call"


@scenario("F8", "two beats ring side by side", n_towns=2)
def two_beats(scene: Scene) -> str:
    """Posts over several seconds, and the nightly pull asked for by both."""
    for number in range(8):
        scene.due(page=number % 3, in_s=number / 2)
    for name in ("beat-a", "beat-b"):
        scene.staff.beat(name)
    scene.workers(("first", worker(), {}), ("second", worker(), {}), ("pull", worker("pull", slots=2), {}))
    for _ in range(2):
        pulls.nightly.delay()
        pulls.pull_due.delay()
    scene.wait_until_ended()

    def n_runs() -> int:
        found = 0
        for municipality_id in {press.town.pk for press in scene.presses}:
            with tenant(municipality_id):
                found += FetchRun.objects.count()
        return found

    until(lambda: n_runs() >= len(scene.presses), what="the night's pulls to be planned")
    scene.require_published()
    assert n_runs() == len(scene.presses), n_runs()
    return f"{len(scene.planned)} posts with one call each, {n_runs()} pulls for {len(scene.presses)} pages"


@scenario("F9", "kill -9 of Redis with work in it, started empty")
def redis_dies(scene: Scene) -> str:
    """Nothing is lost, workers listen again without a restart, and the delay is one sweep and a moment."""
    scene.worker("publish", worker())
    beat = scene.staff.beat()
    scene.due()
    scene.wait_until_ended()
    scene.staff.stall(beat)
    waiting = [scene.due() for _ in range(4)]
    scene.ring()
    scene.rig.house.restart_redis()
    scene.staff.go_on(beat)
    began = time.monotonic()
    scene.wait_until_ended()
    seconds = time.monotonic() - began

    scene.require_published()
    # A rung row is put off by one sweep; the worker asks for the broker again after some seconds.
    assert seconds <= KNOBS["PUBLISH_SWEEP_S"] + RECONNECT_S, seconds
    return f"{len(waiting)} published {seconds:.1f} s after Redis was gone, by the worker that ran before"


# Celery waits 2, 4, 6 … s between its attempts to reach the broker.
RECONNECT_S = 14


@scenario("F13", "worker and beat down for six hours over 30 due posts")
def down_for_six_hours(scene: Scene) -> str:
    """None of the backlog bursts out: all of it waits for a person."""
    some = [scene.due(in_s=-6 * 3600 + number) for number in range(30)]
    scene.staff.beat()
    scene.workers(("first", worker(), {}), ("second", worker(), {}))
    scene.wait_until_ended()

    verdict = scene.judge()
    assert verdict.states == {State.LATE: len(some)}, verdict.states
    assert scene.n_posted() == 0
    return f"{len(some)} late with a person, none sent"
