"""
Stopping all publishing at once, for one municipality or for everybody, and letting it go on.

What is due while it lasts is held back (T6), at the claim or at the latest at the gate. What is past the gate cannot be
called back, and whoever stops is told of it. Afterwards each post goes on by itself if its time is not past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.recording import record
from channels.actions.publishing import blocking
from channels.actions.publishing.scheduling import LacksRight
from channels.actions.publishing.trail import State
from channels.models import Account, Attempt, Delivery, Due, Freeze, FreezeForAll
from channels.queries import stops
from foundation.tenancy import current_municipality_id, tenant
from recruitment.models import Membership, Municipality, User


class AlreadyStopped(Exception):
    """Somebody else stopped it first; that stop lasts."""


@dataclass(frozen=True)
class Lifted:
    """What came of lifting a stop: how many posts go on by themselves, and how many are too late for that."""

    n_going_on: int = 0
    n_late: int = 0

    def __add__(self, other: Lifted) -> Lifted:
        return Lifted(self.n_going_on + other.n_going_on, self.n_late + other.n_late)


def stop(*, reason: str, by: User, now: datetime) -> Freeze:
    """
    Stop all publishing of the entered municipality.

    :raises LacksRight: the person is neither administrator nor allowed to publish
    :raises AlreadyStopped: it is stopped already
    """
    require_may_stop(by)
    try:
        with transaction.atomic():
            return Freeze.objects.create(reason=reason, began_at=now, began_by=by)
    except IntegrityError:
        raise AlreadyStopped from None


def lift(*, by: User, now: datetime) -> Lifted:
    """
    Let the entered municipality publish again; what waited goes on in order, what is too late waits for a person.

    Nothing goes on while everybody is stopped. Errors as for `stop`.
    """
    require_may_stop(by)
    Freeze.objects.filter(ended_at__isnull=True).update(ended_at=now, ended_by=by)
    return _let_go_on(now=now)


def stop_everybody(*, reason: str, by: User, now: datetime) -> FreezeForAll:
    """
    Stop all publishing of the installation. Each municipality in use finds it in its own log.

    :raises LacksRight: the person is not a system administrator
    :raises AlreadyStopped: it is stopped already
    """
    _require_system(by)
    try:
        with transaction.atomic():
            made = FreezeForAll.objects.create(reason=reason, began_at=now, began_by=by)
            _tell_logs(Act.PUBLISHING_STOPPED, reason=reason)
    except IntegrityError:
        raise AlreadyStopped from None
    return made


def lift_for_everybody(*, by: User, now: datetime) -> Lifted:
    """
    Let everybody publish again, but for municipalities that stopped it themselves.

    :raises LacksRight: the person is not a system administrator
    """
    _require_system(by)
    with transaction.atomic():
        if not FreezeForAll.objects.filter(ended_at__isnull=True).update(ended_at=now, ended_by=by):
            return Lifted()
        _tell_logs(Act.PUBLISHING_LET_GO_ON)
    lifted = Lifted()
    waiting = Due.objects.filter(kind=Due.Kind.SEND).order_by().values_list("municipality_id", flat=True)
    for municipality_id in waiting.distinct():
        with tenant(municipality_id):
            lifted += _let_go_on(now=now)
    return lifted


def on_their_way() -> list[Delivery]:
    """
    Return the entered municipality's deliveries that passed the gate and have no answer yet: these may come out.

    Called after the stop is committed: whoever waits at the gate has finished or is held back when this returns.
    """
    sending = Delivery.objects.select_for_update(of=("self",)).filter(state=State.SENDING).select_related("post")
    passed = set(
        Attempt.objects.filter(delivery__in=[each.pk for each in sending], sent_at__isnull=False).values_list(
            "delivery_id", "fence"
        )
    )
    return [each for each in sending if (each.pk, each.fence) in passed]


def require_may_stop(user: User) -> None:
    """
    Check that somebody administers the entered municipality or may publish in it.

    :raises LacksRight: neither
    """
    rows = Membership.objects.filter(municipality_id=current_municipality_id(), user=user, is_active=True)
    roles = rows.filter(role=Membership.Role.ADMINISTRATOR) | rows.filter(
        role=Membership.Role.ADVISER, may_publish=True
    )
    if not roles.exists():
        raise LacksRight("may_publish")


def _require_system(user: User) -> None:
    if not (user.is_staff and user.is_active):
        raise LacksRight("system")


def _let_go_on(*, now: datetime) -> Lifted:
    if stops.code():
        return Lifted()
    held = Delivery.objects.filter(state=State.BLOCKED, reason__in=["frozen", "frozen_all"])
    ids = set(held.values_list("pk", flat=True))
    accounts = Account.objects.filter(pk__in=held.values("account_id")).select_related("channel").order_by("pk")
    for account in accounts:
        blocking.unblock(account, now=now)
    after = Delivery.objects.filter(pk__in=ids)
    return Lifted(after.filter(state=State.SCHEDULED).count(), after.filter(state=State.LATE).count())


def _tell_logs(act: Act, *, reason: str = "") -> None:
    for municipality_id in Municipality.objects.filter(in_use_since__isnull=False).values_list("pk", flat=True):
        with tenant(municipality_id):
            record(act, reason=reason)
