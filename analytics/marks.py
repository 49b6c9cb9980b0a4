"""
Small marks in a table as SVG, drawn on the server: where something probably lies, and how the last weeks went.

One grammar: dot = best estimate, whisker = where it probably lies, dashed with arrow = a lower bound only, hatch =
missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.safestring import SafeString

from foundation.formats import number
from foundation.markup import NOTHING, html

PLOT_LEFT, PLOT_WIDTH, PLOT_RIGHT = 6.0, 188.0, 197.0
GRID = "M6 0V56M53 0V56M100 0V56M147 0V56M194 0V56"
SPARK_LEFT, SPARK_WIDTH, SPARK_TOP, SPARK_BOTTOM = 3.0, 70.0, 3.0, 23.0

SILENT = html('aria-hidden="{}"', "true")
POINT = '<circle class="m-dot" cx="{}" cy="{}" r="{}"/>'
FEW = '<path class="m-few" d="{}"/><path class="m-few solid" d="{}"/>'


@dataclass(frozen=True)
class Plot:
    """Where the marks of one row stand, in the units of a drawing of 200 x 56; "" is no mark."""

    dot: str = ""
    whisker: str = ""
    few: str = ""
    few_ends: str = ""


@dataclass(frozen=True)
class Spark:
    """A line of weeks in a drawing of 76 x 26: its path, single points beside gaps, hatches over gaps, and its end."""

    path: str
    dots: tuple[tuple[str, str], ...]
    hatch: str
    end: tuple[str, str] | None


Bounds = tuple[float | None, float | None, float | None]


def axis_end(bounds: Sequence[Bounds]) -> int:
    """
    Return where the axis that all rows share ends: a round number past most of what is drawn; 0 for nothing.

    Each of `bounds` is (estimate, low, high); None is not known. What is too little for an estimate decides nothing
    where there are estimates: one very wide interval must not press all others together, and ends in an arrow.
    """
    estimated = [min(high, value * 3) for value, _low, high in bounds if value is not None and high is not None]
    ends = estimated or [low * 1.5 for _value, low, _high in bounds if low is not None]
    if not ends or max(ends) <= 0:
        return 0
    step = 10 ** floor(log10(max(ends)))
    return int(max(2, ceil(max(ends) / step * 2) / 2 * step // 2 * 2))


def ticks(end: int) -> tuple[str, str, str]:
    """Return the axis' numbers at its beginning, middle and end; "" when there is nothing to draw."""
    return (number(0), number(end // 2), number(end)) if end else ("", "", "")


def plot(bounds: Bounds, *, end: int) -> Plot:
    """Return the marks of (estimate, low, high) on an axis from 0 to `end`."""
    value, low, high = bounds
    if low is None or not end:
        return Plot()
    x_low = _x(low, end)
    if high is None:
        x_low = min(x_low, PLOT_LEFT + PLOT_WIDTH - 8)
        return Plot(few=f"M{x_low:.1f} 28H{PLOT_RIGHT}", few_ends=f"M{x_low:.1f} 22v12{_arrow()}")
    x_high = _x(high, end)
    is_past = x_high > PLOT_LEFT + PLOT_WIDTH
    x_low = min(x_low, PLOT_LEFT + PLOT_WIDTH - 8)
    tip = _arrow() if is_past else f"M{x_high:.1f} 23.5v9"
    whisker = f"M{x_low:.1f} 28H{PLOT_RIGHT if is_past else x_high:.1f}M{x_low:.1f} 23.5v9{tip}"
    dot = "" if value is None else f"{min(_x(value, end), PLOT_LEFT + PLOT_WIDTH):.1f}"
    return Plot(dot=dot, whisker=whisker)


def _x(amount: float, end: int) -> float:
    return PLOT_LEFT + PLOT_WIDTH * amount / end


def _arrow() -> str:
    return f"M{PLOT_RIGHT - 5} 23l5 5-5 5"


def spark(values: Sequence[int | None]) -> Spark | None:
    """Return the line of some weeks from zero to the highest; None with fewer than two known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(0, *known), max(1, *known)
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    points = [
        None
        if value is None
        else (SPARK_LEFT + n * step, SPARK_TOP + (high - value) / (high - low) * (SPARK_BOTTOM - SPARK_TOP))
        for n, value in enumerate(values)
    ]
    parts, dots = [], []
    for n, point in enumerate(points):
        if point is None:
            continue
        before, after = n > 0 and points[n - 1], n + 1 < len(points) and points[n + 1]
        parts.append(f"{'L' if before else 'M'}{point[0]:.1f} {point[1]:.1f}")
        if not before and not after:
            dots.append((f"{point[0]:.1f}", f"{point[1]:.1f}"))
    # Three strokes for each missing week, as wide as the week is.
    hatch = "".join(
        f"M{SPARK_LEFT + (n + shift) * step - 2:.1f} 23l3.5-14"
        for n, point in enumerate(points)
        if point is None
        for shift in (-0.3, 0.15, 0.6)
        if 0 <= n + shift <= len(points) - 1
    )
    last = points[-1] or next(point for point in reversed(points) if point is not None)
    return Spark(path="".join(parts), dots=tuple(dots), hatch=hatch, end=(f"{last[0]:.1f}", f"{last[1]:.1f}"))


# Drawn here and not by a template: a page has one or two for each row, and this takes a tenth of the time.
def whisker(found: Plot, *, about: str) -> SafeString:
    """
    Return the drawing of a plot; `about` says it in words, and without it the drawing is silent.

    The grid is drawn once, on the page that has it: a path with the id "grid".
    """
    return html(
        '<svg viewBox="0 0 200 56" {}><use class="m-grid" href="#grid"/>{}{}{}</svg>',
        html('role="img" aria-label="{}"', about) if about else SILENT,
        html(FEW, found.few, found.few_ends) if found.few else NOTHING,
        html('<path class="m-whisk" d="{}"/>', found.whisker) if found.whisker else NOTHING,
        html('<circle class="m-dot" cx="{}" cy="28" r="4.5"/>', found.dot) if found.dot else NOTHING,
    )


def line(found: Spark, *, about: str) -> SafeString:
    """Return the drawing of some weeks; `about` says them in words. How large it is the style sheet says."""
    points = [(x, y, "2") for x, y in found.dots] + ([(*found.end, "2.4")] if found.end else [])
    return html(
        '<svg viewBox="0 0 76 26" role="img" aria-label="{}">'
        '<path class="m-grid" d="M3 23.5H73"/>{}<path class="m-line" d="{}"/>' + POINT * len(points) + "</svg>",
        about,
        html('<path class="m-hatchline" d="{}"/>', found.hatch) if found.hatch else NOTHING,
        found.path,
        *[part for point in points for part in point],
    )
