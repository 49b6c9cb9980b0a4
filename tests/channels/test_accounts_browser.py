"""The way from an empty list of channels to a connected page, in a real browser against the stand-in."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from channels.models import Connection
from foundation.tenancy import tenant
from tests.journeys.looking import barriers

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (1280, 390)


def log_in(page: Page, live_server, user) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])


def press(locator: Locator) -> None:
    """Press what leads to another page, and wait until that page is there."""
    with locator.page.expect_navigation():
        locator.click()


def add_linkedin(page: Page) -> None:
    press(page.get_by_role("link", name="Begynn med LinkedIn"))
    page.get_by_label("Ansvarlig").select_option(label="Adviser Hansen")
    press(page.get_by_role("button", name="Legg til LinkedIn"))


class TestFromNothingToAConnectedPage:
    def test_works_without_javascript_and_by_keyboard(
        self, new_context, live_server, lyngvaer, linkedin_sandbox, settings
    ):
        settings.SITE_URL = live_server.url
        page = new_context(java_script_enabled=False).new_page()
        log_in(page, live_server, lyngvaer.adviser)
        page.goto(f"{live_server.url}/{lyngvaer.number}/kanaler/")

        add_linkedin(page)
        page.get_by_role("button", name=re.compile(r"Marker som gjort\s*: Opprett siden")).press("Enter")
        expect(page.get_by_text("1 av 7 steg gjort")).to_be_visible()
        page.get_by_role("link", name="Registrer vurderingen").press("Enter")
        page.get_by_role("radio", name="Godkjent", exact=True).press("Space")
        page.get_by_label("Ansvarlig for vurderingen").fill("Kari Moen")
        page.get_by_role("button", name="Registrer vurderingen").press("Enter")
        page.get_by_role("link", name="Koble til", exact=True).press("Enter")
        page.get_by_role("button", name="Fortsett").press("Enter")
        page.get_by_role("link", name="Gå til LinkedIn").press("Enter")
        page.get_by_role("button", name="Tillat").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vi fant siden «Lyngvær kommune»")
        page.get_by_role("button", name="Ja, koble til Lyngvær kommune").press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text("LinkedIn er klar til publisering")
        expect(page.get_by_role("link", name="Åpne siden")).to_have_attribute("href", re.compile("/company/"))
        with tenant(lyngvaer.pk):
            assert Connection.objects.get().account.external_id == "urn:li:organization:1001"

    def test_has_no_fault_that_axe_finds_and_nothing_sticks_out(
        self, page, live_server, lyngvaer, linkedin_sandbox, settings
    ):
        settings.SITE_URL = live_server.url
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else 0)
        log_in(page, live_server, lyngvaer.adviser)
        page.goto(f"{live_server.url}/{lyngvaer.number}/kanaler/")
        faults = look(page)
        add_linkedin(page)
        faults += look(page)
        account = page.url
        for below in ("risiko/", "endre/", "koble/", "koble-fra/"):
            page.goto(account + below)
            faults += look(page)
        page.goto(account + "risiko/")
        press(page.get_by_role("button", name="Registrer vurderingen"))
        faults += look(page)
        page.goto(account + "koble/")
        press(page.get_by_role("button", name="Fortsett"))
        faults += look(page)
        press(page.get_by_role("link", name="Gå til LinkedIn"))
        page.get_by_role("radio", name=re.compile("Sunniva")).check()
        press(page.get_by_role("button", name="Tillat"))
        faults += look(page)

        assert faults == []
        assert complaints == []


def look(page: Page) -> list[str]:
    """Return what axe finds and what is wider than the window, at both widths."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{page.url} {each}" for each in barriers(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{page.url} is wider than {width}")
    return faults
