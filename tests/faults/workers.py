"""What fault tests of all kinds share: short knobs, waiting, and the way to the test's own database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connections

ROOT = Path(__file__).resolve().parents[2]
# Short enough for a test; a lease still holds a whole send, and the window a lease, a send and a list that lags.
KNOBS = {
    "PUBLISH_DEADLINE_S": 1,
    "PUBLISH_LEASE_S": 3,
    "PUBLISH_SWEEP_S": 1,
    "RECONCILE_SETTLE_S": 6,
    "RECONCILE_EVERY_S": 1,
}


def until(is_so: Callable[[], object], *, what: str, within_s: float = 30, every_s: float = 0.05) -> float:
    """
    Wait until `is_so`, and return how many seconds it took.

    :raises AssertionError: it did not become so
    """
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > within_s:
            raise AssertionError(f"Waited {within_s} s in vain for {what}")
        time.sleep(every_s)
    return time.monotonic() - began


def environment_of_the_test() -> dict[str, str]:
    """Return the environment that leads to the test's own database, by both logins."""
    found = {}
    for alias, name in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        parts = urlsplit(os.environ[name])
        found[name] = urlunsplit(parts._replace(path=f"/{connections[alias].settings_dict['NAME']}"))
    return found
