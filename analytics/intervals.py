"""
Intervals and verdicts for small counts. Every interval is 90 %.

Chosen by simulation of municipality-years: see docs/statistics.md. Only `scipy.special` is imported, so that a web
process starts quickly; `scipy.stats` is the oracle of the tests.

Words: k is a number of qualified applicants, phi how many times the Poisson variance they vary with, rho the part of
all qualified applicants whose source is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv, gammaincinv

Z_90 = 1.6449
LOW_TAIL, HIGH_TAIL = 0.05, 0.95
ONE_SIDED = 0.90
ENOUGH = 5  # below this many, a point estimate or a comparison says more than is known
PRIOR_ALPHA, PRIOR_ALPHA_WEIGHT = 0.5, 6.0
WILLINGNESS_SPREAD = 0.20  # how much willingness to answer differs between sources, on the log scale
FICTIVE_QUALIFIED = 4.0  # each channel is drawn towards the municipality's mean cost with this weight
CLEAR_RATIO = 1.25


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


def expected(k: float, *, phi: float = 1.0, pending: int = 0) -> tuple[float, float]:
    """
    Return the lower and upper bound of the expected number when k were counted.

    Source: Jeffreys interval of a Poisson mean (gamma with k + 1/2), on the scale of phi; at 0 the exact one-sided
    90 % Poisson bound, 2.30.

    :param pending: how many more may exist without having been released
    """
    top = k + pending
    low = phi * float(gammaincinv(k / phi + 0.5, LOW_TAIL)) if k else 0.0
    return low, (phi * float(gammaincinv(top / phi + 0.5, HIGH_TAIL)) if top else most_when_none(phi=phi))


def most_when_none(*, phi: float = 1.0, pending: int = 0) -> float:
    """Return the one-sided 90 % Poisson bound (Garwood 1936) when none was counted and at most `pending` are unseen."""
    return phi * float(gammaincinv(pending / phi + 1, ONE_SIDED))


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
    """What the channels of one municipality together say about each: phi per channel, and qualified per øre."""

    phis: tuple[float, ...]
    mean_rate: float


def spread(counts: Sequence[ArrayLike], spends: Sequence[ArrayLike], *, rho: float) -> Spread:
    """
    Return phi of every channel and the mean rate, in the order given.

    `counts` and `spends` (øre) hold one array per channel over the same vacancies. The mean rate is 0 when nothing
    was spent or nobody qualified.
    """
    k_all = float(sum(np.asarray(count, dtype=float).sum() for count in counts))
    c_all = float(sum(np.asarray(spend, dtype=float).sum() for spend in spends))
    mean_rate, pooled = (k_all / c_all if c_all else 0.0), alpha(counts, spends)
    pairs = zip(counts, spends, strict=True)
    return Spread(
        phis=tuple(phi(k, c, alpha=pooled, mean_rate=mean_rate, rho=rho) for k, c in pairs), mean_rate=mean_rate
    )


Kind = Literal["too_few", "none_yet", "interval_only", "estimate", "free"]


@dataclass(frozen=True)
class PerQualified:
    """
    What one qualified applicant from a channel costs, or why that cannot be said.

    `too_few`: fewer than 5 qualified have a known source. `free`: nothing was spent. `none_yet`: nobody qualified;
    only `low` is known. `interval_only`: 1-4, no single figure. `estimate`: 5 or more. Money is whole øre.
    """

    kind: Kind
    value: float | None
    low: float | None
    high: float | None
    k: int
    rho: float | None


def cost_per_qualified(
    *, spend_ore: int, k: int, known: int, qualified: int, phi: float = 1.0, pending: int = 0
) -> PerQualified:
    """
    Return cost per qualified applicant in whole øre.

    `k` of the `known` qualified applicants (those with a known source) name this channel; `qualified` is all of them,
    as HR counts. Source: ratio of sums, with the interval of the expected count (Jeffreys) divided by the answered
    part rho. Scaling the count up first would cover 60-92 % and is not done.

    :param pending: how many more of this channel may exist without having been released
    """
    found = _per_qualified(amount=spend_ore, k=k, known=known, qualified=qualified, phi=phi, pending=pending)
    value, low, high = (None if ore is None else round(ore) for ore in (found.value, found.low, found.high))
    return PerQualified(kind=found.kind, value=value, low=low, high=high, k=k, rho=found.rho)


def hours_per_qualified(
    *, hours: float, k: int, known: int, qualified: int, phi: float = 1.0, pending: int = 0
) -> PerQualified:
    """Return hours of own work per qualified applicant, as `cost_per_qualified` does for money."""
    return _per_qualified(amount=hours, k=k, known=known, qualified=qualified, phi=phi, pending=pending)


def _per_qualified(*, amount: float, k: int, known: int, qualified: int, phi: float, pending: int) -> PerQualified:
    if min(amount, k, known, qualified, pending) < 0 or k > known:
        raise ValueError("Amounts and counts are not negative, and k is part of known")
    # Known sources typed before the total is: the total is at least its parts.
    rho = known / max(known, qualified) if known else None
    if amount == 0:
        return PerQualified(kind="free", value=None, low=None, high=None, k=k, rho=rho)
    if rho is None or known < ENOUGH:
        return PerQualified(kind="too_few", value=None, low=None, high=None, k=k, rho=rho)
    answered = amount * rho
    if k == 0:
        least = answered / most_when_none(phi=phi, pending=pending)
        return PerQualified(kind="none_yet", value=None, low=least, high=None, k=k, rho=rho)
    fewest, most = expected(k, phi=phi, pending=pending)
    low, high = answered / most, answered / fewest
    if k < ENOUGH:
        return PerQualified(kind="interval_only", value=None, low=low, high=high, k=k, rho=rho)
    return PerQualified(kind="estimate", value=answered / k, low=low, high=high, k=k, rho=rho)


@dataclass(frozen=True)
class ChannelCount:
    """One side of a comparison: qualified applicants, spend in øre and phi. `is_hidden`: fewer than 5 answered."""

    k: int
    spend_ore: int
    phi: float = 1.0
    is_hidden: bool = False


def p_cheaper(
    a: ChannelCount, b: ChannelCount, *, mean_rate: float, at_least: float = 1.0, weight: float = FICTIVE_QUALIFIED
) -> float:
    """
    Return the probability that a qualified applicant costs less through `a` than through `b`, `at_least` times less.

    `mean_rate` is qualified per øre over all channels, above 0. Source: conditional binomial (Przyborowski and
    Wilenski 1940) as a Beta from two Gammas, each shrunk to the municipality's mean cost (empirical Bayes).
    """
    shape_a, shape_b = a.k / a.phi + weight, b.k / b.phi + weight
    x, y = a.spend_ore / a.phi + weight / mean_rate, b.spend_ore / b.phi + weight / mean_rate
    return 1 - float(betainc(shape_a, shape_b, at_least * x / (at_least * x + y)))


def times_cheaper(a: ChannelCount, b: ChannelCount) -> tuple[float, float | None] | None:
    """
    Return between how many times a qualified applicant is cheaper through `a` than through `b`.

    None when either spent nothing: then there is no ratio. The upper bound is None when nobody qualified through `b`.
    Source: conditional binomial with Jeffreys prior, Beta quantiles, the mean of the two phi.
    """
    if not a.spend_ore or not b.spend_ore:
        return None
    both = (a.phi + b.phi) / 2
    shape_a, shape_b, price = a.k / both + 0.5, b.k / both + 0.5, b.spend_ore / a.spend_ore
    # 1 - part is asked for by itself: near 1 the subtraction would lose every digit.
    low, high = (
        price * float(betaincinv(shape_a, shape_b, tail)) / float(betaincinv(shape_b, shape_a, 1 - tail))
        for tail in (LOW_TAIL, HIGH_TAIL)
    )
    return low, (high if b.k else None)


Verdict = Literal["too_few", "cannot_tell", "looks_cheaper", "clearly_cheaper"]


@dataclass(frozen=True)
class Comparison:
    """
    What may be said about two channels.

    `cheaper` names the side, "a" or "b", with the verdicts `looks_cheaper` and `clearly_cheaper` only; `probability`
    is that this side is cheaper, `times` how many times (see `times_cheaper`). `k` is qualified together.
    """

    verdict: Verdict
    k: int
    cheaper: Literal["a", "b"] | None = None
    probability: float | None = None
    times: tuple[float, float | None] | None = None


def compare_pair(a: ChannelCount, b: ChannelCount, *, mean_rate: float) -> Comparison:
    """
    Return what may be said about the cost per qualified applicant through two channels.

    Too few: under 5 together, or either is hidden. Cannot tell: probability between 0.10 and 0.90. Clearly: at least
    1.25 times cheaper with probability 0.90. Measured: the direction is wrong in 3-7 % of the verdicts given, against
    24-25 % when point estimates are compared.
    """
    together = a.k + b.k
    if together < ENOUGH or a.is_hidden or b.is_hidden:
        return Comparison(verdict="too_few", k=together)
    if not mean_rate or not (a.spend_ore or b.spend_ore):
        return Comparison(verdict="cannot_tell", k=together)
    for side, one, other in (("a", a, b), ("b", b, a)):
        probability = p_cheaper(one, other, mean_rate=mean_rate)
        if probability >= ONE_SIDED:
            is_clear = p_cheaper(one, other, mean_rate=mean_rate, at_least=CLEAR_RATIO) >= ONE_SIDED
            return Comparison(
                verdict="clearly_cheaper" if is_clear else "looks_cheaper",
                k=together,
                cheaper="a" if side == "a" else "b",
                probability=probability,
                times=times_cheaper(one, other),
            )
    return Comparison(verdict="cannot_tell", k=together)
