"""«Kilder» as page, files and «Bak tallene»: who sees what (R10, P13), one truth in all (P24), bad questions."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from analytics import marks, source_order, source_texts, statistics
from analytics.actions import releasing
from analytics.forms.selections import SORTS
from analytics.models import Cost, Outcome, Survey, SurveyAnswer
from analytics.queries import source_changes, source_totals, source_weeks
from analytics.queries.selection import Period, Selection
from analytics.queries.sources import source_comparison
from channels.models import Campaign, CampaignJob
from foundation import clock, spreadsheets
from foundation.tenancy import tenant
from recruitment.models import Channel, JobPosting, Occupation, Source
from tests.analytics.test_sources import PERIOD, TODAY, World
from tests.analytics.vacancies import make_job

PAGE, FILE, BOOK, BEHIND = (f"/9901/kilder/{name}" for name in ("", "kilder.csv", "kilder.xlsx", "bak-tallene/"))
SHARED = "delt"


@pytest.fixture
def world(lyngvaer: Any) -> World:
    """
    A closed vacancy with much from LinkedIn and the own web, three from print, and one from FINN; all of it released.

    Amounts have øre, and an hour's cost makes uneven sums, so that rounding would show.
    """
    world = World(lyngvaer)
    closed = TODAY - timedelta(days=20)
    with tenant(lyngvaer.pk):
        JobPosting.objects.filter(pk=world.job.pk).update(deadline_date=closed, created_at=clock.now() - 60 * DAY)
    world.figures("linkedin", impressions=5400, clicks=321)
    for slug, n in (("linkedin", 87), ("own-web", 140)):
        world.visits(slug, n)
    for slug, n in (("linkedin", 19), ("own-web", 14), ("print", 3)):
        world.answers(slug, n, at=clock.now() - 30 * DAY)
    world.outcome("linkedin", applied=22, qualified=17, hired=2)
    world.outcome("own-web", applied=14, qualified=11, hired=1)
    world.outcome("print", applied=3, qualified=3, hired=0)
    with tenant(lyngvaer.pk):
        Cost.objects.create(source=world.sources["linkedin"], job=world.job, day=TODAY, note="x", kind="kroner",
                            amount_ore=900_033)  # fmt: skip
        Survey.objects.update(closes_date=closed)
        Outcome.objects.update(changed_at=clock.now() - 15 * DAY)
    world.cost("own-web", minutes=95)
    world.cost("print", kroner=14_000)
    world.cost("cinema", kroner=700, job=None)
    release(world)
    return world


DAY = timedelta(days=1)


def release(world: World) -> None:
    """Let the nights until next month pass."""
    releasing.release(municipality_id=world.town.pk, now=clock.now() + 40 * DAY)


def main_of(client: Client, address: str) -> str:
    """Return the page's own part: all that could tell something."""
    html = client.get(address).content.decode()
    return html[html.index('<div id="figures">') : html.index("</main>")]


def told_on(html: str) -> dict[str, list[str]]:
    """Return the page's table: by source the figures from views to hours, then estimate and bounds, without spaces."""
    found = {}
    for row in re.findall(r'<tr role="row"(?: class="is-few")?>\s*<th role="rowheader".*?</tr>', html, re.DOTALL):
        name = re.search(r"<a [^>]*>([^<]+)</a>", row)
        cells = re.findall(r'<td role="cell" class="num[^"]*"[^>]*>(.*?)</td>', row, re.DOTALL)
        if name:
            found[name[1]] = [plain(re.sub(r'<span class="sub.*', "", cell)) for cell in cells]
    return found


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text).replace("\u00a0", "").strip()


def rows_of(content: bytes) -> list[list[Any]]:
    if content.startswith(b"PK"):
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def table_of(content: bytes) -> dict[str, list[Any]]:
    """Return a file's rows below its heading, by source."""
    rows = rows_of(content)
    heading = next(n for n, row in enumerate(rows) if row and row[0] == "Kilde")
    return {row[0]: row[1:] for row in rows[heading + 1 :]}


class TestOneTruth:
    """Page, CSV and XLSX hold the same, to the last øre."""

    @pytest.mark.parametrize("query", ["", "timer=uten&sorter=-kroner", "yrke=2223&sorter=navn"])
    def test_on_the_shared_view_and_for_all_that_applicants_did_not_say_on_the_exact_one(self, world, client_of, query):
        hr, reader = client_of(world.town.hr), client_of(world.town.reader)
        shared, exact = (told_on(main_of(hr, f"{PAGE}?{query}&vis={vis}")) for vis in (SHARED, ""))
        text, book = (table_of(hr.get(f"{address}?{query}").content) for address in (FILE, BOOK))

        assert list(shared) == [name for name in text if not name.startswith("Sum")] == list(book)[:-1]
        assert told_on(main_of(reader, f"{PAGE}?{query}")) == shared
        assert shared["LinkedIn"][3:7] == ["19", "22", "17", "skjult"]
        assert exact["LinkedIn"][3:7] == ["19", "22", "17", "2"]
        for name, cells in shared.items():
            for place, cell in enumerate(cells):
                in_text, in_book = text[name][place], book[name][place]
                is_figure = isinstance(in_book, int | float)
                assert str(in_book if in_book is not None else "").replace(".", ",") == in_text
                if is_figure and place < 7:
                    assert cell == in_text, (name, place)
                elif is_figure and place == 7:
                    # The page has whole kroner, the files the very øre.
                    assert int(cell) == round(Decimal(in_text.replace(",", ".")))
            # What channels, links and costs tell is the same in both views.
            assert exact[name][:3] + exact[name][7:9] == cells[:3] + cells[7:9]
        assert text["LinkedIn"][7] == "9000,33"

    def test_estimate_and_sums_are_those_of_the_page(self, world, client_of):
        hr = client_of(world.town.hr)
        html, text = main_of(hr, f"{PAGE}?vis={SHARED}"), table_of(hr.get(FILE).content)

        assert told_on(html)["LinkedIn"][9] == text["LinkedIn"][9]
        low, high = text["LinkedIn"][10:12]
        assert f"{int(low):,}–{int(high):,}".replace(",", "\u00a0") in html
        sums = text["Sum av det som vises"]
        assert sums[3:6] == ["33", "36", "28"]  # print's three are hidden, and not in the sums
        assert sums[7] == "23700,33"

    def test_a_file_says_what_it_is_and_is_exact_for_nobody(self, world, client_of):
        rows = rows_of(client_of(world.town.hr).get(f"{BOOK}?yrke=2223&fra=2026-01-01&til={TODAY}").content)
        head = {row[0]: row[1] for row in rows[: next(n for n, row in enumerate(rows) if row[0] is None)]}

        assert head["Kilder"] == "Lyngvær kommune"
        assert head["Periode"].startswith("1. jan. 2026")
        assert head["Yrke"] == "Sykepleiere"
        assert "minst 5 svar" in head["Hva som vises"]
        book = client_of(world.town.hr).get(BOOK).content
        assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames == ["Tall"]
        assert next(row for row in rows if row[0] == "Lokalavisa")[4:8] == ["Skjult (under 5 svar)"] * 4

    @pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+47", "@sum", "\tx", "\x01=1", "＝1"])
    def test_runs_no_formula_p24_b20(self, name):
        rows = [["Kilde"], [], [name, -5, Decimal("-0.5")]]
        cell = openpyxl.load_workbook(io.BytesIO(spreadsheets.xlsx_of(rows))).active["A3"]

        assert (cell.data_type, cell.quotePrefix) == ("s", True) or cell.value == "=1"
        assert b"-5;-0,5" in spreadsheets.csv_of(rows)


class TestWhoSeesWhat:
    def test_hr_exactly_others_what_is_released_and_the_neighbour_nothing_p13_r10(self, world, storvika, client_of):
        hr, reader = client_of(world.town.hr), client_of(world.town.reader)

        assert told_on(main_of(hr, PAGE))["Lokalavisa"][3:7] == ["3", "3", "3", "0"]
        assert told_on(main_of(reader, PAGE))["Lokalavisa"][3:7] == ["skjult"] * 4
        assert "Slik andre ser det" in main_of(hr, PAGE)
        assert "Nøyaktige tall" not in main_of(reader, PAGE)
        for address in (PAGE, FILE, BOOK, BEHIND):
            assert client_of(storvika.hr).get(address).status_code == 404
        assert told_on(main_of(client_of(storvika.hr), "/9902/kilder/")) == {}

    @pytest.mark.parametrize("person", ["reader", "administrator"])
    def test_what_is_not_released_changes_nothing_for_others_r10(self, world, client_of, person):
        """Not figures, attributes, order, heading, marks, next step or file: the same, byte for byte."""
        client = client_of(world.town.people[person])
        asked = [*(f"{PAGE}?sorter={sort}" for sort in ("pris", "-sagt", "ansatt")), BEHIND, FILE]
        before = [client.get(address).content for address in asked]

        with tenant(world.town.pk):
            Outcome.objects.filter(source__slug="print").delete()
            SurveyAnswer.objects.filter(first_source__slug="print").delete()
        world.outcome("finn", applied=4, qualified=4, hired=1)
        world.answers("finn", 4)

        assert [PASSING.sub(b"", each) for each in before] == [
            PASSING.sub(b"", client.get(address).content) for address in asked
        ]

    def test_nothing_is_released_says_when_it_comes(self, lyngvaer, client_of):
        World(lyngvaer).cost("print", kroner=10)
        html = main_of(client_of(lyngvaer.reader), PAGE)

        assert "Nye svar vises når minst 5 kan vises samlet." in html
        assert "minst 5 svar kan vises samlet" in html


PASSING = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"|Laget;[^\r]*|data-csrf="[^"]*"')


class TestFilters:
    def test_narrow_to_vacancies_and_leave_out_what_belongs_to_none(self, world, client_of):
        with tenant(world.town.pk):
            other = JobPosting.objects.create(
                reference="ST-X", title="Lærer", occupation=Occupation.objects.get(code="2341"), kind="summer",
                workplace=world.job.workplace, deadline_date=TODAY, apply_url="https://soknad.example/2",
            )  # fmt: skip
            campaign = Campaign.objects.create(
                name="Lærere", start_date=TODAY, end_date=TODAY, created_by=world.town.hr
            )
            CampaignJob.objects.create(campaign=campaign, job=other)
        world.cost("finn", kroner=55, job=other)
        linkedin = world.sources["linkedin"].channel_id

        whole = {row.source.slug for row in world.compared().rows}
        for chosen in ({"occupation": "2341"}, {"kind": "summer"}, {"job_id": other.pk}, {"campaign_id": campaign.pk}):
            assert {row.source.slug for row in world.compared(**chosen).rows} == {"finn"}, chosen
        of_channel = world.compared(channel_id=linkedin)
        assert whole == {"linkedin", "own-web", "print", "cinema", "finn"}
        assert [row.source.slug for row in of_channel.rows] == ["linkedin"]
        assert of_channel.rows[0].cost == world.row("linkedin").cost
        html = main_of(client_of(world.town.hr), f"{PAGE}?stilling={other.pk}&kampanje={campaign.pk}")
        assert "Stilling: Lærer" in html
        assert "hører til noen stilling, er holdt utenfor" in html
        assert world.row("linkedin", occupation="2223").channel_figures == "narrowed"

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("periode=evig", "Perioden finnes ikke"),
            ("fra=2026-02-31&til=2026-03-01", "dato"),
            ("fra=2026-03-01", "begge datoene"),
            ("fra=2026-03-02&til=2026-03-01", "slutter før den begynner"),
            ("fra=0001-01-01&til=2026-01-01", "Kontroller årstallene"),
            ("fra=1926-01-01&til=2026-01-01", "Kontroller årstallene"),
            ("timer=kanskje", "Velg et av valgene"),
            ("fra=%00&til=%00", ""),
            ("fra=１.１.２０２６&til=x", ""),
            ("periode=" + "x" * 5000, ""),
            ("sorter=kvalifisert", "kan ikke sorteres slik"),
            ("sorter=--pris", "kan ikke sorteres slik"),
            ("side=0", "finnes ikke"),
            ("side=-1", "finnes ikke"),
            ("yrke=9999", "Velg et av valgene"),
            ("type=evig", "Velg et av valgene"),
            ("kanal=999999", "Velg et av valgene"),
            ("stilling=99999999999999999999", "Stillingen finnes ikke"),
            ("stilling='; drop table", "Stillingen finnes ikke"),
            ("kampanje=4x", "Kampanjen finnes ikke"),
            ("vis=alt", "Velg et av valgene"),
            ("ukjent=1", "filter som ikke finnes: ukjent"),
            ("timer=med&timer=uten", "setter filteret timer to ganger"),
            ("%3Cscript%3E=1", "&lt;script&gt;"),
        ],
    )
    def test_that_make_no_sense_are_refused_in_words(self, lyngvaer, client_of, query, message):
        client = client_of(lyngvaer.reader)
        page = client.get(f"{PAGE}?{query}")

        assert page.status_code == 422
        assert message in page.content.decode()
        assert client.get(f"{BOOK}?{query}").status_code == 422

    @pytest.mark.parametrize("name", ["stilling", "kampanje"])
    def test_foreign_rows_are_as_missing_ones_p13(self, lyngvaer, storvika, client_of, name):
        job = make_job(storvika, reference="ST-N", title="Nabostilling")
        with tenant(storvika.pk):
            theirs = Campaign.objects.create(
                name="Nabokampanje", start_date=TODAY, end_date=TODAY, created_by=storvika.hr
            )
        foreign = {"stilling": job.pk, "kampanje": theirs.pk}[name]
        client = client_of(lyngvaer.hr)

        answers = [client.get(f"{PAGE}?{name}={pk}") for pk in (foreign, 900_000_000)]
        first, second = (
            PASSING.sub(b"", each.content).replace(b"%s=%d" % (name.encode(), pk), b"asked")
            for each, pk in zip(answers, (foreign, 900_000_000), strict=True)
        )
        assert [each.status_code for each in answers] == [422, 422]
        assert first == second
        assert "Nabo" in main_of(client_of(storvika.hr), f"/9902/kilder/?{name}={foreign}")

    def test_stay_in_every_link_and_in_the_files_address(self, world, client_of):
        html = main_of(
            client_of(world.town.hr), f"{PAGE}?fra=01.01.2026&til=2026-11-20&yrke=2223&timer=uten&sorter=-sagt"
        )

        asked = "fra=2026-01-01&amp;til=2026-11-20&amp;yrke=2223&amp;timer=uten"
        assert f'kilder.csv?{asked}&amp;sorter=-sagt"' in html
        assert f'href="?{asked}&amp;sorter=-kroner"' in html
        assert 'aria-sort="descending"' in html
        assert "1. jan. 2026 – 20. nov. 2026" in html
        assert 'value="01.01.2026"' in html

    @pytest.mark.parametrize("query", ["", "periode=12mnd", "periode=hittil", "periode=ifjor", "fra=&til=&yrke="])
    def test_may_be_left_out(self, lyngvaer, client_of, query):
        assert client_of(lyngvaer.hr).get(f"{PAGE}?{query}").status_code == 200


class TestHeading:
    def test_names_the_best_for_an_occupation_with_how_sure_it_is_and_what_comes_next(self, lyngvaer, client_of):
        world = World(lyngvaer)
        for number in range(8):
            job = make_job(lyngvaer, title=f"Stilling {number}", reference=f"ST-B{number}", deadline_in_days=-2)
            for slug, qualified, kroner in (("linkedin", 5, 1_000), ("finn", 1, 9_000), ("print", 1, 12_000)):
                world.outcome(slug, job=job, qualified=qualified)
                world.cost(slug, job=job, kroner=kroner)
        html = main_of(client_of(lyngvaer.hr), f"{PAGE}?yrke=2223")

        heading = plain(re.search(r"<h1>(.*?)</h1>", html)[1])
        assert re.fullmatch(r"LinkedIn er sannsynligvis best for sykepleiere \(sannsynlighet \d\d %\)", heading)
        assert "Det bygger på 56 kvalifiserte søkere med kjent kilde." in html
        assert "Se på kostnadene for lokalavisa" in html
        assert 'rowspan="2"' in html  # FINN and print cannot be told apart
        with tenant(lyngvaer.pk):
            Outcome.objects.update(qualified=None)
        assert "Registrer kvalifiserte for 8 stillinger" in main_of(client_of(lyngvaer.hr), PAGE)


class TestOrder:
    def test_follows_what_is_shown_with_missing_last_both_ways(self, world):
        rows = world.compared().rows
        by_qualified = [row.source.slug for row in source_order.in_order(rows, sort="-kvalifiserte")]
        turned = [row.source.slug for row in source_order.in_order(rows, sort="kvalifiserte")]

        assert by_qualified == ["linkedin", "own-web", "print", "cinema"]
        assert turned == ["print", "own-web", "linkedin", "cinema"]
        names = [source_texts.name_of(row.source) for row in source_order.in_order(rows, sort="navn")]
        assert names == ["Kino", "Kommunens nettsted", "LinkedIn", "Lokalavisa"]
        for sort in SORTS:
            assert {row.source.pk for row in source_order.in_order(rows, sort=f"-{sort}")} == {
                row.source.pk for row in rows
            }

    def test_the_alphabet_is_norwegian(self, world):
        rows = world.compared().rows
        for row, name in zip(rows, ("Ærlig", "Ås", "Øst", "Zoo"), strict=True):
            row.source.name_nb = name

        found = [row.source.name_nb for row in source_order.in_order(rows, sort="navn")]
        assert found == ["Zoo", "Ærlig", "Øst", "Ås"]


class TestBehind:
    def test_shares_have_interval_and_band_and_changes_words_only_where_they_are_sure(self, world, client_of):
        html = main_of(client_of(world.town.hr), f"{BEHIND}?fra={PERIOD.first_day}&til={TODAY}")
        low, high = (round(100 * bound) for bound in statistics.share(17, 22))

        assert f"{low}–{high}\u00a0%" in html
        assert "77\u00a0%" in html
        assert "ingen tall" in html
        assert "Ingen kilde har endret seg så mye at det kan sies" in html
        assert "style=" not in html

    def test_a_change_is_told_when_it_is_hardly_chance(self, world):
        earlier = Period(PERIOD.first_day - 31 * DAY, PERIOD.last_day - 31 * DAY)
        for number in range(6):
            job = make_job(world.town, title=f"Før {number}", reference=f"ST-F{number}")
            world.outcome("linkedin", job=job, day=earlier.first_day, applied=9, qualified=1)
            world.cost("linkedin", kroner=9_000, job=job, day=earlier.first_day)
            world.outcome("own-web", job=job, day=earlier.first_day, applied=9, qualified=4)
            world.cost("own-web", minutes=60, job=job, day=earlier.first_day)
        selection = Selection(PERIOD)
        with tenant(world.town.pk):
            now_ = source_comparison(selection=selection, view="exact", now=clock.now())
            found = source_changes.earlier(
                now_, selection=selection, period=earlier, view="exact", with_hours=True, now=clock.now()
            )

        assert found.of[world.sources["linkedin"].pk].cost.cheaper == "a"
        assert found.of[world.sources["own-web"].pk].cost.cheaper is None
        assert found.of[world.sources["print"].pk].row is None

    def test_periods_before(self):
        leap = Period(date(2024, 2, 29), date(2024, 3, 9))

        assert source_changes.period_before(leap) == Period(date(2024, 2, 19), date(2024, 2, 28))
        assert source_changes.year_before(leap) == Period(date(2023, 2, 28), date(2023, 3, 9))


class TestFreshness:
    def test_figures_that_stop_are_told_until_when_and_their_weeks_are_missing(self, world, client_of):
        with tenant(world.town.pk):
            rows = world.compared().rows
            later = clock.now() + 20 * DAY
            selection = Selection(Period(PERIOD.first_day, TODAY + 20 * DAY))
            until = source_totals.told_until(selection=selection, now=later)
            weeks = source_weeks.last_weeks(
                selection=selection, rows=rows, until=until, now=later, today=TODAY + 20 * DAY
            )

        channel_id, linkedin = world.sources["linkedin"].channel_id, world.sources["linkedin"].pk
        assert until == {channel_id: TODAY - DAY}
        assert source_texts.until_text(date(2026, 11, 12)) == "til 12. nov."
        assert weeks[linkedin].what == "clicks"
        assert weeks[linkedin].values[-3:] == (None, None, None)
        assert weeks[world.sources["own-web"].pk].values == (*[0] * 9, 140, 0, 0)

    def test_weeks_of_a_merged_source_are_told_under_the_one_that_took_it_over(self, world):
        world.visits("print", 7)
        old, new = world.sources["print"], world.sources["own-web"]
        with tenant(world.town.pk):
            Source.objects.filter(pk=old.pk).update(merged_into=new, is_active=False)
            rows, selection = world.compared().rows, Selection(PERIOD)
            weeks = source_weeks.last_weeks(selection=selection, rows=rows, until={}, now=clock.now(), today=TODAY)

        assert old.pk not in weeks
        assert sum(weeks[new.pk].values) == 147

    @pytest.mark.parametrize(
        ("values", "path", "n_hatches"),
        [
            ((None,) * 12, None, 0),
            ((*[1] * 10, None, None), "M", 4),
            ((0, 0, 5, None, 3, *[None] * 3, 9, 9, 9, 9), "M", 12),
        ],
    )
    def test_gaps_are_hatched_and_never_drawn_as_zero(self, values, path, n_hatches):
        drawn = marks.spark(values)

        assert (drawn is None) == (path is None)
        if drawn:
            assert drawn.hatch.count("M") == n_hatches
            assert drawn.path.count("M") == len(
                re.findall(r"(?:^|-)[^-]+", "".join("x" if v is not None else "-" for v in values))
            )


class TestExtremes:
    def test_ten_thousand_sources_names_that_try_and_nothing_counted(self, world, client_of):
        evil = '<img src=x onerror=alert(1)> Čáhcesuolu "' + "x" * 40
        with tenant(world.town.pk):
            channel = Channel.objects.get(slug="print")
            Source.objects.bulk_create(
                Source(slug=f"s{n}", channel=channel, position=100 + n, name_nb=f"{evil} {n}"[:80], name_nn="x",
                       name_en="x")
                for n in range(10_000)
            )  # fmt: skip
            new = Source.objects.filter(slug__startswith="s", position__gte=100)[:60]
            Cost.objects.bulk_create(
                Cost(source=source, job=world.job, day=TODAY, note="x", kind="kroner", amount_ore=n * 100)
                for n, source in enumerate(new)
            )
        client = client_of(world.town.hr)
        response = client.get(PAGE)
        html = response.content.decode()

        assert response.status_code == 200
        assert "<img" not in html
        assert "Kilde 1 til 25 av 64" in html
        assert "og 9" in html
        assert "nan" not in html.lower().replace("nanna", "")
        assert len(response.content) < 150_000
        assert client.get(f"{PAGE}?side=3").status_code == 200
        assert client.get(f"{PAGE}?side=99").status_code == 200

    def test_zero_kroner_and_zero_qualified_divide_nothing(self, lyngvaer, client_of):
        world = World(lyngvaer)
        world.cost("print", kroner=0)
        world.outcome("print", applied=0, qualified=0, hired=0)
        html = main_of(client_of(lyngvaer.hr), PAGE)

        assert told_on(html)["Lokalavisa"][5:8] == ["0", "0", "0"]
        assert "For få til å si noe: 0 kvalifiserte til sammen" in html

    def test_marks_stay_within_the_picture_whatever_the_amounts(self):
        bounds = [(None, 1.0, None), (5.0, 1.0, 900_000.0), (900_000.0, 400_000.0, 9e9), (None, 9e9, None)]
        end = marks.axis_end(bounds)

        for each in bounds:
            drawn = marks.plot(each, end=end)
            for x in re.findall(r"[MH](-?[\d.]+)", drawn.whisker + drawn.few):
                assert 0 <= float(x) <= 200, drawn
        assert marks.plot((None, None, None), end=end) == marks.Plot()
        assert marks.ticks(0) == ("", "", "")
