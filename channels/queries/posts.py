"""What the composer shows beside the text: accounts one can publish to, pictures to choose from, reasons given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from channels import connectors
from channels.models import Account, Delivery, MediaItem, Post
from channels.queries import obstacles

N_RECENT_PICTURES = 12


@dataclass(frozen=True)
class Outlet:
    """An account one can publish to, with its connector, and in words what stands in the way today ("" is nothing)."""

    account: Account
    connector: connectors.Connector
    obstacle: str


def outlets(*, today: date) -> list[Outlet]:
    """Return the municipality's accounts that a connector publishes to. One query, and two for each account."""
    publishing = [slug for slug, connector in connectors.REGISTRY.items() if connector.can_publish]
    accounts = Account.objects.filter(channel__connector__in=publishing).select_related("channel").order_by("pk")
    return [outlet_of(account, today=today) for account in accounts]


def outlet_of(account: Account, *, today: date) -> Outlet:
    """Return one account as an outlet."""
    code = obstacles.publishing_obstacle(account, today=today)
    return Outlet(account, connector_for(account), obstacles.sentence(code) if code else "")


def connector_for(account: Account | None) -> connectors.Connector:
    """Return the connector that counts an account's texts; before there is an account, the first that can publish."""
    kind = connectors.by_slug(account.channel.connector) if account else None
    return (kind or next(each for each in connectors.REGISTRY.values() if each.can_publish))()


def delivery_of(post: Post) -> Delivery | None:
    """Return the post's delivery, or None while the municipality has no account to deliver to. One query."""
    deliveries = post.deliveries.select_related("account__channel", "link__source", "post__media", "post__job")
    return deliveries.order_by("pk").first()


def recent_pictures(*, chosen: MediaItem | None = None) -> list[MediaItem]:
    """Return the newest pictures, and the chosen one wherever it is. One query."""
    pictures = list(MediaItem.objects.all()[:N_RECENT_PICTURES])
    return pictures if chosen is None or chosen in pictures else [chosen, *pictures]


def kept_wordings(post: Post | None) -> dict[tuple[str, str], str]:
    """Return the reasons given for wordings of a post, by rule and wording in small letters. One query."""
    if post is None:
        return {}
    return {(each.rule, each.phrase.lower()): each.reason for each in post.wording_choices.all()}
