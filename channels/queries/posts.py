"""What the composer shows beside the text: accounts one can publish to, pictures to choose from, reasons given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from channels import connectors
from channels.models import Account, Delivery, MediaItem, Post
from channels.queries import obstacles

N_RECENT = 12


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
    code = obstacles.standing_obstacle(account, today=today)
    return Outlet(account, connector_for(account), obstacles.sentence(code) if code else "")


def connector_for(account: Account | None) -> connectors.Connector:
    """Return the connector that counts an account's texts; before there is an account, the first that can publish."""
    kind = connectors.by_slug(account.channel.connector) if account else None
    return (kind or next(each for each in connectors.REGISTRY.values() if each.can_publish))()


def deliveries_of(post: Post) -> list[Delivery]:
    """Return the post's deliveries, the oldest first; none while there is no account to deliver to. One query."""
    deliveries = post.deliveries.select_related("account__channel", "link__source", "post__media", "post__job")
    return list(deliveries.order_by("pk"))


def recent_pictures(*, chosen: MediaItem | None = None) -> list[MediaItem]:
    """Return the newest pictures, and the chosen one wherever it is. One query."""
    return _recent(MediaItem.Kind.PICTURE, chosen)


def recent_videos(*, chosen: MediaItem | None = None) -> list[MediaItem]:
    """Return the newest videos, and the chosen one wherever it is. One query."""
    return _recent(MediaItem.Kind.VIDEO, chosen)


def _recent(kind: str, chosen: MediaItem | None) -> list[MediaItem]:
    items = list(MediaItem.objects.filter(kind=kind)[:N_RECENT])
    return items if chosen is None or chosen.kind != kind or chosen in items else [chosen, *items]


def words_of(post: Post) -> str:
    """Return everything that a post says in words, its link card too, for the rules that warn of wordings."""
    return "\n".join(part for part in (post.text, post.card_title, post.card_description) if part)


def kept_wordings(post: Post | None) -> dict[tuple[str, str], str]:
    """Return the reasons given for wordings of a post, by rule and wording in small letters. One query."""
    if post is None:
        return {}
    return {(each.rule, each.phrase.lower()): each.reason for each in post.wording_choices.all()}
