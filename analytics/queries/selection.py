"""Which days, vacancies and channels a page of figures is about: the filters of «Kilder» as one value."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

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
        chosen: dict[str, object] = {}
        if self.job_id:
            chosen["pk"] = self.job_id
        if self.occupation:
            chosen["occupation__code"] = self.occupation
        if self.kind:
            chosen["kind"] = self.kind
        if self.campaign_id:
            # A vacancy stands once in a campaign, so the join gives no row twice.
            chosen["campaign_jobs__campaign_id"] = self.campaign_id
        return JobPosting.objects.filter(**chosen)

    def job_ids(self) -> list[int] | None:
        """Return the ids of the chosen vacancies, None when all are. One query when narrowed."""
        return list(self.jobs().order_by().values_list("pk", flat=True)) if self.is_narrowed else None
