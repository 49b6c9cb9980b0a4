"""The costs of one vacancy, those that belong to none, and which vacancies may share one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Sum

from analytics.models import Cost, SharedCost
from recruitment.models import JobPosting

PER_PAGE = 50
# An invoice comes some months after the deadline at most; more vacancies than these nobody ticks off.
MAY_SHARE_FOR = timedelta(days=120)
MOST_TO_CHOOSE = 100


@dataclass(frozen=True)
class CostTotals:
    """What is registered: whole øre and minutes. None when nothing of the kind is."""

    ore: int | None
    minutes: int | None


@dataclass(frozen=True)
class CostList:
    """A page of costs, newest first, and the sums of all."""

    page: Page
    totals: CostTotals


@dataclass(frozen=True)
class GeneralCosts(CostList):
    """What is spent on no vacancy in particular, with the sums of this year."""

    this_year: CostTotals


def costs_of(*, job: JobPosting, page_number: str = "1") -> CostList:
    """Return a vacancy's costs. Each that is shared knows by how many (`n_carriers`) and its whole. Three queries."""
    costs = Cost.objects.filter(job=job)
    listed = costs.select_related("source", "created_by", "shared").order_by("-day", "-pk")
    with_carriers = listed.annotate(n_carriers=Count("shared__parts"))
    return CostList(page=Paginator(with_carriers, PER_PAGE).get_page(page_number), totals=_sums(costs))


def general_costs(*, page_number: str, today: date) -> GeneralCosts:
    """Return the municipality's costs that belong to no vacancy. Four queries."""
    costs = Cost.objects.filter(job=None)
    this_year = costs.filter(day__range=(date(today.year, 1, 1), date(today.year, 12, 31)))
    listed = costs.select_related("source", "created_by").order_by("-day", "-pk")
    return GeneralCosts(
        page=Paginator(listed, PER_PAGE).get_page(page_number), totals=_sums(costs), this_year=_sums(this_year)
    )


def _sums(costs: QuerySet[Cost]) -> CostTotals:
    return CostTotals(**costs.aggregate(ore=Sum("amount_ore"), minutes=Sum("minutes")))


def may_share(*, today: date, without: JobPosting | None = None) -> list[JobPosting]:
    """Return the vacancies among which a cost may be shared, those with the latest deadline first. One query."""
    jobs = JobPosting.objects.filter(deadline_date__gte=today - MAY_SHARE_FOR)
    return list((jobs.exclude(pk=without.pk) if without else jobs).order_by("-deadline_date", "-pk")[:MOST_TO_CHOOSE])


def may_go_on_sharing(shared: SharedCost, *, today: date) -> tuple[list[JobPosting], list[JobPosting]]:
    """Return who may share a cost, those who do among them, and those who do. Two queries."""
    carrying = set(shared.parts.values_list("job_id", flat=True))
    recent = Q(deadline_date__gte=today - MAY_SHARE_FOR) | Q(pk__in=carrying)
    jobs = list(JobPosting.objects.filter(recent).order_by("-deadline_date", "-pk"))
    return jobs, [job for job in jobs if job.pk in carrying]
