"""
The rows of the comparison as HTML, drawn here and not by a template.

A template takes three times as long for rows of a dozen cells each. Everything but the patterns goes through Django's
escaping. What is the same in every row is handed in once, as `Around`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from analytics.views.source_table import Cell, TableRow
from foundation.markup import NOTHING, html, together

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
    ' popovertargetaction="hide">{6}</button></div>{7}{8}</th>'
)
# On a phone a row is a card with its answer, and this opens the rest of it; on a desk it is not there.
ALL = '<details class="kk-all"><summary>{}</summary></details>'
COST = '<td role="cell" class="num c-cost" data-l="{}"><span class="{}">{}</span>{}{}</td>\n'
BRACKET = '<td role="cell" class="c-tie" rowspan="{}"><div class="kk-tie"><span>{}</span></div></td>'
TIED = '<span class="sub c-tied{}">{}</span>'
# On a desk the bracket says it.
BRACKETED = html("{}", " is-bracketed")
NO_BRACKET = html('<td role="cell" class="c-tie">{}</td>', "")
IS_FEW = html(' class="{}"', "is-few")
TERM = "<div><dt>{}</dt><dd>{}</dd></div>"
FIGURE = '<td role="cell" class="num" data-l="{}">{}</td>'
MAIN = '<td role="cell" class="num c-main" data-l="{}">{}</td>'
SAME = '<td role="cell" class="num c-same" colspan="{0}" aria-colspan="{0}" data-l="{1}">{2}</td>'


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
    all_figures: str
    cannot_be_told_apart: str
    has_brackets: bool


def rows(found: Sequence[TableRow], around: Around) -> SafeString:
    """Return the rows, one after the other."""
    return together((_row(row, around) for row in found), between="\n")


def _row(row: TableRow, around: Around) -> SafeString:
    return html(
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
    return html(
        NAME,
        f"{around.address}{row.source_id}/{around.query}",
        row.name,
        row.source_id,
        row.about_label,
        html(TERM * len(row.about), *[part for term in row.about for part in term]) if row.about else NOTHING,
        around.provenance,
        around.close,
        html("<small>{}</small>", row.how) if row.how else NOTHING,
        html(ALL, around.all_figures),
    )


def figures(cells: Sequence[Cell]) -> SafeString:
    """Return the cells from views to hours; neighbours that are missing for the same reason say it together, once."""
    drawn: list[SafeString] = []
    place = 0
    while place < len(cells):
        cell, end = cells[place], place + 1
        while cell.is_missing and end < len(cells) and cells[end].is_missing and cells[end].text == cell.text:
            end += 1
        if end - place > 1:
            names = together((each.label for each in cells[place:end]), between=", ")
            drawn.append(html(SAME, end - place, names, cell.shown))
        else:
            drawn.append(html(MAIN if cell.is_main else FIGURE, cell.label, cell.shown))
        place = end
    return together(drawn)


def _cost(row: TableRow, around: Around) -> SafeString:
    return html(
        COST,
        around.cost,
        "cost" if row.cost else "kk-words-only",
        row.cost or row.cost_words,
        html('<span class="sub">{}</span>', row.cost_range) if row.cost_range else NOTHING,
        html(TIED, NOTHING if row.bracket is None else BRACKETED, row.tie) if row.tie else NOTHING,
    )


def _bracket(row: TableRow, around: Around) -> SafeString:
    if row.bracket:
        return html(BRACKET, row.bracket, around.cannot_be_told_apart)
    return NO_BRACKET if around.has_brackets and row.bracket is None else NOTHING
