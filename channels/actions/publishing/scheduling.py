"""From draft to scheduled and back (T1, T2, T3): what people decide before a machine sends anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from channels import connectors
from channels.actions.publishing import preparing, trail
from channels.actions.publishing.trail import Kind, State
from channels.models import Delivery, Due, Post
from channels.queries import approvals, contents, obstacles
from foundation import clock
from foundation.tenancy import current_municipality_id
from recruitment.models import Membership, User

FURTHEST_AHEAD = timedelta(days=366)
# Something of it may be out: what is said can no longer be changed.
BEYOND_EDITING = frozenset({State.SENDING, State.UNKNOWN, State.MANUAL, State.PUBLISHED, State.REMOVED})


@dataclass(frozen=True)
class Problem:
    """Why a post is not ready, in words, and the field it belongs to: text, picture, account, job or when."""

    field: str
    message: str


class NotReady(Exception):
    """The post cannot be scheduled as it stands; `problems` says why, one entry for each field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


class AlreadySending(Exception):
    """Cancelling or changing came too late: sending has begun, or the post may be out (P5). The text can be shown."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the post or its state first. The text can be shown."""


class LacksRight(Exception):
    """The person is not allowed to do this in this municipality."""


def schedule(
    *, delivery: Delivery, by: User, now: datetime, wall: datetime | None = None, is_second: bool | None = None
) -> None:
    """
    Approve what stands in the post and have it published at `wall`; None means at once (T2).

    From draft or awaiting approval; or with a new time from scheduled and late. Freezes text with link, picture,
    alternative text, account and link (P3), and keeps the moment in UTC beside the wall clock that was chosen (P4).
    Where two people are needed, an approval that stands is kept with its name, and nobody gives one for her own post.

    :param wall: naive wall-clock time in Norway
    :param is_second: which of the two, for a time in the hour repeated in autumn
    :raises NotReady: something is missing or not allowed
    :raises AlreadySending: it is being sent or may be out
    :raises foundation.clock.ImpossibleTime, foundation.clock.DoubtfulTime: see there
    """
    require_right(by, "may_publish")
    due_at = moment(wall, is_second=is_second, now=now)
    _lock(delivery)
    check(delivery, due_at=due_at, now=now)
    _to_scheduled(
        delivery,
        sources={State.DRAFT, State.AWAITING_APPROVAL, State.SCHEDULED, State.LATE},
        by=by,
        approved_by=_approver(delivery, by=by),
        now=now,
        due_at=due_at,
    )


def submit_for_approval(
    *, delivery: Delivery, by: User, now: datetime, wall: datetime | None = None, is_second: bool | None = None
) -> None:
    """
    Freeze the content and ask somebody with the right to approve it for `wall` (T1). Errors as for `schedule`.

    :raises ChangedMeanwhile: it no longer is a draft
    """
    due_at = moment(wall, is_second=is_second, now=now)
    _lock(delivery)
    check(delivery, due_at=due_at, now=now)
    is_moved = trail.move(
        delivery.pk,
        rule="T1",
        sources={State.DRAFT},
        to=State.AWAITING_APPROVAL,
        at=now,
        kind=Kind.SENT_FOR_APPROVAL,
        actor=by,
        due_at=due_at,
        due_wall=wall_clock(due_at),
        **_frozen(delivery),
    )
    if not is_moved:
        raise ChangedMeanwhile(_("The post is no longer a draft. Load the page again to see what happened."))
    delivery.refresh_from_db()


def approve(*, delivery: Delivery, by: User, now: datetime) -> None:
    """
    Approve what was submitted, unchanged, for the time that was asked for (T2).

    :raises NotReady: the time has passed, or something is no longer allowed
    :raises ChangedMeanwhile: the content is not what was submitted, or it no longer awaits approval
    """
    require_right(by, "may_approve")
    _lock(delivery)
    if delivery.state == State.AWAITING_APPROVAL and contents.current_hash(delivery) != delivery.approved_hash:
        raise ChangedMeanwhile(_("The post has been changed since it was sent for approval. Read it again first."))
    if delivery.due_at is None or delivery.state != State.AWAITING_APPROVAL:
        raise ChangedMeanwhile(_("The post no longer awaits approval. Load the page again to see what happened."))
    if approvals.needs_two_people():
        _require_another(delivery, by=by)
    check(delivery, due_at=delivery.due_at, now=now)
    _to_scheduled(delivery, sources={State.AWAITING_APPROVAL}, by=by, approved_by=by, now=now, due_at=delivery.due_at)


def take_back(*, delivery: Delivery, by: User, now: datetime, detail: str = "") -> None:
    """
    Make it a draft again, with nothing approved (T3).

    :raises AlreadySending: sending has begun, or the post may be out
    """
    _withdraw(delivery, to=State.DRAFT, kind=Kind.TO_DRAFT, by=by, now=now, detail=detail)


def cancel(*, delivery: Delivery, by: User, now: datetime) -> None:
    """
    Drop it for good (T3).

    :raises AlreadySending: sending has begun, or the post may be out
    """
    _withdraw(delivery, to=State.CANCELLED, kind=Kind.CANCELLED, by=by, now=now)


def void_approval(*, post: Post, by: User, now: datetime) -> int:
    """
    Take every delivery of a post back to draft, before its content is changed, in the same transaction (P3, P5).

    Return how many approvals were voided. The rows stay locked until the transaction ends, so that none is sent with
    content that is being changed.

    :raises AlreadySending: one of them is being sent, may be out, or is out: then the content stands
    """
    n_voided = 0
    for delivery in Delivery.objects.select_for_update().filter(post=post).order_by("pk"):
        if delivery.state in BEYOND_EDITING:
            raise AlreadySending(_too_late(delivery))
        if delivery.state in trail.UNSENT:
            take_back(delivery=delivery, by=by, now=now, detail="edited")
            n_voided += 1
    return n_voided


def require_right(user: User, right: str) -> None:
    """
    Check a right of the membership in the municipality that is entered; the door has asked before, this is the lock.

    :raises LacksRight: the person does not hold it
    """
    holds = Membership.objects.filter(
        municipality_id=current_municipality_id(),
        user=user,
        role=Membership.Role.ADVISER,
        is_active=True,
        **{right: True},
    )
    if not holds.exists():
        raise LacksRight(right)


def _lock(delivery: Delivery) -> None:
    """
    Lock the row, then read it and its post afresh: what is frozen is what stands there when nobody else can change it.

    Two steps, because a join read together with the lock would show the post as it was before the wait.
    """
    Delivery.objects.select_for_update().values_list("pk").get(pk=delivery.pk)
    delivery.refresh_from_db()


def _approver(delivery: Delivery, *, by: User) -> User:
    """
    Return who has approved what is being scheduled, after it was locked.

    :raises NotReady: two people are needed, and she may not be the second
    """
    if not approvals.needs_two_people():
        return by
    before = delivery.approved_by if delivery.state in (State.SCHEDULED, State.LATE) else None
    if before is not None and delivery.approved_hash == contents.current_hash(delivery):
        return before
    _require_another(delivery, by=by)
    try:
        require_right(by, "may_approve")
    except LacksRight:
        raise NotReady([Problem("approval", _("The post must be approved first. Send it for approval."))]) from None
    return by


def _require_another(delivery: Delivery, *, by: User) -> None:
    """T2: whoever wrote a post or changed it last does not approve it."""
    if approvals.is_own(delivery.post, by):
        own = _("You have written or changed this post, so somebody else must approve it. Send it for approval.")
        raise NotReady([Problem("approval", own)])


def _to_scheduled(
    delivery: Delivery, *, sources: set[str], by: User, approved_by: User, now: datetime, due_at: datetime
) -> None:
    is_moved = trail.move(
        delivery.pk,
        rule="T2",
        sources=sources,
        to=State.SCHEDULED,
        at=now,
        kind=Kind.APPROVED if delivery.state == State.AWAITING_APPROVAL else Kind.SCHEDULED,
        actor=by,
        wait=(Due.Kind.SEND, max(due_at, now)),
        due_at=due_at,
        due_wall=wall_clock(due_at),
        approved_by=approved_by,
        reason="",
        reason_detail="",
        n_postponed=0,
        **_frozen(delivery),
    )
    delivery.refresh_from_db()
    if not is_moved:
        raise AlreadySending(_too_late(delivery))
    preparing.plan_upload(delivery, now=now)


def _withdraw(delivery: Delivery, *, to: str, kind: str, by: User, now: datetime, detail: str = "") -> None:
    sources = set(trail.UNSENT) | ({State.DRAFT} if to == State.CANCELLED else set())
    is_moved = trail.move(
        delivery.pk,
        rule="T3",
        sources=sources,
        to=to,
        at=now,
        kind=kind,
        actor=by,
        detail=detail,
        approved_text="",
        approved_media=None,
        approved_card_title="",
        approved_card_description="",
        approved_hash="",
        approved_by=None,
        reason="",
        reason_detail="",
        n_postponed=0,
    )
    delivery.refresh_from_db()
    if not is_moved:
        raise AlreadySending(_too_late(delivery))


def _frozen(delivery: Delivery) -> dict[str, Any]:
    """Return the fields that hold what is approved."""
    return {
        "approved_text": contents.text_of(delivery),
        "approved_media": delivery.post.media,
        **contents.frozen_card(delivery.post),
        "approved_hash": contents.current_hash(delivery),
    }


def moment(wall: datetime | None, *, is_second: bool | None, now: datetime) -> datetime:
    """
    Return when it is due, in UTC; a time within the minute that runs is accepted, and means at once.

    :raises NotReady: the time has passed, or lies more than a year ahead
    :raises foundation.clock.ImpossibleTime, foundation.clock.DoubtfulTime: see there
    """
    if wall is None:
        return now
    wall = wall.replace(second=0, microsecond=0)
    this_minute = now.astimezone(clock.OSLO).replace(second=0, microsecond=0, tzinfo=None)
    if wall < this_minute - timedelta(hours=1):
        raise NotReady([Problem("when", _("The time has passed. Choose a time from now on."))])
    if wall > this_minute + FURTHEST_AHEAD:
        raise NotReady([Problem("when", _("Choose a time within a year from now."))])
    due_at = clock.from_wall_clock(wall, is_second=is_second)
    if due_at < now.replace(second=0, microsecond=0):
        raise NotReady([Problem("when", _("The time has passed. Choose a time from now on."))])
    return due_at


def wall_clock(due_at: datetime) -> str:
    """Return the wall clock in Norway as it is kept beside the moment."""
    return due_at.astimezone(clock.OSLO).strftime("%Y-%m-%dT%H:%M")


def check(delivery: Delivery, *, due_at: datetime, now: datetime) -> None:
    """
    Check what is said, the account, the vacancy and the time.

    :raises NotReady: with one problem for each field that stands in the way
    """
    publish_day = due_at.astimezone(clock.OSLO).date()
    found = [
        *_content_problems(delivery),
        # A stop of all publishing does not keep anybody from planning: what is due before it is lifted is held back.
        *_problem("account", obstacles.standing_obstacle(delivery.account, today=now.astimezone(clock.OSLO).date())),
        *_problem("job", obstacles.job_obstacle(delivery.post.job, day=publish_day)),
    ]
    if due_at < now.replace(second=0, microsecond=0):
        found.append(Problem("when", _("The time has passed. Choose a time from now on.")))
    if found:
        raise NotReady(found)


def _problem(field: str, code: str) -> list[Problem]:
    return [Problem(field, obstacles.sentence(code))] if code else []


def _content_problems(delivery: Delivery) -> list[Problem]:
    problems = []
    if not delivery.post.text.strip():
        problems.append(Problem("text", _("The post has no text.")))
    connector = connectors.by_slug(delivery.account.channel.connector)
    if connector is not None:
        length, most = connector().length(contents.text_of(delivery)), connector.text_rules.max_length
        if length > most:
            too_long = _("The text is %(length)s characters with its link. %(channel)s takes at most %(most)s.")
            message = too_long % {"length": length, "channel": connector.label, "most": most}
            problems.append(Problem("text", message))
    media = delivery.post.media
    if media is not None and not media.alt_text.strip():
        problems.append(Problem("picture", _("Describe the picture for those who do not see it.")))
    return problems


def _too_late(delivery: Delivery) -> str:
    """Say plainly that the person lost the race, and to what (P5)."""
    if delivery.state == State.SENDING:
        return _("Sending had already begun, so nothing was changed. See below how it went.")
    if delivery.state == State.PUBLISHED:
        return _("The post is already published, so nothing was changed.")
    if delivery.state in (State.UNKNOWN, State.MANUAL):
        return _("The post has been sent and may be out, so nothing was changed. First we must know whether it is out.")
    return _("The post was changed by somebody else first, so nothing was changed. Load the page again.")
