"""
Lighthouse on the pages that people use daily, as a phone and as a desk sees them, and the weight of our own files.

Limits: performance 95, accessibility 100, best practices 100; our own styles and scripts 40 kB compressed. The last
line is one JSON object. Exit 1: a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kanalkompass.launcher import place
from tests import demonstration
from tests.demonstration import PEOPLE, TOWN, Demonstration
from tests.lighthouse.weight import LIMIT_BYTES, own_bytes

PROGRAM = place.ROOT / "scripts" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
LIMITS = {"performance": 95, "accessibility": 100, "best-practices": 100}
WINDOWS = {"desktop": ["--preset=desktop"], "mobile": []}
MISSED = 1
# A busy machine slows one run; the best of these counts, and all of them are told.
TRIES = 3


def main() -> int:
    """Measure every page in both windows; print a table and one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m tests.lighthouse", description=__doc__)
    parser.add_argument("--var", type=Path, help="the folder of a running demonstration; else one is started")
    parser.add_argument("--keep", type=Path, help="a folder for the whole reports, kept")
    parser.add_argument("--only", default="", help="names of pages, with commas")
    options = parser.parse_args()
    started, measured = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="kompass-lighthouse-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with demonstration.running(options.var, with_built_files=True) as town:
            pages, cookie = pages_of(town)
            wanted = {name: path for name, path in pages.items() if not options.only or name in options.only.split(",")}
            print(f"{'page':<12} {'window':<8} {'perf':>5} {'a11y':>5} {'best':>5}  LCP ms  runs", flush=True)
            for name, path in wanted.items():
                for window in WINDOWS:
                    found = best_of(
                        town.base + path, window=window, cookie="" if name == "survey" else cookie, to=folder
                    )
                    measured.append({"page": name, "window": window} | found)
                    print(line_of(measured[-1]), flush=True)
    weight = own_bytes()
    misses = [f"{each['page']} {each['window']}: {miss}" for each in measured for miss in each["misses"]]
    misses += [f"our own files weigh {weight} bytes compressed"] if weight > LIMIT_BYTES else []
    for miss in misses:
        print(f"MISSED {miss}")
    seconds = round(time.monotonic() - started)
    print(
        json.dumps(
            {
                "ok": not misses,
                "own_bytes": weight,
                "limit_bytes": LIMIT_BYTES,
                "seconds": seconds,
                "pages": measured,
                "load": os.getloadavg()[0],
            }
        )
    )
    return MISSED if misses else 0


def pages_of(town: Demonstration) -> tuple[dict[str, str], str]:
    """Return the paths by name, and the cookie of the adviser for HR who opens them."""
    with demonstration.chromium() as browser:
        context = browser.new_context(locale="nb-NO")
        page = demonstration.log_in(town, context, PEOPLE["hr"])
        page.goto(f"{town.base}/{TOWN}/stillinger/")
        job = page.locator("main table tbody a[href*='/stillinger/']").first.get_attribute("href")
        page.goto(f"{town.base}{job}undersokelse/")
        survey = page.locator("main").inner_html().split("/u/")[1][:8].strip('/"')
        cookies: list[Any] = context.cookies()
        session = next(each for each in cookies if each["name"].endswith("session"))
    paths = {"oversikt": f"/{TOWN}/", "kilder": f"/{TOWN}/kilder/", "stilling": str(job), "survey": f"/u/{survey}/"}
    return paths, f"{session['name']}={session['value']}"


def best_of(address: str, *, window: str, cookie: str, to: Path) -> dict[str, Any]:
    """Measure a page until it keeps the limits, at most `TRIES` times; return the best run with every run's figure."""
    runs: list[dict[str, Any]] = []
    while len(runs) < TRIES and not (runs and not runs[-1]["misses"]):
        runs.append(measure(address, window=window, cookie=cookie, to=to))
    best = max(runs, key=lambda run: (-len(run["misses"]), run["performance"]))
    return best | {"runs": [run["performance"] for run in runs]}


def measure(address: str, *, window: str, cookie: str, to: Path) -> dict[str, Any]:
    """
    Return what Lighthouse says of a page in one run.

    :raises RuntimeError: it could not open the page
    """
    report = to / f"{abs(hash((address, window)))}-{time.monotonic_ns()}.json"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
    flags = "--headless=new --disable-gpu --disable-dev-shm-usage" + " --no-sandbox" * (os.geteuid() == 0)
    headers = [f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []
    command = [
        str(PROGRAM),
        address,
        *WINDOWS[window],
        *headers,
        f"--chrome-flags={flags}",
        f"--only-categories={','.join(LIMITS)}",
        "--output=json",
        f"--output-path={report}",
        "--quiet",
    ]
    ended = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True, timeout=180
    )
    if not report.exists():
        raise RuntimeError(f"Lighthouse did not open the page: {ended.stderr[-500:]}")
    return read(json.loads(report.read_text()))


def read(report: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a report and, for each limit that it misses, which audits took the points."""
    if problem := report.get("runtimeError"):
        return dict.fromkeys(LIMITS, 0) | {"lcp_ms": 0, "misses": [f"not opened: {problem['code']}"]}
    figures: dict[str, Any] = {name: round((report["categories"][name]["score"] or 0) * 100) for name in LIMITS}
    misses = []
    for name, limit in LIMITS.items():
        if figures[name] < limit:
            audits = {ref["id"]: ref["weight"] for ref in report["categories"][name]["auditRefs"]}
            low = [
                f"{audit} {report['audits'][audit].get('displayValue', '')}".strip()
                for audit, weight in audits.items()
                if weight
                and (report["audits"][audit]["score"] or 0) < 0.9
                and report["audits"][audit]["score"] is not None
            ]
            misses.append(f"{name} {figures[name]} of {limit} ({', '.join(low)})")
    lcp = report["audits"]["largest-contentful-paint"].get("numericValue", 0)
    return figures | {"lcp_ms": round(lcp), "misses": misses}


def line_of(each: dict[str, Any]) -> str:
    """Return a line of the table."""
    figures = " ".join(f"{each[name]:>5}" for name in LIMITS)
    runs = ", ".join(map(str, each["runs"]))
    return f"{each['page']:<12} {each['window']:<8} {figures}  {each['lcp_ms']:>6}  {runs}"


if __name__ == "__main__":
    sys.exit(main())
