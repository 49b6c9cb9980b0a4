"""Share statistics, follower statistics and social metadata, all from the one series per post."""

from __future__ import annotations

import random
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.clock import DAY_MS, utc_day
from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, posts, series
from sandbox.linkedin.errors import LinkedInError, error_body
from sandbox.linkedin.organisations import organisation_id
from sandbox.linkedin.rest import Call, batch, page

WINDOW_DAYS = 366  # twelve months, a leap day included
SOCIAL_SCOPES = frozenset({"r_organization_social", "r_organization_social_feed"})
FOLLOWER_FACETS = {
    "followerCountsByFunction": ("function", [f"urn:li:function:{n}" for n in (1, 10, 14, 18, 26)]),
    "followerCountsByGeo": ("geo", [f"urn:li:geo:{n}" for n in (90010001, 90010002, 90010003)]),
    "followerCountsByGeoCountry": ("geo", ["urn:li:geo:103819153", "urn:li:geo:105117694"]),
    "followerCountsByIndustry": ("industry", [f"urn:li:industry:{n}" for n in (14, 75, 79)]),
    "followerCountsBySeniority": ("seniority", [f"urn:li:seniority:{n}" for n in (3, 4, 5, 6)]),
    "followerCountsByStaffCountRange": ("staffCountRange", ["SIZE_51_TO_200", "SIZE_1001_TO_5000"]),
}


@dataclass(frozen=True)
class Interval:
    """Whole UTC days, `last` included."""

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


def _date(day: int) -> datetime:
    return datetime.fromtimestamp(day * DAY_MS / 1000, tz=UTC)


def _interval(call: Call, *, granularities: tuple[str, ...], newest_day: int) -> Interval:
    """:raises LinkedInError: 400 `Invalid timeIntervals parameter` for anything outside the limits"""
    value = call.parameters["timeIntervals"]
    time_range = value.get("timeRange") if isinstance(value, dict) else None
    if not isinstance(time_range, dict):
        raise LinkedInError("bad_interval", reason="timeRange is required")
    granularity = value.get("timeGranularityType", "DAY")
    if granularity not in granularities:
        raise LinkedInError("bad_interval", reason=f"timeGranularityType must be {' or '.join(granularities)}")
    now_ms = call.world.clock.now_ms()
    start = _moment(time_range.get("start"), name="start")
    end = _moment(time_range.get("end", str(now_ms)), name="end")
    if end <= start:
        raise LinkedInError("bad_interval", reason="end must be after start")
    if utc_day(start) < utc_day(now_ms) - WINDOW_DAYS:
        raise LinkedInError("bad_interval", reason="start is more than 12 months ago")
    # The end is exclusive: midnight belongs to the day before.
    last_day = min(utc_day(end - 1), newest_day)
    return Interval(utc_day(start), last_day, granularity)


def _moment(value: Any, *, name: str) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,15}", value):
        raise LinkedInError("bad_interval", reason=f"{name} must be epoch milliseconds")
    return int(value)


# --- share statistics ------------------------------------------------------------------------------------------------


def share_statistics(call: Call) -> Answer:
    """GET /rest/organizationalEntityShareStatistics: lifetime page, time-bound page, or per post."""
    organisation = _asked_organisation(call, "organizationalEntityShareStatistics")
    shares, ugc_posts = call.texts("shares"), call.texts("ugcPosts")
    if "timeIntervals" in call.parameters:
        if shares or ugc_posts:
            status = int(call.world.switches["per_post_time_bound_status"])
            body = error_body("bad_parameter", reason="timeIntervals cannot be combined with shares or ugcPosts")
            return json_answer(status, body | {"status": status})
        return _page_of(_time_bound(call, organisation))
    if "shares" in call.parameters or "ugcPosts" in call.parameters:
        elements = _per_post(call, organisation, shares, "share") + _per_post(call, organisation, ugc_posts, "ugcPost")
        return _page_of(elements)
    return _page_of([_lifetime(call, organisation)])


def _page_of(elements: list[Any]) -> Answer:
    """Statistics have no paging; the envelope is there all the same."""
    return page(elements, start=0, count=10)


def _asked_organisation(call: Call, resource: str) -> sqlite3.Row:
    if call.text("q") != "organizationalEntity":
        raise LinkedInError("bad_parameter", reason="Unknown finder")
    number = organisation_id(call.text("organizationalEntity"))
    what = call.what(resource, "FINDER-organizationalEntity")
    access.require_scope(call.caller, access.ADMIN_SCOPES, what=what)
    access.require_role(call.world, call.caller, organisation_id=number, roles=access.ADMIN_ROLES, what=what)
    return call.world.store.the("SELECT * FROM organisation WHERE id = ?", number)


def _urn(organisation: sqlite3.Row) -> str:
    return f"urn:li:organization:{organisation['id']}"


def _withdrawal(call: Call) -> series.Withdrawal:
    n = int(call.world.switches["withdrawn_reactions"])
    return series.Withdrawal(n=n, at_ms=call.world.switches.set_at_ms("withdrawn_reactions"))


def _days(call: Call, organisation: sqlite3.Row, *, until_ms: int) -> dict[int, series.Counts]:
    rows = call.world.store.all("SELECT * FROM post WHERE author = ? AND is_dark = 0", _urn(organisation))
    return series.by_day(
        seed=call.world.seed,
        posts=[row for row in rows if row["created_at"] <= until_ms],
        followers=organisation["followers"],
        until_ms=until_ms,
        withdrawal=_withdrawal(call),
    )


def _lifetime(call: Call, organisation: sqlite3.Row) -> dict[str, Any]:
    """The page over the rolling twelve months."""
    now_ms = call.world.clock.now_ms()
    days = _days(call, organisation, until_ms=now_ms - int(call.world.switches["lifetime_lag_s"] * 1000))
    first_day = utc_day(now_ms) - WINDOW_DAYS
    counts = _sum(gains for day, gains in days.items() if day >= first_day)
    return {"organizationalEntity": _urn(organisation), "totalShareStatistics": _shown(call, counts)}


def _time_bound(call: Call, organisation: sqlite3.Row) -> list[dict[str, Any]]:
    now_ms = call.world.clock.now_ms()
    interval = _interval(call, granularities=("DAY", "MONTH"), newest_day=utc_day(now_ms))
    days = _days(call, organisation, until_ms=now_ms)
    elements = []
    for first, after in interval.buckets():
        counts = _sum(days[day] for day in range(first, after) if day in days)
        if not any(counts.values()) and call.world.switches["omit_empty_days"]:
            continue
        if not call.world.switches["daily_unique_impressions"]:
            del counts["uniqueImpressionsCount"]
        elements.append(
            {
                "timeRange": {"start": first * DAY_MS, "end": after * DAY_MS},
                "organizationalEntity": _urn(organisation),
                "totalShareStatistics": _shown(call, counts),
            }
        )
    return elements


def _per_post(call: Call, organisation: sqlite3.Row, urns: list[str], kind: str) -> list[dict[str, Any]]:
    """One element per living post of the page with activity; the others are left out without a word."""
    elements = []
    for urn in dict.fromkeys(urns):
        if not re.fullmatch(rf"urn:li:{kind}:[0-9]{{1,19}}", urn):
            raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a {kind} URN")
        row = posts.find(call.world, urn)
        if row is None or row["author"] != _urn(organisation):
            continue
        counts = post_counts(call, row)
        if any(counts.values()):
            shown = {"organizationalEntity": _urn(organisation), kind: urn}
            elements.append(shown | {"totalShareStatistics": _shown(call, counts)})
    return elements


def post_counts(call: Call, row: sqlite3.Row) -> series.Counts:
    """Return a post's lifetime counts as they are shown now."""
    lag_ms = int(call.world.switches["lifetime_lag_s"] * 1000)
    return series.count_at(
        seed=call.world.seed,
        post=row,
        followers=author_followers(call.world.store.one, row["author"]),
        at_ms=call.world.clock.now_ms() - lag_ms,
        withdrawal=_withdrawal(call),
    )


def author_followers(one: Any, author: str) -> int:
    """Return the planted follower number of a page, a few hundred for a person."""
    row = one("SELECT followers FROM organisation WHERE 'urn:li:organization:' || id = ?", author)
    return 300 if row is None else int(row["followers"])


def _sum(parts: Any) -> series.Counts:
    total = dict.fromkeys(series.METRICS, 0)
    for part in parts:
        for name in series.METRICS:
            total[name] += part[name]
    return total


def _shown(call: Call, counts: series.Counts) -> dict[str, Any]:
    """Add the engagement, a fraction of the impressions, and leave out what a switch says is missing."""
    acts = sum(counts[name] for name in ("clickCount", "likeCount", "commentCount", "shareCount"))
    engagement = acts / counts["impressionCount"] if counts["impressionCount"] else 0.0
    omitted = call.world.switches["omit_metrics"]
    return {name: value for name, value in {**counts, "engagement": engagement}.items() if name not in omitted}


# --- followers -------------------------------------------------------------------------------------------------------


def follower_statistics(call: Call) -> Answer:
    """GET /rest/organizationalEntityFollowerStatistics: facets, or gains per bucket up to two days ago."""
    organisation = _asked_organisation(call, "organizationalEntityFollowerStatistics")
    if "timeIntervals" not in call.parameters:
        return _page_of([_facets(call, organisation)])
    newest_day = utc_day(call.world.clock.now_ms()) - 2
    interval = _interval(call, granularities=("DAY", "WEEK", "MONTH"), newest_day=newest_day)
    if interval.first_day > newest_day:
        raise LinkedInError("bad_interval", reason="The newest day is two days before today")
    seed, elements = call.world.seed, []
    for first, after in interval.buckets():
        gain = sum(series.follower_gain(seed, organisation["id"], day) for day in range(first, after))
        elements.append(
            {
                "timeRange": {"start": first * DAY_MS, "end": after * DAY_MS},
                "organizationalEntity": _urn(organisation),
                "followerGains": {"organicFollowerGain": gain, "paidFollowerGain": 0},
            }
        )
    return _page_of(elements)


def _facets(call: Call, organisation: sqlite3.Row) -> dict[str, Any]:
    """Each facet adds up to less than the total: some members have not told."""
    total = series.followers(seed=call.world.seed, organisation=organisation, now_ms=call.world.clock.now_ms())
    element: dict[str, Any] = {"organizationalEntity": _urn(organisation)}
    element["followerCountsByAssociationType"] = [
        {"followerCounts": {"organicFollowerCount": total // 12, "paidFollowerCount": 0}, "associationType": "EMPLOYEE"}
    ]
    for facet, (key, values) in FOLLOWER_FACETS.items():
        dice = random.Random(f"{call.world.seed}:{facet}:{organisation['id']}")
        weights = [dice.uniform(0.3, 1) for _ in values]
        known = total * 0.85 / sum(weights)
        element[facet] = [
            {"followerCounts": {"organicFollowerCount": int(known * weight), "paidFollowerCount": 0}, key: value}
            for weight, value in zip(weights, values, strict=True)
        ]
    return element


# --- social metadata -------------------------------------------------------------------------------------------------


def social_metadata(call: Call) -> Answer:
    """GET /rest/socialMetadata/<post urn>."""
    return json_answer(200, _metadata(call, call.key or ""))


def social_metadata_batch(call: Call) -> Answer:
    """GET /rest/socialMetadata?ids=List(…)."""
    keys = call.texts("ids")
    if not keys:
        raise LinkedInError("missing_field", reason="Parameter ids is required")
    return batch(keys, lambda urn: _metadata(call, urn))


def _metadata(call: Call, urn: str) -> dict[str, Any]:
    if not posts.ANY_URN.fullmatch(urn):
        raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a post URN")
    row = posts.find(call.world, urn)
    if row is None:
        raise LinkedInError("not_found", what=f"Entity {urn}")
    what = call.what("socialMetadata", "GET")
    access.require_author(call.world, call.caller, row["author"], scopes=SOCIAL_SCOPES, what=what)
    counts, seed = post_counts(call, row), call.world.seed
    n_comments = counts["commentCount"]
    kinds = series.reactions(seed=seed, number=row["number"], n_likes=counts["likeCount"])
    top_level = series.top_level_comments(seed=seed, number=row["number"], n_comments=n_comments)
    return {
        "entity": row["activity"],
        "commentsState": "OPEN",
        "commentSummary": {"count": n_comments, "topLevelCount": top_level},
        "reactionSummaries": {kind: {"reactionType": kind, "count": n} for kind, n in kinds.items()},
    }
