"""What channels say, summed per channel over a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, QuerySet, Sum

from analytics.models import ChannelDay

SUMMED = ("impressions", "clicks", "reactions", "comments", "shares", "spend_ore")
# What `channel_sums` returns of each channel.
SUMS = ("channel_id", "is_paid", "last_fetched_at", *(f"{name}_sum" for name in SUMMED))


@dataclass(frozen=True)
class Totals:
    """Sums of what was told. None is what nobody told; `spend_ore` is whole øre as the channel reports it."""

    impressions: int | None = None
    clicks: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    spend_ore: int | None = None

    def __add__(self, other: "Totals") -> "Totals":
        """Return the sums of both, where what only one side knows is what that side knows."""
        return Totals(**{name: known_sum(getattr(self, name), getattr(other, name)) for name in SUMMED})


def known_sum(*parts: int | None) -> int | None:
    """Return the sum of the known parts, or None when none is known."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class ChannelTotals:
    """One channel's totals, organic and paid apart. `fetched_at` is when the newest of the values was fetched."""

    organic: Totals
    paid: Totals
    fetched_at: datetime

    @property
    def total(self) -> Totals:
        """Organic and paid together."""
        return self.organic + self.paid


def channel_totals(*, first_day: date, last_day: date) -> dict[int, ChannelTotals]:
    """
    Return the entered municipality's totals by channel id, for the channels with a figure in the period.

    Both days are included and are the channel's own (UTC at LinkedIn). Reach is not here: it may not be summed. One
    query over the roll-up, however many posts and days.
    """
    return totals_of(channel_sums(first_day=first_day, last_day=last_day))


def totals_of(sums: Iterable[dict[str, Any]]) -> dict[int, ChannelTotals]:
    """Return the totals by channel id of what `channel_sums` returned, also in several parts."""
    found: dict[int, dict[bool, Totals]] = {}
    fetched: dict[int, datetime] = {}
    for row in sums:
        channel_id, is_paid = row["channel_id"], row["is_paid"]
        parts = found.setdefault(channel_id, {})
        parts[is_paid] = parts.get(is_paid, Totals()) + _totals(row)
        fetched[channel_id] = max(fetched.get(channel_id, row["last_fetched_at"]), row["last_fetched_at"])
    return {
        channel_id: ChannelTotals(
            organic=parts.get(False, Totals()), paid=parts.get(True, Totals()), fetched_at=fetched[channel_id]
        )
        for channel_id, parts in found.items()
    }


def channel_sums(*, first_day: date, last_day: date) -> QuerySet[Any, dict[str, Any]]:
    """Return the query behind `channel_totals`: one row per channel and organic or paid, by the names of `SUMS`."""
    # The roll-up is answered from one index.
    return summed(ChannelDay.objects.filter(day__range=(first_day, last_day)))


def summed(figures: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    """Return the sums of figures by channel, organic and paid apart, by the names of `SUMS`."""
    return (
        figures.values("channel_id", "is_paid")
        .annotate(last_fetched_at=Max("fetched_at"), **{f"{name}_sum": Sum(name) for name in SUMMED})
        .order_by()
    )


def _totals(row: dict[str, Any]) -> Totals:
    # PostgreSQL sums bigint as numeric.
    sums = {name: row[f"{name}_sum"] for name in SUMMED}
    return Totals(**{name: None if value is None else int(value) for name, value in sums.items()})
