"""
Confirming who one is before an act that matters: connecting, rights, exports with rows.

Who comes to look is led to the confirmation and back. Who sends a form too late meets the confirmation in its place,
with what was written kept in that page: nothing is lost, and nothing is stored meanwhile.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django_htmx.http import HttpResponseClientRefresh

from foundation import clock
from recruitment import login_sessions
from recruitment.login_forms import ReauthenticateForm, ReauthenticatePasswordForm
from recruitment.models import User

PREFIX = "confirm"
# Not carried on: they belong to the page that is drawn, or to the answer that is given.
NOT_KEPT = {"csrfmiddlewaretoken", f"{PREFIX}-password", f"{PREFIX}-code"}


def ask_unless_fresh(request: HttpRequest) -> HttpResponse | None:
    """Return the page that asks the person to confirm who she is; None when she just has."""
    if login_sessions.is_fresh(request=request, now=clock.now()):
        return None
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRefresh()
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        # Neither a password nor an app: only logging in anew can tell who she is.
        logout(request)
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        return _ask_and_keep(request)
    return redirect(f"{methods[0]['url']}?{urlencode({'next': request.get_full_path()})}")


@sensitive_variables()
def _ask_and_keep(request: HttpRequest) -> HttpResponse | None:
    """Ask in place of the form that was sent; None when the answer came with it and is right."""
    is_answered = any(name in request.POST for name in (f"{PREFIX}-password", f"{PREFIX}-code"))
    form = _form(request, is_answered=is_answered)
    if is_answered and form.is_valid():
        if hasattr(form, "save"):
            form.save()
        else:
            reauthenticate_by_password(request)
        request.POST = _kept(request)
        return None
    kept = [(name, value) for name, values in _kept(request).lists() for value in values]
    context = {"form": form, "kept": kept, "action": request.get_full_path()}
    response = render(request, "account/confirm_again.html", context, status=422 if is_answered else 403)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _form(request: HttpRequest, *, is_answered: bool) -> Any:
    """Return the form that asks for the password; for a code where there is no password."""
    user = cast(User, request.user)
    form_class = ReauthenticatePasswordForm if user.has_usable_password() else ReauthenticateForm
    return form_class(request.POST if is_answered else None, user=user, prefix=PREFIX)


def _kept(request: HttpRequest) -> Any:
    """Return what the form held, without what belongs to the confirmation."""
    kept = request.POST.copy()
    for name in NOT_KEPT:
        kept.pop(name, None)
    kept._mutable = False
    return kept
