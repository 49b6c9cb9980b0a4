"""
A chart and its table from one set of lines, so that the picture, the table under it and the file cannot drift apart.

Amounts are whole øre all the way to the screen: nothing is rounded before a person reads it.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from foundation import spreadsheets
from foundation.formats import number

Unit = Literal["count", "ore"]
# Dash and point shape tell lines apart without colour; more than these nobody can.
MOST_LINES = 8


def exact_kroner(ore: int) -> str:
    """Return kroner with øre where there are any: 4 310 or 4 310,50."""
    return number(Decimal(ore) / 100, 2 if ore % 100 else 0)


@dataclass(frozen=True)
class Point:
    """
    One figure, or in words why there is none. A figure may carry a note of its own, for example that days lack.

    `is_partial`: more belongs to it than is counted yet, so no line is drawn to it: it would look like a fall.
    """

    value: int | None
    words: str = ""
    is_partial: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether there is no figure; the chart has a gap here."""
        return self.value is None


@dataclass(frozen=True)
class Line:
    """One line of the chart and one column of its table."""

    name: str
    points: list[Point]
    url: str = ""
    unit: Unit | None = None

    @property
    def total(self) -> int | None:
        """The sum of what is known, or None when nothing is."""
        known = [point.value for point in self.points if point.value is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class Chart:
    """Lines over the same labels. `unit` is what a value counts: things, or whole øre."""

    key: str
    title: str
    labels: list[str]
    lines: list[Line]
    unit: Unit = "count"
    heading: str = ""
    has_total: bool = True
    full_labels: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no line has a single figure."""
        return all(line.total is None for line in self.lines)

    @property
    def data(self) -> dict[str, Any]:
        """
        What the script draws: a missing figure is null, which is a gap and never a zero; `partial` are the places of
        those that are drawn hollow and without a line.
        """
        return {
            "unit": self.unit,
            "labels": self.labels,
            "lines": [
                {
                    "name": line.name,
                    "values": [point.value for point in line.points],
                    "partial": [place for place, point in enumerate(line.points) if point.is_partial],
                }
                for line in self.lines
            ],
        }

    @property
    def has_partial(self) -> bool:
        """Whether a figure is drawn that is not whole."""
        return any(point.is_partial and point.value is not None for line in self.lines for point in line.points)

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """The table under the chart: label, then text and whether it tells of something missing."""
        labels = self.full_labels or self.labels
        return [
            (label, [self._cell(line, line.points[place]) for line in self.lines]) for place, label in enumerate(labels)
        ]

    @property
    def totals(self) -> list[str]:
        """The sum of each column's known figures, "" where nothing is known."""
        return ["" if line.total is None else self.text(line.total, line) for line in self.lines]

    def text(self, value: int, line: Line | None = None) -> str:
        """Return a value as it is read on the screen, without its unit; a line may have a unit of its own."""
        return exact_kroner(value) if self._unit(line) == "ore" else number(value)

    def _unit(self, line: Line | None) -> Unit:
        return (line.unit if line else None) or self.unit

    def _cell(self, line: Line, point: Point) -> tuple[str, bool]:
        if point.value is None:
            return point.words, True
        return f"{self.text(point.value, line)} {point.words}".strip(), False

    def file_rows(self) -> list[list[spreadsheets.Cell]]:
        """Return the same table for a spreadsheet: figures as figures, and words where there is none."""
        labels = self.full_labels or self.labels
        heading: list[spreadsheets.Cell] = [self.heading, *(line.name for line in self.lines)]
        rows = [
            [label, *(self.file_cell(line.points[place], line) for line in self.lines)]
            for place, label in enumerate(labels)
        ]
        notes = [self._notes(place) for place in range(len(labels))]
        if not any(notes):
            return [heading, *rows]
        return [[*heading, _("Remarks")], *([*row, note or None] for row, note in zip(rows, notes, strict=True))]

    def _notes(self, place: int) -> str:
        """Return what goes with the figures of one row: a cell of a file holds a figure alone."""
        told = [(line.name, line.points[place]) for line in self.lines]
        return "; ".join(
            f"{name}: {point.words.strip('()')}" for name, point in told if point.words and point.value is not None
        )

    def file_cell(self, point: Point, line: Line | None = None) -> spreadsheets.Cell:
        """Return one figure for a file: kroner to the last øre, or the words that stand on the page."""
        if point.value is None:
            return point.words
        if self._unit(line) == "ore":
            exact = Decimal(point.value) / 100
            return exact if exact % 1 else int(exact)
        return point.value
