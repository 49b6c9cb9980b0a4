"""The comparison as a file: exactly what everybody may see (R10), under a head that says what it is."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from analytics import hidden_texts, source_order, source_texts
from analytics.forms.selections import SelectionForm
from analytics.queries import source_totals
from analytics.queries import sources as queries
from analytics.views import source_price, source_table
from audit import record
from audit.acts import Act
from foundation import spreadsheets
from foundation.formats import day, moment
from recruitment.models import Municipality

Rows = list[list[spreadsheets.Cell]]


def file_rows(form: SelectionForm, *, municipality: Municipality, now: datetime) -> Rows:
    """
    Return head, columns, rows and sums of the selection, in the order that is asked for, and last what they rest on.

    A file leaves the house: it reads the release ledger whoever downloads it, and holds figures as figures.
    """
    selection = form.selection()
    comparison = queries.source_comparison(selection=selection, view="released", with_hours=form.with_hours(), now=now)
    rows = source_order.in_order(comparison.rows, sort=form.sort())
    until = source_totals.told_until(selection=selection, now=now)
    shown = source_table.table(comparison, rows, until=until)
    totals: list[spreadsheets.Cell] = [_("Sum of what is shown"), *(cell.value for cell in shown.sums)]
    heading: list[spreadsheets.Cell] = [*source_table.labels().values()]
    heading += [_("Probably from, kroner"), _("Probably to, kroner"), _("In words"), _("Views and clicks: who, when")]
    body = [
        [*row.in_file, _told_by(row, until.get(each.source.channel_id or 0))]
        for row, each in zip(shown.rows, rows, strict=True)
    ]
    head = _head(form, municipality=municipality, threshold=comparison.threshold, now=now)
    about = _about(form, comparison)
    return [*head, heading, *body, [*totals, None, None, None, None, None], [], [_("About the figures")], *about]


def _told_by(row: source_table.TableRow, until: object) -> str:
    late = next((cell.sub for cell in row.cells if cell.is_late), "") if until else ""
    return f"{row.fetched}, {late}" if late else row.fetched


def _about(form: SelectionForm, comparison: queries.SourceComparison) -> Rows:
    """Return what stands below the table on the page: how many answered, and what a price is made of."""
    made = source_price.made_of(form, comparison)
    lines = [source_texts.response_sentence(comparison), made, hidden_texts.prices()]
    return [[line] for line in lines if line]


def _head(form: SelectionForm, *, municipality: Municipality, threshold: int, now: datetime) -> Rows:
    """Return what the file is about: who, which days, which filters, when, and that hidden counts are not in it."""
    period = form.period()
    hours = _("Kroner and hours") if form.with_hours() else _("Kroner only")
    filters: Rows = [[label, words] for name, label, words in form.chosen() if name != "timer"]
    return [
        [_("Sources"), str(municipality)],
        [_("Period"), f"{day(period.first_day)} \N{EN DASH} {day(period.last_day)}"],
        *filters,
        [_("Cost per qualified"), hours],
        [_("Made"), moment(now)],
        [_("What is shown"), hidden_texts.in_files(threshold)],
        [],
    ]


def download(rows: Rows, *, form: SelectionForm, municipality: Municipality, kind: str) -> HttpResponse:
    """
    Return the rows as a file, "csv" or "xlsx", count it among the municipality's exports and record it.

    :raises limits.TooOften: the municipality's hour is full
    """
    period = form.period()
    name = f"kilder-{municipality.file_name}{form.file_words()}-{period.first_day}-{period.last_day}.{kind}"
    make = spreadsheets.download_xlsx if kind == "xlsx" else spreadsheets.download
    response = make(rows, name=name, municipality_id=municipality.pk)
    # Not how many rows: the administrator reads the log, and a number of rows may tell of answers (R10).
    record(Act.EXPORTED, detail={"file": name})
    return response
