"""The product with its demonstration data, started for the attack, and its people logged in."""

from __future__ import annotations

import re
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kanalkompass.launcher import guard, ports
from tests.attack.web import Site, Visitor
from tests.journeys.stack import Stack
from tests.kanalkompass.test_launcher import Up

# Who looks from outside, and one for each role of the first municipality; the one who may most comes last.
PEOPLE = {
    "reader": "Per Haugen",
    "hr": "Kari Moen",
    "novice": "Ida Sund",
    "adviser": "Ola Berge",
    "administrator": "Marit Lie",
}
TOWN, NEIGHBOUR = "9901", "9903"
# What ends a session or takes a visitor's own rights is left alone: the rest of the run would see nothing.
NEVER = ["logout", "password", "totrinn", "okter", r"brukere/\d"]
CODE_LIVES_S = 30
# Django writes down what it refused, with the place; the answer was a plain 400 or 413.
REFUSAL = re.compile(
    r"django\.core\.exceptions\.(DisallowedHost|SuspiciousOperation|BadRequest|RequestDataTooBig|TooMany)"
)


@contextmanager
def running() -> Iterator[tuple[Stack, str]]:
    """Start everything in a temporary folder on loopback, and end it."""
    home = Path(tempfile.mkdtemp(prefix=guard.TEMPORARY, dir="/var/tmp"))
    home.chmod(0o755)
    # Ports of its own: beside a `make run` of somebody's, this is another installation.
    up = Up(home / "var", PORT=str(ports.free_port()), SANDBOX_PORT=str(ports.free_port()))
    try:
        base = up.wait_until_ready()
        yield Stack(up, base), base
    finally:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)
        shutil.rmtree(home, ignore_errors=True)


def faults_in_log(stack: Stack) -> list[str]:
    """Return what the web processes noted as faults of ours, each kind once, with how often."""
    text = "".join(file.read_text(errors="replace") for file in sorted((stack.up.folder / "log").glob("web*")))
    kinds = Counter(re.findall(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)+(\S.*)$", text, re.MULTILINE))
    return [
        f"the log of the web tells {n} times of: {kind[:150]}" for kind, n in kinds.items() if not REFUSAL.match(kind)
    ]


def visitors(stack: Stack, base: str, *, say: Callable[[str], None]) -> Site:
    """Return the site with everybody logged in."""
    people = {person["name"]: person for person in stack.people().values()}
    found = {"nobody": Visitor("nobody", base, never=re.compile("|".join(NEVER)), home="/konto/login/")}
    for role, name in PEOPLE.items():
        found[role] = Visitor(role, base, never=re.compile("|".join(NEVER)), home=f"/{TOWN}/")
        log_in(found[role], people[name], stack)
    return Site(base, found, foreign=f"{base}/{NEIGHBOUR}/", own=f"{base}/{TOWN}/", say=say)


def log_in(visitor: Visitor, person: dict, stack: Stack) -> None:
    """
    Log in with password and code, in a session that somebody else has chosen.

    :raises AssertionError: the person does not get in
    """
    visitor.session.cookies.set("session", visitor.chosen_session, domain="localhost.local", path="/")
    answer = _send(visitor, "/konto/login/", {"login": person["email"], "password": person["password"]})
    for _ in range(2):
        if "code" not in answer.text:
            break
        code = stack.people()[person["email"]]["code"]
        answer = _send(visitor, answer.url, {"code": code})
        if visitor.ask("GET", visitor.home).status_code == 200:
            return
        time.sleep(CODE_LIVES_S / 2)
    raise AssertionError(f"{visitor.name} did not get in: {answer.status_code} {answer.url}")


def _send(visitor: Visitor, address: str, data: dict[str, str]):
    page = visitor.ask("GET", address, allow_redirects=True)
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, f"No form at {address}: {page.status_code}"
    headers = {"Referer": page.url}
    token = {"csrfmiddlewaretoken": found[1]}
    return visitor.ask("POST", page.url, data=data | token, headers=headers, allow_redirects=True)
