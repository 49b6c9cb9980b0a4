"""The order of the sources in the table and in its files. What is missing stands last, whichever way one sorts."""

from collections.abc import Callable

from analytics.queries.sources import SourceRow
from analytics.source_texts import name_of

# The Norwegian alphabet ends in æ, ø, å.
LAST_LETTERS = str.maketrans({"æ": "z\uff01", "ø": "z\uff02", "å": "z\uff03"})

FIGURES: dict[str, Callable[[SourceRow], int | None]] = {
    "visninger": lambda row: row.views,
    "klikk": lambda row: row.clicks,
    "besok": lambda row: row.visits,
    "sagt": lambda row: row.said,
    "sokere": lambda row: row.applied,
    "kvalifiserte": lambda row: row.qualified,
    "ansatt": lambda row: row.hired,
    "kroner": lambda row: row.kroner_ore,
    "timer": lambda row: row.minutes,
}


def in_order(rows: list[SourceRow], *, sort: str) -> list[SourceRow]:
    """
    Return the rows in the order that is asked for; `rows` come with the cheapest qualified applicant first.

    Only what is shown decides: in the released view a figure that is hidden is missing here too (R10).
    """
    key, is_turned = sort.removeprefix("-"), sort.startswith("-")
    if key == "pris":
        priced = [row for row in rows if row.cost is not None and row.cost.kind != "too_few"]
        rest = [row for row in rows if row.cost is None or row.cost.kind == "too_few"]
        return [*(reversed(priced) if is_turned else priced), *rest]
    if key == "navn":
        return sorted(rows, key=lambda row: name_of(row.source).casefold().translate(LAST_LETTERS), reverse=is_turned)
    figure = FIGURES[key]
    known = [(value, row) for row in rows if (value := figure(row)) is not None]
    missing = [row for row in rows if figure(row) is None]
    # Equal figures keep the order they came in.
    return [row for _value, row in sorted(known, key=lambda pair: pair[0], reverse=is_turned)] + missing
