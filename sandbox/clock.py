"""The platform's own time: the machine's clock plus an offset that only ever grows."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

DAY_MS = 86_400_000
MAX_ADVANCE_S = 10 * 366 * 86_400


# The machine's clock, freed from being set: it only ever grows.
_EPOCH_S = time.time() - time.monotonic()


def real_now_s() -> float:
    """Return the real moment in epoch seconds; never smaller than an earlier one of the same process."""
    return _EPOCH_S + time.monotonic()


class ClockRefused(ValueError):
    """The clock was asked to go backwards, or further than ten years."""


class Clock:
    """
    Sandbox time. Moments are whole epoch milliseconds UTC, as in the platform's JSON.

    The offset can be loaded and saved by whoever owns the clock; the clock itself knows no storage.
    """

    def __init__(self, *, offset_s: float = 0) -> None:
        self._lock = threading.Lock()
        self.offset_s = offset_s

    def now_ms(self) -> int:
        return self.at_ms(real_now_s())

    def at_ms(self, real_s: float) -> int:
        """Return the sandbox's time at a real moment."""
        return int((real_s + self.offset_s) * 1000)

    def now_s(self) -> int:
        return self.now_ms() // 1000

    def advance(self, *, seconds: float) -> None:
        """:raises ClockRefused: for a negative or absurd step"""
        if not 0 <= seconds <= MAX_ADVANCE_S:
            raise ClockRefused(f"advance_s must be between 0 and {MAX_ADVANCE_S}")
        with self._lock:
            self.offset_s += seconds

    def reset(self) -> None:
        with self._lock:
            self.offset_s = 0


def iso(moment_ms: int) -> str:
    """Return `2026-11-23T12:00:00.000Z` for epoch milliseconds."""
    moment = datetime.fromtimestamp(moment_ms / 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment_ms % 1000:03d}Z"


def utc_day(moment_ms: int) -> int:
    """Return the number of whole UTC days since 1970-01-01."""
    return moment_ms // DAY_MS
