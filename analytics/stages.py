"""
What HR's counts of several stages tell together: the second test that a sum of them must pass.

For every count that is at stake one world is kept in which it is another (`analytics.worlds`). A new sum breaks few of
them; only for these a new one is looked for. So the test takes as long as what the sum changes, not as all that was
ever told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from analytics.worlds import Cell, Change, Place, Pool, PoolKey, Sum, World, anywhere, close_by, tied_to

# Nobody is at a later stage who was not at the earlier one.
STAGES = (
    ("applied", "qualified"),
    ("qualified", "best_qualified"),
    ("qualified", "interviewed"),
    ("applied", "interviewed"),
    ("interviewed", "offered"),
    ("qualified", "offered"),
    ("offered", "hired"),
    ("interviewed", "hired"),
    ("qualified", "hired"),
    ("applied", "offered"),
    ("applied", "hired"),
)
_EARLIER = {fewer: [more for more, other in STAGES if other == fewer] for _, fewer in STAGES}
_LATER = {more: [fewer for other, fewer in STAGES if other == more] for more, _ in STAGES}


class Outsider:
    """
    Somebody outside, and what they know of HR's counts of one source by now.

    A count at stake has a world in which it is another, or is one of: `_fresh`, not looked at since its world broke;
    `_hard`, where none was close by; `_known`, where there is none.
    """

    def __init__(self) -> None:
        self._cells: dict[Place, Cell] = {}
        self._pools: dict[PoolKey, Pool] = {}
        self._n_told: Counter[tuple[str, int]] = Counter()
        self._fresh: dict[Cell, None] = {}
        self._hard: dict[Cell, None] = {}
        self._known: dict[Cell, None] = {}
        self._refused: set[tuple[Place, ...]] = set()

    def add(self, question: str, job_id: int, *, pool: PoolKey, month: date, n: int, most: int) -> None:
        """Let in a vacancy's count, at most `most`. What came after others of it were told is one at least."""
        n_told = self._n_told[question, job_id]
        cell = Cell((question, job_id, n_told), n, min(1, n, n_told), most, month)
        self._cells[cell.place] = cell
        if not n_told:
            cell.pool = self._pools.setdefault(pool, Pool(pool))
            cell.pool.cells.append(cell)
            self._put_in_order(cell)
        if cell.is_at_stake:
            self._fresh[cell] = None

    def has_told(self, question: str, job_id: int) -> bool:
        """Whether a count of the vacancy's was told before."""
        return self._n_told[question, job_id] > 0

    def end_month(self, end: date, key: PoolKey, *, least: int) -> None:
        """Know that a pool was not released at a month's end: it held less, or was held back, which tells nothing."""
        pool = self._pools.get(key)
        held = pool.waited(end) if pool else []
        room = least - 1 - sum(cell.true for cell in held)
        # As long as nothing came to it the month before said as much.
        if pool and held and room >= 0 and (len(held), room) != pool.last:
            pool.last = len(held), room
            pool.limits.append((end, room))
            for world in [world for world, by in _changed(held).items() if by > room]:
                self._break(world)

    def tell(self, question: str, job_ids: Sequence[int]) -> None:
        """Know a sum, or one count by itself."""
        cells = self._next(question, job_ids)
        if len(cells) == 1:
            self._tell_alone(cells[0])
        else:
            told = Sum(cells)
            for cell in cells:
                cell.told = told
                if cell.pool is not None:
                    self._pools.pop(cell.pool.key, None)
            for world in [world for world, by in _changed(cells).items() if by]:
                self._break(world)
        for cell in cells:
            self._n_told[question, cell.place[1]] += 1
            if cell.place[2] == 1:
                self._forget_order(self._cells[question, cell.place[1], 0])

    def gives_away(self, question: str, job_ids: Sequence[int]) -> bool:
        """Whether telling the sum of some vacancies' counts would leave one that is at stake no other world."""
        cells = self._next(question, job_ids)
        key = tuple(cell.place for cell in cells)
        if key not in self._refused:
            _set_told(cells, Sum(cells))
            leaves_all_open = self._leaves_all_open(cells)
            _set_told(cells, None)
            if leaves_all_open:
                return False
            self._refused.add(key)
        return True

    def _next(self, question: str, job_ids: Sequence[int]) -> list[Cell]:
        return [self._cells[question, job_id, self._n_told[question, job_id]] for job_id in job_ids]

    def _leaves_all_open(self, cells: list[Cell]) -> bool:
        doubtful = dict.fromkeys(cell for world, by in _changed(cells).items() if by for cell in world.serves)
        doubtful |= self._fresh
        self._fresh = {}
        while doubtful:
            cell = next(iter(doubtful))
            change = close_by(cell)
            if change is None:
                del doubtful[cell]
                self._hard[cell] = None
            else:
                self._settle(change, doubtful)
        return not (self._hard or self._known) or self._leaves_hard_ones_open(cells)

    def _leaves_hard_ones_open(self, cells: list[Cell]) -> bool:
        """Look everywhere for those where no world was close by, if they hang together with what is to be told."""
        near = tied_to(cells)
        doubtful = {cell: None for cell in near if cell in self._hard}
        if any(cell in self._known for cell in near):
            return self._give_up(cells)
        while doubtful:
            cell = next(iter(doubtful))
            change = anywhere(cell)
            if change is None:
                return self._give_up(cells, because_of=cell)
            self._settle(change, doubtful)
        return True

    def _give_up(self, cells: list[Cell], *, because_of: Cell | None = None) -> bool:
        """Go back to what was known before, and learn whether the count that stood in the way was known then too."""
        _set_told(cells, None)
        self._hard = {cell: None for cell in self._hard if cell.world is None}
        if because_of in self._hard:
            change = anywhere(because_of)
            if change is None:
                del self._hard[because_of]
                self._known[because_of] = None
            else:
                self._settle(change, {})
        return False

    def _settle(self, change: Change, doubtful: dict[Cell, None]) -> None:
        """Keep a world for all that it serves."""
        world = World(change)
        for cell in change:
            if cell in doubtful or cell in self._hard:
                doubtful.pop(cell, None)
                self._hard.pop(cell, None)
                _leave(cell)
                cell.world = world
                world.serves.add(cell)
        for cell in change:
            cell.worlds[world] = None

    def _break(self, world: World) -> None:
        for cell in list(world.serves):
            _leave(cell)
            self._fresh[cell] = None

    def _tell_alone(self, cell: Cell) -> None:
        for world in list(cell.worlds):
            self._break(world)
        cell.low = cell.high = cell.true
        if cell.pool is not None:
            cell.pool.cells.remove(cell)
            cell.pool = None
        for places in (self._fresh, self._hard, self._known):
            places.pop(cell, None)

    def _put_in_order(self, cell: Cell) -> None:
        """Nobody is at a later stage who was not at the earlier one: known where it is true and nothing came late."""
        question, job_id, _ = cell.place
        if self._n_told[question, job_id] > 1:
            return
        for stages, is_earlier in ((_EARLIER, True), (_LATER, False)):
            for stage in stages.get(question, ()):
                other = self._cells.get((stage, job_id, 0))
                if other is not None and self._n_told[stage, job_id] < 2:
                    more, fewer = (other, cell) if is_earlier else (cell, other)
                    if more.true >= fewer.true:
                        more.below += (fewer,)
                        fewer.above += (more,)
                        for world in [each for each in other.worlds if not _in_order(more, fewer, each)]:
                            self._break(world)

    def _forget_order(self, cell: Cell) -> None:
        """Of a count that was told in parts the order of the stages says nothing: what was known may be open again."""
        for other in cell.above:
            other.below = tuple(each for each in other.below if each is not cell)
        for other in cell.below:
            other.above = tuple(each for each in other.above if each is not cell)
        cell.above = cell.below = ()
        self._hard |= self._known
        self._known = {}
        self._refused = set()


def _set_told(cells: list[Cell], told: Sum | None) -> None:
    for cell in cells:
        cell.told = told


def _in_order(more: Cell, fewer: Cell, world: World) -> bool:
    return more.true + world.change.get(more, 0) >= fewer.true + world.change.get(fewer, 0)


def _changed(cells: list[Cell]) -> Counter[World]:
    """Return by how much each world changes the sum of some counts."""
    changed: Counter[World] = Counter()
    for cell in cells:
        for world in cell.worlds:
            changed[world] += world.change[cell]
    return changed


def _leave(cell: Cell) -> None:
    """Let a count have no world; one that serves none is forgotten."""
    world, cell.world = cell.world, None
    if world is not None:
        world.serves.discard(cell)
        if not world.serves:
            for other in world.change:
                other.worlds.pop(world, None)
