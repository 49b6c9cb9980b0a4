"""What follows when somebody logs in, confirms who she is, or loses her account."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from foundation import clock
from recruitment import login_sessions


@receiver(user_logged_in)
def on_login(*, request: HttpRequest, **_: Any) -> None:
    """Start the session's clock."""
    login_sessions.begin(request=request, now=clock.now())


@receiver(authentication_step_completed)
def on_step(*, request: HttpRequest, reauthenticated: bool = False, **_: Any) -> None:
    """Remember when a person who is logged in confirmed who she is."""
    if reauthenticated:
        login_sessions.confirm(request=request, now=clock.now())
