"""
Looking for a secret wherever it must not be: in logs, the database, Redis, files and pages (P17).

A secret may hide in another writing, so each is looked for in all of them.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import redis
from django.contrib.sessions.models import Session
from django.db import connections
from psycopg2 import sql

from tests import database

SHORTEST = 12


@dataclass(frozen=True)
class Hit:
    """A secret that was found, by its name; the place says enough to mend it."""

    name: str
    place: str


def writings(secret: str) -> set[str]:
    """Return a secret in every writing it might be kept in."""
    raw = secret.encode()
    percent = {quote(secret, safe=""), quote_plus(secret), quote(quote(secret, safe=""), safe="")}
    found = {secret, json.dumps(secret)[1:-1], html.escape(secret), raw.hex(), raw.hex().upper(), *percent}
    for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            # In the middle of other bytes; the characters at the ends also hold something of the neighbours.
            whole = alphabet(b"\0" * offset + raw).decode().rstrip("=")
            found.add(whole[4 if offset else 0 : len(whole) - (len(raw) + offset) % 3])
    return found


def in_text(canaries: Mapping[str, str], text: str, place: str) -> list[Hit]:
    """Return which secrets stand in a text."""
    assert all(len(secret) >= SHORTEST for secret in canaries.values()), "too short to be told from chance"
    return [
        Hit(name, place) for name, secret in canaries.items() if any(writing in text for writing in writings(secret))
    ]


def in_files(canaries: Mapping[str, str], folders: Iterable[Path], *, suffix: str = "") -> list[Hit]:
    """Return which secrets stand in files below some folders."""
    return [
        hit
        for folder in folders
        for path in sorted(folder.rglob(f"*{suffix}"))
        if path.is_file()
        for hit in in_text(canaries, path.read_bytes().decode("latin-1"), str(path))
    ]


def in_database(canaries: Mapping[str, str]) -> list[Hit]:
    """Return which secrets stand in any column of any table, the owner's walls lifted; sessions are unpacked too."""
    hits = [hit for place, cells in _columns() for hit in in_text(canaries, "\n".join(cells), place)]
    for session in Session.objects.all():
        unpacked = base64.b64decode(session.session_data.partition(":")[0].lstrip(".") + "===", altchars=b"-_")
        with contextlib.suppress(zlib.error):
            unpacked = zlib.decompress(unpacked)
        hits += in_text(canaries, unpacked.decode("latin-1"), "django_session.session_data")
    return hits


def in_redis(canaries: Mapping[str, str], url: str) -> list[Hit]:
    """Return which secrets stand in a key or value of Redis, whatever its type."""
    return in_text(canaries, redis_text(url), "Redis")


def redis_text(url: str) -> str:
    """Return all keys and values of a Redis database as text."""
    with redis.Redis.from_url(url) as client:
        return "\n".join(f"{key!r} {_value(client, key)!r}" for key in client.scan_iter(count=500))


def _columns() -> Iterator[tuple[str, list[str]]]:
    with database.as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for table, column in cursor.fetchall():
            names = sql.Identifier(column), sql.Identifier(table), sql.Identifier(column)
            cursor.execute(sql.SQL("SELECT {}::text FROM {} WHERE {} IS NOT NULL").format(*names))
            yield f"{table}.{column}", [row[0] for row in cursor.fetchall()]
        cursor.execute("ROLLBACK")


def _value(client: redis.Redis, key: bytes) -> object:
    kind = client.type(key).decode()
    return {
        "string": lambda: client.get(key),
        "list": lambda: client.lrange(key, 0, -1),
        "hash": lambda: client.hgetall(key),
        "set": lambda: client.smembers(key),
        "zset": lambda: client.zrange(key, 0, -1, withscores=True),
        "stream": lambda: client.xrange(key),
    }[kind]()
