"""The menus: what each role uses first, and everything within two steps."""

import re

import pytest
from django.urls import NoReverseMatch, reverse

from kanalkompass.checks import routes
from recruitment import context, doors
from recruitment.models import Membership
from tests.journeys.places import NO_PAGE

# Offered only where there is something to lift, figures to look behind, or a page of her own that says the same.
SOMETIMES = {("publishing_lift", ""), ("sources_behind", ""), ("overview_leader", "reader")}
HREF = re.compile(r'href="(/[^"#?]*)')


def pages_without_a_row(town, membership):
    """Return the addresses of the pages that are about the municipality as a whole and open to the member."""
    for name, _route, _pattern in routes():
        rule = doors.RULES.get(name)
        if {(name, ""), (name, membership.role)} & SOMETIMES:
            continue
        if rule is None or rule.kind != "member" or not rule.allows(membership) or name in NO_PAGE:
            continue
        try:
            yield reverse(name, kwargs={"number": town.number})
        except NoReverseMatch:
            continue


class TestMenus:
    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "administrator"])
    def test_whatever_a_role_may_open_is_two_steps_away_and_its_daily_work_comes_first(self, lyngvaer, client_of, role):
        client = client_of(lyngvaer.people[role])
        membership = Membership(
            municipality=lyngvaer.municipality,
            user=lyngvaer.people[role],
            role=role,
            may_publish=role == "adviser",
            may_approve=role == "adviser",
            may_connect=role == "adviser",
        )

        first = client.get(f"/{lyngvaer.number}/").content.decode()
        near = {path for path in HREF.findall(first) if path.startswith(f"/{lyngvaer.number}/")}
        in_menus = {
            path for path in HREF.findall(first.split("</header>")[0]) if path.startswith(f"/{lyngvaer.number}/")
        }
        there = near.union(*(HREF.findall(client.get(path).content.decode()) for path in sorted(in_menus)))

        assert set(pages_without_a_row(lyngvaer, membership)) - there == set()
        shown = re.findall(r'<a href="[^"]*"[^>]*>([^<]+)</a>', first.split('class="kk-nav"')[1].split("</nav>")[0])
        assert shown == [str(context.LABELS[name]) for name in context.MENUS[role]]
        assert 'aria-current="page">Oversikt' in first

    def test_a_page_below_a_room_is_marked_as_in_it(self, lyngvaer, client_of):
        page = client_of(lyngvaer.hr).get(f"/{lyngvaer.number}/stillinger/ny/").content.decode()

        assert 'aria-current="true">Stillinger' in page
        assert 'aria-current="page"' not in page.split("</header>")[0]
