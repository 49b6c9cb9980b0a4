"""Pages: who runs them, what they are called, how many follow them."""

from __future__ import annotations

import sqlite3
from typing import Any

from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, figures
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call, batch, page

PUBLIC_FIELDS = ("id", "name", "localizedName", "vanityName", "primaryOrganizationType", "locations", "website")
ROLE_STATES = frozenset({"APPROVED", "REQUESTED", "REVOKED"})
FOUNDED_MS = 1_500_000_000_000


def organisation_id(urn: str) -> int:
    """:raises LinkedInError: 400 when the text is no organisation URN"""
    match = access.ORGANISATION_URN.fullmatch(urn)
    if match is None:
        raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not an organization URN")
    return int(match[1])


def acls(call: Call) -> Answer:
    """GET /rest/organizationAcls?q=roleAssignee | q=organization."""
    finder = call.text("q")
    values: list[str | int]
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    what = call.what("organizationAcls", f"FINDER-{finder}")
    if finder == "roleAssignee":
        where, values = "member_id = ?", [call.caller.member_id]
        access.require_scope(call.caller, access.ADMIN_SCOPES, what=what)
    elif finder == "organization":
        number = organisation_id(call.text("organization"))
        where, values = "organisation_id = ?", [number]
        access.require_scope(call.caller, access.ADMIN_SCOPES, what=what)
        access.require_role(call.world, call.caller, organisation_id=number, roles=access.ADMIN_ROLES, what=what)
    else:
        raise LinkedInError("bad_parameter", reason=f"Unknown finder {finder[:40]}")
    for name, known in (("role", access.ROLES), ("state", ROLE_STATES)):
        if name in call.parameters:
            if call.text(name) not in known:
                raise LinkedInError("bad_value", reason=f"{name} must be one of {', '.join(sorted(known))}")
            where += f" AND {name} = ?"
            values.append(call.text(name))
    sql = f"SELECT * FROM role WHERE {where} ORDER BY organisation_id, member_id, role LIMIT ? OFFSET ?"
    field = str(call.world.switches["acl_organisation_field"])
    return page(
        [_acl(row, field) for row in call.world.store.all(sql, *values, count, start)], start=start, count=count
    )


def _acl(row: sqlite3.Row, field: str) -> dict[str, Any]:
    return {
        "role": row["role"],
        "state": row["state"],
        "roleAssignee": f"urn:li:person:{row['member_id']}",
        field: f"urn:li:organization:{row['organisation_id']}",
    }


def one(call: Call) -> Answer:
    """GET /rest/organizations/1001, for those who run the page."""
    return json_answer(200, _admin_view(call, call.key or ""))


def _admin_view(call: Call, key: str) -> dict[str, Any]:
    row = _row(call, key)
    what = call.what("organizations", "GET")
    access.require_scope(call.caller, access.ADMIN_SCOPES, what=what)
    access.require_role(call.world, call.caller, organisation_id=row["id"], roles=access.ADMIN_ROLES, what=what)
    return _full(row)


def many(call: Call) -> Answer:
    """GET /rest/organizations?q=vanityName&vanityName=… or ?ids=List(…)."""
    if "ids" in call.parameters:
        return batch(call.texts("ids"), lambda key: _admin_view(call, key))
    if call.text("q") != "vanityName":
        raise LinkedInError("bad_parameter", reason="Unknown finder")
    name = call.text("vanityName")
    access.require_scope(call.caller, access.ADMIN_SCOPES, what=call.what("organizations", "FINDER-vanityName"))
    row = call.world.store.one("SELECT * FROM organisation WHERE vanity_name = ?", name)
    elements = []
    if row is not None:
        is_admin = access.roles_of(call.world, call.caller.member_id, row["id"]) & access.ADMIN_ROLES
        elements = [_full(row) if is_admin else _public(row)]
    return page(elements, start=0, count=10, total=len(elements))


def lookup(call: Call) -> Answer:
    """GET /rest/organizationsLookup?ids=List(1001): the public part of any page."""
    keys = call.texts("ids")
    if not keys:
        raise LinkedInError("missing_field", reason="Parameter ids is required")
    return batch(keys, lambda key: _public(_row(call, key)))


def network_size(call: Call) -> Answer:
    """GET /rest/networkSizes/<urn>?edgeType=COMPANY_FOLLOWED_BY_MEMBER."""
    number = organisation_id(call.key or "")
    if call.text("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
        raise LinkedInError("bad_value", reason="edgeType must be COMPANY_FOLLOWED_BY_MEMBER")
    row = _row(call, str(number))
    total = figures.followers(call.world, row, now_ms=call.world.clock.now_ms())
    return json_answer(200, {"firstDegreeSize": total})


def _row(call: Call, key: str) -> sqlite3.Row:
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise LinkedInError("bad_parameter", reason="The organization id must be a number")
    row = call.world.store.one("SELECT * FROM organisation WHERE id = ?", int(key))
    if row is None:
        raise LinkedInError("not_found", what=f"Organization {int(key)}")
    if row["id"] in call.world.switches["inactive_organisations"]:
        raise LinkedInError("inactive", id=row["id"])
    return row


def _full(row: sqlite3.Row) -> dict[str, Any]:
    locale = {"country": "NO", "language": "nb"}
    return {
        "id": row["id"],
        "$URN": f"urn:li:organization:{row['id']}",
        "vanityName": row["vanity_name"],
        "localizedName": row["name"],
        "name": {"localized": {"nb_NO": row["name"]}, "preferredLocale": locale},
        "localizedWebsite": row["website"],
        "website": {"localized": {"nb_NO": row["website"]}, "preferredLocale": locale},
        "primaryOrganizationType": "NONE",
        "defaultLocale": locale,
        "locations": [],
        "localizedSpecialties": [],
        "created": {"time": FOUNDED_MS, "actor": "urn:li:person:x"},
        "versionTag": "12",
    }


def _public(row: sqlite3.Row) -> dict[str, Any]:
    return {key: value for key, value in _full(row).items() if key in PUBLIC_FIELDS}
