"""Which API versions exist, and until when. Not every month has one, so nothing here is computed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sandbox.linkedin.errors import LinkedInError
from sandbox.switches import Switches

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
# Not announced yet: version -> (first day, sunset). Assumed after the pattern so far, so that a clock moved far ahead
# still finds a living version; the real ones may come on other days or not at all.
EXPECTED = {
    "202701": ("2027-01-15", "2028-01-15"),
    "202702": ("2027-02-15", "2028-02-15"),
    "202703": ("2027-03-15", "2028-03-15"),
    "202704": ("2027-04-15", "2028-04-15"),
    "202705": ("2027-05-15", "2028-05-15"),
    "202706": ("2027-06-15", "2028-06-15"),
    "202707": ("2027-07-15", "2028-07-15"),
    "202708": ("2027-08-15", "2028-08-15"),
    "202709": ("2027-09-15", "2028-09-15"),
    "202710": ("2027-10-15", "2028-10-15"),
    "202711": ("2027-11-15", "2028-11-15"),
}


def living(*, today: str, switches: Switches) -> dict[str, str]:
    """Return version -> sunset of all that answer on a UTC day (`2026-11-23`), as the switches have changed them."""
    alive = {version: sunset for version, sunset in SUNSETS.items() if today < sunset}
    alive |= {version: sunset for version, (first, sunset) in EXPECTED.items() if first <= today < sunset}
    alive |= {version: str(sunset) for version, sunset in switches["added_versions"].items() if today < str(sunset)}
    return {version: sunset for version, sunset in alive.items() if version not in switches["killed_versions"]}


def check(version: str | None, *, now_ms: int, switches: Switches) -> str:
    """
    Return the version when it answers at `now_ms`.

    :raises LinkedInError: missing, malformed, unknown or past its sunset
    """
    if not version:
        raise LinkedInError("version_missing")
    if not re.fullmatch(r"[0-9]{6}(\.[0-9]{2})?", version) and switches["malformed_version_status"] == 400:
        raise LinkedInError("version_malformed", version=version[:40])
    month = version.split(".")[0]
    today = f"{datetime.fromtimestamp(now_ms / 1000, tz=UTC):%Y-%m-%d}"
    if month not in living(today=today, switches=switches):
        raise LinkedInError("version_inactive", version=version[:40])
    return month
