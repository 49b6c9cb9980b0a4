"""
Storing what channels say, day by day.

One statement stores the new and the changed figures, adjusts the roll-ups by their differences and keeps the replaced
values. A run may be repeated, killed anywhere or overlap with another: all of it or nothing is stored, and storing
the same again changes nothing.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import DataError, connection, transaction

from analytics.actions.measurement_sql import MOVED, PREPARE, STORE, UNKNOWN_OBJECTS
from analytics.models import ObjectKind, Origin
from foundation.tenancy import current_municipality_id

# First half of the advisory lock's key; the second half is the municipality.
LOCK_CLASS = 1_300_001
# Below this the planner's guess about a small table is as good as what it would find.
WORTH_ANALYSING = 2_000


class UnknownObject(LookupError):
    """A figure is about a post or a page that the municipality does not have."""


class UnreadableFigure(ValueError):
    """A figure or a day is outside what is kept; nothing of the batch was stored."""


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What was said about one object on one day of the channel's (UTC at LinkedIn).

    None is what was not told; it never erases what is known. `reach` is the day's own, never a sum or a difference.
    """

    kind: ObjectKind
    object_id: int
    day: date
    fetched_at: datetime
    is_paid: bool = False
    origin: Origin = Origin.API
    is_implied_zero: bool = False
    span_days: int = 1
    impressions: int | None = None
    reach: int | None = None
    clicks: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    followers: int | None = None
    follower_gain: int | None = None
    page_views: int | None = None
    overview_views: int | None = None
    careers_views: int | None = None
    jobs_views: int | None = None
    life_views: int | None = None
    spend_ore: int | None = None


# In the order that `as_csv` writes them.
WRITTEN_OUT = ("kind", "origin", "day", "fetched_at")
COLUMNS = (*WRITTEN_OUT, *(field.name for field in fields(Figures) if field.name not in WRITTEN_OUT))
_rest = attrgetter(*COLUMNS[len(WRITTEN_OUT) :])


class _Texts(dict[date, str]):
    """Days and moments as text. The same few come again and again, and writing them out is what takes time."""

    def __missing__(self, moment: date) -> str:
        self[moment] = str(moment)
        return self[moment]


@dataclass(frozen=True)
class Stored:
    """How many rows were received, how many of them were new, and how many changed what was known."""

    n_received: int
    n_new: int
    n_changed: int


def store(rows: Iterable[Figures], *, now: datetime) -> Stored:
    """
    Store figures of the entered municipality's posts and pages, with roll-up and history, in one transaction.

    A figure fetched earlier than the stored one is not news and is left out. Several rows about the same object and
    day count in the order given. Stores of one municipality wait for each other.

    :param now: when replaced values were replaced
    :raises UnknownObject: an object is not the municipality's; nothing is stored
    :raises UnreadableFigure: a figure is no whole number within four bytes, or a day is outside 2010-2099; as above
    """
    n_received = n_new = n_changed = 0
    with transaction.atomic():
        for batch in _without_repeats(rows):
            new, changed = _store_batch(batch, now=now)
            n_received, n_new, n_changed = n_received + len(batch), n_new + new, n_changed + changed
    return Stored(n_received=n_received, n_new=n_new, n_changed=n_changed)


def _without_repeats(rows: Iterable[Figures]) -> list[list[Figures]]:
    """Split rows into batches that hold each object and day once, in the order given; nearly always one batch."""
    batches: list[dict[tuple, Figures]] = []
    for row in rows:
        key = (int(row.kind), row.object_id, row.day, row.is_paid)
        for batch in batches:
            if key not in batch:
                batch[key] = row
                break
        else:
            batches.append({key: row})
    return [list(batch.values()) for batch in batches]


def as_csv(rows: Iterable[Figures]) -> io.StringIO:
    """Return the rows as COPY reads them: `COLUMNS` in order, nothing for None."""
    texts, written = _Texts(), io.StringIO()
    csv.writer(written).writerows(
        [(int(row.kind), int(row.origin), texts[row.day], texts[row.fetched_at], *_rest(row)) for row in rows]
    )
    written.seek(0)
    return written


def _store_batch(batch: list[Figures], *, now: datetime) -> tuple[int, int]:
    municipality_id = current_municipality_id()
    days = {row.day for row in batch}
    given: dict[str, Any] = {"municipality": municipality_id, "now": now, "first": min(days), "last": max(days)}
    months = sorted({day.replace(day=1) for day in days})
    with connection.cursor() as cursor:
        try:
            # Every round trip counts: a night is many small batches.
            cursor.execute(PREPARE, [LOCK_CLASS, municipality_id, months])
            with connection.wrap_database_errors:
                columns = ", ".join(COLUMNS)
                cursor.copy_expert(
                    f"COPY pg_temp.incoming_measurement ({columns}) FROM STDIN (FORMAT csv)", as_csv(batch)
                )
            if len(batch) >= WORTH_ANALYSING:
                cursor.execute("ANALYZE pg_temp.incoming_measurement (kind, object_id, day)")
            cursor.execute(STORE, given)
            n_new, n_changed, n_unknown, moved_jobs = cursor.fetchone()
            if n_unknown:
                cursor.execute(UNKNOWN_OBJECTS, given)
                unknown = cursor.fetchone()
                raise UnknownObject(f"{ObjectKind(unknown[0]).name.lower()} {unknown[1]}")
            if moved_jobs:
                cursor.execute(MOVED, {"municipality": municipality_id, "jobs": moved_jobs})
        except DataError as problem:
            raise UnreadableFigure(str(problem).splitlines()[0]) from problem
    return n_new, n_changed
