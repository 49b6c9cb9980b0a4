"""
The true daily figures: the series of posts, pages and advertising, with what was restated on top.

Everything LinkedIn's statistics tell is added up from here, so that the sum of the days is the lifetime. Days are
whole UTC days, counted from 1970.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sandbox.clock import DAY_MS, utc_day
from sandbox.linkedin import ads_store, page_series, series, social_store
from sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS restatement (
    organisation_id INTEGER NOT NULL, post INTEGER, day INTEGER NOT NULL, metric TEXT NOT NULL, amount INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS restatement_by_page ON restatement (organisation_id);
"""
ORGANIC, PAID = "organicFollowerGain", "paidFollowerGain"
# What can be restated: figures of posts, of followers, of page views.
RESTATABLE = (*series.METRICS, ORGANIC, PAID, *page_series.CELLS)

Days = dict[int, series.Row]
Bucket = tuple[int, int]  # first day, day after the last


def urn(organisation: sqlite3.Row) -> str:
    return f"urn:li:organization:{organisation['id']}"


def withdrawal(world: World) -> series.Withdrawal:
    n = int(world.switches["withdrawn_reactions"])
    return series.Withdrawal(n=n, at_ms=world.switches.set_at_ms("withdrawn_reactions"))


# --- restatements ----------------------------------------------------------------------------------------------------


def restate(world: World, *, organisation_id: int, post: int | None, day: int, metric: str, amount: int) -> None:
    """Change one figure of one day from now on; `post` (its number) makes it that post's figure as well."""
    with world.store.write() as db:
        db.execute("INSERT INTO restatement VALUES (?, ?, ?, ?, ?)", (organisation_id, post, day, metric, amount))


def _restated(world: World, organisation_id: int) -> list[sqlite3.Row]:
    return world.store.all("SELECT * FROM restatement WHERE organisation_id = ?", organisation_id)


# --- posts -----------------------------------------------------------------------------------------------------------


def share_days(world: World, organisation: sqlite3.Row, *, until_ms: int) -> Days:
    """Return UTC day -> what all posts of the page gained on it, columns as `series.COLUMNS`."""
    sql = "SELECT number, created_at, deleted_at FROM post WHERE author = ? AND is_dark = 0 AND created_at <= ?"
    rows = world.store.all(sql, urn(organisation), until_ms)
    days = series.by_day(
        seed=world.seed,
        lives=tuple(series.Life(*row) for row in rows),
        followers=organisation["followers"],
        until_ms=until_ms,
        withdrawal=withdrawal(world),
    )
    for change in _restated(world, organisation["id"]):
        if change["metric"] in series.METRICS and change["day"] <= utc_day(until_ms):
            column = series.COLUMNS.index(change["metric"])
            delta = tuple(change["amount"] if n == column else 0 for n in range(len(series.COLUMNS)))
            days[change["day"]] = series.add(days.get(change["day"]), delta)
    for moment_ms, metric, n in social_store.gains_of_page(world, urn(organisation)):
        if moment_ms <= until_ms:
            column, day = series.COLUMNS.index(metric), utc_day(moment_ms)
            delta = tuple(n if number == column else 0 for number in range(len(series.COLUMNS)))
            days[day] = series.add(days.get(day), delta)
    return days


def post_counts(world: World, row: sqlite3.Row, *, at_ms: int) -> series.Counts:
    """Return a post's counts, cumulated until a moment: what was drawn, and what was really made or taken away."""
    counts = drawn_counts(world, row, at_ms=at_ms)
    for moment_ms, metric, n in social_store.gains_of_post(world, row["number"]):
        if moment_ms <= at_ms:
            counts[metric] += n
    return counts


def drawn_counts(world: World, row: sqlite3.Row, *, at_ms: int) -> series.Counts:
    """Return what the series and its restatements say a post has collected."""
    page = world.store.one(
        "SELECT id, followers FROM organisation WHERE 'urn:li:organization:' || id = ?", row["author"]
    )
    counts = series.count_at(
        seed=world.seed,
        post=row,
        followers=followers_of(page),
        at_ms=at_ms,
        withdrawal=withdrawal(world),
    )
    if page is not None:
        for change in _restated(world, page["id"]):
            if change["post"] == row["number"] and change["day"] <= utc_day(at_ms):
                counts[change["metric"]] += change["amount"]
    return counts


def followers_of(page: sqlite3.Row | None) -> int:
    """Return the planted follower number of a page, a few hundred for a person."""
    return 300 if page is None else int(page["followers"])


# --- followers -------------------------------------------------------------------------------------------------------


def follower_gains(world: World, organisation: sqlite3.Row, buckets: list[Bucket]) -> list[tuple[int, int]]:
    """Return the organic and the paid gain of each bucket."""
    seed, organisation_id = world.seed, organisation["id"]
    paid_by_day = ads_store.follows_by_day(world, organisation_id)
    changes = [row for row in _restated(world, organisation_id) if row["metric"] in (ORGANIC, PAID)]
    gains = []
    for first, after in buckets:
        organic = sum(series.follower_gain(seed, organisation_id, day) for day in range(first, after))
        paid = sum(paid_by_day.get(day, 0) for day in range(first, after))
        within = [row for row in changes if first <= row["day"] < after]
        organic += sum(row["amount"] for row in within if row["metric"] == ORGANIC)
        paid += sum(row["amount"] for row in within if row["metric"] == PAID)
        gains.append((organic, paid))
    return gains


def followers(world: World, organisation: sqlite3.Row, *, now_ms: int) -> int:
    """Return the follower total: the planted number plus every whole day's gains since 2025."""
    today, organisation_id = utc_day(now_ms), organisation["id"]
    total = int(organisation["followers"]) + series.gained_before(world.seed, organisation_id, today)
    total += sum(gain for day, gain in ads_store.follows_by_day(world, organisation_id).items() if day < today)
    changes = _restated(world, organisation_id)
    return total + sum(row["amount"] for row in changes if row["metric"] in (ORGANIC, PAID) and row["day"] < today)


# --- page views ------------------------------------------------------------------------------------------------------


def page_views(world: World, organisation: sqlite3.Row, buckets: list[Bucket], *, now_ms: int) -> list[page_series.Row]:
    """Return the views of each cell for each bucket; today as far as it has come."""
    changes = [row for row in _restated(world, organisation["id"]) if row["metric"] in page_series.CELLS]
    rows = []
    for first, after in buckets:
        row = _drawn_views(world.seed, organisation, first, after, now_ms)
        for change in changes:
            if first <= change["day"] < after:
                column = page_series.CELLS.index(change["metric"])
                row = (*row[:column], row[column] + change["amount"], *row[column + 1 :])
        rows.append(row)
    return rows


def _drawn_views(seed: str, organisation: sqlite3.Row, first: int, after: int, now_ms: int) -> page_series.Row:
    organisation_id, base, today = organisation["id"], organisation["followers"], utc_day(now_ms)
    if first <= series.FOLLOWER_ORIGIN_DAY:
        row = page_series.views_before(seed, organisation_id, base, min(after, today))
    else:
        days = range(first, min(after, today))
        row = page_series.add(*(page_series.views(seed, organisation_id, base, day) for day in days))
    if first <= today < after:
        whole = page_series.views(seed, organisation_id, base, today)
        row = page_series.add(row, page_series.part_of(whole, now_ms % DAY_MS / DAY_MS))
    return row


# --- days for a test -------------------------------------------------------------------------------------------------


def of_days(world: World, organisation: sqlite3.Row, *, first: int, n_days: int) -> list[dict[str, Any]]:
    """Return everything true about some UTC days of a page, without any platform's form."""
    now_ms = world.clock.now_ms()
    buckets = [(day, day + 1) for day in range(first, first + n_days)]
    shares = share_days(world, organisation, until_ms=now_ms)
    gains = follower_gains(world, organisation, buckets)
    views = page_views(world, organisation, buckets, now_ms=now_ms)
    total = followers(world, organisation, now_ms=first * DAY_MS)
    told = []
    for (day, _), (organic, paid), cells in zip(buckets, gains, views, strict=True):
        total += organic + paid
        told.append(
            {
                "followers": total,
                "follower_gains": {ORGANIC: organic, PAID: paid},
                "shares": dict(zip(series.COLUMNS, shares.get(day) or series.add(), strict=True)),
                "page_views": dict(zip(page_series.CELLS, cells, strict=True)),
                "ads": ads_store.of_day(world, organisation["id"], day=day, now_ms=now_ms),
            }
        )
    return told
