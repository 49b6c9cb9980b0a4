"""The pages behind the table: one source, funnel, over time, occupations, development. One town, many looks at it."""

import csv
import html
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from analytics.actions.measurements import Figures, store
from analytics.models import AnswerMonth, Cost, ObjectKind, Outcome
from analytics.queries import series
from analytics.queries.buckets import buckets
from analytics.queries.selection import Period, Selection
from analytics.queries.series import Figure
from analytics.views import over_time
from channels.actions import visits
from channels.models import Account, LinkHour, TrackedLink
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Source
from tests.analytics.vacancies import make_job

TODAY = clock.today()
# Exact counts that stand nowhere else, so that they are found wherever they leak out.
APPLIED, QUALIFIED = 7919, 6863


@pytest.fixture
def town(lyngvaer: Any) -> Any:
    """Visits, clicks, kroner with øre and counts of two months, of one vacancy for nurses."""
    job = make_job(lyngvaer)
    with tenant(lyngvaer.pk):
        linkedin, paper = Source.objects.get(slug="linkedin"), Source.objects.get(slug="print")
        link = TrackedLink.objects.create(
            code="k1", source=linkedin, job=job, target_url="https://soknad.example/", label="x"
        )
        visits.store([LinkHour(link=link, hour=clock.now(), visitor="person", n_visits=1234)])
        for source, ore in ((linkedin, 123_456), (paper, 99_99)):
            Cost.objects.create(source=source, job=job, day=TODAY, note="<b>Annonse</b>", kind="kroner", amount_ore=ore)
        Outcome.objects.create(
            job=job, source=linkedin, counted_date=TODAY, applied=APPLIED, qualified=QUALIFIED, hired=3
        )
        account = Account.objects.create(channel=linkedin.channel, name="Siden")
        row = Figures(
            kind=ObjectKind.ACCOUNT, object_id=account.pk, day=TODAY,
            fetched_at=clock.now(), impressions=9000, clicks=55,
        )  # fmt: skip
        store([row], now=clock.now())
    lyngvaer.source_id, lyngvaer.job_id = linkedin.pk, job.pk
    return lyngvaer


def address(name: str, query: str = "", **kwargs: Any) -> str:
    return reverse(name, kwargs={"number": "9901"} | kwargs) + query


def page_of(client: Any, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200, (at, answer.status_code)
    return answer.content.decode()


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", html.unescape(text)).replace("\N{NO-BREAK SPACE}", "").strip()


def table_in(page: str) -> list[list[str]]:
    table = re.search(r"<table class=\"ds-table kk-figures\".*?</table>", page, re.S).group()
    body = re.search(r"<tbody>(.*?)</tbody>", table, re.S).group(1)
    return [
        [plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>.*?</tr>", body, re.S)
    ]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


@pytest.mark.django_db
class TestTheSameFigure:
    def test_heading_counts_what_has_no_line_too(self, town, client_of, monkeypatch):
        monkeypatch.setattr(over_time, "MOST_LINES", 1)

        page = plain(page_of(client_of(town.hr), address("sources_over_time", "?tall=kroner&per=maaned")))

        assert "flest fra LinkedIn, kr 1235 av kr 1335" in page
        assert "1 til har lavere tall og er ikke vist" in page

    @pytest.mark.parametrize(
        ("figure", "totals", "shown"),
        [
            ("kroner", {"LinkedIn": 123456, "Lokalavisa": 9999}, ["1234,56", "99,99"]),
            ("besok", {"LinkedIn": 1234}, ["1234"]),
            ("klikk", {"LinkedIn": 55}, ["55"]),
        ],
    )
    def test_stands_in_chart_table_csv_and_workbook_to_the_last_ore(self, town, client_of, figure, totals, shown):
        client, query = client_of(town.hr), f"?tall={figure}&per=maaned"
        page = page_of(client, address("sources_over_time", query))

        chart = json.loads(re.search(r'<script id="over-time" type="application/json">(.*?)</script>', page).group(1))
        table = table_in(page)
        file = csv_rows(client.get(address("sources_over_time_csv", query)).content)[-len(table) :]
        book = xlsx_rows(client.get(address("sources_over_time_xlsx", query)).content)[-len(table) :]

        drawn = {line["name"]: line["values"] for line in chart["lines"]}
        assert {name: sum(n for n in values if n) for name, values in drawn.items()} == totals
        assert all(None in values for values in drawn.values())  # months without are gaps, not zeros
        told = [cell for row in table for cell in row[1:] if re.fullmatch(r"[\d,]+", cell)]
        assert told == shown
        assert [[plain(cell) for cell in row] for row in file] == table
        unit = 100 if figure == "kroner" else 1
        for place, values in enumerate(drawn.values(), start=1):
            assert [n / unit if n is not None else None for n in values] == [
                row[place] if not isinstance(row[place], str) else None for row in book
            ]

    def test_of_a_month_stands_in_the_development_and_of_an_occupation_in_the_grid(self, town, client_of):
        client = client_of(town.hr)

        months = csv_rows(client.get(address("development_csv")).content)
        grid = csv_rows(client.get(address("sources_grid_csv")).content)
        page = page_of(client, address("sources_grid"))

        this_month = months[6]
        assert "(så langt)" in plain(page_of(client, address("development", "?tall=besok")))
        assert [this_month[place] for place in (1, 2, 3, 7)] == ["9000", "55", "1234", "1334,55"]
        assert {(row[0], row[2]) for row in grid[5:]} == {("Sykepleiere", "LinkedIn"), ("Sykepleiere", "Lokalavisa")}
        assert "yrke=2223" in page
        assert "6863 kvalifiserte" in plain(page)


@pytest.mark.django_db
class TestOneSource:
    def test_lays_open_costs_vacancies_and_calculation_as_a_page_and_as_a_drawer(self, town, client_of):
        client, at = client_of(town.hr), address("source", source_id=town.source_id)

        page, drawer = page_of(client, at), client.get(at, headers={"HX-Request": "true"}).content.decode()

        assert "<h1>LinkedIn</h1>" in page
        assert "<html" not in drawer
        for each in (page, drawer):
            assert "kr 1234,56" in plain(each)
            assert "&lt;b&gt;Annonse" in each
            assert "<b>Annonse" not in each
            assert reverse("job", kwargs={"number": "9901", "job_id": town.job_id}) in each
            assert "6863" in plain(each)
            assert "1234 besøk" in plain(each)
            assert "22,45" in plain(each)  # 1 234,56 kroner on 55 clicks

    def test_says_of_a_period_whose_answers_are_deleted_that_they_are_and_not_0(self, town, client_of):
        at = address("source", f"?fra=2010-01-01&til={TODAY}", source_id=town.source_id)

        hr = client_of(town.hr)
        assert '<span class="kk-missing">svar slettet</span>' in page_of(hr, at)
        assert "Bare hvor mange som nevnte hver kilde først, er beholdt" in page_of(
            hr, address("sources", f"?fra=2010-01-01&til={TODAY}")
        )
        assert "Svar slettes etter 12 måneder. Bare hvor mange" in page_of(hr, address("development"))
        assert "svar slettet" not in page_of(client_of(town.reader), at)

    def test_merged_into_another_leads_there(self, town, client_of):
        with tenant(town.pk):
            old = Source.objects.get(slug="print")
            Source.objects.filter(pk=old.pk).update(is_active=False, merged_into_id=town.source_id)

        answer = client_of(town.hr).get(address("source", "?timer=uten", source_id=old.pk))

        assert answer.status_code == 302
        assert answer.url == address("source", "?timer=uten", source_id=town.source_id)


@pytest.mark.django_db
class TestWhoMaySee:
    def test_exact_counts_are_on_hrs_screen_alone(self, town, client_of):
        reader, hr = client_of(town.reader), client_of(town.hr)
        pages = [
            address("source", source_id=town.source_id),
            *(address(name) for name in ("sources_funnel", "sources_grid", "development")),
        ]
        files = [address(f"{name}_csv") for name in ("sources_grid", "development")]

        for at in pages:
            assert str(QUALIFIED) in plain(page_of(hr, at)), at
            assert str(QUALIFIED) not in plain(page_of(reader, at)), at
            if "utvikling" not in at:
                assert str(QUALIFIED) not in plain(page_of(hr, f"{at}?vis=delt")), at
        for at in files:
            assert str(QUALIFIED) not in hr.get(at).content.decode(), at

    def test_the_neighbours_source_channel_and_vacancy_are_as_missing_ones(self, town, storvika, client_of):
        neighbour = client_of(storvika.hr)

        for pk in (town.source_id, 999_999):
            assert neighbour.get(reverse("source", kwargs={"number": "9902", "source_id": pk})).status_code == 404
            funnel_at = reverse("sources_funnel", kwargs={"number": "9902"})
            assert neighbour.get(f"{funnel_at}?kilde={pk}").status_code == 422
        assert neighbour.get(address("source", source_id=town.source_id)).status_code == 404

    @pytest.mark.parametrize(
        "asked",
        [
            ("sources_over_time", "?tall=rekkevidde"),
            ("sources_over_time", "?per=sekund"),
            ("sources_over_time", "?fra=2026-05-01&til=2026-04-01"),
            ("sources_funnel", "?kilde=x"),
            ("sources_funnel", "?kilde=99999999999999999999"),
            ("sources_grid", "?etter=alder"),
            ("sources_grid", "?ukjent=1"),
            ("development", "?kanal=999999"),
            ("development", "?tall=%00"),
            ("development", "?fra=2026-01-01&til=2026-02-01"),
            ("development", "?tall=svar&tall=kroner"),
            ("shared_figures", "?yrke=2223"),
        ],
    )
    def test_what_cannot_be_shown_is_refused_with_the_way_back(self, town, client_of, asked):
        answer = client_of(town.hr).get(address(*asked))

        assert answer.status_code == 422
        assert "ds-validation-message" in answer.content.decode() or "ds-error-summary" in answer.content.decode()

    def test_an_empty_town_a_hundred_years_and_a_page_too_far_are_answered(self, storvika, client_of):
        client = client_of(storvika.hr)

        for name in ("sources_funnel", "sources_over_time", "sources_grid", "development", "sources_grid_xlsx"):
            for query in ("", "?fra=2010-01-01&til=2026-12-31"):
                if not (name == "development" and query):
                    answer = client.get(reverse(name, kwargs={"number": "9902"}) + query)
                    assert answer.status_code == 200
                    assert b"NaN" not in answer.content
        assert client.get(reverse("sources_grid", kwargs={"number": "9902"}) + "?side=400").status_code == 200


@pytest.mark.django_db
def test_forgotten_answers_count_in_whole_months_alone(town):
    """A month that the period cuts would otherwise hold answers from before the period, and no other page does."""
    month = date(2025, 3, 1)
    with tenant(town.pk):
        AnswerMonth.objects.create(month=month, source_id=town.source_id, n_answers=6)
        told = {}
        for first in (month, month.replace(day=20)):
            selection = Selection(Period(first, date(2025, 4, 30)))
            cut = buckets(selection.period, span="month", today=TODAY)
            found = series.said_exact(selection=selection, buckets=cut, span="month", now=clock.now())
            told[first.day] = [each.figures[0] for each in found]

    assert told == {1: [Figure(6)], 20: []}


@pytest.mark.django_db
def test_a_month_whose_vacancies_lack_outcomes_is_marked_on_the_page_and_in_the_files(town, client_of):
    last_month = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
    for days, has_outcome in ((0, True), (1, False), (2, False)):
        job = make_job(town, deadline_in_days=(last_month - TODAY).days + days)
        with tenant(town.pk):
            JobPosting.objects.filter(pk=job.pk).update(created_at=clock.now() - timedelta(days=90))
            if has_outcome:
                Outcome.objects.create(
                    job=job, source_id=town.source_id, counted_date=last_month, applied=9, qualified=4
                )
    client = client_of(town.hr)

    page = page_of(client, address("development", "?tall=kvalifiserte"))
    chart = json.loads(re.search(r'<script id="chart-years" type="application/json">(.*?)</script>', page).group(1))

    assert "4 (mangler utfall for 2 stillinger)" in plain(page)
    this_year = {line["name"]: line for line in chart["lines"]}
    of_last, of_now = this_year[str(last_month.year)], this_year[str(TODAY.year)]
    assert last_month.month - 1 in of_last["partial"]
    assert TODAY.month - 1 in of_now["partial"]
