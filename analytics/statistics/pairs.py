"""What may be said about two channels, and about the best of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import betainc, betaincinv, gammainc, gammaincinv

from analytics.statistics.constants import ENOUGH, HIGH_TAIL, LOW_TAIL, ONE_SIDED

FICTIVE_QUALIFIED = 4.0  # each channel is drawn towards the municipality's mean cost with this weight
CLEAR_RATIO = 1.25
BEST_PROBABILITY, BEST_QUALIFIED = 0.80, 10  # what «best» asks for: how sure, and how many qualified in all
# The least probability of the best is held to a thousandth with this many points (Gauss-Legendre).
N_POINTS = 96
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(N_POINTS)


@dataclass(frozen=True)
class ChannelCount:
    """
    One side of a comparison: qualified applicants, spend in øre and phi. `is_hidden`: fewer than 5 answered.

    `pending` is how many more qualified there may be that are not released: what is said must hold with them too.
    """

    k: int
    spend_ore: int
    phi: float = 1.0
    is_hidden: bool = False
    pending: int = 0

    def with_pending(self) -> ChannelCount:
        """Return the side as it would be if all that may be unseen were there."""
        return replace(self, k=self.k + self.pending, pending=0) if self.pending else self


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
    1.25 times cheaper with probability 0.90. What may be unseen of the dearer one counts as if it were there, so that
    what is hidden never makes a source dearer. Measured: the direction is wrong in 3-8 % of the verdicts given, against
    24-25 % when point estimates are compared.
    """
    together = a.k + b.k
    if together < ENOUGH or a.is_hidden or b.is_hidden:
        return Comparison(verdict="too_few", k=together)
    if not mean_rate or not (a.spend_ore or b.spend_ore):
        return Comparison(verdict="cannot_tell", k=together)
    # One of the two is cheaper, so only the likelier is asked about; with one half each there is nothing to say.
    first = p_cheaper(a, b, mean_rate=mean_rate)
    one, other = (a, b) if first >= 0.5 else (b, a)
    is_first = one is a
    other = other.with_pending()
    probability = first if is_first and other is b else p_cheaper(one, other, mean_rate=mean_rate)
    if probability < ONE_SIDED:
        return Comparison(verdict="cannot_tell", k=together)
    is_clear = p_cheaper(one, other, mean_rate=mean_rate, at_least=CLEAR_RATIO) >= ONE_SIDED
    return Comparison(
        verdict="clearly_cheaper" if is_clear else "looks_cheaper",
        k=together,
        cheaper="a" if is_first else "b",
        probability=probability,
        times=times_cheaper(one, other),
    )


def p_best(channels: Sequence[ChannelCount], *, mean_rate: float) -> tuple[float, ...]:
    """
    Return for each channel the probability that a qualified applicant costs least through it; they sum to 1.

    `mean_rate` is qualified per øre over all channels, above 0. Source: the same Gamma posteriors as `p_cheaper`, each
    shrunk to the mean cost; P(all others have a lower rate) integrated over the channel's own quantiles.
    """
    shapes = np.array([each.k / each.phi + FICTIVE_QUALIFIED for each in channels])
    spends = np.array([each.spend_ore / each.phi + FICTIVE_QUALIFIED / mean_rate for each in channels])
    part, weight = (_NODES + 1) / 2, _WEIGHTS / 2
    # One row per channel, one column per point: the channel's rate at each of its own quantiles.
    rates = gammaincinv(shapes[:, None], part[None, :]) / spends[:, None]
    below = gammainc(shapes[:, None, None], rates[None, :, :] * spends[:, None, None])
    itself = np.eye(len(shapes), dtype=bool)[:, :, None]
    found = (np.where(itself, 1.0, below).prod(axis=0) * weight).sum(axis=1)
    return tuple(float(each) for each in found / found.sum()) if len(found) else ()


@dataclass(frozen=True)
class Best:
    """The channel that is probably best: its place in the list that was given, and how sure that is."""

    place: int
    probability: float


def best(channels: Sequence[ChannelCount], *, mean_rate: float) -> Best | None:
    """
    Return the best of all channels, or None when that cannot be said.

    Said with probability 0.80 or more and at least 10 qualified in all; a hidden channel, or one without spend, has no
    cost and takes no part. Measured: in 9 % of municipality-years, wrong in 5-13 % of those.
    """
    takes_part = [n for n, each in enumerate(channels) if each.spend_ore and not each.is_hidden]
    if len(takes_part) < 2 or not mean_rate or sum(channels[n].k for n in takes_part) < BEST_QUALIFIED:
        return None
    among = [channels[n] for n in takes_part]
    chances = p_best(among, mean_rate=mean_rate)
    top = max(range(len(chances)), key=chances.__getitem__)
    if any(each.pending for each in among):
        # The best must be so even if all that may be unseen of the others were there.
        others = [each if n == top else each.with_pending() for n, each in enumerate(among)]
        chances = p_best(others, mean_rate=mean_rate)
    return Best(place=takes_part[top], probability=chances[top]) if chances[top] >= BEST_PROBABILITY else None
