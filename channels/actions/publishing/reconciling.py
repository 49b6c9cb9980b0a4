"""
Asking the channel about deliveries whose outcome is unknown (T7, T11, T12).

The marker, the code of the delivery's own tracked link, decides: found once is published, found twice is an alarm. A
post that only resembles ours goes to a person, and one that another page wrote is never ours. Absence counts only in
lists read to their end, several of them, over a window longer than any answer or list can lag behind; even then it is
sent again only where the account is set to that (T11).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Min

from channels import connectors
from channels.actions.publishing import matching, reaching, sighting, trail
from channels.actions.publishing.matching import Finding
from channels.actions.publishing.trail import Kind, State
from channels.models import Account, Attempt, Delivery, DeliveryEvent, Due
from channels.queries import contents
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)
T = TypeVar("T")

GIVE_UP_AFTER = timedelta(hours=24)
# Clocks differ: a post is looked for from a little before we began.
SLACK = timedelta(minutes=10)
# After the settle window there is no haste: only a list that cannot be read is still waited for.
SLOWER_AFTER_SETTLING = 15
# So many looks are told one by one; after that only what is new.
MAX_TOLD = 20
# What the post that a duplicate refusal named turned out to be, as the delivery's reason.
NAMED = {"named_gone": "duplicate_gone", "named_not_ours": "duplicate_other"}


class NotUnknown(Exception):
    """The outcome is known by now: there is nothing to ask."""


@dataclass(frozen=True)
class Case:
    """One unknown outcome. Moments are UTC; `sent_at` is when the last attempt was sent, or else claimed."""

    municipality_id: int
    delivery_id: int
    account: Account
    fence: int
    marker: str
    text: str
    first_claimed_at: datetime
    sent_at: datetime
    unknown_since: datetime
    n_absent_reads: int
    n_unknown: int

    @property
    def settles_at(self) -> datetime:
        """From when on absence is believed (UTC)."""
        return self.sent_at + timedelta(seconds=settings.RECONCILE_SETTLE_S)

    @property
    def since(self) -> datetime:
        """How far back the channel's list is read (UTC)."""
        return self.first_claimed_at - SLACK


def reconcile(*, municipality_id: int, delivery_id: int, now: datetime) -> str:
    """
    Ask the channel's own list about one unknown delivery and record what it showed; return the kind of finding.

    :raises NotUnknown: there is nothing to ask, or somebody else's look was quicker
    """
    with tenant(municipality_id):
        case = _case(delivery_id)
    seen = _read_list(case, now=now)
    with tenant(municipality_id):
        finding = _judged(case, seen) if isinstance(seen, connectors.PostList) else seen
        _conclude(case, finding, now=now)
    return finding.kind


def look_at_named(*, municipality_id: int, delivery_id: int, external_id: str, now: datetime) -> str:
    """
    Read the post that a duplicate refusal named: with our marker in it the delivery is published (T10, then T7).

    A post without our marker, one of another page's, or one that does not exist (a ghost) proves nothing: it stays
    unknown, and the trail says which it was. Return the state that was reached.
    """
    with tenant(municipality_id):
        case = _case(delivery_id)
    named = _read_named(case, external_id, now=now)
    with tenant(municipality_id):
        finding = matching.only_ours(case, named) if isinstance(named, connectors.SeenPost) else Finding(named)
        if finding.kind == "found":
            _publish(case, finding, now=now)
            return State.PUBLISHED
        told = finding.kind if isinstance(named, str) else "named_not_ours"
        trail.write(delivery_id, kind=Kind.LOOKED, at=now, detail=told)
        reason = NAMED.get(told, "duplicate")
        Delivery.objects.filter(pk=delivery_id, state=State.UNKNOWN).update(looked_at=now, reason=reason)
    return State.UNKNOWN


def _case(delivery_id: int) -> Case:
    delivery = (
        Delivery.objects.select_related("account__channel", "link")
        .filter(pk=delivery_id, state=State.UNKNOWN)
        .annotate(first_claimed_at=Min("attempts__claimed_at"))
        .first()
    )
    if delivery is None:
        raise NotUnknown
    last = Attempt.objects.filter(delivery=delivery).latest("fence")
    return Case(
        municipality_id=delivery.municipality_id,
        delivery_id=delivery.pk,
        account=delivery.account,
        fence=delivery.fence,
        marker=delivery.link.code,
        text=delivery.approved_text,
        first_claimed_at=delivery.first_claimed_at,
        sent_at=last.sent_at or last.claimed_at,
        unknown_since=delivery.unknown_since or last.claimed_at,
        n_absent_reads=delivery.n_absent_reads,
        n_unknown=Attempt.objects.filter(delivery=delivery, outcome=Attempt.Outcome.UNKNOWN).count(),
    )


def _read_list(case: Case, *, now: datetime) -> connectors.PostList | Finding:
    """Read the channel's own list, or return why it cannot be read. No transaction is open."""
    try:
        return _ask(case, lambda connector: connector.recent_posts(since=case.since), now=now)
    except connectors.ConnectorError as problem:
        return Finding("unreadable", detail=problem.code)
    except Exception as problem:
        return _unexpected(case, problem)


def _read_named(case: Case, external_id: str, *, now: datetime) -> connectors.SeenPost | str:
    """Return the post if it carries our marker and is the account's own, else the code of why it proves nothing."""
    try:
        post = _ask(case, lambda connector: connector.read(external_id), now=now) if external_id else None
    except connectors.ConnectorError:
        return "named_unreadable"
    except Exception as problem:
        _unexpected(case, problem)
        return "named_unreadable"
    if post is None:
        return "named_gone"
    is_ours = matching.is_by(post, case.account) and contents.is_marked(post, case.marker)
    return post if is_ours else "named_not_ours"


def _ask(case: Case, question: Callable[[connectors.Connector], T], *, now: datetime) -> T:
    """Ask the account's connector; access that turns out to be dead is noted, so that a person learns of it (P6)."""
    connector = reaching.connector_of(case.account, now=now)
    try:
        return question(connector)
    except connectors.AccessDead as problem:
        reaching.lost(case.account, problem, connector)
        raise


def _unexpected(case: Case, problem: Exception) -> Finding:
    """A fault of our own proves nothing, and must not keep the case from a person. Its text may hold secrets."""
    logger.error("Delivery %s: %s while looking", case.delivery_id, type(problem).__name__)
    return Finding("unreadable", detail=type(problem).__name__)


def _judged(case: Case, seen: connectors.PostList) -> Finding:
    try:
        with transaction.atomic():
            return matching.judge(case, seen)
    except Exception as problem:
        return _unexpected(case, problem)


def _conclude(case: Case, finding: Finding, *, now: datetime) -> None:
    """Record one look and what follows from it."""
    if finding.kind == "found":
        _publish(case, finding, now=now)
    elif finding.kind in ("twice", "bound_elsewhere", "likely"):
        _hand_over(case, finding, code=finding.kind, now=now)
    elif finding.kind == "absent" and _is_settled(case, now=now):
        if case.n_unknown > 1:
            _hand_over(case, finding, code="second_unknown", now=now)
        elif not case.account.sends_again_by_itself:
            _hand_over(case, finding, code="absent", now=now)
        else:
            _send_again(case, now=now)
    elif now >= case.unknown_since + GIVE_UP_AFTER:
        _hand_over(case, finding, code="unreadable", now=now)
    else:
        _look_again_later(case, finding, now=now)


def _is_settled(case: Case, *, now: datetime) -> bool:
    """Whether this absent read, together with those before it, proves that the post is not out."""
    return case.n_absent_reads + 1 >= settings.RECONCILE_READS and now >= case.settles_at


def _publish(case: Case, finding: Finding, *, now: datetime) -> None:
    post = finding.post
    if post is None:
        raise ValueError("found without a post")
    is_moved = trail.move(
        case.delivery_id,
        rule="T7",
        sources={State.UNKNOWN},
        to=State.PUBLISHED,
        where={"fence": case.fence},
        at=now,
        kind=Kind.FOUND,
        detail=post.external_id,
        external_id=post.external_id,
        permalink=post.permalink,
        published_at=post.published_at or case.sent_at,
        looked_at=now,
        reason="",
        reason_detail="",
    )
    _require(is_moved)


def _send_again(case: Case, *, now: datetime) -> None:
    """Schedule the second attempt, the last without a person (T11). If it is too late by now, the claim finds out."""
    is_moved = trail.move(
        case.delivery_id,
        rule="T11",
        sources={State.UNKNOWN},
        to=State.SCHEDULED,
        where={"fence": case.fence, "n_absent_reads": case.n_absent_reads},
        at=now,
        kind=Kind.RESCHEDULED,
        wait=(Due.Kind.SEND, now),
        n_absent_reads=case.n_absent_reads + 1,
        looked_at=now,
        unknown_since=None,
        reason="",
        reason_detail="",
    )
    _require(is_moved)


def _hand_over(case: Case, finding: Finding, *, code: str, now: datetime) -> None:
    """Leave the matter to a person (T12), with the posts that she has to look at."""
    detail = finding.detail
    is_moved = trail.move(
        case.delivery_id,
        rule="T12",
        sources={State.UNKNOWN},
        to=State.MANUAL,
        where={"fence": case.fence},
        at=now,
        kind=Kind.MANUAL,
        detail=f"{code}: {detail}" if detail else code,
        looked_at=now,
        reason=code,
        reason_detail=detail[:500],
    )
    _require(is_moved)
    sighting.remember(case.delivery_id, finding.posts, is_marked=code == "twice", now=now)
    if code == "twice":
        logger.error("Delivery %s stands on its channel more than once", case.delivery_id)


def _look_again_later(case: Case, finding: Finding, *, now: datetime) -> None:
    is_absent = finding.kind == "absent"
    pause_s = settings.RECONCILE_EVERY_S * (SLOWER_AFTER_SETTLING if now >= case.settles_at and not is_absent else 1)
    next_at = now + timedelta(seconds=pause_s)
    row = Delivery.objects.filter(
        pk=case.delivery_id, state=State.UNKNOWN, fence=case.fence, n_absent_reads=case.n_absent_reads
    )
    _require(bool(row.update(next_at=next_at, looked_at=now, n_absent_reads=case.n_absent_reads + is_absent)))
    trail.queue.put(case.delivery_id, kind=Due.Kind.RECONCILE, at=next_at)
    _tell_look(case, finding, now=now)


def _tell_look(case: Case, finding: Finding, *, now: datetime) -> None:
    """Write the look into the trail; once there are many, only one that showed something else than the last."""
    detail = f"{finding.kind}: {finding.detail}" if finding.detail else finding.kind
    looks = DeliveryEvent.objects.filter(delivery_id=case.delivery_id, kind=Kind.LOOKED, at__gte=case.unknown_since)
    told = list(looks.order_by("-at", "-id").values_list("detail", flat=True)[:MAX_TOLD])
    if len(told) < MAX_TOLD or told[0] != detail:
        trail.write(case.delivery_id, kind=Kind.LOOKED, at=now, detail=detail)


def _require(is_moved: bool) -> None:
    if not is_moved:
        raise NotUnknown
