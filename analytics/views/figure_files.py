"""Files of the pages about figures: a head that says what they hold, then the rows, as everybody may see them."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from analytics import hidden_texts
from analytics.queries.ledger import threshold
from analytics.views.figure_pages import Question
from audit import record
from audit.acts import Act
from foundation import clock, spreadsheets
from foundation.formats import day, moment
from recruitment.doors import MemberRequest


def answer(
    request: MemberRequest,
    rows: Sequence[Sequence[spreadsheets.Cell]],
    *,
    kind: str,
    stem: str,
    asked: Question,
) -> HttpResponse:
    """Return the rows of a page as a file for a spreadsheet, and note in the log that it was taken."""
    period = asked.filters.period()
    about = f"{stem}-{request.municipality.file_name}{asked.filters.file_words()}"
    name = f"{about}-{period.first_day}-{period.last_day}.{kind}"
    return _answer(request, [*head(asked), *rows], kind=kind, name=name)


def plain(request: MemberRequest, rows: Sequence[Sequence[spreadsheets.Cell]], *, kind: str, name: str) -> HttpResponse:
    """Return rows that already say what they hold as a file."""
    return _answer(request, rows, kind=kind, name=name)


def _answer(
    request: MemberRequest, rows: Sequence[Sequence[spreadsheets.Cell]], *, kind: str, name: str
) -> HttpResponse:
    make = spreadsheets.download_xlsx if kind == "xlsx" else spreadsheets.download
    response = make(rows, name=name, municipality_id=request.municipality.pk)
    # Not how many rows: the administrator reads the log, and a number of rows may tell of answers (R10).
    record(Act.EXPORTED, detail={"file": name})
    return response


def head(asked: Question) -> list[list[spreadsheets.Cell]]:
    """Return the lines that say period, filters, when the file was made and whose view it is."""
    period = asked.filters.period()
    lines: list[list[spreadsheets.Cell]] = [[_("Period"), f"{day(period.first_day)} – {day(period.last_day)}"]]
    lines += [[label, chosen] for _name, label, chosen in asked.filters.chosen()]
    return [*lines, [_("Made"), moment(clock.now())], [_("What is shown"), shared()], []]


def shared() -> str:
    """Return the line that says whose view a file holds. One query."""
    return hidden_texts.in_files(threshold())
