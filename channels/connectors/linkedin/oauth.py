"""OAuth 2.0 with LinkedIn: where a person grants access, what a code and a refresh token are exchanged for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from channels.connectors import http
from channels.connectors.base import AccessDead, ConnectorError, Grant, NothingSent, Refused
from channels.connectors.linkedin import reading
from channels.connectors.linkedin.api import READ_DEADLINE_S, Api, clock_skew_s
from foundation import clock

# What each of LinkedIn's products gives. The advertising ones read figures; nothing is bought through them.
SCOPES = {
    "community": (
        "openid",
        "profile",
        "rw_organization_admin",
        "r_organization_social",
        "w_organization_social",
        "r_organization_social_feed",
        "w_organization_social_feed",
    ),
    "advertising": ("r_ads", "r_ads_reporting"),
}
# Without these nothing can be published; a lost one of the others takes only what needs it.
NEEDED_TO_PUBLISH = frozenset({"w_organization_social"})
_ERROR_NAME = re.compile(r"[a-z_]{1,40}")


def scopes() -> tuple[str, ...]:
    """
    Return what is asked for: the whole set of the app's products at once, on the first day.

    Consent is all or nothing, and asking for another set later would end every earlier token of the member.
    """
    products = ("community", *settings.LINKEDIN_PRODUCTS)
    return tuple(dict.fromkeys(scope for product in products for scope in SCOPES.get(product, ())))


def authorise_url(*, state: str, redirect_uri: str) -> str:
    """Return the address of LinkedIn's consent page."""
    parameters = {
        "response_type": "code",
        "client_id": settings.LINKEDIN_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": " ".join(scopes()),
    }
    return f"{settings.LINKEDIN_OAUTH_BASE}/oauth/v2/authorization?{urlencode(parameters)}"


def exchange(*, code: str, redirect_uri: str, now: datetime) -> Grant:
    """
    Return what a one-time code gives, with the member's name when LinkedIn tells it.

    :raises Refused: the code is used, old or foreign; the answer lacks an expiry; fewer scopes than asked for
    :raises NothingSent: LinkedIn could not be reached or gave no clear answer
    """
    answer = _token_call({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
    if not 200 <= answer.status < 300:
        raise _refusal(answer)
    grant = _grant(answer.json(), now=now)
    missing = sorted(set(scopes()) - grant.scopes)
    if missing:
        raise Refused("scopes_missing", " ".join(missing))
    return Grant(**{**vars(grant), "member_name": _member_name(grant.access_token)})


def refresh(*, refresh_token: str, now: datetime) -> Grant:
    """
    Return a new access token. The refresh token of the grant is "" when LinkedIn does not repeat it.

    :raises AccessDead: the refresh token is refused; a person must connect again
    :raises NothingSent: LinkedIn could not be reached or gave no clear answer
    """
    answer = _token_call({"grant_type": "refresh_token", "refresh_token": refresh_token})
    if answer.status in (400, 401):
        problem = _refusal(answer)
        raise problem if problem.code == "client_refused" else AccessDead("refresh_refused", problem.detail)
    if not 200 <= answer.status < 300:
        raise _refusal(answer)
    return _grant(answer.json(), now=now)


def revoke(*, access_token: str, refresh_token: str) -> None:
    """
    End both tokens. LinkedIn is then asked about each of them: the answer to that is what counts.

    That it can be asked to end a token is known from others' programs, not from its own documentation.

    :raises Refused: a token still gives access; the member must remove the app at LinkedIn
    :raises NothingSent: LinkedIn could not be reached or gave no clear answer
    """
    tokens = [token for token in (refresh_token, access_token) if token]
    for token in tokens:
        _token_call({"token": token}, to="revoke")
    for token in tokens:
        is_active = introspect(token, now=clock.now()).is_active
        if is_active is True:
            raise Refused("still_active", "")
        if is_active is None:
            raise NothingSent("unclear_answer", "Whether the token is active is not told")


@dataclass(frozen=True)
class Introspection:
    """
    What LinkedIn says of a token: whether it lives, what it may do and until when (UTC); None is not told.

    `clock_skew_s`: how many seconds LinkedIn's clock is ahead of ours.
    """

    is_active: bool | None
    scopes: frozenset[str] | None
    expires_at: datetime | None
    clock_skew_s: int | None


def introspect(access_token: str, *, now: datetime) -> Introspection:
    """
    Ask LinkedIn about a token.

    :raises NothingSent: LinkedIn could not be reached or gave no clear answer
    :raises Refused: LinkedIn does not know our app
    """
    answer = _token_call({"token": access_token}, to="introspectToken")
    if not 200 <= answer.status < 300:
        raise _refusal(answer)
    told = answer.json()
    is_active, ends_s = told.get("active"), reading.count(told.get("expires_at"))
    return Introspection(
        is_active=is_active if isinstance(is_active, bool) else None,
        scopes=_scopes_in(reading.text(told.get("scope"))) or None,
        expires_at=reading.moment(ends_s * 1000) if ends_s else None,
        clock_skew_s=clock_skew_s(answer, now=now),
    )


def _scopes_in(told: str) -> frozenset[str]:
    return frozenset(re.split(r"[,\s]+", told)) - {""}


def _token_call(fields: dict[str, str], *, to: str = "accessToken") -> http.Answer:
    client = {"client_id": settings.LINKEDIN_CLIENT_ID, "client_secret": settings.LINKEDIN_CLIENT_SECRET}
    return http.request(
        "POST",
        f"{settings.LINKEDIN_OAUTH_BASE}/oauth/v2/{to}",
        deadline_s=READ_DEADLINE_S,
        form={**fields, **client},
    )


def _refusal(answer: http.Answer) -> ConnectorError:
    """Return why no token was given, by the error's name alone: its description is foreign text."""
    name = answer.json().get("error")
    detail = name if isinstance(name, str) and _ERROR_NAME.fullmatch(name) else f"HTTP {answer.status}"
    if detail == "invalid_client" or (answer.status == 401 and detail != "invalid_grant"):
        return Refused("client_refused", detail)
    if answer.status == 429 or answer.status >= 500 or answer.status < 400:
        return NothingSent("server_error", detail)
    return Refused("code_refused", detail)


def _grant(payload: dict[str, Any], *, now: datetime) -> Grant:
    token = payload.get("access_token")
    if not isinstance(token, str) or not token:
        raise NothingSent("unclear_answer", "No access token in the answer")
    life_s = _seconds(payload.get("expires_in"))
    if life_s is None:
        raise Refused("no_expiry", "The answer does not say how long the access lasts")
    refresh_token = payload.get("refresh_token")
    refresh_token = refresh_token if isinstance(refresh_token, str) else ""
    refresh_life_s = _seconds(payload.get("refresh_token_expires_in"))
    return Grant(
        access_token=token,
        refresh_token=refresh_token,
        scopes=_scopes_in(reading.text(payload.get("scope"))),
        member_name="",
        expires_at=now + timedelta(seconds=life_s),
        refresh_expires_at=now + timedelta(seconds=refresh_life_s) if refresh_token and refresh_life_s else None,
    )


def _seconds(value: Any) -> int | None:
    """Return a life in seconds, or None when it is none; ten years is the most we believe."""
    told = reading.count(value)
    return told if told is not None and 0 < told <= 315_360_000 else None


def _member_name(access_token: str) -> str:
    """Return the member's name, or "": it is shown, and nothing depends on it."""
    try:
        return reading.text(Api(access_token).read("/v2/userinfo", restli_method="").get("name"), most=150)
    except ConnectorError:
        return ""
