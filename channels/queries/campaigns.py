"""Campaigns, with their posts and where those are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, QuerySet

from channels.models import Campaign, Delivery, Post
from channels.queries import contents
from recruitment.models import JobPosting

State = Delivery.State
# What the public can see, or could: these everybody in the municipality may see too (table M: drafts they may not).
PUBLIC_STATES = {State.PUBLISHED, State.REMOVED}
NEEDS_A_PERSON = {State.UNKNOWN, State.MANUAL, State.LATE, State.BLOCKED, State.REJECTED}


@dataclass(frozen=True)
class PostRow:
    """A post and its deliveries, newest change first."""

    post: Post
    deliveries: list[Delivery]

    @property
    def excerpt(self) -> str:
        """The text on one line, without the place of its link."""
        return " ".join(contents.text_with_link(self.post.text, address="").split())


@dataclass(frozen=True)
class CampaignRow:
    """A campaign in a list: its vacancies, how many posts are out, planned, and waiting for a person."""

    campaign: Campaign
    jobs: list[JobPosting]
    n_posts: int
    n_published: int
    n_planned: int
    n_waiting: int


@dataclass(frozen=True)
class CampaignList:
    """Campaigns by where they are in time on one Norwegian day."""

    running: list[CampaignRow] = field(default_factory=list)
    coming: list[CampaignRow] = field(default_factory=list)
    ended: list[CampaignRow] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the municipality has no campaign at all."""
        return not (self.running or self.coming or self.ended)

    @property
    def n_waiting(self) -> int:
        """How many posts wait for a person, in all campaigns."""
        return sum(row.n_waiting for row in [*self.running, *self.coming, *self.ended])


def campaign_list(*, today: date) -> CampaignList:
    """Return all campaigns with their counts. Four queries."""
    campaigns = Campaign.objects.prefetch_related("jobs", "posts__deliveries")
    rows = [_row(campaign) for campaign in campaigns]
    return CampaignList(
        running=[row for row in rows if row.campaign.start_date <= today <= row.campaign.end_date],
        coming=[row for row in rows if row.campaign.start_date > today],
        ended=[row for row in rows if row.campaign.end_date < today],
    )


def posts_of(*, campaign: Campaign, with_drafts: bool) -> list[PostRow]:
    """
    Return the campaign's posts, newest change first; without drafts only what is or was public. Two queries.

    :param with_drafts: False for those who may not see drafts; a post without anything public is then left out
    """
    deliveries: QuerySet[Delivery] = Delivery.objects.select_related("account__channel", "link")
    if not with_drafts:
        deliveries = deliveries.filter(state__in=PUBLIC_STATES)
    posts = campaign.posts.select_related("media", "job").prefetch_related(Prefetch("deliveries", queryset=deliveries))
    rows = [PostRow(post, list(post.deliveries.all())) for post in posts]
    return [row for row in rows if with_drafts or row.deliveries]


def jobs_to_market(*, today: date) -> list[JobPosting]:
    """Return the open vacancies of the municipality, first deadline first. One query."""
    jobs = JobPosting.objects.filter(deadline_date__gte=today).select_related("workplace")
    return list(jobs.order_by("deadline_date", "id"))


def _row(campaign: Campaign) -> CampaignRow:
    posts = list(campaign.posts.all())
    states = [delivery.state for post in posts for delivery in post.deliveries.all()]
    return CampaignRow(
        campaign,
        list(campaign.jobs.all()),
        n_posts=len(posts),
        n_published=_count(states, PUBLIC_STATES),
        n_planned=_count(states, {State.SCHEDULED, State.SENDING, State.AWAITING_APPROVAL}),
        n_waiting=_count(states, NEEDS_A_PERSON),
    )


def _count(states: Iterable[str], wanted: set[State]) -> int:
    return sum(state in wanted for state in states)
