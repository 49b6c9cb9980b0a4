"""The control plane of figures and advertising: what is true about a day, changing it afterwards, roles in accounts."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.clock import DAY_MS
from sandbox.control import Handler, Refused
from sandbox.http import Answer, json_answer
from sandbox.linkedin import ads_store, figures, posts, series
from sandbox.world import World

MAX_DAYS = 400


def _show(world: World, body: dict[str, Any]) -> Answer:
    """{organisation, day, days?}: the true values of a UTC day, or of that day and the ones after it."""
    organisation, first = _organisation(world, body), _day(body)
    n_days = str(body.get("days", 1))
    if not n_days.isascii() or not n_days.isdigit() or not 1 <= int(n_days) <= MAX_DAYS:
        raise Refused(f"days must be a number from 1 to {MAX_DAYS}")
    days = _as_json(world, organisation, first, n_days=int(n_days))
    return json_answer(200, days if "days" in body else days[0])


def _as_json(world: World, organisation: sqlite3.Row, first: int, *, n_days: int) -> list[dict[str, Any]]:
    told = figures.of_days(world, organisation, first=first, n_days=n_days)
    named = {"organisation": organisation["id"]}
    return [named | {"day": _date(first + offset)} | day for offset, day in enumerate(told)]


def _restate(world: World, body: dict[str, Any]) -> Answer:
    """{organisation, day, metric, by, post?}: change one figure of one day from now on, by so much."""
    organisation, day = _organisation(world, body), _day(body)
    metric, amount, urn = body.get("metric"), body.get("by"), body.get("post")
    if metric not in figures.RESTATABLE:
        raise Refused(f"metric must be one of {', '.join(figures.RESTATABLE)}")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Refused("by must be a whole number")
    row = posts.find(world, urn) if isinstance(urn, str) else None
    if urn is not None and (row is None or metric not in series.METRICS):
        raise Refused("post must be the URN of a post that stands, the metric one of posts")
    number = None if row is None else row["number"]
    figures.restate(world, organisation_id=organisation["id"], post=number, day=day, metric=metric, amount=amount)
    return json_answer(200, _as_json(world, organisation, day, n_days=1)[0])


def _organisation(world: World, body: dict[str, Any]) -> sqlite3.Row:
    row = world.store.one("SELECT * FROM organisation WHERE id = ?", str(body.get("organisation", "")))
    if row is None:
        raise Refused("organisation must be the id of a page")
    return row


def _day(body: dict[str, Any]) -> int:
    try:
        day = date.fromisoformat(str(body.get("day", "")))
    except ValueError as problem:
        raise Refused("day must be a UTC day like 2026-11-23") from problem
    return (day - date(1970, 1, 1)) // timedelta(days=1)


def _date(day: int) -> str:
    return f"{datetime.fromtimestamp(day * DAY_MS / 1000, tz=UTC):%Y-%m-%d}"


def _set_ad_role(world: World, body: dict[str, Any]) -> Answer:
    """{member, account, role}: give or change the member's role in an ad account; role null takes it."""
    member, account, role = str(body.get("member", "")), body.get("account"), body.get("role")
    is_member = world.store.one("SELECT 1 FROM member WHERE id = ?", member) is not None
    is_account = isinstance(account, int) and ads_store.one(world, ads_store.ACCOUNT, account) is not None
    if not is_member or not is_account or role not in (None, *ads_store.ROLES):
        raise Refused(f"member and account must exist, role must be null or one of {', '.join(ads_store.ROLES)}")
    with world.store.write() as db:
        db.execute("DELETE FROM ad_role WHERE member_id = ? AND account_id = ?", (member, account))
        if role is not None:
            db.execute("INSERT INTO ad_role VALUES (?, ?, ?)", (member, account, role))
    return json_answer(200, {"roles": ads_store.accounts_of(world, member)})


HANDLERS: dict[str, Handler] = {
    "GET /_figures": _show,
    "POST /_restate": _restate,
    "POST /_ad_role": _set_ad_role,
}
