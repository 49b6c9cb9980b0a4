"""Who is calling, what they may do, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.clock import utc_day
from sandbox.linkedin import products
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.planting import hashed
from sandbox.world import World

DEVELOPMENT_APP_LIMIT = 500
DEVELOPMENT_MEMBER_LIMIT = 100

ORGANISATION_URN = re.compile(r"urn:li:organization:([0-9]{1,18})")
PERSON_URN = re.compile(r"urn:li:person:([A-Za-z0-9_-]+)")

ADMIN_SCOPES = frozenset({"rw_organization_admin", "r_organization_admin"})
ADMIN_ROLES = frozenset({"ADMINISTRATOR"})
CONTENT_ROLES = frozenset(
    {"ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER"}
)
SOCIAL_ROLES = frozenset({"ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER", "RECRUITING_POSTER"})
ROLES = CONTENT_ROLES | SOCIAL_ROLES | {"LEAD_GEN_FORMS_MANAGER", "ANALYST", "CURATOR"}


@dataclass(frozen=True)
class Caller:
    """The member and app behind a token."""

    member_id: str
    client_id: str
    scopes: frozenset[str]

    @property
    def urn(self) -> str:
        return f"urn:li:person:{self.member_id}"


def caller(world: World, authorization: str | None) -> Caller:
    """:raises LinkedInError: 401 of the kind that fits"""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise LinkedInError("token_missing")
    row = world.store.one("SELECT * FROM token WHERE hash = ? AND kind = 'access'", hashed(token.strip()))
    if row is None:
        raise LinkedInError("token_invalid")
    if row["is_revoked"]:
        raise LinkedInError("token_revoked")
    if world.clock.now_s() < row["created_s"] + world.switches["fresh_token_delay_s"]:
        raise LinkedInError("token_invalid")
    if row["expires_s"] <= world.clock.now_s():
        raise LinkedInError("token_expired")
    opened = products.scopes_of(world.switches.of_app(row["client_id"], "products"))
    return Caller(row["member_id"], row["client_id"], frozenset(row["scope"].split()) & opened)


def count_call(world: World, caller: Caller, *, endpoint: str) -> None:
    """Count one call for the app and the member on this UTC day. :raises LinkedInError: 429 when either is full"""
    app_limit = world.switches.of_app(caller.client_id, "app_daily_limit")
    member_limit = world.switches.of_app(caller.client_id, "member_daily_limit")
    if world.switches.of_app(caller.client_id, "development_tier"):
        app_limit, member_limit = min(app_limit, DEVELOPMENT_APP_LIMIT), min(member_limit, DEVELOPMENT_MEMBER_LIMIT)
    day = utc_day(world.clock.now_ms())
    app, member = f"app:{caller.client_id}", f"member:{caller.client_id}:{caller.member_id}"
    with world.store.write() as db:
        for who, limit in ((app, app_limit), (member, member_limit)):
            row = world.store.one("SELECT n FROM quota WHERE who = ? AND endpoint = ? AND day = ?", who, endpoint, day)
            if (0 if row is None else row["n"]) >= limit:
                raise _throttled(world)
        for who in (app, member):
            db.execute(
                "INSERT INTO quota VALUES (?, ?, ?, 1) ON CONFLICT (who, endpoint, day) DO UPDATE SET n = n + 1",
                (who, endpoint, day),
            )


def _throttled(world: World) -> LinkedInError:
    """No header says when to come back, unless a switch does: one note says there may be one."""
    refusal = LinkedInError("throttled")
    seconds = int(world.switches["quota_retry_after_s"])
    refusal.headers = (("Retry-After", str(seconds)),) if seconds else ()
    return refusal


def counters(world: World) -> list[dict[str, Any]]:
    """Return every counter of today (UTC): who, endpoint, how often."""
    today = utc_day(world.clock.now_ms())
    rows = world.store.all("SELECT who, endpoint, n FROM quota WHERE day = ? ORDER BY who, endpoint", today)
    return [dict(row) for row in rows]


def require_scope(caller: Caller, scopes: frozenset[str], *, what: str) -> None:
    """:raises LinkedInError: 403 when the token holds none of `scopes`"""
    if not caller.scopes & scopes:
        raise LinkedInError("forbidden", what=what)


def require_role(world: World, caller: Caller, *, organisation_id: int, roles: frozenset[str], what: str) -> None:
    """:raises LinkedInError: 403 when the member holds none of `roles` on the page"""
    if not roles_of(world, caller.member_id, organisation_id) & roles:
        raise LinkedInError("forbidden", what=what)


def roles_of(world: World, member_id: str, organisation_id: int) -> frozenset[str]:
    rows = world.store.all(
        "SELECT role FROM role WHERE member_id = ? AND organisation_id = ? AND state = 'APPROVED'",
        member_id,
        organisation_id,
    )
    return frozenset(row["role"] for row in rows)


def require_author(
    world: World,
    caller: Caller,
    author: str,
    *,
    scopes: frozenset[str],
    what: str,
    personal: str = "w_member_social",
    roles: frozenset[str] = CONTENT_ROLES,
) -> None:
    """Check that the caller may act as `author`: a page through a role, or the member's own person."""
    organisation = ORGANISATION_URN.fullmatch(author)
    if organisation is None:
        if author != caller.urn:
            raise LinkedInError("forbidden", what=what)
        require_scope(caller, frozenset({personal}), what=what)
        return
    require_scope(caller, scopes, what=what)
    require_role(world, caller, organisation_id=int(organisation[1]), roles=roles, what=what)
