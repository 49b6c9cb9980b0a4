"""Run the measures; the last lines are one JSON object each. Exit 1: a goal was missed. Exit 3: nothing can be said."""

import argparse
import json
import os
import sys
import time
from contextlib import closing

from kanalkompass.launcher.problems import Problem
from tests.bench import server
from tests.bench.pairs import Result, run

MISSED, VOID = 1, 3


def main() -> int:
    """Start a server, fill it, measure, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--measurements", type=int, default=2_000_000, help="rows in the year that is compared")
    parser.add_argument("--rows", type=int, default=50_000, help="new rows that the upsert stores at once")
    options = parser.parse_args()
    if min(options.measurements, options.rows) < 1:
        parser.error("both sizes must be at least 1")
    started = time.monotonic()
    try:
        with server.running() as postgres:
            results = measured(postgres, n_measurements=options.measurements, n_rows=options.rows, started=started)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return MISSED
    say(f"done in {time.monotonic() - started:.0f} s, load average {os.getloadavg()[0]:.2f}")
    for result in results:
        print(json.dumps(result.as_json()))
    if any(not result.is_ok and not result.is_void for result in results):
        return MISSED
    return VOID if any(result.is_void for result in results) else 0


def measured(postgres: server.servers.Postgres, *, n_measurements: int, n_rows: int, started: float) -> list[Result]:
    """Fill the tables and run every measure. Imported late: the models need the server's address."""
    from recruitment.models import Municipality
    from tests.bench import comparison, world
    from tests.bench.upsert import Upsert

    with closing(world.as_superuser(postgres)) as connection, connection.cursor() as superuser:
        n_filled = world.fill(superuser, about=n_measurements)
        superuser.execute("VACUUM (FREEZE, ANALYZE) measurement, channel_day")
        superuser.execute("CHECKPOINT")
        say(f"{n_filled} measurements after {time.monotonic() - started:.0f} s, load average {os.getloadavg()[0]:.2f}")
        compared, storing = Municipality.objects.order_by("pk")[:2]
        upsert = Upsert(municipality=storing, n_rows=n_rows, superuser=superuser)
        results = [run(comparison.measure(municipality_id=compared.pk), say=say), run(upsert.measure(), say=say)]
        upsert.check()
    return results


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
