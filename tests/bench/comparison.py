"""The comparison of channels over twelve months, against the least that reading the same rows can cost."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from analytics.queries import measurements
from foundation.tenancy import tenant
from tests.bench.figures import Figure
from tests.bench.pairs import Measure, Result
from tests.bench.world import FIRST_DAY, LAST_DAY

N_REPEATS = 500
# One column, no groups: the floor below any query that reads a year of one municipality's roll-up.
FLOOR = "SELECT sum(impressions) FROM channel_day WHERE municipality_id = %s AND day BETWEEN %s AND %s"
GOAL = 3.0
SOON_MS = 10.0


class NotIndexOnly(RuntimeError):
    """The floor was not answered from the index alone, so it is no floor."""


def measure(*, municipality_id: int, name: str) -> Measure:
    """Return the measure, after making sure that the floor is read from the index alone."""
    with tenant(municipality_id):
        query, parameters = measurements.channel_sums(first_day=FIRST_DAY, last_day=LAST_DAY).query.sql_with_params()
    floor_parameters = (municipality_id, FIRST_DAY, LAST_DAY)
    with _cursor(municipality_id) as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {FLOOR}", floor_parameters)
        plan = str(cursor.fetchone()[0])
    if "'Index Only Scan'" not in plan or "'Heap Fetches': 0" not in plan:
        raise NotIndexOnly(plan)
    return Measure(
        name=f"comparison_12_months_{name}",
        unit="ms",
        better="lower",
        goal=GOAL,
        limit=_timed(municipality_id, FLOOR, floor_parameters),
        product=_timed(municipality_id, query, parameters),
    )


def soon_enough(result: Result) -> Figure:
    """Return the figure that the comparison's own time is judged by, whatever the limit costs."""
    products = [product for _, product in result.pairs]
    return Figure.of(f"{result.measure.name}_ms", unit="ms", better="lower", goal=1.0, limit=SOON_MS, products=products)


@contextmanager
def _cursor(municipality_id: int) -> Iterator[Any]:
    with tenant(municipality_id), connection.cursor() as cursor:
        yield cursor


def _timed(municipality_id: int, statement: str, parameters: tuple) -> Callable[[], float]:
    def seconds_each() -> float:
        with _cursor(municipality_id) as cursor:
            seconds = []
            for _ in range(N_REPEATS):
                start = time.perf_counter()
                cursor.execute(statement, parameters)
                cursor.fetchall()
                seconds.append(time.perf_counter() - start)
        # The fastest tenth is what the statement costs; the rest waited for something else, on either side.
        return statistics.quantiles(seconds, n=10)[0]

    return seconds_each
