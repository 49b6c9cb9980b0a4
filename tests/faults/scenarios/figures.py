"""Figures that are fetched by workers that die, side by side, and restated by the channel (F15, P7)."""

from __future__ import annotations

from datetime import timedelta

from analytics import tasks as pulls
from analytics.actions import pulling
from analytics.models import FetchRun, Measurement, ObjectKind, Snapshot
from channels.models import Delivery
from foundation import clock
from foundation.tenancy import tenant
from tests.faults.scenarios.scene import Scene, State, scenario
from tests.faults.staff import worker
from tests.faults.workers import until

N_POSTS = 4
SMALL = "tests.faults.small_portions"


def _figures(scene: Scene) -> tuple[dict[int, int], dict[int, int | None], int]:
    """Return the sum of each post's days, its last total, and how many days are stored for the same day twice."""
    sums: dict[int, int] = {}
    with tenant(scene.presses[0].town.pk):
        rows = list(Measurement.objects.filter(kind=ObjectKind.DELIVERY).values_list("object_id", "day", "impressions"))
        totals = dict(Snapshot.objects.order_by("taken_at").values_list("delivery_id", "impressions"))
    for object_id, _day, impressions in rows:
        sums[object_id] = sums.get(object_id, 0) + (impressions or 0)
    return sums, totals, len(rows) - len({row[:2] for row in rows})


def _ask(scene: Scene) -> FetchRun:
    with tenant(scene.presses[0].town.pk):
        return pulling.request_fetch(account=scene.presses[0].account, trigger="nightly", now=clock.now())


def _is_done(scene: Scene, run: FetchRun) -> bool:
    pulls.pull_due.delay()
    with tenant(scene.presses[0].town.pk):
        return FetchRun.objects.get(pk=run.pk).state == FetchRun.State.DONE


def _require_whole(scene: Scene) -> None:
    sums, totals, n_twice = _figures(scene)
    assert len(totals) == N_POSTS, totals
    assert sums == totals, (sums, totals)
    assert n_twice == 0


@scenario("F15", "kill -9 of the pull after each post, two at once, and figures that are restated")
def the_pull_dies_at_every_row(scene: Scene) -> str:
    """Whoever is killed and however often: each figure stands once, and days sum to the total."""
    press = scene.presses[0]
    for planned in [scene.due() for _ in range(N_POSTS)]:
        press.publish(Delivery(pk=planned.delivery_id), later=timedelta(minutes=1))
    assert scene.states() == [State.PUBLISHED] * N_POSTS
    scene.rig.sandbox.advance(24 * 3600)
    slow = "GET /rest/organizationalEntityShareStatistics"
    scene.rig.sandbox.fault(slow, kind="late_before", delay_s=0.3, count=10_000)
    run = _ask(scene)
    n_killed = 0
    for n in range(1, N_POSTS + 1):
        victim = scene.worker(f"pull{n}", worker("pull", slots=1, module=SMALL))
        until(
            lambda n=n: _is_done(scene, run) or len(_figures(scene)[1]) >= n,
            what=f"{n} posts to have figures", within_s=60, every_s=0.02,
        )  # fmt: skip
        n_killed += not _is_done(scene, run)
        scene.staff.dismiss(victim)
    scene.workers(*[(name, worker("pull", module=SMALL), {}) for name in ("one", "other")])
    until(lambda: _is_done(scene, run), what="the run to end", within_s=60, every_s=0.2)
    _require_whole(scene)
    before = _figures(scene)[1]
    scene.rig.sandbox.switch(omit_metrics=[])
    scene.rig.sandbox.advance(3 * 24 * 3600)
    run = _ask(scene)
    until(lambda: _is_done(scene, run), what="the second run to end", within_s=60, every_s=0.1)
    _require_whole(scene)

    assert n_killed >= N_POSTS - 1, n_killed
    after = _figures(scene)[1]
    assert all(after[key] >= before[key] for key in before)
    return f"killed {n_killed} times; {N_POSTS} posts with each day once, days sum to the total, twice"
