"""
What somebody outside can work out from sums that were released: the test that each release must pass first.

Everything here is exact in whole numbers. The sums of a pool by month are differences of running totals, so all that
can be known of them are shortest paths between the months (difference constraints; Bellman 1958, Floyd 1962). What
HR's counts of several stages tell together needs integer programming, in the worker at night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


Cell = tuple[str, int, int]  # question, vacancy, and how often the vacancy was released before


@dataclass
class Puzzle:
    """
    HR's counts of one source that nobody is told one by one, and what somebody outside knows of them.

    `true` and `bounds` (least, most) by cell; `sums` are cells with the least and the most they add up to; in `orders`
    the first is never less than the second: nobody is hired who was not qualified.
    """

    true: dict[Cell, int] = field(default_factory=dict)
    bounds: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    sums: list[tuple[tuple[Cell, ...], int, int]] = field(default_factory=list)
    orders: list[tuple[Cell, Cell]] = field(default_factory=list)

    def gives_away(self, cells: Sequence[Cell], *, total: int) -> bool:
        """
        Whether telling the sum of some cells would leave a count of 1 or more with one possible value.

        For each such count another world is looked for in which it is different and everything told is the same
        (integer programming); one world found settles many counts. A count that is told by itself is not looked at.
        """
        near, sums, orders = self._near(cells)
        rows = [*sums, (tuple(cells), total, total)]
        swaps = _Swaps(self.true, self.bounds, rows, orders)
        open_cells = {
            cell
            for cell in near
            if self.true[cell] and self.bounds[cell][0] < self.bounds[cell][1] and not swaps.one_with(cell)
        }
        worlds = _Worlds(near, self.bounds, rows, orders) if open_cells else None
        while open_cells and worlds:
            cell = open_cells.pop()
            found = worlds.differing(cell, self.true[cell])
            if found is None:
                return True
            open_cells -= {other for other in open_cells if found[other] != self.true[other]}
        return False

    def _near(self, cells: Sequence[Cell]) -> tuple[list[Cell], list, list]:
        """Return the cells that these hang together with, and what ties them."""
        ties = [each[0] for each in self.sums] + list(self.orders)
        of_cell: dict[Cell, list[int]] = defaultdict(list)
        for place, tied in enumerate(ties):
            for cell in tied:
                of_cell[cell].append(place)
        seen, used, waiting = set(cells), set(), list(cells)
        while waiting:
            for place in of_cell[waiting.pop()]:
                if place not in used:
                    used.add(place)
                    fresh = set(ties[place]) - seen
                    seen |= fresh
                    waiting += fresh
        n_sums = len(self.sums)
        return (
            sorted(seen),
            [each for place, each in enumerate(self.sums) if place in used],
            [each for place, each in enumerate(self.orders) if n_sums + place in used],
        )


class _Swaps:
    """Other worlds close by: one more here and one fewer there. They settle nearly every count without a search."""

    def __init__(
        self, true: Mapping[Cell, int], bounds: Mapping[Cell, tuple[int, int]], sums: list, orders: list
    ) -> None:
        self._true, self._bounds = true, bounds
        self._exact: dict[Cell, list[int]] = defaultdict(list)
        self._loose: dict[Cell, list[int]] = defaultdict(list)
        self._cells = [tied for tied, _, _ in sums]
        self._slack: dict[int, tuple[int, int]] = {}  # how much fewer and how much more each sum takes
        for place, (tied, low, high) in enumerate(sums):
            held = sum(true[cell] for cell in tied)
            self._slack[place] = (held - low, high - held)
            for cell in tied:
                (self._exact if low == high else self._loose)[cell].append(place)
        self._least: dict[Cell, int] = {}
        self._most: dict[Cell, int] = {}
        for more, fewer in orders:
            self._least[more] = max(self._least.get(more, 0), true[fewer])
            self._most[fewer] = min(self._most.get(fewer, true[more]), true[more])

    def one_with(self, cell: Cell) -> bool:
        """Whether there is a world beside the true one in which the cell has one more or one fewer."""
        for change in (1, -1):
            if not self._fits(cell, change):
                continue
            exact = self._exact[cell]
            if not exact:
                if self._have_room(self._loose[cell], change):
                    return True
            elif any(self._makes_up(cell, other, change) for other in self._cells[exact[0]]):
                return True
        return False

    def _makes_up(self, cell: Cell, other: Cell, change: int) -> bool:
        if other == cell or self._exact[other] != self._exact[cell] or not self._fits(other, -change):
            return False
        alone, others = set(self._loose[cell]), set(self._loose[other])
        return self._have_room(alone - others, change) and self._have_room(others - alone, -change)

    def _fits(self, cell: Cell, change: int) -> bool:
        value = self._true[cell] + change
        low, high = self._bounds[cell]
        return max(low, self._least.get(cell, low)) <= value <= min(high, self._most.get(cell, high))

    def _have_room(self, places: Iterable[int], change: int) -> bool:
        return all(self._slack[place][change > 0] >= 1 for place in places)


class _Worlds:
    """The ways of filling cells that agree with all that is known."""

    def __init__(self, cells: list[Cell], bounds: Mapping[Cell, tuple[int, int]], sums: list, orders: list) -> None:
        # Imported here: a web process never asks, and need not wait for it.
        from scipy.optimize import Bounds, LinearConstraint
        from scipy.sparse import coo_array

        self._cells, self._place = cells, {cell: place for place, cell in enumerate(cells)}
        rows = [({self._place[cell]: 1 for cell in tied}, low, high) for tied, low, high in sums]
        rows += [({self._place[more]: 1, self._place[fewer]: -1}, 0, np.inf) for more, fewer in orders]
        places = [(row, column, sign) for row, (signs, _, _) in enumerate(rows) for column, sign in signs.items()]
        at_row, at_column, signs = zip(*places, strict=True)
        matrix = coo_array((signs, (at_row, at_column)), shape=(len(rows), len(cells))).tocsr()
        self._constraint = LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])
        self._bounds = Bounds([bounds[cell][0] for cell in cells], [bounds[cell][1] for cell in cells])
        self._pull = np.random.default_rng(len(cells)).uniform(-1, 1, len(cells)) / (16 * len(cells))

    def differing(self, cell: Cell, true: int) -> dict[Cell, int] | None:
        """Return a world in which a cell is not what it truly is, or None when there is none."""
        from scipy.optimize import milp

        for sign in (1, -1):
            # A slight pull on the others makes one world differ in as many of them as may be.
            wanted = self._pull.copy()
            wanted[self._place[cell]] = sign
            found = milp(
                wanted, constraints=self._constraint, bounds=self._bounds, integrality=np.ones(len(self._cells))
            )
            if found.success and round(found.x[self._place[cell]]) != true:
                return {each: round(value) for each, value in zip(self._cells, found.x, strict=True)}
        return None
