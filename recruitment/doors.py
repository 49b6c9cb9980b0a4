"""
Doors: every route declares who may come through, and the same declaration serves views, menus and tests.

A route without a declaration fails the system check, and with it the build. Whoever may not come through meets the
same 404 as for something that does not exist (P13), so that nothing is told.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import translation
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from foundation import clock
from foundation.acting import acting_as
from foundation.tenancy import acting_user, tenant
from recruitment.actions import entries
from recruitment.login_again import ask_unless_fresh
from recruitment.models import Membership, Municipality, User
from recruitment.queries import people

Role = Membership.Role
EVERYBODY = frozenset(Role)
HR = frozenset({Role.HR})
ADVISER = frozenset({Role.ADVISER})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Rule:
    """
    Who may come through. `right` is a membership's `may_*` field; an administrator does not hold it by role.

    Roles in `always` come through without the right.
    """

    kind: str  # "public", "logged_in", "member", "system"
    roles: frozenset[str] = field(default_factory=frozenset)
    right: str = ""
    always: frozenset[str] = field(default_factory=frozenset)
    is_for_entries: bool = True  # whether a system administrator who entered with a reason may look, too

    def allows(self, membership: Membership | None) -> bool:
        """Whether a member may come through; for "public" and "logged_in" it is asked elsewhere."""
        if self.kind != "member":
            return True
        if membership is None:
            return False
        has_right = not self.right or getattr(membership, self.right)
        return membership.role in self.always or (membership.role in self.roles and has_right)


PUBLIC = Rule("public")
LOGGED_IN = Rule("logged_in")
SYSTEM = Rule("system")

RULES: dict[str, Rule] = {}


def member(
    *roles: frozenset[str], right: str = "", always: frozenset[str] = frozenset(), is_for_entries: bool = True
) -> Rule:
    """Return the rule for members with one of the roles, and with `right` where one is named; or a role in `always`."""
    return Rule("member", frozenset().union(*roles) if roles else EVERYBODY, right, always, is_for_entries)


class MemberRequest(HttpRequest):
    """A request that came through a member's door: who, where, and as what."""

    user: User
    municipality: Municipality
    membership: Membership


def door(
    route: str,
    view: Callable[..., HttpResponseBase],
    *,
    name: str,
    rule: Rule,
    enters_itself: bool = False,
    fresh: bool = False,
    has_secret_query: bool = False,
) -> URLPattern:
    """
    Return a URL pattern whose view is guarded by `rule`.

    A member's route lies under `<str:number>/` (the municipality's number), which the guard takes; the view runs inside
    `tenant()`. With `enters_itself` it does not: a view that calls a platform enters once per step, so that no
    transaction is open while it waits.

    With `fresh` the person must have confirmed within the last ten minutes who she is; else she is asked first, and
    loses nothing she has written.

    With `has_secret_query` what stands behind the question mark works once and is told nobody: the way to the login
    leaves it out (P17).
    """
    RULES[name] = rule
    # Nothing of ours answers to another method, and who may not come through meets the 404 first.
    view = require_http_methods(["GET", "HEAD", "POST"])(view)

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if rule.kind != "public" and not request.user.is_authenticated:
            return _to_login(request, back_to=request.path if has_secret_query else request.get_full_path())
        if rule.kind == "system" and not request.user.is_staff:
            raise Http404
        if rule.kind != "member":
            with acting_as(request.user.pk):
                return (fresh and ask_unless_fresh(request)) or view(request, *args, **kwargs)
        user = cast(User, request.user)
        request.membership = membership = _membership(user, kwargs.pop("number"))  # type: ignore[attr-defined]
        if not rule.allows(membership):
            raise Http404
        request.municipality = membership.municipality  # type: ignore[attr-defined]
        _activate_language(membership)
        if membership.system_entry is not None:
            if request.method not in ("GET", "HEAD") or not rule.is_for_entries:
                return render(request, "recruitment/read_only.html", status=403)
            entries.note_reading(membership.system_entry, address=request.path)
        if fresh and (question := ask_unless_fresh(request)):
            return question
        with acting_as(user.pk):
            if enters_itself:
                return view(request, *args, **kwargs)
            with tenant(membership.municipality_id):
                return view(request, *args, **kwargs)

    guarded.rule, guarded.fresh = rule, fresh  # type: ignore[attr-defined]
    return path(route, guarded, name=name)


def _to_login(request: HttpRequest, *, back_to: str) -> HttpResponse:
    """Lead to the login and back; where only a part of a page was asked for, the whole page is asked for anew."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRefresh()
    return redirect_to_login(back_to)


def _membership(user: User, number: str) -> Membership:
    with acting_user(user.pk):
        membership = (
            Membership.objects.select_related("municipality")
            .filter(user=user, municipality__number=number, is_active=True)
            .first()
        )
    membership = membership or _passing_role(user, number)
    if membership is None:
        raise Http404
    membership.user = user
    return membership


def _passing_role(user: User, number: str) -> Membership | None:
    """Return what a system administrator reads as while her entry with a reason lasts; it is never stored."""
    entry = people.open_entry(user=user, number=number, now=clock.now()) if user.is_staff else None
    if entry is None:
        return None
    membership = Membership(municipality=entry.municipality, user=user, role=Role.ADMINISTRATOR)
    membership.system_entry = entry
    return membership


def _activate_language(membership: Membership) -> None:
    if not membership.user.language:
        translation.activate(membership.municipality.language)


def is_open_to(membership: Membership | None, url_name: str) -> bool:
    """Whether a member may come through the door of this URL name; menus and buttons ask this."""
    return RULES[url_name].allows(membership)
