"""How each source has changed since the period before, and since the same days a year before."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from analytics import statistics
from analytics.queries.selection import Period, Selection
from analytics.queries.sources import SourceComparison, SourceRow, View, source_comparison


def period_before(period: Period) -> Period:
    """Return as many days, right before."""
    return Period(period.first_day - timedelta(days=period.n_days), period.first_day - timedelta(days=1))


def year_before(period: Period) -> Period:
    """Return the same days a year before; 29 February becomes the 28th."""
    return Period(_a_year_before(period.first_day), _a_year_before(period.last_day))


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True)
class Change:
    """
    What one source was earlier, and what may be said of the change; None where there is nothing to compare.

    `cost` compares now (side a) with earlier (side b); `share` is how its part of the answers has changed.
    """

    row: SourceRow | None
    cost: statistics.Comparison | None
    share: statistics.Difference | None

    @property
    def is_told(self) -> bool:
        """Whether something has changed so much that it can be told."""
        is_cost_told = self.cost is not None and self.cost.cheaper is not None
        return is_cost_told or (self.share is not None and self.share.is_told_apart)


@dataclass(frozen=True)
class Earlier:
    """An earlier period: which, and each source's change since by source id."""

    period: Period
    of: dict[int, Change]


def earlier(
    now_: SourceComparison, *, selection: Selection, period: Period, view: View, with_hours: bool, now: datetime
) -> Earlier:
    """Return the changes since an earlier period, in the same selection and view. Queries as one comparison."""
    then = source_comparison(selection=replace(selection, period=period), view=view, with_hours=with_hours, now=now)
    before = {row.source.pk: row for row in then.rows}
    now_parts, then_parts = _parts(now_), _parts(then)
    return Earlier(
        period=period,
        of={
            row.source.pk: Change(
                row=before.get(row.source.pk),
                cost=_cost(row.source.pk, now_, then),
                share=statistics.change(now_parts.get(row.source.pk), then_parts.get(row.source.pk)),
            )
            for row in now_.rows
        },
    )


def _cost(source_id: int, now_: SourceComparison, then: SourceComparison) -> statistics.Comparison | None:
    a, b = now_.sides.get(source_id), then.sides.get(source_id)
    if a is None or b is None:
        return None
    # Drawn towards its own mean: towards that of all sources, a cheap one would seem to change by being counted more.
    return statistics.compare_pair(a, b, mean_rate=(a.k + b.k) / (a.spend_ore + b.spend_ore))


def _parts(comparison: SourceComparison) -> dict[int, statistics.Part]:
    """Return each source's part of the answers, with how many more of it and of the others may be unseen."""
    n = sum(row.said or 0 for row in comparison.rows)
    unseen = sum(row.unseen_said for row in comparison.rows)
    return {
        row.source.pk: statistics.Part(row.said, n, unseen=row.unseen_said, unseen_others=unseen - row.unseen_said)
        for row in comparison.rows
        if row.said is not None
    }
