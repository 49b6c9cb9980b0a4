"""Which of a page's days are to be asked for: what is missing is found by comparing days, never from the last one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q

from analytics import catalogue
from analytics.models import Measurement, ObjectKind

# Figures of the last days may still be changed by the channel: they are asked for again each time.
READ_AGAIN_DAYS = 7
# A call asks for a quarter at the most, and bridges days that are known rather than making one call more.
MOST_DAYS, BRIDGED_DAYS = 92, 14
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Coverage:
    """What is not known of the days from `first` to `last`, both included: days never asked for, days not told."""

    first: date
    last: date
    missing: list[date]
    untold: list[date]


def coverage(*, account_id: int, wanted: dict[ObjectKind, tuple[date, date]]) -> dict[ObjectKind, Coverage]:
    """
    Return which days of a page's sets are missing. One query. A day that was asked for and not told has a row of None.

    :param wanted: for each kind the first and the last day that should be there
    """
    names = {metric.name for kind in wanted for metric in catalogue.told_about(kind)}
    period = (min(first for first, _ in wanted.values()), max(last for _, last in wanted.values()))
    rows = Measurement.objects.filter(kind__in=wanted, object_id=account_id, is_paid=False, day__range=period)
    known: dict[int, dict[date, bool]] = {kind: {} for kind in wanted}
    is_untold = ExpressionWrapper(Q(**{f"{name}__isnull": True for name in names}), output_field=BooleanField())
    for kind, day, untold in rows.annotate(untold=is_untold).values_list("kind", "day", "untold"):
        known[kind][day] = untold
    return {kind: _covered(first, last, known[kind]) for kind, (first, last) in wanted.items()}


def _covered(first: date, last: date, known: dict[date, bool]) -> Coverage:
    expected = [first + n * DAY for n in range((last - first).days + 1)]
    untold = [day for day in expected if known.get(day)]
    return Coverage(first, last, [day for day in expected if day not in known], untold)


def windows(known: Coverage, *, asks_again: bool) -> list[tuple[date, date]]:
    """
    Return what to ask for, as first and last days, the newest first: then the newest figures are there after a kill.

    Gaps, the last days once more, and with `asks_again` also what was asked for earlier and not told.
    """
    last_days = {known.last - n * DAY for n in range(READ_AGAIN_DAYS)}
    days = {*known.missing, *last_days, *(known.untold if asks_again else [])}
    return list(reversed(_joined(sorted(day for day in days if known.first <= day <= known.last))))


def _joined(days: Iterable[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and (day - found[-1][1]).days <= BRIDGED_DAYS and (day - found[-1][0]).days < MOST_DAYS:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
