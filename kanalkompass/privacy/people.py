"""
A user's own data: what is stored of her, and how she is erased (GDPR articles 15, 17 and 20).

What she did for a municipality belongs to it and stays, without her name: the log knows her by a pseudonym.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from audit import record
from audit.acts import Act
from audit.models import AuditEvent, Person
from channels.models import Connection, OAuthState, PendingConnection, RiskAssessment
from foundation.tenancy import acting_user, current_municipality_id, tenant
from kanalkompass.privacy import erasing, register
from recruitment.models import Invitation, Membership, Municipality, OutgoingMail, User

ERASED_HOST = "slettet.invalid"
# Of a session everything is told but what would open it.
OF_SESSIONS = frozenset({"user", "id", "session_key", "data"})


class OnlyAdministrator(Exception):
    """She is the only active administrator of a municipality; its name is the argument."""


def memberships_of(user: User) -> list[Membership]:
    """Return the user's memberships in every municipality, ended ones too."""
    with acting_user(user.pk):
        found = Membership.objects.select_related("municipality").filter(user=user).order_by("municipality__number")
        return list(found)


def stored_about(user: User) -> dict[str, Any]:
    """
    Return everything that is stored of a user as JSON values: the account, how she logs in, roles, and what she did.

    What she did is told by table, key and moment; the content belongs to the municipality. No secret is in it.
    """
    memberships = memberships_of(user)
    return {
        "account": {
            "email": user.email,
            "full_name": user.full_name,
            "language": user.language,
            "color_scheme": user.color_scheme,
            "is_active": user.is_active,
            "is_system_administrator": user.is_staff,
            "created": _text(user.date_joined),
            "last_login": _text(user.last_login),
        },
        "email_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "second_step": [
            {"type": each.type, "created": _text(each.created_at), "last_used": _text(each.last_used_at)}
            for each in Authenticator.objects.filter(user=user)
        ],
        "sessions": list(_sessions(user)),
        "letters": [
            {"subject": letter.subject, "created": _text(letter.created_at), "state": letter.state}
            for letter in OutgoingMail.objects.filter(recipient__iexact=user.email)
        ],
        "municipalities": [_in_municipality(membership, user) for membership in memberships],
    }


def _text(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _sessions(user: User) -> Iterator[dict[str, Any]]:
    for each in UserSession.objects.filter(user=user):
        fields = [field for field in each._meta.concrete_fields if field.name not in OF_SESSIONS]
        yield {field.name: _json(field.value_from_object(each)) for field in fields}


def _in_municipality(membership: Membership, user: User) -> dict[str, Any]:
    rights = {name: getattr(membership, name) for name in ("may_approve", "may_publish", "may_connect")}
    with tenant(membership.municipality_id):
        return {
            "number": membership.municipality.number,
            "name": membership.municipality.name,
            "role": membership.role,
            **rights,
            "is_active": membership.is_active,
            "invitations": [
                {"role": each.role, "created": _text(each.created_at), "accepted": _text(each.accepted_at)}
                for each in Invitation.objects.filter(email__iexact=user.email)
            ],
            "rows": list(_rows_of(user)),
            "log": list(_log_of(user)),
        }


def _rows_of(user: User) -> Iterator[dict[str, Any]]:
    """Yield the entered municipality's rows that name the user: table, key, how, and the row's own moments."""
    for model in erasing.tables():
        if model is Membership or not hasattr(model, "municipality_id"):
            continue
        moments = [field for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)]
        for field in model._meta.concrete_fields:
            if not (field.is_relation and field.related_model is User):
                continue
            wanted = {"municipality_id": current_municipality_id(), field.attname: user.pk}
            for row in model._base_manager.filter(**wanted):
                yield {
                    "table": model._meta.label,
                    "key": row.pk,
                    "as": field.name,
                    "moments": {each.name: _json(each.value_from_object(row)) for each in moments},
                }


def _log_of(user: User) -> Iterator[dict[str, Any]]:
    """Yield what the audit log holds under the user's pseudonym in the entered municipality."""
    person = Person.objects.filter(user_id=user.pk).first()
    if person is None:
        return
    events = AuditEvent.objects.filter(actor=person.pseudonym).order_by("sequence")
    for at, act, table, key in events.values_list("at", "act", "table_name", "object_id"):
        yield {"at": _text(at), "act": act, "table": table, "key": key}


def _json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def is_erased(user: User) -> bool:
    """Whether the user has been erased."""
    return user.email.endswith(f"@{ERASED_HOST}")


def erase(*, user: User, now: datetime, is_forced: bool = False) -> None:
    """
    Remove a user's name, address and every way to log in; her roles end in every municipality.

    :param is_forced: also when a municipality is left without an administrator
    :raises OnlyAdministrator: nothing is changed
    """
    memberships = memberships_of(user)
    with transaction.atomic():
        for membership in memberships:
            with tenant(membership.municipality_id):
                if not is_forced and _is_only_administrator(membership):
                    raise OnlyAdministrator(membership.municipality.name)
                _forget_in_municipality(user)
        address, name = user.email, user.full_name
        for municipality_id in Municipality.objects.filter(in_use_since__isnull=False).values_list("pk", flat=True):
            with tenant(municipality_id):
                Invitation.objects.filter(email__iexact=address).delete()
        _forget_account(user)
        OutgoingMail.objects.filter(recipient__iexact=address).delete()
        _forget_in_admin_log(user, name=name, address=address)
    # What was just done is written to the log when it commits; only then can the log forget whom it concerned.
    for membership in memberships:
        with tenant(membership.municipality_id), connection.cursor() as cursor:
            cursor.execute("SELECT audit_forget(%s)", [user.pk])
    register.add(kind="user", key=user.pk, at=now)


def _is_only_administrator(membership: Membership) -> bool:
    role = Membership.Role.ADMINISTRATOR
    if membership.role != role or not membership.is_active:
        return False
    # Locked, so that two who are erased at the same moment do not both see the other.
    all_of_them = Membership.objects.select_for_update().filter(
        municipality_id=membership.municipality_id, role=role, is_active=True
    )
    return len(all_of_them) < 2


def _forget_in_municipality(user: User) -> None:
    municipality_id = current_municipality_id()
    record(Act.USER_ERASED)
    Membership.objects.filter(municipality_id=municipality_id, user=user).update(
        is_active=False, may_approve=False, may_publish=False, may_connect=False
    )
    PendingConnection.objects.filter(user=user).delete()
    Connection.objects.filter(connected_by=user).update(member_name="")
    if user.full_name:
        RiskAssessment.objects.filter(responsible_name__iexact=user.full_name).update(responsible_name="")


def _forget_account(user: User) -> None:
    OAuthState.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    UserSession.objects.filter(user=user).delete()
    erasing.forget_sessions([user.pk])
    user.email, user.full_name, user.language = f"{user.pk}@{ERASED_HOST}", "", ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()


def _forget_in_admin_log(user: User, *, name: str, address: str) -> None:
    mentioned = models.Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    for words in (name, address):
        if words:
            mentioned |= models.Q(object_repr__icontains=words)
    LogEntry.objects.filter(mentioned).update(object_repr="", change_message="")
