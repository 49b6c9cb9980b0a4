"""
The way from a view to a hired person, stage by stage.

Stages are counted by different parties and never divided by one another across them: what the channels say, what our
links counted, what applicants say, what HR counted. Reach is no stage: it counts people, and may not be summed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics import statistics
from analytics.queries.steps import Step

TRUTHS = {
    "channel": ("views", "clicks"),
    "links": ("visits",),
    "people": ("said",),
    "hr": ("applied", "qualified", "interviewed", "offered", "hired"),
}
# Fewer than this many, and a share says more than is known.
ENOUGH = 5


@dataclass(frozen=True)
class Count:
    """
    How many reached a stage. `why` tells why `n` is None, or that it is not all: "pending" (more is not released yet)
    or "empty" (there is no source with any figure). `step` is how many of the stage before came on, where both are
    counted; None where no common ground is known.
    """

    n: int | None
    why: str = ""
    step: Step | None = None


@dataclass(frozen=True)
class Passed:
    """
    The part of the stage before that came on, from 0 to 1, and where it probably lies (90 %); None without one.

    `step` is what it is made of, and may be less than what either stage has in all.
    """

    share: float
    step: Step
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Stage:
    """One stage. `part` is its length beside the longest of those counted by the same party, from 0 to 1."""

    key: str
    truth: str
    count: Count
    part: float
    passed: Passed | None = None

    @property
    def is_first_of_truth(self) -> bool:
        """Whether another party begins to count here."""
        return TRUTHS[self.truth][0] == self.key


def funnel(counts: Mapping[str, Count]) -> list[Stage]:
    """
    Return the stages in order.

    :param counts: one for each key of `TRUTHS`
    """
    stages = []
    for truth, keys in TRUTHS.items():
        longest = max((counts[key].n or 0 for key in keys), default=0)
        for key in keys:
            count = counts[key]
            part = (count.n or 0) / longest if longest else 0.0
            stages.append(Stage(key, truth, count, part, _passed(truth, count)))
    return stages


def _passed(truth: str, count: Count) -> Passed | None:
    """Return the share of the stage before, where both are known whole, enough, and one is part of the other."""
    step = count.step
    if step is None or count.why or step.of < ENOUGH or step.n > step.of:
        return None
    share = step.n / step.of
    if truth == "channel":
        # Views are not people who decide one by one, so no interval of theirs would be true.
        return Passed(share, step)
    low, high = statistics.share(step.n, step.of)
    return Passed(share, step, low, high)
