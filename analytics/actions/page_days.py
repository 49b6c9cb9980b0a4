"""
A page's own figures: what its posts got, visits and followers, day by day, and how many follow it now.

Each answer is stored in a transaction of its own with every day that was asked for: a day the channel did not tell gets
a row without figures, so that it is known to be asked for, and is never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
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
# Days that were asked for and not told are asked for again once a week, each account on a weekday of its own.
ASKS_AGAIN_EVERY = 7


@dataclass(frozen=True)
class Page:
    """Whose days are asked for."""

    municipality_id: int
    account_id: int


def todays(now: datetime) -> date:
    """Return the channel's own day; UTC at the only one so far."""
    return now.astimezone(UTC).date()


def pull_set(page: Page, connector: ReadsPageDays, what: DailySet, *, now: datetime) -> int:
    """
    Ask for what is missing of one set and for the last days again; return how many days were told.

    No transaction is open while the channel is asked. Whatever the connector raises comes through, after what was
    stored before it.
    """
    n_told = 0
    for first, last in _windows(page, connector, what, now=now):
        ask: dict[DailySet, Callable[[date, date], Iterable[Any]]] = {
            "shares": connector.share_days,
            "views": connector.page_days,
            "gains": connector.follower_days,
        }
        told = {each.day: each for each in ask[what](first, last) if _can_be_kept(each)}
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        rows = [row for day in days for row in _rows(page, what, day, told.get(day), now=now)]
        with tenant(page.municipality_id):
            measurements.store(rows, now=now)
        n_told += len(told)
    return n_told


def pull_total(page: Page, connector: ReadsPageDays, *, now: datetime) -> int:
    """Keep how many follow the page now as today's level; return 1 when it was told. It is never made up later."""
    total = connector.follower_total()
    if total is None or total > MOST:
        return 0
    row = Figures(
        kind=ObjectKind.FOLLOWERS, object_id=page.account_id, day=todays(now), fetched_at=now, followers=total
    )
    with tenant(page.municipality_id):
        measurements.store([row], now=now)
    return 1


def _windows(page: Page, connector: ReadsPageDays, what: DailySet, *, now: datetime) -> list[tuple[date, date]]:
    today = todays(now)
    first, last = connector.askable_days(what, today=today)
    with tenant(page.municipality_id):
        known = gaps.coverage(account_id=page.account_id, kind=KINDS[what], first=first, last=last)
    asks_again = (today.toordinal() + page.account_id) % ASKS_AGAIN_EVERY == 0
    return gaps.windows(known, asks_again=asks_again)


def _rows(page: Page, what: DailySet, day: date, told: Any, *, now: datetime) -> list[Figures]:
    """Return the rows of one day; all figures are None when the channel did not tell it."""
    about: dict[str, Any] = {"kind": KINDS[what], "object_id": page.account_id, "day": day, "fetched_at": now}
    figures = {column: getattr(told, name, None) for name, column in COLUMNS[what].items()}
    rows = [Figures(**about, **figures)]
    if what == "gains" and getattr(told, "paid", None) is not None:
        rows.append(Figures(**about, is_paid=True, follower_gain=told.paid))
    return rows


def _can_be_kept(told: Any) -> bool:
    values = [getattr(told, field.name) for field in fields(told) if field.name != "day"]
    return all(abs(value) <= MOST for value in values if value is not None)
