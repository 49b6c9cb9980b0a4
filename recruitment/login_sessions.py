"""
How long a log-in lasts, and whether the person has confirmed just now who she is.

An hour without activity or twelve hours in all, whichever comes first (P23). Moments are kept in the session itself, as
seconds since 1970 by our clock; a session without them is over.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

IDLE_S = 60 * 60
WHOLE_S = 12 * 60 * 60
FRESH_S = 10 * 60
# A session is stored again at most this often because somebody is active.
SEEN_EVERY_S = 60

LOGGED_IN_AT = "logged_in_at"
CONFIRMED_AT = "confirmed_at"
SEEN_AT = "seen_at"
# Whether the log-in stands on its owner's list: the first page sees to it, however she came in.
IS_LISTED = "is_listed"


def begin(*, request: HttpRequest, now: datetime) -> None:
    """Start counting for somebody who has just logged in; that confirms who she is, too."""
    moment = now.timestamp()
    request.session.update({LOGGED_IN_AT: moment, CONFIRMED_AT: moment, SEEN_AT: moment, IS_LISTED: False})


def confirm(*, request: HttpRequest, now: datetime) -> None:
    """Note that the person has written her password or a code once more."""
    request.session[CONFIRMED_AT] = now.timestamp()


def is_fresh(*, request: HttpRequest, now: datetime) -> bool:
    """Whether the person logged in, or confirmed who she is, within the last ten minutes."""
    return now.timestamp() - request.session.get(CONFIRMED_AT, 0) < FRESH_S


def is_over(*, request: HttpRequest, now: datetime) -> bool:
    """Whether the session has lasted as long as it may."""
    moment = now.timestamp()
    logged_in_at, seen_at = request.session.get(LOGGED_IN_AT, 0), request.session.get(SEEN_AT, 0)
    return moment - logged_in_at >= WHOLE_S or moment - seen_at >= IDLE_S


def see(*, request: HttpRequest, now: datetime) -> bool:
    """Note that the person is active; return whether that was stored, which it is once a minute."""
    moment = now.timestamp()
    is_recent = moment - request.session.get(SEEN_AT, 0) < SEEN_EVERY_S
    if is_recent and request.session.get(IS_LISTED):
        return False
    request.session.update({SEEN_AT: moment, IS_LISTED: True})
    return True


def is_activity(request: HttpRequest) -> bool:
    """
    Whether a person stands behind the request.

    What a page fetches by itself (htmx, GET) is none: a page left open would keep a session alive for ever. What
    somebody writes is sent with POST.
    """
    is_fetched = request.headers.get("HX-Request") == "true" and request.method in ("GET", "HEAD")
    return not is_fetched
