"""
What a person, or a channel's token, touched in a stretch of time: the facts that a notice of a breach must give.

The supervisory authority is told within 72 hours (GDPR article 33). The audit log tells what was done. What was merely
looked at is recorded for single answers and exports alone, so the report also says what was within reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from audit.models import AuditEvent
from audit.queries import pseudonym_of
from channels.models import Attempt, Connection
from foundation.tenancy import current_municipality_id, tenant
from recruitment.models import Membership, Municipality, User


@dataclass(frozen=True)
class Touched:
    """
    One municipality's part of a report. Moments are UTC; None where nothing was done.

    :param acts: how many times each kind of act was done
    :param objects: how many different rows were touched, by table
    :param within_reach: what could be read or done without leaving a trace, in words for the report
    """

    number: str
    name: str
    n_events: int
    first_at: datetime | None
    last_at: datetime | None
    acts: dict[str, int] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    within_reach: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it with moments as text."""
        moments = {name: getattr(self, name).isoformat() if getattr(self, name) else None for name in MOMENTS}
        return {**vars(self), **moments, "within_reach": list(self.within_reach)}


MOMENTS = ("first_at", "last_at")


def of_user(*, user: User, since: datetime | None, until: datetime | None) -> list[Touched]:
    """Return what a user touched, in every municipality where she has done something or has a role."""
    return list(_each(lambda: _of_user_here(user, since, until)))


def of_token(*, fingerprint: str, since: datetime | None, until: datetime | None) -> list[Touched]:
    """Return what the access with this fingerprint was used for, in every municipality that has or had it."""
    return list(_each(lambda: _of_token_here(fingerprint, since, until)))


def _each(look: Any) -> Iterator[Touched]:
    for municipality in Municipality.objects.order_by("number"):
        with tenant(municipality.pk):
            found = look()
        if found is not None:
            events, reach = found
            yield _summed(municipality, events, reach)


def _within(events: QuerySet, since: datetime | None, until: datetime | None, *, column: str = "at") -> QuerySet:
    limits = {f"{column}__gte": since, f"{column}__lt": until}
    return events.filter(**{name: limit for name, limit in limits.items() if limit is not None})


@dataclass(frozen=True)
class _Facts:
    """What one municipality's tables told, read while it was entered."""

    span: dict[str, Any]
    acts: dict[str, int]
    objects: dict[str, int]


def _facts(events: QuerySet[AuditEvent]) -> _Facts:
    events = events.order_by()
    return _Facts(
        span=events.aggregate(n_events=Count("sequence"), first_at=Min("at"), last_at=Max("at")),
        acts=dict(events.values_list("act").annotate(n=Count("sequence")).order_by("act")),
        objects=dict(
            events.exclude(table_name="")
            .values_list("table_name")
            .annotate(n=Count("object_id", distinct=True))
            .order_by("table_name")
        ),
    )


def _summed(municipality: Municipality, facts: _Facts, reach: tuple[str, ...]) -> Touched:
    return Touched(
        number=municipality.number,
        name=municipality.name,
        acts=facts.acts,
        objects=facts.objects,
        within_reach=reach,
        **facts.span,
    )


def _of_user_here(user: User, since: datetime | None, until: datetime | None) -> tuple[_Facts, tuple[str, ...]] | None:
    membership = Membership.objects.filter(user=user, municipality_id=current_municipality_id()).first()
    facts = _facts(_within(AuditEvent.objects.filter(actor=pseudonym_of(user.pk)), since, until))
    if membership is None and not facts.span["n_events"]:
        return None
    return facts, _reach_of(membership)


def _reach_of(membership: Membership | None) -> tuple[str, ...]:
    if membership is None:
        return ("no role now; see the changes of roles in the log for what it was",)
    rights = [name for name in ("approve", "publish", "connect") if getattr(membership, f"may_{name}")]
    reach = [f"role {membership.role}{'' if membership.is_active else ' (deactivated)'}"]
    reach += [f"right to {right}" for right in rights]
    if membership.role == Membership.Role.HR:
        reach.append("could read every single survey answer that was not yet deleted")
    return tuple(reach)


def _of_token_here(
    fingerprint: str, since: datetime | None, until: datetime | None
) -> tuple[_Facts, tuple[str, ...]] | None:
    table = Connection._meta.db_table
    told = AuditEvent.objects.filter(table_name=table).filter(
        Q(after__fingerprint=fingerprint) | Q(before__fingerprint=fingerprint)
    )
    connection = Connection.objects.filter(fingerprint=fingerprint).select_related("account").first()
    ids = set(told.values_list("object_id", flat=True)) | ({connection.pk} if connection else set())
    if not ids:
        return None
    facts = _facts(_within(AuditEvent.objects.filter(table_name=table, object_id__in=ids), since, until))
    return facts, _uses_of(connection, since, until)


def _uses_of(connection: Connection | None, since: datetime | None, until: datetime | None) -> tuple[str, ...]:
    if connection is None:
        return ("the access is replaced or disconnected; the log tells when",)
    sent = _within(
        Attempt.objects.filter(delivery__account=connection.account, sent_at__isnull=False),
        since,
        until,
        column="sent_at",
    )
    span = sent.aggregate(n=Count("pk"), first=Min("sent_at"), last=Max("sent_at"))
    uses = [
        f"account {connection.account_id}, {connection.account}",
        f"scopes {connection.scopes}",
        f"connected {connection.connected_at.isoformat()}",
        f"last used {connection.last_used_at.isoformat() if connection.last_used_at else 'never'}",
        f"{span['n']} posts sent through this account",
    ]
    if span["n"]:
        uses.append(f"first {span['first'].isoformat()}, last {span['last'].isoformat()}")
    return tuple(uses)
