"""What pages read from several apps at once."""

from dataclasses import dataclass

from django.db.models import Sum

from analytics.models import Cost, SurveyAnswer
from channels.models import Delivery
from channels.queries import links
from channels.queries.campaigns import PUBLIC_STATES
from recruitment.models import JobPosting


@dataclass(frozen=True)
class Workspace:
    """All that belongs to one vacancy. Money is øre; None is that nobody has registered any."""

    links: list[links.LinkRow]
    deliveries: list[Delivery]
    n_answers: int
    spent_ore: int | None
    spent_minutes: int | None

    @property
    def n_visits(self) -> int:
        """How many people have followed the vacancy's links so far."""
        return sum(row.visits.n_persons for row in self.links)

    @property
    def n_machines(self) -> int:
        """How many visits came from robots and previews of links."""
        return sum(row.visits.n_bots + row.visits.n_previews for row in self.links)


def workspace(*, job: JobPosting, with_drafts: bool) -> Workspace:
    """
    Return a vacancy's links, deliveries (latest first) and sums. Four queries.

    :param with_drafts: False for those who may not see drafts (table M): then only what is or was public, and the
        links that belong to no post or to a public one
    """
    deliveries = Delivery.objects.filter(post__job=job).select_related("post", "account__channel")
    shown_links = links.links_of_job(job=job)
    if not with_drafts:
        hidden = set(deliveries.exclude(state__in=PUBLIC_STATES).values_list("link_id", flat=True))
        deliveries = deliveries.filter(state__in=PUBLIC_STATES)
        shown_links = [row for row in shown_links if row.link.pk not in hidden]
    spent = Cost.objects.filter(job=job).aggregate(ore=Sum("amount_ore"), minutes=Sum("minutes"))
    return Workspace(
        links=shown_links,
        deliveries=list(deliveries.order_by("-published_at", "-due_at", "-id")),
        n_answers=SurveyAnswer.objects.filter(survey__job=job).count(),
        spent_ore=spent["ore"],
        spent_minutes=spent["minutes"],
    )
