"""From cumulative figures, as channels tell them about a post, to figures per day."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Protocol

from analytics.actions.measurements import Figures
from analytics.models import ObjectKind

# Reach is missing on purpose: what unique people add from one day to the next is not the reach of the day.
DAILY = ("impressions", "clicks", "reactions", "comments", "shares")


class Reading(Protocol):
    """A snapshot, or a row of its values."""

    @property
    def taken_at(self) -> datetime:
        """When it was told."""

    @property
    def is_implied_zero(self) -> bool:
        """Whether its zeros come from the channel's contract."""


def utc_day(moment: datetime) -> date:
    """Return the day in UTC, which is LinkedIn's day."""
    return moment.astimezone(UTC).date()


def daily_figures(
    snapshots: Iterable[Reading],
    *,
    delivery_id: int,
    published_at: datetime,
    day_of: Callable[[datetime], date] = utc_day,
) -> list[Figures]:
    """
    Return one row per day with a snapshot of one delivery, oldest first, ready for `measurements.store`.

    A figure is what came since the last day on which it was told; before publishing everything was 0. Several
    snapshots of a day replace each other. After a gap the whole of it stands on the later day, and `span_days` is its
    length. A figure that was not told is None, and what came meanwhile stands on the next day it is told, so that the
    days always add up to the latest cumulative figure. A figure that fell gives a negative day.

    :param snapshots: all of them since publishing, in any order; `taken_at` in any time zone
    :param day_of: the channel's own day of a moment
    """
    day_before = day_of(published_at) - timedelta(days=1)
    told = dict.fromkeys(DAILY, (0, day_before))  # last known cumulative figure, and its day
    rows = []
    for day, same_day in groupby(sorted(snapshots, key=_taken_at), key=lambda snapshot: day_of(snapshot.taken_at)):
        readings = list(same_day)
        figures: dict[str, int] = {}
        span_days = 1
        for name in DAILY:
            known = [value for reading in readings if (value := getattr(reading, name)) is not None]
            if known:
                before, last_day = told[name]
                figures[name] = known[-1] - before
                span_days = max(span_days, (day - last_day).days)
                told[name] = (known[-1], day)
        rows.append(
            Figures(
                kind=ObjectKind.DELIVERY,
                object_id=delivery_id,
                day=day,
                fetched_at=readings[-1].taken_at,
                is_implied_zero=readings[-1].is_implied_zero,
                span_days=span_days,
                impressions=figures.get("impressions"),
                clicks=figures.get("clicks"),
                reactions=figures.get("reactions"),
                comments=figures.get("comments"),
                shares=figures.get("shares"),
            )
        )
    return rows


def _taken_at(snapshot: Reading) -> datetime:
    return snapshot.taken_at
