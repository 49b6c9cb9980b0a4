"""What somebody outside can work out, held against trying every way of filling the vacancies (R10)."""

from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from analytics import disclosure
from analytics.disclosure import Pool, Waiting
from analytics.ledger import SAID, Book, Vacancy
from analytics.stages import Outsider
from analytics.worlds import Place, Sum

JANUARY, FEBRUARY, MARCH = (date(2025, month, 1) for month in (1, 2, 3))


def by_hand(pools: list[Pool], total: int) -> bool:
    """Try everything: does each vacancy, each run of months and, of several, each pool keep two values?"""
    vacancies = [(n, vacancy) for n, pool in enumerate(pools) for vacancy in pool.vacancies]
    seen: dict[Any, set[int]] = {}
    for values in product(*[range(vacancy.low, vacancy.high + 1) for _, vacancy in vacancies]):
        pairs = list(zip(vacancies, values, strict=True))
        fits = sum(values) == total and all(
            sum(value for (n, vacancy), value in pairs if n == m and vacancy.month <= end) <= cap
            for m, pool in enumerate(pools)
            for end, cap in pool.caps.items()
        )
        if not fits:
            continue
        for (n, vacancy), value in pairs:
            seen.setdefault((n, vacancy.job_id), set()).add(value)
        for n, pool in enumerate(pools):
            months = sorted({vacancy.month for vacancy in pool.vacancies})
            for first in range(len(months)):
                for last in range(first, len(months)):
                    if len(pools) > 1 or (first, last) != (0, len(months) - 1):
                        run = months[first : last + 1]
                        part = sum(value for (m, vacancy), value in pairs if m == n and vacancy.month in run)
                        seen.setdefault((n, first, last, "run"), set()).add(part)
    return bool(seen) and all(len(values) > 1 for values in seen.values())


class TestASum:
    @pytest.mark.parametrize(("n", "total", "is_safe"), [(2, 5, True), (2, 8, False), (3, 8, True), (3, 12, False)])
    def test_of_one_month_is_safe_unless_all_are_full(self, n, total, is_safe):
        pool = Pool(tuple(Waiting(job, JANUARY, 0, 4) for job in range(n)), {})

        assert disclosure.is_safe([pool], total=total) is is_safe

    def test_is_safe_exactly_when_trying_everything_says_so(self):
        rng = np.random.default_rng(7)
        n_safe = 0
        for _ in range(120):
            pools = []
            for pool in range(int(rng.integers(1, 3))):
                months = [JANUARY, FEBRUARY, MARCH][: int(rng.integers(1, 4))]
                vacancies = tuple(
                    Waiting(pool * 10 + job, months[int(rng.integers(len(months)))], int(rng.integers(2)), 2)
                    for job in range(int(rng.integers(1, 4)))
                )
                ends = [end for end in months if rng.random() < 0.5]
                pools.append(Pool(vacancies, dict.fromkeys(ends, 2)))
            total = int(rng.integers(1, 9))
            expected = by_hand(pools, total)
            n_safe += expected

            assert disclosure.is_safe(pools, total=total) is expected, (pools, total)
        assert 15 < n_safe < 105


def given_away(outsider: Outsider) -> set[Place]:
    """Try every way of filling the counts: which that are at stake have one possible value?"""
    cells = list(outsider._cells.values())
    ways = np.indices([cell.high + 1 - cell.low for cell in cells], dtype=np.int8).reshape(len(cells), -1)
    value = {cell: each + cell.low for cell, each in zip(cells, ways, strict=True)}
    fits = np.ones(ways.shape[1], dtype=bool)
    for cell in cells:
        for more in cell.above:
            fits &= value[more] >= value[cell]
        if cell.told:
            fits &= sum(value[each] - each.true for each in cell.told.cells) == 0
        for end, room in cell.pool.limits:
            fits &= sum(value[each] - each.true for each in cell.pool.cells if each.month <= end) <= room
    return {cell.place for cell in cells if cell.is_at_stake and len(np.unique(value[cell][fits])) < 2}


def draw_outsider(rng: np.random.Generator, n_jobs: int) -> Outsider:
    outsider = Outsider()
    for job in range(n_jobs):
        n = int(rng.choice([0, 1, 1, 2]))
        for stage in ("applied", "qualified", "hired"):
            month = (JANUARY, FEBRUARY)[int(rng.integers(2))]
            outsider.add(stage, job, pool=(stage, 1), month=month, n=n, most=max(n, int(rng.integers(1, 3))))
            n = n - 1 if n and rng.random() < 0.3 else n
    return outsider


class TestStages:
    def test_give_a_count_away_exactly_when_trying_everything_says_so(self):
        """Sums are told, or held back, one after the other, with month ends between; nothing is given away before."""
        rng, found = np.random.default_rng(3), []
        for trial in range(60):
            jobs = range(3 - trial % 3 // 2)
            outsider = draw_outsider(rng, len(jobs))
            for stage in rng.permutation(["applied", "qualified", "hired"]):
                if rng.random() < 0.5:
                    outsider.end_month((JANUARY, FEBRUARY)[int(rng.integers(2))], (stage, 1), least=4)
                if given_away(outsider):
                    break
                is_given_away = outsider.gives_away(stage, jobs)
                assert outsider.gives_away(stage, jobs) is is_given_away
                cells = [outsider._cells[stage, job, 0] for job in jobs]
                told = Sum(cells)
                for cell in cells:
                    cell.told = told
                found.append(is_given_away)
                assert bool(given_away(outsider)) is is_given_away, (trial, stage)
                for cell in cells:
                    cell.told = None
                if not is_given_away:
                    outsider.tell(stage, jobs)
        assert 10 < sum(found) < len(found) - 10

    def test_a_later_stage_that_comes_to_it_can_close_what_was_open(self):
        """Three and three applied: either could be two and four, until it is known that three of each were hired."""
        outsider = Outsider()
        for job in (1, 2):
            outsider.add("applied", job, pool=("applied", 1), month=JANUARY, n=3, most=4)
        assert not outsider.gives_away("applied", [1, 2])
        outsider.tell("applied", [1, 2])
        for job, n in ((1, 3), (2, 3), (3, 2)):
            outsider.add("hired", job, pool=("hired", 1), month=JANUARY, n=n, most=4 if job == 3 else 3)
        assert outsider.gives_away("hired", [1, 2])
        assert not outsider.gives_away("hired", [1, 2, 3])

    def test_an_order_that_comes_to_it_closes_what_was_open_and_stops_what_hangs_together_with_it(self):
        """Nine applied in three vacancies: three in each, once it is known that three of each were hired."""
        outsider = Outsider()
        for job, n in ((1, 3), (2, 3), (3, 3), (4, 0)):
            outsider.add("applied", job, pool=("applied", 1), month=JANUARY, n=n, most=4)
        assert not outsider.gives_away("applied", [1, 2, 3, 4])
        outsider.tell("applied", [1, 2, 3, 4])
        for job in (1, 2, 3):
            outsider.add("hired", job, pool=("hired", 1), month=FEBRUARY, n=3, most=4)
            outsider.tell("hired", [job])
        for job, n in ((4, 0), (5, 2), (6, 1)):
            outsider.add("qualified", job, pool=("qualified", 1), month=FEBRUARY, n=n, most=4)

        assert outsider.gives_away("qualified", [4, 5, 6])
        assert not outsider.gives_away("qualified", [5, 6])

    def test_what_is_told_by_itself_and_what_is_none_does_not_count_as_given_away(self):
        outsider = Outsider()
        outsider.add("hired", 1, pool=("hired", 1), month=JANUARY, n=6, most=6)
        outsider.tell("hired", [1])
        for job in (2, 3):
            outsider.add("hired", job, pool=("hired", 1), month=JANUARY, n=0, most=4)

        assert not outsider.gives_away("hired", [2, 3])


class TestTheBook:
    def test_never_tells_hrs_counts_under_five_whatever_the_threshold(self):
        counts = {(question, 1, 1): 4 for question in (SAID, "qualified")}
        book = Book(threshold=3, counts=counts)
        for question in (SAID, "qualified"):
            book.open(Vacancy(question, 1, 1, JANUARY, 3))
        book.release_alone(month=JANUARY)

        assert [(release.question, release.count) for release in book.drafts] == [(SAID, 4)]
        assert book.waiting() == {("qualified", 1, 1): 4}

    def test_opens_no_pool_for_what_is_not_complete(self):
        book = Book(threshold=5, counts={(SAID, 1, 1): 9})
        book.release_alone(month=JANUARY)
        book.end_month(JANUARY)

        assert book.drafts == []
        assert book.waiting() == {}
