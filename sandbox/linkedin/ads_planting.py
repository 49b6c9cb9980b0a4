"""
The planted advertising: accounts, campaign groups, campaigns and creatives of the three pages.

Each page has an account in NOK; the first page has one in USD and a test account besides. Days are UTC days since 1970.
"""

from __future__ import annotations

import json
from typing import Any

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


def plant(world: World) -> None:
    """Plant the accounts with everything in them. Members with a page role get a role in its account."""
    today = utc_day(world.clock.now_ms())
    with world.store.write() as db:
        for place, page in enumerate(world.store.all("SELECT id, name FROM organisation ORDER BY id")):
            own, posts = account_of(page["id"]), _posts(world, page["id"])
            accounts = [own]
            _plant_account(db, page, own, currency="NOK", today=today, posts=posts)
            if place == 0:
                accounts += [own + USD_ACCOUNT, own + TEST_ACCOUNT]
                _plant_account(db, page, own + USD_ACCOUNT, currency="USD", today=today, posts=posts)
                _plant_account(db, page, own + TEST_ACCOUNT, currency="NOK", today=today, posts=[], is_test=True)
            people = world.store.all("SELECT member_id FROM role WHERE organisation_id = ? ORDER BY rowid", page["id"])
            for rank, person in enumerate(people):
                for account in accounts:
                    db.execute("INSERT INTO ad_role VALUES (?, ?, ?)", (person["member_id"], account, ROLES[2 * rank]))


def adopt(world: World) -> None:
    """Give a file that was kept since before there was any history its year and its advertising."""
    if world.store.one("SELECT 1 FROM ad_object LIMIT 1") is None:
        history.plant(world)
        plant(world)


def _posts(world: World, organisation_id: int) -> list[str]:
    """Return the URNs creatives refer to: the film first, then the page's posts, the youngest first."""
    sql = "SELECT urn FROM post WHERE author = ? ORDER BY is_dark DESC, created_at DESC LIMIT 8"
    return [row["urn"] for row in world.store.all(sql, f"urn:li:organization:{organisation_id}")]


def _plant_account(
    db: Any, page: Any, account: int, *, currency: str, today: int, posts: list[str], is_test: bool = False
) -> None:
    stamps = _stamps(today - 400)
    owner = f"urn:li:organization:{page['id']}"
    _put(db, ACCOUNT, account, account, _account(page, account, currency=currency, is_test=is_test) | stamps)
    for number, name in enumerate(("Faste kampanjer", "Rekruttering høst")):
        _put(
            db,
            GROUP,
            account * 10 + number,
            account,
            _group(account, number, name, today=today, is_test=is_test) | stamps,
        )
    for number, plan in enumerate(CAMPAIGNS):
        campaign_id = account * 10 + number
        first, last = (today - days for days in plan[4:6])
        body = _campaign(account, plan, owner=owner, currency=currency, days=(first, last, today), is_test=is_test)
        _put(db, CAMPAIGN, campaign_id, account, {"id": campaign_id} | body | _stamps(first))
        for part in range(2 if posts and plan[2] != "SINGLE_VIDEO" else len(posts[:1])):
            creative_id = campaign_id * 10 + part
            post = posts[0] if plan[2] == "SINGLE_VIDEO" else posts[1 + (number + part) % (len(posts) - 1)]
            creative = _creative(account, campaign_id, creative_id, post, is_serving=first <= today <= last)
            at_ms = first * DAY_MS
            _put(db, CREATIVE, creative_id, account, creative | {"createdAt": at_ms, "lastModifiedAt": at_ms})


def _put(db: Any, kind: str, id_: int, account: int, body: dict[str, Any]) -> None:
    db.execute("INSERT INTO ad_object VALUES (?, ?, ?, ?)", (kind, id_, account, json.dumps(body, ensure_ascii=False)))


def _stamps(day: int) -> dict[str, Any]:
    moment = {"time": day * DAY_MS + 9 * 3_600_000}
    return {"changeAuditStamps": {"created": moment, "lastModified": moment}, "version": {"versionTag": "3"}}


def _account(page: Any, account: int, *, currency: str, is_test: bool) -> dict[str, Any]:
    suffix = " (test)" if is_test else " USD" if currency == "USD" else ""
    return {
        "id": account,
        "name": page["name"] + suffix,
        "currency": currency,
        "type": "BUSINESS",
        "status": "ACTIVE",
        "reference": f"urn:li:organization:{page['id']}",
        "test": is_test,
        "servingStatuses": ["RUNNABLE"],
        "notifiedOnCampaignOptimization": True,
        "notifiedOnCreativeApproval": True,
        "notifiedOnCreativeRejection": True,
        "notifiedOnEndOfCampaign": True,
    }


def _group(account: int, number: int, name: str, *, today: int, is_test: bool) -> dict[str, Any]:
    return {
        "id": account * 10 + number,
        "name": name,
        "account": URN[ACCOUNT].format(account),
        "status": "ACTIVE",
        "runSchedule": {"start": (today - 400) * DAY_MS},
        "backfilled": number == 0,
        "test": is_test,
        "servingStatuses": ["RUNNABLE"],
        "allowedCampaignTypes": ["SPONSORED_UPDATES", "TEXT_AD", "SPONSORED_INMAILS", "DYNAMIC"],
    }


def _campaign(
    account: int, plan: tuple, *, owner: str, currency: str, days: tuple[int, int, int], is_test: bool
) -> dict[str, Any]:
    name, objective, format_, group, _, _, budget = plan
    first, last, today = days
    money = {"amount": f"{budget / 100 / (10 if currency == 'USD' else 1):.2f}", "currencyCode": currency}
    return {
        "account": URN[ACCOUNT].format(account),
        "campaignGroup": URN[GROUP].format(account * 10 + group),
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
        "associatedEntity": owner,
        "creativeSelection": "OPTIMIZED",
        "audienceExpansionEnabled": False,
        "offsiteDeliveryEnabled": False,
        "politicalIntent": "NOT_POLITICAL",
        "pacingStrategy": "LIFETIME",
        "targetingCriteria": {"include": {"and": [{"or": {"urn:li:adTargetingFacet:locations": ["urn:li:geo:1"]}}]}},
        "servingStatuses": ["RUNNABLE"] if first <= today <= last else ["STOPPED"],
        "test": is_test,
    }


def _creative(account: int, campaign_id: int, creative_id: int, post: str, *, is_serving: bool) -> dict[str, Any]:
    return {
        "id": URN[CREATIVE].format(creative_id),
        "account": URN[ACCOUNT].format(account),
        "campaign": URN[CAMPAIGN].format(campaign_id),
        "name": f"Annonse {creative_id % 10 + 1}",
        "content": {"reference": post},
        "intendedStatus": "ACTIVE",
        "isServing": is_serving,
        "isTest": False,
        "servingHoldReasons": [] if is_serving else ["CAMPAIGN_STOPPED"],
        "review": {"status": "APPROVED"},
    }
