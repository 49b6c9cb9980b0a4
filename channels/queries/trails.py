"""The trail of a delivery: what happened, line by line, and what happens next, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from channels.models import Delivery, DeliveryEvent
from channels.queries import edits, reasons
from foundation import formats

Kind = DeliveryEvent.Kind
State = Delivery.State
DONE, UNKNOWN, NEXT = "done", "unknown", "next"
# Lines after which something was unclear, or waits for a person.
UNCLEAR = frozenset(
    {Kind.UNKNOWN, Kind.LOOKED, Kind.MANUAL, Kind.LATE, Kind.BLOCKED, Kind.MISSED, Kind.GONE, Kind.COPY_FOUND}
)


@dataclass(frozen=True)
class TrailEntry:
    """One line: when (UTC), its mark ("done", "unknown" or "next"), what, and more about it."""

    at: datetime
    mark: str
    title: str
    detail: str = ""


def trail_of(delivery: Delivery, *, now: datetime) -> list[TrailEntry]:
    """Return every line of the trail, oldest first, and then what comes. One query."""
    events = DeliveryEvent.objects.filter(delivery=delivery).select_related("actor").order_by("id")
    channel = delivery.account.channel.name
    return [_entry(event, channel=channel) for event in events] + _next(delivery, now=now, channel=channel)


def _entry(event: DeliveryEvent, *, channel: str) -> TrailEntry:
    code, _colon, said = event.detail.partition(": ")
    title, detail = _words(event, code=code, said=said, channel=channel)
    return TrailEntry(event.at, UNKNOWN if event.kind in UNCLEAR else DONE, title, detail)


def _words(event: DeliveryEvent, *, code: str, said: str, channel: str) -> tuple[str, str]:
    by_person = _by_person(event, code=code)
    if by_person:
        return by_person
    explain: dict[str, Callable[[], str]] = {
        Kind.POSTPONED: lambda: _with(reasons.nothing_sent(code, channel=channel), said),
        Kind.REJECTED: lambda: _with(reasons.refused(code, channel=channel), said),
        Kind.EDIT_REFUSED: lambda: _with(edits.refused(code, channel=channel), said),
        Kind.UNKNOWN: lambda: _with(reasons.no_clear_answer(code, channel=channel), said),
        Kind.BLOCKED: lambda: reasons.held_back(code),
        Kind.LATE: lambda: reasons.late(code),
        Kind.MANUAL: lambda: reasons.handed_over(code, channel=channel),
        Kind.TO_DRAFT: lambda: reasons.back_to_draft(code),
        Kind.MISSED: lambda: _("We look again in a day. Only then do we believe it."),
        Kind.GONE: lambda: _("Not there in two looks, almost a day apart. We have not removed it."),
    }
    if event.kind == Kind.LOOKED:
        return reasons.looked(code, channel=channel)
    title = _title(event.kind) % {"channel": channel}
    if event.kind == Kind.MEDIA_UPLOADED and code == "video":
        title = _("Video ready at %(channel)s") % {"channel": channel}
    return title, explain[event.kind]() if event.kind in explain else ""


def _by_person(event: DeliveryEvent, *, code: str) -> tuple[str, str] | None:
    """Return the words of a line that is a person's doing."""
    if event.actor is None:
        return None
    titles = {
        Kind.CREATED: _("Written by %(name)s"),
        Kind.SENT_FOR_APPROVAL: _("Sent for approval by %(name)s"),
        Kind.APPROVED: _("Approved by %(name)s"),
        Kind.SCHEDULED: _("Scheduled by %(name)s"),
        Kind.TO_DRAFT: _("Taken back to draft by %(name)s"),
        Kind.CANCELLED: _("Cancelled by %(name)s"),
        Kind.MANUAL: _("Taken over by %(name)s"),
        Kind.SETTLED: _settled(code),
        Kind.REMOVED: _("Removed by %(name)s"),
        Kind.EDIT_ASKED: _("Correction approved by %(name)s")
        if code == "approved"
        else _("Correction asked for by %(name)s"),
        Kind.EDIT_DROPPED: _("Correction dropped by %(name)s"),
        Kind.COPY_REMOVED: _("%(name)s removed a copy from the channel"),
    }
    kind = Kind(event.kind)
    if kind not in titles:
        return None
    locked = _("Text, picture and link are locked.")
    details = {
        Kind.SENT_FOR_APPROVAL: locked,
        Kind.APPROVED: locked,
        Kind.SCHEDULED: locked,
        Kind.TO_DRAFT: reasons.back_to_draft(code),
    }
    return titles[kind] % {"name": str(event.actor)}, details.get(kind, "")


def _settled(code: str) -> str:
    return {
        "published": _("%(name)s found it on the channel"),
        "absent": _("%(name)s looked and did not find it, and chose a new time"),
        "dropped": _("%(name)s let it be"),
    }.get(code, _("Settled by %(name)s"))


def _title(kind: str) -> str:
    titles = {
        Kind.CREATED: _("Draft made"),
        Kind.SENT_FOR_APPROVAL: _("Sent for approval"),
        Kind.APPROVED: _("Approved"),
        Kind.SCHEDULED: _("Scheduled"),
        Kind.TO_DRAFT: _("Taken back to draft"),
        Kind.CANCELLED: _("Cancelled"),
        Kind.CLAIMED: _("Made ready to be sent"),
        Kind.MEDIA_UPLOADED: _("Picture uploaded"),
        Kind.SENT: _("Asked %(channel)s to publish"),
        Kind.PUBLISHED: _("%(channel)s answered: published"),
        Kind.FOUND: _("Found on %(channel)s by our link"),
        Kind.POSTPONED: _("Postponed: nothing was sent"),
        Kind.REJECTED: _("Rejected by %(channel)s"),
        Kind.UNKNOWN: _("No clear answer"),
        Kind.RESCHEDULED: _("Proved not to be out, and scheduled again"),
        Kind.LATE: _("Too late to be sent by itself"),
        Kind.BLOCKED: _("Held back"),
        Kind.UNBLOCKED: _("No longer held back"),
        Kind.MANUAL: _("Handed over to a person"),
        Kind.SETTLED: _("Settled by a person"),
        Kind.REMOVED: _("Removed from %(channel)s"),
        Kind.EDIT_ASKED: _("Correction asked for"),
        Kind.EDIT_DROPPED: _("Correction dropped"),
        Kind.EDIT_UNKNOWN: _("Correction sent, no clear answer"),
        Kind.EDIT_REFUSED: _("The correction came to nothing"),
        Kind.EDITED: _("%(channel)s shows the corrected text"),
        Kind.MISSED: _("Not there when we looked for it on %(channel)s"),
        Kind.GONE: _("Gone from %(channel)s"),
        Kind.BACK: _("Back on %(channel)s"),
        Kind.COPY_FOUND: _("Found a copy of it on %(channel)s"),
        Kind.COPY_REMOVED: _("A copy was removed from %(channel)s"),
    }
    return titles[Kind(kind)]


def _next(delivery: Delivery, *, now: datetime, channel: str) -> list[TrailEntry]:
    """Return what a machine will do, with its time."""
    if delivery.next_at is None:
        return []
    at = max(delivery.next_at, now)
    if delivery.state == State.SCHEDULED:
        is_given_up = gives_up_at(delivery) is not None and delivery.next_at >= (gives_up_at(delivery) or now)
        title = _("Becomes late. A person decides.") if is_given_up else _("Is sent to %(channel)s")
        return [TrailEntry(at, NEXT, title % {"channel": channel})]
    if delivery.state == State.UNKNOWN:
        last_at = (delivery.unknown_since or now) + timedelta(hours=24)
        return [
            TrailEntry(at, NEXT, _("Looks again")),
            TrailEntry(max(last_at, at), NEXT, _("Stops looking at the latest. A person decides.")),
        ]
    return []


def gives_up_at(delivery: Delivery) -> datetime | None:
    """Return when a scheduled delivery becomes late (UTC)."""
    return delivery.due_at + timedelta(seconds=settings.LATE_AFTER_S) if delivery.due_at else None


def _with(sentence: str, said: str) -> str:
    """Return the sentence and, for those who have to ask the channel's support, the answer's status and number."""
    return f"{sentence} ({said})" if said.startswith("HTTP ") else sentence


def when(at: datetime, *, now: datetime) -> str:
    """Return a moment as one says it: only the time when it is today in Norway."""
    is_today = formats.day(at) == formats.day(now)
    return formats.clock(at) if is_today else formats.moment(at)
