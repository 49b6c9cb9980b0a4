"""Posts: create, read, list, change, delete."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any
from urllib.parse import quote

from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, littletext, post_rules
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call, batch, page
from sandbox.world import World

POST_URN = re.compile(r"urn:li:(share|ugcPost):[0-9]{1,19}")
ANY_URN = re.compile(r"urn:li:(share|ugcPost|activity):[0-9]{1,19}")
# Where the numbering starts; a post takes two numbers, its own and that of its activity.
FIRST_ID = 7_398_000_000_000_000_000
ID_STEP = 7_919_000_041

WRITE_SCOPES = frozenset({"w_organization_social"})
READ_SCOPES = frozenset({"r_organization_social"})
PUBLISH_DELAY_MS = 500


def create(call: Call) -> Answer:
    """POST /rest/posts: 201, empty body, the URN in `x-restli-id`."""
    if call.restli_method not in {"", "CREATE"}:
        raise LinkedInError("wrong_method", method=call.restli_method[:40])
    body = call.json()
    post_rules.check_create(call.world, body)
    author = body["author"]
    access.require_author(call.world, call.caller, author, scopes=WRITE_SCOPES, what=call.what("posts", "CREATE"))
    shown = littletext.render(body["commentary"]).text
    # The look for a duplicate and the insert are one step: two equal posts at once must not both get through.
    with call.world.store.write():
        _refuse_duplicate(call.world, author=author, text=shown)
        urn = _insert(call.world, body, text=shown, received_at=call.request.received_at)
    encoded = quote(urn, safe="")
    shown_id = encoded if call.world.switches["encoded_restli_id"] else urn
    return Answer(201, b"", (("x-restli-id", shown_id), ("Location", f"/posts/{encoded}")))


def _refuse_duplicate(world: World, *, author: str, text: str) -> None:
    window_ms = int(world.switches["duplicate_window_s"] * 1000)
    if not text or not window_ms:
        return
    row = world.store.one(
        # The plus keeps the planner from searching by moment: by text there is one row to look at, not thousands.
        "SELECT urn FROM post WHERE author = ? AND text = ? AND +created_at > ? AND (deleted_at IS NULL OR ?) "
        "ORDER BY number DESC",
        author,
        text,
        world.clock.now_ms() - window_ms,
        bool(world.switches["duplicate_of_deleted"]),
    )
    if row is not None:
        raise LinkedInError("duplicate", urn=row["urn"])


def _insert(world: World, body: dict[str, Any], *, text: str, received_at: float) -> str:
    number = world.store.the("SELECT COALESCE(MAX(number), 0) + 1 AS next FROM post")["next"]
    kind = "ugcPost" if world.switches["post_urn_kind"] == "ugcPost" else "share"
    own_id = FIRST_ID + number * ID_STEP
    urn, activity = f"urn:li:{kind}:{own_id}", f"urn:li:activity:{own_id + 1_031}"
    now_ms = world.clock.now_ms()
    is_dark = post_rules.is_dark(body)
    with world.store.write() as db:
        db.execute(
            "INSERT INTO post (number, urn, activity, author, commentary, text, body, is_dark, created_at, modified_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                urn,
                activity,
                body["author"],
                body["commentary"],
                text,
                json.dumps(body),
                is_dark,
                now_ms,
                now_ms,
            ),
        )
        links = [((body.get("content") or {}).get("article") or {}).get("source") or ""]
        world.record_truth(
            platform="linkedin",
            kind="post",
            id=urn,
            author=body["author"],
            text=text,
            links=links,
            received_at=received_at,
        )
    return urn


def ghost_urn(world: World) -> str:
    """Return a URN that looks like a post and is none."""
    return f"urn:li:share:{FIRST_ID - 1_000_003}"


# --- read ------------------------------------------------------------------------------------------------------------


def find(world: World, urn: str) -> sqlite3.Row | None:
    """Return a living post by share, ugcPost or activity URN."""
    return world.store.one("SELECT * FROM post WHERE (urn = ? OR activity = ?) AND deleted_at IS NULL", urn, urn)


def get(call: Call) -> Answer:
    """GET /rest/posts/<urn>[?viewContext=AUTHOR]."""
    _check_view(call)
    return json_answer(200, _read(call, call.key or ""))


def _check_view(call: Call) -> None:
    """Whoever may read a page's posts over the API is its author: both contexts show the same."""
    if call.parameters.get("viewContext", "READER") not in ("READER", "AUTHOR"):
        raise LinkedInError("bad_value", reason="viewContext must be READER or AUTHOR")


def _read(call: Call, urn: str) -> dict[str, Any]:
    row = _known(call, urn)
    access.require_author(call.world, call.caller, row["author"], scopes=READ_SCOPES, what=call.what("posts", "GET"))
    return as_json(row)


def _known(call: Call, urn: str) -> sqlite3.Row:
    if not POST_URN.fullmatch(urn):
        raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a share or ugcPost URN")
    row = find(call.world, urn)
    if row is None:
        raise LinkedInError("not_found", what=f"Post {urn}")
    return row


def as_json(row: sqlite3.Row) -> dict[str, Any]:
    """Return the post as reads show it: the text as published, without `distribution.targetEntities`."""
    body = json.loads(row["body"])
    shown = {
        "id": row["urn"],
        "author": row["author"],
        "commentary": _commentary(row),
        "content": body.get("content") or {},
        "visibility": body["visibility"],
        "lifecycleState": "PUBLISHED",
        "createdAt": row["created_at"],
        "publishedAt": row["created_at"] + PUBLISH_DELAY_MS,
        "lastModifiedAt": row["modified_at"],
        "isReshareDisabledByAuthor": bool(body.get("isReshareDisabledByAuthor")),
        "lifecycleStateInfo": {"isEditedByAuthor": bool(row["is_edited"])},
        "distribution": {
            "feedDistribution": body["distribution"]["feedDistribution"],
            "thirdPartyDistributionChannels": [],
        },
    }
    optional = ("reshareContext", "contentCallToActionLabel", "contentLandingPage", "adContext")
    return shown | {name: body[name] for name in optional if body.get(name)}


def _commentary(row: sqlite3.Row) -> str:
    """The source as sent, so escapes included, but no longer than what was published."""
    cut_at = littletext.render(row["commentary"]).cut_at
    return row["commentary"] if cut_at is None else row["commentary"][:cut_at]


def search(call: Call) -> Answer:
    """GET /rest/posts?q=author&author=… or ?ids=List(…)."""
    if "ids" in call.parameters:
        return batch(call.texts("ids"), lambda urn: _read(call, urn))
    if call.text("q") != "author":
        raise LinkedInError("bad_parameter", reason="Unknown finder")
    author = call.text("author")
    if not access.ORGANISATION_URN.fullmatch(author) and not access.PERSON_URN.fullmatch(author):
        raise LinkedInError("bad_urn_type", reason="author must be an organization or person URN")
    _check_view(call)
    sort_by = call.parameters.get("sortBy", "LAST_MODIFIED")
    if sort_by not in ("LAST_MODIFIED", "CREATED"):
        raise LinkedInError("bad_value", reason="sortBy must be LAST_MODIFIED or CREATED")
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    access.require_author(call.world, call.caller, author, scopes=READ_SCOPES, what=call.what("posts", "FINDER-author"))
    rows = _listed(call, author=author, order="modified_at" if sort_by == "LAST_MODIFIED" else "created_at")
    elements = [as_json(row) for row in rows[start : start + count]]
    return page(elements, start=start, count=count)


def _listed(call: Call, *, author: str, order: str) -> list[sqlite3.Row]:
    lag_s = float(call.world.switches["list_lag_s"])
    if call.fault is not None and call.fault.kind == "list_lag":
        lag_s = max(lag_s, call.fault.number_option("lag_s", 60))
    newest = call.world.clock.now_ms() - int(lag_s * 1000)
    oldest = "" if call.world.switches["history_listed"] else "AND number > 0 "
    return call.world.store.all(
        "SELECT * FROM post WHERE author = ? AND deleted_at IS NULL AND is_dark = 0 AND created_at <= ? "
        f"{oldest}ORDER BY {order} DESC, number DESC",
        author,
        newest,
    )


# --- change ----------------------------------------------------------------------------------------------------------


def update(call: Call) -> Answer:
    """POST /rest/posts/<urn> with X-RestLi-Method PARTIAL_UPDATE: 204."""
    if call.restli_method != "PARTIAL_UPDATE":
        raise LinkedInError("wrong_method", method=call.restli_method[:40] or "POST")
    changes, removed = post_rules.check_patch(call.json())
    row = _known(call, call.key or "")
    access.require_author(
        call.world, call.caller, row["author"], scopes=WRITE_SCOPES, what=call.what("posts", "PARTIAL_UPDATE")
    )
    commentary = changes.get("commentary", row["commentary"])
    body = json.loads(row["body"]) | {name: value for name, value in changes.items() if name != "lifecycleState"}
    body = {name: value for name, value in body.items() if name not in removed}
    values = (commentary, littletext.render(commentary).text, json.dumps(body), call.world.clock.now_ms())
    with call.world.store.write() as db:
        db.execute(
            "UPDATE post SET commentary = ?, text = ?, body = ?, modified_at = ?, is_edited = 1 WHERE number = ?",
            (*values, row["number"]),
        )
        call.world.record_edit(platform="linkedin", id=row["urn"], text=values[1], received_at=call.request.received_at)
    return Answer(204)


def delete(call: Call) -> Answer:
    """DELETE /rest/posts/<urn>: 204, also the second time; 404 for a URN that never was a post."""
    urn = call.key or ""
    if not POST_URN.fullmatch(urn):
        raise LinkedInError("bad_urn_type", reason=f"{urn[:80]} is not a share or ugcPost URN")
    row = call.world.store.one("SELECT * FROM post WHERE urn = ?", urn)
    if row is None:
        raise LinkedInError("not_found", what=f"Post {urn}")
    access.require_author(
        call.world, call.caller, row["author"], scopes=WRITE_SCOPES, what=call.what("posts", "DELETE")
    )
    remove(call.world, urn=urn, received_at=call.request.received_at)
    return Answer(204)


def remove(world: World, *, urn: str, received_at: float | None = None) -> None:
    """Take a post away, as its own admin or the platform would; the truth keeps its line."""
    with world.store.write() as db:
        db.execute("UPDATE post SET deleted_at = ? WHERE urn = ? AND deleted_at IS NULL", (world.clock.now_ms(), urn))
        world.record_deletion(platform="linkedin", id=urn, received_at=received_at)
