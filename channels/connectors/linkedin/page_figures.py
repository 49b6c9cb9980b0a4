"""
A page's figures by UTC day: what its posts got, visits, followers. Source: LinkedIn Community Management API.

Organic only. Figures of the last days may still change, so they are asked for again. A day or a figure that is left out
is not told: no contract says that it is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from channels.connectors.linkedin import reading, restli
from channels.connectors.linkedin.api import Api
from channels.connectors.page_days import DailySet, GainDay, ShareDay, StorageRule, ViewDay

# Twelve months back at the most; a day less, because LinkedIn's day may begin while we ask.
OLDEST_DAYS_AGO = 364
# The last day that is over. Followers come a day later.
NEWEST_DAYS_AGO: dict[DailySet, int] = {"shares": 1, "views": 1, "gains": 2}
DAY_MS = 86_400_000

STORAGE_RULES = (
    StorageRule("reporting", timedelta(days=365), "LinkedIn Marketing API Program, Data Storage Requirements"),
    StorageRule("posts_read_back", timedelta(days=182), "LinkedIn Marketing API Program, Data Storage Requirements"),
    StorageRule("identifiers", None, "LinkedIn Marketing API Program, Data Storage Requirements"),
)


def askable_days(what: DailySet, *, today: date) -> tuple[date, date]:
    """Return the oldest and the newest whole UTC day that LinkedIn tells of."""
    return today - timedelta(days=OLDEST_DAYS_AGO), today - timedelta(days=NEWEST_DAYS_AGO[what])


def share_days(api: Api, first: date, last: date, *, organisation: str) -> list[ShareDay]:
    """Return what all the page's posts got. Reposts without a text of their own are not in the days' shares."""
    path = "/rest/organizationalEntityShareStatistics"
    found = []
    for day, element in _days(api, path, first, last, finder="organizationalEntity", organisation=organisation):
        count = _counter(reading.child(element, "totalShareStatistics"))
        found.append(
            ShareDay(
                day=day,
                impressions=count("impressionCount"),
                unique_impressions=count("uniqueImpressionsCount"),
                clicks=count("clickCount"),
                reactions=count("likeCount"),
                comments=count("commentCount"),
                shares=count("shareCount"),
            )
        )
    return found


def page_days(api: Api, first: date, last: date, *, organisation: str) -> list[ViewDay]:
    """Return the visits to the page. This finder has another name and parameter than the other two."""
    path = "/rest/organizationPageStatistics"
    found = []
    for day, element in _days(api, path, first, last, finder="organization", organisation=organisation):
        views = reading.child(reading.child(element, "totalPageStatistics"), "views")
        visits, people = _of_every(views, "pageViews"), _of_every(views, "uniquePageViews")
        found.append(
            ViewDay(
                day=day,
                views=visits("allPageViews"),
                unique=people("allPageViews"),
                overview=visits("overviewPageViews"),
                careers=visits("careersPageViews"),
                jobs=visits("jobsPageViews"),
                life=visits("lifeAtPageViews"),
            )
        )
    return found


def follower_days(api: Api, first: date, last: date, *, organisation: str) -> list[GainDay]:
    """Return the followers gained, less those lost."""
    path = "/rest/organizationalEntityFollowerStatistics"
    found = []
    for day, element in _days(api, path, first, last, finder="organizationalEntity", organisation=organisation):
        count = _counter(reading.child(element, "followerGains"))
        found.append(GainDay(day=day, organic=count("organicFollowerGain"), paid=count("paidFollowerGain")))
    return found


def follower_total(api: Api, *, organisation: str) -> int | None:
    """Return how many follow the page: the only total there is, facets do not add up to it."""
    path = f"/rest/networkSizes/{restli.leaf(organisation)}"
    told = reading.count(
        api.read(path, query=restli.query(edgeType="COMPANY_FOLLOWED_BY_MEMBER")).get("firstDegreeSize")
    )
    return told if told is not None and told >= 0 else None


def _days(
    api: Api, path: str, first: date, last: date, *, finder: str, organisation: str
) -> Iterator[tuple[date, dict[str, Any]]]:
    """Yield each day once, in order, with what LinkedIn tells of it; a doubled day is told by its last row."""
    interval = f"(timeRange:(start:{_ms(first)},end:{_ms(last + timedelta(days=1))}),timeGranularityType:DAY)"
    parameters = {"q": finder, finder: organisation}
    told: dict[date, dict[str, Any]] = {}
    for element in api.find(path, query=f"{restli.query(**parameters)}&timeIntervals={interval}"):
        day = _day(element.get("timeRange"))
        # An answer about another page or time says nothing about ours.
        if day is not None and first <= day <= last and element.get(finder, organisation) == organisation:
            told[day] = element
    yield from sorted(told.items())


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _day(time_range: Any) -> date | None:
    """Return the UTC day of an interval that is exactly one, else None."""
    if not isinstance(time_range, dict):
        return None
    start, end = reading.count(time_range.get("start")), reading.count(time_range.get("end"))
    if start is None or start % DAY_MS or not 0 <= start < 10**14:
        return None
    if end is not None and end != start + DAY_MS:
        return None
    return datetime.fromtimestamp(start / 1000, tz=UTC).date()


def _counter(counts: dict[str, Any]) -> Callable[[str], int | None]:
    return lambda name: reading.count(counts.get(name))


def _of_every(views: dict[str, Any], field: str) -> Callable[[str], int | None]:
    return lambda name: reading.count(reading.child(views, name).get(field))
