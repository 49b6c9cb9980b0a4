"""What every request passes: the language of the page, how long a log-in lasts, and that its second step is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from foundation import clock
from recruitment import login_limits, login_sessions
from recruitment.actions import sessions
from recruitment.models import User
from recruitment.queries import people, second_step


class LanguageMiddleware:
    """
    Activate the user's language; a municipality's door activates the municipality's when the user has none.

    Who has not logged in yet may choose on the login page; the session remembers it, so it needs no cookie of its own.

    The browser's own preference is not asked: an adviser with an English browser writes Norwegian posts. Public pages
    choose by themselves and need no cookie (R13).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request in the user's language."""
        language = self.chosen(request) or settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response

    @staticmethod
    def chosen(request: HttpRequest) -> str:
        """Return the language that was chosen, "" for none."""
        if request.user.is_authenticated:
            # Her account lies outside every municipality, but she reads it as she reads the one she works for.
            is_own = request.path.startswith("/konto/") and not request.user.language
            return people.language_at_work(request.user) if is_own else request.user.language
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        return request.session.get("language", "") if has_session else ""


class LoginMiddleware:
    """
    End a log-in that has lasted as long as it may, and keep who must have a second step from going on without it.

    Stands after the middleware of sessions, users and messages. What it does comes before every view of every app, so
    that a page which forgot to ask cannot be reached either.
    """

    # Routes that a person may use while her second step is not set up: the set-up itself, and the way out. A member's
    # door is never among them, whatever its name.
    OPEN = ("account_", "mfa_")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request; a browser that somebody logged in from is known from now on."""
        response = self.get_response(request)
        if email := getattr(request, "logged_in_as", ""):
            login_limits.remember_browser(request=request, response=response, email=email)
        for act in getattr(request, "after_answer", []):
            response._resource_closers.append(act)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Return an answer in the view's place, or None."""
        now = clock.now()
        if not request.user.is_authenticated:
            # Closed accounts and changed passwords: the session stays closed though the account is opened again.
            if SESSION_KEY in request.session:
                request.session.flush()
            return None
        if login_sessions.is_over(request=request, now=now):
            sessions.end_this(request)
            messages.info(request, _("You were logged out because it was a while since you last used Kanalkompass."))
            return None
        if login_sessions.is_activity(request) and login_sessions.see(request=request, now=now):
            sessions.note_seen(request=request, now=now)
        return self._set_up_first(request, view)

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Answer 422 where allauth answers 200 to a form that it refuses."""
        form = (response.context_data or {}).get("form") if request.method == "POST" else None
        if response.status_code == 200 and form is not None and form.errors:
            response.status_code = 422
        return response

    def _set_up_first(self, request: HttpRequest, view: Any) -> HttpResponseBase | None:
        kind = getattr(getattr(view, "rule", None), "kind", "")
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_own = kind != "member" and name.startswith(self.OPEN)
        user = cast(User, request.user)
        if kind == "public" or is_own or not (missing := second_step.missing_part(user)):
            return None
        if not second_step.is_demanded(user):
            return None
        way = reverse("mfa_activate_totp" if missing == "app" else "mfa_view_recovery_codes")
        return HttpResponseClientRedirect(way) if request.headers.get("HX-Request") == "true" else redirect(way)
