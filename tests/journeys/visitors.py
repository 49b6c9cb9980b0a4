"""A browser that is logged in as one member after the other, without filling in the login each time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from playwright.sync_api import BrowserContext

from foundation.tenancy import tenant
from recruitment.models import Membership, User
from recruitment.queries.second_step import KEPT_AT
from tests.fixtures import Town, code_of, give_app

PASSWORD = "lang-nok-til-en-test"
# Some pages ask once more who one is when the log-in is ten minutes old; a walk through everything may take longer.
RENEW_AFTER_S = 5 * 60


@dataclass
class Visitors:
    """The people of a town; `enter` gives the browser the session of one of them."""

    context: BrowserContext
    base: str
    people: dict[str, User]
    sessions: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    made_at: dict[str, float] = field(default_factory=dict)

    def speak(self, language: str) -> None:
        """Let everybody have chosen a language."""
        User.objects.filter(pk__in=[user.pk for user in self.people.values()]).update(language=language)

    def enter(self, role: str, language: str, *, context: BrowserContext | None = None) -> None:
        """Become a member, or a visitor who has chosen a language on the login page; in another window too."""
        context = context or self.context
        key = role if role in self.people else f"{role} {language}"
        is_old = time.monotonic() - self.made_at.get(key, 0) > RENEW_AFTER_S
        if key not in self.sessions or is_old:
            self.sessions[key], self.made_at[key] = self._session(role, language), time.monotonic()
        cookie = {"name": "session", "value": self.sessions[key], "url": self.base}
        if any(each["value"] == cookie["value"] for each in context.cookies()):
            return
        # A page that still asks for something would bring its own session back with the answer.
        for page in context.pages:
            page.goto("about:blank")
        context.clear_cookies()
        context.add_cookies([cookie])

    def client(self, role: str) -> Client:
        """Return a client without a browser, logged in as the member."""
        client = Client()
        client.force_login(self.people[role])
        return client

    def code(self) -> str:
        """Return what hr's app shows now."""
        return code_of(self.secret)

    def _session(self, role: str, language: str) -> str:
        if role in self.people:
            client = self.client(role)
        else:
            client = Client()
            client.post("/konto/sprak/", {"language": language, "next": "/konto/login/"})
        return client.cookies["session"].value


def gather(*, context: BrowserContext, base: str, town: Town, neighbour: Town) -> Visitors:
    """Return the town's people, one who belongs to two towns, and one without any; hr has a password and an app."""
    people: dict[str, Any] = dict(town.people)
    # Where a world was built, its system administrator is inside the town.
    operator = User.objects.filter(is_staff=True).order_by("pk").first()
    people |= {"operator": operator} if operator else {}
    people["guest"] = User.objects.create_user("gjest@lyngvaer.example", None, full_name="Gjest Olsen")
    people["roamer"] = User.objects.create_user("to@lyngvaer.example", None, full_name="To Olsen")
    for each in (town, neighbour):
        with tenant(each.pk):
            Membership.objects.create(municipality=each.municipality, user=people["roamer"], role="reader")
    town.hr.set_password(PASSWORD)
    town.hr.save()
    secret = give_app(town.hr)
    # hr has put her recovery codes away; the roamer has just been given hers.
    for user in (town.hr, people["roamer"]):
        codes = RecoveryCodes.activate(user).instance
        if user == town.hr:
            codes.data[KEPT_AT] = time.time()
            codes.save()
    give_app(people["roamer"])
    return Visitors(context=context, base=base, people=people, secret=secret)
