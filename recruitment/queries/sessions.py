"""Where a person is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from recruitment import login_devices
from recruitment.models import User


@dataclass(frozen=True)
class LogIn:
    """One log-in: on which device, since when, last used when (UTC, to the minute), and whether it is this one."""

    pk: int
    device: str
    first_seen: datetime
    last_seen: datetime
    is_this: bool


def log_ins(*, user: User, session_key: str, now: datetime) -> list[LogIn]:
    """Return the user's log-ins, this one first, then the latest used first."""
    lasting = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=lasting).order_by("-last_seen_at")
    found = [
        LogIn(
            pk=row.pk,
            device=login_devices.in_words(row.user_agent),
            first_seen=row.created_at,
            last_seen=row.last_seen_at,
            is_this=row.session_key == session_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_this)
