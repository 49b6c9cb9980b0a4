"""Statistics of the page itself: who follows it, who visits it, who watches its films."""

from __future__ import annotations

import random
import re
import sqlite3
from typing import Any

from sandbox.clock import utc_day
from sandbox.http import Answer
from sandbox.linkedin import access, figures, page_series, posts, series
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call
from sandbox.linkedin.statistics import asked_organisation, page_of, post_counts
from sandbox.linkedin.windows import interval, time_range

FUNCTIONS = [f"urn:li:function:{n}" for n in (1, 10, 14, 18, 26)]
GEOS = [f"urn:li:geo:{n}" for n in (90010001, 90010002, 90010003)]
COUNTRIES = ["urn:li:geo:103819153", "urn:li:geo:105117694"]
INDUSTRIES = [f"urn:li:industry:{n}" for n in (14, 75, 79)]
SENIORITIES = [f"urn:li:seniority:{n}" for n in (3, 4, 5, 6)]
SIZES = ["SIZE_51_TO_200", "SIZE_1001_TO_5000"]
FOLLOWER_FACETS = {
    "followerCountsByFunction": ("function", FUNCTIONS),
    "followerCountsByGeo": ("geo", GEOS),
    "followerCountsByGeoCountry": ("geo", COUNTRIES),
    "followerCountsByIndustry": ("industry", INDUSTRIES),
    "followerCountsBySeniority": ("seniority", SENIORITIES),
    "followerCountsByStaffCountRange": ("staffCountRange", SIZES),
}
VISITOR_FACETS = {
    "pageStatisticsByFunction": ("function", FUNCTIONS),
    "pageStatisticsByGeo": ("geo", GEOS),
    "pageStatisticsByGeoCountry": ("geo", COUNTRIES),
    "pageStatisticsByIndustryV2": ("industryV2", INDUSTRIES),
    "pageStatisticsBySeniority": ("seniority", SENIORITIES),
    "pageStatisticsByStaffCountRange": ("staffCountRange", SIZES),
}
KNOWN_PART = 0.85  # of the members have told the attribute


def _split(world_seed: str, facet: str, organisation_id: int, total: int, values: list[str]) -> list[tuple[str, int]]:
    """Share out what is known of a total; the parts add up to less than the whole."""
    dice = random.Random(f"{world_seed}:{facet}:{organisation_id}")
    weights = [dice.uniform(0.3, 1) for _ in values]
    known = total * KNOWN_PART / sum(weights)
    return [(value, int(known * weight)) for value, weight in zip(values, weights, strict=True)]


# --- followers -------------------------------------------------------------------------------------------------------


def follower_statistics(call: Call) -> Answer:
    """GET /rest/organizationalEntityFollowerStatistics: facets, or gains per bucket up to two days ago."""
    organisation = asked_organisation(call, "organizationalEntityFollowerStatistics")
    if "timeIntervals" not in call.parameters:
        return page_of([_follower_facets(call, organisation)])
    asked = interval(
        call,
        granularities=("DAY", "WEEK", "MONTH"),
        newest_day=utc_day(call.world.clock.now_ms()) - 2,
        is_end_free=call.world.switches["follower_window_is_cut"],
    )
    elements = []
    buckets = asked.buckets()
    gains = figures.follower_gains(call.world, organisation, buckets)
    for (first, after), (organic, paid) in zip(buckets, gains, strict=True):
        elements.append(
            {
                "timeRange": time_range(first, after),
                "organizationalEntity": figures.urn(organisation),
                "followerGains": {figures.ORGANIC: organic, figures.PAID: paid},
            }
        )
    return page_of(elements)


def _follower_facets(call: Call, organisation: sqlite3.Row) -> dict[str, Any]:
    total = figures.followers(call.world, organisation, now_ms=call.world.clock.now_ms())
    element: dict[str, Any] = {"organizationalEntity": figures.urn(organisation)}
    # Paid followers are counted among the organic ones here.
    element["followerCountsByAssociationType"] = [
        {"followerCounts": {"organicFollowerCount": total // 12, "paidFollowerCount": 0}, "associationType": "EMPLOYEE"}
    ]
    for facet, (key, values) in FOLLOWER_FACETS.items():
        element[facet] = [
            {"followerCounts": {"organicFollowerCount": count, "paidFollowerCount": 0}, key: value}
            for value, count in _split(call.world.seed, facet, organisation["id"], total, values)
        ]
    return element


# --- visits ----------------------------------------------------------------------------------------------------------


def page_statistics(call: Call) -> Answer:
    """GET /rest/organizationPageStatistics?q=organization: lifetime with facets, or views per bucket."""
    organisation = asked_organisation(call, "organizationPageStatistics", finder="organization")
    now_ms = call.world.clock.now_ms()
    if "timeIntervals" not in call.parameters:
        return page_of([_lifetime(call, organisation, now_ms=now_ms)])
    asked = interval(call, granularities=("DAY", "MONTH"), newest_day=utc_day(now_ms))
    elements = []
    buckets = asked.buckets()
    rows = figures.page_views(call.world, organisation, buckets, now_ms=now_ms)
    for (first, after), row in zip(buckets, rows, strict=True):
        views = page_series.shown(row, n_days=after - first)
        elements.append(
            {
                "organization": figures.urn(organisation),
                "timeRange": time_range(first, after),
                "totalPageStatistics": _clicks() | {"views": views},
            }
        )
    return page_of(elements)


def _clicks() -> dict[str, Any]:
    """The invented pages have no button of their own."""
    return {"clicks": {"mobileCustomButtonClickCounts": [], "desktopCustomButtonClickCounts": []}}


def _lifetime(call: Call, organisation: sqlite3.Row, *, now_ms: int) -> dict[str, Any]:
    today = utc_day(now_ms)
    everything = [(series.FOLLOWER_ORIGIN_DAY, today + 1)]
    [row] = figures.page_views(call.world, organisation, everything, now_ms=now_ms)
    views = page_series.shown(row, n_days=None)
    element: dict[str, Any] = {
        "organization": figures.urn(organisation),
        "totalPageStatistics": _clicks() | {"views": views},
        "pageStatisticsByTargetedContent": [],
    }
    for facet, (key, values) in VISITOR_FACETS.items():
        parts = _split(call.world.seed, facet, organisation["id"], views["allPageViews"]["pageViews"], values)
        element[facet] = [
            {key: value, "pageStatistics": {"views": {"allPageViews": {"pageViews": count}}}} for value, count in parts
        ]
    return element


# --- films -----------------------------------------------------------------------------------------------------------

# Part of the impressions of a post with a film; minutes are told in milliseconds.
VIDEO_TYPES = {
    "VIDEO_VIEW": 0.34,
    "VIEWER": 0.27,
    "TIME_WATCHED": 2_900,
    "TIME_WATCHED_FOR_VIDEO_VIEWS": 2_400,
}


def video_analytics(call: Call) -> Answer:
    """GET /rest/videoAnalytics?q=entity&entity=<post urn>&type=VIDEO_VIEW: nothing without a film."""
    if call.text("q") != "entity":
        raise LinkedInError("bad_parameter", reason="Unknown finder; this resource has q=entity")
    urn, kind = call.text("entity"), call.text("type")
    if not re.fullmatch(r"urn:li:(share|ugcPost):[0-9]{1,19}", urn):
        raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a share or ugcPost URN")
    if kind not in VIDEO_TYPES:
        raise LinkedInError("bad_value", reason=f"type must be one of {', '.join(VIDEO_TYPES)}")
    row = posts.find(call.world, urn)
    if row is None:
        raise LinkedInError("not_found", what=f"Entity {urn}")
    what = call.what("videoAnalytics", "FINDER-entity")
    access.require_author(call.world, call.caller, row["author"], scopes=posts.READ_SCOPES, what=what)
    if '"urn:li:video:' not in row["body"]:
        return page_of([])
    now_ms = call.world.clock.now_ms()
    value = int(post_counts(call, row)["impressionCount"] * VIDEO_TYPES[kind])
    covered = {"start": row["created_at"], "end": now_ms}
    element = {"entity": urn, "statisticsType": kind, "aggregation": "ALL", "timeRange": covered, "value": value}
    return page_of([element])
