"""
Whether the roll-up still equals the sum of its parts, worked out anew from the measurements; and making it so.

Nothing in the product needs the second: `store` keeps both equal. It is for the day when somebody has been in the
database by hand.
"""
# ruff: noqa: S608 (put together from the names of our own columns)

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, connections, transaction

from analytics.actions.measurement_sql import ADDITIVE
from analytics.actions.measurements import LOCK_CLASS
from analytics.models import OF_PAGE
from foundation.tenancy import SETTING, current_municipality_id

OWNER = "owner"
COLUMNS = [*ADDITIVE, "fetched_at"]
# What a page's own statistics tell is in no roll-up: it holds its posts once more. Where no part is known
# a sum is NULL.
PARTS = f"""
SELECT municipality_id, day, channel_id, is_paid, {", ".join(f"sum({name}) AS {name}" for name in ADDITIVE)},
       max(fetched_at) AS fetched_at
FROM measurement
WHERE municipality_id = %(municipality)s AND kind NOT IN ({", ".join(str(kind.value) for kind in OF_PAGE)})
GROUP BY municipality_id, day, channel_id, is_paid
"""
COMPARED = f"""
WITH parts AS ({PARTS})
SELECT count(*), count(DISTINCT coalesce(p.day, r.day)), coalesce(json_agg(json_build_object(
           'day', coalesce(p.day, r.day), 'channel_id', coalesce(p.channel_id, r.channel_id),
           'is_paid', coalesce(p.is_paid, r.is_paid),
           'rolled_up', CASE WHEN r.day IS NOT NULL
               THEN json_build_array({", ".join(f"r.{name}" for name in COLUMNS)}) END,
           'parts', CASE WHEN p.day IS NOT NULL
               THEN json_build_array({", ".join(f"p.{name}" for name in COLUMNS)}) END
       ) ORDER BY coalesce(p.day, r.day), coalesce(p.channel_id, r.channel_id)) FILTER (
           WHERE p.day IS NULL OR r.day IS NULL OR ({", ".join(f"p.{name}" for name in COLUMNS)})
               IS DISTINCT FROM ({", ".join(f"r.{name}" for name in COLUMNS)})
       ), '[]')
FROM parts p
FULL JOIN (SELECT * FROM channel_day WHERE municipality_id = %(municipality)s) r
    ON (r.day, r.channel_id, r.is_paid) = (p.day, p.channel_id, p.is_paid)
"""

# The runtime login may not delete a day of the roll-up; the owner may, and the wall stands before it too.
EMPTIED = "DELETE FROM channel_day WHERE municipality_id = %(municipality)s"
FILLED = f"INSERT INTO channel_day (municipality_id, day, channel_id, is_paid, {', '.join(COLUMNS)}) {PARTS}"


@dataclass(frozen=True)
class Difference:
    """
    A channel's day whose sums are not those of its parts.

    `rolled_up` and `parts` are the figures by name; None as a whole where there is no such row.
    """

    day: date
    channel_id: int
    is_paid: bool
    rolled_up: dict[str, int | str | None] | None
    parts: dict[str, int | str | None] | None

    def __str__(self) -> str:
        """Name the day, and each figure with what it is and what it should be."""
        share = "paid" if self.is_paid else "organic"
        told = self._missing() or ", ".join(
            f"{name} {(self.rolled_up or {})[name]} should be {(self.parts or {})[name]}" for name in self._wrong()
        )
        return f"{self.day} channel {self.channel_id} {share}: {told}"

    def _missing(self) -> str:
        if self.rolled_up is None:
            return "not rolled up"
        return "rolled up without parts" if self.parts is None else ""

    def _wrong(self) -> list[str]:
        return [name for name in COLUMNS if (self.rolled_up or {})[name] != (self.parts or {})[name]]


@dataclass(frozen=True)
class Verdict:
    """How many days and how many rows of the roll-up were compared, and where they differ."""

    n_days: int
    n_rows: int
    differences: list[Difference]


def compare() -> Verdict:
    """Work out the entered municipality's roll-up anew and compare it, in one statement: stores may go on meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(COMPARED, {"municipality": current_municipality_id()})
        n_rows, n_days, found = cursor.fetchone()
    return Verdict(n_days=n_days, n_rows=n_rows, differences=[_difference(each) for each in found])


def _difference(found: dict[str, Any]) -> Difference:
    return Difference(
        day=datetime.fromisoformat(found["day"]).date(),
        channel_id=found["channel_id"],
        is_paid=found["is_paid"],
        **{
            side: None if found[side] is None else dict(zip(COLUMNS, found[side], strict=True))
            for side in ("rolled_up", "parts")
        },
    )


def repair(*, municipality_id: int) -> None:
    """Make the municipality's roll-up anew from its measurements, in one transaction; stores wait meanwhile."""
    given = {"municipality": municipality_id}
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(municipality_id)])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, municipality_id])
        cursor.execute(EMPTIED, given)
        cursor.execute(FILLED, given)
