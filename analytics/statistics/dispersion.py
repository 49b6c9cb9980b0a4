"""How much more than chance qualified applicants vary: between vacancies (alpha), and in one channel (phi)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
    k, c = _matrix(counts), _matrix(spends)
    n_vacancies = k.shape[1]
    takes_part = (k.sum(axis=1) > 0) & (c.sum(axis=1) > 0)
    if n_vacancies < 2 or not takes_part.any():
        return prior
    k, c = k[takes_part], c[takes_part]
    mean, bias = c * (k.sum(axis=1) / c.sum(axis=1))[:, None], n_vacancies / (n_vacancies - 1)
    w = 1 / (1 + mean)
    numerator = float((w * (bias * (k - mean) ** 2 - mean)).sum())
    denominator = float((w * mean * mean).sum())
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
    total = np.array([np.sum(counts)], dtype=float)
    return float(_phis(total, _matrix([spends]), alpha=alpha, mean_rate=mean_rate, rho=rho, skew=skew)[0])


def _phis(
    totals: NDArray[np.float64],
    c: NDArray[np.float64],
    *,
    alpha: float,
    mean_rate: float,
    rho: float,
    skew: float = WILLINGNESS_SPREAD,
) -> NDArray[np.float64]:
    """Return phi of several channels: their total counts, and one row of spends over vacancies for each."""
    spent = c.sum(axis=1)
    lumpy = np.zeros(len(totals))
    if mean_rate:
        rate = (totals + 0.5) / (spent + 0.5 / mean_rate)
        # Where nothing was spent nothing is lumpy; the division is by one there, and not by zero.
        lumpy = alpha * rate * (c * c).sum(axis=1) / np.where(spent, spent, 1.0)
    return 1 + lumpy + skew**2 * totals * (1 - rho) / 0.5


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
    return _spread(_matrix(counts).sum(axis=1), _matrix(spends), alpha=alpha(counts, spends), rho=rho)


def spread_of_totals(totals: Sequence[float], spends: Sequence[ArrayLike], *, rho: float) -> Spread:
    """
    Return phi of every channel and the mean rate where only totals of qualified may be known.

    `totals` holds one count per channel, `spends` (øre) one array per channel over vacancies. Counts per vacancy are
    HR's alone, so alpha is the prior; how the spend is spread over vacancies is known to everybody.
    """
    return _spread(np.array(totals, dtype=float), _matrix(spends), alpha=PRIOR_ALPHA, rho=rho)


def _spread(totals: NDArray[np.float64], c: NDArray[np.float64], *, alpha: float, rho: float) -> Spread:
    spent = c.sum(axis=1)
    whole = float(spent.sum())
    mean_rate = float(totals[spent > 0].sum()) / whole if whole else 0.0
    phis = _phis(totals, c, alpha=alpha, mean_rate=mean_rate, rho=rho)
    return Spread(phis=tuple(phis.tolist()), mean_rate=mean_rate)


def _matrix(rows: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Return one row per channel, one column per vacancy."""
    return np.array(rows, dtype=float) if len(rows) else np.empty((0, 0))
