"""Whether somebody has stopped all publishing, in the entered municipality or for everybody: who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, QuerySet, Value

from channels.models import Delivery, Freeze, FreezeForAll

# Earlier stops that a page shows.
SHOWN = 10


@dataclass(frozen=True)
class StopInForce:
    """A stop that lasts. `since` is UTC; `by` is the name of whoever stopped."""

    is_for_all: bool
    reason: str
    since: datetime
    by: str


def in_force() -> StopInForce | None:
    """Return the stop that keeps the entered municipality from publishing: everybody's before its own. One query."""
    fields = ("reason", "began_at", "began_by__full_name")
    own, everybodys = (
        rows.filter(ended_at__isnull=True)
        .order_by()
        .values_list(Value(is_for_all, output_field=BooleanField()), *fields)
        for rows, is_for_all in ((Freeze.objects, False), (FreezeForAll.objects, True))
    )
    rows = sorted(own.union(everybodys, all=True), key=lambda row: not row[0])
    return StopInForce(*rows[0]) if rows else None


def code() -> str:
    """Return "frozen_all" or "frozen" while all publishing is stopped, else "". One query."""
    stop = in_force()
    if stop is None:
        return ""
    return "frozen_all" if stop.is_for_all else "frozen"


def everybodys() -> FreezeForAll | None:
    """Return the stop of the whole installation while it lasts. One query; needs no municipality."""
    return FreezeForAll.objects.select_related("began_by").filter(ended_at__isnull=True).first()


def n_held() -> int:
    """Return how many deliveries of the entered municipality a stop holds back now. One query."""
    return Delivery.objects.filter(state=Delivery.State.BLOCKED, reason__in=["frozen", "frozen_all"]).count()


def history() -> QuerySet[Freeze]:
    """Return the municipality's latest stops that are over, newest first. One query."""
    return Freeze.objects.select_related("began_by", "ended_by").filter(ended_at__isnull=False)[:SHOWN]


def history_of_all() -> QuerySet[FreezeForAll]:
    """Return the latest stops of the whole installation that are over, newest first. One query."""
    return FreezeForAll.objects.select_related("began_by", "ended_by").filter(ended_at__isnull=False)[:SHOWN]
