"""
The night's plan: every connected page is asked once, spread over the early morning (P7).

Municipalities come at moments of their own, the same each night, so that neither the channel nor our worker meets all
of them at once. What a quota leaves out of one night comes first the next; see `queries.follow_up`.
"""

import hashlib
from datetime import datetime, timedelta
from typing import cast

from analytics.actions import pulling
from analytics.models import FetchRun
from channels.models import Account

# From the beat's hour to well before people come to work, with room for coming back after an outage.
SPREAD = timedelta(minutes=100)
# Two beats, or one that is late, are the same night.
ONCE_IN = timedelta(hours=12)


def plan(*, account: Account, now: datetime) -> FetchRun:
    """
    Return the account's run of this night, waiting for its moment. Call it inside `tenant()`.

    :raises ServedByHand: the channel has no connector
    :raises TooSoon: the account has its run of this night, or the channel has asked us to wait
    """
    planned = FetchRun.objects.filter(
        account=account, trigger=FetchRun.Trigger.NIGHTLY, is_come_back=False, asked_at__gt=now - ONCE_IN
    )
    if run := planned.order_by("-asked_at").first():
        raise pulling.TooSoon(run.asked_at + ONCE_IN, is_asked_to_wait=False)
    moment = now + moment_of(cast(int, account.municipality_id))
    return pulling.request_fetch(account=account, trigger=FetchRun.Trigger.NIGHTLY, now=now, not_before=moment)


def moment_of(municipality_id: int) -> timedelta:
    """Return how long after the beginning of the night a municipality comes: spread evenly, and always the same."""
    digest = hashlib.sha256(f"night {municipality_id}".encode()).digest()
    return SPREAD * (int.from_bytes(digest[:4]) / 2**32)
