"""
What somebody outside can work out from sums that were released: the test that each release must pass first.

Everything here is exact in whole numbers. The sums of a pool by month are differences of running totals, so all that
can be known of them are shortest paths between the months (difference constraints; Bellman 1958, Floyd 1962).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np


@dataclass(frozen=True)
class Waiting:
    """A vacancy in a pool: from which month it waits, and between what its count is known to lie."""

    job_id: int
    month: date
    low: int
    high: int


@dataclass(frozen=True)
class Pool:
    """
    Vacancies that wait together. `caps`: how much it held at most at the end of a month in which it was not released.
    """

    vacancies: tuple[Waiting, ...]
    caps: Mapping[date, int]


def is_safe(pools: Sequence[Pool], *, total: int) -> bool:
    """
    Whether the sum of all pools may be told: each vacancy and each run of months keeps two or more possible values.

    Of several pools each pool's own sum must, too.
    """
    widest = [_ends(_paths(pool, low=0, high=None)) for pool in pools]
    least, most = sum(low for low, _ in widest), sum(high for _, high in widest)
    for pool, (pool_low, pool_high) in zip(pools, widest, strict=True):
        low = max(pool_low, total - (most - pool_high))
        high = min(pool_high, total - (least - pool_low))
        if not _keeps_secrets(pool, low=low, high=high, is_alone=len(pools) == 1):
            return False
    return True


def _keeps_secrets(pool: Pool, *, low: int, high: int, is_alone: bool) -> bool:
    known = _paths(pool, low=low, high=high)
    n = len(known)
    for first in range(n):
        for last in range(first + 1, n):
            is_whole = (first, last) == (0, n - 1)
            if not (is_whole and is_alone) and known[first, last] <= -known[last, first]:
                return False
    # Vacancies of one month with the same bounds cannot be told from each other: one of them stands for all.
    alike = {(vacancy.month, vacancy.low, vacancy.high): vacancy for vacancy in pool.vacancies}
    for vacancy in alike.values():
        paths, at = _paths_with(pool, vacancy, low=low, high=high)
        if paths[at, at + 1] <= -paths[at + 1, at]:
            return False
    return True


def _ends(paths: np.ndarray) -> tuple[int, int]:
    return int(-paths[-1, 0]), int(paths[0, -1])


def _paths(pool: Pool, *, low: int, high: int | None) -> np.ndarray:
    """Return the most that each running total can exceed each other by; the last is the pool's sum."""
    return _shortest(_steps(pool), pool, low=low, high=high)


def _paths_with(pool: Pool, alone: Waiting, *, low: int, high: int | None) -> tuple[np.ndarray, int]:
    """Return the same with one vacancy taken out of its month and put before it, and between which totals it lies."""
    steps = _steps(pool)
    at = next(n for n, (month, _, _) in enumerate(steps) if month == alone.month)
    month, group_low, group_high = steps[at]
    steps[at : at + 1] = [
        (None, alone.low, alone.high),
        (month, group_low - alone.low, group_high - alone.high),
    ]
    return _shortest(steps, pool, low=low, high=high), at


Step = tuple[date | None, int, int]


def _steps(pool: Pool) -> list[Step]:
    lows: dict[date, int] = defaultdict(int)
    highs: dict[date, int] = defaultdict(int)
    for vacancy in pool.vacancies:
        lows[vacancy.month] += vacancy.low
        highs[vacancy.month] += vacancy.high
    return [(month, lows[month], highs[month]) for month in sorted(lows)]


def _shortest(steps: Sequence[Step], pool: Pool, *, low: int, high: int | None) -> np.ndarray:
    n = len(steps) + 1
    far = np.full((n, n), np.inf)
    np.fill_diagonal(far, 0)
    for place, (month, least, most) in enumerate(steps):
        far[place, place + 1] = most
        far[place + 1, place] = -least
        # What a month end tells goes for all months up to it.
        later = [after for after, _, _ in steps[place + 1 :] if after is not None][:1]
        caps = [cap for end, cap in pool.caps.items() if month and month <= end and not (later and later[0] <= end)]
        if caps:
            far[0, place + 1] = min(far[0, place + 1], *caps)
    far[-1, 0] = min(far[-1, 0], -low)
    if high is not None:
        far[0, -1] = min(far[0, -1], high)
    for via in range(n):
        far = np.minimum(far, far[:, via, None] + far[None, via, :])
    return far


Cell = tuple[str, int, int]


class Contradiction(Exception):
    """What is known does not fit together: HR's counts do not follow the order of the stages."""


@dataclass(frozen=True)
class _Sum:
    cells: tuple[Cell, ...]
    low: int
    high: int


class Outsider:
    """
    What somebody can conclude of HR's counts of one source who knows the order of the stages.

    Nobody is hired who was not qualified: so a sum released of the one bounds the other. Bounds are carried from sum
    to sum and from stage to stage until nothing changes (bounds consistency). A cell is (question, vacancy, round).
    """

    def __init__(self) -> None:
        self.low: dict[Cell, int] = {}
        self.high: dict[Cell, int] = {}
        self.told: set[Cell] = set()
        self._sums: dict[Cell, list[_Sum]] = defaultdict(list)
        self._above: dict[Cell, list[Cell]] = defaultdict(list)
        self._below: dict[Cell, list[Cell]] = defaultdict(list)

    def add(self, cell: Cell, *, low: int, high: int) -> None:
        """Add a count that nobody was told, and what is known of it from the beginning."""
        self.low[cell], self.high[cell] = low, high

    def order(self, more: Cell, fewer: Cell) -> None:
        """Say that one count is never less than another."""
        self._below[more].append(fewer)
        self._above[fewer].append(more)

    def forget_order(self, cell: Cell) -> None:
        """Say that this count is a part of its vacancy's, so that the order says nothing of it by itself."""
        for more in self._above.pop(cell, []):
            self._below[more].remove(cell)
        for fewer in self._below.pop(cell, []):
            self._above[fewer].remove(cell)

    def tell(self, cell: Cell, count: int) -> None:
        """Say what one count is."""
        self.low[cell] = self.high[cell] = count
        self.told.add(cell)
        self._settle([cell])

    def tell_sum(self, cells: Iterable[Cell], *, low: int, high: int) -> None:
        """Say between what the sum of some counts lies."""
        known = self._with(cells, low, high)
        self._settle(known.cells)

    def would_learn(self, cells: Iterable[Cell], *, total: int) -> bool:
        """Whether telling this sum would give away a count of 1 or more that is not told; nothing is changed."""
        cells = list(cells)
        for cell in cells:
            if cell not in self.low:
                self.add(cell, low=1, high=total)
        before = dict(self.low), dict(self.high)
        known = self._with(cells, total, total)
        try:
            changed = self._propagate(known.cells)
            return any(self.low[cell] >= self.high[cell] and self.high[cell] > 0 for cell in changed - self.told)
        except Contradiction:
            return False
        finally:
            self.low, self.high = before
            for cell in known.cells:
                self._sums[cell].pop()

    def _with(self, cells: Iterable[Cell], low: int, high: int) -> _Sum:
        known = _Sum(tuple(cells), low, high)
        for cell in known.cells:
            self._sums[cell].append(known)
        return known

    def _settle(self, cells: Iterable[Cell]) -> None:
        before = dict(self.low), dict(self.high)
        try:
            self._propagate(cells)
        except Contradiction:
            # Somebody who trusts the order would conclude nonsense; what was known before stands.
            self.low, self.high = before

    def _propagate(self, cells: Iterable[Cell]) -> set[Cell]:
        waiting, changed = deque(cells), set(cells)
        while waiting:
            cell = waiting.popleft()
            for narrowed in self._narrowed_by(cell):
                changed.add(narrowed)
                waiting.append(narrowed)
        return changed

    def _narrowed_by(self, cell: Cell) -> Iterable[Cell]:
        for known in self._sums[cell]:
            lows, highs = sum(self.low[each] for each in known.cells), sum(self.high[each] for each in known.cells)
            for each in known.cells:
                low, high = known.low - (highs - self.high[each]), known.high - (lows - self.low[each])
                if self._narrow(each, low, high):
                    yield each
        for fewer in self._below[cell]:
            if self._narrow(fewer, 0, self.high[cell]):
                yield fewer
        for more in self._above[cell]:
            if self._narrow(more, self.low[cell], self.high[more]):
                yield more

    def _narrow(self, cell: Cell, low: int, high: int) -> bool:
        low, high = max(low, self.low[cell]), min(high, self.high[cell])
        if low > high:
            raise Contradiction(cell)
        if cell in self.told or (low, high) == (self.low[cell], self.high[cell]):
            return False
        self.low[cell], self.high[cell] = low, high
        return True
