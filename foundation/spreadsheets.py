"""
Files for a Norwegian spreadsheet, in which no cell is run as a formula: CSV (UTF-8 with BOM, semicolon, decimal comma)
and XLSX (figures as figures, texts as texts).
"""

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from foundation import limits

Cell = str | int | Decimal | None
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What XML cannot hold; a name that has them is shown without.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MOST_CHARACTERS = 32_767  # of a cell
WIDEST = 60
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_of(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Return the rows as a CSV file. None is an empty cell; figures have no thousands separator."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def download(rows: Iterable[Iterable[Cell]], *, name: str, municipality_id: int) -> HttpResponse:
    """
    Return the rows as an answer that is saved as the file `name`, and count it among the municipality's exports.

    :raises limits.TooOften: the municipality's hour is full
    """
    limits.count_export(municipality_id)
    return _saved(csv_of(rows), name=name, content_type="text/csv; charset=utf-8")


def download_xlsx(rows: Iterable[Iterable[Cell]], *, name: str, municipality_id: int) -> HttpResponse:
    """
    Return the rows as a workbook that is saved as the file `name`, and count it as `download` does.

    :raises limits.TooOften: the municipality's hour is full
    """
    limits.count_export(municipality_id)
    return _saved(xlsx_of(rows), name=name, content_type=XLSX_TYPE)


def xlsx_of(rows: Iterable[Iterable[Cell]]) -> bytes:
    """
    Return the rows as a workbook of one sheet. None is an empty cell; every text is a text, whatever it begins with.

    The first row, and the row after an empty one, stand in bold: they are headings. The columns' own heading is the row
    after the first empty one, else the first; it stays in sight, and the rows below it decide how wide columns are.
    """
    # Loading it takes a while, and few requests are for a file.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    filled = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=_("Figures"))
    first, last = _table(filled)
    sheet.freeze_panes = f"A{first + 2}"
    for place in range(max((len(row) for row in filled), default=0)):
        longest = max(
            (len(str(row[place])) for row in filled[first:last] if place < len(row) and row[place] is not None),
            default=0,
        )
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, max(10, longest + 2))
    for number, row in enumerate(filled):
        is_heading = number == 0 or not filled[number - 1]
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=None if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.value = NOT_IN_XML.sub("", value)[:MOST_CHARACTERS]
                # Said afterwards: a text that begins with «=» would have been taken for a formula.
                cell.data_type = "s"
                cell.quotePrefix = value.lstrip(" \u00a0").startswith(RISKY)
            elif value is not None:
                cell.number_format = "#,##0" if value == int(value) else "#,##0.00"
            if is_heading:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table(rows: list[list[Cell]]) -> tuple[int, int]:
    """Return where the table's heading stands among rows, and where the table ends: what is above and below is text."""
    empty = [place for place, row in enumerate(rows) if not row]
    first = empty[0] + 1 if empty else 0
    return first, next((place for place in empty if place > first), len(rows))


def _saved(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | Decimal):
        return str(cell).replace(".", ",")
    # A spreadsheet takes a leading apostrophe as «this is text» and does not show it.
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(RISKY) or cell.startswith(RISKY) else cell
