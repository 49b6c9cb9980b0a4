"""
Other worlds: ways of filling HR's counts of a source that agree with everything somebody outside knows.

As long as there is a world in which a count is another, nobody can be sure of it. Most are found close by: one more
here, one fewer there. Where none is close, integer programming finds one or proves that there is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np

# How far one looks close by: so many counts changed, and so many tries.
MOST_CHANGED, MOST_TRIES = 8, 300
# Integer programming looks among so many counts first, while the others stay what they are.
NEAREST = (120, 900)

PoolKey = tuple[str, int]  # question, occupation
Place = tuple[str, int, int]  # question, vacancy, and how often the vacancy was released before


@dataclass(eq=False, repr=False, slots=True)
class Cell:
    """
    One count that nobody outside is told by itself: what it truly is, and between what it is known to lie.

    `above` are counts it is never more than (nobody is hired who was not qualified), `below` those never more than it.
    """

    place: Place
    true: int
    low: int
    high: int
    month: date
    pool: Pool | None = None
    told: Sum | None = None
    above: tuple[Cell, ...] = ()
    below: tuple[Cell, ...] = ()
    world: World | None = None  # in which it is another
    worlds: dict[World, None] = field(default_factory=dict)  # that change it

    @property
    def is_at_stake(self) -> bool:
        """Whether it is to stay unknown: one or more, and not told by itself."""
        return self.true > 0 and self.low < self.high


@dataclass(eq=False, repr=False, slots=True)
class Sum:
    """Counts that are told as one sum."""

    cells: list[Cell]


@dataclass(eq=False, repr=False, slots=True)
class Pool:
    """
    Counts of a question and an occupation that wait, or waited, together.

    `limits`: by month end, how many more than in truth the counts that waited then could have been. `last`: how many
    counts the last limit is about, and the limit.
    """

    key: PoolKey
    cells: list[Cell] = field(default_factory=list)
    limits: list[tuple[date, int]] = field(default_factory=list)
    last: tuple[int, int] = (0, 0)

    def waited(self, end: date) -> list[Cell]:
        """Return what waited at a month's end."""
        return [cell for cell in self.cells if cell.month <= end]

    def is_known_of(self, cell: Cell) -> bool:
        """Whether any month's end tells of a count."""
        return bool(self.limits) and cell.month <= self.limits[-1][0]


Change = dict[Cell, int]


@dataclass(eq=False, repr=False, slots=True)
class World:
    """What is different from the truth, and for which counts this world says that they may be another."""

    change: Change
    serves: set[Cell] = field(default_factory=set)


def close_by(cell: Cell) -> Change | None:
    """Return a world in which a count is one more or one fewer, found by mending a few others; None: none is close."""
    for sign in (1, -1):
        tries = iter(range(MOST_TRIES))
        found = _mended({cell: sign}, tries)
        if found is not None:
            return found
    return None


def _mended(change: Change, tries: Iterator[int]) -> Change | None:
    """Change more until everything known holds again: depth first, no count twice."""
    mends = _mends(change)
    if mends is None:
        return change
    if len(change) < MOST_CHANGED:
        for cell, sign in mends:
            if next(tries, None) is None:
                return None
            found = _mended({**change, cell: sign}, tries)
            if found is not None:
                return found
    return None


def _mends(change: Change) -> Iterable[tuple[Cell, int]] | None:
    """Return what may mend the first thing that does not hold; None when everything does."""
    for cell, by in change.items():
        value = cell.true + by
        if not cell.low <= value <= cell.high:
            return ()
        for other in cell.above:
            if other.true + change.get(other, 0) < value:
                return () if other in change else ((other, 1),)
        for other in cell.below:
            if other.true + change.get(other, 0) > value:
                return () if other in change else ((other, -1),)
    return _mends_of_sums(change)


def _mends_of_sums(change: Change) -> Iterable[tuple[Cell, int]] | None:
    sums: dict[Sum, int] = {}
    pools: dict[Pool, None] = {}
    for cell, by in change.items():
        if cell.told is not None:
            sums[cell.told] = sums.get(cell.told, 0) + by
        if cell.pool is not None and cell.pool.limits:
            pools[cell.pool] = None
    for told, by in sums.items():
        if by:
            return _candidates(told.cells, -1 if by > 0 else 1, change)
    for pool in pools:
        for end, room in pool.limits:
            if _more_at(pool, end, change) > room:
                return _candidates(pool.waited(end), -1, change)
    return None


def _more_at(pool: Pool, end: date, change: Change) -> int:
    return sum(by for cell, by in change.items() if cell.pool is pool and cell.month <= end)


def _candidates(cells: Iterable[Cell], sign: int, change: Change) -> Iterator[tuple[Cell, int]]:
    """Yield the counts that can be one more or fewer, those that nothing else follows from first."""
    bound = []
    for cell in cells:
        value = cell.true + sign
        if cell.low <= value <= cell.high and cell not in change:
            if all(other.true >= value for other in cell.above) and all(other.true <= value for other in cell.below):
                yield cell, sign
            else:
                bound.append(cell)
    for cell in bound:
        yield cell, sign


def tied_to(cells: Iterable[Cell], *, most: int | None = None) -> list[Cell]:
    """Return the counts that these hang together with, themselves included, the nearest first; `most` and a few."""
    seen = dict.fromkeys(cells)
    waiting = deque(seen)
    gone_through: set[Sum | Pool] = set()
    while waiting and (most is None or len(seen) < most):
        cell = waiting.popleft()
        ties = [*cell.above, *cell.below]
        if cell.told is not None and cell.told not in gone_through:
            gone_through.add(cell.told)
            ties += cell.told.cells
        if cell.pool is not None and cell.pool.is_known_of(cell) and cell.pool not in gone_through:
            gone_through.add(cell.pool)
            ties += [other for other in cell.pool.cells if cell.pool.is_known_of(other)]
        for other in ties:
            if other not in seen:
                seen[other] = None
                waiting.append(other)
    return list(seen)


def anywhere(cell: Cell) -> Change | None:
    """Return a world in which a count is another, or None: there is none. Among the nearest counts first."""
    n_tried = 0
    for most in (*NEAREST, None):
        cells = tied_to([cell], most=most)
        if len(cells) > n_tried:
            found = _found_among(cells, cell)
            if found is not None:
                return found
        n_tried = len(cells)
    return None


def _found_among(cells: list[Cell], cell: Cell) -> Change | None:
    """Return a world in which a count is another while all but some counts are what they are, or None."""
    # Imported here: a web process never asks, and need not wait for it.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    place = {each: n for n, each in enumerate(cells)}
    rows = list(_rows(cells))
    entries = [(n, place[each], sign) for n, (signs, _, _) in enumerate(rows) for each, sign in signs.items()]
    at_row, at_column, signs = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = coo_array((signs, (at_row, at_column)), shape=(len(rows), len(cells))).tocsr()
    known = LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])
    bounds = Bounds([each.low - each.true for each in cells], [each.high - each.true for each in cells])
    # A slight pull on the others makes one world differ in as many of them as may be.
    pull = np.random.default_rng(len(cells)).uniform(-1, 1, len(cells)) / (16 * len(cells))
    for sign in (1, -1):
        pull[place[cell]] = sign
        found = milp(pull, constraints=known, bounds=bounds, integrality=np.ones(len(cells)))
        if found.success and round(found.x[place[cell]]):
            return {each: round(by) for each, by in zip(cells, found.x, strict=True) if round(by)}
    return None


def _rows(cells: Iterable[Cell]) -> Iterator[tuple[dict[Cell, int], float, float]]:
    """Yield what ties the changes of some counts: their signs, and the least and the most they come to."""
    among = dict.fromkeys(cells)
    for told in dict.fromkeys(cell.told for cell in among if cell.told is not None):
        yield {cell: 1 for cell in told.cells if cell in among}, 0, 0
    for pool in dict.fromkeys(cell.pool for cell in among if cell.pool is not None):
        for end, room in pool.limits:
            held = {cell: 1 for cell in pool.waited(end) if cell in among}
            if held:
                yield held, -np.inf, room
    for cell in among:
        for more in cell.above:
            yield {each: sign for each, sign in ((more, 1), (cell, -1)) if each in among}, cell.true - more.true, np.inf
        for fewer in cell.below:
            if fewer not in among:
                yield {cell: 1}, fewer.true - cell.true, np.inf
