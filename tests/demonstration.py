"""A running demonstration as a browser meets it, ours for the occasion or somebody's own, and its people logged in."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright

from kanalkompass.launcher import environment, guard, place, ports
from tests.kanalkompass.test_launcher import OF_THE_TESTS, Up

# One of each role in the first town of the demonstration.
PEOPLE = {"adviser": "Ola Berge", "hr": "Kari Moen", "administrator": "Marit Lie", "reader": "Per Haugen"}
TOWN = "9901"
CODE_LIVES_S = 30


@dataclass(frozen=True)
class Demonstration:
    """Where it answers, and the folder it runs from."""

    base: str
    folder: Path

    def people(self) -> dict[str, dict[str, Any]]:
        """Return the demonstration's users by name, with password and the code of this moment."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)}
        command = [sys.executable, "manage.py", "demo_users", "--json"]
        found = subprocess.run(
            command,
            cwd=place.ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=own | {"KK_VAR": str(self.folder)},
        )
        return {person["name"]: person for person in json.loads(found.stdout)}


@contextmanager
def running(folder: Path | None = None, *, with_built_files: bool = False) -> Iterator[Demonstration]:
    """
    Give a demonstration: the one that runs from `folder`, else one of our own on loopback that is gone afterwards.

    :param with_built_files: hand out files as production does, named after their content and compressed
    """
    if folder:
        kept = json.loads((folder / environment.FILE).read_text())
        yield Demonstration(kept["SITE_URL"], folder)
        return
    home = Path(tempfile.mkdtemp(prefix=guard.TEMPORARY, dir="/var/tmp"))
    home.chmod(0o755)
    variables = {"PORT": str(ports.free_port()), "SANDBOX_PORT": str(ports.free_port())}
    if with_built_files:
        variables |= {"STATIC_IS_BUILT": "true", "STATIC_ROOT": str(home / "static")}
        _collect(variables)
    up = Up(home / "var", **variables)
    try:
        yield Demonstration(up.wait_until_ready(), home / "var")
    finally:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)
        shutil.rmtree(home, ignore_errors=True)


def _collect(variables: dict[str, str]) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)}
    command = '. scripts/static-environment && exec "$0" manage.py collectstatic --noinput --verbosity 0'
    subprocess.run(["sh", "-c", command, sys.executable], cwd=place.ROOT, env=own | variables, check=True, timeout=300)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the machine's own Chromium; root has no sandbox to put it in."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "No Chromium on PATH. On Debian and Ubuntu: apt-get install --yes chromium"
    without_sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=without_sandbox)
        yield browser
        browser.close()


def log_in(demonstration: Demonstration, context: BrowserContext, name: str) -> Page:
    """
    Log a person in with password and code, and return a window in which she is in.

    :raises AssertionError: she does not get in
    """
    page = context.new_page()
    for _ in range(3):
        person = demonstration.people()[name]
        page.goto(f"{demonstration.base}/konto/login/")
        # Who has given her password already is asked for the code alone.
        if page.locator("[name=login]").count():
            page.fill("[name=login]", person["email"])
            page.fill("[name=password]", person["password"])
            page.press("[name=password]", "Enter")
        page.wait_for_url("**/totrinn/authenticate/")
        page.fill("[name=code]", demonstration.people()[name]["code"])
        page.press("[name=code]", "Enter")
        try:
            page.wait_for_url(lambda address: "/konto/" not in address, timeout=8_000)
        except TimeoutError:
            # A code is taken once; the next one comes with the next half minute.
            time.sleep(CODE_LIVES_S / 2)
        else:
            return page
    raise AssertionError(f"{name} did not get in: {page.url}")
