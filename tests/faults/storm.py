"""The storm of a fault run: who is killed, stalled or cut off, and when, drawn from a seed before it begins."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg2

from kanalkompass.launcher import servers
from tests.faults.house import House
from tests.faults.staff import Member, Staff

# How many of each in a full storm; a shorter one takes its part of them. Stalls and throttling are no kills.
FULL = {"worker": 22, "sessions": 30, "redis": 8, "warm": 4, "beat": 2, "stall": 8, "throttle": 2}
KILLS = frozenset({"worker", "sessions", "redis", "warm", "beat"})
# The channel refuses for the number of calls only when this part of the storm is over.
THROTTLED_FROM = 0.85
# Blows that hit one worker. So many others listen all the while: on a slow machine the storm waits for them.
AT_WORKERS = frozenset({"worker", "warm", "stall"})
N_SPARED = 1
# A worker may be stopped this long: with the late answers and the list's lag it fits into the settle window.
LONGEST_STALL_S = 3.0
# There is not always a session to be cut: the storm waits for one, a little at a time.
SESSION_WITHIN_S, LOOK_S = 3.0, 0.2
# Ends one or more of the product's sessions as soon as there are any; the server waits, because sessions are short.
CUT = """
DO $$
DECLARE n_left integer := 100; n_ended integer := 0;
BEGIN
    WHILE n_left > 0 AND n_ended = 0 LOOP
        PERFORM pg_stat_clear_snapshot();
        SELECT count(pg_terminate_backend(pid)) INTO n_ended FROM (
            SELECT pid FROM pg_stat_activity WHERE usename = '{login}' AND random() < {share}
        ) AS ended;
        n_left := n_left - 1;
        PERFORM pg_sleep({look} / 100.0);
    END LOOP;
    PERFORM set_config('kk.ended', n_ended::text, false);
END $$
"""


@dataclass(frozen=True)
class Blow:
    """One thing that happens, seconds after the storm began."""

    at_s: float
    kind: str
    stall_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.at_s:.1f} {self.kind}" + (f" {self.stall_s:.1f}s" if self.stall_s else "")


def forecast(*, seed: int, length_s: float, part: float = 1.0, kinds: frozenset[str] = frozenset(FULL)) -> list[Blow]:
    """Return the blows of one storm, in order."""
    dice = random.Random(f"storm {seed}")
    blows = []
    for kind in sorted(kinds):
        for _ in range(max(1, round(FULL[kind] * part))):
            stall_s = dice.uniform(0.5, LONGEST_STALL_S) if kind == "stall" else 0.0
            earliest = length_s * THROTTLED_FROM if kind == "throttle" else 0
            blows.append(Blow(dice.uniform(earliest, length_s), kind, stall_s))
    return sorted(blows, key=lambda blow: blow.at_s)


@dataclass
class Storm:
    """A storm over one house. `struck` counts what really was hit."""

    house: House
    staff: Staff
    workers: list[Member]
    beat: Member | None = None
    throttle: Callable[[], None] = lambda: None
    struck: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=random.Random)
    _stalled: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold one connection for cutting others."""
        self._connection = self.house.as_superuser()

    @property
    def n_kills(self) -> int:
        """How many blows were kills."""
        return sum(n for kind, n in self.struck.items() if kind in KILLS)

    def blow(self, blows: list[Blow], *, length_s: float) -> None:
        """Let everything happen at its time, and have the supervisor look after the staff all the while."""
        began, left = time.monotonic(), list(blows)
        waiting_for_sessions: list[float] = []
        waiting_for_workers: list[Blow] = []
        while (passed := time.monotonic() - began) < length_s or left or waiting_for_workers:
            while left and left[0].at_s <= passed:
                blow = left.pop(0)
                if blow.kind == "sessions":
                    waiting_for_sessions.append(time.monotonic() + SESSION_WITHIN_S)
                elif blow.kind in AT_WORKERS:
                    waiting_for_workers.append(blow)
                else:
                    self._strike(blow)
            if waiting_for_workers and self._ready():
                self._strike(waiting_for_workers.pop(0))
            if waiting_for_sessions and (self._cut_sessions() or time.monotonic() > waiting_for_sessions[0]):
                waiting_for_sessions.pop(0)
            self._wake()
            self.staff.look_after()
            time.sleep(0.03)
        self._wake(all_of_them=True)
        self._connection.close()

    def _strike(self, blow: Blow) -> None:
        by_kind: dict[str, Callable[[], None]] = {
            "worker": lambda: self.staff.kill(self._oldest()),
            "warm": lambda: self.staff.ask_to_end(self._oldest()),
            "beat": lambda: self.staff.kill(self.beat) if self.beat else None,
            "redis": self.house.restart_redis,
            "throttle": self.throttle,
            "stall": lambda: self._stall(self._oldest(), blow.stall_s),
        }
        by_kind[blow.kind]()
        self.struck[blow.kind] += 1

    def _ready(self) -> list[Member]:
        """Return the workers that may be hit, none while too few listen: one that still starts has nothing to lose."""
        ready = [each for each in self.workers if each.name not in self._stalled and each.is_ready]
        return ready if len(ready) > min(N_SPARED, len(self.workers) - 1) else []

    def _oldest(self) -> Member:
        """Return the worker that has been at it longest."""
        return min(self._ready() or self.workers, key=lambda member: member.started_at)

    def _stall(self, member: Member, seconds: float) -> None:
        self.staff.stall(member)
        self._stalled[member.name] = time.monotonic() + seconds

    def _wake(self, *, all_of_them: bool = False) -> None:
        for member in self.workers:
            until = self._stalled.get(member.name)
            if until is not None and (all_of_them or time.monotonic() >= until):
                self.staff.go_on(member)
                del self._stalled[member.name]

    def _cut_sessions(self) -> bool:
        """pg_terminate_backend of some of the product's sessions; False when there is none at this moment."""
        order = CUT.format(login=servers.RUNTIME, share=self.dice.uniform(0.3, 1.0), look=LOOK_S)
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(order)
                cursor.execute("SELECT current_setting('kk.ended')::integer")
                n_ended = cursor.fetchone()[0]
        except psycopg2.OperationalError:
            self._connection = self.house.as_superuser()
            return False
        self.struck["sessions"] += bool(n_ended)
        return bool(n_ended)
