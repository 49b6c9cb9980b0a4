"""What happened on a page's posts, for those who ask (sixty days back) and for those who are told."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from sandbox.clock import DAY_MS
from sandbox.http import Answer
from sandbox.linkedin import access, acts, posts, series
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.organisations import organisation_id
from sandbox.linkedin.rest import Call, page
from sandbox.world import World

KEPT_MS = 60 * DAY_MS
ACTIONS = ("LIKE", "COMMENT", "SHARE", "SHARE_MENTION", "ADMIN_COMMENT", "COMMENT_EDIT", "COMMENT_DELETE")


def find(call: Call) -> Answer:
    """GET /rest/organizationalEntityNotifications?q=criteria&organizationalEntity=…&actions=List(…)&timeRange=(…)."""
    if call.text("q") != "criteria":
        raise LinkedInError("bad_parameter", reason="Unknown finder")
    page_urn = call.text("organizationalEntity")
    number = organisation_id(page_urn)
    actions = call.texts("actions") or list(ACTIONS)
    unknown = [action for action in actions if action not in ACTIONS]
    if unknown:
        raise LinkedInError("bad_value", reason=f"{unknown[0][:40]} is not an action")
    first, after = _time_range(call)
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    source = str(call.parameters.get("sourcePost", ""))
    what = call.what("organizationalEntityNotifications", "FINDER-criteria")
    access.require_scope(call.caller, access.ADMIN_SCOPES, what=what)
    access.require_role(call.world, call.caller, organisation_id=number, roles=access.ADMIN_ROLES, what=what)
    rows = of_page(call.world, page_urn, source=source)
    rows = [row for row in rows if row["action"] in actions and first <= row["lastModifiedAt"] < after]
    for row in rows:
        del row["share"]  # only the webhook names the share; whoever asks gets the activity
        row["subscriber"] = call.caller.urn
    return page(rows[start : start + count], start=start, count=count)


def _time_range(call: Call) -> tuple[int, int]:
    value = call.parameters.get("timeRange")
    now_ms = call.world.clock.now_ms()
    if value is None:
        return now_ms - KEPT_MS, now_ms + 1
    if not isinstance(value, dict):
        raise LinkedInError("bad_parameter", reason="timeRange must be (start:…,end:…)")
    edges = []
    for name, default in (("start", now_ms - KEPT_MS), ("end", now_ms + 1)):
        text = value.get(name, str(default))
        if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 15:
            raise LinkedInError("bad_parameter", reason=f"timeRange.{name} must be epoch milliseconds")
        edges.append(int(text))
    return edges[0], edges[1]


def of_page(world: World, page_urn: str, *, source: str = "") -> list[dict[str, Any]]:
    """Return everything on a page's public posts of the last sixty days, newest first; one post's when `source`."""
    now_ms = world.clock.now_ms()
    living = world.store.all(
        "SELECT * FROM post WHERE author = ? AND is_dark = 0 AND deleted_at IS NULL AND created_at > ?"
        " AND (? = '' OR urn = ? OR activity = ?)",
        page_urn,
        now_ms - KEPT_MS - series.LIFE_DAYS * DAY_MS,
        source,
        source,
        source,
    )
    rows = [row for post in living for row in _of_post(world, post)]
    rows = [row for row in rows if now_ms - KEPT_MS <= row["lastModifiedAt"] <= now_ms]
    return sorted(rows, key=lambda row: (row["lastModifiedAt"], row["notificationId"]), reverse=True)


def _of_post(world: World, post: sqlite3.Row) -> list[dict[str, Any]]:
    acts.write_down(world, post)
    rows = []
    for row in world.store.all("SELECT * FROM comment WHERE post = ?", post["number"]):
        urn = acts.comment_urn(post, row["id"])
        action = "ADMIN_COMMENT" if row["actor"] == post["author"] else "COMMENT"
        rows.append(_element(post, action, urn, row["created_at"]))
        if row["edited_at"] is not None:
            rows.append(_element(post, "COMMENT_EDIT", urn, row["edited_at"]))
        if row["deleted_at"] is not None:
            rows.append(_element(post, "COMMENT_DELETE", urn, row["deleted_at"]))
    for row in acts.reactions(world, post, comment_id=None):
        urn = f"urn:li:reaction:({row['actor']},{post['activity']})"
        rows.append(_element(post, "LIKE", urn, row["created_at"]))
    for number, moment_ms in enumerate(acts.share_moments(world, post), start=1):
        own_id = posts.FIRST_ID + post["number"] * posts.ID_STEP + 10_000 + number
        rows.append(_element(post, "SHARE", f"urn:li:activity:{own_id}", moment_ms))
    return rows


def _element(post: sqlite3.Row, action: str, activity: str, moment_ms: int) -> dict[str, Any]:
    material = f"{action}:{activity}:{post['number']}".encode()
    return {
        "notificationId": int.from_bytes(hashlib.sha256(material).digest()[:6], "big"),
        "organizationalEntity": post["author"],
        "action": action,
        "sourcePost": post["activity"],
        "share": post["urn"],
        "generatedActivity": activity,
        "lastModifiedAt": moment_ms,
    }
