"""
The queue: one row in `Due` for each delivery that waits for a machine, in the same transaction as its state.

PostgreSQL is the queue; a message is only a doorbell. Taking a row moves it a little ahead, so that a lost message is
rung again and a row that is being worked on is not rung every second.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

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


# Every municipality in turn, the oldest of each first, so that one with many posts holds nobody up: what it has on its
# way already counts as its first turns. What is due later comes last, and equals by lot. A crash of the database may
# forget that rows were put aside: they are only rung again.
_RESERVE = """
SELECT set_config('synchronous_commit', 'off', true);
WITH due AS (
    SELECT delivery_id, due_at, kind = 'send' AND due_at <= %(until)s AS is_due, row_number() OVER (
        PARTITION BY municipality_id ORDER BY kind = 'send' AND due_at <= %(until)s, due_at, delivery_id
    ) AS turn
    FROM channels_due WHERE kind = 'lease' OR kind = 'send' AND due_at <= %(again)s
), wanted AS MATERIALIZED (
    SELECT delivery_id, turn, row_number() OVER (ORDER BY due_at > %(now)s, turn, due_at, random()) AS place
    FROM due WHERE is_due ORDER BY place LIMIT 4 * %(limit)s
), chosen AS (
    SELECT waits.delivery_id, waits.due_at, wanted.place FROM wanted JOIN channels_due waits USING (delivery_id)
    WHERE waits.kind = 'send' AND waits.due_at <= %(until)s
    ORDER BY wanted.place LIMIT %(limit)s FOR UPDATE OF waits SKIP LOCKED
), reserved AS (
    UPDATE channels_due waits SET due_at = greatest(%(again)s, waits.due_at) FROM chosen
    WHERE waits.delivery_id = chosen.delivery_id
    RETURNING waits.municipality_id, waits.delivery_id, chosen.due_at, chosen.place
)
SELECT municipality_id, delivery_id, due_at FROM reserved ORDER BY place
"""


def reserve(*, now: datetime, until: datetime, ring_again_at: datetime, limit: int) -> list[tuple[int, int, datetime]]:
    """
    Return (municipality id, delivery id, due at) of rows to be sent by `until`, put off to `ring_again_at` meanwhile.

    Each municipality in turn. Rows that somebody else holds are skipped: two workers never get the same row.
    """
    given: dict[str, Any] = {"now": now, "until": until, "again": ring_again_at, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, given)
        return cursor.fetchall()


def is_due(*, until: datetime, beyond: int = 0) -> bool:
    """Whether more than `beyond` rows are to be sent by `until`."""
    rows = Due.objects.filter(kind=Due.Kind.SEND, due_at__lte=until).values_list("delivery_id", flat=True)
    return len(rows[: beyond + 1]) > beyond


def waiting(kind: str, *, until: Any, limit: int) -> list[tuple[int, int]]:
    """Return (municipality id, delivery id) of rows due at `until`, oldest first, without touching them."""
    rows = Due.objects.filter(kind=kind, due_at__lte=until).order_by("due_at", "delivery_id")
    return list(rows.values_list("municipality_id", "delivery_id")[:limit])


def soon(now: datetime, *, seconds: float) -> datetime:
    """Return the moment `seconds` after `now`."""
    return now + timedelta(seconds=seconds)
