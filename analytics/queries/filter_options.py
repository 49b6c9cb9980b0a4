"""What the filters of «Kilder» offer: the municipality's own vacancies, occupations, campaigns and channels."""

from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, QuerySet, Value, When

from channels.models import Campaign
from foundation.compiled import compiled
from recruitment.models import Channel, JobPosting, Source
from recruitment.queries import occupations

# A list to choose from is read; what is older is found by occupation or on the vacancy's own page.
MOST_OFFERED = 40


@dataclass(frozen=True)
class FilterOptions:
    """Values and labels to choose from. The chosen vacancy and campaign are there however old they are."""

    jobs: list[tuple[str, str]] = field(default_factory=list)
    occupations: list[tuple[str, str]] = field(default_factory=list)
    campaigns: list[tuple[str, str]] = field(default_factory=list)
    channels: list[tuple[str, str]] = field(default_factory=list)


def filter_options(*, job_id: int | None, campaign_id: int | None) -> FilterOptions:
    """
    Return what the entered municipality may choose from, the newest vacancies and campaigns first. Four or five
    queries.

    An id of another municipality is as one that does not exist: it is not among the values.
    """
    newest = _newest_jobs()
    # The chosen one stands first. Asked by itself, so that the newest are read from the end of an index.
    jobs = _job(job_id=job_id) + [job for job in newest if job[0] != job_id] if job_id else newest
    return FilterOptions(
        jobs=[(str(pk), f"{title} ({reference})") for pk, title, reference in jobs[:MOST_OFFERED]],
        occupations=sorted(occupations.used(), key=lambda option: option[1].casefold()),
        campaigns=[(str(pk), name) for pk, name in _campaigns(chosen_id=campaign_id or 0)],
        channels=[(str(pk), Channel(name_nb=nb, name_nn=nn, name_en=en).name) for pk, nb, nn, en in _channels()],
    )


@compiled
def _newest_jobs() -> QuerySet:
    jobs = JobPosting.objects.order_by("-deadline_date", "-pk")[:MOST_OFFERED]
    return jobs.values_list("pk", "title", "reference")


@compiled
def _job(*, job_id: int) -> QuerySet:
    return JobPosting.objects.filter(pk=job_id).order_by().values_list("pk", "title", "reference")


@compiled
def _campaigns(*, chosen_id: int) -> QuerySet:
    campaigns = Campaign.objects.order_by(_chosen_first(chosen_id), "-start_date", "-pk")[:MOST_OFFERED]
    return campaigns.values_list("pk", "name")


@compiled
def _channels() -> QuerySet:
    used = Source.objects.order_by().values("channel_id")
    return Channel.objects.filter(pk__in=used).values_list("pk", "name_nb", "name_nn", "name_en")


def _chosen_first(pk: int) -> Case:
    return Case(When(pk=pk, then=Value(0)), default=Value(1), output_field=IntegerField())
