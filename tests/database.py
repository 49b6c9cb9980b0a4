"""The test database: made and migrated by the owner's login, used by the runtime login, flushed by the owner's."""

import contextlib
from collections.abc import Iterator

import psycopg2
import psycopg2.errors
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from recruitment.actions import reference

LOCK_WITHIN = "10s"
# A browser's last request may still be answered when its test is over, and hold what is to be emptied.
TRIES = 5
_kept: set[str] = set()


@contextlib.contextmanager
def as_owner(database: str) -> Iterator[psycopg2.extensions.cursor]:
    """Open a connection of the owner's that Django's per-test walls do not know about."""
    how = connections["owner"].settings_dict
    connection = psycopg2.connect(
        host=how["HOST"], port=how["PORT"], user=how["USER"], password=how["PASSWORD"], dbname=database
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            # A test that leaves a transaction open is told so, instead of hanging the run.
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_WITHIN])
            yield cursor
    finally:
        connection.close()


def make(worker: str) -> str:
    """Create and migrate the database of one xdist worker, point both aliases at it, and return its name."""
    product = connections["owner"].settings_dict["NAME"]
    name = f"test_{product}_{worker}"
    with as_owner(product) as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
    # Loaded once: the same for every municipality and every test, and it takes longer than most tests do.
    reference.load_reference()
    with as_owner(name) as cursor:
        _kept.update(table for table in _tables(cursor) if _has_rows(cursor, table))
    return name


def drop(name: str) -> None:
    """Remove the database; a connection that a test left behind keeps it until the server goes."""
    connections.close_all()
    with contextlib.suppress(psycopg2.Error), as_owner("postgres") as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def flush() -> None:
    """Empty every table that a test may have filled; what the migrations filled and the reference data stay."""
    for left in reversed(range(TRIES)):
        try:
            _flush()
        except psycopg2.errors.DeadlockDetected:
            if not left:
                raise
        else:
            return


def _flush() -> None:
    with as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
        filled = [table for table in _tables(cursor, only_with_pages=True) if table not in _kept]
        if "audit_auditevent" in filled:
            # Its owner may not empty it either, as long as the trigger stands.
            cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER stays")
        if filled:
            names = sql.SQL(", ").join(sql.Identifier(table) for table in filled)
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        if "audit_auditevent" in filled:
            cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER stays")
        cursor.execute("DELETE FROM recruitment_municipality WHERE is_demo")
        cursor.execute("UPDATE recruitment_municipality SET in_use_since = NULL WHERE in_use_since IS NOT NULL")


def _tables(cursor: psycopg2.extensions.cursor, *, only_with_pages: bool = False) -> list[str]:
    """Return our tables without partitions; a table never written to has no pages, which costs no scan to see."""
    cursor.execute(
        """
        SELECT c.relname,
               coalesce((SELECT sum(pg_relation_size(t.relid)) FROM pg_partition_tree(c.oid) t WHERE t.isleaf),
                        pg_relation_size(c.oid))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        """
    )
    return [name for name, size in cursor.fetchall() if size or not only_with_pages]


def _has_rows(cursor: psycopg2.extensions.cursor, table: str) -> bool:
    cursor.execute("SELECT pg_relation_size(%s::regclass) > 0", [f'"{table}"'])
    return cursor.fetchone()[0]
