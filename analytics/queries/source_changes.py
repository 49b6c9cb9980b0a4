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
    said_now, said_then = (sum(row.said or 0 for row in each.rows) for each in (now_, then))
    return Earlier(
        period=period,
        of={
            row.source.pk: Change(
                row=before.get(row.source.pk),
                cost=_cost(row.source.pk, now_, then),
                share=_share(row, before.get(row.source.pk), n_now=said_now, n_then=said_then),
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


def _share(row: SourceRow, before: SourceRow | None, *, n_now: int, n_then: int) -> statistics.Difference | None:
    if row.said is None or before is None or before.said is None or min(n_now, n_then) < statistics.ENOUGH:
        return None
    return statistics.difference(row.said, n_now, before.said, n_then)
