"""
The planted advertising: accounts, campaign groups, campaigns and creatives of the three pages.

Each page has an account in NOK; the first page has one in USD and a test account besides. Days are UTC days since 1970.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, NamedTuple

from sandbox.clock import DAY_MS, utc_day
from sandbox.linkedin import history
from sandbox.linkedin.ads_store import ACCOUNT, CAMPAIGN, CREATIVE, GROUP, ROLES, TEST_ACCOUNT, URN, USD_ACCOUNT
from sandbox.linkedin.history import account_of
from sandbox.world import World

# Name, objective, format, group (0 or 1), days before today it started and ended (negative = still to come), budget.
CAMPAIGNS = (
    ("Sykepleier 2026", "WEBSITE_VISIT", "STANDARD_UPDATE", 0, 300, 240, 15_000),
    ("Jobb hos oss", "BRAND_AWARENESS", "SINGLE_VIDEO", 0, 60, 20, 20_000),
    ("Barnevernspedagog", "WEBSITE_VISIT", "STANDARD_UPDATE", 1, 45, -30, 18_000),
    ("Vernepleier, stillingsannonse", "JOB_APPLICANT", "JOBS", 1, 20, -10, 12_000),
)
TARGETS = {"WEBSITE_VISIT": "MAX_CLICK", "JOB_APPLICANT": "MAX_CLICK", "BRAND_AWARENESS": "MAX_IMPRESSION"}


class Plan(NamedTuple):
    """One account to plant, and the posts its creatives refer to: a film first. A test account shows nothing."""

    organisation_id: int
    name: str
    account: int
    currency: str
    posts: tuple[str, ...]
    is_test: bool = False


def plant(world: World) -> None:
    """Plant the accounts with everything in them. Members with a page role get a role in its account."""
    today = utc_day(world.clock.now_ms())
    with world.store.write() as db:
        for place, page in enumerate(world.store.all("SELECT id, name FROM organisation ORDER BY id")):
            own, posts = account_of(page["id"]), _posts(world, page["id"])
            plans = [Plan(page["id"], page["name"], own, "NOK", posts)]
            if place == 0:
                plans.append(Plan(page["id"], f"{page['name']} USD", own + USD_ACCOUNT, "USD", posts))
                plans.append(Plan(page["id"], f"{page['name']} (test)", own + TEST_ACCOUNT, "NOK", posts, is_test=True))
            for plan in plans:
                db.executemany("INSERT INTO ad_object VALUES (?, ?, ?, ?)", _rows(plan, today))
            people = world.store.all("SELECT member_id FROM role WHERE organisation_id = ? ORDER BY rowid", page["id"])
            for rank, person in enumerate(people):
                for plan in plans:
                    row = (person["member_id"], plan.account, ROLES[2 * rank])
                    db.execute("INSERT INTO ad_role VALUES (?, ?, ?)", row)


def adopt(world: World) -> None:
    """Give a file that was kept since before there was any history its year and its advertising."""
    if world.store.one("SELECT 1 FROM ad_object LIMIT 1") is None:
        history.plant(world)
        plant(world)


def _posts(world: World, organisation_id: int) -> tuple[str, ...]:
    """Return the URNs creatives refer to: the film first, then the page's posts, the youngest first."""
    sql = "SELECT urn FROM post WHERE author = ? ORDER BY is_dark DESC, created_at DESC LIMIT 8"
    return tuple(row["urn"] for row in world.store.all(sql, f"urn:li:organization:{organisation_id}"))


# Kept, because tests plant the same world again and again.
@lru_cache(maxsize=32)
def _rows(plan: Plan, today: int) -> list[tuple[str, int, int, str]]:
    """Return (kind, id, account, JSON) of the account and everything in it."""
    account, posts, stamps = plan.account, plan.posts, _stamps(today - 400)
    rows = [_row(plan, ACCOUNT, account, _account(plan) | stamps)]
    for number, name in enumerate(("Faste kampanjer", "Rekruttering høst")):
        rows.append(_row(plan, GROUP, account * 10 + number, _group(plan, number, name, today=today) | stamps))
    for number, idea in enumerate(CAMPAIGNS):
        campaign_id, is_film = account * 10 + number, idea[2] == "SINGLE_VIDEO"
        first, last = (today - days for days in idea[4:6])
        body = _campaign(plan, idea, days=(first, last, today))
        rows.append(_row(plan, CAMPAIGN, campaign_id, {"id": campaign_id} | body | _stamps(first)))
        for part in range(1 if is_film else 2):
            creative_id = campaign_id * 10 + part
            post = posts[0] if is_film else posts[1 + (number + part) % (len(posts) - 1)]
            creative = _creative(plan, campaign_id, creative_id, post, is_serving=first <= today <= last)
            at = {"createdAt": first * DAY_MS, "lastModifiedAt": first * DAY_MS}
            rows.append(_row(plan, CREATIVE, creative_id, creative | at))
    return rows


def _row(plan: Plan, kind: str, id_: int, body: dict[str, Any]) -> tuple[str, int, int, str]:
    return kind, id_, plan.account, json.dumps(body, ensure_ascii=False)


def _stamps(day: int) -> dict[str, Any]:
    moment = {"time": day * DAY_MS + 9 * 3_600_000}
    return {"changeAuditStamps": {"created": moment, "lastModified": moment}, "version": {"versionTag": "3"}}


def _account(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.account,
        "name": plan.name,
        "currency": plan.currency,
        "type": "BUSINESS",
        "status": "ACTIVE",
        "reference": f"urn:li:organization:{plan.organisation_id}",
        "test": plan.is_test,
        "servingStatuses": ["RUNNABLE"],
        "notifiedOnCampaignOptimization": True,
        "notifiedOnCreativeApproval": True,
        "notifiedOnCreativeRejection": True,
        "notifiedOnEndOfCampaign": True,
    }


def _group(plan: Plan, number: int, name: str, *, today: int) -> dict[str, Any]:
    return {
        "id": plan.account * 10 + number,
        "name": name,
        "account": URN[ACCOUNT].format(plan.account),
        "status": "ACTIVE",
        "runSchedule": {"start": (today - 400) * DAY_MS},
        "backfilled": number == 0,
        "test": plan.is_test,
        "servingStatuses": ["RUNNABLE"],
        "allowedCampaignTypes": ["SPONSORED_UPDATES", "TEXT_AD", "SPONSORED_INMAILS", "DYNAMIC"],
    }


def _campaign(plan: Plan, idea: tuple[Any, ...], *, days: tuple[int, int, int]) -> dict[str, Any]:
    name, objective, format_, group, _, _, budget = idea
    currency = plan.currency
    first, last, today = days
    money = {"amount": f"{budget / 100 / (10 if currency == 'USD' else 1):.2f}", "currencyCode": currency}
    return {
        "account": URN[ACCOUNT].format(plan.account),
        "campaignGroup": URN[GROUP].format(plan.account * 10 + group),
        "name": name,
        "status": "COMPLETED" if last < today else "ACTIVE",
        "type": "SPONSORED_UPDATES",
        "format": format_,
        "objectiveType": objective,
        "optimizationTargetType": TARGETS[objective],
        "costType": "CPM",
        "unitCost": {"amount": "0", "currencyCode": currency},
        "dailyBudget": money,
        "runSchedule": {"start": first * DAY_MS, "end": (last + 1) * DAY_MS},
        "locale": {"country": "US", "language": "en"},
        "associatedEntity": f"urn:li:organization:{plan.organisation_id}",
        "creativeSelection": "OPTIMIZED",
        "audienceExpansionEnabled": False,
        "offsiteDeliveryEnabled": False,
        "politicalIntent": "NOT_POLITICAL",
        "pacingStrategy": "LIFETIME",
        "targetingCriteria": {"include": {"and": [{"or": {"urn:li:adTargetingFacet:locations": ["urn:li:geo:1"]}}]}},
        "servingStatuses": ["RUNNABLE"] if first <= today <= last else ["STOPPED"],
        "test": plan.is_test,
    }


def _creative(plan: Plan, campaign_id: int, creative_id: int, post: str, *, is_serving: bool) -> dict[str, Any]:
    """Those of a test account are turned down by themselves."""
    holds = ["UNDER_TEST_ACCOUNT"] if plan.is_test else [] if is_serving else ["CAMPAIGN_STOPPED"]
    return {
        "id": URN[CREATIVE].format(creative_id),
        "account": URN[ACCOUNT].format(plan.account),
        "campaign": URN[CAMPAIGN].format(campaign_id),
        "name": f"Annonse {creative_id % 10 + 1}",
        "content": {"reference": post},
        "intendedStatus": "ACTIVE",
        "isServing": is_serving and not plan.is_test,
        "isTest": plan.is_test,
        "servingHoldReasons": holds,
        "review": {"status": "REJECTED" if plan.is_test else "APPROVED"},
    }
