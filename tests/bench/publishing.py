"""Posts that are due: how late each is received, how many a second, and how soon after a worker was killed."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2

from foundation import clock
from tests.bench.figures import Figure
from tests.bench.line import Line
from tests.bench.posts import Towns

N_TOWNS = 100
N_POSTS = 1000
LATENCY_S = 0.2
SLOTS = (32, 16)
N_RUNS = 3
# Below this part of the ideal the machine itself cannot do it: the bare loop tells.
MACHINE_CAN = 0.9
SOON_S = 2.0
DONE_WITHIN_S = 120


class Lost(RuntimeError):
    """Not every post arrived exactly once, so its time means nothing."""


@dataclass(frozen=True)
class Run:
    """One wave of posts due at the same moment. Seconds; `cpu_ms` of all processes together for each post."""

    lateness: list[float]
    cpu_ms: dict[str, float]
    throughput: float

    def percentile(self, part: float) -> float:
        """Return the lateness that this part of the posts does not exceed."""
        ordered = sorted(self.lateness)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Waves:
    """Waves of posts on one line."""

    def __init__(self, line: Line, towns: Towns, superuser: psycopg2.extensions.cursor) -> None:
        self.line, self.towns, self.superuser = line, towns, superuser

    def wave(self, n: int, *, latency_s: float, in_s: float = SOON_S, look: Callable[[], None] | None = None) -> Run:
        """
        Schedule `n` posts for one moment, wait until all are out, and tell how late each was received.

        :param look: called once, a second after they are due
        """
        self.line.answer_after(latency_s)
        # Making them takes a while; the moment is set when they stand.
        far = clock.now() + timedelta(hours=1)
        markers = list(self.towns.schedule(n, due_at=far))
        due_at = clock.now() + timedelta(seconds=in_s)
        self._bring_forward(due_at)
        before = self.line.cpu_s()
        if look is not None:
            time.sleep(in_s + 1)
            look()
        self._wait_until_done()
        used = {name: (after - before.get(name, 0)) * 1000 / n for name, after in self.line.cpu_s().items()}
        received = self._received(markers)
        lateness = [moment - due_at.timestamp() for moment in received]
        return Run(lateness, used, n / (max(lateness) + latency_s))

    def _bring_forward(self, due_at: datetime) -> None:
        self.superuser.execute(
            "UPDATE channels_delivery SET due_at = %s, next_at = %s WHERE state = 'scheduled'", [due_at] * 2
        )
        self.superuser.execute("UPDATE channels_due SET due_at = %s WHERE kind = 'send'", [due_at])

    def _wait_until_done(self, within_s: float = DONE_WITHIN_S) -> None:
        gives_up_at = time.monotonic() + within_s
        while time.monotonic() < gives_up_at:
            self.superuser.execute("SELECT count(*) FROM channels_due")
            if self.superuser.fetchone()[0] == 0:
                return
            self.line.revive()
            time.sleep(0.2)
        raise Lost(f"Not everything was out after {within_s} s")

    def _received(self, markers: list[str]) -> list[float]:
        found = self.line.received()
        wrong = [marker for marker in markers if len(found.get(marker, [])) != 1]
        if wrong:
            raise Lost(f"{len(wrong)} of {len(markers)} posts were not received exactly once")
        return [found[marker][0] for marker in markers]


def measured(line: Line, superuser: psycopg2.extensions.cursor, *, say: Callable[[str], None]) -> list[Figure]:
    """Run every measure of publishing on one line."""
    towns = Towns(line.sandbox)
    towns.found(N_TOWNS)
    waves = Waves(line, towns, superuser)
    figures: list[Figure] = []
    for slots in SLOTS:
        is_first = slots == SLOTS[0]
        line.start(*(("web", "worker", "beat") if is_first else ("worker-publish", "beat")), slots=slots)
        waves.wave(slots * 2, latency_s=LATENCY_S)
        if is_first:
            figures += memory(waves)
            figures += [at_once(waves, say=say), single(waves, say=say)]
        figures += many(waves, slots=slots, say=say)
        if is_first:
            figures += [recovery(waves, say=say)]
        line.stop()
    return figures


def many(waves: Waves, *, slots: int, say: Callable[[str], None]) -> list[Figure]:
    """Throughput and lateness of many posts due at once, against slots that wait for the answer and nothing else."""
    ideal, shortest_s = slots / LATENCY_S, N_POSTS * LATENCY_S / slots
    runs, bares = [], []
    for _ in range(N_RUNS):
        waves.line.answer_after(LATENCY_S)
        bares.append(bare(waves.line, slots=slots))
        runs.append(waves.wave(N_POSTS, latency_s=LATENCY_S))
        cpu = ", ".join(f"{name} {ms:.1f}" for name, ms in runs[-1].cpu_ms.items())
        say(
            f"{slots} slots: {runs[-1].throughput:.1f} posts/s of {ideal:.0f}, bare loop {bares[-1]:.1f}; "
            f"p50 {runs[-1].percentile(0.5):.2f} s, p99 {runs[-1].percentile(0.99):.2f} s of {shortest_s:.2f} s; "
            f"CPU {sum(runs[-1].cpu_ms.values()):.1f} ms a post ({cpu}); load average {os.getloadavg()[0]:.2f}"
        )
    is_void = statistics.median(bares) < MACHINE_CAN * ideal
    return [
        Figure.of(
            f"publish_{slots}_slots", unit="posts/s", better="higher", goal=0.9, limit=ideal,
            products=[run.throughput for run in runs], is_void=is_void, bare=round(statistics.median(bares), 1),
            cpu_ms_a_post=round(statistics.median(sum(run.cpu_ms.values()) for run in runs), 2),
        ),
        Figure.of(
            f"lateness_p99_{slots}_slots", unit="s", better="lower", goal=1.1, limit=shortest_s,
            products=[run.percentile(0.99) for run in runs], is_void=is_void,
        ),
    ]  # fmt: skip


def bare(line: Line, *, slots: int) -> float:
    """Return the posts a second of so many threads that do nothing but post to the same sandbox, in a process apart."""
    program = Path(__file__).with_name("bare.py")
    told = line.sandbox.announced
    arguments = [line.sandbox.base, told["tokens"]["linkedin"], told["organisations"][0]["urn"], str(slots)]
    done = subprocess.run([sys.executable, program, *arguments], check=True, capture_output=True, text=True)
    return float(done.stdout)


def at_once(waves: Waves, *, say: Callable[[str], None]) -> Figure:
    """Forty posts of as many municipalities due at the same moment, on a channel that answers in 0.3 s."""
    worst = [waves.wave(40, latency_s=0.3, in_s=1.0 + 0.37 * place).percentile(0.95) for place in range(N_RUNS)]
    say(f"40 at once: p95 {', '.join(f'{each:.2f}' for each in worst)} s")
    return Figure.of("lateness_p95_40_at_once", unit="s", better="lower", goal=1.0, limit=2.0, products=worst)


def single(waves: Waves, *, say: Callable[[str], None]) -> Figure:
    """A single post, twenty-one times, its moment each time at another place in the second."""
    late = [waves.wave(1, latency_s=0.3, in_s=0.6 + place / 21).lateness[0] for place in range(21)]
    p95 = sorted(late)[int(len(late) * 0.95)]
    say(f"single: median {statistics.median(late):.2f}, p95 {p95:.2f}, worst {max(late):.2f} s")
    return Figure.of("lateness_p95_single", unit="s", better="lower", goal=1.0, limit=2.0, products=[p95])


def recovery(waves: Waves, *, say: Callable[[str], None]) -> Figure:
    """All publishing processes killed with -9 in the middle of a wave: until the next due post is received."""
    took = []
    for _ in range(2):
        for name, service in waves.line.running.items():
            if name.startswith("worker-publish") and service.process:
                os.killpg(service.process.pid, signal.SIGKILL)
        took.append(waves.wave(1, latency_s=0.3, in_s=0.0).lateness[0])
    say(f"after kill -9 of both worker processes: {', '.join(f'{each:.1f}' for each in took)} s")
    return Figure.of("recovery_after_kill", unit="s", better="lower", goal=1.0, limit=60.0, products=took)


def memory(waves: Waves) -> list[Figure]:
    """Memory of every process, idle and while posts go out and pages are read; reported without a goal."""
    seen = {"idle": waves.line.memory_mb(), "loaded": {}}

    def look() -> None:
        waves.line.visit(50)
        seen["loaded"] = waves.line.memory_mb()

    waves.wave(max(SLOTS) * 12, latency_s=LATENCY_S, look=look)
    return [
        Figure.reported(f"memory_{name}_{when}".replace("-", "_"), unit="MB", value=mb)
        for when, told in seen.items()
        for name, mb in told.items()
    ]
