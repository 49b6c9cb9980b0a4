"""
The fault run: named faults one by one, then dice and storm for each seed, then the naive way as a control.

The last line is one JSON object. Exit 1: an invariant broke, or the control showed no copies.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback

from kanalkompass.launcher.problems import Problem

BROKEN = 1
# For the rounds with dice and storm; named faults have knobs of their own. Four slots in each of three processes.
KNOBS = {"LATE_AFTER_S": "45", "RECONCILE_SETTLE_S": "10", "PUBLISH_SLOTS": "12", "PUBLISH_PROCESSES": "3"}


def main() -> int:
    """Run everything and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", default="1,2,3,4,5", help="whole numbers, separated by commas")
    parser.add_argument("--only", default="", help="named faults to run, e.g. F6,F14; none: all of them; - : no one")
    options = parser.parse_args()
    try:
        seeds = [int(seed) for seed in options.seeds.split(",") if seed.strip()]
    except ValueError:
        parser.error("seeds are whole numbers, separated by commas")
    began = time.monotonic()
    from tests.faults import rig

    try:
        with rig.running(
            LATE_AFTER_S="45", RECONCILE_SETTLE_S="10", PUBLISH_SLOTS="12", PUBLISH_PROCESSES="3"
        ) as place:
            return run(place, seeds=seeds, only=options.only, began=began)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return BROKEN
    except KeyboardInterrupt:
        print("Avbrutt.", file=sys.stderr)
        return 130


def run(place, *, seeds: list[int], only: str, began: float) -> int:
    """Return the exit code. Imported late: the models need the installation's address."""
    from tests.faults import rounds

    say(f"installation ready after {time.monotonic() - began:.0f} s, load average {os.getloadavg()[0]:.2f}")
    n_broken = one_by_one(place, only=only)
    found = []
    for seed in seeds:
        found.append(rounds.run_protocol(place, seed=seed, say=say))
        say(str(found[-1]))
        for line in [*found[-1].told(), *found[-1].verdict.problems]:
            say("  " + line)
    n_control = rounds.run_naively(place, seed=seeds[0], size=rounds.CONTROL, say=say) if seeds else 0
    say(f"done in {time.monotonic() - began:.0f} s, load average {os.getloadavg()[0]:.2f}")
    summary = {
        "deliveries": sum(each.verdict.n for each in found),
        "duplicated": sum(each.verdict.duplicated for each in found),
        "lost": sum(each.verdict.lost for each in found),
        "stuck": sum(each.verdict.stuck for each in found),
        "control_duplicated": n_control,
        "seeds": seeds,
    }
    say(json.dumps(summary))
    is_clean = all(each.verdict.is_clean for each in found) and (n_control > 0 or not seeds)
    return 0 if is_clean and not n_broken else BROKEN


def one_by_one(place, *, only: str) -> int:
    """Play the named faults and return how many broke something."""
    from tests.faults import scenarios

    wanted, n_broken = set(only.replace(",", " ").split()), 0
    for each in scenarios.ALL:
        if wanted and not wanted & set(each.number.split()) and each.act.__name__ not in wanted:
            continue
        began, began_at = time.monotonic(), time.time()
        try:
            told = scenarios.play(each, place)
        except Exception as problem:
            n_broken += 1
            told = f"BROKEN: {type(problem).__name__}: {problem}"
            if not isinstance(problem, AssertionError):
                traceback.print_exc(limit=-3)
            for name, lines in place.said_since(began_at).items():
                say(f"  {name}: " + " | ".join(lines))
        say(f"{each.number}: {each.title}: {told} ({time.monotonic() - began:.0f} s)")
    return n_broken


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
