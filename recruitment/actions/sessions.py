"""A person's log-ins on her devices: seen, ended by herself, ended because the account is closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from recruitment.models import User


def end_this(request: HttpRequest) -> None:
    """Log out, but go on in the language that was chosen."""
    language = getattr(request.user, "language", "")
    logout(request)
    if language:
        request.session["language"] = language


def note_seen(*, request: HttpRequest, now: datetime) -> None:
    """Note that the session is in use; make its row where the login did not."""
    key = request.session.session_key
    if not UserSession.objects.filter(session_key=key, user_id=request.user.pk).update(last_seen_at=now):
        UserSession.objects.create_from_request(request)


def end(*, user: User, pks: Collection[int]) -> int:
    """End those of the user's log-ins that have one of the keys, and return how many they were."""
    rows = UserSession.objects.filter(user=user, pk__in=pks)
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    return rows.delete()[0]


def end_all(*, user: User, but: str = "") -> int:
    """End all of the user's log-ins, except the one with session key `but`, and return how many they were."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    return end(user=user, pks=list(rows.values_list("pk", flat=True)))


def tidy(*, now: datetime) -> int:
    """Delete sessions that are over, and the rows about them; return how many sessions they were."""
    n_deleted = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return n_deleted
