"""Files for a Norwegian spreadsheet: UTF-8 with BOM, semicolon, decimal comma, and no cell that is run as a formula."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from foundation import limits

Cell = str | int | Decimal | None
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
    response = HttpResponse(csv_of(rows), content_type="text/csv; charset=utf-8")
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
