"""
A page's own figures: what its posts got, visits and followers, day by day, and how many follow it now.

An answer is stored with every day that was asked for: a day the channel did not tell gets a row without figures, so
that it is known to be asked for, and is never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import ObjectKind
from analytics.queries import gaps
from channels.connectors.page_days import DailySet, ReadsPageDays
from foundation.tenancy import tenant

KINDS: dict[DailySet, ObjectKind] = {
    "shares": ObjectKind.PAGE_POSTS,
    "views": ObjectKind.PAGE_VIEWS,
    "gains": ObjectKind.FOLLOWER_GAINS,
}
# From the connector's names to the catalogue's.
COLUMNS: dict[DailySet, dict[str, str]] = {
    "shares": {
        "impressions": "impressions",
        "unique_impressions": "reach",
        "clicks": "clicks",
        "reactions": "reactions",
        "comments": "comments",
        "shares": "shares",
    },
    "views": {
        "views": "page_views",
        "unique": "reach",
        "overview": "overview_views",
        "careers": "careers_views",
        "jobs": "jobs_views",
        "life": "life_views",
    },
    "gains": {"organic": "follower_gain"},
}
# What a channel could mean; a day with more is told wrongly, and is not told.
MOST = 2**30
MOST_ROWS_AT_ONCE = 250
# Days that were asked for and not told are asked for again once a week, each account on a weekday of its own.
ASKS_AGAIN_EVERY = 7


def todays(now: datetime) -> date:
    """Return the channel's own day; UTC at the only one so far."""
    return now.astimezone(UTC).date()


class PagePull:
    """
    One page's turn within a run: what is missing of each set is found at once, asked for window by window, and stored.

    Answers are stored together, at most a few hundred rows at a time: the last of them by whoever ends the run, in the
    same transaction, also when a later call failed.
    """

    def __init__(self, channel: ReadsPageDays, *, municipality_id: int, account_id: int, now: datetime) -> None:
        self.channel, self.now = channel, now
        self.municipality_id, self.account_id = municipality_id, account_id
        self.n_told = 0
        self._rows: list[Figures] = []
        wanted = {kind: channel.askable_days(what, today=todays(now)) for what, kind in KINDS.items()}
        with tenant(municipality_id):
            self._known = gaps.coverage(account_id=account_id, wanted=wanted)

    def pull_set(self, what: DailySet) -> None:
        """Ask for what is missing of one set and for the last days again. No transaction is open meanwhile."""
        ask: dict[DailySet, Callable[[date, date], Iterable[Any]]] = {
            "shares": self.channel.share_days,
            "views": self.channel.page_days,
            "gains": self.channel.follower_days,
        }
        asks_again = (todays(self.now).toordinal() + self.account_id) % ASKS_AGAIN_EVERY == 0
        for first, last in gaps.windows(self._known[KINDS[what]], asks_again=asks_again):
            told = {each.day: each for each in ask[what](first, last) if _can_be_kept(each)}
            for n in range((last - first).days + 1):
                day = first + timedelta(days=n)
                self._rows += _rows(self.account_id, what, day, told.get(day), now=self.now)
            self.n_told += len(told)
            if len(self._rows) >= MOST_ROWS_AT_ONCE:
                with tenant(self.municipality_id):
                    self.store()

    def pull_total(self) -> None:
        """Ask how many follow the page now, and keep it as today's level. It is never made up later."""
        total = self.channel.follower_total()
        if total is not None and total <= MOST:
            about: dict[str, Any] = {"kind": ObjectKind.FOLLOWERS, "object_id": self.account_id}
            self._rows.append(Figures(**about, day=todays(self.now), fetched_at=self.now, followers=total))

    def store(self) -> None:
        """Store what was told since the last time. Call it inside `tenant()`."""
        if self._rows:
            measurements.store(self._rows, now=self.now)
        self._rows = []


def _rows(account_id: int, what: DailySet, day: date, told: Any, *, now: datetime) -> list[Figures]:
    """Return the rows of one day; all figures are None when the channel did not tell it."""
    about: dict[str, Any] = {"kind": KINDS[what], "object_id": account_id, "day": day, "fetched_at": now}
    figures: dict[str, Any] = {column: getattr(told, name, None) for name, column in COLUMNS[what].items()}
    rows = [Figures(**about, **figures)]
    if what == "gains" and getattr(told, "paid", None) is not None:
        rows.append(Figures(**about, is_paid=True, follower_gain=told.paid))
    return rows


def _can_be_kept(told: Any) -> bool:
    values = [getattr(told, field.name) for field in fields(told) if field.name != "day"]
    return all(abs(value) <= MOST for value in values if value is not None)
