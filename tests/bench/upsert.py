"""Storing new figures with roll-ups and history, against writing the same rows to a table without index or roll-up."""

import time
from datetime import timedelta

import psycopg2
from django.db import connection, transaction

from analytics.actions import measurements
from analytics.models import ChannelDay, JobMonth, Measurement
from foundation.tenancy import tenant
from kanalkompass.launcher.servers import RUNTIME
from recruitment.models import Municipality
from tests.bench.pairs import Measure
from tests.bench.world import FETCHED_AT, STORED_FROM, make_posts, new_rows

GOAL = 0.25
# A run is the least disturbed of five, on both sides: writing waits for a disk that others use too.
N_TIMES = 5
# The columns of a measurement as they are before municipality, channel and vacancy are looked up; logged, no index.
LIMIT_TABLE = f"""
CREATE TABLE bench_limit AS SELECT {", ".join(measurements.COLUMNS)} FROM measurement WITH NO DATA;
GRANT SELECT, INSERT ON bench_limit TO {RUNTIME}
"""


class Miscounted(RuntimeError):
    """A side did not store what it was given, so its time means nothing."""


class Upsert:
    """Both sides start from the same rows in memory, write them out with the same code, and end with a commit."""

    def __init__(self, *, municipality: Municipality, n_rows: int, superuser: psycopg2.extensions.cursor) -> None:
        """Make the posts and the limit's table."""
        self.municipality, self.n_rows, self.superuser = municipality, n_rows, superuser
        self.deliveries = make_posts(municipality)
        self.next_day = STORED_FROM
        self.n_stored = 0
        superuser.execute(LIMIT_TABLE)

    def measure(self) -> Measure:
        """Return the measure; both sides are reported per run of `n_rows`."""
        return Measure(
            name="upsert_with_roll_up",
            unit="ms",
            better="higher",
            goal=GOAL,
            limit=lambda: min(self.limit() for _ in range(N_TIMES)),
            product=lambda: min(self.product() for _ in range(N_TIMES)),
        )

    def limit(self) -> float:
        """COPY the rows that the product stores next; return seconds."""
        rows = new_rows(self.deliveries, n=self.n_rows, first_day=self.next_day)
        self.superuser.execute("TRUNCATE bench_limit; CHECKPOINT")
        start = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            columns = ", ".join(measurements.COLUMNS)
            cursor.copy_expert(f"COPY bench_limit ({columns}) FROM STDIN (FORMAT csv)", measurements.as_csv(rows))
        seconds = time.perf_counter() - start
        self._expect(self.n_rows, in_table="bench_limit")
        return seconds

    def product(self) -> float:
        """Store as many new rows as the product does it; return seconds."""
        rows = new_rows(self.deliveries, n=self.n_rows, first_day=self.next_day)
        self.next_day += timedelta(days=-(-self.n_rows // len(self.deliveries)))
        self.superuser.execute("CHECKPOINT")
        start = time.perf_counter()
        with tenant(self.municipality.pk):
            stored = measurements.store(rows, now=FETCHED_AT)
        seconds = time.perf_counter() - start
        if stored.n_new != self.n_rows:
            raise Miscounted(f"{stored.n_new} of {self.n_rows} rows were new")
        self.n_stored += self.n_rows
        return seconds

    def check(self) -> None:
        """
        See that everything is there and that the roll-ups equal their parts.

        :raises Miscounted: it is not, or does not
        """
        with tenant(self.municipality.pk):
            stored = Measurement.objects.filter(day__gte=STORED_FROM).values_list("impressions", flat=True)
            days = ChannelDay.objects.filter(day__gte=STORED_FROM).values_list("impressions", flat=True)
            months = JobMonth.objects.filter(month__gte=STORED_FROM).values_list("impressions", flat=True)
            counted, parts, sums = len(stored), sum(stored), (sum(days), sum(months))
        if counted != self.n_stored or sums != (parts, parts):
            raise Miscounted(f"{counted} of {self.n_stored} rows; the parts give {parts}, the roll-ups {sums}")

    def _expect(self, n_rows: int, *, in_table: str) -> None:
        self.superuser.execute(f"SELECT count(*) FROM {in_table}")
        counted = self.superuser.fetchone()[0]
        if counted != n_rows:
            raise Miscounted(f"{counted} of {n_rows} rows in {in_table}")
