"""
Counting what a platform is asked, by account, endpoint and UTC day: the platform counts too, and tells nobody how far.

Connectors count in memory while they work. Whoever records what came of the calls notes them in the same transaction,
so that publishing pays one statement at the most and no commit of its own.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from channels.models import Account, CallCount, PlatformPause

# Long enough to see what a month was like.
KEPT = timedelta(days=35)

# Rows are taken in the order of their endpoints, so that two workers of one account cannot wait for each other.
_STATEMENT = """
INSERT INTO channels_callcount (connector, municipality_id, account_id, endpoint, day, n_calls)
SELECT %s, %s, %s, told.endpoint, %s, told.n_calls
FROM unnest(%s::text[], %s::int[]) AS told (endpoint, n_calls)
ORDER BY told.endpoint
ON CONFLICT (connector, day, endpoint, account_id)
DO UPDATE SET n_calls = channels_callcount.n_calls + EXCLUDED.n_calls
"""


def note(account: Account, calls: Counter[str], *, now: datetime) -> None:
    """
    Add what a connector has counted to the account's day, and empty the counter. Call it in the recording transaction.

    :param calls: the connector's `calls`; nothing counted costs nothing
    :param now: UTC decides the day
    """
    if not calls:
        return
    sql, parameters = statement(account, calls, now=now)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    calls.clear()


def forget_old(*, now: datetime) -> int:
    """Delete counts that nobody looks at any more, and pauses long over; return how many. Nothing hangs on them."""
    n_counts, _ = CallCount.objects.filter(day__lt=now.astimezone(UTC).date() - KEPT).delete()
    n_pauses, _ = PlatformPause.objects.filter(until__lt=now - KEPT).delete()
    return n_counts + n_pauses


def statement(account: Account, calls: Counter[str], *, now: datetime) -> tuple[str, list[Any]]:
    """Return the same as one SQL statement with its parameters, for whoever records with a statement of its own."""
    endpoints = sorted(calls)
    return _STATEMENT, [
        account.channel.connector,
        account.municipality_id,
        account.pk,
        now.astimezone(UTC).date(),
        [endpoint[:80] for endpoint in endpoints],
        [calls[endpoint] for endpoint in endpoints],
    ]
