"""
«Silent or broken?»: whether figures come as they should, for each connected page and for its posts.

Silence is judged against the object's own history. Nothing at all in at least three whole days where at least ten were
expected is an alarm: with independent events P(0) = exp(-10), and the margin up to ten is for figures that come in
clumps (Poisson zero run; the false alarms that the rule gave in simulation were 0-1.3 %). The run must also be longer
than any in the weeks that it is compared with. Where so little is usual, silence says nothing, and that is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from django.db.models import Max, Q, Sum

from analytics.models import FetchRun, Measurement, ObjectKind
from channels.models import Connection, Delivery

Colour = Literal["green", "yellow", "red"]
# Figures come every night: later than a day and a half is late, after three days something is broken.
LATE, BROKEN = timedelta(hours=36), timedelta(hours=72)
COMPARED_DAYS = 56
QUIET_DAYS, QUIET_EXPECTED = 3, 10.0
# Fewer than this in the days compared with: ten would not be expected within a month.
FEW = 20
# Older posts are hardly seen any more: their silence is as it should be.
SEEN_FOR = timedelta(days=20)


@dataclass(frozen=True)
class Pulse:
    """
    How figures come. `reason` is a code: "fresh", "few", "no_posts", "late", "quota", "partly", "silent", "no_right",
    "broken", "never", "access_gone".

    `n_quiet_days` whole days without anything up to the newest one known, where `expected` would have been usual;
    `n_compared` is what was counted in the eight weeks before. None where there is nothing to compare with.
    """

    colour: Colour
    reason: str
    last_at: datetime | None = None
    n_quiet_days: int = 0
    expected: float | None = None
    n_compared: int | None = None


@dataclass(frozen=True)
class AccountPulse:
    """An account's two lights."""

    page: Pulse
    posts: Pulse

    @property
    def worst(self) -> Pulse:
        """The one that needs somebody most."""
        return max(self.page, self.posts, key=lambda pulse: ("green", "yellow", "red").index(pulse.colour))


@dataclass(frozen=True)
class Silence:
    """A run of days without anything, and what it is compared with."""

    n_quiet_days: int
    expected: float | None
    n_compared: int | None
    is_alarm: bool
    is_few: bool


def silence(counts: Sequence[int | None]) -> Silence:
    """
    Judge the days of one series, oldest first and newest last. What was not told ends no run and counts for nothing.

    :param counts: one figure a day; the last run of zeros is compared with the eight weeks before it
    """
    known = [count for count in counts if count is not None]
    n_quiet = 0
    while n_quiet < len(known) and known[-1 - n_quiet] <= 0:
        n_quiet += 1
    before = known[: len(known) - n_quiet][-COMPARED_DAYS:]
    if not before:
        return Silence(n_quiet, None, None, is_alarm=False, is_few=True)
    expected = sum(before) / len(before) * n_quiet
    is_unusual = n_quiet >= QUIET_DAYS and expected >= QUIET_EXPECTED and n_quiet > _longest_zero_run(before)
    return Silence(n_quiet, expected, sum(before), is_alarm=is_unusual, is_few=sum(before) < FEW)


def _longest_zero_run(counts: Sequence[int]) -> int:
    longest = run = 0
    for count in counts:
        run = run + 1 if count <= 0 else 0
        longest = max(longest, run)
    return longest


def pulses(*, connections: Iterable[Connection], now: datetime) -> dict[int, AccountPulse]:
    """Return the lights of connected accounts by account id. Five queries, however many accounts."""
    wanted = {connection.account_id: connection for connection in connections}
    if not wanted:
        return {}
    coming = _coming(list(wanted), now=now)
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    visits = _visits(list(wanted), last=yesterday)
    views, young = _views(list(wanted), last=yesterday, now=now)
    found = {}
    for account_id, connection in wanted.items():
        arrival = _arrival(connection, coming.get(account_id), now=now)
        found[account_id] = AccountPulse(
            page=arrival or _judged(visits.get(account_id, []), coming[account_id][0]),
            posts=arrival or _judged_posts(views.get(account_id, []), coming[account_id][0], young.get(account_id, 0)),
        )
    return found


def _coming(account_ids: list[int], *, now: datetime) -> dict[int, tuple[datetime, str]]:
    """Return when figures last came, and what was wrong with the newest run."""
    ended = FetchRun.objects.filter(account_id__in=account_ids, ended_at__isnull=False, ended_at__lte=now)
    good = ended.filter(Q(state=FetchRun.State.DONE) | Q(n_fetched__gt=0) | Q(n_days__gt=0))
    last = dict(good.order_by().values_list("account_id").annotate(Max("ended_at")))
    problems = dict(
        ended.order_by("account_id", "-ended_at").distinct("account_id").values_list("account_id", "problem")
    )
    return {account_id: (at, problems.get(account_id, "")) for account_id, at in last.items()}


def _arrival(connection: Connection, came: tuple[datetime, str] | None, *, now: datetime) -> Pulse | None:
    """Return what is wrong with the coming of figures, or None when they come."""
    last_at = came[0] if came else None
    if connection.state == Connection.State.DEAD:
        return Pulse("red", "access_gone", last_at)
    if "figures" in connection.lacks:
        return Pulse("yellow", "no_right", last_at)
    if came is None:
        is_new = now - connection.connected_at < LATE
        return Pulse("yellow" if is_new else "red", "never")
    if now - came[0] > BROKEN:
        return Pulse("red", "broken", last_at)
    if now - came[0] > LATE:
        return Pulse("yellow", "late", last_at)
    if came[1]:
        return Pulse("yellow", "quota" if came[1] == "quota_used" else "partly", last_at)
    return None


def _judged(counts: Sequence[int | None], last_at: datetime) -> Pulse:
    found = silence(counts)
    about: dict[str, Any] = {
        "n_quiet_days": found.n_quiet_days,
        "expected": found.expected,
        "n_compared": found.n_compared,
    }
    if found.is_alarm:
        return Pulse("yellow", "silent", last_at, **about)
    return Pulse("green", "few" if found.is_few else "fresh", last_at, **about)


def _judged_posts(counts: Sequence[int | None], last_at: datetime, n_young: int) -> Pulse:
    if not n_young:
        return Pulse("green", "no_posts", last_at)
    return _judged(counts, last_at)


def _visits(account_ids: list[int], *, last: date) -> dict[int, list[int | None]]:
    """Return the visits to each page by day, the oldest first."""
    rows = Measurement.objects.filter(
        kind=ObjectKind.PAGE_VIEWS, object_id__in=account_ids, is_paid=False, day__range=_compared(last)
    )
    found: dict[int, list[int | None]] = {}
    for account_id, views in rows.order_by("day").values_list("object_id", "page_views"):
        found.setdefault(account_id, []).append(views)
    return found


def _views(account_ids: list[int], *, last: date, now: datetime) -> tuple[dict[int, list[int | None]], dict[int, int]]:
    """Return the views of each account's posts together by day, the oldest first, and how many posts are young."""
    published = Delivery.objects.filter(account_id__in=account_ids, state=Delivery.State.PUBLISHED)
    owners: dict[int, int] = {}
    young: dict[int, int] = {}
    recent = published.filter(published_at__gte=now - timedelta(days=COMPARED_DAYS + 30))
    for delivery_id, account_id, at in recent.values_list("pk", "account_id", "published_at"):
        owners[delivery_id] = account_id
        young[account_id] = young.get(account_id, 0) + (now - at <= SEEN_FOR)
    rows = Measurement.objects.filter(
        kind=ObjectKind.DELIVERY, object_id__in=owners, is_paid=False, day__range=_compared(last)
    )
    sums: dict[int, dict[date, int | None]] = {}
    for object_id, day, views in rows.order_by("day").values_list("object_id", "day").annotate(Sum("impressions")):
        of_account = sums.setdefault(owners[object_id], {})
        known = of_account.get(day)
        of_account[day] = known if views is None else views + (known or 0)
    return {account_id: [days[day] for day in sorted(days)] for account_id, days in sums.items()}, young


def _compared(last: date) -> tuple[date, date]:
    return last - timedelta(days=COMPARED_DAYS + 30), last
