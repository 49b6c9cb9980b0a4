"""The deadline in a post's text is the vacancy's own: one source of truth on every channel (R7)."""

import re
from datetime import date

MONTHS = [
    ("januar", "jan"), ("februar", "feb"), ("mars", "mar"), ("april", "apr"), ("mai", "mai"), ("juni", "jun"),
    ("juli", "jul"), ("august", "aug"), ("september", "sep", "sept"), ("oktober", "okt"), ("november", "nov"),
    ("desember", "des"),
]  # fmt: skip
NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
IN_WORDS = re.compile(
    rf"\b(\d{{1,2}})\.?\s*({'|'.join(sorted(NUMBERS, key=len, reverse=True))})\b\.?(?:\s+(\d{{4}}))?", re.I
)
IN_FIGURES = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?(?!\d)")


def days_in(text: str, *, near: date) -> set[date]:
    """Return the calendar days written in `text`; a day without a year is the one closest to `near`."""
    found = [(int(day), NUMBERS[month.lower()], year) for day, month, year in IN_WORDS.findall(text)]
    found += [(int(day), int(month), year) for day, month, year in IN_FIGURES.findall(text)]
    return {day for each in found if (day := _day(*each, near=near))}


def _day(day: int, month: int, year: str, *, near: date) -> date | None:
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else [near.year - 1, near.year, near.year + 1]
    possible = []
    for each in years:
        try:
            possible.append(date(each, month, day))
        except ValueError:
            continue
    return min(possible, key=lambda found: abs(found - near), default=None)
