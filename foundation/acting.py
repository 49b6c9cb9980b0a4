"""
Who acts, and why: handed to the database with every municipality that is entered, where the audit log reads it.

A member's door says who came through it. Tasks and commands say nothing, and the log then names the system.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from django.db import DatabaseError, connection, transaction

ACTOR_SETTING = "kk.actor"
REASON_SETTING = "kk.reason"

_actor_id: ContextVar[int | None] = ContextVar("actor_id", default=None)
_reason: ContextVar[str] = ContextVar("reason", default="")


def current_actor_id() -> int | None:
    """Return the id of the user who acts, None for the system."""
    return _actor_id.get()


def current_reason() -> str:
    """Return the reason that was given for what happens now, "" for none."""
    return _reason.get()


@contextmanager
def acting_as(user_id: int | None, reason: str = "") -> Iterator[None]:
    """
    Let what happens inside be done by this user, for this reason.

    Usually entered before `tenant()`, which tells the database. Entered within a transaction it tells it itself.
    """
    tokens = _actor_id.set(user_id), _reason.set(reason)
    try:
        if connection.in_atomic_block:
            with _told_within_transaction():
                yield
        else:
            yield
    finally:
        _actor_id.reset(tokens[0])
        _reason.reset(tokens[1])


@contextmanager
def _told_within_transaction() -> Iterator[None]:
    before = exchange(settings_of_actor())
    try:
        yield
    except BaseException:
        # A failed transaction takes its settings with it; one that goes on needs the old ones back.
        with suppress(DatabaseError, transaction.TransactionManagementError):
            exchange(before)
        raise
    exchange(before)


def settings_of_actor() -> dict[str, str]:
    """Return the database settings that tell who acts and why."""
    actor_id = _actor_id.get()
    return {ACTOR_SETTING: "" if actor_id is None else str(actor_id), REASON_SETTING: _reason.get()}


def exchange(settings: dict[str, str]) -> dict[str, str]:
    """Set these settings for the rest of the transaction, in one statement, and return their old values."""
    reads = ", ".join(f"coalesce(current_setting(%s, true), '') AS old_{i}" for i in range(len(settings)))
    writes = ", ".join("set_config(%s, %s, true)" for _ in settings)
    olds = ", ".join(f"old_{i}" for i in range(len(settings)))
    with connection.cursor() as cursor:
        # The inner select is materialised first, so the old values are read before the new ones are set.
        cursor.execute(
            f"WITH old AS MATERIALIZED (SELECT {reads}) SELECT {olds}, {writes} FROM old",  # noqa: S608  # nosec B608
            [*settings, *(part for pair in settings.items() for part in pair)],
        )
        row = cursor.fetchone()
    return dict(zip(settings, row, strict=False))
