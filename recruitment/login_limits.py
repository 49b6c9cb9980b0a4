"""
How often somebody may try to log in (P25), so that guessing is hopeless and nobody can lock a town hall out.

Only failures count. A browser that has logged in to an account before carries a signed cookie, and has five failures
per quarter of an hour of its own: whatever strangers do to the account or from the same address does not touch it. All
other browsers share the account's five and their address's three hundred. Everything is counted before the password is
looked at and given back when it was right, so that many attempts at once gain nothing. Without Redis nothing can be
counted, and nobody gets in (docs/decisions/0010): who is in stays in.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from foundation import limits

QUARTER_S = 15 * 60
PER_ACCOUNT = 5
PER_ADDRESS = 300
CODES_PER_PERSON = 5
RESETS_PER_ACCOUNT, RESETS_PER_ADDRESS, HOUR_S = 3, 60, 60 * 60

KNOWN_FOR_S = 180 * 24 * 60 * 60
# A computer at a counter is shared: it remembers this many accounts, the latest first.
ACCOUNTS_PER_BROWSER = 10
SALT = "login.known-browser"


@dataclass(frozen=True)
class Attempt:
    """An attempt that has been counted: under which names, and by whom."""

    counted: tuple[tuple[str, str], ...]

    def give_back(self) -> None:
        """Take the counts back: the attempt was right."""
        for what, whose in self.counted:
            limits.give_back(what, whose, window_s=QUARTER_S)


def count_password(*, request: HttpRequest, email: str) -> Attempt:
    """
    Count an attempt with a password, whether the address has an account or not.

    :raises foundation.limits.TooOften: the account's, the address's or the known browser's quarter is full
    :raises redis.exceptions.RedisError: nothing can be counted
    """
    account = _name_of(email)
    browser = _known(request).get(account)
    if browser:
        wanted = [("login-browser", f"{account}:{browser}", PER_ACCOUNT)]
    else:
        wanted = [
            ("login-account", account, PER_ACCOUNT),
            ("login-address", limits.whose_address(request), PER_ADDRESS),
        ]
    for what, whose, limit in wanted:
        limits.count(what, whose, limit=limit, window_s=QUARTER_S)
    return Attempt(tuple((what, whose) for what, whose, _limit in wanted))


def count_code(*, user_id: int) -> Attempt:
    """
    Count an attempt with a one-time or recovery code; who tries has the password already.

    :raises foundation.limits.TooOften: five wrong codes within a quarter of an hour
    """
    limits.count("login-code", str(user_id), limit=CODES_PER_PERSON, window_s=QUARTER_S)
    return Attempt((("login-code", str(user_id)),))


def count_reset(*, request: HttpRequest, email: str) -> None:
    """
    Count a letter about a new password, which costs an e-mail whether the address has an account or not.

    :raises foundation.limits.TooOften: the address's hour is full
    """
    limits.count("reset-address", limits.whose_address(request), limit=RESETS_PER_ADDRESS, window_s=HOUR_S)
    limits.count("reset-account", _name_of(email), limit=RESETS_PER_ACCOUNT, window_s=HOUR_S)


def forget_failures(*, email: str) -> None:
    """Forget the account's failures: the owner has proved herself with a letter and has a new password."""
    limits.forget("login-account", _name_of(email), window_s=QUARTER_S)


def remember_browser(*, request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Let the browser be known for the account that has just logged in from it."""
    account = _name_of(email)
    known = _known(request)
    mark = known.pop(account, "") or secrets.token_urlsafe(12)
    kept = dict(list({account: mark, **known}.items())[:ACCOUNTS_PER_BROWSER])
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(json.dumps(kept), salt=SALT),
        max_age=KNOWN_FOR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict[str, str]:
    """Return the accounts that the browser is known for, each with the browser's mark."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        return dict(json.loads(signing.loads(cookie, salt=SALT, max_age=KNOWN_FOR_S)))
    except (signing.BadSignature, ValueError):
        return {}


def _name_of(email: str) -> str:
    """Return a keyed hash that stands for an address in counters and cookies."""
    return salted_hmac("login.account", email.strip().lower(), algorithm="sha256").hexdigest()[:24]
