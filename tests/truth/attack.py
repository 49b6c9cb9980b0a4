"""
Somebody who wants to know a single count: integer programming over everything that is released.

Every figure the product shows is a sum of whole releases, so knowing each release is knowing every filter, file and
month at once. Beside that the attacker knows which vacancies each release is made of, that what is not released by
itself is under the threshold, at which month ends a pool was not released though nothing held it back, the order of the
stages, and how many answered in each quarter (rounded, as it is told).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

from analytics.ledger import SAID, Count, Told, least_of, may_tell_response, rounded
from analytics.stages import STAGES
from tests.truth.ledgers import Ledger


@dataclass
class Knowledge:
    """What is known of some counts: sums between two bounds, and between what each lies by itself."""

    cells: list[Count]
    highs: list[int]
    rows: list[tuple[dict[int, int], float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = {cell: n for n, cell in enumerate(self.cells)}

    def sum_of(self, cells: Iterable[Count], low: float, high: float) -> None:
        """Add a sum."""
        self.rows.append(({self.place[cell]: 1 for cell in cells}, low, high))

    def at_least(self, more: Count, fewer: Count) -> None:
        """Add that one count is never less than another."""
        self.rows.append(({self.place[more]: 1, self.place[fewer]: -1}, 0, np.inf))

    def recovered(self, targets: dict[Count, int]) -> list[Count]:
        """Return those of some counts that have one possible value: the true one, which is given."""
        constraint = self._constraint()
        return [cell for cell, true in targets.items() if self._is_known(cell, true, constraint)]

    def _constraint(self) -> LinearConstraint:
        places = [(row, column, sign) for row, (signs, _, _) in enumerate(self.rows) for column, sign in signs.items()]
        rows, columns, signs = zip(*places, strict=True) if places else ((), (), ())
        matrix = csr_array((signs, (rows, columns)), shape=(len(self.rows), len(self.cells)))
        return LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])

    def _is_known(self, cell: Count, true: int, constraint: LinearConstraint) -> bool:
        wanted = np.zeros(len(self.cells))
        wanted[self.place[cell]] = 1
        for sign in (1, -1):
            found = milp(
                sign * wanted, constraints=constraint, bounds=(0, self.highs), integrality=np.ones(len(self.cells))
            )
            if not found.success:
                raise RuntimeError(f"What is known does not fit the truth: {found.message}")
            if round(sign * found.fun) != true:
                return False
        return True


def attacked(ledger: Ledger, *, knows_quarters: bool = True, most: int = 40) -> tuple[list[Count], int]:
    """
    Attack a ledger; return the counts that were recovered, and how many were tried.

    Tried are counts from 1 to under the threshold, at most `most` of a source.
    """
    sources = sorted({source for _, _, source in ledger.truth})
    found, tried = [], 0
    said = _of(ledger, [SAID], sources)
    if knows_quarters:
        _tell_quarters(ledger, said, sources)
    typed = _typed(ledger)
    for knowledge in [said, *[_of(ledger, typed, [source]) for source in sources if typed]]:
        small = [cell for cell in knowledge.cells if 1 <= ledger.truth[cell] < least_of(cell[0], ledger.threshold)]
        targets = {cell: ledger.truth[cell] for cell in small[:most]}
        tried += len(targets)
        found += knowledge.recovered(targets)
    return found, tried


def _typed(ledger: Ledger) -> list[str]:
    return sorted({vacancy.question for vacancy in ledger.vacancies} - {SAID})


def _of(ledger: Ledger, questions: list[str], sources: list[int]) -> Knowledge:
    alone = {
        (told.question, told.job_ids[0], told.source_id): told.count
        for told in ledger.book.drafts
        if len(told.job_ids) == 1
    }
    cells = [
        (vacancy.question, vacancy.job_id, source)
        for vacancy in ledger.vacancies
        if vacancy.question in questions
        for source in sources
    ]
    knowledge = Knowledge(cells, [alone.get(cell, least_of(cell[0], ledger.threshold) - 1) for cell in cells])
    for told in ledger.book.drafts:
        if told.question in questions and told.source_id in sources:
            knowledge.sum_of(_cells(told), told.count, told.count)
    _tell_month_ends(ledger, knowledge)
    for more, fewer in STAGES:
        for question, job, source in cells:
            if question == fewer and (more, job, source) in knowledge.place:
                knowledge.at_least((more, job, source), (fewer, job, source))
    return knowledge


def _cells(told: Told) -> list[Count]:
    return [(told.question, job_id, told.source_id) for job_id in told.job_ids]


def _tell_month_ends(ledger: Ledger, knowledge: Knowledge) -> None:
    """A pool that was not released at a month's end held less than the threshold, unless it was held back."""
    pools: dict[tuple[str, int, int], list[tuple[date, Count]]] = defaultdict(list)
    occupation = {(vacancy.question, vacancy.job_id): vacancy for vacancy in ledger.vacancies}
    gone: dict[Count, date] = {cell: told.month for told in ledger.book.drafts for cell in _cells(told)}
    for cell in knowledge.cells:
        vacancy = occupation[cell[0], cell[1]]
        pools[cell[0], cell[2], vacancy.occupation_id].append((vacancy.month, cell))
    for waiting in pools.values():
        for end in ledger.month_ends:
            # What was released in the very month was not in the pool after it.
            held = [cell for month, cell in waiting if month <= end and gone.get(cell, date.max) > end]
            least = least_of(held[0][0], ledger.threshold) if held else 0
            if held and sum(ledger.truth[cell] for cell in held) < least:
                knowledge.sum_of(held, 0, least - 1)


def _tell_quarters(ledger: Ledger, knowledge: Knowledge, sources: list[int]) -> None:
    quarters: dict[tuple[int, int], list[Count]] = defaultdict(list)
    for vacancy in ledger.vacancies:
        if vacancy.question == SAID:
            cells = [(SAID, vacancy.job_id, source) for source in sources]
            quarters[vacancy.month.year, (vacancy.month.month - 1) // 3] += cells
    told = {cell for told in ledger.book.drafts for cell in _cells(told)}
    for cells in quarters.values():
        total = sum(ledger.truth[cell] for cell in cells)
        is_told = may_tell_response(
            n_jobs=len(cells) // len(sources),
            n_answers=total,
            n_unreleased=sum(ledger.truth[cell] for cell in cells if cell not in told),
            n_cells=len(cells),
            threshold=ledger.threshold,
        )
        if is_told:
            shown, half = rounded(total, threshold=ledger.threshold), ledger.threshold / 2
            knowledge.sum_of(cells, shown - half, shown + half)
