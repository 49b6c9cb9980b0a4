"""The comparison as a table: the same cells for the page and for the files, so that they cannot drift apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics import hidden_texts, marks
from analytics import source_texts as texts
from analytics.queries.source_weeks import Weeks
from analytics.queries.sources import SourceComparison, SourceRow
from foundation import spreadsheets
from foundation.formats import hours, kroner, number
from foundation.markup import html


@dataclass(frozen=True)
class Cell:
    """
    A cell: its text on the page, a line below it, and its value in a file.

    `is_missing` marks what nobody reported or registered, `is_hidden` what may not be told yet, `is_main` what a phone
    shows before anything is unfolded.
    """

    label: str
    text: str
    value: spreadsheets.Cell
    sub: str = ""
    is_missing: bool = False
    is_hidden: bool = False
    is_late: bool = False
    is_main: bool = False

    @property
    def shown(self) -> SafeString | str:
        """The cell's content on the page."""
        mark = "kk-missing" if self.is_missing else "muted" if self.is_hidden else ""
        text = html('<span class="{}">{}</span>', mark, self.text) if mark else self.text
        if not self.sub:
            return text
        return html('{}<span class="sub{}">{}</span>', text, " kk-late" if self.is_late else "", self.sub)


@dataclass(frozen=True)
class TableRow:
    """
    One source. `cost` is an estimate and `cost_range` its bounds; without one `cost_words` says why. `plot` and
    `spark` are drawings; `about` says where the row's figures come from, term by term.

    `bracket` is how many rows, this one first, cannot be told apart; 0 inside such a run, and None outside.
    """

    source_id: int
    name: str
    how: str
    cells: list[Cell]
    cost: str
    cost_range: str
    cost_words: str
    tie: str
    plot: SafeString
    fetched: str
    about_label: str
    about: list[tuple[str, str]]
    is_few: bool
    bracket: int | None = None
    spark: SafeString | str = ""
    in_file: list[spreadsheets.Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """The rows, their sums, and the axis that all plots share: its ticks as text, "" when there is nothing to draw."""

    rows: list[TableRow]
    sums: list[Cell]
    ticks: tuple[str, str, str]
    has_brackets: bool
    has_hidden: bool


@dataclass(frozen=True)
class _Words:
    """What the rows say again and again, looked up once; the columns' names are escaped once too."""

    label: dict[str, SafeString]
    not_registered: str
    cannot_be_tracked: str
    answers_deleted: str
    views_and_clicks: str
    said_and_tracked: str
    per_qualified: str

    @classmethod
    def now(cls) -> _Words:
        """Return the words in the reader's language."""
        return cls(
            label={key: escape(text) for key, text in labels().items()},
            not_registered=_("not registered"),
            cannot_be_tracked=_("cannot be tracked"),
            answers_deleted=_("answers deleted"),
            views_and_clicks=_("Views and clicks"),
            said_and_tracked=_("Said and tracked"),
            per_qualified=_("Per qualified"),
        )


@dataclass(frozen=True)
class Column:
    """A column: its name, by what one sorts by it, and how it stands sorted now."""

    key: str
    label: str
    sort: str
    aria_sort: str = ""


def labels() -> dict[str, str]:
    """Return the columns' names in the order of page and file."""
    return {
        "navn": _("Source"),
        "visninger": _("Views"),
        "klikk": _("Clicks"),
        "besok": _("Visits, tracked"),
        "sagt": _("Applicants, said"),
        "sokere": _("Applicants, counted"),
        "kvalifiserte": _("Qualified"),
        "ansatt": _("Hired"),
        "kroner": _("Kroner"),
        "timer": _("Hours"),
        "pris": _("Kroner per qualified"),
    }


def columns(*, sort: str) -> list[Column]:
    """Return the columns with the order each offers: text and price from the low end first, figures from the high."""
    found = []
    for key, label in labels().items():
        first = key if key in ("navn", "pris") else f"-{key}"
        other = f"-{key}" if first == key else key
        aria_sort = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
        found.append(Column(key, label, other if sort == first else first, aria_sort))
    return found


def table(
    comparison: SourceComparison,
    rows: list[SourceRow],
    *,
    until: dict[int, date],
    weeks: dict[int, Weeks] | None = None,
    has_brackets: bool = False,
) -> Table:
    """
    Return some rows of the comparison, in the order given, as they are shown. The sums are over all rows.

    :param until: the last day known of the channels whose figures stop before the period does
    :param has_brackets: whether neighbours that cannot be told apart are bracketed; only where price decides the order
    """
    names = {row.source.id: texts.in_sentence(row.source) for row in comparison.rows}
    end = marks.axis_end([_bounds(row) for row in comparison.rows])
    brackets, of_weeks = _brackets(rows) if has_brackets else [None] * len(rows), weeks or {}
    words = _Words.now()
    shown = [
        _row(row, comparison, names, words, end=end, until=until, week=of_weeks.get(row.source.id), bracket=bracket)
        for row, bracket in zip(rows, brackets, strict=True)
    ]
    return Table(
        rows=shown,
        sums=_sums(comparison, words.label),
        ticks=marks.ticks(end),
        has_brackets=any(brackets),
        has_hidden=any(cell.is_hidden for row in shown for cell in row.cells),
    )


def _row(
    row: SourceRow,
    comparison: SourceComparison,
    names: dict[int, str],
    words: _Words,
    *,
    end: int,
    until: dict[int, date],
    week: Weeks | None,
    bracket: int | None,
) -> TableRow:
    name, how = texts.name_of(row.source), texts.how_of(row.source)
    hint = texts.said_and_tracked(row, comparison)
    cells = _cells(row, comparison, words, late=texts.until_text(until.get(row.source.channel_id or 0)), hint=hint)
    value, low, high, sentence = _cost(row)
    short, below = texts.cost_in_short(row, is_exact=comparison.is_exact)
    tie, fetched = texts.tie_sentence(row, names), texts.fetched_text(row)
    named = texts.tie_sentence(row, names, most=texts.NAMED)
    about = [
        (words.views_and_clicks, fetched),
        (words.said_and_tracked, hint),
        (words.per_qualified, f"{sentence} {named}.".strip() if tie else sentence),
    ]
    return TableRow(
        source_id=row.source.id,
        name=name,
        how=how,
        cells=cells,
        cost=number(value) if value is not None else "",
        cost_range=f"{number(low)}\N{EN DASH}{number(high)}" if value is not None else below,
        cost_words=short,
        tie=tie,
        plot=marks.whisker(marks.plot(_bounds(row), end=end), about=sentence),
        fetched=fetched,
        about_label=_("Where the figures of %(name)s come from") % {"name": names[row.source.id]},
        about=[(label, text) for label, text in about if text],
        is_few=row.cost is not None and row.cost.kind in ("none_yet", "interval_only", "too_few"),
        bracket=bracket,
        spark=_weeks(week),
        in_file=[name, *(cell.value for cell in cells), value, low, high, sentence],
    )


def _weeks(week: Weeks | None) -> SafeString | str:
    """Return the last twelve weeks as a line, or in words where a line would go up and down by chance."""
    if week is None:
        return ""
    found = marks.spark(week.values)
    if found is None or max((n or 0 for n in week.values), default=0) < texts.FEW_A_WEEK:
        return html('<span class="tiny muted">{}</span>', _("fewer than 5 a week"))
    return marks.line(found, about=texts.weeks_text(week))


def _cells(row: SourceRow, comparison: SourceComparison, words: _Words, *, late: str, hint: str) -> list[Cell]:
    """Return the figures of a row, from views to hours, in the columns' order."""
    label, missing, not_registered = words.label, texts.missing_channel_figure(row), words.not_registered
    said, counted = (_hidden(what, comparison) for what in ("said", "qualified"))
    best = "" if row.best_qualified is None else _("%(n)s best") % {"n": number(row.best_qualified)}
    return [
        _cell(label["visninger"], row.views, missing, sub=late, is_late=bool(late)),
        _cell(label["klikk"], row.clicks, missing, sub=late, is_late=bool(late)),
        _cell(label["besok"], row.visits, words.cannot_be_tracked),
        _told(label["sagt"], row.said, words.answers_deleted, hidden=said, sub=hint if row.said else ""),
        _told(label["sokere"], row.applied, not_registered, hidden=counted),
        _told(label["kvalifiserte"], row.qualified, not_registered, hidden=counted, sub=best, is_main=True),
        _told(label["ansatt"], row.hired, not_registered, hidden=counted),
        _kroner_cell(label["kroner"], row.kroner_ore, not_registered),
        _hours_cell(label["timer"], row.minutes, not_registered),
    ]


def _hidden(what: str, comparison: SourceComparison) -> str:
    """Return what stands for a count that may not be shown, "" where everything may."""
    return "" if comparison.is_exact else hidden_texts.hidden(what, comparison.threshold)


def _cell(
    label: str, value: int | None, missing: str, *, sub: str = "", is_late: bool = False, is_main: bool = False
) -> Cell:
    if value is None:
        return Cell(label, missing, missing, is_missing=True, is_main=is_main)
    return Cell(label, number(value), value, sub=sub, is_late=is_late, is_main=is_main)


def _told(label: str, value: int | None, missing: str, *, hidden: str, sub: str = "", is_main: bool = False) -> Cell:
    """Return a figure that comes from applicants or HR: in the released view a missing one is `hidden` (R10)."""
    if value is None and hidden:
        return Cell(label, _("hidden"), hidden, is_hidden=True, is_main=is_main)
    return _cell(label, value, missing, sub=sub, is_main=is_main)


def _kroner_cell(label: str, ore: int | None, missing: str) -> Cell:
    if ore is None:
        return _cell(label, None, missing)
    exact = Decimal(ore) / 100
    return Cell(label, kroner(ore), exact if exact % 1 else int(exact))


def _hours_cell(label: str, minutes: int | None, missing: str) -> Cell:
    if minutes is None:
        return _cell(label, None, missing)
    exact = (Decimal(minutes) / 60).quantize(Decimal("0.01"))
    return Cell(label, hours(minutes), exact if minutes % 60 else minutes // 60)


def _cost(row: SourceRow) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    sentence = texts.cost_sentence(row)
    cost = row.cost
    if cost is None or cost.kind in ("free", "too_few"):
        return None, None, None, sentence
    return texts.value_kroner(cost.value), texts.bound_kroner(cost.low), texts.bound_kroner(cost.high), sentence


def _bounds(row: SourceRow) -> marks.Bounds:
    """Return estimate and bounds in kroner."""
    cost = row.cost
    if cost is None:
        return None, None, None
    value, low, high = (None if ore is None else ore / 100 for ore in (cost.value, cost.low, cost.high))
    return value, low, high


def _brackets(rows: list[SourceRow]) -> list[int | None]:
    """
    Return for each row how long the bracket is that begins there, 0 inside one, None outside.

    A bracket says the whole truth about its rows: each of them cannot be told apart from the others in it, and from no
    other source. Whatever is tied in any other way says so in words in its row.
    """
    found: list[int | None] = [None] * len(rows)
    for place, row in enumerate(rows):
        tied = {row.source.pk, *row.ties}
        run = rows[place : place + len(tied)]
        if row.ties and all({each.source.pk, *each.ties} == tied for each in run) and len(run) == len(tied):
            found[place : place + len(run)] = [len(run), *[0] * (len(run) - 1)]
    return found


def _sums(comparison: SourceComparison, label: dict[str, SafeString]) -> list[Cell]:
    """
    Return the sums of what is shown, from views to hours; what nobody told has none.

    Views and clicks are not added up: channels count in ways of their own. Hidden counts are not in the sums, so that a
    sum tells nothing of them.
    """
    rows, missing = comparison.rows, _("not registered")
    empty = [Cell(label[key], "", None) for key in ("visninger", "klikk")]
    counted = {
        "besok": [row.visits for row in rows],
        "sagt": [row.said for row in rows],
        "sokere": [row.applied for row in rows],
        "kvalifiserte": [row.qualified for row in rows],
        "ansatt": [row.hired for row in rows],
    }
    sums = [Cell(label[key], number(total := _sum(values)), total) for key, values in counted.items()]
    spent = [
        _kroner_cell(label["kroner"], _sum([row.kroner_ore for row in rows]), missing),
        _hours_cell(label["timer"], _sum([row.minutes for row in rows]), missing),
    ]
    return [*empty, *sums, *spent]


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
