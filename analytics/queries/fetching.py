"""The figures of one post as they were last told, and how the fetching of an account goes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from analytics.models import FetchRun, Snapshot
from channels.models import Delivery, LinkHour

OPEN = (FetchRun.State.WAITING, FetchRun.State.RUNNING)


@dataclass(frozen=True)
class FetchState:
    """
    How fetching for an account goes.

    `is_under_way`: a worker has the run, or will within moments. `waits_until` is when the channel is asked next
    because it asked us to wait. `problem` is a code of the last run that ended, "" when it went well.
    """

    last: FetchRun | None
    is_under_way: bool
    waits_until: datetime | None
    problem: str


@dataclass(frozen=True)
class PostNumbers:
    """A delivery's latest snapshot beside what our own link counted. `snapshot` is None until the first fetch."""

    snapshot: Snapshot | None
    n_visits: int


def fetch_state(*, account_id: int, now: datetime) -> FetchState:
    """Return how fetching goes. Two queries."""
    runs = FetchRun.objects.filter(account_id=account_id)
    open_run = runs.filter(state__in=OPEN).order_by("-asked_at").first()
    last = runs.exclude(state__in=OPEN).order_by("-ended_at").first()
    is_waiting_long = open_run is not None and open_run.asked_at > now
    is_asked_to_wait = is_waiting_long and open_run is not None and open_run.is_come_back
    return FetchState(
        last=last,
        is_under_way=open_run is not None and not is_waiting_long,
        waits_until=open_run.asked_at if open_run and is_asked_to_wait else None,
        problem=last.problem if last else "",
    )


def post_numbers(*, delivery: Delivery) -> PostNumbers:
    """Return the latest figures of a post and the persons who followed its link. Two queries."""
    hours = LinkHour.objects.filter(link_id=delivery.link_id, visitor=LinkHour.Visitor.PERSON)
    return PostNumbers(
        snapshot=Snapshot.objects.filter(delivery=delivery).order_by("-taken_at").first(),
        n_visits=hours.aggregate(n=Sum("n_visits", default=0))["n"],
    )
