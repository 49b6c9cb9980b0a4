"""Clocks that jump: summer time begins and ends, and a worker's own clock is wrong (F14, F22, P4)."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from django.test.utils import override_settings

from channels.actions import publishing
from channels.models import Delivery
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.deliveries import Press
from tests.faults import batches, faketime
from tests.faults.batches import Planned
from tests.faults.daily import app
from tests.faults.scenarios.scene import Scene, State, scenario
from tests.faults.staff import CELERY, worker
from tests.faults.workers import until

# Real seconds until the clocks change: all processes must have started by then.
BEFORE_THE_CHANGE_S = 18
FASTER = 1200


@dataclass(frozen=True)
class Change:
    """
    A night in which the clocks change, at `at` (UTC).

    `refused` is a wall-clock time that nobody can mean, `after` the first minute afterwards: in autumn the second of
    its name. `version` is one of the interface's that will be alive by then.
    """

    name: str
    at: datetime
    refused: datetime
    after: datetime
    is_second: bool | None
    version: str


SPRING = Change(
    name="28.03.2027",
    at=datetime(2027, 3, 28, 1, tzinfo=UTC),
    refused=datetime(2027, 3, 28, 2, 30),
    after=datetime(2027, 3, 28, 3),
    is_second=None,
    version="202702",
)
AUTUMN = Change(
    name="31.10.2027",
    at=datetime(2027, 10, 31, 1, tzinfo=UTC),
    refused=datetime(2027, 10, 31, 2, 30),
    after=datetime(2027, 10, 31, 2),
    is_second=True,
    version="202709",
)


@scenario("F22", "a worker's clock jumps 3 hours ahead and 2 days back")
def a_workers_clock_is_wrong(scene: Scene) -> str:
    """The database's clock decides: nothing goes out early, nothing twice, and what is due goes out in the end."""
    file = scene.rig.folder / "clock-of-the-worker"
    file.write_text("+0")
    wrong = faketime.told_by(file)
    scene.staff.beat()
    scene.worker("wrong", worker(), **wrong)
    scene.due()
    scene.wait_until_ended()
    told = []
    for jump in ("+3h", "-2d"):
        file.write_text(jump)
        soon, later = scene.due(in_s=1), scene.due(in_s=3600)
        scene.rig.sandbox.fault("POST /rest/posts", kind="stored_500")
        time.sleep(5)
        assert scene.state(later) == State.SCHEDULED
        told.append(f"{jump}: {scene.state(soon)} meanwhile")
        # A worker far ahead takes every doorbell for expired: what is due waits for a clock that is right.
        file.write_text("+0")
        until(lambda soon=soon: scene.state(soon) == State.PUBLISHED, what=f"it to go out after {jump}", within_s=40)
        with tenant(later.press.town.pk):
            publishing.cancel(delivery=Delivery.objects.get(pk=later.delivery_id), by=later.press.town.adviser,
                              now=clock.now())  # fmt: skip
    file.write_text("+0")

    verdict = scene.judge()
    assert scene.n_posted() == 3, scene.n_posted()
    return f"{verdict.states[State.PUBLISHED]} published once, none early; " + "; ".join(told)


@scenario("F14", "daily jobs over both changes of the clock")
def daily_jobs_run_once(scene: Scene) -> str:
    """Two beats, 1200 times faster, from the evening before to the morning after 28.03.2027 and 31.10.2027."""
    nights = {"spring": ("2027-03-27 20:30:00", 1), "autumn": ("2027-10-30 20:30:00", 2)}
    base = scene.rig.house.redis.url.rpartition("/")[0]
    brokers = {name: redis.Redis.from_url(f"{base}/{number}") for name, (_, number) in nights.items()}
    daily = [*CELERY[:-1], "tests.faults.daily", "beat", "--loglevel", "WARNING"]
    for name, (since, number) in nights.items():
        schedule = ["-s", str(scene.rig.folder / f"{name}.daily")]
        environ = {"REDIS_URL": f"{base}/{number}", **faketime.racing(since, times=FASTER)}
        scene.staff.take_on(f"beat-{name}", [*daily, *schedule], **environ)

    def rung(name: str) -> Counter[str]:
        waiting = [line for queue in ("default", "pull", "publish") for line in brokers[name].lrange(queue, 0, -1)]
        return Counter(json.loads(line)["headers"]["task"] for line in waiting)

    jobs = {entry["task"] for entry in app.conf.beat_schedule.values()}
    until(lambda: all(jobs <= set(rung(name)) for name in nights), what="all daily jobs", within_s=90, every_s=0.5)
    # Two more hours by their clocks: long enough for a second ringing.
    time.sleep(2 * 3600 / FASTER)
    found = {name: rung(name) for name in nights}

    for name, times in found.items():
        assert {job: times[job] for job in jobs} == dict.fromkeys(jobs, 1), (name, times)
    return f"{len(jobs)} daily jobs, each once in each night"


@scenario("F14", "posts over both changes of the clock")
def posts_across_the_changes(scene: Scene) -> str:
    """Database, worker and beat by libfaketime: a post before the change, and one at the minute after it."""
    told = []
    for change in (SPRING, AUTUMN):
        scene.planned.clear()
        ahead_s = (change.at - datetime.now(UTC)).total_seconds() - BEFORE_THE_CHANGE_S
        scene.rig.house.set_database_clock(faketime.shifted_server(ahead_s))
        try:
            _across(scene, change, ahead_s=ahead_s)
        finally:
            scene.staff.dismiss(*scene.staff.members)
            scene.rig.house.set_database_clock({})
        verdict = scene.judge()
        assert verdict.states == {State.PUBLISHED: 2}, (verdict.states, verdict.stories)
        told.append(f"{change.name}: {change.refused:%H:%M} refused, {change.after:%H:%M} sent when it struck")
    return "; ".join(told)


def _across(scene: Scene, change: Change, *, ahead_s: float) -> None:
    told = {**faketime.shifted(ahead_s), "LINKEDIN_VERSION": change.version}
    # Our own process has its clock: the product's functions are told how far ahead the others are.
    with override_settings(CLOCK_OFFSET_S=ahead_s, LINKEDIN_VERSION=change.version):
        [press] = batches.presses(scene.rig.house, scene.rig.sandbox, n_towns=1, ahead_s=ahead_s)
        scene.presses[:] = [press]
        scene.planned.append(_scheduled(press, change))
        scene.planned.append(batches.due(press, at=clock.now() + timedelta(seconds=BEFORE_THE_CHANGE_S - 6)))
    scene.staff.beat(f"beat-{change.at:%m}", **told)
    scene.worker(f"publish-{change.at:%m}", worker(), **told)
    scene.wait_until_ended(within_s=90)


def _scheduled(press: Press, change: Change) -> Planned:
    """Schedule a post for the first minute after the change; the time that nobody can mean is refused."""
    now = clock.now()
    with tenant(press.town.pk):
        delivery = press.draft()
        try:
            publishing.schedule(delivery=delivery, by=press.town.adviser, now=now, wall=change.refused)
        except (clock.ImpossibleTime, clock.DoubtfulTime):
            pass
        else:
            raise AssertionError(f"{change.refused} was taken")
        publishing.schedule(
            delivery=delivery, by=press.town.adviser, now=now, wall=change.after, is_second=change.is_second
        )
        delivery.refresh_from_db()
        assert delivery.due_at == change.at, delivery.due_at
        return Planned(press, delivery.pk, delivery.link.code, delivery.due_at)
