"""Which days, vacancies and channels a page of figures is about: the filters of «Kilder» as one value."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Count, QuerySet, Value, When

from foundation.compiled import compiled
from recruitment.models import JobPosting


@dataclass(frozen=True)
class Period:
    """Norwegian days, both included."""

    first_day: date
    last_day: date

    @property
    def n_days(self) -> int:
        """How many days it has."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Selection:
    """
    A period, and which vacancies and which channel of the entered municipality are asked about in it.

    `occupation` is a four-digit code of STYRK-08, `kind` one of JobPosting.Kind; "" and None are all of them. Of a
    narrowed selection come answers, outcomes, costs, visits and measurements that belong to one of its vacancies;
    what belongs to no vacancy (general costs, a page's own figures) is left out. `channel_id` chooses the sources of
    that channel and says nothing about vacancies.
    """

    period: Period
    job_id: int | None = None
    occupation: str = ""
    kind: str = ""
    campaign_id: int | None = None
    channel_id: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether some vacancies only are asked about."""
        return bool(self.job_id or self.occupation or self.kind or self.campaign_id)

    def jobs(self) -> QuerySet[JobPosting]:
        """Return the vacancies that the filters choose, whatever their days: the period says what counts of them."""
        return chosen_jobs(**self.narrowing())

    def job_ids(self) -> list[int] | None:
        """Return the ids of the chosen vacancies, None when all are. One query when narrowed."""
        return list(self.jobs().order_by().values_list("pk", flat=True)) if self.is_narrowed else None

    def narrowing(self) -> dict[str, Any]:
        """Return the filters about vacancies by the names `chosen_jobs` has for them, None for those not used."""
        return {
            "job_id": self.job_id or None,
            "occupation": self.occupation or None,
            "kind": self.kind or None,
            "campaign_id": self.campaign_id or None,
        }


def chosen_jobs(
    *, job_id: int | None, occupation: str | None, kind: str | None, campaign_id: int | None
) -> QuerySet[JobPosting]:
    """Return the vacancies that the filters choose; those that are None choose none away."""
    chosen: dict[str, object] = {}
    if job_id is not None:
        chosen["pk"] = job_id
    if occupation is not None:
        chosen["occupation__code"] = occupation
    if kind is not None:
        chosen["kind"] = kind
    if campaign_id is not None:
        # A vacancy stands once in a campaign, so the join gives no row twice.
        chosen["campaign_jobs__campaign_id"] = campaign_id
    return JobPosting.objects.filter(**chosen)


def of_chosen(rows: QuerySet, *, by: str, narrowing: dict[str, Any]) -> QuerySet:
    """
    Return the rows whose vacancy the filters choose, all of them where no filter is used.

    :param by: the rows' own name for the vacancy
    """
    if all(value is None for value in narrowing.values()):
        return rows
    if narrowing["job_id"] is not None:
        rows = rows.filter(**{by: narrowing["job_id"]})
        if all(value is None for name, value in narrowing.items() if name != "job_id"):
            return rows
    return rows.filter(among(chosen_jobs(**narrowing).order_by().values("pk"), by=by))


def among(ids: QuerySet, *, by: str) -> Case:
    """
    Return the condition that a row's vacancy is one of a query's, to be asked of each row by a hash and not joined.

    PostgreSQL does not know that a municipality's rows are about its own vacancies. Joined, it would expect hardly any,
    and look each of thousands up by itself.
    """
    return Case(When(**{f"{by}__in": ids}, then=Value(True)), default=Value(False), output_field=BooleanField())


def n_jobs(selection: Selection) -> int:
    """Return how many of the chosen vacancies have their deadline in the period. One query."""
    period = selection.period
    found = _n_jobs(first_day=period.first_day, last_day=period.last_day, **selection.narrowing())
    return found[0][0] if found else 0


@compiled
def _n_jobs(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet:
    jobs = chosen_jobs(**narrowing).filter(deadline_date__range=(first_day, last_day)).order_by()
    return jobs.values("municipality_id").annotate(n=Count("pk")).values_list("n")
