"""Whatever stands in an address or a form, the answer is a page that says what is wrong, and never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.forms import BaseForm
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode

from analytics.actions.costs import register_cost
from analytics.actions.surveys import ensure_survey
from channels.actions.links import make_links_for_job
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.admin_site import CHOSEN
from recruitment import doors
from recruitment.models import Membership
from tests.channels import deliveries

HUGE = "9223372036854775808"
HOSTILE = [
    "\0",
    "9" * 5000,
    "-1",
    "1e999",
    "\u0664\u0662",
    "\u202etxt",
    "31.12.9999",
    "0001-01-01",
    "29.02.2027",
    "{}[]",
]
# What our pages, allauth and the administration read from an address.
ASKED = [
    "side",
    "fra",
    "til",
    "periode",
    "timer",
    "sprak",
    "stilling",
    "last",
    "sett",
    "next",
    "state",
    "code",
    "error",
]
ASKED_OF_ADMIN = ["role__exact", "state__exact", "outcome__exact", "county__id__exact"]


@dataclass(frozen=True)
class Route:
    """One address with a name; `takes` are the names and kinds of what stands in it."""

    name: str
    takes: dict[str, str]

    @property
    def rule(self) -> doors.Rule | None:
        return doors.RULES.get(self.name)


def routes_in(resolver: Any, *, space: str = "") -> Iterator[Route]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from routes_in(each, space=inner)
        elif isinstance(each, URLPattern) and each.name:
            kinds = {name: type(kind).__name__ for name, kind in getattr(each.pattern, "converters", {}).items()}
            yield Route(space + each.name, kinds)


@dataclass
class House:
    """A municipality with one of everything, and a browser for each of its people."""

    ids: dict[str, Any]
    browsers: dict[str, Client]
    memberships: dict[str, Membership]

    def browsers_for(self, route: Route) -> list[Client]:
        """Return the first who may come through; the administrator where nobody says."""
        rule = route.rule
        if rule is None:
            return (
                [self.browsers["administrator"]]
                if ":" in route.name
                else [self.browsers["adviser"], self.browsers["nobody"]][
                    : 2 if route.name.startswith("account_") else 1
                ]
            )
        may = [role for role, membership in self.memberships.items() if rule.allows(membership)]
        return [self.browsers[role] for role in may[:1]]

    def address(self, route: Route, **odd: Any) -> str:
        where = {name: self.ids.get(name, 1) for name in route.takes} | odd
        if "number" not in where:
            with suppress(NoReverseMatch):
                return reverse(route.name, kwargs={"number": self.ids["number"], **where})
        return reverse(route.name, kwargs=where)


@pytest.fixture
def house(lyngvaer, linkedin_sandbox, client_of, make_job) -> House:
    press = deliveries.connect(lyngvaer, linkedin_sandbox)
    with tenant(lyngvaer.pk):
        job = make_job()
        link, survey = make_links_for_job(job=job)[0], ensure_survey(job=job)
        source = link.source
        cost = register_cost(
            job=job, source=source, day=clock.today(), amount_ore=100, minutes=None, note="", user=lyngvaer.hr,
            now=clock.now(),
        )  # fmt: skip
        memberships = {
            role: Membership.objects.get(user=lyngvaer.people[role]) for role in ("adviser", "hr", "administrator")
        }
    delivery = press.draft(job=job)
    lyngvaer.administrator.is_staff = True
    lyngvaer.administrator.save()
    browsers = {role: client_of(lyngvaer.people[role]) for role in memberships} | {"nobody": Client()}
    session = browsers["administrator"].session
    session[CHOSEN] = lyngvaer.pk
    session.save()
    for browser in browsers.values():
        browser.raise_request_exception = False
    ids = {
        "number": lyngvaer.number, "job_id": job.pk, "link_id": link.pk, "account_id": press.account.pk,
        "campaign_id": delivery.post.campaign_id, "post_id": delivery.post_id, "delivery_id": delivery.pk,
        "cost_id": getattr(cost, "pk", 1), "channel": "finn", "connector": "linkedin", "kind": "svg",
        "code": survey.code, "pending_id": 1, "media_id": 1, "object_id": press.account.pk, "app_label": "recruitment",
    }  # fmt: skip
    return House(ids, browsers, memberships)


def every_route() -> list[Route]:
    return list({route.name: route for route in routes_in(get_resolver())}.values())


class Walk:
    """Sends requests, undoes what they did, and remembers those that ended in a fault."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.n_asked = 0

    def ask(self, browser: Client, method: str, address: str, data: Any = None) -> Any:
        with transaction.atomic():
            answer = getattr(browser, method)(address, data or {}, REMOTE_ADDR=f"10.0.{self.n_asked // 200}.1")
            transaction.set_rollback(True)
        self.n_asked += 1
        # Health is asked without workers here: 503 is its answer.
        if answer.status_code >= 500 and not address.startswith("/health/"):
            what = {name: str(value)[:40] for name, value in (data or {}).items()}
            self.faults.append(f"{method} {address[:120]} {what} {getattr(answer, 'exc_info', None)}")
        return answer


def filled_in(answer: Any) -> dict[str, Any]:
    """Return what a browser would send back of the forms on a page."""
    sent: dict[str, Any] = {}
    for context in answer.context or []:
        for each in context.flatten().values() if hasattr(context, "flatten") else ():
            if isinstance(each, BaseForm):
                sent |= {field.html_name: "" if field.value() is None else field.value() for field in each}
    return sent


def test_p27_no_address_leads_to_a_fault(house):
    walk = Walk()
    for route in every_route():
        for browser in house.browsers_for(route):
            for odd in [HUGE, "\0", "æ \u202e" * 90][: 2 if route.rule else 1]:
                numbers = {"IntConverter": int(odd) if odd.isdigit() else 0}
                kinds = numbers | {"SlugConverter": "x" * 200, "StringConverter": odd, "PathConverter": odd}
                where = {name: kinds[kind] for name, kind in route.takes.items() if kind in kinds and name != "number"}
                with suppress(NoReverseMatch):
                    walk.ask(browser, "get", house.address(route, **where))
                    walk.ask(browser, "post", house.address(route, **where))
                if not where:
                    break

    assert not walk.faults, "\n".join(walk.faults)
    assert walk.n_asked > 200


def test_p27_no_question_in_an_address_leads_to_a_fault(house):
    walk = Walk()
    for route in every_route():
        for browser in house.browsers_for(route):
            with suppress(NoReverseMatch):
                address = house.address(route)
                if route.name.endswith("_changelist"):
                    for name in ASKED_OF_ADMIN:
                        walk.ask(browser, "get", f"{address}?{urlencode({name: HOSTILE[0]})}")
                for odd in HOSTILE[:2] if route.rule else HOSTILE[:1]:
                    walk.ask(
                        browser, "get", f"{address}?{urlencode([(name, odd) for name in [*ASKED, 'side', 'fra']])}"
                    )

    assert not walk.faults, "\n".join(walk.faults)
    assert walk.n_asked > 200


def test_p27_no_form_leads_to_a_fault_and_what_is_wrong_is_told(house):
    walk = Walk()
    for route in every_route():
        for browser in house.browsers_for(route):
            try:
                address = house.address(route)
            except NoReverseMatch:
                continue
            shown = filled_in(walk.ask(browser, "get", address))
            sent = shown | {"next": "nowhere", "language": "nn", "action": "done"}
            for odd in HOSTILE[:3] if route.rule else HOSTILE[:1]:
                walk.ask(browser, "post", address, sent | dict.fromkeys(sent, odd))
            for place, name in enumerate(list(sent)[:15] if route.rule else []):
                doing = {"do": "schedule" if name.startswith("due") else "save"}
                walk.ask(browser, "post", address, sent | doing | {name: HOSTILE[place % len(HOSTILE)]})
            walk.ask(browser, "post", address, {"do": "preview"} | dict.fromkeys(sent, "\0"))

    assert not walk.faults, "\n".join(walk.faults)
    assert walk.n_asked > 400


@pytest.mark.parametrize("question", ["outcomes__isnull=False", "survey__isnull=False", "outcomes=1"])
def test_r10_the_administration_answers_no_questions_it_does_not_offer(house, question):
    answer = house.browsers["administrator"].get(f"/admin/recruitment/jobposting/?{question}")

    assert answer.status_code == 400
