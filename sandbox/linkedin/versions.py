"""Which API versions exist, and until when. Not every month has one, so nothing here is computed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sandbox.linkedin.errors import LinkedInError

# Version -> first UTC day on which it no longer answers.
SUNSETS = {
    "202511": "2026-11-16",
    "202601": "2027-01-15",
    "202602": "2027-02-15",
    "202603": "2027-03-16",
    "202604": "2027-04-15",
    "202605": "2027-05-15",
    "202606": "2027-06-15",
    "202607": "2027-07-15",
    "202608": "2027-08-16",  # the month is announced, the day is our assumption
    "202609": "2027-09-15",  # unconfirmed
}


def check(version: str | None, *, now_ms: int, malformed_status: int) -> str:
    """
    Return the version when it answers at `now_ms`.

    :raises LinkedInError: missing, malformed, unknown or past its sunset
    """
    if not version:
        raise LinkedInError("version_missing")
    if not re.fullmatch(r"[0-9]{6}(\.[0-9]{2})?", version) and malformed_status == 400:
        raise LinkedInError("version_malformed", version=version[:40])
    month = version.split(".")[0]
    today = f"{datetime.fromtimestamp(now_ms / 1000, tz=UTC):%Y-%m-%d}"
    if month not in SUNSETS or today >= SUNSETS[month]:
        raise LinkedInError("version_inactive", version=version[:40])
    return month
