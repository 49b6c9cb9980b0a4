"""How many of a stage came on to the next: only where HR has counted both, vacancy by vacancy, source by source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from analytics.models import Outcome
from analytics.queries import lacking
from analytics.queries.selection import Selection, of_chosen
from foundation.compiled import compiled
from recruitment.queries.sources import merged

# Each stage that HR counts, with the one before it.
BEFORE = {"qualified": "applied", "interviewed": "qualified", "offered": "interviewed", "hired": "offered"}


@dataclass(frozen=True)
class Step:
    """`n` came on, `of` so many of the stage before. Both are counts of the same vacancies and sources."""

    n: int
    of: int

    def __add__(self, other: "Step") -> "Step":
        """Return both together."""
        return Step(self.n + other.n, self.of + other.of)


Steps = dict[str, dict[int, Step]]


def together(steps: Iterable[Step | None]) -> Step | None:
    """Return the sum of those that are known, None when none is."""
    known = [step for step in steps if step is not None]
    return sum(known[1:], known[0]) if known else None


def exact_steps(selection: Selection) -> Steps:
    """
    Return HR's exact steps by the name of the later stage and source id. For HR's screen alone (R10). Two queries.

    Applicants of a vacancy whose qualified are not registered, or half registered, would make every source look worse
    than it is. The release ledger knows no common ground of two questions, so in the released view there are no steps.
    """
    period, told_under = selection.period, merged()
    found: Steps = {name: {} for name in BEFORE}
    for source_id, *sums in _sums(first_day=period.first_day, last_day=period.last_day, **selection.narrowing()):
        source_id = told_under.get(source_id, source_id)
        for name, n, of in zip(BEFORE, sums[::2], sums[1::2], strict=True):
            if n is not None:
                found[name][source_id] = Step(n, of) + found[name].get(source_id, Step(0, 0))
    return found


@compiled
def _sums(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet:
    counted = Outcome.objects.filter(counted_date__range=(first_day, last_day))
    sums: dict[str, Any] = {}
    for name, before in BEFORE.items():
        both = Q(**{f"{name}__isnull": False, f"{before}__isnull": False})
        if "qualified" in (name, before):
            both &= lacking.whole()
        sums |= {f"{name}_n": Sum(name, filter=both), f"{name}_of": Sum(before, filter=both)}
    rows = of_chosen(counted, by="job_id", narrowing=narrowing)
    return rows.values("source_id").order_by().annotate(**sums).values_list("source_id", *sums)
