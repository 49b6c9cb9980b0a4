"""The number that stands on an error page and in the log, so that one leads to the other (P27)."""

import logging
import secrets

from django.http import HttpRequest

WORN = "incident"


def number_of(request: HttpRequest) -> str:
    """Return the request's incident number: short enough to read out, given at the first question."""
    number = getattr(request, WORN, "")
    if not number:
        number = secrets.token_hex(4)
        setattr(request, WORN, number)
    return number


class WithIncident(logging.Filter):
    """
    Begin a log line about a request with its incident number and the user's id.

    Only what is at hand is said: asking for the user may be what failed. The line holds the path and never the query.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through; those of a request that got a number begin with it."""
        request = getattr(record, "request", None)
        number = getattr(request, WORN, "")
        if number and not getattr(record, WORN, ""):
            setattr(record, WORN, number)
            record.msg = f"Incident {number}, user {_id_of_user(request)}: {record.msg}"
        return True


def _id_of_user(request: object) -> str:
    """Return the id of the user, where the session was read already; a number, as everywhere in the log."""
    user = getattr(request, "_cached_user", None)
    return str(getattr(user, "pk", None) or "unknown")
