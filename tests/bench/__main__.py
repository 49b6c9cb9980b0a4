"""Run the measures; the last lines are one JSON object each. Exit 1: a goal was missed. Exit 3: nothing can be said."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from kanalkompass.launcher.problems import Problem
from tests.bench import server
from tests.bench.figures import Figure
from tests.bench.pairs import Result, run

MISSED, VOID = 1, 3
PARTS = ("sql", "pages", "publish", "pull")
ROWS = 2_000_000
N_PULLED = 8


def main() -> int:
    """Start a server, fill it, measure, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    about = int(os.environ.get("BENCH_ROWS", ROWS))
    parser.add_argument("--measurements", type=int, default=about, help="rows in three years; also as BENCH_ROWS")
    parser.add_argument("--rows", type=int, default=50_000, help="new rows that the upsert stores at once")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure these parts; all of them by default")
    options = parser.parse_args()
    if min(options.measurements, options.rows) < 1:
        parser.error("both sizes must be at least 1")
    started = time.monotonic()
    try:
        with server.running() as postgres:
            results = measured(postgres, options=options, started=started)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return MISSED
    say(f"done in {time.monotonic() - started:.0f} s, load average {os.getloadavg()[0]:.2f}")
    for result in results:
        print(json.dumps(result.as_json()))
    if any(not result.is_ok and not result.is_void for result in results):
        return MISSED
    return VOID if any(result.is_void for result in results) else 0


def measured(
    postgres: server.servers.Postgres, *, options: argparse.Namespace, started: float
) -> list[Result | Figure]:
    """Fill the tables and run every measure. Imported late: the models need the server's address."""
    from recruitment.actions.reference import load_reference
    from tests.bench import line, world

    parts = options.only or PARTS
    results: list[Result | Figure] = []
    with closing(world.as_superuser(postgres)) as connection, connection.cursor() as superuser:
        load_reference()
        if "publish" in parts or "pull" in parts:
            # First, while the tables are as small as the queue's: a year of figures has no part in sending posts.
            with line.running(postgres) as whole:
                results += of_the_line(whole, superuser, parts=parts)
        if "sql" in parts or "pages" in parts:
            results += of_the_figures(postgres, superuser, options=options, started=started)
    return results


def of_the_line(whole: Any, superuser: Any, *, parts: Sequence[str]) -> list[Result | Figure]:
    """Measure what goes through broker, workers and the sandbox."""
    from tests.bench import publishing
    from tests.bench.posts import Towns
    from tests.bench.pull import Pull

    results: list[Result | Figure] = []
    if "publish" in parts:
        results += publishing.measured(whole, superuser, say=say)
    if "pull" in parts:
        towns = Towns(whole.sandbox)
        # Municipalities of their own: the sandbox starts anew, and may give an id a second time.
        towns.found(N_PULLED, skip=publishing.N_TOWNS)
        pull = Pull.founded(sandbox=whole.sandbox, towns=towns, superuser=superuser)
        results += [run(measure, say=say) for measure in pull.measures()]
    return results


def of_the_figures(
    postgres: server.servers.Postgres, superuser: Any, *, options: argparse.Namespace, started: float
) -> list[Result | Figure]:
    """Measure statements and pages on three years of figures."""
    from tests.bench import pages, towns, world

    parts = options.only or PARTS
    filled = world.fill(postgres, superuser, about=options.measurements)
    say(f"{filled.n_rows} measurements after {time.monotonic() - started:.0f} s, largest has {filled.largest}")
    users = {}
    if "pages" in parts:
        users = {place.pk: towns.furnish(place, superuser) for place in (filled.typical, filled.largest)}
        say(f"vacancies, links, answers and counts after {time.monotonic() - started:.0f} s")
    superuser.execute("VACUUM (FREEZE, ANALYZE)")
    superuser.execute("CHECKPOINT")
    say(f"vacuumed after {time.monotonic() - started:.0f} s, load average {os.getloadavg()[0]:.2f}")
    results: list[Result | Figure] = []
    if "pages" in parts:
        results += pages.measured(filled, users, say=say)
    if "sql" in parts:
        results += of_the_statements(superuser, filled, n_rows=options.rows)
    return results


def of_the_statements(superuser: Any, filled: Any, *, n_rows: int) -> list[Result | Figure]:
    """Measure the comparison where it is usual and where it is largest, and the storing of new figures."""
    from recruitment.models import Municipality
    from tests.bench import comparison
    from tests.bench.upsert import Upsert

    results: list[Result | Figure] = []
    for name, place in (("typical", filled.typical), ("largest", filled.largest)):
        result = run(comparison.measure(municipality_id=place.pk, name=name), say=say)
        results += [result, comparison.soon_enough(result)]
    storing = Municipality.objects.exclude(pk__in=[filled.typical.pk, filled.largest.pk]).latest("pk")
    upsert = Upsert(municipality=storing, n_rows=n_rows, superuser=superuser)
    results.append(run(upsert.measure(), say=say))
    upsert.check()
    return results


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
