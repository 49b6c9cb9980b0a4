"""
«Penger ut, kvalifiserte søkere inn»: bars of kroner and of qualified applicants, source by source.

Drawn on the server, with the same rows in a table beside it. All places are whole units of the drawing, so that no
language writes them with a comma.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from foundation import formats
from kanalkompass.leader.told import Figures, SourceFigures

MOST_BARS, MOST_ROWS = 12, 50
MOST_LETTERS = 28
ENOUGH = 5
# The wide drawing: bars of kroner end where names begin, those of applicants begin where names end.
HEAD, ROW, GAP = 34, 32, 18
KRONER_END, KRONER_WIDTH, QUALIFIED_START, QUALIFIED_WIDTH = 400, 190, 620, 290
# The narrow one: two bars below each name.
NARROW_ROW, NARROW_GROUP, NARROW_BAR = 60, 26, 185


@dataclass(frozen=True)
class Bar:
    """One source. Labels are words where there is no figure, and widths are 0 then; `top` is where its row begins."""

    name: str
    short: str
    top: int
    narrow_top: int
    kroner: str
    kroner_width: int
    narrow_kroner_width: int
    qualified: str
    qualified_width: int
    narrow_qualified_width: int
    is_told: bool

    @property
    def kroner_start(self) -> int:
        """Where the bar of kroner begins, from the left."""
        return KRONER_END - self.kroner_width


@dataclass(frozen=True)
class Group:
    """The sources of one kind of payment. `rule` is where the line above it runs, 0 for the first."""

    label: str
    top: int
    narrow_top: int
    rule: int
    bars: list[Bar]


@dataclass(frozen=True)
class Row:
    """One line of the table beside the drawing, in words where there is no figure."""

    name: str
    kroner: str
    hours: str
    qualified: str
    is_told: bool


@dataclass(frozen=True)
class Picture:
    """
    The drawing, what it says in one sentence, and its table; `n_left_out` sources are in the table alone.

    `has_people` tells whether qualified applicants have bars: only where enough can be shown to hold sources against
    each other. Else their numbers stand as text.
    """

    groups: list[Group]
    height: int
    narrow_height: int
    description: str
    rows: list[Row]
    n_left_out: int
    n_untold_rows: int
    has_people: bool


def picture(figures: Figures) -> Picture | None:
    """Return the drawing, or None when no source has anything to draw."""
    if not figures.sources:
        return None
    drawn = _most_telling(figures)
    groups = list(_groups(figures, drawn))
    last = groups[-1]
    told = [each for payment in ("free", "paid", "unknown") for each in figures.paid_as(payment)]
    rows = [_row(each, figures) for each in told[:MOST_ROWS]]
    return Picture(
        groups=groups,
        height=last.bars[-1].top + ROW,
        narrow_height=last.bars[-1].narrow_top + NARROW_ROW,
        description=" ".join(f"{row.name}: {_said(row)}" for row in rows[:MOST_BARS]),
        rows=rows,
        n_left_out=len(figures.sources) - len(drawn),
        n_untold_rows=len(told) - len(rows),
        has_people=figures.is_telling,
    )


def _said(row: Row) -> str:
    return _("%(kroner)s, qualified applicants: %(qualified)s.") % {"kroner": row.kroner, "qualified": row.qualified}


def _most_telling(figures: Figures) -> set[str]:
    """Return the names of the sources drawn: those with most kroner or most qualified applicants of all."""
    most_ore = max((each.kroner_ore or 0 for each in figures.sources), default=0) or 1
    most = _most_people(figures.sources, figures)

    def weight(each: SourceFigures) -> float:
        people = (each.qualified or 0) / most if most else 0
        return max((each.kroner_ore or 0) / most_ore, people)

    return {each.name for each in sorted(figures.sources, key=lambda each: (-weight(each), each.name))[:MOST_BARS]}


def _most_people(sources: Iterable[SourceFigures], figures: Figures) -> int:
    """Return how many the longest bar of qualified applicants stands for; 0 where none is drawn."""
    return max((each.qualified or 0 for each in sources), default=0) if figures.is_telling else 0


def _groups(figures: Figures, drawn: set[str]) -> Iterator[Group]:
    is_registered = all(each.kroner_ore == 0 for each in figures.paid_as("free"))
    without = _("Without payment") if is_registered else _("No payment registered")
    labels = {"free": without, "paid": _("Paid"), "unknown": _("Price not registered")}
    chosen = [each for each in figures.sources if each.name in drawn]
    most_ore = max((each.kroner_ore or 0 for each in chosen), default=0) or 1
    most = _most_people(chosen, figures)
    top, narrow_top, rule = HEAD, 0, 0
    for payment in ("free", "paid", "unknown"):
        sources = [each for each in figures.paid_as(payment) if each.name in drawn]
        if not sources:
            continue
        bars = []
        for place, each in enumerate(sources):
            kroner, qualified = (each.kroner_ore or 0) / most_ore, (each.qualified or 0) / most if most else 0
            row = _row(each, figures)
            is_open = row.is_told and not figures.is_telling
            bars.append(
                Bar(
                    name=each.name,
                    short=_short(each.name),
                    top=top + place * ROW,
                    narrow_top=narrow_top + NARROW_GROUP + place * NARROW_ROW,
                    kroner=row.kroner,
                    kroner_width=_width(kroner, KRONER_WIDTH),
                    narrow_kroner_width=_width(kroner, NARROW_BAR),
                    qualified=_("at least %(number)s") % {"number": row.qualified} if is_open else row.qualified,
                    qualified_width=_width(qualified, QUALIFIED_WIDTH),
                    narrow_qualified_width=_width(qualified, NARROW_BAR),
                    is_told=row.is_told,
                )
            )
        yield Group(labels[payment], top, narrow_top, rule, bars)
        rule = bars[-1].top + ROW
        top, narrow_top = rule + GAP, bars[-1].narrow_top + NARROW_ROW + GAP // 2


def _width(part: float, whole: int) -> int:
    """Return a bar's width: in proportion, from zero, and never invisible where there is something."""
    return max(1, round(part * whole)) if part else 0


def _short(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1].rstrip() + "…"


def _row(each: SourceFigures, figures: Figures) -> Row:
    is_told = (each.qualified or 0) >= ENOUGH
    qualified = formats.number(each.qualified) if is_told else _untold(figures)
    missing = _("none registered") if each.payment == "free" else _("not registered")
    kroner = missing if each.kroner_ore is None else _("kr %s") % formats.kroner(each.kroner_ore)
    hours = _("not registered") if each.minutes is None else formats.hours(each.minutes)
    return Row(name=each.name, kroner=kroner, hours=hours, qualified=qualified, is_told=is_told)


def _untold(figures: Figures) -> str:
    if not figures.n_counted:
        return _("not registered")
    return _("not shown yet")
