"""
The rows of the comparison as HTML, drawn here and not by a template.

A template takes three times as long for rows of a dozen cells each. Everything but the patterns goes through Django's
escaping. What is the same in every row is handed in once, as `Around`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analytics.views.source_table import Cell, TableRow

NOTHING = format_html("{}", "")
ROW = (
    '<tr role="row"{}>\n{}\n{}\n{}<td role="cell" class="c-plot">{}</td>{}'
    '<td role="cell" class="c-spark" data-l="{}">{}</td>\n</tr>'
)
NAME = (
    '<th role="rowheader" scope="row" class="c-name">'
    '<a href="{0}" hx-get="{0}">{1}</a>'
    '<button type="button" class="kk-about" popovertarget="om-{2}" aria-label="{3}">'
    '<svg class="i" aria-hidden="true"><use href="#i"/></svg></button>'
    '<div class="kk-about__in" id="om-{2}" popover><b>{1}</b><dl>{4}</dl><p>{5}</p>'
    '<button type="button" class="ds-button is-small" data-variant="secondary" popovertarget="om-{2}"'
    ' popovertargetaction="hide">{6}</button></div>{7}</th>'
)
COST = '<td role="cell" class="num c-cost" data-l="{}"><span class="{}">{}</span>{}{}</td>\n'
BRACKET = '<td role="cell" class="c-tie" rowspan="{}"><div class="kk-tie"><span>{}</span></div></td>'
NO_BRACKET = format_html('<td role="cell" class="c-tie">{}</td>', "")
IS_FEW = format_html(' class="{}"', "is-few")
TERM = "<div><dt>{}</dt><dd>{}</dd></div>"
FIGURE = '<td role="cell" class="num" data-l="{}">{}</td>'


@dataclass(frozen=True)
class Around:
    """
    What all rows of a table have in common: addresses, and texts in the reader's language.

    :param address: of the sources, with a slash at its end; a source's own has its id behind it
    :param query: the question part of every address, with its question mark
    """

    address: str
    query: str
    cost: str
    weeks: str
    close: str
    provenance: str
    cannot_be_told_apart: str
    has_brackets: bool


def rows(found: Sequence[TableRow], around: Around) -> SafeString:
    """Return the rows, one after the other."""
    return format_html_join("\n", "{}", ((_row(row, around),) for row in found))


def _row(row: TableRow, around: Around) -> SafeString:
    return format_html(
        ROW,
        IS_FEW if row.is_few else NOTHING,
        _name(row, around),
        figures(row.cells),
        _cost(row, around),
        row.plot,
        _bracket(row, around),
        around.weeks,
        row.spark,
    )


def _name(row: TableRow, around: Around) -> SafeString:
    return format_html(
        NAME,
        f"{around.address}{row.source_id}/{around.query}",
        row.name,
        row.source_id,
        row.about_label,
        format_html(TERM * len(row.about), *[part for term in row.about for part in term]) if row.about else NOTHING,
        around.provenance,
        around.close,
        format_html("<small>{}</small>", row.how) if row.how else NOTHING,
    )


def figures(cells: Sequence[Cell]) -> SafeString:
    """Return the cells from views to hours."""
    return format_html(FIGURE * len(cells), *[part for cell in cells for part in (cell.label, cell.shown)])


def _cost(row: TableRow, around: Around) -> SafeString:
    return format_html(
        COST,
        around.cost,
        "cost" if row.cost else "kk-words-only",
        row.cost or row.cost_words,
        format_html('<span class="sub">{}</span>', row.cost_range) if row.cost_range else NOTHING,
        format_html('<span class="sub c-tied">{}</span>', row.tie) if row.tie else NOTHING,
    )


def _bracket(row: TableRow, around: Around) -> SafeString:
    if row.bracket:
        return format_html(BRACKET, row.bracket, around.cannot_be_told_apart)
    return NO_BRACKET if around.has_brackets and row.bracket is None else NOTHING
