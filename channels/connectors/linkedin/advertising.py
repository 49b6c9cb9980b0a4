"""
Paid campaigns, for reading. Source: LinkedIn Advertising API (Ad Accounts, Campaigns, adAnalytics).

Money comes as decimal text in the ad account's currency. Rates and prices per click are not told: they are computed
where they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from channels.connectors.ads import AdAccount, PaidCampaign, PaidDay
from channels.connectors.base import NothingSent
from channels.connectors.linkedin import reading, restli
from channels.connectors.linkedin.api import Api

PER_PAGE = 100
# An answer holds at most 15 000 elements and is not paged; so many campaigns times days stay well below.
DAYS_PER_CALL = 31
MAX_ELEMENTS = 15_000
# A campaign that was never started has no figures.
STARTED = ("ACTIVE", "PAUSED", "ARCHIVED", "COMPLETED", "CANCELED")
METRICS = {
    "impressions": "impressions",
    "approximateMemberReach": "reach",
    "clicks": "clicks",
    "reactions": "reactions",
    "comments": "comments",
    "shares": "shares",
}
FIELDS = ("dateRange", "pivotValues", "costInLocalCurrency", *METRICS)
_NUMBER = re.compile(r"\d{1,18}")
_CAMPAIGN = re.compile(r"urn:li:sponsoredCampaign:\d{1,18}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def accounts(api: Api) -> list[AdAccount]:
    """Return the ad accounts that the member may read, by name; test accounts never have figures and are left out."""
    found = []
    for element in _all_of(api, "/rest/adAccounts", "search=(test:false)"):
        number, currency = str(element.get("id", "")), str(element.get("currency", ""))
        if element.get("test") is True or not _NUMBER.fullmatch(number) or not _CURRENCY.fullmatch(currency):
            continue
        name, page = reading.text(element.get("name"), most=150) or number, element.get("reference")
        found.append(AdAccount(number, name, currency, page if isinstance(page, str) else ""))
    return sorted(found, key=lambda account: account.name.casefold())


def campaigns(api: Api, ad_account_id: str) -> list[PaidCampaign]:
    """Return the ad account's campaigns that have been started at some time, by name."""
    search = f"search=(status:(values:List({','.join(STARTED)})))"
    found: dict[str, PaidCampaign] = {}
    for element in _all_of(api, f"/rest/adAccounts/{quote(ad_account_id, safe='')}/adCampaigns", search):
        number = str(element.get("id", ""))
        if not _NUMBER.fullmatch(number) or element.get("test") is True:
            continue
        urn = f"urn:li:sponsoredCampaign:{number}"
        words = (reading.text(element.get(name), most=40) for name in ("status", "objectiveType"))
        found[urn] = PaidCampaign(urn, reading.text(element.get("name"), most=150) or number, *words)
    return sorted(found.values(), key=lambda campaign: campaign.name.casefold())


def days(api: Api, ad_account_id: str, *, first: date, last: date) -> list[PaidDay]:
    """Return daily figures by campaign, both days included, oldest first; what LinkedIn leaves out is left out."""
    found: dict[tuple[str, date], PaidDay] = {}
    for start, end in _windows(first, last):
        query = (
            "q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY"
            f"&dateRange=(start:{_date(start)},end:{_date(end)})"
            f"&accounts={restli.list_of([f'urn:li:sponsoredAccount:{ad_account_id}'])}&fields={','.join(FIELDS)}"
        )
        elements = api.find("/rest/adAnalytics", query=query)
        if len(elements) >= MAX_ELEMENTS:
            raise NothingSent("unclear_answer", "More figures than one answer holds")
        for told in map(_day, elements):
            if told is not None and start <= told.day <= end:
                found[told.campaign_id, told.day] = told
    return sorted(found.values(), key=lambda told: (told.day, told.campaign_id))


def _windows(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + timedelta(days=DAYS_PER_CALL - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _date(day: date) -> str:
    return f"(year:{day.year},month:{day.month},day:{day.day})"


def _day(element: dict[str, Any]) -> PaidDay | None:
    """Return one row, or None when it does not say which campaign and which day it is about."""
    campaign = next((urn for urn in _list(element.get("pivotValues")) if isinstance(urn, str)), "")
    period = element.get("dateRange")
    starts, ends = (
        (_as_date(period.get(name)) for name in ("start", "end")) if isinstance(period, dict) else (None, None)
    )
    if not _CAMPAIGN.fullmatch(campaign) or starts is None or starts != ends:
        return None
    counts = {ours: reading.count(element.get(theirs)) for theirs, ours in METRICS.items()}
    return PaidDay(campaign, starts, spend=_money(element.get("costInLocalCurrency")), **counts)


def _as_date(told: Any) -> date | None:
    try:
        return date(told["year"], told["month"], told["day"])
    except (TypeError, KeyError, ValueError):
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _money(value: Any) -> Decimal | None:
    """Return an amount; LinkedIn writes it as text, so that no fraction is lost."""
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and abs(amount) < 10**12 else None


def _all_of(api: Api, path: str, search: str) -> Iterable[dict[str, Any]]:
    """
    Return what a search tells, each once.

    :raises NothingSent: it could not be read to its end
    """
    query = f"q=search&{search}&pageSize={PER_PAGE}"
    listing = api.search(path, query=query, key=lambda element: str(reading.count(element.get("id")) or ""))
    if not listing.is_complete:
        raise NothingSent("unclear_answer", "The list has no end")
    return listing.elements.values()
