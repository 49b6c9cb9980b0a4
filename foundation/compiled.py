"""
Queries whose SQL Django puts together once per process.

Putting the SQL of a comparison together takes Django several times as long as PostgreSQL takes to answer. A page that
asks twenty such questions keeps their SQL, and sends other values with it. What is asked is still written with models
and their managers, and the municipality is a value like the others: both walls stand.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from foundation.tenancy import as_if_entered, current_municipality_id

MUNICIPALITY = "municipality"
# Values that no row and no query has: where they come out in the SQL's parameters, the given ones go in.
_FIRST_NUMBER = 8_070_605_040_302_010_000
_FIRST_DAY = date(9900, 1, 1)
# A moment is a day too, so it is looked for first.
KINDS: tuple[type, ...] = (str, int, datetime, date)
# SQL and its parameters, by what built it and the kinds of its values.
_kept: dict[tuple, tuple[str, list[Any]]] = {}


@dataclass(frozen=True)
class _Slot:
    """The place of a named value among the parameters."""

    name: str


def compiled(build: Callable[..., QuerySet[Any, tuple]]) -> Callable[..., list[tuple]]:
    """
    Return a function that takes the values by name and returns the rows of the query that `build` makes of them.

    `build` returns a `values_list` and puts the values into the query without looking at them; only whether one is None
    may it ask. Values are whole numbers, words, days and moments. For rows of the entered municipality.

    :raises ValueError: a value does not come out in the SQL, so that the rows would be the wrong ones
    """

    @functools.wraps(build)
    def rows(**values: Any) -> list[tuple]:
        shape = (build, *((name, _kind(value)) for name, value in values.items()))
        if shape not in _kept:
            _kept[shape] = _put_together(build, values)
        sql, parameters = _kept[shape]
        given = {MUNICIPALITY: current_municipality_id(), **values}
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[each.name] if isinstance(each, _Slot) else each for each in parameters])
            return cursor.fetchall()

    return rows


def _put_together(build: Callable[..., QuerySet[Any, tuple]], values: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return SQL, and its parameters with a slot for each value."""
    marks = {name: _mark(value, place) for place, (name, value) in enumerate(values.items(), start=1)}
    entered = _FIRST_NUMBER
    with as_if_entered(entered):
        sql, parameters = build(**marks).query.sql_with_params()
    slots = {(type(mark), mark): _Slot(name) for name, mark in marks.items() if mark is not None}
    slots[int, entered] = _Slot(MUNICIPALITY)
    found = [slots.get((type(each), each), each) for each in parameters]
    _refuse_lost(build, slots, found)
    return sql, found


def _refuse_lost(build: Callable, slots: dict[tuple, _Slot], found: list[Any]) -> None:
    if lost := set(slots.values()) - {each for each in found if isinstance(each, _Slot)}:
        raise ValueError(f"Not in the SQL of {build.__qualname__}: {', '.join(sorted(slot.name for slot in lost))}")


def _kind(value: Any) -> type | None:
    """Return what a value is; a word of a list of choices is a word."""
    kind = type(value)
    if kind in KINDS or value is None:
        return kind if value is not None else None
    return next((kind for kind in KINDS if isinstance(value, kind)), None)


def _mark(value: Any, place: int) -> Any:
    """Return a value of the same kind that stands for this one."""
    kind = _kind(value)
    if kind is None:
        return None
    day = _FIRST_DAY + timedelta(days=place)
    marks = (f"\N{WHITE SQUARE}{place}", _FIRST_NUMBER + place, datetime(day.year, day.month, day.day, tzinfo=UTC), day)
    return dict(zip(KINDS, marks, strict=True))[kind]
