"""What the channels tell in a selection, and until when: the comparison's part that no person said or counted."""

from datetime import UTC, date, datetime, timedelta

from django.db.models import Max, Q, QuerySet

from analytics.models import ChannelDay, FetchRun
from analytics.queries.job_months import totals_of_chosen
from analytics.queries.measurements import SUMS, ChannelTotals, channel_sums, totals_of
from analytics.queries.selection import Selection
from foundation.compiled import compiled

# Figures come the night after; a day more is not late yet.
NOT_LATE = timedelta(days=3)


def totals_of_channels(*, selection: Selection, last_day: date) -> dict[int, ChannelTotals]:
    """Return the totals of the selection's period until a day, by channel id. One query, up to three when narrowed."""
    first_day = selection.period.first_day
    if selection.is_narrowed:
        return totals_of_chosen(selection=selection, first_day=first_day, last_day=last_day)
    return totals_of(dict(zip(SUMS, row, strict=True)) for row in _of_all(first_day=first_day, last_day=last_day))


@compiled
def _of_all(*, first_day: date, last_day: date) -> QuerySet:
    return channel_sums(first_day=first_day, last_day=last_day).values_list(*SUMS)


def told_until(*, selection: Selection, now: datetime) -> dict[int, date]:
    """
    Return the last day that is known of each channel whose figures stop before the period (or today) does. Two queries.

    A channel that was fetched without anything new is known until the day before the fetch: nothing happened is told.
    One that told nothing in the period is not here.
    """
    period = selection.period
    end = min(period.last_day, now.astimezone(UTC).date() - NOT_LATE)
    last: dict[int, date] = dict(_last_told(first_day=period.first_day, last_day=period.last_day))
    for channel_id, ended_at in _last_fetched():
        if channel_id in last and ended_at is not None:
            last[channel_id] = max(last[channel_id], ended_at.astimezone(UTC).date() - timedelta(days=1))
    return {channel_id: day for channel_id, day in last.items() if day < end}


@compiled
def _last_told(*, first_day: date, last_day: date) -> QuerySet:
    told = ChannelDay.objects.filter(Q(impressions__isnull=False) | Q(clicks__isnull=False))
    told = told.filter(day__gte=first_day, day__lte=last_day)
    return told.order_by().values("channel_id").annotate(last=Max("day")).values_list("channel_id", "last")


@compiled
def _last_fetched() -> QuerySet:
    good = FetchRun.objects.filter(state=FetchRun.State.DONE, problem="").order_by()
    by_channel = good.values("account__channel_id").annotate(last=Max("ended_at"))
    return by_channel.values_list("account__channel_id", "last")
