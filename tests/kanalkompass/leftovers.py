"""What is left of a municipality, wherever something may be kept: the whole database, files, Redis, the log."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import redis
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from foundation.tenancy import force_walls
from kanalkompass.privacy import erasing
from tests.database import as_owner

CANARY = "kanarifugl"
# Codes, keys, hashes and choices; what people have written is in all other texts.
LEFT_ALONE = {"code", "marker", "slug", "sha256", "token_hash", "receipt_hash", "content_hash", "key", "due_wall"}


def _database() -> str:
    return connection.settings_dict["NAME"]


def plant(municipality_id: int) -> int:
    """Put the canary into every text of the municipality's rows that people may have written; return how many rows."""
    n_planted = 0
    with as_owner(_database()) as cursor:
        cursor.execute("SELECT set_config('kk.municipality', %s, false)", [str(municipality_id)])
        for model in erasing.tables():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
                long_enough = (getattr(field, "max_length", None) or 999) >= 40
                is_plain = type(field).__name__ in {"CharField", "TextField", "EmailField", "URLField"}
                if is_text and is_plain and long_enough and field.name not in LEFT_ALONE and not field.unique:
                    column, most = f'"{field.column}"', field.max_length or 999
                    planted = f"left('{CANARY} ' || substr(md5(random()::text), 1, 8) || ' ' || {column}, {most})"
                    cursor.execute(
                        f'UPDATE "{model._meta.db_table}" SET {column} = {planted} '
                        f"WHERE municipality_id = %s AND {column} <> ''",
                        [municipality_id],
                    )
                    n_planted += cursor.rowcount
    return n_planted


def in_database(*words: str) -> list[str]:
    """Return "table: row" for each row of the whole database, as the owner dumps it, that holds one of the words."""
    found = []
    with as_owner(_database()) as cursor:
        force_walls(cursor, is_up=False)
        try:
            cursor.execute(
                "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                rows = [text for (text,) in cursor.fetchall()]
                found += [f"{table}: {text}" for text in rows if any(word in text for word in words)]
        finally:
            force_walls(cursor, is_up=True)
    return found


def rows_of(municipality_id: int) -> dict[str, tuple[int, str]]:
    """Return how many rows of each table are a municipality's, and a checksum over them; the log too."""
    told = {}
    every = [*erasing.tables(), *apps.get_app_config("audit").get_models()]
    with as_owner(_database()) as cursor:
        cursor.execute("SELECT set_config('kk.municipality', %s, false)", [str(municipality_id)])
        for model in every:
            table = model._meta.db_table
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE municipality_id = %s', [municipality_id])
            rows = sorted(text for (text,) in cursor.fetchall())
            told[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return told


def in_redis(*words: str) -> list[str]:
    """Return the keys whose name or value holds one of the words."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    readers: dict[bytes, Any] = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    try:
        keys = list(client.scan_iter())
        return [str(key) for key in keys if any(word in f"{key}{readers[client.type(key)](key)}" for word in words)]
    finally:
        client.close()


def in_files(*words: str) -> list[str]:
    """Return the paths below the media folder whose name or content holds one of the words."""
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return [str(path) for path in files if any(w in str(path) or w.encode() in path.read_bytes() for w in words)]
