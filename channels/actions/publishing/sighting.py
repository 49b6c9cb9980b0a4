"""Remembering posts on a channel that a person has to look at: candidates in doubt, and copies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from channels import connectors
from channels.models import Sighting

LONGEST_TEXT = 5000
# So long a list may still show what has been removed.
LISTS_LAG = timedelta(hours=1)


def remember(
    delivery_id: int, posts: Iterable[connectors.SeenPost], *, is_marked: bool, now: datetime
) -> list[Sighting]:
    """Note that these posts have to do with a delivery, inside an entered municipality; return those that are new."""
    kind = Sighting.Kind.MARKED if is_marked else Sighting.Kind.LIKELY
    new = []
    for post in posts:
        told = {
            "kind": kind,
            "permalink": post.permalink,
            "text": post.text[:LONGEST_TEXT],
            "published_at": post.published_at,
            "seen_at": now,
        }
        seen, is_new = Sighting.objects.get_or_create(
            delivery_id=delivery_id, external_id=post.external_id, defaults=told
        )
        if is_new:
            new.append(seen)
        elif seen.kind != kind or (seen.gone_at is not None and now - seen.gone_at > LISTS_LAG):
            # It came back, or carries our link by now.
            Sighting.objects.filter(pk=seen.pk).update(**told, gone_at=None, removed_by=None)
            new.append(seen)
    return new


def settle(delivery_id: int) -> None:
    """Forget what only resembled a delivery once its outcome is known; what carries our link stays."""
    Sighting.objects.filter(delivery_id=delivery_id, kind=Sighting.Kind.LIKELY).delete()
