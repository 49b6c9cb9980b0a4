"""Social metadata, comments and reactions over the API."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any

from sandbox.http import Answer, json_answer
from sandbox.linkedin import access, acts, series
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call, batch, page

# Older clients hold the scopes without `_feed`; which of the two an app gets is not known, so both open.
READ_SCOPES = frozenset({"r_organization_social_feed", "r_organization_social"})
WRITE_SCOPES = frozenset({"w_organization_social_feed", "w_organization_social"})
READ_ROLES = access.CONTENT_ROLES | access.SOCIAL_ROLES
MINUTE_MS = 60_000


def _check_reader(call: Call, post: sqlite3.Row, *, what: str) -> None:
    access.require_author(call.world, call.caller, post["author"], scopes=READ_SCOPES, what=what, roles=READ_ROLES)


def _check_actor(call: Call, actor: Any, *, what: str) -> str:
    """Return the URN in whose name something is done. :raises LinkedInError: 400, 403"""
    if not isinstance(actor, str) or not actor:
        raise LinkedInError("missing_field", reason="actor is required")
    if not access.ORGANISATION_URN.fullmatch(actor) and not access.PERSON_URN.fullmatch(actor):
        raise LinkedInError("bad_urn_type", reason="actor must be an organization or person URN")
    roles = access.SOCIAL_ROLES
    access.require_author(call.world, call.caller, actor, scopes=WRITE_SCOPES, what=what, roles=roles)
    return actor


# --- counts ----------------------------------------------------------------------------------------------------------


def metadata(call: Call) -> Answer:
    """GET /rest/socialMetadata/<post or comment URN>."""
    return json_answer(200, _metadata(call, call.urn("entity")))


def metadata_batch(call: Call) -> Answer:
    """GET /rest/socialMetadata?ids=List(…)."""
    keys = call.texts("ids")
    if not keys:
        raise LinkedInError("missing_field", reason="Parameter ids is required")
    return batch(keys, lambda urn: _metadata(call, urn))


def _metadata(call: Call, urn: str) -> dict[str, Any]:
    on = acts.target(call.world, urn)
    _check_reader(call, on.post, what=call.what("socialMetadata", "GET"))
    parent = None if on.comment is None else on.comment["id"]
    top = acts.comments(call.world, on.post, parent=parent)
    n_all = len(top)
    if on.comment is None:
        n_all = sum(len(acts.comments(call.world, on.post, parent=row["id"])) for row in top) + len(top)
    kinds = Counter(row["kind"] for row in acts.reactions(call.world, on.post, comment_id=parent))
    return {
        "entity": on.urn,
        "commentsState": "OPEN",
        "commentSummary": {"count": n_all, "topLevelCount": len(top)},
        "reactionSummaries": {
            kind: {"reactionType": kind, "count": kinds[kind]} for kind in series.REACTION_TYPES if kinds[kind]
        },
    }


# --- comments --------------------------------------------------------------------------------------------------------


def list_comments(call: Call) -> Answer:
    """GET /rest/socialActions/<post or comment URN>/comments: one level, oldest first; 404 when there are none."""
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    on = acts.target(call.world, call.urn("entity"))
    _check_reader(call, on.post, what=call.what("socialActions/comments", "GET_ALL"))
    rows = acts.comments(call.world, on.post, parent=None if on.comment is None else on.comment["id"])
    if not rows and call.world.switches["empty_comments_status"] == 404:
        raise LinkedInError("not_found", what=f"Comments of {on.urn}")
    shown = [_comment_json(on.post, row) for row in rows[start : start + count]]
    return page(shown, start=start, count=count, total=len(rows))


def one_comment(call: Call) -> Answer:
    """GET /rest/socialActions/<urn>/comments/<id>."""
    on, row = _named_comment(call)
    _check_reader(call, on.post, what=call.what("socialActions/comments", "GET"))
    return json_answer(200, _comment_json(on.post, row))


def _named_comment(call: Call) -> tuple[acts.Target, sqlite3.Row]:
    number = call.urn("comment")
    if not number.isascii() or not number.isdigit() or len(number) > 19:
        raise LinkedInError("bad_parameter", reason="The comment id must be a number")
    on = acts.target(call.world, call.urn("entity"))
    return on, acts.comment(call.world, on.post, int(number))


def _comment_json(post: sqlite3.Row, row: sqlite3.Row) -> dict[str, Any]:
    parent = row["parent"]
    shown = {
        "id": str(row["id"]),
        "commentUrn": acts.comment_urn(post, row["id"]),
        "actor": row["actor"],
        "object": post["activity"],
        "message": {"text": row["text"], "attributes": []},
        "created": {"actor": row["agent"] or row["actor"], "time": row["created_at"]},
        "lastModified": {"actor": row["agent"] or row["actor"], "time": row["edited_at"] or row["created_at"]},
        "parentComment": None if parent is None else acts.comment_urn(post, parent),
    }
    return shown if row["agent"] is None else {**shown, "agent": row["agent"]}


def create_comment(call: Call) -> Answer:
    """POST /rest/socialActions/<post or comment URN>/comments: 201, the bare number as id, the whole body."""
    body = call.json()
    text = _text(body.get("message"))
    on = acts.target(call.world, call.urn("entity"))
    if body.get("object") is not None:
        named = acts.target(call.world, str(body["object"]))
        if named.post["urn"] != on.post["urn"]:
            raise LinkedInError("bad_value", reason="object is another post than the path names")
    parent = _parent(call, on, body.get("parentComment"))
    actor = _check_actor(call, body.get("actor"), what=call.what("socialActions/comments", "CREATE"))
    _check_pace(call, actor)
    agent = call.caller.urn if access.ORGANISATION_URN.fullmatch(actor) else None
    with call.world.store.write():
        row = acts.add_comment(call.world, on.post, actor=actor, text=text, parent=parent, agent=agent)
        call.world.record_truth(
            platform="linkedin",
            kind="comment",
            id=acts.comment_urn(on.post, row["id"]),
            author=actor,
            text=text,
            received_at=call.request.received_at,
        )
    return json_answer(201, _comment_json(on.post, row), ("x-restli-id", str(row["id"])))


def _text(message: Any) -> str:
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise LinkedInError("missing_field", reason="message.text is required")
    return text


def _parent(call: Call, on: acts.Target, named: Any) -> int | None:
    """Return the comment that is answered. :raises LinkedInError: 400 for an answer to an answer"""
    answered = on.comment
    if named is not None:
        other = acts.target(call.world, named) if isinstance(named, str) else None
        if other is None or other.comment is None or other.post["urn"] != on.post["urn"]:
            raise LinkedInError("bad_value", reason="parentComment must be a comment on the same post")
        answered = other.comment
    if answered is not None and answered["parent"] is not None:
        raise LinkedInError("bad_value", reason="Answers to answers are not possible")
    return None if answered is None else int(answered["id"])


def _check_pace(call: Call, actor: str) -> None:
    limit = int(call.world.switches["comments_per_minute"])
    since = call.world.clock.now_ms() - MINUTE_MS
    sql = "SELECT COUNT(*) AS n FROM comment WHERE actor = ? AND created_at > ? AND NOT is_invented"
    if limit and call.world.store.the(sql, actor, since)["n"] >= limit:
        raise LinkedInError("comments_throttled")


def update_comment(call: Call) -> Answer:
    """POST /rest/socialActions/<urn>/comments/<id> with PARTIAL_UPDATE; only one's own text can be changed."""
    if call.restli_method != "PARTIAL_UPDATE":
        raise LinkedInError("wrong_method", method=call.restli_method[:40] or "POST")
    patch = call.json().get("patch")
    message = patch.get("message") if isinstance(patch, dict) else None
    if not isinstance(patch, dict) or set(patch) != {"message"} or not isinstance(message, dict):
        raise LinkedInError("bad_parameter", reason="The body must be a patch of message")
    text = _text(message.get("$set"))
    on, row = _named_comment(call)
    _check_actor(call, row["actor"], what=call.what("socialActions/comments", "PARTIAL_UPDATE"))
    with call.world.store.write() as db:
        moment = call.world.clock.now_ms()
        db.execute("UPDATE comment SET text = ?, edited_at = ? WHERE id = ?", (text, moment, row["id"]))
        urn = acts.comment_urn(on.post, row["id"])
        call.world.record_edit(platform="linkedin", id=urn, text=text, received_at=call.request.received_at)
    if call.world.switches["comment_update_status"] == 200:
        return json_answer(200, _comment_json(on.post, acts.comment(call.world, on.post, row["id"])))
    return Answer(204)


def delete_comment(call: Call) -> Answer:
    """DELETE /rest/socialActions/<urn>/comments/<id>?actor=<urn>: one's own, or any below the page's post."""
    on, row = _named_comment(call)
    actor = call.parameters.get("actor", on.post["author"])
    what = call.what("socialActions/comments", "DELETE")
    _check_actor(call, actor, what=what)
    if actor not in (row["actor"], on.post["author"]):
        raise LinkedInError("forbidden", what=what)
    with call.world.store.write():
        acts.remove_comment(call.world, row)
        urn = acts.comment_urn(on.post, row["id"])
        call.world.record_deletion(platform="linkedin", id=urn, received_at=call.request.received_at)
    return Answer(204)


# --- reactions -------------------------------------------------------------------------------------------------------


def create_reaction(call: Call) -> Answer:
    """POST /rest/reactions?actor=<urn>: 201."""
    actor, body = call.text("actor"), call.json()
    kind, root = body.get("reactionType"), body.get("root")
    if kind not in series.REACTION_TYPES:
        raise LinkedInError("bad_value", reason=f"reactionType must be one of {', '.join(series.REACTION_TYPES)}")
    if not isinstance(root, str):
        raise LinkedInError("missing_field", reason="root is required")
    on = acts.target(call.world, root)
    _check_actor(call, actor, what=call.what("reactions", "CREATE"))
    row = acts.add_reaction(call.world, on, actor=actor, kind=kind)
    shown = _reaction_json(on, row)
    call.world.record_event(
        "linkedin", "create", "reaction", id=shown["id"], author=actor, received_at=call.request.received_at
    )
    return json_answer(201, shown, ("x-restli-id", shown["id"]))


def _reaction_json(on: acts.Target, row: sqlite3.Row) -> dict[str, Any]:
    stamp = {"actor": row["actor"], "time": row["created_at"]}
    return {
        "id": f"urn:li:reaction:({row['actor']},{on.urn})",
        "created": stamp,
        "lastModified": stamp,
        "reactionType": row["kind"],
        "root": on.urn,
    }


def get_reactions(call: Call) -> Answer:
    """GET /rest/reactions/(entity:<urn>)?q=entity, or /rest/reactions/(actor:<urn>,entity:<urn>) for one."""
    key = call.record("key")
    if "entity" not in key:
        raise LinkedInError("missing_field", reason="entity is required")
    if "actor" not in key and call.text("q") != "entity":
        raise LinkedInError("bad_parameter", reason="Unknown finder")
    sort = call.parameters.get("sort", {"value": "REVERSE_CHRONOLOGICAL"})
    order = sort.get("value") if isinstance(sort, dict) else sort
    if order not in ("CHRONOLOGICAL", "REVERSE_CHRONOLOGICAL", "RELEVANCE"):
        raise LinkedInError("bad_value", reason="sort must be (value:CHRONOLOGICAL) or (value:REVERSE_CHRONOLOGICAL)")
    start, count = call.paging(max_count=100, is_cap_silent=call.world.switches["count_cap_is_silent"])
    on = acts.target(call.world, key["entity"])
    _check_reader(call, on.post, what=call.what("reactions", "FINDER-entity"))
    rows = acts.reactions(call.world, on.post, comment_id=None if on.comment is None else on.comment["id"])
    if "actor" in key:
        return _one_reaction(on, rows, actor=key["actor"])
    rows = rows if order == "CHRONOLOGICAL" else rows[::-1]
    shown = [_reaction_json(on, row) for row in rows[start : start + count]]
    return page(shown, start=start, count=count, total=len(rows))


def _one_reaction(on: acts.Target, rows: list[sqlite3.Row], *, actor: str) -> Answer:
    row = next((row for row in rows if row["actor"] == actor), None)
    if row is None:
        raise LinkedInError("not_found", what="The reaction")
    return json_answer(200, _reaction_json(on, row))


def delete_reaction(call: Call) -> Answer:
    """DELETE /rest/reactions/(actor:<urn>,entity:<urn>): 204."""
    key = call.record("key")
    if not {"actor", "entity"} <= key.keys():
        raise LinkedInError("missing_field", reason="actor and entity are required")
    on = acts.target(call.world, key["entity"])
    actor = _check_actor(call, key["actor"], what=call.what("reactions", "DELETE"))
    if not acts.remove_reaction(call.world, on, actor=actor):
        raise LinkedInError("not_found", what="The reaction")
    urn = f"urn:li:reaction:({actor},{on.urn})"
    call.world.record_event(
        "linkedin", "delete", "reaction", id=urn, author=actor, received_at=call.request.received_at
    )
    return Answer(204)
