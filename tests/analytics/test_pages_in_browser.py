"""The applicant's phone and HR's tables in a real browser: without script where it must work so, without barriers."""

import os
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from analytics.actions import pulling
from analytics.models import SurveyAnswer
from foundation import clock
from foundation.tenancy import tenant
from tests.analytics.test_sources import World
from tests.analytics.vacancies import code_of, make_job
from tests.channels.deliveries import connect
from tests.journeys.looking import barriers

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
pytestmark = pytest.mark.django_db(transaction=True)


def look(page: Any, name: str) -> None:
    """Keep a picture for a person to look at, when KK_LOOK names a folder."""
    if folder := os.environ.get("KK_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def shown_to(browser: Any, browser_context_args: Any, live_server: Any, client_of: Any) -> Any:
    """Return a function that opens an address as a user, at a size."""

    def open_as(user: Any, address: str, size: dict[str, int]) -> Any:
        context = browser.new_context(**browser_context_args | {"viewport": size})
        cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    return open_as


class TestSurveyOnAPhone:
    def test_is_answered_without_script_and_without_a_cookie_b8(
        self, lyngvaer, live_server, browser, browser_context_args
    ):
        code = code_of(lyngvaer, make_job(lyngvaer))
        context = browser.new_context(**browser_context_args | {"viewport": PHONE, "java_script_enabled": False})
        page = context.new_page()
        page.goto(f"{live_server.url}/u/{code}/")

        page.get_by_role("group", name="aller først").get_by_text("LinkedIn", exact=True).click()
        page.get_by_role("group", name="Hvor ellers").get_by_text("Lokalavisa", exact=True).click()
        page.get_by_role("group", name="fanget interessen").get_by_text("Oppgavene").click()
        look(page, "survey-390")
        page.get_by_role("button", name="Send svar").click()

        expect(page.get_by_role("heading", name="Takk. Svaret er mottatt.")).to_be_visible()
        look(page, "thanks-390")
        assert len(page.locator(".kk-receipt").inner_text()) == 19
        assert context.cookies() == []
        with tenant(lyngvaer.pk):
            assert SurveyAnswer.objects.count() == 1

        page.get_by_role("button", name="Slett svaret nå").click()
        expect(page.get_by_role("heading", name="Svaret er slettet")).to_be_visible()
        with tenant(lyngvaer.pk):
            assert SurveyAnswer.objects.count() == 0

    def test_has_no_barriers_and_fits_the_screen(self, lyngvaer, live_server, browser, browser_context_args):
        code = code_of(lyngvaer, make_job(lyngvaer))
        page = browser.new_context(**browser_context_args | {"viewport": PHONE}).new_page()
        page.goto(f"{live_server.url}/u/{code}/")

        assert list(barriers(page)) == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        interests = page.get_by_role("group", name="fanget interessen").get_by_role("checkbox")
        too_many = page.get_by_text("Du har valgt flere enn to.")
        interests.nth(0).check()
        interests.nth(2).check()
        expect(too_many).to_be_hidden()
        interests.nth(4).check()
        expect(too_many).to_be_visible()
        interests.nth(2).uncheck()
        expect(too_many).to_be_hidden()
        more = page.get_by_label("Hvilket sted betydde mest")
        expect(more).to_be_hidden()
        page.get_by_text("Svar på litt mer").click()
        expect(more).to_be_visible()
        page.get_by_role("button", name="Send svar").click()
        expect(page.get_by_text("Velg hvor du så stillingen først").first).to_be_visible()
        # What was opened is open still, though nothing is written in it.
        expect(more).to_be_visible()
        look(page, "survey-errors-390")
        assert list(barriers(page)) == []


class TestTables:
    @pytest.fixture
    def world(self, lyngvaer: Any) -> World:
        world = World(lyngvaer)
        world.figures("linkedin", impressions=5400, clicks=321)
        for slug, n_visits, qualified, kroner in (
            ("linkedin", 87, 7, 9_000),
            ("finn", 60, 2, 8_000),
            ("print", 4, 0, 14_000),
        ):
            world.visits(slug, n_visits)
            world.outcome(slug, applied=12, qualified=qualified, hired=0)
            world.cost(slug, kroner=kroner)
            world.answers(slug, 3)
        return world

    def test_sources_have_no_barriers_and_filter_without_losing_ones_place(self, world, shown_to):
        page = shown_to(world.town.hr, "/9901/kilder/", DESK)

        look(page, "sources-1280")
        assert list(barriers(page)) == []
        page.locator("#f_yrke").focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("Yrke: Sykepleiere")).to_be_visible()
        assert page.evaluate("document.activeElement.id") == "f_yrke"
        page.get_by_role("button", name="Hvor tallene for LinkedIn").press("Enter")
        expect(page.get_by_text("Visninger og klikk", exact=True).first).to_be_visible()
        assert list(barriers(page)) == []
        page.keyboard.press("Escape")
        page.set_viewport_size(PHONE)
        look(page, "sources-390")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        # A card holds the answer, and the rest of the row when it is asked for; the filters that are on stay open.
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="LinkedIn", exact=True))
        expect(row.locator(".c-main")).to_be_visible()
        expect(row.locator(".c-cost")).to_be_visible()
        expect(row.locator("[data-l^=Besøk]")).to_be_hidden()
        row.get_by_text("Alle tall").click()
        expect(row.locator("[data-l^=Besøk]")).to_be_visible()
        expect(page.get_by_label("Yrke", exact=True)).to_be_visible()
        assert list(barriers(page)) == []

    def test_outcomes_are_typed_like_in_a_spreadsheet(self, world, shown_to):
        page = shown_to(world.town.hr, f"/9901/stillinger/{world.job.pk}/utfall/", DESK)
        rows = page.locator("[data-grid] tbody tr")

        def cell(row: int, column: int) -> Any:
            return rows.nth(row).locator("input").nth(column)

        def total(column: int) -> str:
            return page.locator(f"[data-sum='{column}']").inner_text()

        cell(0, 3).focus()
        page.keyboard.type("4")
        page.keyboard.press("Enter")
        expect(cell(1, 3)).to_be_focused()
        page.keyboard.type("2")
        page.keyboard.press("Tab")
        expect(cell(1, 4)).to_be_focused()
        page.keyboard.type("1")
        assert (total(3), total(4)) == ("6", "1")
        page.keyboard.press("Shift+Enter")
        expect(cell(0, 4)).to_be_focused()
        page.keyboard.press("ArrowLeft")
        expect(cell(0, 3)).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        expect(cell(0, 3)).to_be_focused()
        page.keyboard.press("Shift+Enter")
        expect(cell(0, 3)).to_be_focused()
        page.keyboard.type("7")
        page.keyboard.press("ArrowLeft")
        expect(cell(0, 2)).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("F2")
        page.keyboard.press("ArrowLeft")
        page.keyboard.type("1")
        assert cell(0, 3).input_value() == "17"
        cell(0, 3).fill("4")

        cell(0, 0).focus()
        page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text", text);
              const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
              document.activeElement.dispatchEvent(paste);
            }""",
            "11\t8\r\n1 200\t0\r\n",
        )
        assert [cell(y, x).input_value() for y in (0, 1) for x in (0, 1)] == ["11", "8", "1 200", "0"]
        assert total(0).replace("\u00a0", " ") == "1 235"
        cell(1, 0).fill("20")
        assert total(0) == "55"

        page.get_by_role("button", name="Lagre tallene").click()
        expect(page.get_by_text("Flere intervjuede (2) enn kvalifiserte (0).").last).to_be_visible()
        page.get_by_label("Hvorfor tallene stemmer").fill("To ble intervjuet uten å være vurdert.")
        page.get_by_role("button", name="Lagre tallene").click()
        expect(page.get_by_text("Tallene er lagret, men én kilde mangler antall kvalifiserte.")).to_be_visible()
        assert [cell(0, x).input_value() for x in (0, 1, 3)] == ["11", "8", "4"]


class TestFigures:
    @pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
    def test_come_without_loading_the_page_again(self, lyngvaer, linkedin_sandbox, shown_to, size, monkeypatch):
        press = connect(lyngvaer, linkedin_sandbox)
        delivery = press.due()
        press.publish(delivery)
        linkedin_sandbox.advance(48 * 3600)
        rung: list[dict[str, int]] = []
        monkeypatch.setattr("analytics.tasks.run_fetch.delay", lambda **ids: rung.append(ids))
        page = shown_to(lyngvaer.adviser, f"/9901/leveringer/{delivery.pk}/", size)
        page.get_by_text("ikke hentet ennå").first.wait_for()
        look(page, f"delivery-before-{size['width']}")

        page.get_by_role("button", name="Hent tall nå").click()
        page.get_by_text("Tallene hentes nå.").last.wait_for()
        pulling.run_fetch(**rung[0], now=clock.now())

        page.get_by_text("Fra LinkedIn, hentet").wait_for(timeout=8_000)
        look(page, f"delivery-after-{size['width']}")
        assert list(barriers(page)) == []
