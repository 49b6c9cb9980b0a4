"""
Advertising as it is kept: accounts, roles, campaign groups, campaigns and creatives, and what they bring per day.

Objects are kept as the JSON that reads show.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sandbox.clock import DAY_MS
from sandbox.linkedin import ads_series
from sandbox.linkedin.history import account_of
from sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS ad_object (
    kind TEXT NOT NULL, id INTEGER NOT NULL, account_id INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS ad_object_by_account ON ad_object (account_id, kind);
CREATE TABLE IF NOT EXISTS ad_role (
    member_id TEXT NOT NULL, account_id INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY (member_id, account_id)
);
CREATE TABLE IF NOT EXISTS ad_load (client_id TEXT NOT NULL, at_ms INTEGER NOT NULL, n INTEGER NOT NULL);
"""
ACCOUNT, GROUP, CAMPAIGN, CREATIVE = "account", "group", "campaign", "creative"
ROLES = ("ACCOUNT_BILLING_ADMIN", "ACCOUNT_MANAGER", "CAMPAIGN_MANAGER", "CREATIVE_MANAGER", "VIEWER")
URN = {
    ACCOUNT: "urn:li:sponsoredAccount:{}",
    GROUP: "urn:li:sponsoredCampaignGroup:{}",
    CAMPAIGN: "urn:li:sponsoredCampaign:{}",
    CREATIVE: "urn:li:sponsoredCreative:{}",
}
USD_ACCOUNT, TEST_ACCOUNT = 10_000, 20_000  # added to the id of the page's own account


# --- read ------------------------------------------------------------------------------------------------------------


def objects(world: World, kind: str, account_ids: list[int]) -> list[dict[str, Any]]:
    """Return the objects of a kind in some accounts, by id."""
    marks = ",".join("?" * len(account_ids))
    sql = f"SELECT body FROM ad_object WHERE kind = ? AND account_id IN ({marks}) ORDER BY id"
    return [json.loads(row["body"]) for row in world.store.all(sql, kind, *account_ids)]


def one(world: World, kind: str, id_: int) -> dict[str, Any] | None:
    row = world.store.one("SELECT body FROM ad_object WHERE kind = ? AND id = ?", kind, id_)
    return None if row is None else json.loads(row["body"])


def save(world: World, kind: str, id_: int, body: dict[str, Any]) -> None:
    with world.store.write() as db:
        values = (json.dumps(body, ensure_ascii=False), kind, id_)
        db.execute("UPDATE ad_object SET body = ? WHERE kind = ? AND id = ?", values)


def accounts_of(world: World, member_id: str) -> dict[int, str]:
    """Return account id -> the member's role in it."""
    rows = world.store.all("SELECT account_id, role FROM ad_role WHERE member_id = ? ORDER BY account_id", member_id)
    return {row["account_id"]: row["role"] for row in rows}


# --- figures ---------------------------------------------------------------------------------------------------------


def sources(world: World) -> tuple[ads_series.Source, ...]:
    """Return every creative that is shown to anybody; those of test accounts never are."""
    # What a source consists of cannot be changed once planted: seed and first start tell one planting from another.
    sql = "SELECT json_extract(body, '$.runSchedule.start') AS start FROM ad_object WHERE kind = ? ORDER BY id LIMIT 1"
    planted = world.store.one(sql, CAMPAIGN)
    key = (world.seed, None if planted is None else planted["start"])
    if key not in _SOURCES:
        rows = world.store.all("SELECT kind, body FROM ad_object WHERE kind <> ? ORDER BY id", GROUP)
        _SOURCES[key] = _read_sources([(row["kind"], json.loads(row["body"])) for row in rows])
    return _SOURCES[key]


_SOURCES: dict[tuple[str, int | None], tuple[ads_series.Source, ...]] = {}


def _read_sources(loaded: list[tuple[str, dict[str, Any]]]) -> tuple[ads_series.Source, ...]:
    accounts = {body["id"]: body for kind, body in loaded if kind == ACCOUNT}
    campaigns = {URN[CAMPAIGN].format(body["id"]): body for kind, body in loaded if kind == CAMPAIGN}
    creatives = [body for kind, body in loaded if kind == CREATIVE]
    n_creatives = {urn: sum(creative["campaign"] == urn for creative in creatives) for urn in campaigns}
    found = []
    for creative in creatives:
        campaign = campaigns[creative["campaign"]]
        account = accounts[number(campaign["account"])]
        if account["test"]:
            continue
        schedule = campaign["runSchedule"]
        found.append(
            ads_series.Source(
                creative_id=number(creative["id"]),
                campaign_id=campaign["id"],
                group_id=number(campaign["campaignGroup"]),
                account_id=account["id"],
                reference=creative["content"]["reference"],
                currency=account["currency"],
                objective=campaign["objectiveType"],
                is_video=campaign["format"] == "SINGLE_VIDEO",
                daily_budget=int(float(campaign["dailyBudget"]["amount"]) * 100) // n_creatives[creative["campaign"]],
                first_day=schedule["start"] // DAY_MS,
                last_day=(schedule["end"] - 1) // DAY_MS,
            )
        )
    return tuple(found)


def number(urn: str) -> int:
    return int(urn.rpartition(":")[2])


def follows_by_day(world: World, organisation_id: int) -> dict[int, int]:
    """Return UTC day -> followers won by paid posts of the page; days to come are in it too."""
    accounts = frozenset(account_of(organisation_id) + extra for extra in (0, USD_ACCOUNT))
    return _follows(world.seed, tuple(source for source in sources(world) if source.account_id in accounts))


@lru_cache(maxsize=16)
def _follows(seed: str, shown: tuple[ads_series.Source, ...]) -> dict[int, int]:
    column = ads_series.METRICS.index("follows")
    days: dict[int, int] = {}
    for source in shown:
        for day in range(source.first_day, source.last_day + 1):
            row = ads_series.of_day(seed, source, day)
            if row is not None and row[column]:
                days[day] = days.get(day, 0) + row[column]
    return days


def of_day(world: World, organisation_id: int, *, day: int, now_ms: int) -> list[dict[str, Any]]:
    """Return what each creative of the page's accounts brought on a day; money in hundredths."""
    accounts = {account_of(organisation_id) + extra for extra in (0, USD_ACCOUNT)}
    told = []
    for source in sources(world):
        row = ads_series.so_far(world.seed, source, day, now_ms=now_ms) if source.account_id in accounts else None
        if row is not None:
            names = {"account": source.account_id, "campaign": source.campaign_id, "creative": source.creative_id}
            told.append(names | dict(zip(ads_series.METRICS, row, strict=True)))
    return told
