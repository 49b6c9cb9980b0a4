"""Taking a due delivery (T4), or finding why it must not be sent (T3, T5, T6), and the last check before sending."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from channels import connectors
from channels.actions.publishing import facts, reaching, trail, writes
from channels.actions.publishing.blocking import (
    block,
    is_too_late,
    look_at_blocked,
    mark_late,
    wait_for_platform,
)
from channels.actions.publishing.trail import Kind, State
from channels.connectors import Card
from channels.models import Account, Delivery, MediaItem
from channels.queries import contents, obstacles, pauses
from foundation import clock
from foundation.tenancy import tenant

# The clock that leases are measured with goes on while the machine sleeps, where the system has such a one.
TICKING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class NotDue(Exception):
    """There is nothing to send: someone else has the delivery, its time has not come, or it may not be sent now."""


class LeaseLost(Exception):
    """The lease has no room for the whole send, or the delivery is no longer ours. Nothing was sent."""


class Stopped(Exception):
    """Somebody stopped all publishing after the claim. Nothing was sent. `code` says who, as an obstacle's does."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ticks() -> float:
    """Return this machine's seconds since some moment: never set back, and counting while it is suspended."""
    return time.clock_gettime(TICKING)


@dataclass(frozen=True)
class Claim:
    """
    One attempt in the hands of one worker: what it may send, and until when.

    `claimed_at` is UTC. `started` is this machine's `ticks` from before the claim, so that the room it leaves is never
    longer than what the database's clock grants. `calls` is what the platform was asked, until that is noted.
    """

    municipality_id: int
    delivery_id: int
    attempt_id: int
    fence: int
    account: Account
    text: str
    media: MediaItem | None
    card: Card | None
    marker: str
    claimed_at: datetime
    started: float
    calls: Counter[str] = field(default_factory=Counter, repr=False, compare=False)
    # Read with the claim where it needs no renewal; else None.
    access: connectors.Access | None = field(default=None, repr=False, compare=False)

    @property
    def moment(self) -> datetime:
        """This moment (UTC), counted from the claim by the monotonic clock."""
        return self.claimed_at + timedelta(seconds=ticks() - self.started)

    @property
    def room_s(self) -> float:
        """Seconds of the lease that are left."""
        return settings.PUBLISH_LEASE_S - (ticks() - self.started)

    @property
    def mine(self) -> dict[str, Any]:
        """The condition under which the delivery is still this attempt's."""
        return {"fence": self.fence}


def claim(*, municipality_id: int, delivery_id: int, now: datetime) -> Claim:
    """
    Take a due delivery: fence + 1, a lease by the database's clock, an attempt row with its marker, all committed.

    What may not be sent changes its state instead: late, blocked, or back to draft when it is not what was approved.

    :raises NotDue: nothing was taken
    """
    started = ticks()
    found = facts.read(municipality_id=municipality_id, delivery_id=delivery_id, now=now)
    if found is None:
        raise NotDue("gone, or another municipality's")
    if not found.is_clear(now=now) and not _is_clear_after_all(municipality_id, delivery_id, now=now):
        raise NotDue("not to be sent now")
    # Read without a lock: what was read still holds when the row has the same fence and the same approval.
    attempt_id = writes.take(found.delivery, municipality_id=municipality_id, now=now, lease_s=settings.PUBLISH_LEASE_S)
    if attempt_id is None:
        raise NotDue("held by someone else, or changed meanwhile")
    return _claim(found, municipality_id=municipality_id, attempt_id=attempt_id, now=now, started=started)


def _claim(found: facts.Facts, *, municipality_id: int, attempt_id: int, now: datetime, started: float) -> Claim:
    delivery = found.delivery
    return Claim(
        municipality_id=municipality_id,
        delivery_id=delivery.pk,
        attempt_id=attempt_id,
        fence=delivery.fence + 1,
        account=delivery.account,
        text=delivery.approved_text,
        media=delivery.approved_media,
        card=contents.approved_card_of(delivery),
        marker=delivery.link.code,
        claimed_at=now,
        started=started,
        access=reaching.at_hand(found, now=now),
    )


def _is_clear_after_all(municipality_id: int, delivery_id: int, *, now: datetime) -> bool:
    """Find with the row locked why a delivery is not to be sent now, and change its state if that is due."""
    with tenant(municipality_id):
        is_free = Delivery.objects.select_for_update(skip_locked=True).filter(pk=delivery_id).values_list("pk").first()
        if not is_free:
            raise NotDue("held by someone else, or gone")
        delivery = Delivery.objects.select_related("account__channel", "post", "link").get(pk=delivery_id)
        if delivery.state == State.BLOCKED:
            look_at_blocked(delivery, now=now)
            return False
        is_due = delivery.state == State.SCHEDULED and (delivery.next_at or now) <= now
        return is_due and not _put_aside(delivery, now=now)


def _put_aside(delivery: Delivery, *, now: datetime) -> bool:
    """Change the state of a due delivery that may not be sent; return whether it was put aside."""
    today = now.astimezone(clock.OSLO).date()
    if is_too_late(delivery, now=now):
        mark_late(delivery, now=now)
    elif code := obstacles.publishing_obstacle(delivery.account, today=today):
        block(delivery, code=code, now=now)
    elif code := obstacles.job_obstacle(delivery.post.job, day=today):
        mark_late(delivery, now=now, code=code)
    elif until := pauses.paused_until(
        connector=delivery.account.channel.connector, account_id=delivery.account_id, now=now
    ):
        wait_for_platform(delivery, until=until)
    elif contents.current_hash(delivery) != delivery.approved_hash:
        _back_to_draft(delivery, now=now)
    else:
        return False
    return True


def _back_to_draft(delivery: Delivery, *, now: datetime) -> None:
    """What stands in the post is not what was approved: nothing is sent, and the approval is void (P3)."""
    trail.move(
        delivery.pk,
        rule="T3",
        sources={State.SCHEDULED},
        to=State.DRAFT,
        where={"fence": delivery.fence},
        at=now,
        kind=Kind.TO_DRAFT,
        detail="changed_after_approval",
        reason="changed_after_approval",
        approved_text="",
        approved_media=None,
        approved_card_title="",
        approved_card_description="",
        approved_hash="",
        approved_by=None,
    )


def pass_gate(claim: Claim) -> None:
    """
    Note, committed, that sending begins now, if the delivery is still ours and the whole send fits into the lease.

    The database's clock decides, and this machine's monotonic clock must agree, before and after: a worker that was
    stopped while it waited for the commit has no room left either.

    :raises LeaseLost: nothing may be sent
    :raises Stopped: nothing may be sent before the stop is lifted
    """
    needed_s = settings.PUBLISH_DEADLINE_S
    if claim.room_s < needed_s:
        raise LeaseLost("no room left by our clock")
    may_send, stop = writes.pass_gate(
        municipality_id=claim.municipality_id,
        delivery_id=claim.delivery_id,
        fence=claim.fence,
        attempt_id=claim.attempt_id,
        needed_s=needed_s,
        at=claim.moment,
    )
    if stop:
        raise Stopped(stop)
    if not may_send:
        raise LeaseLost("no longer ours, or no room left by the database's clock")


def check_room(claim: Claim) -> None:
    """
    Look at the monotonic clock once more, right before the first byte.

    :raises LeaseLost: the worker was stopped since the gate; nothing has been sent
    """
    if claim.room_s < settings.PUBLISH_DEADLINE_S:
        raise LeaseLost("stopped between gate and sending")
