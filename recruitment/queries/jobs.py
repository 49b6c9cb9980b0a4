"""Vacancies as they are listed and read."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from recruitment.models import JobPosting

CLOSED_PER_PAGE = 25


@dataclass(frozen=True)
class JobList:
    """
    A municipality's vacancies on one Norwegian day.

    `open_jobs` come with the nearest deadline first; `closed_page` holds those whose deadline has passed, latest first.
    """

    open_jobs: list[JobPosting]
    closed_page: Page
    today: date
    q: str = ""

    @property
    def n_deadlines_this_week(self) -> int:
        """How many open vacancies close on or before the coming Sunday."""
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        return sum(job.deadline_date <= sunday for job in self.open_jobs)

    @property
    def n_not_announced(self) -> int:
        """How many open vacancies may not be marketed yet (R5)."""
        return sum(not job.may_be_marketed for job in self.open_jobs)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been registered at all."""
        return not self.q and not self.open_jobs and not self.closed_page.paginator.count

    @property
    def shown(self) -> list[JobPosting]:
        """All vacancies on this page of the list."""
        return [*self.open_jobs, *self.closed_page.object_list]


def _jobs() -> QuerySet[JobPosting]:
    return JobPosting.objects.select_related("workplace", "occupation")


def job_list(*, today: date, page_number: str = "1", q: str = "") -> JobList:
    """Return the municipality's vacancies, those alone that hold `q`. Three queries, however many vacancies."""
    jobs = _jobs().filter(holding(q))
    closed = Paginator(jobs.filter(deadline_date__lt=today).order_by("-deadline_date", "-id"), CLOSED_PER_PAGE)
    return JobList(
        open_jobs=list(jobs.filter(deadline_date__gte=today).order_by("deadline_date", "id")),
        closed_page=closed.get_page(page_number),
        today=today,
        q=q,
    )


def holding(q: str) -> Q:
    """Return the condition that a vacancy's title, reference or workplace holds the words `q`; "" is in all."""
    return Q(title__icontains=q) | Q(reference__icontains=q) | Q(workplace__name__icontains=q) if q else Q()


def job_or_none(*, job_id: int) -> JobPosting | None:
    """Return one vacancy of the municipality with what its page shows, or None. One query."""
    return _jobs().select_related("exempted_by", "created_by").filter(pk=job_id).first()
