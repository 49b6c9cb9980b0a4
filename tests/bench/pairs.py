"""Limit and product in turn, so that what disturbs one disturbs the other."""

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

N_PAIRS = 5
N_TRIES = 3
STEADY = 0.15  # a limit that varies more than this says nothing


@dataclass(frozen=True)
class Measure:
    """
    One figure of the product against its limit.

    `limit` and `product` each do the whole job once and return the seconds per piece of work. Lower is better for
    product / limit; higher is better for limit / product, the part of the limit's speed that the product reaches.
    """

    name: str
    unit: str
    better: Literal["lower", "higher"]
    goal: float
    limit: Callable[[], float]
    product: Callable[[], float]

    def ratio(self, limit: float, product: float) -> float:
        """Return the ratio of one pair."""
        return product / limit if self.better == "lower" else limit / product


@dataclass(frozen=True)
class Result:
    """The pairs of one measure, in milliseconds. Void: the limit itself was not steady, so nothing is said."""

    measure: Measure
    pairs: tuple[tuple[float, float], ...]
    is_void: bool

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return statistics.median(self.measure.ratio(*pair) for pair in self.pairs)

    @property
    def is_ok(self) -> bool:
        """Whether the goal is reached."""
        lower = self.measure.better == "lower"
        return not self.is_void and (self.ratio <= self.measure.goal if lower else self.ratio >= self.measure.goal)

    def as_json(self) -> dict:
        """Return the closing line of this measure."""
        ratios = [round(self.measure.ratio(*pair), 3) for pair in self.pairs]
        line = {
            "name": self.measure.name,
            "unit": self.measure.unit,
            "better": self.measure.better,
            "ratio": round(self.ratio, 3),
            "goal": self.measure.goal,
            "ok": self.is_ok,
            "limit": round(statistics.median(limit for limit, _ in self.pairs), 3),
            "product": round(statistics.median(product for _, product in self.pairs), 3),
            "runs": ratios,
        }
        return line | {"void": True} if self.is_void else line


def run(measure: Measure, *, n_pairs: int = N_PAIRS, say: Callable[[str], None] = print) -> Result:
    """Measure in pairs, up to three times until the limit is steady; the first pair warms up and is thrown away."""
    for attempt in range(1, N_TRIES + 1):
        gc.collect()
        gc.disable()
        try:
            pairs = [(measure.limit() * 1000, measure.product() * 1000) for _ in range(n_pairs + 1)][1:]
        finally:
            gc.enable()
        limits = [limit for limit, _ in pairs]
        spread = (max(limits) - min(limits)) / statistics.median(limits)
        ratios = sorted(measure.ratio(*pair) for pair in pairs)
        say(
            f"{measure.name}: ratio {statistics.median(ratios):.3f} ({ratios[0]:.3f}-{ratios[-1]:.3f}), "
            f"limit {statistics.median(limits):.3f} ms, its range {spread:.0%}, try {attempt} of {N_TRIES}"
        )
        if spread <= STEADY:
            break
    return Result(measure=measure, pairs=tuple(pairs), is_void=spread > STEADY)
