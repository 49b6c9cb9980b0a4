"""
What one qualified applicant costs, with its interval.

Words: k is a number of qualified applicants, phi how many times the Poisson variance they vary with, rho the part of
all qualified applicants whose source is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from scipy.special import gammaincinv

from analytics.statistics.constants import ENOUGH, HIGH_TAIL, LOW_TAIL, ONE_SIDED

# With more unseen than this part of what is seen, a single price would be far too high as often as not.
MUCH_UNSEEN = 0.5


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


Kind = Literal["too_few", "none_yet", "interval_only", "estimate", "free"]


@dataclass(frozen=True)
class PerQualified:
    """
    What one qualified applicant from a channel costs, or why that cannot be said.

    `too_few`: fewer than 5 qualified have a known source. `free`: nothing was spent. `none_yet`: nobody qualified;
    only `low` is known. `interval_only`: 1-4, or so many unseen that they could change the figure much
    (`is_mostly_unseen`), no single figure. `estimate`: 5 or more. Money is whole øre.
    """

    kind: Kind
    value: float | None
    low: float | None
    high: float | None
    k: int
    rho: float | None
    is_mostly_unseen: bool = False


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
    return replace(found, value=value, low=low, high=high)


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
    if pending > MUCH_UNSEEN * k:
        return PerQualified(kind="interval_only", value=None, low=low, high=high, k=k, rho=rho, is_mostly_unseen=True)
    return PerQualified(kind="estimate", value=answered / k, low=low, high=high, k=k, rho=rho)
