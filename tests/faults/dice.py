"""What the stand-in does wrong in a fault run: two publishing calls of five, and its lists, by a dice with a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.linkedin_sandbox import LinkedInSandbox

CREATE, LIST = "POST /rest/posts", "GET /rest/posts"
# What the run's deadline of one second, lease and settle window must bear. Seconds.
LIST_LAG_S = 2
AFTER_THE_DEADLINE_S = 1.6


@dataclass(frozen=True)
class Spoiled:
    """One way in which a call goes wrong, and how often of all calls."""

    kind: str
    share: float
    options: dict[str, Any] = field(default_factory=dict)


PUBLISHING = [
    Spoiled("answer_lost", 0.06),
    Spoiled("stored_500", 0.05),
    Spoiled("plain_500", 0.04),
    Spoiled("late", 0.04, {"delay_s": AFTER_THE_DEADLINE_S}),
    Spoiled("late_before", 0.03, {"delay_s": AFTER_THE_DEADLINE_S}),
    Spoiled("garbage", 0.03),
    Spoiled("garbage", 0.01, {"stored": False}),
    Spoiled("empty_2xx", 0.02),
    Spoiled("other_shape", 0.02),
    Spoiled("no_id", 0.02),
    Spoiled("slow_bytes", 0.02, {"delay_s": 0.2}),
    Spoiled("status_429", 0.03, {"retry_after": 2}),
    Spoiled("duplicate_ghost", 0.015),
    Spoiled("connection_refused_like", 0.015),
]
LISTING = [
    Spoiled("plain_500", 0.15),
    Spoiled("list_truncated", 0.15),
]


def bad_share() -> float:
    """Return how many of all publishing calls go wrong."""
    return sum(each.share for each in PUBLISHING)


def throw(sandbox: LinkedInSandbox, *, seed: int) -> None:
    """
    Give the stand-in its orders.

    Its own refusal of copies is off, so that the protocol alone is judged, and its list lags.
    """
    sandbox.switch(duplicate_window_s=0, list_lag_s=LIST_LAG_S)
    for endpoint, some in ((CREATE, PUBLISHING), (LIST, LISTING)):
        left = 1.0
        for number, each in enumerate(some):
            # An order is asked only when none before it has hit.
            chance = each.share / left
            left -= each.share
            seeds = f"{seed}:{number}"
            sandbox.fault(endpoint, kind=each.kind, count=100_000, probability=chance, seed=seeds, **each.options)


def throttle_without_retry_after(sandbox: LinkedInSandbox) -> None:
    """
    Refuse the next call without saying for how long.

    Only towards the end of a storm: the account is then left alone for so long that what is due becomes late.
    """
    sandbox.fault(CREATE, kind="status_429")
