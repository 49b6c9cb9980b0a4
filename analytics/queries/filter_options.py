"""What the filters of «Kilder» offer: the municipality's own vacancies, occupations, campaigns and channels."""

from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, Value, When

from channels.models import Campaign
from recruitment.models import Channel, JobPosting, Occupation, Source
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
    Return what the entered municipality may choose from, the newest vacancies and campaigns first. Five queries.

    An id of another municipality is as one that does not exist: it is not among the values.
    """
    used = JobPosting.objects.order_by().values("occupation_id").distinct()
    named = Occupation.objects.filter(pk__in=used).prefetch_related("titles")
    jobs = JobPosting.objects.order_by(_chosen_first(job_id), "-deadline_date", "-pk")[:MOST_OFFERED]
    campaigns = Campaign.objects.order_by(_chosen_first(campaign_id), "-start_date", "-pk")[:MOST_OFFERED]
    channels = Channel.objects.filter(pk__in=Source.objects.order_by().values("channel_id"))
    return FilterOptions(
        jobs=[
            (str(pk), f"{title} ({reference})") for pk, title, reference in jobs.values_list("pk", "title", "reference")
        ],
        occupations=sorted(
            ((each.code, occupations.name_of(each)) for each in named), key=lambda option: option[1].casefold()
        ),
        campaigns=[(str(pk), name) for pk, name in campaigns.values_list("pk", "name")],
        channels=[(str(channel.pk), channel.name) for channel in channels],
    )


def _chosen_first(pk: int | None) -> Case:
    return Case(When(pk=pk or 0, then=Value(0)), default=Value(1), output_field=IntegerField())
