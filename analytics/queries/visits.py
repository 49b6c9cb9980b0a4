"""
How often persons followed the links of each source, by source id. Days are Norwegian days.

Summed from the sources' days, and of chosen vacancies from the vacancies' and sources' days.
"""

from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from analytics.queries.selection import Period, Selection, of_chosen
from channels.models import JobSourceDay, SourceDay
from foundation.compiled import compiled


def by_source(selection: Selection) -> dict[int, int]:
    """Return the visits of the selection's period. One query."""
    days = _days(selection, selection.period)
    return dict(_of_chosen(**days) if selection.is_narrowed else _of_all(**days))


def by_source_and_day(selection: Selection, period: Period) -> list[tuple[int, date, int]]:
    """Return (source, day, visits) of the selection's vacancies in another period, days without left out. One query."""
    days = _days(selection, period)
    return _each_day_of_chosen(**days) if selection.is_narrowed else _each_day(**days)


def _days(selection: Selection, period: Period) -> dict[str, Any]:
    days = {"first_day": period.first_day, "last_day": period.last_day}
    return days | selection.narrowing() if selection.is_narrowed else days


def _chosen(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet[JobSourceDay]:
    days = JobSourceDay.objects.filter(day__range=(first_day, last_day))
    return of_chosen(days, by="job_id", narrowing=narrowing)


@compiled
def _of_all(*, first_day: date, last_day: date) -> QuerySet:
    days = SourceDay.objects.filter(day__range=(first_day, last_day))
    return days.values("source_id").order_by().annotate(n=Sum("n_visits")).values_list("source_id", "n")


@compiled
def _of_chosen(**values: Any) -> QuerySet:
    days = _chosen(**values)
    return days.values("source_id").order_by().annotate(n=Sum("n_visits")).values_list("source_id", "n")


@compiled
def _each_day(*, first_day: date, last_day: date) -> QuerySet:
    return SourceDay.objects.filter(day__range=(first_day, last_day)).values_list("source_id", "day", "n_visits")


@compiled
def _each_day_of_chosen(**values: Any) -> QuerySet:
    sums = _chosen(**values).values("source_id", "day").order_by().annotate(n=Sum("n_visits"))
    return sums.values_list("source_id", "day", "n")
