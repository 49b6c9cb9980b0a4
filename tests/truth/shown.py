"""Whether what is shown of invented years is true: how often intervals hold, and verdicts point the wrong way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from analytics import statistics
from analytics.statistics import ChannelCount
from tests.truth.world import Year, year


@dataclass
class Tally:
    """How many of what was tried held, by name."""

    tried: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, holds: bool) -> None:
        """Count one."""
        self.tried[name] += 1
        self.held[name] += bool(holds)

    def add(self, other: Tally) -> None:
        """Count what another counted."""
        self.tried += other.tried
        self.held.update(other.held)

    def part(self, name: str) -> float | None:
        """Return the part that held; None when nothing was tried."""
        return self.held[name] / self.tried[name] if self.tried[name] else None


def tally_of(*, seed: int, n_years: int, response_sd: float, source_sd: float | None = None) -> Tally:
    """Look at some years as «Kilder» would show them."""
    rng = np.random.default_rng(seed)
    tally = Tally()
    for _ in range(n_years):
        look(year(rng, response_sd=response_sd, source_sd=source_sd), tally)
    return tally


def look(drawn: Year, tally: Tally) -> None:
    """Count what one year's intervals hold and its verdicts say."""
    spread = statistics.spread(list(drawn.answered), list(drawn.spends), rho=drawn.rho)
    known, qualified = int(drawn.answered.sum()), int(drawn.qualified.sum())
    sides = [
        ChannelCount(k=int(k), spend_ore=int(spend), phi=phi)
        for k, spend, phi in zip(drawn.answered.sum(axis=1), drawn.spends.sum(axis=1), spread.phis, strict=True)
    ]
    tally.note("few_years", known < statistics.ENOUGH)
    for side, rate in zip(sides, drawn.rates, strict=True):
        cost = statistics.cost_per_qualified(
            spend_ore=side.spend_ore, k=side.k, known=known, qualified=qualified, phi=side.phi
        )
        note_cost(cost, 1 / rate, tally)
    for a, b in combinations(range(len(sides)), 2):
        _look_at_pair(sides[a], sides[b], drawn.rates[a] / drawn.rates[b], spread.mean_rate, tally)
    best = statistics.best(sides, mean_rate=spread.mean_rate)
    tally.note("best_given", best is not None)
    if best is not None:
        tally.note("best_right", best.place == int(np.argmax(drawn.rates)))


def note_cost(cost: statistics.PerQualified, truth: float, tally: Tally, *, prefix: str = "cost") -> None:
    """Count whether a cost's interval holds the true cost of a qualified applicant."""
    if cost.kind == "none_yet" and cost.low is not None:
        tally.note(f"{prefix}_zero", truth >= cost.low)
    elif cost.kind in ("interval_only", "estimate") and cost.low is not None and cost.high is not None:
        holds = cost.low <= truth <= cost.high
        size = "1_4" if cost.k < 5 else "5_14" if cost.k < 15 else "15"
        tally.note(prefix, holds)
        tally.note(f"{prefix}_{size}", holds)


def _look_at_pair(a: ChannelCount, b: ChannelCount, ratio: float, mean_rate: float, tally: Tally) -> None:
    found = statistics.compare_pair(a, b, mean_rate=mean_rate)
    if found.verdict == "too_few":
        tally.note("pair_too_few", True)
        return
    tally.note("pair_too_few", False)
    is_given = found.cheaper is not None
    tally.note("verdict_given", is_given)
    if is_given:
        tally.note("verdict_wrong", (ratio > 1) != (found.cheaper == "a"))
        tally.note(f"wrong_{found.verdict}", (ratio > 1) != (found.cheaper == "a"))
    if a.k and b.k and (times := statistics.times_cheaper(a, b)):
        low, high = times
        tally.note("ratio", low <= ratio and (high is None or ratio <= high))


def share_coverage() -> dict[str, float]:
    """Return the average and the worst exact coverage of a share, n 5-40 and shares 5-60 %."""
    from scipy.stats import binom

    held = []
    for n in range(5, 41):
        bounds = np.array([statistics.share(k, n) for k in range(n + 1)])
        for p in np.arange(0.05, 0.601, 0.005):
            inside = (bounds[:, 0] <= p) & (p <= bounds[:, 1])
            held.append(float(binom.pmf(np.arange(n + 1), n, p)[inside].sum()))
    return {"share_avg": float(np.mean(held)), "share_worst": min(held)}


def difference_coverage() -> tuple[float, float]:
    """Return the least and the largest average coverage of a difference of two shares, over sizes from 5 to 40."""
    from scipy.stats import binom

    averages = []
    parts = np.arange(0.05, 0.601, 0.05)
    for n1, n2 in ((5, 5), (5, 20), (10, 10), (10, 40), (20, 20), (40, 40)):
        found = [[statistics.difference(k1, n1, k2, n2) for k2 in range(n2 + 1)] for k1 in range(n1 + 1)]
        low = np.array([[each.low for each in row] for row in found])
        high = np.array([[each.high for each in row] for row in found])
        held = []
        for p1 in parts:
            for p2 in parts:
                weight = np.outer(binom.pmf(np.arange(n1 + 1), n1, p1), binom.pmf(np.arange(n2 + 1), n2, p2))
                held.append(float(weight[(low <= p1 - p2) & (p1 - p2 <= high)].sum()))
        averages.append(float(np.mean(held)))
    return min(averages), max(averages)


def band_coverage(*, applied: int = 300, ratio: float = statistics.shares.WILLINGNESS_RATIO) -> float:
    """Return the least exact coverage of the band when a source's applicants are more willing to answer, or less."""
    from scipy.stats import binom

    most = np.arange(applied + 1)
    bounds = np.zeros((2, applied + 1, applied + 1))  # by k, and by how many others answered
    for k in most:
        for others in most[: applied + 1 - k]:
            bounds[:, k, others] = statistics.willingness_band(int(k), int(k + others)) if k + others else (0.0, 1.0)
    least = 1.0
    for n_of_source in range(applied // 20, applied * 3 // 5 + 1, applied // 20):
        for willing in (0.2, 0.35, 0.5):
            for own in (willing * ratio, willing / ratio):
                others = binom.pmf(most, applied - n_of_source, willing)
                weight = np.outer(binom.pmf(most, n_of_source, own), others)
                holds = (bounds[0] <= n_of_source / applied) & (n_of_source / applied <= bounds[1])
                least = min(least, float(weight[holds].sum()))
    return least
