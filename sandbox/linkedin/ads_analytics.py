"""adAnalytics: what advertising brought, by account, campaign, creative or audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.clock import utc_day
from sandbox.http import Answer
from sandbox.linkedin import access, ads_fields, ads_series, ads_store
from sandbox.linkedin.ads_access import REPORTING_SCOPES
from sandbox.linkedin.ads_series import Source
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call, page

MAX_FIELDS = 20
MAX_ELEMENTS = 15_000
LOAD_WINDOW_MS = 5 * 60_000
EPOCH = date(1970, 1, 1)
DEFAULT_FIELDS = ("impressions", "clicks")
GRANULARITIES = ("DAILY", "MONTHLY", "YEARLY", "ALL")
REACH_DAYS = 92
# Pivot values -> (currency, metrics) of each creative
Groups = dict[tuple[str, ...], list[tuple[str, ads_series.Row]]]

FACETS: dict[str, Callable[[Source], str]] = {
    "accounts": lambda source: ads_store.URN[ads_store.ACCOUNT].format(source.account_id),
    "campaignGroups": lambda source: ads_store.URN[ads_store.GROUP].format(source.group_id),
    "campaigns": lambda source: ads_store.URN[ads_store.CAMPAIGN].format(source.campaign_id),
    "creatives": lambda source: ads_store.URN[ads_store.CREATIVE].format(source.creative_id),
    "shares": lambda source: source.reference,
    "companies": lambda source: f"urn:li:organization:{source.account_id % 10_000}",
}
PIVOTS: dict[str, Callable[[Source], str]] = {
    "ACCOUNT": FACETS["accounts"],
    "CAMPAIGN_GROUP": FACETS["campaignGroups"],
    "CAMPAIGN": FACETS["campaigns"],
    "CREATIVE": FACETS["creatives"],
    "SHARE": FACETS["shares"],
    "COMPANY": FACETS["companies"],
}
# Value -> weight out of a hundred; what is missing has not told, or is too few.
DEMOGRAPHICS: dict[str, dict[str, int]] = {
    "MEMBER_COMPANY_SIZE": {"SIZE_51_TO_200": 22, "SIZE_201_TO_500": 17, "SIZE_1001_TO_5000": 35},
    "MEMBER_INDUSTRY": {"urn:li:industry:14": 34, "urn:li:industry:75": 25, "urn:li:industry:79": 18},
    "MEMBER_SENIORITY": {f"urn:li:seniority:{n}": weight for n, weight in ((3, 30), (4, 38), (5, 12), (6, 6), (10, 1))},
    "MEMBER_JOB_TITLE": {"urn:li:title:9001": 16, "urn:li:title:9002": 11, "urn:li:title:9003": 7},
    "MEMBER_JOB_FUNCTION": {"urn:li:function:14": 41, "urn:li:function:1": 15, "urn:li:function:10": 12},
    "MEMBER_COUNTRY_V2": {"urn:li:geo:103819153": 88, "urn:li:geo:105117694": 6},
    "MEMBER_REGION_V2": {"urn:li:geo:90010001": 42, "urn:li:geo:90010002": 23, "urn:li:geo:90010003": 11},
    "MEMBER_COMPANY": {"urn:li:organization:2001": 7, "urn:li:organization:2002": 5},
    "SERVING_LOCATION": {"ON_SITE": 90, "OFF_SITE": 10},
    "PLACEMENT_NAME": {"LINKEDIN_FEED": 90, "LINKEDIN_AUDIENCE_NETWORK": 10},
    "IMPRESSION_DEVICE_TYPE": {"DESKTOP_WEB": 37, "MOBILE_APP": 56, "MOBILE_WEB": 7},
}
# Parts of the page, not of the people: nothing of them is left out.
NOT_OF_MEMBERS = frozenset({"SERVING_LOCATION", "PLACEMENT_NAME", "IMPRESSION_DEVICE_TYPE"})
WITHOUT_DATA = frozenset({"CONVERSION", "CARD_INDEX"})


@dataclass(frozen=True)
class Query:
    """One checked question. Days are UTC days since 1970, both ends included."""

    pivots: tuple[str, ...]
    granularity: str
    first_day: int
    last_day: int
    fields: tuple[str, ...]
    facets: dict[str, frozenset[str]]
    seed: str
    now_ms: int

    def buckets(self) -> Iterable[tuple[int, int]]:
        """Return (first, last) day of each bucket."""
        if self.granularity == "ALL":
            return [(self.first_day, self.last_day)]
        if self.granularity == "DAILY":
            return [(day, day) for day in range(self.first_day, self.last_day + 1)]
        found: dict[tuple[int, ...], list[int]] = {}
        for day in range(self.first_day, self.last_day + 1):
            when = _date(day)
            found.setdefault((when.year,) if self.granularity == "YEARLY" else (when.year, when.month), []).append(day)
        return [(days[0], days[-1]) for days in found.values()]


def analytics(call: Call) -> Answer:
    """GET /rest/adAnalytics?q=analytics&pivot=… | q=statistics&pivots=List(…): all elements in one answer."""
    query = _query(call)
    access.require_scope(call.caller, REPORTING_SCOPES, what=call.what("adAnalytics", f"FINDER-{call.text('q')}"))
    accounts = ads_store.accounts_of(call.world, call.caller.member_id)
    asked = [source for source in ads_store.sources(call.world) if _is_asked(source, query)]
    # Without a role there is nothing to see; that is no error.
    elements = _elements([source for source in asked if source.account_id in accounts], query)
    if len(elements) > MAX_ELEMENTS:
        raise LinkedInError("bad_parameter", reason=f"The answer would have more than {MAX_ELEMENTS} elements")
    _count_load(call, len(elements) * len(query.fields))
    return page(elements, start=0, count=10)


# --- the question ----------------------------------------------------------------------------------------------------


def _query(call: Call) -> Query:
    finder = call.text("q")
    if finder not in ("analytics", "statistics"):
        raise LinkedInError("bad_parameter", reason=f"Unknown finder {finder[:40]}")
    pivots = (_plain(call, "pivot"),) if finder == "analytics" else tuple(call.texts("pivots"))
    known = PIVOTS.keys() | DEMOGRAPHICS.keys() | WITHOUT_DATA
    if not 1 <= len(pivots) <= 3 or not set(pivots) <= known:
        raise LinkedInError("bad_value", reason=f"pivot must be one to three of {', '.join(sorted(known))}")
    granularity = _plain(call, "timeGranularity")
    if granularity not in GRANULARITIES:
        raise LinkedInError("bad_value", reason=f"timeGranularity must be one of {', '.join(GRANULARITIES)}")
    facets = {name: frozenset(call.texts(name)) for name in FACETS if call.texts(name)}
    if not facets:
        raise LinkedInError("missing_field", reason=f"At least one of {', '.join(FACETS)} is required")
    first, last = _range(call)
    seed, now_ms = call.world.seed, call.world.clock.now_ms()
    query = Query(pivots, granularity, first, last, _fields(call), facets, seed, now_ms)
    if "approximateMemberReach" in query.fields:
        if last - first >= REACH_DAYS:
            raise LinkedInError(
                "bad_value", reason=f"approximateMemberReach needs a range of at most {REACH_DAYS} days"
            )
        if set(pivots) & DEMOGRAPHICS.keys():
            raise LinkedInError("bad_value", reason="approximateMemberReach is not available for this pivot")
    return query


def _plain(call: Call, name: str) -> str:
    """Return a value sent as `CAMPAIGN` or as `(value:CAMPAIGN)`."""
    value = call.parameters.get(name)
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        return str(value["value"])
    return call.text(name)


def _fields(call: Call) -> tuple[str, ...]:
    asked = call.parameters.get("fields")
    if not asked:
        return DEFAULT_FIELDS
    names = tuple(dict.fromkeys(asked if isinstance(asked, list) else str(asked).split(",")))
    if len(names) > MAX_FIELDS:
        raise LinkedInError("bad_parameter", reason=f"At most {MAX_FIELDS} fields can be requested, got {len(names)}")
    unknown = [name for name in names if name not in ads_fields.KNOWN]
    if unknown:
        raise LinkedInError("bad_parameter", reason=f"Unknown field {unknown[0][:60]}")
    return names


def _range(call: Call) -> tuple[int, int]:
    value = call.parameters.get("dateRange")
    if not isinstance(value, dict) or not isinstance(value.get("start"), dict):
        raise LinkedInError("missing_field", reason="Parameter dateRange with a start is required")
    today = utc_day(call.world.clock.now_ms())
    first = _day(value["start"])
    last = _day(value["end"]) if "end" in value else today
    if last < first:
        raise LinkedInError("bad_value", reason="dateRange ends before it starts")
    return first, min(last, max(today, first))


def _day(value: Any) -> int:
    try:
        return (date(*(int(value[name]) for name in ("year", "month", "day"))) - EPOCH) // timedelta(days=1)
    except (KeyError, TypeError, ValueError) as problem:
        raise LinkedInError("bad_value", reason="dateRange needs year, month and day") from problem


def _is_asked(source: Source, query: Query) -> bool:
    return all(FACETS[name](source) in wanted for name, wanted in query.facets.items())


def _count_load(call: Call, n_values: int) -> None:
    """Keep to 45 million values in five minutes for an app. :raises LinkedInError: 429 with LinkedIn's words"""
    now_ms, limit = call.world.clock.now_ms(), int(call.world.switches["ad_values_limit"])
    client_id = call.caller.client_id
    with call.world.store.write() as db:
        db.execute("DELETE FROM ad_load WHERE at_ms <= ?", (now_ms - LOAD_WINDOW_MS,))
        used = call.world.store.the("SELECT COALESCE(SUM(n), 0) AS n FROM ad_load WHERE client_id = ?", client_id)["n"]
        if used + n_values > limit:
            raise LinkedInError("ads_throttled")
        db.execute("INSERT INTO ad_load VALUES (?, ?, ?)", (client_id, now_ms, n_values))


# --- the answer ------------------------------------------------------------------------------------------------------


def _elements(sources: list[Source], query: Query) -> list[dict[str, Any]]:
    """One element per bucket and pivot value; those in which every asked metric is nil are missing."""
    asked = [name for name in query.fields if name not in ads_fields.NAMES_ONLY]
    elements = []
    for first, last in query.buckets():
        for values, rows in _grouped(sources, query, first, last).items():
            metrics = ads_fields.told(ads_series.add(*(row for _, row in rows)), rows, n_days=last - first + 1)
            if asked and not any(float(metrics.get(name) or 0) for name in asked):
                continue
            element = {name: metrics[name] for name in asked if name in metrics}
            if "pivotValues" in query.fields:
                element["pivotValues"] = list(values)
            if "dateRange" in query.fields:
                element["dateRange"] = {"start": _calendar(first), "end": _calendar(last)}
            elements.append(element)
    return elements


def _grouped(sources: list[Source], query: Query, first: int, last: int) -> Groups:
    """Return pivot values -> (currency, metrics) of the creatives in the bucket."""
    groups: Groups = {}
    audience = [pivot for pivot in query.pivots if pivot in DEMOGRAPHICS]
    if set(query.pivots) & WITHOUT_DATA:
        return {}
    for source in sources:
        days = range(max(first, source.first_day), min(last, source.last_day) + 1)
        found = (ads_series.so_far(query.seed, source, day, now_ms=query.now_ms) for day in days)
        rows = [row for row in found if row is not None]
        if rows:
            key = tuple(PIVOTS[pivot](source) if pivot in PIVOTS else "" for pivot in query.pivots)
            groups.setdefault(key, []).append((source.currency, ads_series.add(*rows)))
    for pivot in audience:
        groups = _split(groups, pivot, place=query.pivots.index(pivot))
    return groups


def _split(groups: Groups, pivot: str, *, place: int) -> Groups:
    """Share each group out by an audience; too few events are dropped, and groups without views with them."""
    least = 1 if pivot in NOT_OF_MEMBERS else 3
    parts: Groups = {}
    for key, rows in groups.items():
        currency, total = rows[0][0], ads_series.add(*(row for _, row in rows))
        for value, weight in DEMOGRAPHICS[pivot].items():
            part = tuple(count * weight // 100 for count in total)
            part = tuple(count if count >= least else 0 for count in part)
            if part[0]:
                parts[(*key[:place], value, *key[place + 1 :])] = [(currency, part)]
    return parts


def _date(day: int) -> datetime:
    return datetime.fromtimestamp(day * 86_400, tz=UTC)


def _calendar(day: int) -> dict[str, int]:
    when = _date(day)
    return {"year": when.year, "month": when.month, "day": when.day}
