"""
What somebody outside can work out from sums that were released: the test that each release must pass first.

Everything here is exact in whole numbers. The sums of a pool by month are differences of running totals, so all that
can be known of them are shortest paths between the months (difference constraints; Bellman 1958, Floyd 1962). What
HR's counts of several stages tell together is the next test: `analytics.stages`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    before = [_Totals(pool) for pool in pools]
    least, most = sum(each.low for each in before), sum(each.high for each in before)
    for totals in before:
        low, high = max(totals.low, total - (most - totals.high)), min(totals.high, total - (least - totals.low))
        if not totals.keep_secrets(low=low, high=high, is_alone=len(pools) == 1):
            return False
    return True


class _Totals:
    """What is known of a pool's running totals from month to month."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._months = sorted({vacancy.month for vacancy in pool.vacancies})
        self._lows: dict[date, int] = defaultdict(int)
        self._highs: dict[date, int] = defaultdict(int)
        for vacancy in pool.vacancies:
            self._lows[vacancy.month] += vacancy.low
            self._highs[vacancy.month] += vacancy.high
        self._paths = self._shortest()
        self.low, self.high = int(-self._paths[-1, 0]), int(self._paths[0, -1])

    def _shortest(self) -> np.ndarray:
        """Return the most that each running total can exceed each other by; the last is the pool's sum."""
        n = len(self._months) + 1
        far = np.full((n, n), np.inf)
        np.fill_diagonal(far, 0)
        for place, month in enumerate(self._months):
            far[place, place + 1] = self._highs[month]
            far[place + 1, place] = -self._lows[month]
        for end, cap in self._pool.caps.items():
            # What a month end tells goes for all months up to it.
            if place := bisect_right(self._months, end):
                far[0, place] = min(far[0, place], cap)
        for via in range(n):
            far = np.minimum(far, far[:, via, None] + far[None, via, :])
        return far

    def keep_secrets(self, *, low: int, high: int, is_alone: bool) -> bool:
        """Whether nothing gets one possible value when the pool's sum lies between two; or is known, and alone."""
        far = self._paths
        shorter = np.minimum(far[:, 0, None] + high + far[None, -1, :], far[:, -1, None] - low + far[None, 0, :])
        far = np.minimum(far, shorter)
        settled = np.triu(far <= -far.T, k=1)
        if is_alone:
            settled[0, -1] = False
        # Vacancies of one month with the same bounds cannot be told from each other: one of them stands for all.
        alike = {(vacancy.month, vacancy.low, vacancy.high): vacancy for vacancy in self._pool.vacancies}
        return not settled.any() and all(self._is_open(vacancy, far) for vacancy in alike.values())

    def _is_open(self, vacancy: Waiting, far: np.ndarray) -> bool:
        """Whether a vacancy keeps two values: it stands by itself before the others of its month, so two paths do."""
        at = bisect_left(self._months, vacancy.month)
        others_low = self._lows[vacancy.month] - vacancy.low
        others_high = self._highs[vacancy.month] - vacancy.high
        most = min(vacancy.high, far[at, at + 1] - others_low)
        least = max(vacancy.low, -far[at + 1, at] - others_high)
        return bool(least < most)
