"""Deletions applied once more: a restored backup has forgotten what was deleted after it was taken (P11)."""

from __future__ import annotations

from datetime import datetime

from kanalkompass.models import MunicipalityDeletion
from kanalkompass.privacy import leaving, people, register
from recruitment.models import Municipality, User


def reapply(*, since: datetime, now: datetime) -> list[register.Entry]:
    """
    Delete what the register says was deleted at or after `since`, and is here again; return what was.

    Run it twice and the second time finds nothing. A municipality that came back on its own is newer than the backup,
    and so is not in it.
    """
    return [entry for entry in register.since(since) if _again(entry, now=now)]


def _again(entry: register.Entry, *, now: datetime) -> bool:
    if entry.kind == "user":
        user = User.objects.filter(pk=entry.key).first()
        if user is None or people.is_erased(user):
            return False
        people.erase(user=user, now=now, is_forced=True)
        return True
    municipality = Municipality.objects.filter(pk=entry.key, number=entry.number).first()
    if municipality is None or not leaving.has_data(municipality.pk):
        return False
    deletion = leaving.open_deletion(municipality_id=municipality.pk) or MunicipalityDeletion(
        municipality_key=municipality.pk, number=municipality.number, name=municipality.name, requested_at=now
    )
    deletion.state, deletion.confirmed_at = MunicipalityDeletion.State.RUNNING, entry.at
    deletion.save()
    leaving.carry_out(deletion, now=now)
    return True
