"""What each source did in the last twelve weeks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import F, Func, IntegerField, QuerySet, Sum, Value

from analytics.models import ChannelDay
from analytics.queries.selection import Period, Selection
from analytics.queries.source_rows import SourceRow
from analytics.queries.visits import by_source_and_day
from foundation.compiled import compiled
from recruitment.queries.sources import merged

N_WEEKS = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Weeks:
    """
    Twelve sums of seven days, oldest first. None is a week that is not known.

    `what` is "clicks", as the channel tells, or "visits", as our own links counted.
    """

    what: Literal["clicks", "visits"]
    values: tuple[int | None, ...]
    last_day: date


def last_weeks(
    *, selection: Selection, rows: list[SourceRow], until: dict[int, date], now: datetime, today: date
) -> dict[int, Weeks]:
    """
    Return the last twelve weeks of the period, or until `today`, of each source that has any, by source id.

    Clicks where the channel tells them, else visits through our links, those of merged sources with them; in a narrowed
    selection visits alone. Three queries, one less when narrowed, however many sources.
    """
    last_day = min(selection.period.last_day, today)
    clicks = {} if selection.is_narrowed else _clicks(last_day)
    visits = _visits(last_day, selection)
    found = {}
    for row in rows:
        channel_id = row.source.channel_id or 0
        if row.clicks is not None and channel_id in clicks:
            known = _known(clicks[channel_id], last_day=last_day, until=until.get(channel_id))
            found[row.source.id] = Weeks("clicks", known, last_day)
        elif row.source.id in visits:
            by_week = visits[row.source.id]
            found[row.source.id] = Weeks("visits", tuple(by_week.get(n, 0) for n in _oldest_first()), last_day)
    return found


def _oldest_first() -> range:
    return range(N_WEEKS - 1, -1, -1)


def _known(by_week: dict[int, int | None], *, last_day: date, until: date | None) -> tuple[int | None, ...]:
    # The week in which the figures stop is not whole, so that it would look like a fall.
    stopped = -1 if until is None else (last_day - until).days // 7
    is_cut = until is not None and (last_day - until).days % 7 > 0
    gone = stopped if is_cut else stopped - 1
    return tuple(None if n <= gone else by_week.get(n) for n in _oldest_first())


def _weeks_ago(last_day: date, day: Any) -> Func:
    """Return how many whole weeks before `last_day` a day lies, in the database."""
    return Func(Value(last_day), day, template="((%(expressions)s) / 7)", arg_joiner=" - ", output_field=IntegerField())


def _clicks(last_day: date) -> dict[int, dict[int, int | None]]:
    found: dict[int, dict[int, int | None]] = {}
    for channel_id, week, n in _clicks_by_week(before_day=last_day - N_WEEKS * WEEK, last_day=last_day):
        if n is not None:
            found.setdefault(channel_id, {})[week] = int(n)
    return found


@compiled
def _clicks_by_week(*, before_day: date, last_day: date) -> QuerySet:
    days = ChannelDay.objects.filter(day__gt=before_day, day__lte=last_day)
    sums = days.annotate(week=_weeks_ago(last_day, F("day"))).values("channel_id", "week").order_by()
    return sums.annotate(n=Sum("clicks")).values_list("channel_id", "week", "n")


def _visits(last_day: date, selection: Selection) -> dict[int, dict[int, int]]:
    told_under = merged()
    found: dict[int, dict[int, int]] = {}
    weeks = Period(last_day - N_WEEKS * WEEK + timedelta(days=1), last_day)
    for source_id, day, n in by_source_and_day(selection, weeks):
        by_week = found.setdefault(told_under.get(source_id, source_id), {})
        weeks_ago = (last_day - day).days // 7
        by_week[weeks_ago] = by_week.get(weeks_ago, 0) + n
    return found
