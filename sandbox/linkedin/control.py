"""LinkedIn's part of the control plane: members, roles, tokens, posts removed behind the app's back."""

from __future__ import annotations

from typing import Any

from sandbox.control import Handler, Refused
from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, figures_control, oauth, planting, posts, social_control
from sandbox.switches import SwitchRefused
from sandbox.world import World

STATES = ("APPROVED", "REQUESTED", "REVOKED")
# A page that somebody adds begins with so many.
FIRST_FOLLOWERS = 1_500


def members(world: World) -> list[dict[str, Any]]:
    """Return every member with the roles held."""
    shown = []
    for row in world.store.all("SELECT * FROM member ORDER BY number"):
        roles = world.store.all("SELECT * FROM role WHERE member_id = ? ORDER BY organisation_id, role", row["id"])
        held = [{"organisation": r["organisation_id"], "role": r["role"], "state": r["state"]} for r in roles]
        shown.append({"id": row["id"], "urn": f"urn:li:person:{row['id']}", "name": row["name"], "roles": held})
    return shown


def organisations(world: World) -> list[dict[str, Any]]:
    rows = world.store.all("SELECT * FROM organisation ORDER BY id")
    return [
        {
            "id": row["id"],
            "urn": f"urn:li:organization:{row['id']}",
            "name": row["name"],
            "vanityName": row["vanity_name"],
        }
        for row in rows
    ]


def _show_members(world: World, body: dict[str, Any]) -> Answer:
    return json_answer(200, {"members": members(world)})


def _member(world: World, body: dict[str, Any]) -> str:
    row = world.store.one("SELECT id FROM member WHERE id = ?", str(body.get("member", "")))
    if row is None:
        raise Refused("member must be the id of a member, see GET /_members")
    return str(row["id"])


def _set_role(world: World, body: dict[str, Any]) -> Answer:
    """{member, organisation, role, state}: give or change one role; role null takes all of them on that page."""
    member_id, organisation, role = _member(world, body), body.get("organisation"), body.get("role")
    state = body.get("state", "APPROVED")
    known = {row["id"] for row in organisations(world)}
    is_page = isinstance(organisation, int) and organisation in known
    is_role = role is None or (isinstance(role, str) and role in access.ROLES)
    if not is_page or not is_role or state not in STATES:
        raise Refused(f"organisation in {sorted(known)}, role null or in {sorted(access.ROLES)}, state in {STATES}")
    with world.store.write() as db:
        if role is None:
            sql = "DELETE FROM role WHERE member_id = ? AND organisation_id = ?"
            db.execute(sql, (member_id, organisation))
        else:
            row = (member_id, organisation, role, state)
            db.execute("INSERT OR REPLACE INTO role VALUES (?, ?, ?, ?)", row)
    return _show_members(world, body)


def _add_page(world: World, body: dict[str, Any]) -> Answer:
    """{id, name, vanity_name, member}: another page, which the member administers; the same again changes nothing."""
    id_, name, vanity_name, member_id = body.get("id"), body.get("name"), body.get("vanity_name"), _member(world, body)
    is_number = isinstance(id_, int) and not isinstance(id_, bool) and id_ > 0
    if not is_number or not isinstance(name, str) or not isinstance(vanity_name, str) or not name or not vanity_name:
        raise Refused("id must be a number above 0, name and vanity_name texts")
    if world.store.one("SELECT 1 FROM organisation WHERE vanity_name = ? AND id <> ?", vanity_name, id_):
        raise Refused("vanity_name is another page's")
    with world.store.write() as db:
        row = (id_, name, vanity_name, FIRST_FOLLOWERS, f"https://www.{vanity_name}.example/")
        db.execute("INSERT OR IGNORE INTO organisation VALUES (?, ?, ?, ?, ?)", row)
        db.execute("INSERT OR IGNORE INTO role VALUES (?, ?, 'ADMINISTRATOR', 'APPROVED')", (member_id, id_))
    return json_answer(201, {"organisations": organisations(world)})


def _mint_token(world: World, body: dict[str, Any]) -> Answer:
    """{member, scope?, expires_in?, client_id?}: a token without a browser."""
    scope, life_s = body.get("scope", " ".join(planting.READY_SCOPES)), body.get("expires_in", oauth.ACCESS_LIFE_S)
    if not isinstance(scope, str) or not set(scope.split()) <= set(planting.ALL_SCOPES):
        raise Refused("scope must be known scopes, separated by spaces")
    if not isinstance(life_s, int) or isinstance(life_s, bool) or not 0 <= life_s <= oauth.REFRESH_LIFE_S:
        raise Refused("expires_in must be seconds, at most a year")
    client = body.get("client_id", planting.client_id(world))
    if not isinstance(client, str) or not planting.is_client(world, client):
        raise Refused("client_id must be the id of an app")
    member_id, scope = _member(world, body), " ".join(scope.split())
    token = oauth.mint(world, client_id=client, member_id=member_id, scope=scope, life_s=life_s)
    return json_answer(201, {"access_token": token, "expires_in": life_s})


def _revoke(world: World, body: dict[str, Any]) -> Answer:
    """{member}: every token of the member dies, refresh tokens too."""
    member_id = _member(world, body)
    with world.store.write() as db:
        n = db.execute("UPDATE token SET is_revoked = 1 WHERE member_id = ?", (member_id,)).rowcount
    return json_answer(200, {"revoked": n})


def _add_app(world: World, body: dict[str, Any]) -> Answer:
    """{name?, …switches of its own}: another app, e.g. one without a product; the answer holds id and secret."""
    settings = {name: value for name, value in body.items() if name != "name"}
    client, secret = planting.add_app(world, name=str(body.get("name", "App")))
    try:
        world.switches.set(values=settings, now_ms=world.clock.now_ms(), client_id=client)
    except SwitchRefused:
        planting.remove_app(world, client)
        raise
    return json_answer(201, {"client_id": client, "client_secret": secret, **settings})


def _quota(world: World, body: dict[str, Any]) -> Answer:
    """Today's counters by app, member and endpoint."""
    return json_answer(200, {"counters": access.counters(world)})


def _remove_post(world: World, body: dict[str, Any]) -> Answer:
    """{id}: somebody deletes the post on the platform itself."""
    urn = body.get("id")
    if not isinstance(urn, str) or posts.find(world, urn) is None:
        raise Refused("id must be the URN of a post that stands")
    posts.remove(world, urn=urn)
    return json_answer(200, {"removed": urn})


HANDLERS: dict[str, Handler] = {
    **figures_control.HANDLERS,
    **social_control.HANDLERS,
    "GET /_members": _show_members,
    "POST /_page": _add_page,
    "POST /_role": _set_role,
    "POST /_token": _mint_token,
    "POST /_app": _add_app,
    "GET /_quota": _quota,
    "POST /_revoke": _revoke,
    "POST /_remove": _remove_post,
}
