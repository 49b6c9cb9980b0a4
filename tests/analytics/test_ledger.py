"""What somebody outside can work out, held against trying every way of filling the vacancies (R10)."""

from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from analytics import disclosure
from analytics.disclosure import Pool, Puzzle, Waiting
from analytics.ledger import SAID, Book, Vacancy

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


class TestStages:
    def test_one_sum_is_safe_where_it_alone_is_told_and_not_beside_another(self):
        cells = {(stage, job, 0): n for stage, n in (("applied", 3), ("qualified", 3)) for job in (1, 2)}
        puzzle = Puzzle(true=cells, bounds=dict.fromkeys(cells, (0, 4)))
        puzzle.orders = [(("applied", job, 0), ("qualified", job, 0)) for job in (1, 2)]

        assert not puzzle.gives_away([("applied", 1, 0), ("applied", 2, 0)], total=6)
        puzzle.sums.append(((("qualified", 1, 0),), 3, 4))
        puzzle.sums.append(((("qualified", 2, 0),), 3, 4))
        assert puzzle.gives_away([("applied", 1, 0), ("applied", 2, 0)], total=6)

    def test_what_is_told_by_itself_and_what_is_none_does_not_count_as_given_away(self):
        cells = {("hired", 1, 0): 6, ("hired", 2, 0): 0, ("hired", 3, 0): 0}
        puzzle = Puzzle(true=cells, bounds={("hired", 1, 0): (6, 6), ("hired", 2, 0): (0, 4), ("hired", 3, 0): (0, 4)})

        assert not puzzle.gives_away(list(cells), total=6)


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
