"""How much more than chance qualified applicants vary: between vacancies (alpha), and in one channel (phi)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

PRIOR_ALPHA, PRIOR_ALPHA_WEIGHT = 0.5, 6.0
WILLINGNESS_SPREAD = 0.20  # how much willingness to answer differs between sources, on the log scale


def alpha(
    counts: Sequence[ArrayLike],
    spends: Sequence[ArrayLike],
    *,
    prior: float = PRIOR_ALPHA,
    weight: float = PRIOR_ALPHA_WEIGHT,
) -> float:
    """
    Return how much qualified applicants vary between vacancies beyond chance (negative binomial alpha, 0 = Poisson).

    `counts` and `spends` hold one array per channel over the same vacancies. Source: moment estimate weighted by
    1 / (1 + mean), pooled over all channels of the municipality and shrunk to `prior`.
    """
    numerator = denominator = 0.0
    for count, spend in zip(counts, spends, strict=True):
        k, c = np.asarray(count, dtype=float), np.asarray(spend, dtype=float)
        if len(k) > 1 and k.sum() and c.sum():
            mean, bias = c * k.sum() / c.sum(), len(k) / (len(k) - 1)
            w = 1 / (1 + mean)
            numerator += float((w * (bias * (k - mean) ** 2 - mean)).sum())
            denominator += float((w * mean * mean).sum())
    return max(0.0, (numerator + prior * weight / 2) / (denominator + weight / 2))


def phi(
    counts: ArrayLike,
    spends: ArrayLike,
    *,
    alpha: float,
    mean_rate: float,
    rho: float,
    skew: float = WILLINGNESS_SPREAD,
) -> float:
    """
    Return how many times the Poisson variance one channel's total count varies with, at least 1.

    `counts` and `spends` are arrays over vacancies; `mean_rate` is qualified per unit of spend over all channels.
    Source: variance of a sum of negative binomials with a common alpha, plus uneven willingness to answer, which
    matters more the fewer answered.
    """
    k, c = np.asarray(counts, dtype=float), np.asarray(spends, dtype=float)
    lumpy = 0.0
    if c.sum() and mean_rate:
        rate = (k.sum() + 0.5) / (c.sum() + 0.5 / mean_rate)
        lumpy = alpha * rate * float((c * c).sum() / c.sum())
    return 1 + lumpy + skew**2 * float(k.sum()) * (1 - rho) / 0.5


@dataclass(frozen=True)
class Spread:
    """
    What the channels of one municipality together say about each: phi per channel, and qualified per øre.

    `mean_rate` is over the channels that cost something: what came for nothing would make all others look dear.
    """

    phis: tuple[float, ...]
    mean_rate: float


def spread(counts: Sequence[ArrayLike], spends: Sequence[ArrayLike], *, rho: float) -> Spread:
    """
    Return phi of every channel and the mean rate, in the order given.

    `counts` and `spends` (øre) hold one array per channel over the same vacancies. The mean rate is 0 when nothing
    was spent or nobody qualified.
    """
    totals = [float(np.asarray(count, dtype=float).sum()) for count in counts]
    mean_rate, pooled = _mean_rate(totals, spends), alpha(counts, spends)
    pairs = zip(counts, spends, strict=True)
    return Spread(
        phis=tuple(phi(k, c, alpha=pooled, mean_rate=mean_rate, rho=rho) for k, c in pairs), mean_rate=mean_rate
    )


def spread_of_totals(totals: Sequence[float], spends: Sequence[ArrayLike], *, rho: float) -> Spread:
    """
    Return phi of every channel and the mean rate where only totals of qualified may be known.

    `totals` holds one count per channel, `spends` (øre) one array per channel over vacancies. Counts per vacancy are
    HR's alone, so alpha is the prior; how the spend is spread over vacancies is known to everybody.
    """
    arrays = [np.asarray(spend, dtype=float) for spend in spends]
    mean_rate = _mean_rate(totals, arrays)
    return Spread(
        phis=tuple(
            phi([k], spend, alpha=PRIOR_ALPHA, mean_rate=mean_rate, rho=rho)
            for k, spend in zip(totals, arrays, strict=True)
        ),
        mean_rate=mean_rate,
    )


def _mean_rate(totals: Sequence[float], spends: Sequence[ArrayLike]) -> float:
    spent = [float(np.asarray(spend, dtype=float).sum()) for spend in spends]
    k_all = sum(k for k, c in zip(totals, spent, strict=True) if c)
    return float(k_all / sum(spent)) if sum(spent) else 0.0
