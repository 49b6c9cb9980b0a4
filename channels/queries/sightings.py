"""Posts on the channel that a person has to look at: copies of what is out, and candidates for what is in doubt."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from channels.models import Delivery, Sighting

State = Delivery.State
# So long it is told that a post is gone; after that it is history.
TOLD_FOR = timedelta(days=14)


def copies(delivery: Delivery | None = None) -> QuerySet[Sighting]:
    """Return the copies that still stand on their channel, of one delivery or of all, oldest first."""
    rows = Sighting.objects.filter(
        kind=Sighting.Kind.MARKED, gone_at__isnull=True, delivery__state__in=[State.PUBLISHED, State.REMOVED]
    ).exclude(external_id=F("delivery__external_id"))
    rows = rows if delivery is None else rows.filter(delivery=delivery)
    return rows.select_related("delivery__post", "delivery__account__channel")


def candidates(delivery: Delivery) -> list[Sighting]:
    """Return the posts that may be this delivery, while that is in doubt."""
    if delivery.state != State.MANUAL:
        return []
    return list(Sighting.objects.filter(delivery=delivery, gone_at__isnull=True))


def gone(*, now: datetime) -> QuerySet[Delivery]:
    """Return the published deliveries that somebody else took away lately, newest first."""
    rows = Delivery.objects.filter(state=State.REMOVED, reason="gone", looked_at__gte=now - TOLD_FOR)
    return rows.select_related("post", "account__channel").order_by("-looked_at", "-pk")
