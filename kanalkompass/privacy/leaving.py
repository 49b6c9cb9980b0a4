"""
A municipality that leaves: its administrator asks, somebody else confirms, and all of it is deleted (P11).

`carry_out` may be killed anywhere and be called again. Its steps, each committed by itself: the doors are shut and
planned posts cancelled; access is ended at the platforms; rows, people and what the administration remembers of them
go in one transaction; then the log, files and queued messages; last the receipt, which names nobody.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from analytics.models import SurveyCode
from channels import connectors
from channels.actions.publishing import trail
from channels.models import Connection, Delivery, Due, Errand, LinkCode, PageClaim, PendingConnection
from foundation.clock import OSLO
from foundation.tenancy import tenant
from kanalkompass.models import MunicipalityDeletion
from kanalkompass.privacy import erasing, register
from recruitment.models import Membership, Municipality, User

logger = logging.getLogger(__name__)

State = MunicipalityDeletion.State
# Rows that a request in flight writes while others are deleted are found by looking once more.
ROUNDS = 3


class AlreadyAsked(Exception):
    """The deletion of this municipality is asked for already."""


class NotAsked(Exception):
    """No deletion of this municipality is open, or it can no longer be withdrawn."""


class NotTwoPeople(Exception):
    """Whoever confirms must be a system administrator, and another person than the one who asked."""


class StillSending(Exception):
    """A post is being sent at this moment; the deletion goes on when that has ended."""


def open_deletion(*, municipality_id: int) -> MunicipalityDeletion | None:
    """Return the deletion that is asked for or under way, or None."""
    found = MunicipalityDeletion.objects.filter(municipality_key=municipality_id, state__in=MunicipalityDeletion.OPEN)
    return found.select_related("requested_by").first()


def ask(*, municipality: Municipality, reason: str, by: User, now: datetime) -> MunicipalityDeletion:
    """
    Ask for the deletion of a municipality.

    :raises AlreadyAsked:
    """
    try:
        with transaction.atomic():
            return MunicipalityDeletion.objects.create(
                municipality_key=municipality.pk,
                number=municipality.number,
                name=municipality.name,
                reason=reason,
                requested_by=by,
                requested_at=now,
            )
    except IntegrityError:
        raise AlreadyAsked from None


def withdraw(*, municipality: Municipality, now: datetime) -> None:
    """
    Take the request back. Its reason and who asked are not kept.

    :raises NotAsked: there is none, or it has been confirmed
    """
    asked = MunicipalityDeletion.objects.filter(municipality_key=municipality.pk, state=State.REQUESTED)
    if not asked.update(state=State.WITHDRAWN, withdrawn_at=now, reason="", requested_by=None):
        raise NotAsked


def confirm(*, number: str, by: User, now: datetime) -> MunicipalityDeletion:
    """
    Confirm what was asked for, as a second person.

    :raises NotAsked:
    :raises NotTwoPeople:
    """
    with transaction.atomic():
        asked = MunicipalityDeletion.objects.select_for_update().filter(number=number, state=State.REQUESTED).first()
        if asked is None:
            raise NotAsked
        if not (by.is_active and by.is_staff) or by.pk == asked.requested_by_id:
            raise NotTwoPeople
        asked.state, asked.confirmed_by, asked.confirmed_at = State.RUNNING, by, now
        asked.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    return asked


def carry_out(deletion: MunicipalityDeletion, *, now: datetime) -> MunicipalityDeletion:
    """
    Delete everything of a municipality whose deletion is confirmed, and return the receipt.

    :raises StillSending: nothing is lost; call it again in a minute or two
    """
    municipality_id = deletion.municipality_key
    _shut(municipality_id, now=now)
    _end_access(deletion, now=now)
    for _round in range(ROUNDS):
        erasing.erase_rows(deletion)
        if not erasing.rows_left(municipality_id):
            break
    erasing.erase_log(deletion)
    erasing.erase_files(deletion)
    erasing.erase_messages(deletion)
    erasing.erase_municipality(municipality_id)
    return _finish(deletion, now=now)


def has_data(municipality_id: int) -> bool:
    """Whether anything at all is stored of a municipality."""
    return erasing.rows_left(municipality_id) > 0


def _shut(municipality_id: int, *, now: datetime) -> None:
    """Let nobody in any more, cancel what is planned, and wait for what is being sent."""
    with tenant(municipality_id):
        Membership.objects.filter(municipality_id=municipality_id).update(is_active=False)
        for look_up in (LinkCode, SurveyCode):
            look_up.objects.filter(municipality_id=municipality_id).delete()
        waiting = {Delivery.State.SCHEDULED, Delivery.State.BLOCKED}
        for delivery_id in Delivery.objects.filter(state__in=waiting).values_list("pk", flat=True):
            trail.move(
                delivery_id, rule="T3", sources=waiting, to=Delivery.State.CANCELLED, at=now, kind=trail.Kind.CANCELLED
            )
    with tenant(municipality_id):
        if Delivery.objects.filter(state=Delivery.State.SENDING, lease_until__gt=now).exists():
            raise StillSending
        for waiting_rows in (Due, Errand):
            waiting_rows.objects.filter(municipality_id=municipality_id).delete()


def _end_access(deletion: MunicipalityDeletion, *, now: datetime) -> None:
    """End each grant at its platform before the tokens are deleted; what could not be ended stands on the receipt."""
    municipality_id = deletion.municipality_key
    for model in (PendingConnection, Connection):
        with tenant(municipality_id):
            grants: Iterable[Any] = list(model.objects.select_related("account__channel"))
        for grant in grants:
            problem = _revoke(grant)
            told = {"channel": grant.account.channel.slug, "is_revoked": not problem, "problem": problem}
            with tenant(municipality_id):
                deletion.receipt.setdefault("access", []).append(told)
                deletion.save(update_fields=["receipt"])
                model.objects.filter(pk=grant.pk).delete()
                PageClaim.objects.filter(municipality_id=municipality_id, account_id=grant.account_id).delete()


def _revoke(grant: Connection | PendingConnection) -> str:
    """Return why access could not be ended, "" when the platform says that it has."""
    connector = connectors.by_slug(grant.account.channel.connector)
    if connector is None:
        return "no_connector"
    try:
        connector().revoke(access_token=grant.access_token, refresh_token=grant.refresh_token)
    except connectors.ConnectorError as problem:
        return problem.code
    except Exception as problem:
        # A lost key, or a fault of ours: the municipality leaves all the same, and the receipt says so.
        logger.error("Access could not be ended: %s", type(problem).__name__)
        return "failed"
    return ""


def _finish(deletion: MunicipalityDeletion, *, now: datetime) -> MunicipalityDeletion:
    until = (now + timedelta(days=settings.BACKUP_KEPT_DAYS)).astimezone(OSLO).date()
    register.add(kind="municipality", key=deletion.municipality_key, number=deletion.number, at=now)
    deletion.state, deletion.finished_at, deletion.backups_until = State.DONE, now, until
    deletion.reason, deletion.requested_by, deletion.confirmed_by = "", None, None
    deletion.save()
    return deletion


def receipt_lines(deletion: MunicipalityDeletion) -> list[str]:
    """Return the receipt as lines of text in the language that is active."""
    receipt = deletion.receipt
    rows = Counter(receipt.get("rows", {}))
    lines = [
        _("Everything about %(name)s (%(number)s) is deleted.") % {"name": deletion.name, "number": deletion.number},
        _("Rows in the database: %(n)s") % {"n": rows.total()},
        *[f"    {table}: {n}" for table, n in sorted(rows.items()) if n],
        _("Users who belonged to no other municipality: %(n)s") % {"n": receipt.get("users", 0)},
        _("Files: %(n)s") % {"n": receipt.get("files", 0)},
        _("Messages in queues: %(n)s") % {"n": receipt.get("messages", 0)},
    ]
    for each in receipt.get("access", []):
        if each["is_revoked"]:
            lines.append(_("%(channel)s: the access is ended at the platform.") % each)
        else:
            lines.append(
                _(
                    "%(channel)s: the platform has not confirmed that the access is ended (%(problem)s). Whoever "
                    "connected the page must remove Kanalkompass among the approved apps there."
                )
                % each
            )
    if deletion.backups_until:
        lines.append(
            _("Backups may hold data until %(day)s. If one is restored, run reapply_deletions before anybody logs in.")
            % {"day": deletion.backups_until.isoformat()}
        )
    return lines
