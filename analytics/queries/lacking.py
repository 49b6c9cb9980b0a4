"""Which vacancies lack outcomes: the one definition that every page and figure asks."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.models import JobCount, Outcome
from analytics.queries.selection import Selection, chosen_jobs
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
    last_day = min(selection.period.last_day, today - timedelta(days=1))
    jobs = chosen_jobs(**selection.narrowing()).filter(deadline_date__range=(selection.period.first_day, last_day))
    counted = Outcome.objects.filter(job=OuterRef("pk"), qualified__isnull=False)
    return jobs.filter(~Exists(counted) | Q(pk__in=half_registered())).order_by("deadline_date", "pk")


def n_missing_of(job_ids: list[int]) -> dict[int, int]:
    """Return how many sources lack a number, by vacancy; those with nothing registered are not there. One query."""
    rows = JobCount.objects.filter(job_id__in=job_ids, n_missing__gt=0)
    return dict(rows.order_by().values_list("job_id", "n_missing"))
