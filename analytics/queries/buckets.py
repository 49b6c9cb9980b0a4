"""The weeks and months that a period is cut into, so that figures can be shown one after another."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import Field
from django.db.models.functions import TruncMonth, TruncWeek
from django.db.models.functions.datetime import TruncBase

from analytics.queries.selection import Period
from foundation.clock import OSLO

Span = Literal["week", "month"]
# More weeks than this cannot be told apart on a screen.
MOST_WEEKS = 106
# Up to half a year is read week by week when nobody asks for something else.
WEEKS_BY_ITSELF = 26


@dataclass(frozen=True)
class Bucket:
    """
    One week (Monday first) or month, cut where the period begins or ends; both days are included.

    `start` is the first day of the whole week or month; `is_cut` tells that days are missing from it.
    """

    start: date
    first: date
    last: date
    is_cut: bool


def span_of(period: Period, *, wanted: str = "") -> Span:
    """Return how to cut a period: as wanted, but never into more weeks than can be read."""
    n_weeks = (period.last_day - period.first_day).days // 7 + 1
    if wanted == "week":
        return "week" if n_weeks <= MOST_WEEKS else "month"
    return "month" if wanted == "month" or n_weeks > WEEKS_BY_ITSELF else "week"


def buckets(period: Period, *, span: Span, today: date) -> list[Bucket]:
    """Return the weeks or months of a period in order. What has not come yet is left out; `today` is the last day."""
    last_day = min(period.last_day, today)
    found, start = [], start_of(period.first_day, span=span)
    while start <= last_day:
        after = _next(start, span=span)
        first, last = max(start, period.first_day), min(after - timedelta(days=1), last_day)
        found.append(Bucket(start, first, last, is_cut=first > start or last < after - timedelta(days=1)))
        start = after
    return found


def start_of(day: date, *, span: Span) -> date:
    """Return the Monday of the day's week, or the first of its month."""
    return day - timedelta(days=day.weekday()) if span == "week" else day.replace(day=1)


def _next(start: date, *, span: Span) -> date:
    if span == "week":
        return start + timedelta(days=7)
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


def truncated(name: str, *, span: Span, is_moment: bool = False, output: Field | None = None) -> TruncBase:
    """Return the expression that gives a row's bucket by its `start`: of a day, or of a moment by its Norwegian day."""
    kind = TruncWeek if span == "week" else TruncMonth
    zone = {"tzinfo": OSLO} if is_moment else {}
    return kind(name, output_field=output, **zone)
