"""A page's own figures for people to look at: by day or by week, with when they were fetched and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analytics import catalogue
from analytics.models import OF_PAGE, Measurement, ObjectKind, Restatement
from analytics.queries.measurements import known_sum
from channels import connectors
from channels.models import Account

DAY, WEEK = timedelta(days=1), timedelta(days=7)
N_WEEKS, N_DAYS = 12, 28


@dataclass(frozen=True)
class Bucket:
    """A day or a week of the channel's (UTC at LinkedIn). `values` by metric; None is what was not told."""

    first: date
    last: date
    values: dict[str, int | None]
    n_missing: int = 0


@dataclass(frozen=True)
class SetNumbers:
    """
    One of the sets that is told about a page. `paid` is the paid part where that is told apart.

    `fetched_at` is when the newest of the values was read, None when nothing was; `last` is the newest day asked for.
    """

    kind: ObjectKind
    metrics: tuple[catalogue.Metric, ...]
    buckets: list[Bucket]
    fetched_at: datetime | None
    last: date | None
    n_untold: int

    @property
    def total(self) -> dict[str, int | None]:
        """The sums of the whole period, of what may be summed."""
        return {
            metric.name: known_sum(*(bucket.values[metric.name] for bucket in self.buckets))
            for metric in self.metrics
            if metric.adds_up
        }


@dataclass(frozen=True)
class PageNumbers:
    """Everything about one page in a period. `followers` is the newest level, with its day."""

    first: date
    last: date
    is_weekly: bool
    sets: list[SetNumbers]
    followers: int | None
    followers_day: date | None
    followers_at: datetime | None
    followers_before: int | None


def page_numbers(*, account: Account, is_weekly: bool, now: datetime) -> PageNumbers:
    """Return the last twelve weeks, or 28 days, of whole days of the channel's. Two queries."""
    last = now.astimezone(UTC).date() - DAY
    first = last - (N_WEEKS * WEEK if is_weekly else N_DAYS * DAY) + DAY
    rows: dict[ObjectKind, dict[date, Measurement]] = {kind: {} for kind in OF_PAGE}
    found = Measurement.objects.filter(kind__in=OF_PAGE, object_id=account.pk, is_paid=False, day__range=(first, last))
    for row in found.order_by("day"):
        rows[ObjectKind(row.kind)][row.day] = row
    levels = Measurement.objects.filter(kind=ObjectKind.FOLLOWERS, object_id=account.pk).order_by("-day")
    level = levels.first()
    before = [row for day, row in sorted(rows[ObjectKind.FOLLOWERS].items()) if level is None or day < level.day]
    buckets = _weeks(first, last) if is_weekly else [(first + n * DAY, first + n * DAY) for n in range(N_DAYS)]
    kinds = (ObjectKind.PAGE_VIEWS, ObjectKind.PAGE_POSTS, ObjectKind.FOLLOWER_GAINS)
    return PageNumbers(
        first=first,
        last=last,
        is_weekly=is_weekly,
        sets=[_set(kind, rows[kind], buckets) for kind in kinds],
        followers=level.followers if level else None,
        followers_day=level.day if level else None,
        followers_at=level.fetched_at if level else None,
        followers_before=before[0].followers if before else None,
    )


def _weeks(first: date, last: date) -> list[tuple[date, date]]:
    return [(day, min(day + 6 * DAY, last)) for day in (first + n * WEEK for n in range(N_WEEKS))]


def _set(kind: ObjectKind, rows: dict[date, Measurement], buckets: Iterable[tuple[date, date]]) -> SetNumbers:
    metrics = catalogue.told_about(kind)
    untold = [row for row in rows.values() if all(getattr(row, metric.name) is None for metric in metrics)]
    return SetNumbers(
        kind=kind,
        metrics=metrics,
        buckets=[_bucket(first, last, rows, metrics) for first, last in buckets],
        fetched_at=max((row.fetched_at for row in rows.values()), default=None),
        last=max(rows, default=None),
        n_untold=len(untold),
    )


def _bucket(first: date, last: date, rows: dict[date, Measurement], metrics: tuple[catalogue.Metric, ...]) -> Bucket:
    """Add up what may be added; unique people stand on single days alone."""
    days = [rows.get(first + n * DAY) for n in range((last - first).days + 1)]
    values: dict[str, int | None] = {}
    for metric in metrics:
        told = [getattr(row, metric.name) for row in days if row is not None]
        values[metric.name] = known_sum(*told) if metric.adds_up or len(days) == 1 else None
    main = metrics[0].name if metrics[0].adds_up else metrics[1].name
    n_missing = sum(row is None or getattr(row, main) is None for row in days)
    return Bucket(first, last, values, n_missing)


def restatements(*, kinds: Iterable[ObjectKind], object_id: int, most: int = 20) -> list[Restatement]:
    """Return what was changed afterwards about an object, the newest first. One query."""
    return list(Restatement.objects.filter(kind__in=kinds, object_id=object_id)[:most])


def tells_of_pages(account: Account) -> bool:
    """Whether the account's channel tells about its pages day by day."""
    kind = connectors.by_slug(account.channel.connector)
    return kind is not None and issubclass(kind, connectors.ReadsPageDays)
