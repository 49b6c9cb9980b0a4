"""One SQLite file (or memory) that holds everything the sandbox must remember across a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Platform-neutral tables. A platform adds its own schema, see `Store.create`.
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS truth (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, platform TEXT NOT NULL, kind TEXT NOT NULL,
    id TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL, marker TEXT, deleted_at INTEGER, received_at REAL
);
CREATE INDEX IF NOT EXISTS truth_by_id ON truth (id);
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, received_at REAL NOT NULL, platform TEXT NOT NULL,
    act TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, author TEXT NOT NULL, text TEXT
);
CREATE INDEX IF NOT EXISTS event_by_id ON event (id);
"""


class Store:
    """
    A single connection behind a lock. Reads return `sqlite3.Row`s; writes happen inside `with store.write() as db`,
    which commits as a whole or not at all.
    """

    def __init__(self, *, path: str | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self.create(SCHEMA, added={"truth": {"received_at": "REAL"}})

    def create(self, schema: str, *, added: dict[str, dict[str, str]] | None = None) -> None:
        """Create what is not there. `added` names columns (table -> column -> type) a file of old may lack."""
        with self._lock:
            self._db.executescript(schema)
            for table, columns in (added or {}).items():
                present = {row["name"] for row in self._db.execute(f'PRAGMA table_info("{table}")')}
                for column in columns.keys() - present:
                    self._db.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} {columns[column]}')

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            return self._db.execute(sql, values).fetchone()

    def the(self, sql: str, *values: Any) -> sqlite3.Row:
        """:raises LookupError: no such row, which the caller has ruled out"""
        row = self.one(sql, *values)
        if row is None:
            raise LookupError(sql)
        return row

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and one transaction; nesting joins the outer transaction."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._db
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def state(self, name: str, default: Any = None) -> Any:
        row = self.one("SELECT value FROM state WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def set_state(self, name: str, value: Any) -> None:
        with self.write() as db:
            db.execute("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", (name, json.dumps(value)))

    def clear(self) -> None:
        """Empty every table; the truth's numbering starts again."""
        tables = [row["name"] for row in self.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
        with self.write() as db:
            for table in tables:
                db.execute(f'DELETE FROM "{table}"')

    def close(self) -> None:
        with self._lock:
            self._db.close()
