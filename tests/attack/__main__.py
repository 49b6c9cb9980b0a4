"""
Attack a started installation with demonstration data, as everybody who can log in and as nobody.

wapiti and sqlmap scan it, and by_hand.py tries what they cannot see. The same is done to a small site full of holes;
an attack that does not find its hole there is blind, and the run is void. Exit 1: something was found. Exit 3: void.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.attack import by_hand, planted, scanners, target
from tests.attack.web import Site, Visitor, one_of_each_shape

FOUND, VOID = 1, 3
NOTHING = re.compile(r"(?!)")


class Tally:
    """What the run found, what its controls found, and when it began."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.findings: list[str] = []
        self.controls: dict[str, bool] = {}
        self.n_requests = 0

    def say(self, line: str) -> None:
        """Print at once, with the seconds since the start."""
        print(f"{time.monotonic() - self.started:5.0f} s  {line}", flush=True)

    def found(self, lines: list[str]) -> None:
        """Note findings."""
        self.findings += lines
        for line in lines:
            self.say(f"FOUND {line}")


def main() -> int:
    """Attack the plant, then the product; report."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--seconds", type=int, default=50, help="how long wapiti may take for each visitor")
    parser.add_argument("--only", default="", choices=["", "hand", "wapiti", "sqlmap"])
    parser.add_argument("--attack", default="", help="the names, with commas, of those by hand that are tried")
    parser.add_argument("--controls", action="store_true", help="attack the plant alone")
    parser.add_argument("--keep", type=Path, help="a folder for the scanners' logs, kept")
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="kompass-attack-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        attack_the_plant(tally, folder=folder, options=options)
        if not options.controls:
            attack_the_product(tally, folder=folder, options=options)
    blind = [name for name, has_found in tally.controls.items() if not has_found]
    for name in blind:
        tally.say(f"BLIND {name} does not find its hole in the plant")
    print(
        json.dumps(
            {
                "findings": len(tally.findings),
                "controls_found": len(tally.controls) - len(blind),
                "controls": len(tally.controls),
                "requests": tally.n_requests,
                "seconds": round(time.monotonic() - tally.started),
            }
        )
    )
    return VOID if blind or not tally.controls else FOUND if tally.findings else 0


def chosen(names: str) -> list[Callable[[Site], Iterator[str]]]:
    """Return the attacks by hand with these names; all of them when none is named."""
    return [attack for attack in by_hand.ATTACKS if not names or attack.__name__ in names.split(",")]


def attack_the_plant(tally: Tally, *, folder: Path, options: argparse.Namespace) -> None:
    """Run every attack on the plant and note which of them see."""
    with planted.running(folder) as base:
        visitor = Visitor("plant", base, never=NOTHING)
        visitor.session.cookies.set("session", visitor.chosen_session, domain="localhost.local", path="/")
        visitor.ask("GET", "/login")
        site = Site(base, {"plant": visitor}, foreign=f"{base}/9902/", own=f"{base}/9901/", say=tally.say)
        for name, has_found in _seen_in(site, folder=folder, options=options):
            tally.controls[name] = has_found
        tally.n_requests += site.n_requests
    tally.say(f"{sum(tally.controls.values())} of {len(tally.controls)} attacks see the holes of the plant")


def _seen_in(site: Site, *, folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    site.look()
    if options.only in ("", "wapiti"):
        scan = scanners.wapiti(site, site.anybody, never=[], folder=folder, seconds=options.seconds, starts=[])
        for kind, name in scanners.WAPITI_MUST_FIND.items():
            yield f"wapiti: {name}", kind in scan.kinds
    if options.only in ("", "sqlmap"):
        yield "sqlmap: SQL injection", bool(scanners.sqlmap(site, folder=folder, seconds=90, name="plant").findings)
    if options.only in ("", "hand"):
        for attack in chosen(options.attack):
            yield attack.__name__, bool(list(attack(site)))


def attack_the_product(tally: Tally, *, folder: Path, options: argparse.Namespace) -> None:
    """Start the product and run everything on it."""
    with target.running() as (stack, base):
        tally.say(f"the product answers at {base}")
        site = target.visitors(stack, base, say=tally.say)
        site.look()
        n_pages, n_forms = sum(len(crawl.pages) for crawl in site.crawls.values()), len(list(site.forms()))
        tally.say(f"{len(site.visitors)} visitors see {n_pages} pages and {n_forms} kinds of forms")
        # By hand first: some doors ask anew who one is ten minutes after the login.
        if options.only in ("", "hand"):
            for attack in chosen(options.attack):
                tally.found(sorted(set(attack(site))))
                tally.say(f"{attack.__name__} is done")
        if options.only in ("", "sqlmap"):
            scan = scanners.sqlmap(site, folder=folder, seconds=120, name="product")
            tally.n_requests += scan.n_requests
            tally.found(scan.findings)
            tally.say(
                f"sqlmap has sent {scan.n_requests} requests; {scan.n_cut} addresses were left when its time was up"
            )
        if options.only in ("", "wapiti"):
            for visitor in site.visitors.values():
                starts = one_of_each_shape(site.crawls[visitor.name].pages)
                scan = scanners.wapiti(
                    site, visitor, never=target.NEVER, folder=folder, seconds=options.seconds, starts=starts
                )
                tally.n_requests += scan.n_requests
                tally.found(scan.findings)
                tally.say(
                    f"wapiti has sent {scan.n_requests} requests as {visitor.name}; "
                    f"{scan.n_cut} of its {scanners.MODULES.count(',') + 1} kinds of attack were cut by its time"
                )
        tally.found(target.faults_in_log(stack))
        for name, visitor in site.visitors.items():
            tally.say(f"{name}: {dict(sorted(visitor.statuses.items()))}")
            if name != "nobody" and visitor.ask("GET", visitor.home).status_code != 200:
                tally.controls[f"{name} is still logged in"] = False
        tally.n_requests += site.n_requests


if __name__ == "__main__":
    sys.exit(main())
