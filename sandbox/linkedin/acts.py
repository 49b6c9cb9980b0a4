"""
What members do below a post, one by one: comments, answers, reactions.

Most of it nobody did: the series says how many there are by now, and each is written down once, with the moment at
which the series reached it. The rest came over the API or the control plane and changes the figures through `gains`.
Counts and lists agree because both are read from here.
"""

from __future__ import annotations

import hashlib
import random
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.clock import DAY_MS
from sandbox.linkedin import figures, posts, series
from sandbox.linkedin.errors import LinkedInError
from sandbox.world import World

FIRST_ID = 7_200_000_000_000_000_000
IDS_PER_POST = 100_000
MADE_FROM = 50_000  # a post's own comments are numbered below, those that were really made above
COMMENT_URN = re.compile(r"urn:li:comment:\((urn:li:(?:activity|share|ugcPost):[0-9]{1,19}),([0-9]{1,19})\)")
TEXTS = (
    "Når er fristen?",
    "Fin stilling!",
    "Kan jeg søke med utenlandsk utdanning?",
    "Er det mulig å jobbe deltid?",
    "Hilsen fra en fornøyd kollega.",
    "Deler denne videre.",
    "Hvem kan jeg ringe?",
    "Dette høres spennende ut.",
    "Finnes det kommunal bolig?",
    "Lykke til med ansettelsen.",
)


@dataclass(frozen=True)
class Target:
    """What a comment or reaction belongs to: a post, or a comment below it."""

    post: sqlite3.Row
    comment: sqlite3.Row | None

    @property
    def urn(self) -> str:
        """The activity, also when the post was named by its share; or the comment."""
        return self.post["activity"] if self.comment is None else comment_urn(self.post, self.comment["id"])


def target(world: World, urn: str) -> Target:
    """:raises LinkedInError: 400 for what is neither post nor comment, 404 when it is gone"""
    named = COMMENT_URN.fullmatch(urn)
    post_urn = named[1] if named else urn
    if not posts.ANY_URN.fullmatch(post_urn):
        raise LinkedInError("bad_urn_type", reason=f"{urn[:120]} is not a post or comment URN")
    post = posts.find(world, post_urn)
    if post is None:
        raise LinkedInError("not_found", what=f"Entity {urn[:120]}")
    write_down(world, post)
    return Target(post, comment(world, post, int(named[2])) if named else None)


def comment(world: World, post: sqlite3.Row, number: int) -> sqlite3.Row:
    """:raises LinkedInError: 404 when the post has no such comment"""
    sql = "SELECT * FROM comment WHERE id = ? AND post = ? AND deleted_at IS NULL"
    row = world.store.one(sql, number, post["number"])
    if row is None:
        raise LinkedInError("not_found", what=f"Comment {number}")
    return row


def comment_urn(post: sqlite3.Row, number: int) -> str:
    return f"urn:li:comment:({post['activity']},{number})"


def comments(world: World, post: sqlite3.Row, *, parent: int | None) -> list[sqlite3.Row]:
    """Return one level of comments, oldest first."""
    sql = "SELECT * FROM comment WHERE post = ? AND parent IS ? AND deleted_at IS NULL ORDER BY created_at, id"
    return world.store.all(sql, post["number"], parent)


def reactions(world: World, post: sqlite3.Row, *, comment_id: int | None) -> list[sqlite3.Row]:
    """Return the reactions to a post or comment, oldest first; of those the figures took back the youngest are gone."""
    sql = "SELECT * FROM reaction WHERE post = ? AND comment IS ? AND deleted_at IS NULL ORDER BY created_at, id"
    rows = world.store.all(sql, post["number"], comment_id)
    if comment_id is not None:
        return rows
    invented = [row["id"] for row in rows if row["is_invented"]]
    reached = figures.drawn_counts(world, post, at_ms=world.clock.now_ms())["likeCount"]
    taken_back = set(invented[max(reached, 0) :])
    return [row for row in rows if row["id"] not in taken_back]


# --- what the series says happened -----------------------------------------------------------------------------------


def write_down(world: World, post: sqlite3.Row) -> None:
    """Write down every comment and reaction the figures have reached since the last look."""
    now_ms = world.clock.now_ms()
    reached = figures.drawn_counts(world, post, at_ms=now_ms)
    drawn = _drawn(world, post)
    with world.store.write() as db:
        for table, metric in (("comment", "commentCount"), ("reaction", "likeCount")):
            sql = f"SELECT COUNT(*) AS n FROM {table} WHERE post = ? AND is_invented"
            known = world.store.the(sql, post["number"])["n"]
            for k in range(known + 1, reached[metric] + 1):
                row = _comment_row(world, post, k) if table == "comment" else _reaction_row(world, post, k)
                columns = [*row, "created_at", "is_invented"]
                values = [*row.values(), min(_moment_of(drawn, post, metric, k), now_ms), 1]
                marks = ", ".join("?" * len(columns))
                db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)


def _drawn(world: World, post: sqlite3.Row) -> Callable[[int], series.Counts]:
    """Return the post's series as a function of the moment: pure arithmetic, because it is asked many times."""
    page = world.store.one("SELECT * FROM organisation WHERE 'urn:li:organization:' || id = ?", post["author"])
    followers, seed = figures.followers_of(page), world.seed
    return lambda at_ms: series.count_at(seed=seed, post=post, followers=followers, at_ms=at_ms)


def _moment_of(drawn: Callable[[int], series.Counts], post: sqlite3.Row, metric: str, k: int) -> int:
    """Return the second (as ms) in which a figure of the post reached `k`; the end of its life when it never did."""
    low, high = post["created_at"], post["created_at"] + (series.LIFE_DAYS + 1) * DAY_MS
    while high - low > 1000:
        middle = (low + high) // 2
        low, high = (low, middle) if drawn(middle)[metric] >= k else (middle, high)
    return high


def share_moments(world: World, post: sqlite3.Row) -> list[int]:
    """Return when the post was shared, each time, in ms."""
    reached = figures.drawn_counts(world, post, at_ms=world.clock.now_ms())["shareCount"]
    drawn = _drawn(world, post)
    return [_moment_of(drawn, post, "shareCount", k) for k in range(1, reached + 1)]


def invented_person(world: World, what: str) -> str:
    """Return the URN of somebody nobody knows, the same for the same occasion."""
    return f"urn:li:person:{hashlib.sha256(f'{world.seed}:{what}'.encode()).hexdigest()[:10]}"


def _comment_row(world: World, post: sqlite3.Row, k: int) -> dict[str, object]:
    """The first comment is never an answer; an answer belongs to an earlier comment that is none."""
    dice = random.Random(f"{world.seed}:comments:{post['number']}")
    is_answer = [False] + [dice.random() < series.REPLY_CHANCE for _ in range(k - 1)]
    base = FIRST_ID + post["number"] * IDS_PER_POST
    tops = [number + 1 for number, answer in enumerate(is_answer[:-1]) if not answer]
    return {
        "id": base + k,
        "post": post["number"],
        "parent": base + tops[k % len(tops)] if is_answer[-1] else None,
        "actor": invented_person(world, f"comment:{post['number']}:{k}"),
        "text": random.Random(f"{world.seed}:text:{post['number']}:{k}").choice(TEXTS),
    }


def _reaction_row(world: World, post: sqlite3.Row, k: int) -> dict[str, object]:
    dice = random.Random(f"{world.seed}:reactions:{post['number']}")
    kind = dice.choices(series.REACTION_TYPES, weights=series.REACTION_WEIGHTS, k=k)[-1]
    return {
        "id": FIRST_ID + post["number"] * IDS_PER_POST + k,
        "post": post["number"],
        "actor": invented_person(world, f"reaction:{post['number']}:{k}"),
        "kind": kind,
    }


# --- what somebody really did ----------------------------------------------------------------------------------------


def add_comment(
    world: World, post: sqlite3.Row, *, actor: str, text: str, parent: int | None = None, agent: str | None = None
) -> sqlite3.Row:
    with world.store.write() as db:
        number = _next_id(world, "comment", post)
        db.execute(
            "INSERT INTO comment (id, post, parent, actor, agent, text, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, post["number"], parent, actor, agent, text, world.clock.now_ms()),
        )
    return world.store.the("SELECT * FROM comment WHERE id = ?", number)


def add_reaction(world: World, on: Target, *, actor: str, kind: str) -> sqlite3.Row:
    """One reaction per actor: another one takes the place of the first."""
    comment_id = None if on.comment is None else on.comment["id"]
    with world.store.write() as db:
        remove_reaction(world, on, actor=actor)
        number = _next_id(world, "reaction", on.post)
        db.execute(
            "INSERT INTO reaction (id, post, comment, actor, kind, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (number, on.post["number"], comment_id, actor, kind, world.clock.now_ms()),
        )
    return world.store.the("SELECT * FROM reaction WHERE id = ?", number)


def remove_reaction(world: World, on: Target, *, actor: str) -> bool:
    """Return whether there was one."""
    comment_id = None if on.comment is None else on.comment["id"]
    sql = "UPDATE reaction SET deleted_at = ? WHERE post = ? AND comment IS ? AND actor = ? AND deleted_at IS NULL"
    with world.store.write() as db:
        values = (world.clock.now_ms(), on.post["number"], comment_id, actor)
        return db.execute(sql, values).rowcount > 0


def remove_comment(world: World, row: sqlite3.Row) -> None:
    """Its answers go with it."""
    with world.store.write() as db:
        sql = "UPDATE comment SET deleted_at = ? WHERE (id = ? OR parent = ?) AND deleted_at IS NULL"
        db.execute(sql, (world.clock.now_ms(), row["id"], row["id"]))


def _next_id(world: World, table: str, post: sqlite3.Row) -> int:
    first = FIRST_ID + post["number"] * IDS_PER_POST + MADE_FROM
    sql = f"SELECT COALESCE(MAX(id), ?) + 1 AS next FROM {table} WHERE post = ? AND NOT is_invented"
    return int(world.store.the(sql, first, post["number"])["next"])
