"""
Whether each roll-up still equals the sum of its parts, worked out anew; and making it so.

Nothing in the product needs the second: what writes a part writes its sums in the same transaction. It is for the day
when somebody has been in the database by hand.
"""
# ruff: noqa: S608 (put together from the names of our own tables and columns)

from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, transaction

from analytics.actions.measurement_sql import ADDITIVE, JOBS_SUMS, SUMMED_KINDS
from analytics.actions.measurements import LOCK_CLASS
from channels.actions.visit_sql import OF_JOBS, OF_SOURCES
from foundation.tenancy import SETTING, current_municipality_id

OWNER = "owner"
# Where no part is known a sum is NULL.
CHANNELS_DAYS = f"""
SELECT municipality_id, day, channel_id, is_paid, {", ".join(f"sum({name}) AS {name}" for name in ADDITIVE)},
       max(fetched_at) AS fetched_at
FROM measurement
WHERE municipality_id = %(municipality)s AND {SUMMED_KINDS}
GROUP BY municipality_id, day, channel_id, is_paid
"""


@dataclass(frozen=True)
class RollUp:
    """
    A table of sums: what its rows are about, the day first, and what they hold.

    `parts` asks for the same rows from what they are made of.
    """

    table: str
    key: tuple[str, ...]
    figures: tuple[str, ...]
    parts: str

    @property
    def compared(self) -> str:
        """The statement that counts the rows, and lists those that are not what their parts give."""
        both = ", ".join(f"'{name}', coalesce(p.{name}, r.{name})" for name in self.key)
        parts, sums = (", ".join(f"{side}.{name}" for name in self.figures) for side in "pr")
        first = self.key[0]
        return f"""
            WITH parts AS ({self.parts}), sums AS (SELECT * FROM {self.table} WHERE municipality_id = %(municipality)s)
            SELECT count(*), coalesce(json_agg(json_build_object(
                    'key', json_build_object({both}),
                    'rolled_up', CASE WHEN r.{first} IS NOT NULL THEN json_build_array({sums}) END,
                    'parts', CASE WHEN p.{first} IS NOT NULL THEN json_build_array({parts}) END
                ) ORDER BY {", ".join(f"coalesce(p.{name}, r.{name})" for name in self.key)}) FILTER (
                    WHERE p.{first} IS NULL OR r.{first} IS NULL OR ROW({parts}) IS DISTINCT FROM ROW({sums})
                ), '[]')
            FROM parts p
            FULL JOIN sums r ON ({", ".join(f"r.{name}" for name in self.key)})
                = ({", ".join(f"p.{name}" for name in self.key)})
        """

    @property
    def made_anew(self) -> str:
        """The statements that empty the municipality's rows and fill them from their parts."""
        columns = ", ".join(("municipality_id", *self.key, *self.figures))
        return f"""
            DELETE FROM {self.table} WHERE municipality_id = %(municipality)s;
            INSERT INTO {self.table} ({columns}) SELECT {columns} FROM ({self.parts}) AS parts
        """


ROLL_UPS = (
    RollUp("channel_day", ("day", "channel_id", "is_paid"), (*ADDITIVE, "fetched_at"), CHANNELS_DAYS),
    RollUp(
        "job_month",
        ("month", "job_id", "channel_id", "is_paid"),
        (*ADDITIVE, "first_day", "last_day", "fetched_at"),
        JOBS_SUMS,
    ),
    RollUp("channels_sourceday", ("day", "source_id"), ("n_visits",), OF_SOURCES),
    RollUp("channels_jobsourceday", ("day", "job_id", "source_id"), ("n_visits",), OF_JOBS),
)


@dataclass(frozen=True)
class Difference:
    """
    A row of a roll-up that is not the sum of its parts.

    `rolled_up` and `parts` are the figures by name; None as a whole where there is no such row.
    """

    table: str
    key: dict[str, int | str | bool]
    rolled_up: dict[str, int | str | None] | None
    parts: dict[str, int | str | None] | None

    def __str__(self) -> str:
        """Name the row, and each figure with what it is and what it should be."""
        about = " ".join(f"{name.removesuffix('_id')} {value}" for name, value in self.key.items())
        told = self._missing() or ", ".join(
            f"{name} {(self.rolled_up or {})[name]} should be {value}"
            for name, value in (self.parts or {}).items()
            if (self.rolled_up or {})[name] != value
        )
        return f"{self.table} {about}: {told}"

    def _missing(self) -> str:
        if self.rolled_up is None:
            return "not rolled up"
        return "rolled up without parts" if self.parts is None else ""


@dataclass(frozen=True)
class Verdict:
    """How many sums were compared, and where they differ."""

    n_rows: int
    differences: list[Difference]


def compare() -> Verdict:
    """Work out the entered municipality's roll-ups anew and compare them; stores may go on meanwhile."""
    n_rows, differences = 0, []
    with connection.cursor() as cursor:
        # One statement each, which sees parts and sums as they were at one moment.
        for roll_up in ROLL_UPS:
            cursor.execute(roll_up.compared, {"municipality": current_municipality_id(), "jobs": None})
            n, found = cursor.fetchone()
            n_rows += n
            differences += [_difference(roll_up, each) for each in found]
    return Verdict(n_rows=n_rows, differences=differences)


def _difference(roll_up: RollUp, found: dict[str, Any]) -> Difference:
    sides = {
        side: None if found[side] is None else dict(zip(roll_up.figures, found[side], strict=True))
        for side in ("rolled_up", "parts")
    }
    return Difference(table=roll_up.table, key=found["key"], **sides)


def repair(*, municipality_id: int) -> None:
    """Make the municipality's roll-ups anew from their parts, in one transaction; stores and visits wait meanwhile."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        # The runtime login may not delete a day of the roll-up; the owner may, and the wall stands before it too.
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(municipality_id)])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, municipality_id])
        cursor.execute("LOCK TABLE channels_linkhour IN SHARE MODE")
        for roll_up in ROLL_UPS:
            cursor.execute(roll_up.made_anew, {"municipality": municipality_id, "jobs": None})
