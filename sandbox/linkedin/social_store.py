"""Where comments and reactions are kept, and what the ones that were really made add to the figures."""

from __future__ import annotations

from sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS comment (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, parent INTEGER, actor TEXT NOT NULL, agent TEXT, text TEXT NOT NULL,
    created_at INTEGER NOT NULL, edited_at INTEGER, deleted_at INTEGER, is_invented INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS comment_by_post ON comment (post);
CREATE INDEX IF NOT EXISTS comment_that_counts ON comment (post) WHERE NOT is_invented OR deleted_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS reaction (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, comment INTEGER, actor TEXT NOT NULL, kind TEXT NOT NULL,
    created_at INTEGER NOT NULL, deleted_at INTEGER, is_invented INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS reaction_by_post ON reaction (post);
CREATE INDEX IF NOT EXISTS reaction_that_counts ON reaction (post) WHERE NOT is_invented OR deleted_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS subscription (
    app TEXT NOT NULL, member TEXT NOT NULL, entity TEXT NOT NULL, event TEXT NOT NULL, client_id TEXT NOT NULL,
    webhook TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, pushed_until INTEGER NOT NULL,
    PRIMARY KEY (app, member, entity, event)
);
"""

# (moment in ms, metric, +1 or -1)
Gain = tuple[int, str, int]


def gains_of_post(world: World, number: int) -> list[Gain]:
    """Return what changes a post's figures beside its series: things made over the API, things taken away."""
    return _gains(world, "t.post = ?", number)


def gains_of_page(world: World, author: str) -> list[Gain]:
    """Return the same for all public posts of a page."""
    return _gains(world, "t.post IN (SELECT number FROM post WHERE author = ? AND is_dark = 0)", author)


def _gains(world: World, condition: str, value: object) -> list[Gain]:
    found: list[Gain] = []
    for table, metric, extra in (("comment", "commentCount", ""), ("reaction", "likeCount", " AND t.comment IS NULL")):
        rows = world.store.all(
            f"SELECT t.created_at, t.deleted_at, t.is_invented FROM {table} t "
            f"WHERE (NOT t.is_invented OR t.deleted_at IS NOT NULL) AND {condition}{extra}",
            value,
        )
        found += [(row["created_at"], metric, 1) for row in rows if not row["is_invented"]]
        found += [(row["deleted_at"], metric, -1) for row in rows if row["deleted_at"] is not None]
    return found
