"""libfaketime: other clocks for single processes. The machine's own cannot be set."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kanalkompass.launcher.problems import Problem

PLACES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
)
MISSING = "Feilkjøringen trenger libfaketime. På Debian og Ubuntu: sudo apt-get install --yes faketime"
# A clock that was set does not touch the monotonic ones.
OF_PYTHON = {
    "FAKETIME_NO_CACHE": "1",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "PYTHONPATH": str(Path(__file__).with_name("other_clock")),
}


@cache
def library() -> str:
    """
    Return the library's path.

    :raises Problem: it is not installed
    """
    for place in PLACES:
        if found := sorted(Path("/").glob(place.lstrip("/"))):
            return str(found[0])
    raise Problem(MISSING)


def shifted(seconds: float) -> dict[str, str]:
    """Return the environment of a Python whose clock is ahead by some seconds; its monotonic clock goes on."""
    return {"LD_PRELOAD": library(), "FAKETIME": f"{seconds:+.3f}", **OF_PYTHON}


def shifted_server(seconds: float) -> dict[str, str]:
    """Return the same for a program that is no Python."""
    return {"LD_PRELOAD": library(), "FAKETIME": f"{seconds:+.3f}", "FAKETIME_NO_CACHE": "1"}


def racing(since: str, *, times: int) -> dict[str, str]:
    """Return the environment of a process whose clock starts at `since` (UTC) and runs many times faster."""
    return {"LD_PRELOAD": library(), "FAKETIME": f"@{since} x{times}", "TZ": "UTC"}


def told_by(file: Path) -> dict[str, str]:
    """Return the environment of a process that reads its clock's error from a file, again and again."""
    return {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(file), **OF_PYTHON}
