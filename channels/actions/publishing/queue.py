"""
The queue: one row in `Due` for each delivery that waits for a machine, in the same transaction as its state.

PostgreSQL is the queue; a message is only a doorbell. Taking a row moves it a little ahead, so that a lost message is
rung again and a row that is being worked on is not rung every second.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from channels.models import Due
from foundation.tenancy import current_municipality_id


def put(delivery_id: int, *, kind: str, at: Any) -> None:
    """Have `kind` done at `at` (UTC, or an expression of the database's clock); replaces what waited before."""
    row = Due(delivery_id=delivery_id, municipality_id=current_municipality_id(), kind=kind, due_at=at)
    Due.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["delivery_id"], update_fields=["kind", "due_at"]
    )


def drop(delivery_id: int) -> None:
    """Nothing more is to be done by a machine."""
    Due.objects.filter(delivery_id=delivery_id, municipality_id=current_municipality_id()).delete()


def take(kind: str, *, until: Any, ring_again_at: datetime, limit: int) -> list[tuple[int, int]]:
    """
    Return (municipality id, delivery id) of rows due at `until`, oldest first, and put them off to `ring_again_at`.

    Rows that somebody else holds at this moment are skipped: two ticks at once never return the same row.
    """
    with transaction.atomic():
        rows = list(
            Due.objects.select_for_update(skip_locked=True)
            .filter(kind=kind, due_at__lte=until)
            .order_by("due_at", "delivery_id")[:limit]
            .values_list("municipality_id", "delivery_id")
        )
        Due.objects.filter(delivery_id__in=[delivery_id for _, delivery_id in rows]).update(due_at=ring_again_at)
    return rows


def waiting(kind: str, *, until: Any, limit: int) -> list[tuple[int, int]]:
    """Return (municipality id, delivery id) of rows due at `until`, oldest first, without touching them."""
    rows = Due.objects.filter(kind=kind, due_at__lte=until).order_by("due_at", "delivery_id")
    return list(rows.values_list("municipality_id", "delivery_id")[:limit])


def soon(now: datetime, *, seconds: float) -> datetime:
    """Return the moment `seconds` after `now`."""
    return now + timedelta(seconds=seconds)
