"""A small line of figures as SVG, drawn on the server. What is not known is a gap in the line, never the bottom."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, PAD = 240, 48, 4


@dataclass(frozen=True)
class Spark:
    """What the template draws: a path for what is known, single points where a neighbour is missing, the zero line."""

    path: str
    dots: list[tuple[float, float]]
    zero_y: float
    width: int = WIDTH
    height: int = HEIGHT


def spark(values: Sequence[int | None]) -> Spark | None:
    """Return the line of some values in order, from zero or the lowest to the highest; None with fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(0, *known), max(1, *known)
    step = (WIDTH - 2 * PAD) / max(len(values) - 1, 1)

    def at(n: int, value: int) -> tuple[float, float]:
        y = PAD + (high - value) / (high - low) * (HEIGHT - 2 * PAD)
        return round(PAD + n * step, 1), round(y, 1)

    parts, dots, is_down = [], [], False
    for n, value in enumerate(values):
        if value is None:
            is_down = False
            continue
        x, y = at(n, value)
        parts.append(f"{'L' if is_down else 'M'}{x} {y}")
        is_alone = (n == 0 or values[n - 1] is None) and (n == len(values) - 1 or values[n + 1] is None)
        if is_alone:
            dots.append((x, y))
        is_down = True
    return Spark(path="".join(parts), dots=dots, zero_y=at(0, 0)[1])
