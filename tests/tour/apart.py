"""What the tour must do to see a page: speak bokmål, be somebody of many towns or of none, answer a survey."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page

from kanalkompass.launcher import place
from tests.demonstration import Demonstration
from tests.kanalkompass.test_launcher import OF_THE_TESTS

# An adviser of one town who reads another: she is asked which one she wants.
OF_TWO_TOWNS = "Jonas Rud"
OF_ONES_OWN = ["/konto/reauthenticate/", "/konto/totrinn/reauthenticate/", "/konto/logout/"]
OF_VISITORS = ["/konto/login/", "/konto/signup/", "/konto/inactive/", "/konto/password/reset/done/"]
OPERATOR = "omvisning@drift.example"
# Makes a system administrator with a second step, logs her in, and prints the session.
_ENTER = f"""
from django.test import Client
from recruitment.models import User
from tests.fixtures import give_app
user = User.objects.create_superuser("{OPERATOR}", None, full_name="Dina Drift")
give_app(user)
client = Client()
client.force_login(user)
print(client.cookies["session"].value)
"""


@contextmanager
def in_bokmaal(page: Page, address: str) -> Iterator[None]:
    """Let the person who is logged in read bokmål, and nynorsk again afterwards."""
    page.goto(address)
    page.locator("footer button[value=nb]").click()
    yield
    page.goto(address)
    page.locator("footer button[value=nn]").click()


def give_password(demonstration: Demonstration, page: Page, name: str) -> None:
    """Come as far in the log-in as to be asked for the code."""
    person = demonstration.people()[name]
    page.goto(f"{demonstration.base}/konto/login/")
    page.fill("[name=login]", person["email"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/totrinn/authenticate/")


@contextmanager
def operator(demonstration: Demonstration, context: BrowserContext) -> Iterator[None]:
    """Give the window a system administrator, who is erased afterwards: a demonstration comes with none."""
    session = _manage(demonstration, "shell", "--no-imports", "-c", _ENTER).split()[-1]
    context.add_cookies([{"name": "session", "value": session, "url": demonstration.base}])
    try:
        yield
    finally:
        _manage(demonstration, "erase_user", OPERATOR)


@contextmanager
def answered(page: Page, address: str) -> Iterator[None]:
    """Answer a survey and see the receipt; afterwards the answer is deleted, and the window shows that."""
    page.goto(address)
    page.locator("input[type=radio]").first.check()
    page.locator("form:has(input[name=token]) button[type=submit]").click()
    page.wait_for_selector(".kk-receipt")
    yield
    page.locator("form:has(input[name=code]) button[type=submit]").click()
    page.wait_for_url("**/u/trekk/**")


def _manage(demonstration: Demonstration, *command: str) -> str:
    own = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=place.ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=own | {"KK_VAR": str(demonstration.folder)},
    )
    return done.stdout
