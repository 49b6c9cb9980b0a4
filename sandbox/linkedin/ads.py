"""Advertising objects for reading: accounts, their users, campaign groups, campaigns, creatives; and their status."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, ads_store, posts
from sandbox.linkedin.ads_access import ACCOUNT_URN, READ_SCOPES, WRITE_SCOPES, AdsRefusal, account, cursor_page
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call, Handler, batch, page

SEARCHABLE = {
    ads_store.ACCOUNT: ("id", "name", "reference", "status", "type"),
    ads_store.GROUP: ("id", "name", "status"),
    ads_store.CAMPAIGN: ("id", "name", "status", "type", "campaignGroup", "associatedEntity"),
}
RESOURCE = {
    ads_store.ACCOUNT: "adAccounts",
    ads_store.GROUP: "adCampaignGroups",
    ads_store.CAMPAIGN: "adCampaigns",
    ads_store.CREATIVE: "creatives",
}
MAX_SIZE = dict.fromkeys(RESOURCE, 1000) | {ads_store.CREATIVE: 100}
STATUSES = {
    ads_store.GROUP: ("ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "CANCELLED", "PENDING_DELETION"),
    ads_store.CAMPAIGN: ("ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "CANCELED", "PENDING_DELETION"),
    ads_store.CREATIVE: ("ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "CANCELED", "PENDING_DELETION"),
}


# --- accounts --------------------------------------------------------------------------------------------------------


def accounts(call: Call) -> Answer:
    """GET /rest/adAccounts?q=search&search=(…) or ?ids=List(…): those in which the caller has a role."""
    what = call.what("adAccounts", "FINDER-search")
    access.require_scope(call.caller, READ_SCOPES, what=what)
    own = list(ads_store.accounts_of(call.world, call.caller.member_id))
    if "ids" in call.parameters:
        return batch(call.texts("ids"), partial(_one, call, ads_store.ACCOUNT, own))
    _require_finder(call, "search")
    found = ads_store.objects(call.world, ads_store.ACCOUNT, own)
    return cursor_page(call, _searched(call, ads_store.ACCOUNT, found), max_size=MAX_SIZE[ads_store.ACCOUNT])


def one_account(call: Call) -> Answer:
    """GET /rest/adAccounts/509001001."""
    number = account(call, resource="adAccounts", method="GET")
    return json_answer(200, _one(call, ads_store.ACCOUNT, [number], str(number)))


def users(call: Call) -> Answer:
    """GET /rest/adAccountUsers?q=authenticatedUser | q=accounts&accounts=List(…)."""
    finder = call.text("q")
    start, count = call.paging(max_count=1000, is_cap_silent=True)
    access.require_scope(call.caller, READ_SCOPES, what=call.what("adAccountUsers", f"FINDER-{finder}"))
    own = ads_store.accounts_of(call.world, call.caller.member_id)
    if finder == "authenticatedUser":
        rows = [(number, call.caller.member_id, role) for number, role in own.items()]
    elif finder == "accounts":
        asked = [_account_number(urn) for urn in call.texts("accounts")]
        if not asked:
            raise LinkedInError("missing_field", reason="Parameter accounts is required")
        rows = [row for number in asked if number in own for row in _members(call, number)]
    else:
        raise LinkedInError("bad_parameter", reason=f"Unknown finder {finder[:40]}")
    shown = [_user(call, *row) for row in rows[start : start + count]]
    links = _next_link(call, start=start + count, count=count) if start + count < len(rows) else []
    return page(shown, start=start, count=count, total=len(rows), links=links)


def _next_link(call: Call, *, start: int, count: int) -> list[dict[str, str]]:
    """Return the address of the next page, written as the caller wrote this one."""
    asked = [part for part in call.request.query.split("&") if not part.startswith(("start=", "count="))]
    query = "&".join([*asked, f"start={start}", f"count={count}"])
    return [{"type": "application/json", "rel": "next", "href": f"{call.request.path}?{query}"}]


def _members(call: Call, number: int) -> list[tuple[int, str, str]]:
    sql = "SELECT * FROM ad_role WHERE account_id = ? ORDER BY member_id"
    return [(number, row["member_id"], row["role"]) for row in call.world.store.all(sql, number)]


def _user(call: Call, number: int, member_id: str, role: str) -> dict[str, Any]:
    body = ads_store.one(call.world, ads_store.ACCOUNT, number) or {}
    return {
        "account": ads_store.URN[ads_store.ACCOUNT].format(number),
        "user": f"urn:li:person:{member_id}",
        "role": role,
        "changeAuditStamps": body["changeAuditStamps"],
    }


def _account_number(urn: str) -> int:
    match = ACCOUNT_URN.fullmatch(urn)
    if match is None:
        raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a sponsoredAccount URN")
    return int(match[1])


# --- what an account holds -------------------------------------------------------------------------------------------


def collection(kind: str) -> Handler:
    """Return the handler of GET /rest/adAccounts/{account}/<resource>: by finder, or several at once."""

    def handler(call: Call) -> Answer:
        finder = "criteria" if kind == ads_store.CREATIVE else "search"
        number = account(call, resource=RESOURCE[kind], method=f"FINDER-{finder}")
        if "ids" in call.parameters:
            return batch(call.texts("ids"), partial(_one, call, kind, [number]))
        _require_finder(call, finder)
        found = ads_store.objects(call.world, kind, [number])
        matching = _by_criteria(call, found) if kind == ads_store.CREATIVE else _searched(call, kind, found)
        return cursor_page(call, matching, max_size=MAX_SIZE[kind])

    return handler


def single(kind: str) -> Handler:
    """Return the handler of GET /rest/adAccounts/{account}/<resource>/{id}."""

    def handler(call: Call) -> Answer:
        number = account(call, resource=RESOURCE[kind], method="GET")
        return json_answer(200, _one(call, kind, [number], call.urn("id")))

    return handler


def _one(call: Call, kind: str, account_ids: list[int], key: str) -> dict[str, Any]:
    match = re.fullmatch(r"(?:urn:li:sponsored[A-Za-z]+:)?([0-9]{1,18})", key)
    if match is None or (kind == ads_store.CREATIVE and not key.startswith("urn:")):
        raise AdsRefusal("INVALID_URN_TYPE", field="/id", reason=f"{key[:80]} is not an id of {RESOURCE[kind]}")
    body = ads_store.one(call.world, kind, int(match[1]))
    owner = None if body is None else body["id"] if kind == ads_store.ACCOUNT else ads_store.number(body["account"])
    if body is None or (owner not in account_ids and kind != ads_store.ACCOUNT):
        raise LinkedInError("not_found", what=f"{RESOURCE[kind]} {key[:80]}")
    if owner not in account_ids:
        raise LinkedInError("forbidden", what=call.what(RESOURCE[kind], "GET"))
    return body


def _require_finder(call: Call, name: str) -> None:
    if call.parameters.get("q") != name:
        raise AdsRefusal("ILLEGAL_ARGUMENT", field="/q", reason=f"Unknown finder; this resource has q={name}")


def _searched(call: Call, kind: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep what `search=(status:(values:List(…)),test:false)` asks for, in the order of `sortOrder`."""
    search = call.parameters.get("search", {})
    if not isinstance(search, dict):
        raise AdsRefusal("ILLEGAL_ARGUMENT", field="/search", reason="search must be a record")
    for field, wanted in search.items():
        if field == "test":
            found = [body for body in found if str(body["test"]).lower() == str(wanted).lower()]
            continue
        if field not in SEARCHABLE[kind]:
            raise AdsRefusal("ILLEGAL_ARGUMENT", field=f"/search/{field[:40]}", reason=f"Cannot search by {field[:40]}")
        values = wanted.get("values") if isinstance(wanted, dict) else None
        if not isinstance(values, list):
            raise AdsRefusal("ILLEGAL_ARGUMENT", field=f"/search/{field}", reason="values must be a list")
        # An id may be asked for as a number or as a URN.
        asked = {str(value).rpartition(":")[2] if field == "id" else str(value) for value in values}
        found = [body for body in found if str(body.get(field)) in asked]
    return _sorted(call, found)


def _by_criteria(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for parameter, field in (("campaigns", "campaign"), ("creatives", "id"), ("contentReferences", "content")):
        wanted = call.texts(parameter)
        if wanted:
            found = [body for body in found if _text(body[field]) in wanted]
    return _sorted(call, found)


def _text(value: Any) -> str:
    return str(value["reference"] if isinstance(value, dict) else value)


def _sorted(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = call.parameters.get("sortOrder", "ASCENDING")
    if order not in ("ASCENDING", "DESCENDING"):
        raise AdsRefusal("INVALID_VALUE_FOR_FIELD", field="/sortOrder", reason="sortOrder is ASCENDING or DESCENDING")
    return found if order == "ASCENDING" else found[::-1]


# --- status ----------------------------------------------------------------------------------------------------------


def change(kind: str) -> Handler:
    """Return the handler of POST …/{id} with PARTIAL_UPDATE. Only the status can be changed; everything else is 405."""
    field = "intendedStatus" if kind == ads_store.CREATIVE else "status"

    def handler(call: Call) -> Answer:
        number = account(call, resource=RESOURCE[kind], method="PARTIAL_UPDATE", is_writing=True)
        if call.restli_method != "PARTIAL_UPDATE":
            raise LinkedInError("wrong_method", method=call.restli_method[:40] or "POST")
        patch = call.json().get("patch")
        changes = patch.get("$set") if isinstance(patch, dict) else None
        if not isinstance(changes, dict) or not changes:
            raise AdsRefusal("MISSING_FIELD", field="/patch/$set", reason="patch.$set is required")
        for name in changes:
            if name != field:
                raise AdsRefusal("FIELD_NOT_ALLOWED", field=f"/{name[:40]}", reason=f"{name[:40]} cannot be changed")
        if changes[field] not in STATUSES[kind]:
            reason = f"{field} must be one of {', '.join(STATUSES[kind])}"
            raise AdsRefusal("INVALID_VALUE_FOR_FIELD", field=f"/{field}", reason=reason)
        body = _one(call, kind, [number], call.urn("id"))
        ads_store.save(call.world, kind, ads_store.number(str(body["id"])), body | changes)
        return Answer(204)

    return handler


def refuse_writing(resource: str) -> Handler:
    """Return a handler for what this sandbox does not create: 403 without `rw_ads`, else 405."""

    def handler(call: Call) -> Answer:
        access.require_scope(call.caller, WRITE_SCOPES, what=call.what(resource, call.restli_method or "CREATE"))
        raise LinkedInError("wrong_method", method=call.request.method)

    return handler


# --- posts made for advertising --------------------------------------------------------------------------------------


def search_posts(call: Call) -> Answer:
    """GET /rest/posts: the finder that advertising adds, everything else as without it."""
    return dark_posts(call) if call.parameters.get("q") == "dscAdAccount" else posts.search(call)


def dark_posts(call: Call) -> Answer:
    """GET /rest/posts?q=dscAdAccount&dscAdAccount=<urn>[&dscAdTypes=List(VIDEO)]: posts made for an account's ads."""
    number = _account_number(call.text("dscAdAccount"))
    kinds = call.texts("dscAdTypes")
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    what = call.what("partnerApiPostsExternal", "FINDER-dscAdAccount")
    access.require_scope(call.caller, posts.READ_SCOPES | READ_SCOPES, what=what)
    if number not in ads_store.accounts_of(call.world, call.caller.member_id):
        raise LinkedInError("forbidden", what=what)
    sql = "SELECT * FROM post WHERE is_dark = 1 AND deleted_at IS NULL ORDER BY created_at DESC, number DESC"
    urn = ads_store.URN[ads_store.ACCOUNT].format(number)
    shown = [posts.as_json(row) for row in call.world.store.all(sql)]
    own = [post for post in shown if (post.get("adContext") or {}).get("dscAdAccount") == urn]
    wanted = [post for post in own if not kinds or post["adContext"].get("dscAdType") in kinds]
    return page(wanted[start : start + count], start=start, count=count)
