"""Which vacancies lack outcomes: the one definition that every page and figure asks."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from analytics.models import Cost, JobCount, Outcome
from analytics.queries.buckets import truncated
from analytics.queries.selection import Selection, chosen_jobs
from foundation.compiled import compiled
from recruitment.models import JobPosting


def half_registered() -> QuerySet:
    """
    Ask for the vacancies that HR has stored qualified for, but not for every source with applicants: ids.

    Their qualified count nowhere. Whoever fills in the best source only would otherwise make it look better and surer
    than it is.
    """
    return JobCount.objects.filter(n_missing__gt=0).order_by().values("job_id")


def whole() -> Q:
    """Return the condition on rows of `Outcome` that their qualified count."""
    return ~Q(job_id__in=half_registered())


def lacking(*, selection: Selection, today: date) -> QuerySet[JobPosting]:
    """
    Return the vacancies that lack outcomes, the oldest deadline first.

    They are those chosen whose deadline lies in the period and has passed, and whose qualified are not registered for
    every source with applicants. `today` is the Norwegian day.
    """
    return _lacking(**_values(selection, today=today))


def lacking_ids(*, selection: Selection, today: date) -> list[int]:
    """Return the ids of the same vacancies in the same order. One query."""
    return [pk for (pk,) in _lacking_ids(**_values(selection, today=today))]


def lacking_costs(*, selection: Selection, today: date) -> QuerySet[JobPosting]:
    """Return the closed vacancies chosen that have outcomes and no cost, not even 0 kroner; the oldest first."""
    closed = _closed(**_values(selection, today=today))
    return closed.filter(Exists(_counted()), ~Exists(Cost.objects.filter(job=OuterRef("pk"))))


def lacking_by_month(*, selection: Selection, today: date) -> dict[date, int]:
    """Return how many of the same vacancies have their deadline in each month, by its first day. One query."""
    return _by_month(lacking(selection=selection, today=today))


def uncounted_by_month(*, selection: Selection, today: date) -> dict[date, int]:
    """Return how many closed vacancies chosen have no count of applicants, by the first day of the month. One query."""
    counted = Outcome.objects.filter(job=OuterRef("pk"), applied__isnull=False)
    return _by_month(_closed(**_values(selection, today=today)).filter(~Exists(counted)))


def _by_month(jobs: QuerySet[JobPosting]) -> dict[date, int]:
    months = jobs.order_by().values(month=truncated("deadline_date", span="month"))
    return dict(months.annotate(n=Count("pk")).values_list("month", "n"))


def _values(selection: Selection, *, today: date) -> dict[str, Any]:
    last_day = min(selection.period.last_day, today - timedelta(days=1))
    return {"first_day": selection.period.first_day, "last_day": last_day, **selection.narrowing()}


def _closed(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet[JobPosting]:
    jobs = chosen_jobs(**narrowing).filter(deadline_date__range=(first_day, last_day))
    return jobs.order_by("deadline_date", "pk")


def _counted() -> QuerySet[Outcome]:
    return Outcome.objects.filter(job=OuterRef("pk"), qualified__isnull=False)


def _lacking(**values: Any) -> QuerySet[JobPosting]:
    # Those that have none which counts: said in one, it is asked in one pass over an index.
    return _closed(**values).filter(~Exists(_counted().filter(whole())))


@compiled
def _lacking_ids(**values: Any) -> QuerySet:
    return _lacking(**values).values_list("pk")
