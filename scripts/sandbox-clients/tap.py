"""
The Singer tap for LinkedIn's advertising against the sandbox: discovery, a first sync, a second one from its state.

    python tap.py <ready line of the sandbox, a JSON file>

The tap is run as it is, as a program of its own; only the host of its requests is changed, at the place where
`requests` sends them. It asks for version 202511, dead since 2026-11-16, so the sandbox is told to keep that one alive
for the runs that are to work.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

HOSTS = ("https://api.linkedin.com", "https://www.linkedin.com")
ACCOUNTS = "509001001,509011001"


def run_tap(base: str) -> None:
    """The change of host, then the tap's own `main`."""
    send = requests.Session.send

    def send_to_sandbox(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        for host in HOSTS:
            if request.url is not None and request.url.startswith(host):
                request.url = base + request.url.removeprefix(host)
        return send(self, request, **more)

    requests.Session.send = send_to_sandbox  # type: ignore[method-assign]
    from tap_linkedin_ads import main as tap

    tap()


def main() -> None:
    ready = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    base = ready["base"]["linkedin"]

    def control(path: str, **body: Any) -> Any:
        return requests.post(base + path, json=body, timeout=10).json()

    scope = "r_ads r_ads_reporting r_organization_social"
    token = control("/_token", member=ready["members"][0]["id"], scope=scope)["access_token"]
    config = {"access_token": token, "user_agent": "tap", "accounts": ACCOUNTS, "start_date": "2025-01-01T00:00:00Z"}
    config |= {"page_size": 3, "date_window_size": 90, "request_timeout": 30}

    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        (files / "config.json").write_text(json.dumps(config), encoding="utf-8")

        def tap(what: str, *arguments: str) -> list[dict[str, Any]] | dict[str, Any]:
            command = [sys.executable, __file__, "--as-tap", base, "--config", str(files / "config.json"), *arguments]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            errors = [line for line in done.stderr.splitlines() if line.startswith(("CRITICAL", "ERROR", "WARNING"))]
            print(f"{what}: exit {done.returncode}", *errors[-3:], sep="\n  ")
            if "--discover" in arguments:
                return json.loads(done.stdout) if done.returncode == 0 else {}
            return [json.loads(line) for line in done.stdout.splitlines()]

        tap("dead version", "--discover")
        control("/_switch", added_versions={"202511": "2027-01-31"})
        catalog = tap("discovery", "--discover")
        print("  streams:", [stream["stream"] for stream in catalog["streams"]])
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = True
        (files / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
        first = tap("first sync", "--catalog", str(files / "catalog.json"))
        tell(first)
        compare(first, base)
        state = [line["value"] for line in first if line["type"] == "STATE"][-1]
        (files / "state.json").write_text(json.dumps(state), encoding="utf-8")
        second = tap("second sync", "--catalog", str(files / "catalog.json"), "--state", str(files / "state.json"))
        tell(second)
        control("/_switch", products=["sign_in", "community_management"])
        tap("product missing", "--discover")
        control("/_switch", products=["sign_in", "share_on_linkedin", "community_management", "advertising"])
        control("/_switch", added_versions={})


def compare(lines: list[dict[str, Any]], base: str) -> None:
    """Put what the tap took home beside what is true, day by day."""
    # Two windows share a day, which the tap then writes twice under one key; the later record counts, as in a target.
    records = {
        (line["record"]["campaign_id"], line["record"]["start_at"][:10]): line["record"]["impressions"]
        for line in lines
        if line["type"] == "RECORD" and line["stream"] == "ad_analytics_by_campaign"
    }
    taken: Counter[str] = Counter()
    for (_, day), impressions in records.items():
        taken[day] += impressions
    query = {
        "organisation": "1001",
        "day": (datetime.now(tz=UTC).date() - timedelta(days=360)).isoformat(),
        "days": "360",
    }
    days = requests.get(f"{base}/_figures", params=query, timeout=30).json()
    true = {day["day"]: sum(row["impressions"] for row in day["ads"]) for day in days}
    wrong, total = [day for day, n in true.items() if taken[day] != n], sum(taken[day] for day in true)
    print(f"  impressions: {sum(true.values())} true, {total} taken, days that differ: {wrong}")


def tell(lines: list[dict[str, Any]]) -> None:
    records = Counter(line["stream"] for line in lines if line["type"] == "RECORD")
    print("  records:", dict(records))
    print("  state:", [line["value"] for line in lines if line["type"] == "STATE"][-1])


if __name__ == "__main__":
    if sys.argv[1] == "--as-tap":
        address = sys.argv[2]
        del sys.argv[1:3]
        run_tap(address)
    else:
        main()
