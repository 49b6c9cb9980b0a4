"""How fresh a channel's figures are, and what each source did in the last twelve weeks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from django.db.models import F, Func, IntegerField, Max, Q, Sum, Value
from django.db.models.functions import TruncDate

from analytics.models import ChannelDay, FetchRun
from analytics.queries.selection import Selection
from analytics.queries.source_rows import SourceRow
from channels.models import LinkHour
from foundation.clock import OSLO
from recruitment.queries.sources import merged

N_WEEKS = 12
WEEK = timedelta(days=7)
# Figures come the night after; a day more is not late yet.
NOT_LATE = timedelta(days=3)


def told_until(*, selection: Selection, now: datetime) -> dict[int, date]:
    """
    Return the last day that is known of each channel whose figures stop before the period (or today) does. Two queries.

    A channel that was fetched without anything new is known until the day before the fetch: nothing happened is told.
    """
    period = selection.period
    end = min(period.last_day, now.astimezone(UTC).date() - NOT_LATE)
    told = ChannelDay.objects.filter(Q(impressions__isnull=False) | Q(clicks__isnull=False), day__lte=period.last_day)
    last: dict[int, date] = dict(told.order_by().values_list("channel_id").annotate(last=Max("day")))
    good = FetchRun.objects.filter(state=FetchRun.State.DONE, problem="")
    fetched = good.order_by().values_list("account__channel_id").annotate(last=Max("ended_at"))
    for channel_id, ended_at in fetched:
        if channel_id in last and ended_at is not None:
            last[channel_id] = max(last[channel_id], ended_at.astimezone(UTC).date() - timedelta(days=1))
    return {channel_id: day for channel_id, day in last.items() if period.first_day <= day < end}


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
    selection visits alone. Three queries, four when narrowed, however many sources.
    """
    last_day = min(selection.period.last_day, today)
    job_ids = selection.job_ids()
    clicks = _clicks(last_day) if job_ids is None else {}
    visits = _visits(last_day, job_ids)
    found = {}
    for row in rows:
        channel_id = row.source.channel_id or 0
        if row.clicks is not None and channel_id in clicks:
            known = _known(clicks[channel_id], last_day=last_day, until=until.get(channel_id))
            found[row.source.pk] = Weeks("clicks", known, last_day)
        elif row.source.pk in visits:
            by_week = visits[row.source.pk]
            found[row.source.pk] = Weeks("visits", tuple(by_week.get(n, 0) for n in _oldest_first()), last_day)
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
    days = ChannelDay.objects.filter(day__gt=last_day - N_WEEKS * WEEK, day__lte=last_day)
    sums = days.annotate(week=_weeks_ago(last_day, F("day"))).values("channel_id", "week").order_by()
    found: dict[int, dict[int, int | None]] = {}
    for channel_id, week, n in sums.annotate(n=Sum("clicks")).values_list("channel_id", "week", "n"):
        if n is not None:
            found.setdefault(channel_id, {})[week] = int(n)
    return found


def _visits(last_day: date, job_ids: list[int] | None) -> dict[int, dict[int, int]]:
    start = datetime.combine(last_day - N_WEEKS * WEEK + timedelta(days=1), datetime.min.time(), tzinfo=OSLO)
    end = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), tzinfo=OSLO)
    hours = LinkHour.objects.filter(hour__gte=start, hour__lt=end, visitor=LinkHour.Visitor.PERSON)
    if job_ids is not None:
        hours = hours.filter(link__job_id__in=job_ids)
    week = _weeks_ago(last_day, TruncDate("hour", tzinfo=OSLO))
    sums = hours.annotate(week=week).values("link__source_id", "week").order_by().annotate(n=Sum("n_visits"))
    told_under = merged()
    found: dict[int, dict[int, int]] = {}
    for source_id, weeks_ago, n in sums.values_list("link__source_id", "week", "n"):
        by_week = found.setdefault(told_under.get(source_id, source_id), {})
        by_week[weeks_ago] = by_week.get(weeks_ago, 0) + int(n)
    return found
