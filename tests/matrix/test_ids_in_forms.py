"""B53, B54, P13: ids that stand in forms, questions and tasks instead of in the path. What is not in a table fails."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from analytics.actions import pulling
from analytics.models import FetchRun
from audit.models import Person
from channels.actions.publishing import editing
from channels.models import Account, MediaItem
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.celery import app
from recruitment.models import Source
from tests.matrix import asking
from tests.matrix.asking import ask
from tests.matrix.people import SECRET, Houses
from tests.matrix.walking import MISSING_ID, Route, members_routes, who_may

PRODUCT = ("kanalkompass", "analytics", "channels", "recruitment", "audit", "foundation")
Pick = Callable[[Any], Any]


def user_of(world: Any) -> int:
    return world.town.hr.pk


def source_of(world: Any) -> int:
    with tenant(world.town.pk):
        return Source.objects.filter(is_active=True).values_list("pk", flat=True)[0]


def job_of(world: Any) -> int:
    return world.job_id


def other_source_of(world: Any) -> int:
    with tenant(world.town.pk):
        return Source.objects.filter(kind="place").exclude(pk=world.source_id).values_list("pk", flat=True)[0]


def account_of(world: Any) -> int:
    return world.account_id


def campaign_of(world: Any) -> int:
    return world.empty_campaign_id


def picture_of(world: Any) -> int:
    return world.media_id


def video_of(world: Any) -> int:
    return world.video_id


def other_account_of(world: Any) -> int:
    return world.unconnected_id


# Fields that choose a row by its id: where they stand, and whose id is put in.
ID_FIELDS: dict[str, Pick] = {
    "ad_link.campaign": campaign_of,
    "account_new.responsible": user_of,
    "account_new.deputy": user_of,
    "account_edit.responsible": user_of,
    "account_edit.deputy": user_of,
    "account_step.owner": user_of,
    "campaign_new.jobs": job_of,
    "post_new.job": job_of,
    "post_new.accounts": account_of,
    "post_new.picture": picture_of,
    "post_new.video": video_of,
    "post.job": job_of,
    "post.accounts": other_account_of,
    "post.picture": picture_of,
    "post.video": video_of,
    "job_costs.source": source_of,
    "source_merge.into": other_source_of,
    "elsewhere.source": source_of,
    "cost_edit.source": source_of,
    "costs.source": source_of,
    "general_cost_edit.source": source_of,
}
# What else is hidden or chosen from a list that is made for the occasion, and names no row by its id.
OTHER_FIELDS = {
    "form_key": "one rendering of a form",
    "seen": "the version that was read",
    "version": "the version that was read",
    "is_told": "that approval is lost",
    "page": "a page at the platform, among those that the access was given for (P18)",
    "ad_account": "an ad account at the platform, among those that it shows us",
    "is_second": "which of two equal hours",
    "is_second_*": "which of two equal hours, page by page",
    "people": "whom a video shows",
    "place_source": "a source by its name",
    "carriers": "vacancies by their references, among the municipality's own",
    "first": "a source by its name, in the applicant's form",
    "also": "sources by their names, in the applicant's form",
    "interests": "reasons by their names, in the applicant's form",
    "decisive": "a source by its name, in the applicant's form",
    "remembered": "a post by the code of its link, in the applicant's form",
    "words": "what applicants wrote, in its own words",
    "channel": "a kind of channel, the same for everybody",
    "hvem": "a pseudonym in the municipality's own log, asked below",
    "handling": "a kind of act",
    "gjelder": "a kind of thing",
    "eldre_enn": "a number in the municipality's own log",
    # Filters in an address: a foreign id is not in the list, and answered as a missing one (test_sources_page.py).
    "stilling": "a filter of «Kilder»",
    "kampanje": "a filter of «Kilder»",
    "kanal": "a kind of channel, the same for all",
    "yrke": "a code of STYRK-08",
    "type": "a kind of position",
}
# What a form needs beside the one field, so that nothing else makes it be refused.
FILLED = {
    "source_merge": {},
    "elsewhere": {"words": ["bygdebladet"]},
    "ad_link": {},
    "account_new": {"name": "Ny konto"},
    "account_edit": {},
    "account_step": {"action": "owner"},
    "campaign_new": {"name": "Ny kampanje"},
    "post_new": {"title": "Innlegg", "text": "Vi søker deg som vil bli kollegaen vår.", "do": "save"},
    "post": {"do": "save"},
    "post.video": {"kind": "video"},
    "job_costs": {"amount": "100", "note": "Annonse"},
    "cost_edit": {"day": "20.11.2026"},
    "costs": {"amount": "100", "note": "Annonse"},
    "general_cost_edit": {"day": "20.11.2026"},
}
# Questions and fields that a view reads by itself: those that hold ids, and those that do not.
ID_QUESTIONS = {"lenke", "stilling", "levering", "kampanje"}
OTHER_QUESTIONS = {"language", "next", "sprak", "token", "last", "do", "state", "code", "error", "sett", "side", "q"}
OTHER_QUESTIONS |= {"m", "forst", "tekst", "undo", "sist"}
# Places in applicants' own words; those of others are told as unknown.
OTHER_QUESTIONS |= {"words"}
OTHER_QUESTIONS |= {"from_job", "withdraw", "end", "again", "two_people", "vis", "step", "ad_account"}
# The look: a colour, light or dark, and whether the logo goes.
OTHER_QUESTIONS |= {"farge", "scheme", "remove_logo"}
ASKED = r"request\.(?:GET|POST)"
READ_BY_ITSELF = re.compile(rf"""{ASKED}(?:\.get|\.getlist)?[\[(]"(\w+)"|"(\w+)" in {ASKED}""")
# Tasks that take ids.
ID_TASKS = {
    "channels.tasks.publish_delivery": "delivery_id",
    "channels.tasks.reconcile_delivery": "delivery_id",
    "channels.tasks.edit_delivery": "delivery_id",
    "channels.tasks.upload_delivery_video": "delivery_id",
    "channels.tasks.look_after_account": "account_id",
    "channels.tasks.probe_account": "account_id",
    "analytics.tasks.run_fetch": "run_id",
    "analytics.reading_tasks.read_ad_account": "ad_account_id",
}
OTHER_ARGUMENTS = {
    "kanalkompass.tasks.heartbeat": {"queue"},
    "analytics.reading_tasks.read_comments_of": {"municipality_id"},
    "analytics.tasks.release_one": {"municipality_id"},
}


@contextmanager
def noting_forms() -> Iterator[list[forms.BaseForm]]:
    """Note every form that is made meanwhile, also one that no page draws."""
    made: list[forms.BaseForm] = []
    original = forms.BaseForm.__init__

    def noting(self: forms.BaseForm, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        made.append(self)

    forms.BaseForm.__init__ = noting  # type: ignore[method-assign]
    try:
        yield made
    finally:
        forms.BaseForm.__init__ = original  # type: ignore[method-assign]


def choosing_fields(form: forms.BaseForm) -> set[str]:
    """Return the names of the fields that could hold an id: hidden ones, and lists made for the occasion."""
    found = set()
    for name, each in form.fields.items():
        declared = type(form).base_fields.get(name)
        is_list = isinstance(each, forms.ChoiceField)
        is_own_list = is_list and not isinstance(each, forms.ModelChoiceField) and declared is not None
        is_fixed = is_own_list and list(declared.choices) == list(each.choices)  # type: ignore[union-attr]
        if (is_list and not is_fixed) or isinstance(each.widget, forms.HiddenInput):
            found.add(re.sub(r"_\d+$", "_*", name))
    return found


class TestTables:
    def test_p14_every_field_that_could_hold_an_id_stands_in_a_table(self, houses):
        unknown = set()
        for route in members_routes():
            for need, method in (("r", "get"), ("w", "post")):
                who = who_may(route, need)
                with noting_forms() as made:
                    if who:
                        ask(houses, who, method, route.address(houses))
                names = set().union(*[choosing_fields(form) for form in made])
                unknown |= {f"{route.name}.{name}" for name in names if name not in OTHER_FIELDS}

        assert sorted(unknown - ID_FIELDS.keys()) == [], "Add the field to the tables of this file"
        assert {name for name in ID_FIELDS if name not in unknown} == set(), "The field is gone; take it out"

    def test_p14_every_question_that_a_view_reads_by_itself_stands_in_a_table(self):
        asked = set()
        for package in PRODUCT:
            for file in Path(settings.BASE_DIR, package).rglob("*.py"):
                asked |= {first or second for first, second in READ_BY_ITSELF.findall(file.read_text())}

        assert asked - OTHER_QUESTIONS - ID_QUESTIONS == set(), "Add the question to the tables of this file"
        assert asked >= ID_QUESTIONS

    def test_p14_every_task_that_takes_an_argument_stands_in_a_table(self):
        arguments = {
            name: set(inspect.signature(task.run).parameters)
            for name, task in tasks().items()
            if inspect.signature(task.run).parameters
        }

        expected = {name: {"municipality_id", id_name} for name, id_name in ID_TASKS.items()} | OTHER_ARGUMENTS
        assert arguments == expected, "Add the task to the tables of this file"


def tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.split(".")[0] in PRODUCT}


class TestFields:
    @pytest.mark.parametrize("where", sorted(ID_FIELDS))
    def test_b53_a_foreign_id_in_a_form_is_refused_like_a_missing_one_and_stores_nothing(self, houses, where):
        name, field = where.split(".")
        route = next(each for each in members_routes() if each.name == name)
        pick = ID_FIELDS[where]

        own = send(houses, route, field, pick(houses.own))
        foreign = send(houses, route, field, pick(houses.neighbour))
        missing = send(houses, route, field, MISSING_ID)

        assert (own.status, bool(own.touched)) == (302, True), "With an id of one's own it is stored"
        assert foreign.status == missing.status == 422
        assert not foreign.touched
        assert SECRET not in foreign.body

    def test_b53_a_count_for_a_foreign_source_is_not_taken(self, houses):
        route = next(each for each in members_routes() if each.name == "job_outcomes")
        sent = {f"applied_{source_of(houses.neighbour)}": "7"}

        answer = ask(houses, "hr", "post", route.address(houses), filled(houses, route, "hr") | sent)

        assert answer.touched == frozenset()


def send(houses: Houses, route: Route, field: str, value: Any) -> asking.Answer:
    """Send a form that is right but for one field's value."""
    who = who_may(route, "w")
    sent = filled(houses, route, who) | FILLED[route.name] | FILLED.get(f"{route.name}.{field}", {}) | {field: value}
    return ask(houses, who, "post", route.address(houses), sent)


def filled(houses: Houses, route: Route, who: str) -> dict[str, Any]:
    """Return what a browser would send back of the forms on a page; nothing where there is no page."""
    with noting_forms() as made:
        ask(houses, who, "get", route.address(houses))
    values = {each.html_name: each.value() for form in made for each in form}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


class TestQuestions:
    def test_b53_a_foreign_vacancy_in_the_address_is_as_a_missing_one(self, houses):
        route = next(each for each in members_routes() if each.name == "campaign_new")
        address = route.address(houses)

        foreign = ask(houses, "adviser", "get", f"{address}?stilling={houses.neighbour.job_id}")
        missing = ask(houses, "adviser", "get", f"{address}?stilling={MISSING_ID}")

        assert foreign.status == 200
        assert not foreign.unlike(missing)

    def test_b53_a_foreign_delivery_is_not_shown_beside_an_own_account(self, houses):
        route = next(each for each in members_routes() if each.name == "fetch_now")
        sent = {"levering": houses.neighbour.deliveries["published"]}

        foreign = ask(houses, "hr", "post", route.address(houses), sent)
        missing = ask(houses, "hr", "post", route.address(houses), {"levering": MISSING_ID})

        assert (foreign.status, foreign.location) == (missing.status, missing.location)
        assert "leveringer" not in foreign.location

    def test_b53_a_pseudonym_of_the_neighbours_log_is_as_an_unknown_one(self, houses):
        with tenant(houses.neighbour.town.pk):
            foreign = Person.objects.values_list("pseudonym", flat=True).first()
        address = reverse("log", kwargs={"number": houses.own.town.number})

        answers = [ask(houses, "administrator", "get", f"{address}?hvem={each}") for each in (foreign, "P-0000")]

        assert foreign
        assert answers[0].status == answers[1].status == 422
        assert SECRET not in answers[0].body

    def test_b54_no_question_about_order_size_or_other_peoples_rows_shows_the_neighbour(self, houses):
        other = houses.neighbour
        asked = urlencode(
            {
                "side": 10**9, "page_size": 10**9, "limit": -1, "offset": -1, "sort": "created_by__password",
                "o": "-municipality", "order_by": "municipality_id", "municipality": other.town.pk,
                "municipality_id": other.town.pk, "number": other.town.number, "stilling": other.job_id,
                "kampanje": other.campaign_id, "konto": other.account_id, "person": other.town.hr.pk, "q": SECRET[:4],
            }
        )  # fmt: skip
        faults, n_asked = [], 0
        for route in members_routes():
            for who in {"hr", "administrator", who_may(route, "r")} - {""}:
                if "r" in route.cell(who):
                    answer = ask(houses, who, "get", f"{route.address(houses)}?{asked}")
                    n_asked += 1
                    if SECRET in answer.body or answer.status >= 500:
                        faults.append(f"{route.name} as {who}: {answer.status}")

        assert not faults, "\n".join(faults)
        assert n_asked > 40


class TestTasks:
    @pytest.mark.parametrize("name", sorted(ID_TASKS))
    def test_p13_a_task_with_another_municipalitys_id_has_no_effect(self, houses, name):
        own, neighbour = houses.own.town.pk, houses.neighbour.town.pk
        id_name, row_id = ID_TASKS[name], row_for(houses, name)
        task = tasks()[name]

        mismatched = effects(lambda: task.run(municipality_id=own, **{id_name: row_id}))
        nowhere = effects(lambda: task.run(municipality_id=MISSING_ID, **{id_name: row_id}))
        matched = effects(lambda: task.run(municipality_id=neighbour, **{id_name: row_id}))

        assert matched, "With its own municipality it has an effect"
        assert (mismatched, nowhere) == (set(), set())


def row_for(houses: Houses, name: str) -> int:
    """Return a row of the neighbour's that the task would do something about."""
    press = houses.neighbour.press
    if name == "channels.tasks.publish_delivery":
        return press.due().pk
    if name == "channels.tasks.reconcile_delivery":
        delivery = press.due()
        press.sandbox.fault("POST /rest/posts", kind="answer_lost", count=1)
        assert press.publish(delivery) == "unknown"
        return delivery.pk
    if name == "channels.tasks.edit_delivery":
        delivery = press.due()
        assert press.publish(delivery) == "published"
        with tenant(houses.neighbour.town.pk):
            editing.ask_for_edit(delivery=delivery, text="Vi søker deg.", by=press.town.adviser, now=press.now)
        return delivery.pk
    if name in ("channels.tasks.look_after_account", "channels.tasks.probe_account"):
        return houses.neighbour.account_id
    if name == "analytics.reading_tasks.read_ad_account":
        return houses.neighbour.ad_account_id
    if name == "channels.tasks.upload_delivery_video":
        with tenant(houses.neighbour.town.pk):
            video = MediaItem.objects.get(pk=houses.neighbour.video_id)
        return press.due(media=video).pk
    with tenant(houses.neighbour.town.pk):
        account = Account.objects.get(pk=houses.neighbour.account_id)
        return pulling.request_fetch(account=account, trigger=FetchRun.Trigger.NIGHTLY, now=clock.now()).pk


def effects(carry_out: Callable[[], None]) -> set[str]:
    """Carry something out, undo it, and return the tables it wrote to."""
    with transaction.atomic():
        before = asking.touched()
        carry_out()
        after = asking.touched()
        transaction.set_rollback(True)
    return {table for table, count in after.items() if count != before.get(table, 0)}
