"""Which posts are asked about, in which order, and how many of them the channel's quota has room for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Max

from channels import connectors
from channels.connectors import ReadsPageDays
from channels.models import Account, Delivery
from channels.queries import quotas

FOLLOWED = timedelta(days=90)
# A post gets most of what it gets in its first days.
YOUNG = timedelta(days=14)
# Without figures for longer than a night and a day, a post was left out or failed.
OVERDUE = timedelta(hours=36)


@dataclass(frozen=True)
class FollowedPost:
    """A published post whose figures are asked for. `last_at` is when they last came, None when they never did."""

    delivery_id: int
    external_id: str
    published_at: datetime
    last_at: datetime | None = None


def followed_posts(*, account_id: int, now: datetime) -> list[FollowedPost]:
    """
    Return an account's posts of the last 90 days, in the order in which they are asked about. One query.

    First those without figures for more than a day and a half, because the last night left them out; then the young
    ones; then the old. Among equals the one that waits longest comes first.
    """
    deliveries = Delivery.objects.filter(
        account_id=account_id, state=Delivery.State.PUBLISHED, published_at__gte=now - FOLLOWED
    ).exclude(external_id="")
    found = deliveries.annotate(last=Max("snapshots__taken_at")).order_by("-published_at", "-pk")
    rows = found.values_list("pk", "external_id", "published_at", "last")
    posts = [FollowedPost(*row) for row in rows if row[2] is not None]
    return sorted(posts, key=lambda post: _urgency(post, now=now))


def _urgency(post: FollowedPost, *, now: datetime) -> tuple[bool, bool, datetime]:
    waits_since = post.last_at or post.published_at
    is_overdue = now - waits_since > OVERDUE
    return not is_overdue, now - post.published_at > YOUNG, post.last_at or datetime.min.replace(tzinfo=UTC)


def n_posts_allowed(account: Account, *, now: datetime) -> int:
    """Return how many posts may be asked about now, by the quota of what is asked once for each post."""
    kind = connectors.by_slug(account.channel.connector)
    if kind is None or not issubclass(kind, ReadsPageDays):
        return quotas.PLENTY
    return quotas.left(account, kind.asked_per_post, now)
