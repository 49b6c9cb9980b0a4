"""Holding a due delivery back, and letting it go on: in order, with room between, and never past its time (T5, T6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from channels.actions.publishing import trail
from channels.actions.publishing.trail import Kind, State
from channels.models import Account, Delivery, Due
from channels.queries import obstacles
from foundation import clock

# How often a blocked delivery is looked at again. Reconnecting and lifting a stop do not wait for it.
BLOCKED_LOOK_S = 60
# Between two posts of one account that had to wait: a backlog does not come out in a burst (P4).
APART = timedelta(seconds=20)
# The same after the platform asked us to wait: in order, and not all at the same moment.
APART_AFTER_PAUSE = timedelta(seconds=1)


def is_too_late(delivery: Delivery, *, now: datetime) -> bool:
    """Whether so much time has passed that a person decides (P4)."""
    return delivery.due_at is not None and now > delivery.due_at + timedelta(seconds=settings.LATE_AFTER_S)


def mark_late(delivery: Delivery, *, now: datetime, code: str = "too_late") -> bool:
    """Leave a scheduled delivery to a person (T5): its time is past, or its vacancy may no longer be marketed."""
    return trail.move(
        delivery.pk,
        rule="T5",
        sources={State.SCHEDULED},
        to=State.LATE,
        where={"fence": delivery.fence},
        at=now,
        kind=Kind.LATE,
        detail=code,
        reason=code,
    )


def block(delivery: Delivery, *, code: str, now: datetime) -> bool:
    """Hold a scheduled delivery back until nothing stands in its way any more (T6, P6)."""
    return trail.move(
        delivery.pk,
        rule="T6",
        sources={State.SCHEDULED},
        to=State.BLOCKED,
        where={"fence": delivery.fence},
        at=now,
        kind=Kind.BLOCKED,
        detail=code,
        reason=code,
        reason_detail="",
        wait=(Due.Kind.SEND, now + timedelta(seconds=BLOCKED_LOOK_S)),
    )


def wait_for_platform(delivery: Delivery, *, until: datetime) -> None:
    """
    Leave a due delivery until the platform may be asked again (F6): it stays scheduled, and no attempt is used.

    The account's posts come back in the order of their times, a little apart; what is too late by then becomes late.
    """
    earlier = Delivery.objects.filter(account_id=delivery.account_id, state=State.SCHEDULED)
    n_ahead = earlier.filter(due_at__lt=delivery.due_at).count() if delivery.due_at else 0
    limit = (delivery.due_at or until) + timedelta(seconds=settings.LATE_AFTER_S + 1)
    next_at = min(until + n_ahead * APART_AFTER_PAUSE, limit)
    Delivery.objects.filter(pk=delivery.pk, state=State.SCHEDULED).update(next_at=next_at, reason="throttled")
    trail.queue.put(delivery.pk, kind=Due.Kind.SEND, at=next_at)


def look_at_blocked(delivery: Delivery, *, now: datetime) -> bool:
    """
    Let a blocked delivery go on if nothing stands in its way, and with it all that wait for the same account (T6).

    Return whether it is no longer blocked. Called with its row locked.
    """
    code = obstacles.publishing_obstacle(delivery.account, today=now.astimezone(clock.OSLO).date())
    if not code:
        return delivery.pk in _release(delivery.account, now=now)
    next_at = now + timedelta(seconds=BLOCKED_LOOK_S)
    # Somebody may have dropped it meanwhile: then nothing waits any more.
    if Delivery.objects.filter(pk=delivery.pk, state=State.BLOCKED).update(next_at=next_at, reason=code):
        trail.queue.put(delivery.pk, kind=Due.Kind.SEND, at=next_at)
    return False


def unblock(account: Account, *, now: datetime) -> int:
    """
    Let an account's blocked deliveries go on if it is healthy again; those whose time is past become late (T6).

    Called inside an entered municipality, in the transaction that removed the obstacle. Return how many left the state.
    """
    code = obstacles.publishing_obstacle(account, today=now.astimezone(clock.OSLO).date())
    if not code:
        return len(_release(account, now=now))
    Delivery.objects.filter(account=account, state=State.BLOCKED).exclude(reason=code).update(reason=code)
    return 0


def _release(account: Account, *, now: datetime) -> set[int]:
    """
    Let every blocked delivery of a healthy account go on, oldest first, and return which did.

    One at a time holds the account; rows that somebody is changing are skipped, and looked at again within a minute.
    """
    Account.objects.select_for_update(no_key=True).values_list("pk").get(pk=account.pk)
    blocked = Delivery.objects.select_for_update(skip_locked=True).filter(account=account, state=State.BLOCKED)
    waiting = Delivery.objects.filter(account=account, state=State.SCHEDULED, due_at__lte=now, n_postponed=0)
    latest = waiting.aggregate(latest=Max("next_at"))["latest"]
    released = set()
    for delivery in blocked.order_by("due_at", "pk"):
        due_at = delivery.due_at or now
        next_at = due_at if due_at > now else max(now, latest + APART if latest else now)
        is_moved = _go_on(delivery, next_at=next_at, now=now)
        if is_moved and due_at <= now and delivery.state == State.SCHEDULED:
            latest = next_at
        released |= {delivery.pk} if is_moved else set()
    return released


def _go_on(delivery: Delivery, *, next_at: datetime, now: datetime) -> bool:
    is_late = is_too_late(delivery, now=next_at)
    delivery.state = State.LATE if is_late else State.SCHEDULED
    return trail.move(
        delivery.pk,
        rule="T6",
        sources={State.BLOCKED},
        to=delivery.state,
        where={"fence": delivery.fence},
        at=now,
        kind=Kind.LATE if is_late else Kind.UNBLOCKED,
        detail="too_late" if is_late else "",
        reason="too_late" if is_late else "",
        reason_detail="",
        wait=None if is_late else (Due.Kind.SEND, next_at),
    )
