"""
Reading what stands below our posts, and forgetting it in time (R11, the platform's terms).

Nobody's name is read. A text is shown until `keep_until`, and deleted within the hour after that; reading it anew gives
it a new time, because it still stands on the channel.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from channels import connectors
from channels.actions import access as accesses
from channels.connectors import AccessDead, ConnectorError
from channels.connectors.comments import Comment as Told
from channels.connectors.comments import ReadsComments
from channels.models import Account, Comment, CommentReading, Delivery
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

NOT_OFTENER_THAN = timedelta(minutes=2)
LONGEST_TEXT = 5000
DOING = "comments"


class NothingToRead(Exception):
    """The delivery is not on a channel whose comments can be read."""


class TooSoon(Exception):
    """They were read a moment ago. `until` (UTC) says when they may be read again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Not before {until.isoformat()}")
        self.until = until


def reads_comments(account: Account) -> bool:
    """Whether the account's channel lets us read comments."""
    kind = connectors.by_slug(account.channel.connector)
    return kind is not None and issubclass(kind, ReadsComments)


def read(*, municipality_id: int, delivery_id: int, now: datetime) -> CommentReading:
    """
    Ask the channel for the comments below one published post and store them; return how it went.

    Called outside `tenant()`: no transaction is open while the channel is asked. What no longer stands there is deleted
    here too. A problem is a code in the result, and leaves what was read before.

    :raises NothingToRead: see there
    :raises TooSoon: see there
    """
    with tenant(municipality_id):
        delivery = Delivery.objects.select_related("account__channel").get(pk=delivery_id)
        account = delivery.account
        if delivery.state != Delivery.State.PUBLISHED or not delivery.external_id or not reads_comments(account):
            raise NothingToRead
        _begin(delivery, now=now)
    try:
        told, kept_h = _ask(account, delivery.external_id, now=now)
    except ConnectorError as problem:
        with tenant(municipality_id):
            return _end(delivery_id, problem=problem.code)
    with tenant(municipality_id):
        _store(delivery_id, told, now=now, keep_until=now + timedelta(hours=kept_h))
        return _end(delivery_id, read_at=now, n_told=len(told))


def forget(*, now: datetime) -> int:
    """Delete, inside an entered municipality, what may no longer be kept; return how many."""
    return Comment.objects.filter(keep_until__lte=now).delete()[0]


def _begin(delivery: Delivery, *, now: datetime) -> None:
    """Note that we ask now, unless somebody asked a moment ago: two at once ask once."""
    reading, is_new = CommentReading.objects.get_or_create(delivery=delivery, defaults={"asked_at": now})
    if is_new:
        return
    free = CommentReading.objects.filter(pk=reading.pk, asked_at__lte=now - NOT_OFTENER_THAN)
    if not free.update(asked_at=now):
        raise TooSoon(reading.asked_at + NOT_OFTENER_THAN)


def _ask(account: Account, external_id: str, *, now: datetime) -> tuple[list[Told], int]:
    access = None
    try:
        access = accesses.access_for(account, now=now)
        kind = connectors.by_slug(account.channel.connector)
        if kind is None or not issubclass(kind, ReadsComments):
            raise NothingToRead
        connector = kind(access)
        told = connector.comments(external_id)
    except AccessDead as problem:
        accesses.refused(account, problem, doing=DOING, now=now, access=access)
        raise
    accesses.allowed(account, doing=DOING)
    return told, connector.comments_kept_h


def _store(delivery_id: int, told: list[Told], *, now: datetime, keep_until: datetime) -> None:
    rows = [
        Comment(
            delivery_id=delivery_id,
            external_id=each.external_id,
            parent_external_id=each.parent_id,
            # PostgreSQL keeps no NUL.
            text=each.text.replace("\0", "")[:LONGEST_TEXT],
            is_ours=each.is_ours,
            written_at=each.written_at,
            read_at=now,
            keep_until=keep_until,
        )
        for each in told
        if len(each.external_id) <= 120
    ]
    Comment.objects.filter(delivery_id=delivery_id).exclude(external_id__in=[row.external_id for row in rows]).delete()
    Comment.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["delivery", "external_id"],
        update_fields=["parent_external_id", "text", "is_ours", "written_at", "read_at", "keep_until"],
    )


def _end(
    delivery_id: int, *, read_at: datetime | None = None, n_told: int | None = None, problem: str = ""
) -> CommentReading:
    reading = CommentReading.objects.get(delivery_id=delivery_id)
    reading.problem = problem[:60]
    if not problem:
        reading.read_at, reading.n_told = read_at, n_told
    reading.save(update_fields=["problem", "read_at", "n_told"])
    return reading
