"""
How often persons followed the links of each source, by source id. Days are Norwegian days.

All vacancies together are summed from the sources' days. Chosen ones are summed from their links' months, and from the
hours where the period cuts a month, so that the sums are those of the hours.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from analytics.queries.job_months import cut_months
from analytics.queries.selection import Period, Selection, of_chosen
from channels.models import LinkMonth, SourceDay
from channels.queries.links import bounds, persons
from foundation.clock import OSLO
from foundation.compiled import compiled


def by_source(selection: Selection) -> dict[int, int]:
    """Return the visits of the selection's period. One query, up to three when narrowed."""
    period = selection.period
    if not selection.is_narrowed:
        return dict(_of_days(first_day=period.first_day, last_day=period.last_day))
    found: dict[int, int] = {}
    for source_id, _month, n in _of_months(selection, period):
        found[source_id] = found.get(source_id, 0) + n
    return found


def by_source_and_day(selection: Selection, *, first_day: date, last_day: date) -> list[tuple[int, date, int]]:
    """Return (source, day, visits) of all of a selection's vacancies that have any in some days. One query."""
    if not selection.is_narrowed:
        return _each_day(first_day=first_day, last_day=last_day)
    start, end = bounds(first_day, last_day)
    return _each_day_of_chosen(start=start, end=end, **selection.narrowing())


def by_source_and_month(selection: Selection) -> list[tuple[int, date, int]]:
    """Return (source, month, visits); a pair may come twice. One query, up to three when narrowed."""
    period = selection.period
    if selection.is_narrowed:
        return list(_of_months(selection, period))
    days = _each_day(first_day=period.first_day, last_day=period.last_day)
    return [(source_id, day.replace(day=1), n) for source_id, day, n in days]


def _of_months(selection: Selection, period: Period) -> Iterable[tuple[int, date, int]]:
    """Yield (source, month, visits) of the chosen vacancies' links; a pair may come twice."""
    narrowing = selection.narrowing()
    start, end = bounds(period.first_day, period.last_day)
    months = {"first_month": period.first_day.replace(day=1), "last_month": period.last_day.replace(day=1)}
    yield from _whole(start=start, end=end, **months, **narrowing)
    for month, first, last in cut_months(period.first_day, period.last_day):
        start, end = bounds(first, last)
        yield from ((source_id, month, n) for source_id, n in _cut(month=month, start=start, end=end, **narrowing))


@compiled
def _of_days(*, first_day: date, last_day: date) -> QuerySet:
    days = SourceDay.objects.filter(day__range=(first_day, last_day))
    return days.values("source_id").order_by().annotate(n=Sum("n_visits")).values_list("source_id", "n")


@compiled
def _each_day(*, first_day: date, last_day: date) -> QuerySet:
    return SourceDay.objects.filter(day__range=(first_day, last_day)).values_list("source_id", "day", "n_visits")


@compiled
def _each_day_of_chosen(*, start: datetime, end: datetime, **narrowing: Any) -> QuerySet:
    hours = of_chosen(persons(start=start, end=end), by="link__job_id", narrowing=narrowing)
    sums = hours.annotate(day=TruncDate("hour", tzinfo=OSLO)).values("link__source_id", "day").order_by()
    return sums.annotate(n=Sum("n_visits")).values_list("link__source_id", "day", "n")


@compiled
def _whole(*, first_month: date, last_month: date, start: datetime, end: datetime, **narrowing: Any) -> QuerySet:
    rows = LinkMonth.objects.filter(month__range=(first_month, last_month), first_hour__gte=start, last_hour__lt=end)
    chosen = of_chosen(rows, by="link__job_id", narrowing=narrowing)
    sums = chosen.values("link__source_id", "month").order_by().annotate(n=Sum("n_visits"))
    return sums.values_list("link__source_id", "month", "n")


@compiled
def _cut(*, month: date, start: datetime, end: datetime, **narrowing: Any) -> QuerySet:
    rows = LinkMonth.objects.filter(month=month, first_hour__lt=end, last_hour__gte=start)
    cut = of_chosen(
        rows.filter(Q(first_hour__lt=start) | Q(last_hour__gte=end)), by="link__job_id", narrowing=narrowing
    )
    hours = persons(start=start, end=end).filter(Exists(cut.filter(link_id=OuterRef("link_id"))))
    sums = hours.values("link__source_id").order_by().annotate(n=Sum("n_visits"))
    return sums.values_list("link__source_id", "n")
