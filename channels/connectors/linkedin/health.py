"""Whether an account could publish on LinkedIn now, asked without publishing anything."""

from __future__ import annotations

from datetime import datetime

from channels.connectors.base import AccessDead, Health, NothingSent, Refused
from channels.connectors.linkedin import oauth, pages
from channels.connectors.linkedin.api import Api


def probe(api: Api, *, page: str, now: datetime) -> Health:
    """
    Look at the token, its scopes and the member's role on the page.

    :raises AccessDead: "token_dead", "scope_lost", "role_lost", "access_denied" or "version_sunset"
    :raises NothingSent: no clear answer came
    """
    told = _introspected(api.token, now=now)
    if told is not None:
        if told.is_active is False:
            raise AccessDead("token_dead", "LinkedIn says that the token is not active")
        missing = oauth.NEEDED_TO_PUBLISH - (told.scopes if told.scopes is not None else oauth.NEEDED_TO_PUBLISH)
        if missing:
            raise AccessDead("scope_lost", " ".join(sorted(missing)))
    try:
        is_administered = pages.is_administered(api, page)
    except Refused as problem:
        # A list of one's own roles that cannot be asked for says nothing about the access.
        raise NothingSent("unclear_answer", problem.detail) from None
    if not is_administered:
        raise AccessDead("role_lost", "The member no longer administers the page")
    return Health(told.expires_at, told.clock_skew_s) if told else Health()


def _introspected(token: str, *, now: datetime) -> oauth.Introspection | None:
    """Return what LinkedIn says of the token, None when it does not: the list of roles then has to tell."""
    try:
        return oauth.introspect(token, now=now)
    except (Refused, NothingSent):
        return None
