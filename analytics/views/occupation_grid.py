"""«Yrke og stillingstype» (H2): what a qualified applicant costs, by occupation or kind of position and source."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from analytics import hidden_texts, source_answers, source_texts
from analytics.forms.figures import GridForm
from analytics.queries import by_occupation, sources
from analytics.queries.by_occupation import ROWS_ON_PAGE, Grid, Row
from analytics.queries.selection import Selection
from analytics.queries.source_rows import SourceComparison, SourceRow, View
from analytics.views import figure_files, figure_pages
from analytics.views.figure_pages import Question
from foundation import clock, spreadsheets
from foundation.formats import lowered, number
from recruitment.doors import MemberRequest
from recruitment.models import Source


@dataclass(frozen=True)
class Cell:
    """One occupation and source: the cost in short, its range, how many are qualified; or why not."""

    source: str
    cost: str = ""
    words: str = ""
    range: str = ""
    qualified: str = ""
    is_none: bool = False
    is_counted: bool = False
    in_file: tuple[spreadsheets.Cell, ...] = (None, None, None, None)


@dataclass(frozen=True)
class GridRow:
    """One occupation or kind, with what its figures answer and the way to them."""

    name: str
    n_jobs: int
    verdict: str
    query: str
    cells: list[Cell]


@require_safe
def sources_grid(request: MemberRequest) -> HttpResponse:
    """Show the grid."""
    asked = figure_pages.question(request, GridForm)
    if not asked.is_valid:
        return figure_pages.refused(request, asked, here="grid")
    found, page = _grid(asked, view=asked.filters.view()), asked.filters.page_number()
    rows = [_row(row, found.sources, asked) for row in found.rows]
    n_pages = -(-found.n_groups // ROWS_ON_PAGE)
    context = asked.context() | {
        "rows": rows,
        "columns": [source_texts.name_of(source) for source in found.sources],
        "row_heading": _("Occupation") if _by(asked) == "occupation" else _("Kind of position"),
        "answer": _answer(found, rows),
        "explained": _("What a qualified applicant costs. Each row is compared by itself; press it to see all of it."),
        "ways": asked.links("etter"),
        "n_sources_left": found.n_sources_left,
        "pages": [(number(n), asked.query(side=str(n)), n == page) for n in range(1, min(n_pages, 40) + 1)]
        if n_pages > 1
        else [],
    }
    return render(request, "analytics/grid.html", context)


@require_safe
def sources_grid_csv(request: MemberRequest) -> HttpResponse:
    """Return the page of the grid with a semicolon between the cells."""
    return _file(request, "csv")


@require_safe
def sources_grid_xlsx(request: MemberRequest) -> HttpResponse:
    """Return the page of the grid as a workbook."""
    return _file(request, "xlsx")


def _file(request: MemberRequest, kind: str) -> HttpResponse:
    asked = figure_pages.question(request, GridForm)
    if not asked.is_valid:
        return figure_pages.refused(request, asked, here="grid")
    heading: list[spreadsheets.Cell] = [asked.own.label_of("etter"), _("Vacancies"), _("Source"), _("Qualified")]
    heading += [_("Kroner per qualified"), _("Probably from, kroner"), _("Probably to, kroner"), _("In words")]
    found = _grid(asked, view="released")
    body = [
        [row.name, row.n_jobs, cell.source, *cell.in_file, cell.words]
        for row in (_row(each, found.sources, asked) for each in found.rows)
        for cell in row.cells
        if not cell.is_none
    ]
    return figure_files.answer(request, [heading, *body], kind=kind, stem=f"kilder-per-{_stem(asked)}", asked=asked)


def _by(asked: Question) -> by_occupation.By:
    return "kind" if asked.own.chosen("etter") == "type" else "occupation"


def _stem(asked: Question) -> str:
    return "stillingstype" if _by(asked) == "kind" else "yrke"


def _grid(asked: Question, *, view: View) -> Grid:
    now, with_hours = clock.now(), asked.filters.with_hours()

    def compare(selection: Selection) -> SourceComparison:
        return sources.source_comparison(selection=selection, view=view, with_hours=with_hours, now=now)

    return by_occupation.grid(
        selection=asked.filters.selection(),
        by=_by(asked),
        page=asked.filters.page_number(),
        is_exact=view == "exact",
        compare=compare,
    )


def _row(row: Row, columns: list[Source], asked: Question) -> GridRow:
    by_source = {each.source.pk: each for each in row.comparison.rows}
    field = "type" if _by(asked) == "kind" else "yrke"
    return GridRow(
        name=row.group.name,
        n_jobs=row.group.n_jobs,
        verdict=f"{source_answers.answer(row.comparison).rstrip('.')}.",
        query=asked.filters.query(**{field: row.group.key}),
        cells=[_cell(source, by_source.get(source.pk), uncounted=_uncounted(row.comparison)) for source in columns],
    )


def _uncounted(comparison: SourceComparison) -> str:
    """Return what stands where the qualified are not counted, or not shown."""
    if comparison.is_exact:
        return _("qualified not registered")
    return hidden_texts.hidden("qualified", comparison.threshold)


def _cell(source: Source, row: SourceRow | None, *, uncounted: str) -> Cell:
    name = source_texts.name_of(source)
    if row is None or (row.qualified is None and row.spend_ore is None):
        return Cell(name, is_none=True)
    qualified = uncounted
    if row.qualified is not None:
        qualified = ngettext("%(n)s qualified person", "%(n)s qualified persons", row.qualified)
        qualified %= {"n": number(row.qualified)}
    cost, words = row.cost, source_texts.cost_sentence(row)
    told: tuple[spreadsheets.Cell, ...] = (row.qualified if row.qualified is not None else qualified, None, None, None)
    if cost is None or cost.kind in ("free", "too_few"):
        return Cell(name, words=words, qualified=qualified, is_counted=bool(row.qualified), in_file=told)
    low, high = source_texts.bound_kroner(cost.low), source_texts.bound_kroner(cost.high)
    value = source_texts.value_kroner(cost.value)
    told = (told[0], value, low, high)
    between = f"{number(low)}\N{EN DASH}{number(high)}" if high is not None else ""
    if value is not None:
        short = _("kr %(amount)s") % {"amount": number(value)}
        return Cell(name, cost=short, words=words, range=between, qualified=qualified, in_file=told)
    short = _("Too few to say anything") if not between else f"kr {between}"
    over = "" if between else _("over kr %(low)s") % {"low": number(low)}
    return Cell(name, words=words, cost="" if not between else short, range=over, qualified=qualified, in_file=told)


def _answer(found: Grid, rows: list[GridRow]) -> str:
    """Return the heading: the first row that can tell a best, else the first row's own answer."""
    if not rows:
        return _("Nothing to compare by occupation here yet")
    pairs = list(zip(found.rows, rows, strict=True))
    told = next(((each, row) for each, row in pairs if each.comparison.best), pairs[0])
    return source_answers.answer(told[0].comparison, about=lowered(told[1].name))
