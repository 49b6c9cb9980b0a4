"""
Shares: of those who answered, of those who will answer, and of the applicants of these very vacancies.

k of n have it. Every bound is a part between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import betaln, gammaln

from analytics.statistics.constants import ENOUGH, HIGH_TAIL, LOW_TAIL, Z_90

WILLINGNESS_RATIO = 1.5  # the band answers: what if they were so much more, or less, willing to answer than the rest


def share(k: int, n: int, *, z: float = Z_90) -> tuple[float, float]:
    """
    Return the lower and upper bound of a share when k of n have it.

    Source: Wilson 1927; recommended for small n by Brown, Cai and DasGupta 2001.

    :raises ValueError: not 0 <= k <= n, or n is 0
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share")
    p, d = k / n, 1 + z * z / n
    middle = (p + z * z / (2 * n)) / d
    half = z / d * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends the bound is the end itself; arithmetic alone would miss it by a rounding error.
    return (0.0 if k == 0 else max(0.0, middle - half)), (1.0 if k == n else min(1.0, middle + half))


def _odds_times(part: float, ratio: float) -> float:
    return part * ratio / (1 - part + part * ratio)


def willingness_band(k: int, n: int, *, ratio: float = WILLINGNESS_RATIO) -> tuple[float, float]:
    """
    Return the bounds of a share if these applicants were `ratio` times as willing to answer as the rest, or 1/`ratio`.

    The odds of the upper end of `share` times `ratio`, of the lower end divided by it. Measured at 300 applicants: when
    willingness differs by 1.5 the plain interval holds in 27 %, this one in 93-99 %; by 2, in 54 %.

    :raises ValueError: as `share`, or `ratio` below 1
    """
    if ratio < 1:
        raise ValueError("The band is as wide as the interval at least")
    low, high = share(k, n)
    return _odds_times(low, 1 / ratio), _odds_times(high, ratio)


def worst_case(k: int, n: int, *, applied: int) -> tuple[float, float]:
    """
    Return the bounds that hold whatever the silent applicants would have answered; `applied` is all of them.

    Source: Manski 1990. The share is of those who applied.

    :raises ValueError: not 0 <= k <= n <= applied, or nobody applied
    """
    if not 0 <= k <= n <= applied or applied == 0:
        raise ValueError(f"{k} of {n} answers from {applied} applicants is no share")
    return k / applied, (k + applied - n) / applied


@dataclass(frozen=True)
class Difference:
    """How much larger the first share is than the second: the difference and its bounds, in parts."""

    value: float
    low: float
    high: float

    @property
    def is_told_apart(self) -> bool:
        """Whether 0 lies outside the bounds."""
        return self.low > 0 or self.high < 0


def difference(k1: int, n1: int, k2: int, n2: int) -> Difference:
    """
    Return how much larger the share k1 of n1 is than k2 of n2.

    Source: Newcombe 1998, method 10: the hybrid of two Wilson intervals.

    :raises ValueError: as `share`
    """
    (low1, high1), (low2, high2) = share(k1, n1), share(k2, n2)
    p1, p2 = k1 / n1, k2 / n2
    return Difference(
        value=p1 - p2,
        low=p1 - p2 - sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2),
        high=p1 - p2 + sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2),
    )


@dataclass(frozen=True)
class Part:
    """k of n, where there may be `unseen` more of the k, and `unseen_others` more of the rest, that are not told."""

    k: int
    n: int
    unseen: int = 0
    unseen_others: int = 0

    @property
    def least(self) -> tuple[int, int]:
        """The part if all that is unseen is of the rest."""
        return self.k, self.n + self.unseen_others

    @property
    def most(self) -> tuple[int, int]:
        """The part if all that is unseen belongs to it."""
        return self.k + self.unseen, self.n + self.unseen


def change(now: Part | None, before: Part | None) -> Difference | None:
    """
    Return how much larger a part is than it was, with bounds that hold whatever is unseen of either.

    None when either is not known, or is a part of fewer than 5.
    """
    if now is None or before is None or min(now.n, before.n) < ENOUGH:
        return None
    return Difference(
        value=now.k / now.n - before.k / before.n,
        low=difference(*now.least, *before.most).low,
        high=difference(*now.most, *before.least).high,
    )


def prediction(k: int, n: int, *, applied: int) -> tuple[int, int]:
    """
    Return between how many of these very `applied` applicants have it, when k of the n who answered have.

    Counts. Source: beta-binomial prediction of those who did not answer, prior Beta(1/2, 1/2). For one vacancy's own
    applicants only: a comparison between channels is about the next vacancy, and uses `share`.

    :raises ValueError: not 0 <= k <= n <= applied
    """
    if not 0 <= k <= n <= applied:
        raise ValueError(f"{k} of {n} answers from {applied} applicants is no share")
    silent = applied - n
    if silent == 0:
        return k, k
    a, b, x = k + 0.5, n - k + 0.5, np.arange(silent + 1)
    ways = gammaln(silent + 1) - gammaln(x + 1) - gammaln(silent - x + 1)
    below = np.cumsum(np.exp(ways + betaln(a + x, b + silent - x) - betaln(a, b)))
    last = silent  # a sum of many small parts may end a rounding error short of 1
    low, high = (min(int(np.searchsorted(below, tail)), last) for tail in (LOW_TAIL, HIGH_TAIL))
    return k + low, k + high
