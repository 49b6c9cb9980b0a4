"""
Prepared statements of one municipality: one round trip each, a transaction of their own where none is open.

For the few paths that run hundreds of times a second. Both walls stand: the municipality is set in the same message,
and is the first parameter of every statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from foundation import acting
from foundation.tenancy import SETTING, tenant

# On Django's connection of the thread: which statements its present session knows.
_KNOWN = "_prepared_statements"
# Every row is found by its key. A plan is kept for the whole session, also one that was made while the tables were
# almost empty: without this it could be one that reads them from end to end.
_PREFIX = f"SELECT set_config('{SETTING}', '{{municipality_id:d}}', true), set_config('enable_seqscan', 'off', true);"


@dataclass(frozen=True)
class Statement:
    """
    SQL with parameters $1, $2, …; $1 is always the municipality.

    :param types: the parameters' types, in order, as PostgreSQL names them
    """

    name: str
    types: str
    sql: str

    @cached_property
    def preparation(self) -> str:
        """The command that makes it known to a database session."""
        sql = re.sub(r"\s+", " ", self.sql).strip()
        return f"PREPARE {self.name} ({self.types}) AS {sql}"

    def execution(self, n_parameters: int) -> str:
        """Return the command that runs it with so many parameters."""
        return f"EXECUTE {self.name} ({', '.join(['%s'] * n_parameters)})"


@dataclass(frozen=True)
class Step:
    """One statement with its parameters, without the municipality: that is put in front of them."""

    statement: Statement
    parameters: Sequence[Any] = ()


def run(municipality_id: int, *steps: Step, before: Sequence[tuple[str, Sequence[Any]]] = ()) -> list[tuple]:
    """
    Run the steps in one municipality, all or none, and return the rows of the last.

    Each step sees what others committed before it began, also while an earlier one waited for a lock. The planner works
    once for each database session, so a pooler must keep sessions apart.

    :param before: plain SQL with its parameters, run first in the same transaction
    """
    is_somebodys = any(acting.settings_of_actor().values())
    if connection.in_atomic_block or is_somebodys:
        with tenant(municipality_id):
            return _send(municipality_id, steps, before, prefix="")
    return _send(municipality_id, steps, before, prefix=_PREFIX.format(municipality_id=municipality_id))


def _send(
    municipality_id: int, steps: Sequence[Step], before: Sequence[tuple[str, Sequence[Any]]], *, prefix: str
) -> list[tuple]:
    commands = [(sql, list(parameters)) for sql, parameters in before]
    for step in steps:
        parameters = [municipality_id, *step.parameters]
        commands.append((step.statement.execution(len(parameters)), parameters))
    with connection.cursor() as cursor:
        _prepare([step.statement for step in steps], cursor)
        # Several commands in one message are one transaction where none is open.
        cursor.execute(
            prefix + ";".join(sql for sql, _ in commands), [value for _, values in commands for value in values]
        )
        return cursor.fetchall() if cursor.description else []


def _prepare(statements: Sequence[Statement], cursor: Any) -> None:
    """Make the statements known to this session, once."""
    session, known_there = getattr(connection, _KNOWN, (None, set()))
    known: set[str] = known_there if session is connection.connection else set()
    for statement in statements:
        if statement.name not in known:
            cursor.execute(statement.preparation)
            known.add(statement.name)
    setattr(connection, _KNOWN, (connection.connection, known))
