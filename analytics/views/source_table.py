"""The comparison as a table: the same cells for the page and for the file, so that they cannot drift apart."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from django.utils.translation import gettext as _

from analytics import source_texts as texts
from analytics.queries.sources import SourceComparison, SourceRow
from foundation import spreadsheets
from foundation.formats import hours, kroner, number

PLOT_LEFT, PLOT_WIDTH, PLOT_RIGHT = 6.0, 188.0, 197.0


@dataclass(frozen=True)
class Cell:
    """A cell: its text on the page, whether that tells of something missing, and its value in the file."""

    label: str
    text: str
    value: spreadsheets.Cell
    is_missing: bool = False


@dataclass(frozen=True)
class Plot:
    """Where the marks of one source stand, in the units of its drawing; "" is no mark."""

    dot: str = ""
    whisker: str = ""
    few: str = ""
    few_ends: str = ""
    description: str = ""


@dataclass(frozen=True)
class TableRow:
    """One source. `answers` is None for those who may not see them; then `waiting` stands in their place."""

    name: str
    figures: list[Cell]
    answers: list[Cell] | None
    spent: list[Cell]
    cost: str
    cost_range: str
    cost_sentence: str
    tie: str
    plot: Plot
    is_few: bool
    in_file: list[spreadsheets.Cell]


@dataclass(frozen=True)
class Table:
    """The rows, and the axis that all plots share: its ticks as text, "" when there is nothing to draw."""

    rows: list[TableRow]
    ticks: tuple[str, str, str]
    waiting: str


def columns() -> dict[str, str]:
    """Return the columns' names in the order of page and file."""
    return {
        "source": _("Source"),
        "views": _("Views"),
        "clicks": _("Clicks"),
        "visits": _("Visits, tracked"),
        "said": _("Applicants, said"),
        "applied": _("Applicants, counted"),
        "qualified": _("Qualified"),
        "hired": _("Hired"),
        "kroner": _("Kroner"),
        "hours": _("Hours"),
        "cost": _("Kroner per qualified"),
    }


def table(comparison: SourceComparison) -> Table:
    """Return the comparison as it is shown."""
    names = {row.source.pk: texts.name_of(row.source) for row in comparison.rows}
    most = _axis(comparison.rows)
    rows = [_row(row, names, most, comparison.with_answers) for row in comparison.rows]
    ticks = (number(0), number(most // 2), number(most)) if most else ("", "", "")
    return Table(rows=rows, ticks=ticks, waiting=texts.waiting_text())


def file_rows(shown: Table) -> list[list[spreadsheets.Cell]]:
    """Return heading and rows of the file: what the page shows, with the bounds in columns of their own."""
    heading: list[spreadsheets.Cell] = [*columns().values(), _("Probably from"), _("Probably to"), _("In words")]
    return [heading, *(row.in_file for row in shown.rows)]


def _row(row: SourceRow, names: dict[int, str], most: int, with_answers: bool) -> TableRow:
    labels = columns()
    name = names[row.source.pk]
    figures = [
        _channel_cell(labels["views"], row.views, row),
        _channel_cell(labels["clicks"], row.clicks, row),
        _cell(labels["visits"], row.visits, _("cannot be tracked")),
    ]
    answers = [
        _cell(labels["said"], row.said, _("answers deleted")),
        _cell(labels["applied"], row.applied, _("not registered")),
        _cell(labels["qualified"], row.qualified, _("not registered")),
        _cell(labels["hired"], row.hired, _("not registered")),
    ]
    spent = [_kroner_cell(labels["kroner"], row.kroner_ore), _hours_cell(labels["hours"], row.minutes)]
    value, low, high, sentence = _cost(row)
    shown = answers if with_answers else None
    waiting = texts.waiting_text()
    told = [cell.value for cell in answers] if with_answers else [waiting] * len(answers)
    cost = [value, low, high, sentence] if with_answers else [waiting, None, None, None]
    return TableRow(
        name=name,
        figures=figures,
        answers=shown,
        spent=spent,
        cost=number(value) if value is not None else "",
        cost_range=f"{number(low)}\N{EN DASH}{number(high)}" if value is not None else "",
        cost_sentence=sentence if with_answers else "",
        tie=texts.tie_sentence(row, names),
        plot=_plot(row, name, sentence, most),
        is_few=row.cost is not None and row.cost.kind in ("none_yet", "interval_only", "too_few"),
        in_file=[name, *(cell.value for cell in figures), *told, *(cell.value for cell in spent), *cost],
    )


def _cell(label: str, value: int | None, missing: str) -> Cell:
    if value is None:
        return Cell(label, missing, missing, is_missing=True)
    return Cell(label, number(value), value)


def _channel_cell(label: str, value: int | None, row: SourceRow) -> Cell:
    return _cell(label, value, texts.missing_channel_figure(row))


def _kroner_cell(label: str, ore: int | None) -> Cell:
    if ore is None:
        return _cell(label, None, _("not registered"))
    exact = Decimal(ore) / 100
    return Cell(label, kroner(ore), exact if exact % 1 else int(exact))


def _hours_cell(label: str, minutes: int | None) -> Cell:
    if minutes is None:
        return _cell(label, None, _("not registered"))
    exact = (Decimal(minutes) / 60).quantize(Decimal("0.1"))
    return Cell(label, hours(minutes), exact if minutes % 60 else minutes // 60)


def _cost(row: SourceRow) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    sentence = texts.cost_sentence(row)
    cost = row.cost
    if cost is None or cost.kind in ("free", "too_few"):
        return None, None, None, sentence
    return texts.value_kroner(cost.value), texts.bound_kroner(cost.low), texts.bound_kroner(cost.high), sentence


def _axis(rows: list[SourceRow]) -> int:
    """Return where the shared axis ends, in kroner: a round number past most of what is drawn; 0 for nothing."""
    ends = []
    for row in rows:
        if row.cost and row.cost.low is not None:
            # One very wide interval must not press all others together: past the axis it ends in an arrow.
            value, high = row.cost.value, row.cost.high
            ends.append((row.cost.low * 1.5 if value is None or high is None else min(high, value * 3)) / 100)
    if not ends or max(ends) <= 0:
        return 0
    step = 10 ** floor(log10(max(ends)))
    return int(max(2, ceil(max(ends) / step * 2) / 2 * step // 2 * 2))


def _plot(row: SourceRow, name: str, sentence: str, most: int) -> Plot:
    cost = row.cost
    if cost is None or cost.low is None or not most:
        return Plot()
    low = _x(cost.low, most)
    description = f"{name}: {sentence}"
    if cost.high is None:
        if low >= PLOT_LEFT + PLOT_WIDTH:
            low = PLOT_LEFT + PLOT_WIDTH - 8
        return Plot(few=f"M{low:.1f} 28H{PLOT_RIGHT}", few_ends=f"M{low:.1f} 22v12{_arrow()}", description=description)
    high = _x(cost.high, most)
    is_past = high > PLOT_LEFT + PLOT_WIDTH
    low = min(low, PLOT_LEFT + PLOT_WIDTH - 8)
    end = _arrow() if is_past else f"M{high:.1f} 23.5v9"
    whisker = f"M{low:.1f} 28H{PLOT_RIGHT if is_past else high:.1f}M{low:.1f} 23.5v9{end}"
    dot = "" if cost.value is None else f"{min(_x(cost.value, most), PLOT_LEFT + PLOT_WIDTH):.1f}"
    return Plot(dot=dot, whisker=whisker, description=description)


def _x(ore: float, most: int) -> float:
    return PLOT_LEFT + PLOT_WIDTH * ore / 100 / most


def _arrow() -> str:
    return f"M{PLOT_RIGHT - 5} 23l5 5-5 5"
