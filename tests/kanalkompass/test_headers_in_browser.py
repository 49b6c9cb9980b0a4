"""The browser's own judgement of our headers: no complaint, and the administration works under them (P23)."""

import pytest
from django.test import Client
from playwright.sync_api import Page

from kanalkompass.admin_site import CHOSEN
from tests.journeys.looking import Watch, barriers
from tests.kanalkompass.faulty_urls import FAULTS

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = ["", "recruitment/", "recruitment/jobposting/", "recruitment/workplace/add/", "channels/account/"]


def test_p23_the_administration_breaks_no_rule_of_the_policy(page: Page, live_server, lyngvaer):
    client = Client()
    client.force_login(lyngvaer.administrator)
    session = client.session
    session[CHOSEN] = lyngvaer.pk
    session.save()
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    watch = Watch(page)

    statuses = {path: page.goto(f"{live_server.url}/admin/{path}").status for path in ADMIN}

    assert set(statuses.values()) <= {200, 404}
    assert list(statuses.values()).count(200) >= 3, statuses
    assert watch.complaints == []


@pytest.mark.parametrize("how", ["database", "bug", "often"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_p27_an_error_page_fits_a_telephone_and_is_read_well(page: Page, live_server, settings, how, scheme):
    settings.ROOT_URLCONF = "tests.kanalkompass.faulty_urls"
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})

    answer = page.goto(f"{live_server.url}/fail/{how}")

    assert answer.status == FAULTS[how][0]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert list(barriers(page)) == []
