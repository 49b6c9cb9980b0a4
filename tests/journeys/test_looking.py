"""The walk's own eyes: each kind of fault, planted in a sound page, is seen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys import looking

PLANTED = {
    "is not nb": "<p>Something must be corrected before this can be stored</p>",
    "says 'the' in": "<p>All of the rest</p>",
    "says 'ikkje' in": "<p>Dette er ikkje bokmål</p>",
    "in 'Which one'": '<button type="button" aria-label="Which one"></button>',
    "shows the code 'awaiting_approval'": "<p>awaiting_approval</p>",
    "has 2 first-level headings": "<h1>Enda en</h1>",
    "px too wide": '<svg width="3000" height="1" aria-hidden="true"></svg>',
    "axe label": '<input name="uten-navn">',
    "axe image-alt": '<img src="/static/img/compass.svg">',
    "Content Security Policy": '<p style="color: red">Rød</p>',
}


@pytest.fixture
def sound_page(page: Page, live_server: Any, transactional_db: None) -> Page:
    page.goto(f"{live_server.url}/konto/login/")
    return page


class TestFaults:
    def test_a_sound_page_has_none(self, sound_page):
        assert list(looking.faults(sound_page, language="nb", with_axe=True)) == []

    @pytest.mark.parametrize("sign", PLANTED)
    def test_a_planted_one_is_seen(self, sound_page, sign):
        watch = looking.Watch(sound_page)

        sound_page.evaluate(
            "(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", PLANTED[sign]
        )
        sound_page.wait_for_timeout(50)
        found = [*looking.faults(sound_page, language="nb", with_axe="axe" in sign), *watch.taken()]

        assert any(sign in each for each in found), found

    def test_what_colours_decide_is_seen_where_that_alone_is_tried(self, sound_page):
        planted = '<p><font color="#cccccc">Svak skrift</font></p><input name="uten-navn">'
        sound_page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", planted)

        found = list(looking.barriers(sound_page, looks_alone=True))

        assert [each.split(":")[0] for each in found] == ["axe color-contrast"], found

    def test_a_page_in_another_language_than_it_should_be_is_seen(self, sound_page):
        found = list(looking.faults(sound_page, language="nn", with_axe=False))

        assert "declares the language 'nb'" in found
        assert any("Glemt passordet?" in each for each in found)
