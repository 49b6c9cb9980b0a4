"""The parameter `timeIntervals`: whole UTC days within LinkedIn's limits, cut into buckets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.clock import DAY_MS, utc_day
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call

WINDOW_DAYS = 366  # twelve months, a leap day included


@dataclass(frozen=True)
class Interval:
    """Whole UTC days, `last_day` included."""

    first_day: int
    last_day: int
    granularity: str

    def buckets(self) -> list[tuple[int, int]]:
        """Return (first day, day after the last) of each bucket."""
        days = range(self.first_day, self.last_day + 1)
        if self.granularity == "DAY":
            return [(day, day + 1) for day in days]
        if self.granularity == "WEEK":
            return [(day, min(day + 7, self.last_day + 1)) for day in days[::7]]
        starts = [day for day in days if day == self.first_day or _date(day).day == 1]
        return list(zip(starts, [*starts[1:], self.last_day + 1], strict=True))


def time_range(first: int, after: int) -> dict[str, int]:
    """Return the `timeRange` of a bucket, epoch milliseconds, end exclusive."""
    return {"start": first * DAY_MS, "end": after * DAY_MS}


def _date(day: int) -> datetime:
    return datetime.fromtimestamp(day * DAY_MS / 1000, tz=UTC)


def interval(call: Call, *, granularities: tuple[str, ...], newest_day: int, is_end_free: bool = True) -> Interval:
    """
    Read `timeIntervals`. An end after `newest_day` is cut to it, or refused when it is not free.

    :raises LinkedInError: 400 `Invalid timeIntervals parameter` for anything outside the limits
    """
    value = call.parameters["timeIntervals"]
    asked = value.get("timeRange") if isinstance(value, dict) else None
    if not isinstance(asked, dict):
        raise LinkedInError("bad_interval", reason="timeRange is required")
    granularity = value.get("timeGranularityType", "DAY")
    if granularity not in granularities:
        raise LinkedInError("bad_interval", reason=f"timeGranularityType must be {' or '.join(granularities)}")
    now_ms = call.world.clock.now_ms()
    start = _moment(asked.get("start"), name="start")
    end = _moment(asked.get("end", str(max((newest_day + 1) * DAY_MS, start + 1))), name="end")
    if end <= start:
        raise LinkedInError("bad_interval", reason="end must be after start")
    if utc_day(start) < utc_day(now_ms) - WINDOW_DAYS:
        raise LinkedInError("bad_interval", reason="start is more than 12 months ago")
    # The end is exclusive: midnight belongs to the day before.
    last_day = utc_day(end - 1)
    if utc_day(start) > newest_day or (last_day > newest_day and not is_end_free):
        raise LinkedInError("bad_interval", reason="the newest days are not available yet")
    return Interval(utc_day(start), min(last_day, newest_day), granularity)


def _moment(value: Any, *, name: str) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,15}", value):
        raise LinkedInError("bad_interval", reason=f"{name} must be epoch milliseconds")
    return int(value)
