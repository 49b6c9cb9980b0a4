"""
Every page in a real browser: it answers, speaks one language, has no barrier, fits a phone, and breaks no rule of ours.

A page that is not in `places.py` fails here, so that a new one is walked from its first day.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from foundation.tenancy import tenant
from recruitment import doors
from recruitment.models import Membership
from tests.journeys import looking, places
from tests.journeys.visitors import PASSWORD, Visitors, gather
from tests.journeys.world import World, build

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# What is left of the wide window when letters are made twice as large, and the narrowest phone (WCAG 1.4.4, 1.4.10).
SQUEEZED = {1280: 640, 390: 320}


@pytest.fixture
def world(transactional_db: None, lyngvaer: Any, linkedin_sandbox: Any) -> World:
    return build(lyngvaer, linkedin_sandbox)


@pytest.fixture
def open_browser(
    browser: Browser, live_server: Any, lyngvaer: Any, storvika: Any, browser_context_args: dict[str, Any]
) -> Iterator[Any]:
    """Return a function that opens a window as everybody in town can use in turn."""
    windows = []

    def open_one(*, visitors: Visitors | None = None, **options: Any) -> tuple[Page, Visitors]:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
        context.set_default_timeout(10_000)
        windows.append(context)
        visitors = visitors or gather(context=context, base=live_server.url, town=lyngvaer, neighbour=storvika)
        return context.new_page(), visitors

    yield open_one
    for context in windows:
        context.close()


def look_at(
    page: Page,
    watch: looking.Watch,
    place: places.Place,
    *,
    language: str,
    with_axe: bool,
    looks_alone: bool = False,
    width: int = 0,
) -> list[str]:
    """Open a place and return what is wrong there, and what is when its window is made `width` pixels wide."""
    answer = page.goto(place.address)
    if answer is None or answer.status != place.status:
        return [f"{place}: answers {answer and answer.status}", *watch.taken()]
    if not page.url.endswith(place.address):
        return [f"{place}: leads to {page.url}", *watch.taken()]
    found = [
        *looking.faults(
            page, language=language, with_axe=with_axe, has_way_back=place.has_way_back, looks_alone=looks_alone
        ),
        *(looking.squeezed(page, width=width) if width else []),
        *watch.taken(),
    ]
    return [f"{place}: {each}" for each in found]


def log_in_and_look(page: Page, watch: looking.Watch, visitors: Visitors, *, language: str) -> list[str]:
    """Log in as a person does, and look at the page for the code on the way."""
    visitors.enter(places.VISITOR, language)
    page.goto("/konto/login/")
    page.fill("[name=login]", visitors.people["hr"].email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/konto/totrinn/authenticate/")
    found = list(looking.faults(page, language=language, with_axe=True))
    page.fill("[name=code]", visitors.code())
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/9901/")
    # Logging in takes the visitor's session over.
    del visitors.sessions[f"{places.VISITOR} {language}"]
    return [f"/konto/totrinn/authenticate/: {each}" for each in [*found, *watch.taken()]]


def answer_and_look(page: Page, watch: looking.Watch, world: World, *, language: str) -> list[str]:
    """Answer the survey as an applicant does: first too little, then what is missing."""
    page.goto(f"/u/{world.survey_code}/?sprak={language}")
    page.click("main button[type=submit]")
    found = [f"the refused answer: {each}" for each in looking.faults(page, language=language, with_axe=True)]
    page.check("[name=first][value=linkedin]")
    page.check("[name=interests][value=tasks]")
    page.click("main button[type=submit]")
    page.wait_for_selector(".kk-receipt")
    found += [f"the receipt: {each}" for each in looking.faults(page, language=language, with_axe=True)]
    return [*found, *watch.taken()]


def miss_and_look(page: Page, watch: looking.Watch, visitors: Visitors, *, language: str) -> list[str]:
    """Open what does not exist, as a member and as a visitor."""
    found = []
    for role in ("hr", places.VISITOR):
        visitors.enter(role, language)
        answer = page.goto("/finnes/ikke/")
        found += [] if answer and answer.status == 404 else ["does not answer 404"]
        found += looking.faults(page, language=language, with_axe=role == "hr")
    return [*found, *watch.taken()]


class TestRoutes:
    def test_every_route_is_walked_or_declared_to_show_no_page(self, world):
        known = {place.route for place in places.of_members(world) + places.of_everybody(world, "nb")}
        known |= places.NO_PAGE.keys() | places.ON_THE_WAY

        assert set(places.product_routes()) - known == set(), "Add the new page to tests/journeys/places.py"
        assert known - set(places.product_routes()) == set(), "A route is gone; take it out of tests/journeys/places.py"


class TestEveryPage:
    @pytest.mark.parametrize(
        ("language", "window"),
        [
            ("nb", {"viewport": WIDE, "color_scheme": "light"}),
            ("nn", {"viewport": PHONE, "color_scheme": "dark"}),
        ],
        ids=["bokmal-screen-light", "nynorsk-phone-dark"],
    )
    def test_has_no_barrier_and_speaks_one_language(self, world, open_browser, language, window):
        page, visitors = open_browser(**window)
        visitors.speak(language)
        watch = looking.Watch(page)
        looking.bring_axe(page)

        found, n_seen = [], Counter()
        # One person after the other: becoming somebody else takes as long as opening a page.
        for place in sorted(
            places.of_members(world) + places.of_everybody(world, language), key=lambda each: each.role
        ):
            visitors.enter(place.role, language)
            # Every page is tried for barriers in both windows, in the second for what it decides; each of the page's
            # other states is tried in one of them.
            is_first = n_seen[place.route] == 0
            with_axe = is_first or (n_seen[place.route] % 2 == 1) == (language == "nb")
            looks_alone = is_first and language == "nn"
            width = 0 if n_seen[place.route] else SQUEEZED[window["viewport"]["width"]]
            n_seen[place.route] += 1
            how = {"with_axe": with_axe, "looks_alone": looks_alone, "width": width}
            found += look_at(page, watch, place, language=language, **how)
        found += log_in_and_look(page, watch, visitors, language=language)
        found += answer_and_look(page, watch, world, language=language)
        found += [f"a missing page: {each}" for each in miss_and_look(page, watch, visitors, language=language)]

        assert not found, "\n".join(found)

    def test_has_none_for_who_sees_least_either(self, world, open_browser):
        """Who may enter is the matrix's subject (tests/matrix)."""
        page, visitors = open_browser(viewport=PHONE)
        visitors.speak("nb")
        watch = looking.Watch(page)
        reader = members_of(world)[visitors.people["reader"].pk]

        found, looked_at = [], set()
        for place in places.of_members(world):
            is_open = doors.is_open_to(reader, place.route) and "reader" not in place.hidden_from
            if is_open and not place.is_personal and place.route not in looked_at:
                looked_at.add(place.route)
                visitors.enter("reader", "nb")
                place = dataclasses.replace(place, role="reader")
                found += look_at(page, watch, place, language="nb", with_axe=False)

        assert not found, "\n".join(found)
        assert len(looked_at) > 10


def members_of(world: World) -> dict[int, Membership]:
    """Return the memberships of the town by user."""
    with tenant(world.town.pk):
        return {each.user_id: each for each in Membership.objects.filter(municipality_id=world.town.pk)}


class TestWithoutJavaScript:
    def test_the_main_pages_say_and_offer_the_same(self, world, open_browser):
        routes = [
            "overview",
            "jobs",
            "job",
            "job_new",
            "job_outcomes",
            "account",
            "post",
            "delivery",
            "sources",
            "survey",
        ]
        with_script, visitors = open_browser()
        without_script, _ = open_browser(java_script_enabled=False, visitors=visitors)
        visitors.speak("nb")

        different = []
        for place in first_of_each(routes, world):
            shown = []
            for page in (with_script, without_script):
                visitors.enter(place.role, "nb", context=page.context)
                page.goto(place.address)
                shown.append(what_is_offered(page))
            different += [f"{place}: {difference}" for difference in sorted(shown[0] ^ shown[1])]
            assert any(each.startswith("H1: ") for each in shown[1]), place

        assert not different, "\n".join(different)


def first_of_each(routes: list[str], world: World) -> list[places.Place]:
    """Return the first place of each route."""
    all_places = places.of_members(world) + places.of_everybody(world, "nb")
    return [next(place for place in all_places if place.route == route) for route in routes]


def what_is_offered(page: Page) -> set[str]:
    """Return headings, paragraphs, links and fields of a page's main part, without what a script alone can do."""
    # What is filled in afterwards has a page of its own, and a link to it until then.
    return set(
        page.locator("main").evaluate(
            """(main) => [...main.querySelectorAll("h1, h2, h3, p, th, dd, summary, a, label, button:not([data-copy])")]
              .filter((each) => !each.closest("[hx-trigger=load]") && each.innerText.trim())
              .map((each) => `${each.tagName}: ${each.innerText.replace(/\\s+/g, " ")}`)"""
        )
    )


class TestAdministration:
    @pytest.mark.parametrize("language", ["nb", "nn"])
    def test_speaks_one_language_too(self, world, open_browser, language):
        page, visitors = open_browser()
        visitors.speak(language)
        visitors.enter("administrator", language)
        page.goto("/9901/administrasjon/")

        found = []
        for path in ["/admin/", "/admin/recruitment/workplace/add/", "/admin/recruitment/membership/"]:
            page.goto(path)
            found += [f"{path}: {each}" for each in looking.faults(page, language=language, with_axe=False)]

        assert not found, "\n".join(found)


class TestEnglish:
    def test_the_interface_is_whole(self, world, open_browser):
        page, visitors = open_browser()
        visitors.speak("en")
        watch = looking.Watch(page)

        found = []
        for place in first_of_each(["overview", "jobs", "accounts", "campaign", "sources", "account_login"], world):
            visitors.enter(place.role, "en")
            found += look_at(page, watch, place, language="en", with_axe=False)

        assert not found, "\n".join(found)
