"""«Kilder» as page and files: one truth in all (P24), who sees what (R10, P13), and what tries to break it."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from analytics import marks
from analytics.models import Cost, Outcome, SurveyAnswer
from foundation import spreadsheets
from foundation.tenancy import tenant
from recruitment.models import Channel, Source
from tests.analytics.sources_pages import (
    BEHIND,
    BOOK,
    FILE,
    PAGE,
    PASSING,
    SHARED,
    main_of,
    released_world,
    rows_of,
    table_of,
    told_on,
)
from tests.analytics.test_sources import TODAY, World


@pytest.fixture
def world(lyngvaer: Any) -> World:
    return released_world(lyngvaer)


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
        answer = client_of(world.town.hr).get(f"{BOOK}?yrke=2223&fra=2026-01-01&til={TODAY}")
        rows = rows_of(answer.content)
        head = {row[0]: row[1] for row in rows[: next(n for n, row in enumerate(rows) if row[0] is None)]}

        assert head["Kilder"] == "Lyngvær kommune"
        assert head["Periode"].startswith("1. jan. 2026")
        assert head["Yrke"] == "Sykepleiere"
        assert "minst 5 svar" in head["Hva som vises"]
        assert f"kilder-lyngvaer-kommune-sykepleiere-2026-01-01-{TODAY}.xlsx" in answer.headers["Content-Disposition"]
        about = [row[0] for row in rows[next(n for n, row in enumerate(rows) if row[0] == "Om tallene") + 1 :]]
        assert any("Egne timer er regnet til kr 550" in line for line in about)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.sheetnames == ["Tall"]
        heading = next(n for n, row in enumerate(rows, start=1) if row[0] == "Kilde")
        assert book.active.freeze_panes == f"A{heading + 1}"
        assert book.active.column_dimensions["B"].width < 40  # the head's long lines do not make «Visninger» wide
        assert next(row for row in rows if row[0] == "Lokalavisa")[4:8] == ["Ikke vist ennå (minst 5 samlet)"] * 4

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
        # Sources with too few for an estimate press none of the others against the beginning of the axis.
        assert marks.axis_end([(139.0, 82.0, 250.0), (None, 17_000.0, 450_000.0)]) <= 300
        assert marks.axis_end([(None, 17_000.0, 450_000.0)]) >= 17_000
