"""One round of the fault run: deliveries, dice and storm for one seed, our protocol or the naive way (P1, P2)."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import connections

from foundation import clock
from tests.faults import batches, dice, verdict
from tests.faults.naive import Naive
from tests.faults.rig import Rig
from tests.faults.staff import staff_of, worker
from tests.faults.storm import Blow, Storm, forecast
from tests.faults.verdict import Verdict
from tests.faults.workers import until

# Before the first delivery is due, so that the storm finds all of them; the workers listen by then.
FIRST_S = 1.0
READY_WITHIN_S = 60.0
DRAIN_WITHIN_S = 150.0


@dataclass(frozen=True)
class Size:
    """How much of everything one round has."""

    n_deliveries: int = 200
    length_s: float = 60.0
    part_of_the_storm: float = 1.0
    n_workers: int = 3


FULL = Size()
CONTROL = Size(n_deliveries=60, length_s=20.0, part_of_the_storm=0.4, n_workers=2)
# For the test suite: the same in small.
SHORT = Size(n_deliveries=24, length_s=8.0, part_of_the_storm=0.16, n_workers=2)
SHORT_CONTROL = Size(n_deliveries=24, length_s=5.0, part_of_the_storm=0.16, n_workers=2)


@dataclass
class Round:
    """What came of one round."""

    seed: int
    verdict: Verdict
    n_kills: int
    struck: dict[str, int]
    seconds: float

    def told(self) -> list[str]:
        """Return what happened to those that a person is left with, the commonest first."""
        return [f"{n} × {story}" for story, n in self.verdict.stories.most_common(12)]

    def __str__(self) -> str:
        found = self.verdict
        states = ", ".join(f"{n} {state}" for state, n in sorted(found.states.items()))
        hits = ", ".join(f"{n} {kind}" for kind, n in sorted(self.struck.items()))
        return (
            f"seed {self.seed}: {found.n} deliveries, {self.n_kills} kills ({hits}); {states}; "
            f"{found.n_unknown} unknown outcomes on the way, longest in sending {found.longest_sending_s:.1f} s; "
            f"duplicated {found.duplicated}, lost {found.lost}, stuck {found.stuck}, early {found.early}, "
            f"too late {found.too_late}, resent {found.resent}; {self.seconds:.0f} s"
        )


def run_protocol(
    rig: Rig, *, seed: int, size: Size = FULL, knobs: Mapping[str, int] | None = None,
    say: Callable[[str], None] = print,
) -> Round:  # fmt: skip
    """Publish under dice and storm, wait until everything has ended, and judge; the processes are told `knobs`."""
    began = time.monotonic()
    blows = forecast(seed=seed, length_s=size.length_s, part=size.part_of_the_storm)
    say(f"seed {seed}: storm: " + "; ".join(map(str, blows)))
    presses = batches.presses(rig.house, rig.sandbox)
    with staff_of(rig.house, rig.folder, {name: str(value) for name, value in (knobs or {}).items()}) as staff:
        workers = [staff.take_on(f"publish{n}", worker()) for n in range(size.n_workers)]
        beat = staff.beat()
        until(lambda: all(each.is_ready for each in workers), what="the workers", within_s=READY_WITHIN_S)
        # Made before anything is due, so that the storm finds all of it.
        n, room = size.n_deliveries, size.length_s - FIRST_S
        first = clock.database_now() + timedelta(seconds=FIRST_S + n * 0.03)
        planned = batches.plan(presses, n=n, seed=seed, first=first, within_s=room)
        dice.throw(rig.sandbox, seed=seed)
        connections["default"].close()
        throttle = partial(dice.throttle_without_retry_after, rig.sandbox)
        storm = Storm(rig.house, staff, workers, beat, throttle, dice=random.Random(seed))
        storm.blow(blows, length_s=size.length_s)

        def is_over() -> bool:
            staff.look_after()
            return verdict.n_open(rig.house, planned) == 0

        try:
            until(is_over, what="every delivery to end", within_s=DRAIN_WITHIN_S, every_s=0.3)
        except AssertionError as problem:
            say(str(problem))
    found = verdict.judge(planned, rig.sandbox)
    return Round(seed, found, storm.n_kills, dict(storm.struck), time.monotonic() - began)


def run_naively(rig: Rig, *, seed: int, size: Size, say: Callable[[str], None] = print) -> int:
    """Let the naive workers publish under the same dice and storm; return how many deliveries stand twice."""
    rig.sandbox.reset()
    naive = Naive(rig.house, rig.sandbox)
    blows = _for_the_naive(seed, size)
    naive.schedule(n=size.n_deliveries, seed=seed, first_s=0.5, within_s=size.length_s - 0.5)
    dice.throw(rig.sandbox, seed=seed)
    environ = {"KK_NAIVE_DATABASE": rig.house.postgres.url, "KK_NAIVE_BASE": rig.sandbox.base}
    from django.conf import settings

    environ["LINKEDIN_VERSION"] = settings.LINKEDIN_VERSION
    with staff_of(rig.house, rig.folder, environ) as staff:
        command = [sys.executable, "-m", "tests.faults.naive"]
        workers = [staff.take_on(f"naive{n}", command) for n in range(size.n_workers * 2)]
        storm = Storm(rig.house, staff, workers, dice=random.Random(seed))
        storm.blow(blows, length_s=size.length_s)

        def is_over() -> bool:
            staff.look_after()
            return naive.n_open() == 0

        until(is_over, what="the control to end", within_s=60, every_s=0.2)
    n_duplicated = naive.n_duplicated()
    say(
        f"control, seed {seed}: retry on error, stale lease sent again: {size.n_deliveries} deliveries, "
        f"{storm.n_kills} kills; duplicated {n_duplicated}"
    )
    return n_duplicated


def _for_the_naive(seed: int, size: Size) -> list[Blow]:
    kinds = frozenset({"worker", "sessions", "stall"})
    return forecast(seed=seed, length_s=size.length_s, part=size.part_of_the_storm, kinds=kinds)
