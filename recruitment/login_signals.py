"""What follows when somebody logs in, confirms who she is, or loses her account."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset, password_set
from allauth.account.signals import user_logged_in as login_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save, pre_save
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from audit.acts import Act
from foundation import clock
from recruitment import login_devices, login_limits, login_log, login_sessions
from recruitment.actions import sessions
from recruitment.models import User


@receiver(user_logged_in)
def on_login(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Start the session's clock; the answer will let the browser be known (LoginMiddleware)."""
    login_sessions.begin(request=request, now=clock.now())
    request.logged_in_as = user.email  # type: ignore[attr-defined]


@receiver(authentication_step_completed)
def on_step(*, request: HttpRequest, reauthenticated: bool = False, **_: Any) -> None:
    """Remember when a person who is logged in confirmed who she is."""
    if reauthenticated:
        login_sessions.confirm(request=request, now=clock.now())


@receiver(login_completed)
def on_login_completed(*, user: User, **_: Any) -> None:
    """Write down a login with all its steps."""
    login_log.note(user=user, act=Act.LOGGED_IN)


@receiver([password_changed, password_set])
def on_password_change(*, request: HttpRequest, user: User, **_: Any) -> None:
    """End the user's log-ins everywhere else."""
    sessions.end_all(user=user, but=request.session.session_key or "")
    login_log.note(user=user, act=Act.PASSWORD_CHANGED)
    login_log.tell_owner(user=user, template="password_changed")


@receiver(password_reset)
def on_reset(*, user: User, **_: Any) -> None:
    """End the user's log-ins everywhere, and let her in at once, whatever others have tried meanwhile."""
    sessions.end_all(user=user)
    login_limits.forget_failures(email=user.email)
    login_log.note(user=user, act=Act.PASSWORD_CHANGED, detail={"how": "letter"})
    login_log.tell_owner(user=user, template="password_changed")


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def on_second_step_change(*, signal: Signal, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Write down what was changed, and tell the owner."""
    how = {authenticator_added: "added", authenticator_removed: "removed", authenticator_reset: "made anew"}[signal]
    login_log.note(user=user, act=Act.SECOND_STEP_CHANGED, detail={"what": authenticator.type, "how": how})
    # The first codes come with the app: one letter is enough.
    if not (signal is authenticator_added and authenticator.type == Authenticator.Type.RECOVERY_CODES):
        login_log.tell_owner(user=user, template="second_step_changed")


@receiver(authentication_failed)
def on_code_refused(*, user: User, reauthentication: bool = False, **_: Any) -> None:
    """Write down that a code was refused; who tried had the password."""
    act = Act.REAUTHENTICATION_REFUSED if reauthentication else Act.LOGIN_REFUSED
    login_log.note(user=user, act=act, detail={"step": "code"}, is_by_owner=False)


@receiver(pre_save, sender=UserSession)
def on_session_stored(*, instance: UserSession, **_: Any) -> None:
    """Keep of the browser's description of itself what its owner needs to recognise the device."""
    instance.user_agent = login_devices.coarse(instance.user_agent)


@receiver(post_save, sender=User)
def on_user_stored(*, instance: User, **_: Any) -> None:
    """End every log-in of a closed account, so that none lives again when it is opened (P15)."""
    if not instance.is_active:
        sessions.end_all(user=instance)
