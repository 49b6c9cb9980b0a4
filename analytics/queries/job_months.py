"""
What channels say about chosen vacancies, summed from the roll-up by month.

A vacancy's row of a month counts as it is when all its days lie in the period. Of a row that the period cuts, the days
inside are summed from the measurements themselves, so that the sums are those of the measurements to the last view.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from analytics.models import JobMonth, Measurement
from analytics.queries.measurements import SUMS, ChannelTotals, known_sum, summed, totals_of
from analytics.queries.selection import Selection, of_chosen
from foundation.compiled import compiled

DAY = timedelta(days=1)


def totals_of_chosen(*, selection: Selection, first_day: date, last_day: date) -> dict[int, ChannelTotals]:
    """
    Return the totals of a narrowed selection's vacancies by channel id, both days included.

    What belongs to no vacancy is left out. One query, and one more for each end of the period that cuts a month.
    """
    narrowing = selection.narrowing()
    rows = _whole(**_months(first_day, last_day), first_day=first_day, last_day=last_day, **narrowing)
    for month, first, last in cut_months(first_day, last_day):
        rows += _cut(month=month, first_day=first, last_day=last, **narrowing)
    return totals_of(dict(zip(SUMS, row, strict=True)) for row in rows)


def sums_by_month(
    *, selection: Selection, name: str, first_day: date, last_day: date
) -> dict[int, dict[date, int | None]]:
    """Return one figure's sums of a narrowed selection by channel id and month; queries as `totals_of_chosen`."""
    narrowing = selection.narrowing()
    days = {"first_day": first_day, "last_day": last_day}
    rows = list(_inside(**_months(first_day, last_day), **days, **narrowing).order_by()
                .values_list("channel_id", "month").annotate(Sum(name)))  # fmt: skip
    for month, first, last in cut_months(first_day, last_day):
        measured = _days_of_cut(month=month, first_day=first, last_day=last, **narrowing).order_by()
        rows += [(channel_id, month, n) for channel_id, n in measured.values_list("channel_id").annotate(Sum(name))]
    found: dict[int, dict[date, int | None]] = {}
    for channel_id, month, n in rows:
        of_channel = found.setdefault(channel_id, {})
        of_channel[month] = known_sum(of_channel.get(month), None if n is None else int(n))
    return found


def cut_months(first_day: date, last_day: date) -> Iterator[tuple[date, date, date]]:
    """Yield each month that a period holds a part of only: its first day, and the first and last day inside."""
    for month in sorted({first_day.replace(day=1), last_day.replace(day=1)}):
        end = (month + 31 * DAY).replace(day=1) - DAY
        first, last = max(first_day, month), min(last_day, end)
        if first <= last and (first, last) != (month, end):
            yield month, first, last


def _months(first_day: date, last_day: date) -> dict[str, date]:
    return {"first_month": first_day.replace(day=1), "last_month": last_day.replace(day=1)}


def _inside(
    *, first_month: date, last_month: date, first_day: date, last_day: date, **narrowing: Any
) -> QuerySet[JobMonth]:
    rows = JobMonth.objects.filter(month__range=(first_month, last_month))
    inside = rows.filter(first_day__gte=first_day, last_day__lte=last_day)
    return of_chosen(inside, by="job_id", narrowing=narrowing)


def _days_of_cut(*, month: date, first_day: date, last_day: date, **narrowing: Any) -> QuerySet[Measurement]:
    """Return the measurements of some days of a month, of those rows of the roll-up that have other days too."""
    rows = JobMonth.objects.filter(month=month, first_day__lte=last_day, last_day__gte=first_day)
    cut = of_chosen(
        rows.filter(Q(first_day__lt=first_day) | Q(last_day__gt=last_day)), by="job_id", narrowing=narrowing
    )
    same = {name: OuterRef(name) for name in ("job_id", "channel_id", "is_paid")}
    return Measurement.objects.filter(Exists(cut.filter(**same)), day__range=(first_day, last_day))


@compiled
def _whole(**values: Any) -> QuerySet:
    return summed(_inside(**values)).values_list(*SUMS)


@compiled
def _cut(**values: Any) -> QuerySet:
    return summed(_days_of_cut(**values)).values_list(*SUMS)
