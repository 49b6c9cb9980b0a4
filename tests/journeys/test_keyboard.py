"""The main controls by keyboard alone: WCAG 2.1.1, 2.4.1, 2.4.3, 2.4.7, 3.3.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from foundation.tenancy import tenant
from recruitment.models import Membership
from tests.journeys import looking
from tests.journeys.world import World, build

FOCUS = "document.activeElement"
IS_FOCUS_SEEN = """(element) => {
  const style = getComputedStyle(element);
  return element.matches(":focus-visible") && (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none");
}"""


@pytest.fixture
def open_as(browser: Browser, live_server: Any, client_of: Any, browser_context_args: dict[str, Any]) -> Iterator[Any]:
    """Return a function that opens a page as a user in a window of some width."""
    windows = []

    def open_one(user: Any, path: str, *, width: int = 1280) -> Page:
        window = browser.new_context(**{**browser_context_args, "viewport": {"width": width, "height": 844}})
        windows.append(window)
        window.set_default_timeout(10_000)
        session = client_of(user).cookies["session"].value
        window.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
        page = window.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_one
    for window in windows:
        window.close()


@pytest.fixture
def town(transactional_db: None, lyngvaer: Any, storvika: Any) -> Any:
    """Lyngvær, whose hr belongs to the neighbour too."""
    with tenant(storvika.pk):
        Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.hr, role="reader")
    return lyngvaer


def tab_to(page: Page, selector: str, *, at_most: int = 30) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(selector) => {FOCUS}.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


class TestSkipLink:
    def test_comes_first_is_seen_and_leads_past_the_menu(self, town, open_as):
        page = open_as(town.hr, "/9901/stillinger/")

        page.keyboard.press("Tab")
        link = page.locator(":focus")
        expect(link).to_have_text("Hopp til innholdet")
        expect(link).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        assert page.evaluate(f"{FOCUS}.closest('main') !== null")


class TestMenus:
    def test_the_person_opens_her_menu_walks_in_it_and_closes_it_with_escape(self, town, open_as):
        page = open_as(town.hr, "/9901/")

        tab_to(page, ".kk-person > summary")
        page.keyboard.press("Enter")
        expect(page.locator(".kk-person a", has_text="Storvika kommune")).to_be_visible()
        page.keyboard.press("Tab")
        inside = page.evaluate(f"{FOCUS}.closest('.kk-person') !== null")
        page.keyboard.press("Escape")

        assert inside
        expect(page.locator(".kk-person")).not_to_have_attribute("open", "")
        assert page.evaluate(f"{FOCUS}.matches('.kk-person > summary')"), "the focus must not be lost"

    def test_on_a_phone_the_menu_leads_to_another_page(self, town, open_as):
        page = open_as(town.hr, "/9901/", width=390)

        tab_to(page, ".kk-menu > summary")
        page.keyboard.press("Space")
        tab_to(page, ".kk-menu nav a[href$='/kilder/']")
        page.keyboard.press("Enter")

        page.wait_for_url("**/9901/kilder/")
        assert page.locator(".kk-menu").get_attribute("open") is None, "the menu must not lie over the page it led to"
        expect(page.locator(".kk-menu nav [aria-current=page]")).to_have_attribute("href", "/9901/kilder/")

    def test_open_menus_have_no_barriers(self, town, open_as):
        page = open_as(town.hr, "/9901/")
        page.locator(".kk-person > summary").click()
        wide = list(looking.barriers(page))
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator(".kk-menu > summary").click()

        assert wide + list(looking.barriers(page)) == []


class TestFocus:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_is_seen_on_whatever_has_it(self, town, open_as, scheme):
        page = open_as(town.hr, "/9901/stillinger/ny/")
        page.emulate_media(color_scheme=scheme)

        unseen = []
        for _ in range(28):
            page.keyboard.press("Tab")
            focused = page.evaluate_handle(FOCUS)
            if page.evaluate(f"{FOCUS} === document.body"):
                break
            if not page.evaluate(IS_FOCUS_SEEN, focused):
                unseen.append(page.evaluate(f"{FOCUS}.outerHTML.slice(0, 120)"))

        assert unseen == []

    def test_follows_the_order_of_the_form(self, town, open_as):
        page = open_as(town.hr, "/9901/stillinger/ny/")
        fields = page.locator("main :is(input, select, textarea):not([type=hidden])")
        page.locator("#id_title").focus()

        order = []
        for _ in range(8):
            order.append(page.evaluate(f"{FOCUS}.name"))
            page.keyboard.press("Tab")

        assert order == fields.evaluate_all("(all) => all.slice(0, 8).map((each) => each.name)")


class TestErrors:
    def test_the_summary_takes_the_focus_and_leads_to_the_field(self, town, open_as):
        page = open_as(town.hr, "/9901/stillinger/ny/")
        page.locator("#id_title").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("ds-error-summary")

        expect(page.locator("ds-error-summary")).to_be_focused()
        tab_to(page, "ds-error-summary a")
        page.keyboard.press("Enter")

        expect(page.locator("#id_title")).to_be_focused()
        expect(page.locator("#id_title")).to_have_attribute("aria-invalid", "true")
        described = page.locator("#id_title").get_attribute("aria-describedby").split()
        assert "id_title_error" in described
        assert page.locator("#id_title_error").inner_text() == "Fyll ut dette feltet."

    @pytest.mark.parametrize(
        ("role", "path"),
        [("hr", "/9901/stillinger/ny/"), ("adviser", "/9901/kampanjer/ny/"), ("adviser", "/konto/password/set/")],
    )
    def test_every_link_of_the_summary_leads_to_a_field_and_the_page_has_no_barrier(self, town, open_as, role, path):
        page = open_as(town.people[role], path)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_selector("ds-error-summary")

        lost = page.locator("ds-error-summary a").evaluate_all(
            "(links) => links.map((a) => a.hash).filter((hash) => !document.querySelector(hash)"
            "?.matches('input, select, textarea'))"
        )
        faults = list(looking.faults(page, language="nb", with_axe=True))

        assert lost == []
        assert faults == []


@pytest.fixture
def world(transactional_db: None, lyngvaer: Any, linkedin_sandbox: Any) -> World:
    return build(lyngvaer, linkedin_sandbox)


def press_until(page: Page, key: str, selector: str, *, at_most: int = 60) -> None:
    """Press a key until the element has the focus."""
    for _ in range(at_most):
        if page.evaluate(f"(selector) => {FOCUS}.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached with {key}")


class TestMainWays:
    """From the figures to what stands behind them, the counts that are typed, and the answer of an applicant."""

    @pytest.mark.parametrize(("language", "width"), [("nb", 390), ("nn", 1280)])
    def test_can_be_gone_without_a_mouse(self, world, open_as, language, width):
        hr = world.town.hr
        hr.language = language
        hr.save()
        page = open_as(hr, "/9901/kilder/", width=width)

        follow_a_source(page)
        register_outcome(page, world)
        answer_the_survey(page, world, language)

        expect(page.locator(".kk-receipt")).to_be_visible()


def follow_a_source(page: Page) -> None:
    """Choose a period, open a source's drawer, close and open it again, and go on to one of its posts."""
    press_until(page, "Tab", ".kk-presets a:nth-of-type(2)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kilder/?*")
    source = "#figures .c-name a[hx-get]"
    press_until(page, "Tab", source, at_most=80)
    page.keyboard.press("Enter")
    drawer = page.locator("#source-drawer")
    expect(drawer).to_be_visible()
    assert page.evaluate(f"{FOCUS}.closest('#source-drawer') !== null"), "the focus moves into the drawer"
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert page.evaluate(f"(selector) => {FOCUS}.matches(selector)", source), "and back to where it was"
    for link in page.locator(source).all():
        link.focus()
        page.keyboard.press("Enter")
        expect(drawer).to_be_visible()
        if drawer.locator("a[href*='/leveringer/']").count():
            break
        page.keyboard.press("Escape")
    press_until(page, "Tab", "#source-drawer a[href*='/leveringer/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/leveringer/*/")


def register_outcome(page: Page, world: World) -> None:
    """Type counts downwards and across as in a spreadsheet, and store them."""
    page.goto(f"{page.url.split('/9901/')[0]}/9901/stillinger/{world.job_id}/utfall/")
    first = page.locator("form[data-grid] input[data-column]").first
    press_until(page, "Tab", f"#{first.get_attribute('id')}")
    column = page.evaluate(f"{FOCUS}.dataset.column")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUS}.dataset.column") == column, "Enter goes down the column"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{FOCUS}.value") == "7"
    page.keyboard.press("ArrowRight")
    page.keyboard.type("2")
    press_until(page, "Tab", "form[data-grid] button[type=submit]", at_most=150)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not page.locator("form[data-grid] [aria-invalid]").count()


def answer_the_survey(page: Page, world: World, language: str) -> None:
    """Answer with arrows, space and Enter."""
    page.goto(f"{page.url.split('/9901/')[0]}/u/{world.survey_code}/?sprak={language}")
    press_until(page, "Tab", "[name=first]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=first]:checked").count() == 1
    press_until(page, "Tab", "[name=interests]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".kk-receipt")
