"""
Break-glass: a system administrator looks into a municipality for an hour, for reading, and it is told (table M).

She gives a reason; its administrators get a letter, see her on their overview, and find her entry among the users.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from audit import record
from audit.acts import Act
from foundation import formats
from foundation.acting import acting_as
from foundation.tenancy import current_municipality_id, tenant
from recruitment.actions import mail, members
from recruitment.models import Membership, Municipality, SystemEntry, User

LASTS = timedelta(hours=1)


class NotSystemAdministrator(Exception):
    """Only who runs the installation may ask."""


class IsMember(Exception):
    """Whoever has a role here comes in by it."""


def enter(*, municipality: Municipality, user: User, reason: str, now: datetime) -> SystemEntry:
    """
    Let a system administrator in for an hour, record it, and write to the municipality's administrators.

    Where she is inside already, that entry is returned as it is: an hour is not made longer by asking again.

    :raises NotSystemAdministrator: the user is none
    :raises IsMember: she has a role here
    """
    if not (user.is_active and user.is_staff):
        raise NotSystemAdministrator
    with acting_as(user.pk, reason), tenant(municipality.pk):
        members.lock_members()
        if Membership.objects.filter(municipality=municipality, user=user, is_active=True).exists():
            raise IsMember
        own = SystemEntry.objects.filter(municipality=municipality, user=user)
        still_open = own.filter(left_at__isnull=True, ends_at__gt=now).first()
        if still_open is not None:
            return still_open
        entry = SystemEntry.objects.create(
            municipality=municipality, user=user, reason=reason, entered_at=now, ends_at=now + LASTS
        )
        record(Act.BREAK_GLASS_ENTERED, obj=entry, reason=reason)
        _tell(entry, municipality=municipality)
    return entry


def leave(*, municipality: Municipality, user: User, now: datetime) -> bool:
    """End the user's entry, and return whether there was one."""
    with acting_as(user.pk), tenant(municipality.pk):
        entry = (
            SystemEntry.objects.select_for_update()
            .filter(municipality=municipality, user=user, left_at__isnull=True, ends_at__gt=now)
            .first()
        )
        if entry is None:
            return False
        entry.left_at = now
        entry.save(update_fields=["left_at"])
        record(Act.BREAK_GLASS_LEFT, obj=entry)
    return True


def note_reading(entry: SystemEntry, *, address: str) -> None:
    """Record that a page was looked at by this entry: the municipality can see what was read."""
    with acting_as(entry.user_id, entry.reason), tenant(entry.municipality_id):
        record(Act.BREAK_GLASS_READ, obj=entry, detail={"address": address})


def mark_seen(*, entry_id: int, by: User, now: datetime) -> None:
    """
    Note that an administrator of the entered municipality has seen an entry.

    :raises SystemEntry.DoesNotExist: there is no such entry here
    """
    with transaction.atomic():
        entry = SystemEntry.objects.select_for_update().get(pk=entry_id, municipality_id=current_municipality_id())
        if entry.seen_at is None:
            entry.seen_at, entry.seen_by = now, by
            entry.save(update_fields=["seen_at", "seen_by"])


def _tell(entry: SystemEntry, *, municipality: Municipality) -> None:
    link = f"{settings.SITE_URL}{reverse('members', kwargs={'number': municipality.number})}"
    for administrator in members.active_administrators():
        language = administrator.language or municipality.language
        with translation.override(language):
            words = {
                "who": str(entry.user),
                "municipality": municipality.name,
                "at": formats.moment(entry.entered_at),
                "until": formats.moment(entry.ends_at),
                "reason": entry.reason,
                "link": link,
            }
        mail.post(
            to=administrator.email,
            template="break_glass",
            context=words,
            language=language,
            municipality=municipality,
        )
