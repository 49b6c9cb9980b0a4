"""
Every change of a delivery's state goes through `move`: one conditional UPDATE, its event and its queue row together.

The table of transitions is docs/publishing.md's; a change that does not stand in it is a fault in the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from channels.actions.publishing import queue
from channels.models import Delivery, DeliveryEvent
from recruitment.models import User

State = Delivery.State
Kind = DeliveryEvent.Kind

# Nothing has been sent, or the channel has said no: a person may still change or drop it.
UNSENT = frozenset({State.AWAITING_APPROVAL, State.SCHEDULED, State.BLOCKED, State.LATE, State.REJECTED})
# A clear answer of the channel's counts in each of these, as long as no newer attempt has begun.
OPEN = frozenset({State.SENDING, State.UNKNOWN, State.SCHEDULED, State.BLOCKED, State.LATE, State.MANUAL})


def _pairs(sources: Iterable[str], *targets: str) -> set[tuple[str, str]]:
    return {(source, target) for source in sources for target in targets}


TRANSITIONS: dict[str, set[tuple[str, str]]] = {
    "T1": {(State.DRAFT, State.AWAITING_APPROVAL)},
    # Whoever may publish approves and schedules in one step; a late one is given a new time by a person.
    "T2": _pairs([State.AWAITING_APPROVAL, State.DRAFT, State.LATE, State.SCHEDULED], State.SCHEDULED),
    "T3": _pairs(UNSENT, State.DRAFT, State.CANCELLED) | {(State.DRAFT, State.CANCELLED)},
    "T4": {(State.SCHEDULED, State.SENDING)},
    "T5": {(State.SCHEDULED, State.LATE)},
    "T6": {
        (State.SCHEDULED, State.BLOCKED),
        (State.SENDING, State.BLOCKED),
        (State.BLOCKED, State.SCHEDULED),
        (State.BLOCKED, State.LATE),
    },
    "T7": _pairs(OPEN, State.PUBLISHED),
    "T8": {(State.SENDING, State.SCHEDULED)},
    "T9": {(State.SENDING, State.REJECTED)},
    "T10": {(State.SENDING, State.UNKNOWN)},
    "T11": {(State.UNKNOWN, State.SCHEDULED)},
    "T12": {(State.UNKNOWN, State.MANUAL)},
    "T13": _pairs([State.MANUAL], State.PUBLISHED, State.SCHEDULED, State.CANCELLED),
    # What somebody else took away can come back: a channel hides a post while it looks at it.
    "T14": {(State.PUBLISHED, State.REMOVED), (State.REMOVED, State.PUBLISHED)},
}


class ForbiddenTransition(AssertionError):
    """The table of transitions does not know this change."""


def check(*, rule: str, sources: Iterable[str], to: str) -> None:
    """
    Look whether the table knows a change.

    :raises ForbiddenTransition: it does not
    """
    unknown = {(source, to) for source in sources} - TRANSITIONS[rule]
    if unknown:
        raise ForbiddenTransition(f"{rule}: {sorted(unknown)}")


def write(delivery_id: int, *, kind: str, at: datetime, actor: User | None = None, detail: str = "") -> None:
    """Add one line to the trail. `detail` is a code of ours, or "code: what the channel said"."""
    DeliveryEvent.objects.create(delivery_id=delivery_id, kind=kind, at=at, actor=actor, detail=detail[:500])


def move(
    delivery_id: int,
    *,
    rule: str,
    sources: Iterable[str],
    to: str,
    at: datetime,
    kind: str,
    where: dict[str, Any] | None = None,
    actor: User | None = None,
    detail: str = "",
    wait: tuple[str, Any] | None = None,
    **fields: Any,
) -> bool:
    """
    Change the state if it still is one of `sources` and `where` holds; return whether it was changed.

    :param rule: the transition, T1 to T14
    :param where: further conditions of the same UPDATE, as a rule the fence
    :param wait: what a machine does next and when; None: nothing
    """
    sources = set(sources)
    check(rule=rule, sources=sources, to=to)
    fields.setdefault("next_at", wait[1] if wait else None)
    row = Delivery.objects.filter(pk=delivery_id, state__in=sources, **(where or {}))
    if not row.update(state=to, **fields):
        return False
    write(delivery_id, kind=kind, at=at, actor=actor, detail=detail)
    if wait:
        queue.put(delivery_id, kind=wait[0], at=wait[1])
    else:
        queue.drop(delivery_id)
    return True
