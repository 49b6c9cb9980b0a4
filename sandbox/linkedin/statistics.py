"""Share statistics, all from the one series per post."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sandbox.clock import utc_day
from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, figures, posts, series
from sandbox.linkedin.errors import LinkedInError, error_body
from sandbox.linkedin.organisations import organisation_id
from sandbox.linkedin.rest import Call, page
from sandbox.linkedin.windows import WINDOW_DAYS, interval, time_range


def share_statistics(call: Call) -> Answer:
    """GET /rest/organizationalEntityShareStatistics: lifetime page, time-bound page, or per post."""
    organisation = asked_organisation(call, "organizationalEntityShareStatistics")
    shares, ugc_posts = call.texts("shares"), call.texts("ugcPosts")
    if "timeIntervals" in call.parameters:
        if shares or ugc_posts:
            status = int(call.world.switches["per_post_time_bound_status"])
            body = error_body("bad_parameter", reason="timeIntervals cannot be combined with shares or ugcPosts")
            return json_answer(status, body | {"status": status})
        return page_of(_time_bound(call, organisation))
    if "shares" in call.parameters or "ugcPosts" in call.parameters:
        elements = _per_post(call, organisation, shares, "share") + _per_post(call, organisation, ugc_posts, "ugcPost")
        return page_of(elements)
    return page_of([_lifetime(call, organisation)])


def page_of(elements: list[Any]) -> Answer:
    """Statistics have no paging; the envelope is there all the same."""
    return page(elements, start=0, count=10)


def asked_organisation(call: Call, resource: str, *, finder: str = "organizationalEntity") -> sqlite3.Row:
    """
    Return the page that the caller asks about and runs. The parameter is named like the finder.

    :raises LinkedInError: 400 another finder or no such URN, 403 scope or role missing
    """
    if call.text("q") != finder:
        raise LinkedInError("bad_parameter", reason=f"Unknown finder; this resource has q={finder}")
    number = organisation_id(call.text(finder))
    what = call.what(resource, f"FINDER-{finder}")
    access.require_scope(call.caller, access.ADMIN_SCOPES, what=what)
    access.require_role(call.world, call.caller, organisation_id=number, roles=access.ADMIN_ROLES, what=what)
    return call.world.store.the("SELECT * FROM organisation WHERE id = ?", number)


def _lifetime(call: Call, organisation: sqlite3.Row) -> dict[str, Any]:
    """The page over the rolling twelve months."""
    now_ms = call.world.clock.now_ms()
    until_ms = now_ms - int(call.world.switches["lifetime_lag_s"] * 1000)
    days = figures.share_days(call.world, organisation, until_ms=until_ms)
    first_day = utc_day(now_ms) - WINDOW_DAYS
    total = series.add(*(row for day, row in days.items() if day >= first_day))
    shown = _shown(dict(zip(series.METRICS, total, strict=False)), omitted=call.world.switches["omit_metrics"])
    return {"organizationalEntity": figures.urn(organisation), "totalShareStatistics": shown}


def _time_bound(call: Call, organisation: sqlite3.Row) -> list[dict[str, Any]]:
    now_ms, switches = call.world.clock.now_ms(), call.world.switches
    asked = interval(call, granularities=("DAY", "MONTH"), newest_day=utc_day(now_ms))
    days = figures.share_days(call.world, organisation, until_ms=now_ms)
    is_omitting, omitted = switches["omit_empty_days"], list(switches["omit_metrics"])
    if not switches["daily_unique_impressions"]:
        omitted.append("uniqueImpressionsCount")
    urn, elements = figures.urn(organisation), []
    for first, after in asked.buckets():
        total = series.add(*(days.get(day) for day in range(first, after)))
        if is_omitting and not any(total):
            continue
        counts = dict(zip(series.COLUMNS, total, strict=True))
        counts["shareCount"] -= counts.pop(series.INSTANT)
        elements.append(
            {
                "timeRange": time_range(first, after),
                "organizationalEntity": urn,
                "totalShareStatistics": _shown(counts, omitted=omitted),
            }
        )
    return elements


def _per_post(call: Call, organisation: sqlite3.Row, urns: list[str], kind: str) -> list[dict[str, Any]]:
    """One element per living post of the page with activity; the others are left out without a word."""
    elements, omitted = [], call.world.switches["omit_metrics"]
    for urn in dict.fromkeys(urns):
        if not re.fullmatch(rf"urn:li:{kind}:[0-9]{{1,19}}", urn):
            raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a {kind} URN")
        row = posts.find(call.world, urn)
        if row is None or row["author"] != figures.urn(organisation):
            continue
        counts = post_counts(call, row)
        if any(counts.values()):
            shown = {"organizationalEntity": figures.urn(organisation), kind: urn}
            elements.append(shown | {"totalShareStatistics": _shown(counts, omitted=omitted)})
    return elements


def post_counts(call: Call, row: sqlite3.Row) -> series.Counts:
    """Return a post's lifetime counts as they are shown now."""
    lag_ms = int(call.world.switches["lifetime_lag_s"] * 1000)
    return figures.post_counts(call.world, row, at_ms=call.world.clock.now_ms() - lag_ms)


def _shown(counts: series.Counts, *, omitted: list[str]) -> dict[str, Any]:
    """Add the engagement, a fraction of the impressions, and leave out what a switch says is missing."""
    acts = sum(counts[name] for name in ("clickCount", "likeCount", "commentCount", "shareCount"))
    engagement = acts / counts["impressionCount"] if counts["impressionCount"] else 0.0
    return {name: value for name, value in {**counts, "engagement": engagement}.items() if name not in omitted}
