"""One figure of a measure that is judged against a number, not against a second run beside it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """
    What was seen against its limit. `ratio` is product / limit; without a goal it is only reported.

    `runs` are the ratios of the single runs, `more` further values of the closing line.
    """

    name: str
    unit: str
    better: Literal["lower", "higher"]
    goal: float | None
    limit: float | None
    product: float
    runs: tuple[float, ...] = ()
    is_void: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, name: str, *, unit: str, better: Literal["lower", "higher"], goal: float, limit: float,
        products: list[float], is_void: bool = False, **more: Any,
    ) -> Figure:  # fmt: skip
        """Return the figure whose product is the median of several runs."""
        runs = tuple(round(product / limit, 3) for product in products)
        return cls(name, unit, better, goal, limit, statistics.median(products), runs, is_void, more)

    @classmethod
    def reported(cls, name: str, *, unit: str, value: float) -> Figure:
        """Return a figure without a goal."""
        return cls(name, unit, "lower", None, None, value)

    @property
    def ratio(self) -> float | None:
        """Product / limit."""
        return None if self.limit is None else self.product / self.limit

    @property
    def is_ok(self) -> bool:
        """Whether the goal is reached; without one there is nothing to miss."""
        if self.goal is None or self.ratio is None:
            return True
        reached = self.ratio <= self.goal if self.better == "lower" else self.ratio >= self.goal
        return reached and not self.is_void

    def as_json(self) -> dict[str, Any]:
        """Return the closing line."""
        line = {
            "name": self.name,
            "unit": self.unit,
            "better": self.better,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "goal": self.goal,
            "ok": self.is_ok,
            "limit": self.limit,
            "product": round(self.product, 3),
            "runs": list(self.runs),
            **self.more,
        }
        return line | {"void": True} if self.is_void else line
