"""What time alone decides: leases that ran out, deliveries that became late, accounts that died or came back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now

from channels.actions.publishing import blocking, queue, recording
from channels.actions.publishing.trail import State
from channels.models import Account, Delivery, Due
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

BATCH = 200


def expire_leases(*, now: datetime) -> int:
    """
    Move deliveries whose lease has run out to unknown (T10): their worker is gone, and nobody knows how far it came.

    Never back to scheduled. The database's clock decides. Return how many were moved.
    """
    n_expired = 0
    for municipality_id, delivery_id in queue.waiting(Due.Kind.LEASE, until=Now(), limit=BATCH):
        try:
            with tenant(municipality_id):
                n_expired += _expire(delivery_id, now=now)
        except Exception as problem:
            # One row's fault must not keep the others from being found; the next sweep tries it again.
            logger.error("Delivery %s: %s when its lease ran out", delivery_id, type(problem).__name__)
    return n_expired


def _expire(delivery_id: int, *, now: datetime) -> bool:
    fence = Delivery.objects.filter(pk=delivery_id, state=State.SENDING).values_list("fence", flat=True).first()
    if fence is None:
        return False
    where = {"fence": fence, "lease_until__lte": Now()}
    return recording.to_unknown(delivery_id, where=where, fence=fence, at=now, code="lease_expired")


def mark_late(*, now: datetime) -> int:
    """
    Leave scheduled deliveries whose time is long past to a person (T5), so that a backlog never bursts out (P4).

    Return how many became late.
    """
    # A row that was rung is put off by one sweep at the most, so this sees every row that is due.
    until = now + timedelta(seconds=settings.PUBLISH_SWEEP_S)
    due = queue.waiting(Due.Kind.SEND, until=until, limit=BATCH)
    n_late = 0
    for municipality_id in sorted({municipality_id for municipality_id, _ in due}):
        delivery_ids = [delivery_id for other, delivery_id in due if other == municipality_id]
        with tenant(municipality_id):
            late = Delivery.objects.select_for_update(skip_locked=True).filter(
                pk__in=delivery_ids,
                state=State.SCHEDULED,
                due_at__lt=now - timedelta(seconds=settings.LATE_AFTER_S),
            )
            n_late += sum(blocking.mark_late(delivery, now=now) for delivery in late)
    return n_late


def block_all(account: Account, *, code: str, now: datetime) -> int:
    """Hold back every scheduled delivery of an account, inside an entered municipality; return how many (T6, P6)."""
    scheduled = Delivery.objects.filter(account=account, state=State.SCHEDULED).order_by("pk")
    return sum(blocking.block(delivery, code=code, now=now) for delivery in scheduled)
