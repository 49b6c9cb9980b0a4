"""Control calls that let members who do not exist comment on and react to a post."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.control import Handler, Refused
from sandbox.http import Answer, json_answer
from sandbox.linkedin import acts, series, subscriptions
from sandbox.linkedin.errors import LinkedInError
from sandbox.world import World

MAX_REACTIONS = 1000


def _target(world: World, body: dict[str, Any]) -> acts.Target:
    try:
        return acts.target(world, str(body.get("post", "")))
    except LinkedInError as problem:
        raise Refused("post must be the URN of a post or comment that stands") from problem


def _actor(world: World, body: dict[str, Any]) -> str:
    member = body.get("member")
    if member is None:
        return acts.invented_person(world, secrets.token_hex(8))
    if not isinstance(member, str):
        raise Refused("member must be a text; it becomes the id of the person")
    return f"urn:li:person:{member}"


def _comment(world: World, body: dict[str, Any]) -> Answer:
    """{post, text, member?}: somebody comments; on a comment's URN it is an answer."""
    on, text = _target(world, body), body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refused("text must be a text")
    if on.comment is not None and on.comment["parent"] is not None:
        raise Refused("an answer cannot be answered")
    parent = None if on.comment is None else on.comment["id"]
    row = acts.add_comment(world, on.post, actor=_actor(world, body), text=text, parent=parent)
    urn = acts.comment_urn(on.post, row["id"])
    return json_answer(201, {"id": str(row["id"]), "commentUrn": urn, "actor": row["actor"]})


def _reaction(world: World, body: dict[str, Any]) -> Answer:
    """{post, type?, member?, n?}: one member reacts, or n different ones."""
    on, kind, n = _target(world, body), body.get("type", "LIKE"), body.get("n", 1)
    if kind not in series.REACTION_TYPES:
        raise Refused(f"type must be one of {', '.join(series.REACTION_TYPES)}")
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MAX_REACTIONS:
        raise Refused(f"n must be from 1 to {MAX_REACTIONS}")
    actors = [_actor(world, body) for _ in range(n)]
    with world.store.write():
        for actor in actors:
            acts.add_reaction(world, on, actor=actor, kind=kind)
    return json_answer(201, {"actors": actors, "type": kind})


def _uncomment(world: World, body: dict[str, Any]) -> Answer:
    """{post: <comment URN>}: somebody takes a comment away."""
    on = _target(world, body)
    if on.comment is None:
        raise Refused("post must be the URN of a comment")
    acts.remove_comment(world, on.comment)
    return json_answer(200, {"removed": on.urn})


HANDLERS: dict[str, Handler] = {
    "POST /_comment": _comment,
    "DELETE /_comment": _uncomment,
    "POST /_reaction": _reaction,
    "POST /_push": subscriptions.push,
}
