"""
Webhooks: subscribe, prove that the address is one's own, be told.

Nothing is ever sent beyond this machine: a webhook elsewhere is refused.
"""

from __future__ import annotations

import hmac
import http.client
import json
import re
import sqlite3
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.clock import DAY_MS
from sandbox.control import Refused, is_loopback
from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, notifications, planting
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.organisations import organisation_id
from sandbox.linkedin.rest import Call, page
from sandbox.world import World

EVENT = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
LIFE_MS = 365 * DAY_MS
TIMEOUT_S = 3
PER_PUSH = 10
MAX_ANSWER_BYTES = 64 * 1024
PARTS = ("developerApplication", "user", "entity", "eventType")
APPLICATION_URN = re.compile(r"urn:li:developerApplication:[A-Za-z0-9_-]+")
WHERE = "app = ? AND member = ? AND entity = ? AND event = ?"


# --- the API ---------------------------------------------------------------------------------------------------------


def put(call: Call) -> Answer:
    """PUT /rest/eventSubscriptions/(developerApplication:…,user:…,entity:…,eventType:…) {webhook}: 204."""
    key = _key(call)
    webhook = call.json().get("webhook")
    if not isinstance(webhook, str) or not webhook.startswith(("http://", "https://")):
        raise LinkedInError("missing_field", reason="webhook is required and must be an address")
    _check_caller(call, key, method="UPDATE")
    if not is_loopback(webhook):
        raise LinkedInError("bad_value", reason="The sandbox calls webhooks on this machine only")
    _challenge(webhook, secret=planting.secret_of(call.world, call.caller.client_id))
    now_ms = call.world.clock.now_ms()
    row = (*(key[part] for part in PARTS), call.caller.client_id, webhook, now_ms, now_ms + LIFE_MS, now_ms)
    with call.world.store.write() as db:
        db.execute("INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return Answer(204)


def get(call: Call) -> Answer:
    """GET /rest/eventSubscriptions/(…): the webhook and until when."""
    key = _key(call)
    _check_caller(call, key, method="GET")
    return json_answer(200, _shown(_row(call, key)))


def delete(call: Call) -> Answer:
    """DELETE /rest/eventSubscriptions/(…): 204."""
    key = _key(call)
    _check_caller(call, key, method="DELETE")
    _row(call, key)
    with call.world.store.write() as db:
        db.execute(f"DELETE FROM subscription WHERE {WHERE}", [key[part] for part in PARTS])
    return Answer(204)


def find(call: Call) -> Answer:
    """GET /rest/eventSubscriptions?q=subscriberAndEventType&eventType=…: the member's own."""
    if call.text("q") != "subscriberAndEventType":
        raise LinkedInError("bad_parameter", reason="Unknown finder")
    event = call.text("eventType")
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    _check_access(call, method="FINDER-subscriberAndEventType")
    sql = "SELECT * FROM subscription WHERE client_id = ? AND member = ? AND event = ? ORDER BY entity LIMIT ? OFFSET ?"
    rows = call.world.store.all(sql, call.caller.client_id, call.caller.urn, event, count, start)
    return page([_shown(row) for row in rows], start=start, count=count)


def _key(call: Call) -> dict[str, str]:
    key = call.record("key")
    if set(key) != set(PARTS):
        raise LinkedInError("bad_parameter", reason=f"The key must hold {', '.join(PARTS)}")
    if not APPLICATION_URN.fullmatch(key["developerApplication"]):
        raise LinkedInError("bad_urn_type", reason="developerApplication must be a developerApplication URN")
    organisation_id(key["entity"])
    if key["eventType"] != EVENT:
        raise LinkedInError("bad_value", reason=f"eventType must be {EVENT}")
    return key


def _check_access(call: Call, *, method: str) -> None:
    """Webhooks are for the Standard tier."""
    if call.world.switches.of_app(call.caller.client_id, "development_tier"):
        raise LinkedInError("development_tier", what="A webhook")
    access.require_scope(call.caller, access.ADMIN_SCOPES, what=call.what("eventSubscriptions", method))


def _check_caller(call: Call, key: dict[str, str], *, method: str) -> None:
    _check_access(call, method=method)
    what = call.what("eventSubscriptions", method)
    if key["user"] != call.caller.urn:
        raise LinkedInError("forbidden", what=what)
    number = organisation_id(key["entity"])
    access.require_role(call.world, call.caller, organisation_id=number, roles=access.ADMIN_ROLES, what=what)


def _row(call: Call, key: dict[str, str]) -> sqlite3.Row:
    row = call.world.store.one(f"SELECT * FROM subscription WHERE {WHERE}", *(key[part] for part in PARTS))
    if row is None or row["client_id"] != call.caller.client_id:
        raise LinkedInError("not_found", what="The subscription")
    return row


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "developerApplication": row["app"],
        "user": row["member"],
        "entity": row["entity"],
        "eventType": row["event"],
        "webhook": row["webhook"],
        "expiresAt": row["expires_at"],
    }


# --- the webhook -----------------------------------------------------------------------------------------------------


def _challenge(webhook: str, *, secret: str) -> None:
    """:raises LinkedInError: 400 unless the webhook shows in time that it knows the app's secret"""
    code = str(uuid.uuid4())
    joint = "&" if urlsplit(webhook).query else "?"
    expected = {"challengeCode": code, "challengeResponse": hmac.digest(secret.encode(), code.encode(), "sha256").hex()}
    try:
        status, body = _send("GET", webhook + joint + urlencode({"challengeCode": code}))
        is_proved = status == 200 and json.loads(body) == expected
    except (OSError, ValueError, http.client.HTTPException):
        is_proved = False
    if not is_proved:
        raise LinkedInError("bad_value", reason="The webhook did not answer the challenge")


def _send(method: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Return (status, body) of one call. Neither proxy nor redirect: what leaves goes to this machine or nowhere."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body or None, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read(MAX_ANSWER_BYTES)
    finally:
        connection.close()


def push(world: World, body: dict[str, Any]) -> Answer:
    """POST /_push {organisation}: tell every webhook of the page what is new, ten notifications a time, signed."""
    organisation = body.get("organisation")
    if not isinstance(organisation, int):
        raise Refused("organisation must be the id of a page")
    entity, sent = f"urn:li:organization:{organisation}", []
    for row in world.store.all("SELECT * FROM subscription WHERE entity = ?", entity):
        if not _is_alive(world, row, organisation):
            continue
        fresh = [
            {**one, "subscriber": row["member"]}
            for one in notifications.of_page(world, entity)
            if one["lastModifiedAt"] > row["pushed_until"]
        ]
        statuses = [_tell(world, row, fresh[n : n + PER_PUSH]) for n in range(0, len(fresh), PER_PUSH)]
        if all(200 <= status < 300 for status in statuses):
            with world.store.write() as db:
                sql = f"UPDATE subscription SET pushed_until = ? WHERE {WHERE}"
                db.execute(sql, (world.clock.now_ms(), row["app"], row["member"], row["entity"], row["event"]))
        sent.append({"webhook": row["webhook"], "notifications": len(fresh), "statuses": statuses})
    return json_answer(200, {"pushed": sent})


def _is_alive(world: World, row: sqlite3.Row, organisation: int) -> bool:
    """A subscription dies without a word with its term, the member's last token or the role."""
    member_id = row["member"].removeprefix("urn:li:person:")
    sql = "SELECT 1 FROM token WHERE member_id = ? AND client_id = ? AND NOT is_revoked AND expires_s > ?"
    is_granted = world.store.one(sql, member_id, row["client_id"], world.clock.now_s()) is not None
    is_admin = bool(access.roles_of(world, member_id, organisation) & access.ADMIN_ROLES)
    return is_granted and is_admin and world.clock.now_ms() < row["expires_at"]


def _tell(world: World, row: sqlite3.Row, some: list[dict[str, Any]]) -> int:
    """Return the status that the webhook answered, 0 when it did not."""
    raw = json.dumps({"type": row["event"], "notifications": some}, ensure_ascii=False).encode()
    secret = planting.secret_of(world, row["client_id"]).encode()
    signature = hmac.digest(secret, b"hmacsha256=" + raw, "sha256").hex()
    headers = {"Content-Type": "application/json", "X-LI-Signature": signature}
    try:
        return _send("POST", row["webhook"], raw, headers)[0]
    except (OSError, http.client.HTTPException):
        return 0
