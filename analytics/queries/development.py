"""
The municipality's own development (F4): month by month and year over year, whole or of one channel.

What a channel's terms make us delete is told as deleted. Years rest on what we count ourselves: links, costs, answers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Min

from analytics import statistics
from analytics.models import ChannelDay, Cost, Measurement, ObjectKind
from analytics.queries import lacking, series
from analytics.queries.buckets import Bucket, buckets
from analytics.queries.selection import Period, Selection
from analytics.queries.series import Figure, Series
from channels.models import Account, SourceDay
from foundation.clock import OSLO
from recruitment.models import Channel, JobPosting

MOST_MONTHS = 60
# Counts of people, drawn by chance from those who might have come; a change of theirs needs an interval.
OF_PEOPLE = ("answers", "applied", "qualified")
NAMES = ("followers", "views", "clicks", "visits", *OF_PEOPLE, "costs")


@dataclass(frozen=True)
class Change:
    """
    The last twelve whole months beside the twelve before.

    `ratio` is now divided by before; None when either is not known whole, or before was 0. `is_certain`: the interval
    (90 %) does not hold «no change», or the figure is counted whole and needs none. `n_lacking` vacancies of `now`, and
    `n_lacked` of `before`, are not counted yet: then there is no ratio.
    """

    now: int | None
    before: int | None
    ratio: float | None
    is_certain: bool
    n_lacking: int = 0
    n_lacked: int = 0


@dataclass(frozen=True)
class Development:
    """One figure a month for each name of `NAMES`; followers are the level at the last day told of in the month."""

    months: list[Bucket]
    columns: Mapping[str, list[Figure]]

    @property
    def last_twelve(self) -> tuple[Bucket, Bucket] | None:
        """The first and the last of the last twelve whole months, None before there are so many."""
        whole = [month for month in self.months if not month.is_cut][-12:]
        return (whole[0], whole[-1]) if len(whole) == 12 else None

    def change(self, name: str) -> Change:
        """Return a figure's last twelve whole months beside the twelve before; followers as they stood at the ends."""
        whole = [figure for month, figure in zip(self.months, self.columns[name], strict=True) if not month.is_cut]
        recent, earlier = whole[-12:], whole[-24:-12]
        if name == "followers":
            ends = [part[-1].value if part else None for part in (recent, earlier)]
            return _change(*ends, needs_interval=False)
        if _begins_late(earlier):
            # Eleven months beside twelve would look like growth.
            earlier = []
        found = _change(_sum(recent), _sum(earlier), needs_interval=name in OF_PEOPLE)
        lacks = [sum(figure.n_lacking for figure in part) for part in (recent, earlier)]
        if not any(lacks):
            return found
        # A half-counted year beside a whole one would look like a fall, or like growth.
        return replace(found, ratio=None, is_certain=False, n_lacking=lacks[0], n_lacked=lacks[1])


Told = Callable[[str, Sequence[Bucket], Selection], list[Figure]]


def development(*, channel: Channel | None, people: Told, now: datetime) -> Development:
    """
    Return the development up to the Norwegian day of `now`, at most `MOST_MONTHS` back.

    :param people: tells answers, applied and qualified month by month; exact for HR's screen, else released (R10)
    """
    today = now.astimezone(OSLO).date()
    first = max(_first_day(today), _months_back(today, MOST_MONTHS - 1))
    selection = Selection(Period(first, today), channel_id=channel.pk if channel else None)
    months = buckets(selection.period, span="month", today=today)
    n, monthly = len(months), dict[str, Any](selection=selection, buckets=months, span="month")

    def whole(found: list[Series], otherwise: str) -> list[Figure]:
        return series.together(found, n_buckets=n, otherwise=otherwise)

    columns = {
        "followers": _followers(channel, months),
        "views": whole(series.told(**monthly, name="impressions", now=now), "untold"),
        "clicks": whole(series.told(**monthly, name="clicks", now=now), "untold"),
        "visits": whole(series.visits(**monthly), "no_link"),
        **{name: people(name, months, selection) for name in OF_PEOPLE},
        "costs": whole(series.costs(**monthly), "unregistered"),
    }
    lacks = {
        "applied": lacking.uncounted_by_month(selection=selection, today=today),
        "qualified": lacking.lacking_by_month(selection=selection, today=today),
    }
    for name, by_month in lacks.items():
        columns[name] = [
            replace(figure, n_lacking=by_month.get(month.start, 0))
            for figure, month in zip(columns[name], months, strict=True)
        ]
    return Development(months=months, columns=columns)


def exact_people(name: str, months: Sequence[Bucket], selection: Selection, *, now: datetime) -> list[Figure]:
    """Return HR's exact figures of people, month by month. For HR's screen alone (R10)."""
    if name == "answers":
        found = series.said_exact(selection=selection, buckets=months, span="month", now=now)
        return series.together(found, n_buckets=len(months), otherwise="unregistered")
    counted: Literal["applied", "qualified"] = "applied" if name == "applied" else "qualified"
    found = series.counted_exact(selection=selection, buckets=months, span="month", name=counted)
    return series.together(found, n_buckets=len(months), otherwise="unregistered")


def _first_day(today: date) -> date:
    """Return the first of the month that anything public is known of: a post, a link, a cost, a vacancy."""
    made = JobPosting.objects.aggregate(first=Min("created_at"))["first"]
    days = [
        ChannelDay.objects.aggregate(first=Min("day"))["first"],
        Cost.objects.aggregate(first=Min("day"))["first"],
        SourceDay.objects.aggregate(first=Min("day"))["first"],
        *([made.astimezone(OSLO).date()] if made else []),
    ]
    return min([day for day in days if day] + [today]).replace(day=1)


def _months_back(day: date, n_months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - n_months, 12)
    return date(year, month + 1, 1)


def _followers(channel: Channel | None, months: Sequence[Bucket]) -> list[Figure]:
    """Return the followers of a channel's pages together; over channels the same people would be counted twice."""
    if channel is None:
        return [Figure(None, "no_total")] * len(months)
    accounts = list(Account.objects.filter(channel=channel).values_list("pk", flat=True))
    levels = Measurement.objects.filter(
        kind=ObjectKind.FOLLOWERS,
        object_id__in=accounts,
        is_paid=False,
        followers__isnull=False,
        day__range=(months[0].first, months[-1].last),
    )
    last: dict[tuple[int, date], int] = {}
    for account_id, day, followers in levels.order_by("day").values_list("object_id", "day", "followers"):
        last[account_id, day.replace(day=1)] = followers
    told = {account_id for account_id, _month in last}
    found = []
    for month in months:
        known = [last.get((account_id, month.start)) for account_id in told]
        is_whole = bool(known) and None not in known
        found.append(Figure(sum(n for n in known if n is not None)) if is_whole else Figure(None, "untold"))
    return found


def _begins_late(figures: Sequence[Figure]) -> bool:
    """Whether the registration began after the first of the months."""
    return bool(figures) and figures[0].why == "unregistered"


def _sum(figures: Sequence[Figure]) -> int | None:
    """Return the sum of twelve months, else None. A month without a registration adds nothing; one untold spoils it."""
    known = [figure.value for figure in figures if figure.value is not None]
    is_spoilt = any(figure.why not in ("", "unregistered") for figure in figures)
    return sum(known) if len(figures) == 12 and known and not is_spoilt else None


def _change(now: int | None, before: int | None, *, needs_interval: bool) -> Change:
    if now is None or not before:
        return Change(now, before, None, is_certain=False)
    is_certain = True
    if needs_interval:
        # The ratio of two counts over equal times is that of two prices for the same amount.
        sides = [statistics.ChannelCount(k=n, spend_ore=1) for n in (now, before)]
        low, high = statistics.times_cheaper(*sides) or (0.0, None)
        is_certain = low > 1 or (high is not None and high < 1)
    return Change(now, before, now / before, is_certain=is_certain)
