"""How many answered in a quarter, before it may be told to everybody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from analytics.models import Outcome, ResponseQuarter, SurveyAnswer
from foundation.clock import OSLO
from recruitment.models import JobPosting


@dataclass(frozen=True)
class QuarterCounts:
    """
    Answers and applicants of a quarter's vacancies (by application deadline) whose applicants HR has counted.

    `is_whole` is False where answers may be deleted by now. `n_unreleased` answers belong to no release.
    """

    quarter: date
    n_jobs: int
    n_answers: int
    n_unreleased: int
    n_applied: int
    is_whole: bool


def quarter_of(day: date) -> date:
    """Return the first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarters_to_tell(*, before: date, kept_from: date) -> list[QuarterCounts]:
    """
    Return the quarters from before the quarter of a day that are not told yet, oldest first. Four queries.

    :param kept_from: the first day whose answers are kept
    """
    done = set(ResponseQuarter.objects.values_list("quarter", flat=True))
    applied = dict(
        Outcome.objects.filter(applied__isnull=False).values_list("job_id").order_by().annotate(Sum("applied"))
    )
    answers = {
        job_id: (n, n_unreleased)
        for job_id, n, n_unreleased in SurveyAnswer.objects.values_list("survey__job_id")
        .order_by()
        .annotate(n=Count("pk"), n_unreleased=Count("pk", filter=Q(is_released=False)))
    }
    jobs: dict[date, list[JobPosting]] = defaultdict(list)
    for job in JobPosting.objects.filter(pk__in=applied, deadline_date__lt=quarter_of(before)):
        if quarter_of(job.deadline_date) not in done:
            jobs[quarter_of(job.deadline_date)].append(job)
    return [
        QuarterCounts(
            quarter=quarter,
            n_jobs=len(found),
            n_answers=sum(answers.get(job.pk, (0, 0))[0] for job in found),
            n_unreleased=sum(answers.get(job.pk, (0, 0))[1] for job in found),
            n_applied=sum(applied[job.pk] for job in found),
            is_whole=min(job.created_at for job in found).astimezone(OSLO).date() >= kept_from,
        )
        for quarter, found in sorted(jobs.items())
    ]
