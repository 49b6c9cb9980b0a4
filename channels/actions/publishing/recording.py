"""What came of an attempt (T6 to T10), each in a transaction of its own, under the fence of the attempt."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from channels import connectors
from channels.actions import access, pauses, quotas
from channels.actions.publishing import trail, writes
from channels.actions.publishing.claiming import Claim
from channels.actions.publishing.trail import Kind, State
from channels.models import Attempt, Delivery, Due
from foundation.tenancy import tenant

MAX_POSTPONED = 5
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 600

Outcome = Attempt.Outcome


class FenceLost(Exception):
    """The delivery went on without this attempt; its outcome stands in the attempt's own row."""


def mark_published(claim: Claim, receipt: connectors.Receipt) -> str:
    """
    Bind the channel's id to the delivery (T7), before anything else is done about it.

    A clear answer counts also when the lease ran out while the channel was answering, as long as no newer attempt has
    begun. An id that another delivery holds is no clear answer.

    :raises FenceLost: see there
    """
    at = claim.moment
    # What the platform was asked is counted in the same message: publishing pays no round trip for it.
    counts = [quotas.statement(claim.account, claim.calls, now=at)] if claim.calls else []
    is_moved, is_taken = writes.bind(
        (claim.delivery_id, claim.fence, claim.account.pk),
        municipality_id=claim.municipality_id,
        attempt_id=claim.attempt_id,
        external_id=receipt.external_id,
        permalink=receipt.permalink,
        at=at,
        before=counts,
    )
    claim.calls.clear()
    if is_taken:
        return mark_unknown(claim, code="id_taken", detail=receipt.external_id)
    return _reached(is_moved, State.PUBLISHED)


def mark_unknown(claim: Claim, *, code: str, detail: str = "") -> str:
    """It may be out (T10): the channel is asked at once, and nothing is sent before it has answered."""
    at = claim.moment
    with tenant(claim.municipality_id):
        is_moved = to_unknown(claim.delivery_id, where=claim.mine, fence=claim.fence, at=at, code=code, detail=detail)
        quotas.note(claim.account, claim.calls, now=at)
    return _reached(is_moved, State.UNKNOWN)


def to_unknown(
    delivery_id: int, *, where: dict[str, Any], fence: int, at: datetime, code: str, detail: str = ""
) -> bool:
    """Move a sending delivery to unknown under `where`, inside an entered municipality; return whether it was."""
    is_moved = trail.move(
        delivery_id,
        rule="T10",
        sources={State.SENDING},
        to=State.UNKNOWN,
        where=where,
        at=at,
        kind=Kind.UNKNOWN,
        detail=_told(code, detail),
        wait=(Due.Kind.RECONCILE, at),
        lease_until=None,
        unknown_since=at,
        n_absent_reads=0,
        reason=code,
        reason_detail=detail,
    )
    if is_moved:
        attempt = Attempt.objects.filter(delivery_id=delivery_id, fence=fence)
        attempt.update(outcome=Outcome.UNKNOWN, ended_at=at, detail=_told(code, detail)[:500])
    return is_moved


def postpone(claim: Claim, problem: connectors.NothingSent, *, outcome: str = Outcome.NOTHING_SENT) -> str:
    """
    Schedule again after a proved non-event (T8): at most five times, jittered, no sooner than the channel asked.

    When the tries are used up, or the next one would come too late, nothing is tried any more: the delivery waits until
    its time is past, and then a person decides (T5). It can be taken back or moved all the while.
    """
    at = claim.moment
    with tenant(claim.municipality_id):
        delivery = Delivery.objects.select_for_update().get(pk=claim.delivery_id)
        _end(claim, outcome, at=at, detail=_told(problem.code, problem.detail))
        if problem.code == "throttled":
            # Everybody who would ask the same waits as long, so that no later post overtakes this one (F6).
            until = pauses.throttled(claim.account, problem, doing="publish", now=at)
            next_at = _within_limit(delivery, until, at=at)
        else:
            next_at = next_try(delivery, at=at, retry_after_s=problem.retry_after_s)
        is_moved = trail.move(
            claim.delivery_id,
            rule="T8",
            sources={State.SENDING},
            to=State.SCHEDULED,
            where=claim.mine,
            at=at,
            kind=Kind.POSTPONED,
            detail=_told(problem.code, problem.detail),
            wait=(Due.Kind.SEND, next_at),
            lease_until=None,
            n_postponed=delivery.n_postponed + 1,
            reason=problem.code,
            reason_detail=problem.detail,
        )
    return _reached(is_moved, State.SCHEDULED)


def next_try(delivery: Delivery, *, at: datetime, retry_after_s: int | None) -> datetime:
    """Return when to try again (UTC): within the late limit, or right after it when there is no try left."""
    wait_s = min(FIRST_WAIT_S * 2**delivery.n_postponed, LONGEST_WAIT_S) * random.uniform(0.75, 1.25)  # noqa: S311  # nosec B311
    next_at = at + timedelta(seconds=max(wait_s, retry_after_s or 0))
    return _within_limit(delivery, next_at, at=at)


def _within_limit(delivery: Delivery, next_at: datetime, *, at: datetime) -> datetime:
    limit = max((delivery.due_at or at) + timedelta(seconds=settings.LATE_AFTER_S + 1), at)
    return limit if delivery.n_postponed >= MAX_POSTPONED else min(next_at, limit)


def reject(claim: Claim, problem: connectors.Refused) -> str:
    """The channel refused, and would again (T9): a person changes the post or drops it."""
    at = claim.moment
    with tenant(claim.municipality_id):
        _end(claim, Outcome.REFUSED, at=at, detail=_told(problem.code, problem.detail))
        is_moved = trail.move(
            claim.delivery_id,
            rule="T9",
            sources={State.SENDING},
            to=State.REJECTED,
            where=claim.mine,
            at=at,
            kind=Kind.REJECTED,
            detail=_told(problem.code, problem.detail),
            lease_until=None,
            reason=problem.code,
            reason_detail=problem.detail,
        )
    return _reached(is_moved, State.REJECTED)


def hold_back(claim: Claim, problem: connectors.AccessDead) -> str:
    """The channel did not let us in, so nothing was sent: blocked until the account is connected again (T6)."""
    return _hold(claim, Outcome.ACCESS_DEAD, code=obstacle_of(problem), detail=problem.detail, told=problem.code)


def obstacle_of(problem: connectors.AccessDead) -> str:
    """Return the obstacle that a refusal stands for: a dead version is nobody's access."""
    return problem.code if problem.code == access.VERSION_SUNSET else "access_dead"


def hold_stopped(claim: Claim, *, code: str) -> str:
    """Somebody stopped all publishing before anything was sent: blocked until the stop is lifted (T6)."""
    return _hold(claim, Outcome.WALKED_AWAY, code=code, told=code)


def _hold(claim: Claim, outcome: str, *, code: str, told: str, detail: str = "") -> str:
    at = claim.moment
    with tenant(claim.municipality_id):
        _end(claim, outcome, at=at, detail=_told(told, detail))
        is_moved = trail.move(
            claim.delivery_id,
            rule="T6",
            sources={State.SENDING},
            to=State.BLOCKED,
            where=claim.mine,
            at=at,
            kind=Kind.BLOCKED,
            detail=code,
            wait=(Due.Kind.SEND, at),
            lease_until=None,
            reason=code,
            reason_detail=detail,
        )
    return _reached(is_moved, State.BLOCKED)


def note_picture(claim: Claim) -> None:
    """Note in the trail that the picture is at the channel; nobody can see it there yet."""
    with tenant(claim.municipality_id):
        trail.write(claim.delivery_id, kind=Kind.MEDIA_UPLOADED, at=claim.moment)


def is_bound_elsewhere(delivery_id: int, *, external_id: str, account_id: int) -> bool:
    """Whether another delivery of the account holds this id of the channel's."""
    others = Delivery.objects.exclude(pk=delivery_id)
    return others.filter(account_id=account_id, external_id=external_id).exists()


def _end(claim: Claim, outcome: str, *, at: datetime, detail: str) -> None:
    """Write the outcome on the attempt's own row, whatever has become of the delivery."""
    Attempt.objects.filter(pk=claim.attempt_id).update(outcome=outcome, ended_at=at, detail=detail[:500])
    quotas.note(claim.account, claim.calls, now=at)


def _told(code: str, detail: str) -> str:
    return f"{code}: {detail}" if detail else code


def _reached(is_moved: bool, state: str) -> str:
    if not is_moved:
        raise FenceLost(state)
    return state
