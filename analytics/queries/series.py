"""
Figures week by week and month by month, each kind of truth by itself.

What channels say is told per channel; what our links counted, what was paid and what people said is told per source.
A figure that is missing has a reason: `Figure.why` is "" for what is known, else "untold", "deleted" (by the channel's
terms), "no_link", "unregistered", "answers_deleted" or "hidden". "partly_deleted" goes with a figure that is left of
more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Count, Min, QuerySet, Sum

from analytics.models import AnswerMonth, ChannelDay, Cost, Measurement, Outcome, SurveyAnswer
from analytics.queries import lacking
from analytics.queries.buckets import Bucket, Span, start_of, truncated
from analytics.queries.job_months import sums_by_month
from analytics.queries.measurements import known_sum
from analytics.queries.selection import Period, Selection, of_chosen
from analytics.queries.surveys import kept_from, retention_months
from analytics.queries.visits import by_source_and_day
from channels import connectors
from channels.models import TrackedLink
from foundation.clock import OSLO
from recruitment.models import Channel, Source
from recruitment.queries.sources import merged

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figure:
    """
    One bucket's figure, or why there is none; one that is "hidden" is shown from `fewest` on.

    `n_lacking` is how many vacancies ought to be counted in it and are not: then it is less than it will be.
    """

    value: int | None
    why: str = ""
    fewest: int = 0
    n_lacking: int = 0


@dataclass(frozen=True)
class Series:
    """The figures of one channel or source, one for each bucket."""

    about: Channel | Source
    figures: list[Figure]

    @property
    def total(self) -> int | None:
        """The sum of what is known; None when nothing is."""
        known = [figure.value for figure in self.figures if figure.value is not None]
        return sum(known) if known else None


Sums = dict[int, dict[date, int | None]]


def told(*, selection: Selection, buckets: Sequence[Bucket], span: Span, name: str, now: datetime) -> list[Series]:
    """
    Return what each channel told, `name` being a column that may be summed; the days are the channel's own.

    Channels without any figure are left out. Reach is never asked for here. Two queries, up to four when narrowed.
    """
    sums: Sums
    if selection.is_narrowed and span == "month":
        sums = sums_by_month(selection=selection, name=name, first_day=buckets[0].first, last_day=buckets[-1].last)
    else:
        days = _channel_days(selection, buckets).annotate(bucket=truncated("day", span=span))
        sums = _sums(days, "channel_id", Sum(name))
    limits = deleted_before(now=now)
    channels = Channel.objects.filter(pk__in=sums)
    if selection.channel_id is not None:
        channels = channels.filter(pk=selection.channel_id)
    return [
        Series(channel, [_told(sums[channel.pk].get(b.start), b, limits.get(channel.connector)) for b in buckets])
        for channel in channels
    ]


def _channel_days(selection: Selection, buckets: Sequence[Bucket]) -> QuerySet[Any]:
    rows: QuerySet[Any]
    if selection.is_narrowed:
        # No roll-up knows a vacancy's weeks; what belongs to none is left out of a narrowed selection. Ids, and no
        # sub-select: PostgreSQL then knows how many vacancies there are, and finds few of them by their index.
        rows = Measurement.objects.filter(job_id__in=selection.job_ids() or [])
    else:
        rows = ChannelDay.objects.all()
    if selection.channel_id is not None:
        rows = rows.filter(channel_id=selection.channel_id)
    return rows.filter(day__range=(buckets[0].first, buckets[-1].last))


def deleted_before(*, now: datetime) -> dict[str, date]:
    """Return, by connector, the channel's day (UTC) up to which its terms have made us delete what was fetched."""
    limits = {}
    for slug, kind in connectors.REGISTRY.items():
        if issubclass(kind, connectors.ReadsPageDays):
            kept = [rule.kept for rule in kind.storage_rules if rule.what == "reporting" and rule.kept is not None]
            if kept:
                limits[slug] = (now - min(kept)).astimezone(UTC).date()
    return limits


def _told(value: int | None, bucket: Bucket, limit: date | None) -> Figure:
    is_reached = limit is not None and bucket.first <= limit
    if value is None:
        return Figure(None, "deleted" if is_reached else "untold")
    # Files and typed figures stay for good, so a whole month may be known that the terms have reached.
    return Figure(value, "partly_deleted" if is_reached and limit is not None and bucket.last > limit else "")


def visits(*, selection: Selection, buckets: Sequence[Bucket], span: Span) -> list[Series]:
    """
    Return how many persons followed each source's links, by Norwegian days.

    From the source's first link on, nobody is zero: we count ourselves. Before it there was nothing to follow.
    Three queries.
    """
    links = of_chosen(TrackedLink.objects.all(), by="job_id", narrowing=selection.narrowing())
    told_under = merged()
    made: dict[int, datetime] = {}
    for source_id, at in links.order_by().values_list("source_id").annotate(Min("created_at")):
        source_id = told_under.get(source_id, source_id)
        made[source_id] = min(at, made.get(source_id, at))
    sums: Sums = defaultdict(dict)
    for source_id, day, n in by_source_and_day(selection, Period(buckets[0].first, buckets[-1].last)):
        of_source, start = sums[told_under.get(source_id, source_id)], start_of(day, span=span)
        of_source[start] = (of_source.get(start) or 0) + n
    found = []
    for source in sources_of(selection, {*made, *sums}):
        since = made[source.pk].astimezone(OSLO).date() if source.pk in made else None
        of_source = sums.get(source.pk, {})
        found.append(Series(source, [_visited(of_source.get(b.start), b, since) for b in buckets]))
    return [series for series in found if series.total is not None]


def _visited(value: int | None, bucket: Bucket, since: date | None) -> Figure:
    if value is None and (since is None or bucket.last < since):
        return Figure(None, "no_link")
    return Figure(value or 0)


def costs(*, selection: Selection, buckets: Sequence[Bucket], span: Span) -> list[Series]:
    """Return the kroner registered for each source, in øre, on the days they were spent. Hours are not in them."""
    rows = Cost.objects.filter(kind=Cost.Kind.KRONER, day__range=(buckets[0].first, buckets[-1].last))
    rows = of_chosen(rows, by="job_id", narrowing=selection.narrowing())
    sums = _sums(rows.annotate(bucket=truncated("day", span=span)), "source_id", Sum("amount_ore"), told_under=merged())
    return [
        Series(source, [_counted(sums[source.pk].get(bucket.start), "unregistered") for bucket in buckets])
        for source in sources_of(selection, sums)
    ]


def _counted(value: int | None, why: str) -> Figure:
    return Figure(None, why) if value is None else Figure(value)


def said_exact(*, selection: Selection, buckets: Sequence[Bucket], span: Span, now: datetime) -> list[Series]:
    """
    Return how many answers name each source first, on the Norwegian days they were given. For HR's screen alone (R10).

    Deleted answers are known by month only, and only when no vacancies are chosen. Four queries.
    """
    answers = SurveyAnswer.objects.filter(answered_hour__gte=_start(buckets), answered_hour__lt=_end(buckets))
    answers = of_chosen(answers, by="survey__job_id", narrowing=selection.narrowing())
    told_under = merged()
    given = answers.annotate(bucket=truncated("answered_hour", span=span, is_moment=True))
    sums = _sums(given, "first_source_id", Count("pk"), told_under=told_under)
    is_kept_by_month = span == "month" and not selection.is_narrowed
    # Of a month that the period cuts, the days it leaves out cannot be taken from the month's own count.
    today = now.astimezone(OSLO).date()
    months = [b.start for b in buckets if not b.is_cut or (b.first == b.start and b.last >= today)]
    for row in AnswerMonth.objects.filter(month__in=months) if is_kept_by_month else []:
        of_source = sums.setdefault(told_under.get(row.source_id, row.source_id), {})
        of_source[row.month] = (of_source.get(row.month) or 0) + row.n_answers
    limit = kept_from(months=retention_months(), now=now)

    def figure(value: int | None, bucket: Bucket) -> Figure:
        is_known = bucket.first >= limit or (is_kept_by_month and (value is not None or not bucket.is_cut))
        return Figure(value or 0) if is_known else Figure(None, "answers_deleted")

    return [
        Series(source, [figure(sums[source.pk].get(bucket.start), bucket) for bucket in buckets])
        for source in sources_of(selection, sums)
    ]


def counted_exact(
    *, selection: Selection, buckets: Sequence[Bucket], span: Span, name: Literal["applied", "qualified", "hired"]
) -> list[Series]:
    """Return HR's counts per source on the day they were first registered. For HR's screen alone (R10). Two queries."""
    rows = Outcome.objects.filter(counted_date__range=(buckets[0].first, buckets[-1].last))
    if name == "qualified":
        rows = rows.filter(lacking.whole())
    rows = of_chosen(rows, by="job_id", narrowing=selection.narrowing())
    counted = rows.annotate(bucket=truncated("counted_date", span=span))
    sums = _sums(counted, "source_id", Sum(name), told_under=merged())
    return [
        Series(source, [_counted(sums[source.pk].get(bucket.start), "unregistered") for bucket in buckets])
        for source in sources_of(selection, sums)
    ]


def together(series: Sequence[Series], *, n_buckets: int, otherwise: str) -> list[Figure]:
    """
    Return the sums of several series, bucket by bucket. What only some know is what those know.

    :param otherwise: why a figure is missing when there is no series at all
    """
    found = []
    for place in range(n_buckets):
        figures = [each.figures[place] for each in series]
        known = [figure.value for figure in figures if figure.value is not None]
        whys = [figure.why for figure in figures if figure.why]
        is_less = any(why in ("deleted", "partly_deleted") for why in whys)
        if known:
            found.append(Figure(sum(known), "partly_deleted" if is_less else ""))
        else:
            found.append(Figure(None, "deleted" if is_less else next(iter(whys), otherwise)))
    return found


def _sums(rows: QuerySet[Any], key: str, total: Any, *, told_under: Mapping[int, int] | None = None) -> Sums:
    """Return sums by id and bucket; what was merged into another source is told under that one."""
    found: Sums = defaultdict(dict)
    for row in rows.order_by().values(key, "bucket").annotate(total=total):
        of_one = found[(told_under or {}).get(row[key], row[key])]
        day = row["bucket"].date() if isinstance(row["bucket"], datetime) else row["bucket"]
        of_one[day] = known_sum(of_one.get(day), None if row["total"] is None else int(row["total"]))
    return found


def sources_of(selection: Selection, ids: Iterable[int]) -> QuerySet[Source]:
    sources = Source.objects.filter(pk__in=list(ids)).select_related("channel")
    return sources if selection.channel_id is None else sources.filter(channel_id=selection.channel_id)


def _start(buckets: Sequence[Bucket]) -> datetime:
    return datetime.combine(buckets[0].first, time.min, tzinfo=OSLO)


def _end(buckets: Sequence[Bucket]) -> datetime:
    return datetime.combine(buckets[-1].last + DAY, time.min, tzinfo=OSLO)
