"""
Figures made from answers and HR's own counts reach nobody but HR (P9, R10).

Two proofs. Unique numbers are stored, and no page, part, file or table of the administration shows them to anybody
else. And what applicants said is changed altogether: whatever others are shown stays the same byte for byte, so that
neither a sum, a share, an order nor a filter in the address tells them anything.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import openpyxl
import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from analytics.actions import survey_tokens
from analytics.forms import selections
from analytics.models import AnswerMonth, JobCount, Outcome, Survey, SurveyAnswer
from analytics.views import outcomes, sources, survey_of_job
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.admin_site import CHOSEN
from kanalkompass.models import RetentionRun
from recruitment.actions import entries
from recruitment.models import Source, User
from tests.fixtures import Town, give_app
from tests.journeys import places
from tests.journeys.world import World, build

pytestmark = pytest.mark.django_db

OTHERS = ("reader", "adviser", "administrator")
# Stored by hand; `N_ANSWERS` are really stored. None of them is a year, an id or an amount of the world.
COUNTS = {
    "applied": 7919,
    "qualified": 6863,
    "best_qualified": 6121,
    "interviewed": 5953,
    "offered": 4987,
    "hired": 3967,
}
N_ANSWERS, N_FORGOTTEN, N_DELETED, N_IN_ALL = 1867, 9241, 8461, 8923
SENTINELS = [*COUNTS.values(), N_IN_ALL, N_ANSWERS, N_FORGOTTEN, N_DELETED]
WORDS = "Zeppelinfjellet"
# Tries to have rows put in order, or chosen, by what is hidden: by names that nobody knows, and by those of the table.
ORACLE = "sorter=qualified&sort=-said&order_by=hired&o=-5&ordering=n_answers&filter=qualified__gt&q=9"
ADMIN_ORACLES = (
    "?o=1.-2.3.-4.5",
    "?outcomes__qualified__gte=100",
    "?survey__answers__free_text__contains=Zeppelin",
    "?q=Zeppelin",
    "?_facets=True",
)
# Ways to the same thing that may differ from one request to the next without telling anything.
PASSING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|name="form_key" value="[^"]*"|value="[0-9a-f]{32}"|nonce="[^"]*"|'
    r"data-csrf=\"[^\"]*\"|Hendelsesnummer [0-9a-f]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
)
UNTOLD_HEADERS = {"set-cookie", "etag", "date", "expires", "last-modified"}
# Numbers of the whole country stand here, ours among them by chance; the second proof looks at these.
REGISTERS = tuple(f"/admin/recruitment/{name}/" for name in ("municipality", "county", "occupation"))
# That HR changed counts is an act, which the log tells, without the numbers.
TELLS_OF_ACTS = {"log", "log_csv", "history"}


@dataclass
class Asked:
    """One answer, as whom and where."""

    who: str
    address: str
    status: int
    text: str

    def shows(self, number: int) -> bool:
        """Whether a number stands in it, however it is written."""
        return str(number) in self._numbers

    @cached_property
    def _numbers(self) -> set[str]:
        """Every run of digits in it, with what parts thousands taken out."""
        return set(
            re.findall(r"\d+", re.sub(r"(?<=\d)(?:[\s\u00a0\u202f\u2009.,]|&nbsp;)(?=\d{3}(?!\d))", "", self.text))
        )


@pytest.fixture
def world(lyngvaer: Town, linkedin_sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """A municipality with something behind every door, where every figure of HR's is one that stands nowhere else."""
    world = build(lyngvaer, linkedin_sandbox)
    tell(world, counts=COUNTS, n_answers=N_ANSWERS, words=WORDS, in_all=N_IN_ALL)
    with tenant(lyngvaer.pk):
        source = Source.objects.get(slug="linkedin")
        AnswerMonth.objects.create(month=clock.today().replace(day=1), source=source, n_answers=N_FORGOTTEN)
        for what in RetentionRun.FOR_HR:
            RetentionRun.objects.create(
                day=clock.today(), what=what, older_than=clock.now() - timedelta(days=365), n_deleted=N_DELETED
            )
    stand_still(monkeypatch)
    return world


def tell(
    world: World, *, counts: dict[str, int], n_answers: int, words: str, first: str = "linkedin", in_all: int = 0
) -> None:
    """Let HR have counted so much, and so many applicants have said where they saw the vacancy."""
    with tenant(world.town.pk):
        Outcome.objects.all().delete()
        JobCount.objects.update_or_create(
            job_id=world.job_id, defaults={"applied": in_all, "reason": words, "n_missing": 0}
        )
        SurveyAnswer.objects.all().delete()
        source = Source.objects.get(slug=first)
        Outcome.objects.create(
            job_id=world.job_id, source=source, counted_date=clock.today(), changed_by=world.town.hr, **counts
        )
        survey = Survey.objects.get(job_id=world.job_id)
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(
                survey=survey,
                first_source=source,
                free_text=words if number == 0 else "",
                language="nb",
                answered_hour=hour,
                token_hash=hashlib.sha256(f"{words}t{number}".encode()).hexdigest(),
                receipt_hash=hashlib.sha256(f"{words}r{number}".encode()).hexdigest(),
            )
            for number in range(n_answers)
        )


def stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock and the order in which the survey's form shows sources."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    token = survey_tokens.FormToken(survey_code="x", nonce="x")
    monkeypatch.setattr(survey_of_job.survey_tokens, "new_token", lambda code: token)


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Yield (route, address) of every page, part and file of a municipality that answers to GET."""
    number = {"number": world.town.number}
    for place in places.of_members(world):
        yield place.route, place.address
    job = number | {"job_id": world.job_id}
    delivery = number | {"delivery_id": world.deliveries["published"]}
    for route, kwargs in [
        ("sources_csv", number),
        ("sources_xlsx", number),
        ("sources_over_time_csv", number),
        ("sources_grid_csv", number),
        ("development_csv", number),
        ("survey_qr", job | {"kind": "svg"}),
        ("link_qr", number | {"link_id": world.link_id, "kind": "svg"}),
        ("delivery_status", delivery),
        ("media_file", number | {"media_id": world.media_id}),
        ("log", number),
        ("log_csv", number),
        ("history", number | {"kind": "stilling", "object_id": world.job_id}),
        ("own_data_file", {}),
    ]:
        yield route, reverse(route, kwargs=kwargs)
    for route in ("sources", "jobs", "overview", "campaigns", "accounts", "privacy_home", "log"):
        yield route, reverse(route, kwargs=number) + f"?{ORACLE}"
    yield "sources_csv", reverse("sources_csv", kwargs=number) + f"?{ORACLE}"
    for asked in ("fra=2024-01-01&til=2024-02-01", "sorter=-kvalifiserte", "sorter=sagt&vis=delt", "timer=uten"):
        yield "sources", reverse("sources", kwargs=number) + f"?{asked}"
    for route, asked in (("sources_over_time", "tall=sagt"), ("development", "tall=kvalifiserte")):
        yield route, reverse(route, kwargs=number) + f"?{asked}"


def tables(world: World) -> Iterator[tuple[str, str]]:
    """Yield (label, address) of every table of the administration, and of a row of each: form, history, oracles."""
    yield "admin", reverse("admin:index")
    for model in admin.site._registry:
        label = model._meta.label_lower
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield label, base
        for oracle in ADMIN_ORACLES:
            yield label, base + oracle
        row = first_row(model, world.town.pk)
        if row is not None:
            yield label, f"{base}{row}/change/"
            yield label, f"{base}{row}/history/"


def first_row(model: type[Model], municipality_id: int) -> Any:
    with tenant(municipality_id):
        return model._default_manager.values_list("pk", flat=True).first()


def ask(client: Client, who: str, address: str) -> Asked:
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = sorted(f"{name}: {value}" for name, value in response.items() if name.lower() not in UNTOLD_HEADERS)
    kind = response.headers.get("Content-Type", "")
    if "spreadsheetml" in kind and response.status_code == 200:
        # A workbook is packed with the moment it was made, so that its length varies.
        headers = [each for each in headers if not each.startswith("Content-Length")]
        sheet = openpyxl.load_workbook(io.BytesIO(body)).active
        text = "\n".join(str(row) for row in sheet.iter_rows(values_only=True))
    else:
        is_text = not kind.startswith("image/")
        text = PASSING.sub("", body.decode("utf-8", "replace")) if is_text else hashlib.sha256(body).hexdigest()
    return Asked(who, address, response.status_code, "\n".join([*headers, text]))


@pytest.fixture
def visitors(world: World, client_of: Any) -> dict[str, Client]:
    """Everybody who is not HR, logged in: each role, a stranger, and system administrators outside and inside."""
    system = [
        User.objects.create_user(f"{name}@drift.example", None, full_name=name, is_staff=True)
        for name in ("outside", "inside")
    ]
    for user in system:
        give_app(user)
    entries.enter(municipality=world.town.municipality, user=system[1], reason="Feilsøking av en sak " * 2,
                  now=clock.now())  # fmt: skip
    clients = {role: client_of(world.town.people[role]) for role in OTHERS}
    clients["system"], clients["system inside"] = (client_of(user) for user in system)
    clients["visitor"] = Client()
    administrating = client_of(world.town.administrator)
    administrating.get(f"/{world.town.number}/administrasjon/")
    assert administrating.session[CHOSEN] == world.town.pk
    return clients | {"administrating": administrating}


def first_difference(old: Asked, new: Asked) -> str:
    pairs = zip(old.text.split("\n"), new.text.split("\n"), strict=False)
    return next((f"{one.strip()} | {other.strip()}" for one, other in pairs if one != other), "length")[:300]


def everything(world: World, visitors: dict[str, Client], *, only: tuple[str, ...] = ()) -> list[tuple[str, Asked]]:
    """Return (route or table, answer) of everything that everybody but HR can open, or of these routes alone."""
    seen = []
    for who, client in visitors.items():
        addresses = dict.fromkeys(tables(world) if who in ("administrating", "system") else pages(world))
        seen += [(name, ask(client, who, address)) for name, address in addresses if not only or name in only]
    return seen


def leaks(seen: list[tuple[str, Asked]]) -> list[str]:
    """Return who saw which of HR's figures or an applicant's words, and where."""
    return [
        f"{each.who} {each.address}"
        for _, each in seen
        if WORDS in each.text
        or (not each.address.startswith(REGISTERS) and any(each.shows(number) for number in SENTINELS))
    ]


def test_no_figure_of_hrs_is_shown_to_others_and_what_they_see_stays_when_all_answers_change_p9_r10(world, visitors):
    before = everything(world, visitors)

    assert leaks(before) == []
    opened = [each for _, each in before if each.status == 200]
    assert len({each.address for each in opened}) > 80
    assert {each.who for each in opened} >= {*OTHERS, "system", "system inside", "administrating"}

    tell(
        world,
        counts=dict.fromkeys(COUNTS, 1) | {"applied": 900, "hired": 0},
        n_answers=7,
        words="Noe ganske annet",
        first="print",
    )
    after = everything(world, visitors)

    changed = {
        f"{old.who} {old.address}: {first_difference(old, new)}"
        for (name, old), (_, new) in zip(before, after, strict=True)
        if name not in TELLS_OF_ACTS and (old.status, old.text) != (new.status, new.text)
    }
    assert changed == set()


def test_hr_sees_them_so_the_search_can_find_them(world, client_of):
    client = client_of(world.town.hr)
    number = {"number": world.town.number}
    shown = {
        route: ask(client, "hr", reverse(route, kwargs=kwargs))
        for route, kwargs in [
            ("sources", number),
            ("sources_csv", number),
            ("sources_behind", number),
            ("job_outcomes", number | {"job_id": world.job_id}),
            ("survey_preview", number | {"job_id": world.job_id}),
        ]
    }

    assert shown["sources_behind"].shows(N_FORGOTTEN)
    assert shown["sources"].shows(COUNTS["qualified"])
    assert shown["sources"].shows(N_ANSWERS)
    # A file leaves the house, so that HR's own holds what everybody may see.
    assert not shown["sources_csv"].shows(COUNTS["qualified"])
    assert shown["survey_preview"].shows(N_ANSWERS)
    assert WORDS in shown["survey_preview"].text
    assert shown["job_outcomes"].shows(N_ANSWERS)


class TestPlantedLeaks:
    """The proofs are worth something: each kind of leak is found."""

    def test_a_page_that_takes_a_reader_for_hr_is_found(self, world, visitors, monkeypatch):
        monkeypatch.setattr(selections, "HR", frozenset({"hr", "reader"}))

        only = ("sources", "sources_behind")
        found = leaks(everything(world, {"reader": visitors["reader"]}, only=only))

        assert any("/kilder/" in line for line in found)
        assert any("/kilder/bak-tallene/" in line for line in found)

    def test_words_shown_to_an_adviser_are_found(self, world, visitors, monkeypatch):
        monkeypatch.setattr(survey_of_job, "HR", frozenset({"hr", "adviser"}))

        seen = everything(world, {"adviser": visitors["adviser"]}, only=("survey_preview",))
        assert any("undersokelse" in line for line in leaks(seen))

    def test_counts_shown_to_an_administrator_are_found(self, world, visitors, monkeypatch):
        monkeypatch.setattr(outcomes, "HR", frozenset({"hr", "administrator"}))

        seen = everything(world, {"administrator": visitors["administrator"]}, only=("job_outcomes",))
        assert any("utfall" in line for line in leaks(seen))

    def test_an_order_that_follows_what_is_hidden_is_found(self, world, visitors, monkeypatch):
        rows = sources.queries.source_comparison

        def in_hidden_order(*, view: str, **more: Any) -> Any:
            shown, full = rows(view=view, **more), rows(view="exact", **more)
            order = {row.source.pk: place for place, row in enumerate(full.rows)}
            shown.rows.sort(key=lambda row: order.get(row.source.pk, 99))
            return shown

        monkeypatch.setattr(sources.queries, "source_comparison", in_hidden_order)
        address = reverse("sources", kwargs={"number": world.town.number})
        with tenant(world.town.pk):
            from analytics.models import Cost

            for slug in ("linkedin", "print"):
                Cost.objects.create(source=Source.objects.get(slug=slug), day=clock.today(), kind="kroner",
                                    amount_ore=100_000, note="x")  # fmt: skip
        before = ask(visitors["reader"], "reader", address)
        tell(world, counts=COUNTS, n_answers=3, words="annet", first="print")

        assert ask(visitors["reader"], "reader", address).text != before.text


def test_the_administration_has_no_table_of_answers_or_counts_r10():
    hidden = {SurveyAnswer, Outcome, JobCount, AnswerMonth, RetentionRun}

    assert not hidden & set(admin.site._registry)


def test_another_way_in_is_closed(world, visitors):
    """Nobody else may send HR's form either, which would answer with what is stored."""
    address = reverse("job_outcomes", kwargs={"number": world.town.number, "job_id": world.job_id})

    for who in OTHERS:
        response = visitors[who].post(address, {"seen": "x"})
        assert response.status_code == 404
        assert not Asked(who, address, 404, response.content.decode()).shows(COUNTS["qualified"])
