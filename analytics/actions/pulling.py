"""
Asking channels for figures: nightly and on demand, safe to run twice, late, side by side, or killed anywhere (P7).

A run is a row. A worker claims it, asks the channel with no transaction open, and stores what it was told portion by
portion; what was stored before a kill stays, and the next claim asks again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from analytics.actions import measurements
from analytics.actions.snapshots import daily_figures
from analytics.models import FetchRun, Snapshot
from channels import connectors
from channels.actions import access as accesses
from channels.connectors import Access, AccessDead, ConnectorError, NothingSent, PostFigures
from channels.models import Account, Delivery
from foundation.tenancy import tenant
from recruitment.models import User

logger = logging.getLogger(__name__)

State, Trigger = FetchRun.State, FetchRun.Trigger
NOT_OFTENER_THAN = timedelta(minutes=2)
# A worker's task ends after ten minutes at the latest; what runs longer has lost its worker.
STUCK_AFTER = timedelta(minutes=11)
FOLLOWED = timedelta(days=90)
POSTS_PER_PORTION = 50
# When the channel does not say how long to wait; and how often we come back by ourselves before the next night.
WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=24)
COME_BACK, WITHIN = 5, timedelta(hours=6)
MOST = 2**31 - 1
NAMES = ("impressions", "unique_impressions", "clicks", "reactions", "comments", "shares")


class TooSoon(Exception):
    """Figures were fetched a moment ago, or the channel has asked us to wait. `until` says when one may ask again."""

    def __init__(self, until: datetime, *, is_asked_to_wait: bool) -> None:
        super().__init__(f"Not before {until.isoformat()}")
        self.until, self.is_asked_to_wait = until, is_asked_to_wait


class ServedByHand(Exception):
    """The channel has no connector: its figures are not fetched."""


class NotWaiting(Exception):
    """Another worker has the run, it has ended, or its time has not come."""


@dataclass(frozen=True)
class _Post:
    delivery_id: int
    external_id: str
    published_at: datetime


def request_fetch(*, account: Account, trigger: str, now: datetime, user: User | None = None) -> FetchRun:
    """
    Return a run that waits for a worker; one that is under way already is returned as it is.

    Call it inside `tenant()`, and ring after commit.

    :raises ServedByHand: see there
    :raises TooSoon: see there; at most one fetch in two minutes for each account
    """
    if connectors.by_slug(account.channel.connector) is None:
        raise ServedByHand
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        runs = FetchRun.objects.filter(account=account)
        if open_run := runs.filter(state__in=[State.WAITING, State.RUNNING]).first():
            if open_run.state == State.WAITING and open_run.asked_at > now:
                raise TooSoon(open_run.asked_at, is_asked_to_wait=True)
            return open_run
        last = runs.order_by("-asked_at").first()
        if trigger == Trigger.ON_DEMAND and last and now - last.asked_at < NOT_OFTENER_THAN:
            raise TooSoon(last.asked_at + NOT_OFTENER_THAN, is_asked_to_wait=False)
        return FetchRun.objects.create(account=account, trigger=trigger, asked_at=now, asked_by=user)


def due_runs(*, now: datetime) -> list[int]:
    """Return the entered municipality's runs that wait for a worker or have lost theirs, the oldest first."""
    waiting = Q(state=State.WAITING, asked_at__lte=now)
    stuck = Q(state=State.RUNNING, started_at__lte=now - STUCK_AFTER)
    return list(FetchRun.objects.filter(waiting | stuck).order_by("asked_at").values_list("pk", flat=True))


def run_fetch(*, municipality_id: int, run_id: int, now: datetime) -> FetchRun:
    """
    Ask the channel for the figures of the account's posts of the last 90 days, store them, and return the run.

    Each step is its own transaction; none is open while the channel is asked.

    :raises NotWaiting: see there
    """
    run, account, posts = _claim(municipality_id, run_id, now)
    n_fetched = n_failed = 0
    access: Access | None = None
    try:
        access = accesses.access_for(account, now=now)
        connector = connectors.by_slug(account.channel.connector)
        if connector is None:
            raise AccessDead("served_by_hand")
        for portion in _portions(posts):
            told = connector(access).figures([post.external_id for post in portion])
            n_stored = _store(run, portion, told, now=now)
            n_fetched, n_failed = n_fetched + n_stored, n_failed + len(portion) - n_stored
    except AccessDead as problem:
        accesses.mark_dead(account, reason=problem.code, access=access)
        return _end(run, State.FAILED, n_fetched, len(posts) - n_fetched, problem.code, now=now)
    except NothingSent as problem:
        return _come_back(run, n_fetched, len(posts) - n_fetched, problem, now=now)
    except ConnectorError as problem:
        logger.warning("Fetch run %s ended: %s", run.pk, problem.code)
        return _end(run, State.FAILED, n_fetched, len(posts) - n_fetched, problem.code, now=now)
    return _end(run, State.DONE, n_fetched, n_failed, "", now=now)


def _claim(municipality_id: int, run_id: int, now: datetime) -> tuple[FetchRun, Account, list[_Post]]:
    with tenant(municipality_id):
        waiting = Q(state=State.WAITING, asked_at__lte=now)
        stuck = Q(state=State.RUNNING, started_at__lte=now - STUCK_AFTER)
        mine = FetchRun.objects.filter(pk=run_id).filter(waiting | stuck)
        if not mine.update(state=State.RUNNING, started_at=now, ended_at=None):
            raise NotWaiting
        run = FetchRun.objects.select_related("account__channel").get(pk=run_id)
        deliveries = Delivery.objects.filter(
            account=run.account, state=Delivery.State.PUBLISHED, published_at__gte=now - FOLLOWED
        ).exclude(external_id="")
        found = deliveries.order_by("-published_at").values_list("pk", "external_id", "published_at")
        return run, run.account, [_Post(*row) for row in found if row[2] is not None]


def _portions(posts: list[_Post]) -> Iterator[list[_Post]]:
    for start in range(0, len(posts), POSTS_PER_PORTION):
        yield posts[start : start + POSTS_PER_PORTION]


def _store(run: FetchRun, posts: list[_Post], told: dict[str, PostFigures], *, now: datetime) -> int:
    """Store one portion, snapshots and daily figures together or not at all; return how many posts had figures."""
    with tenant(run.municipality_id):
        known = [post for post in posts if post.external_id in told and _can_be_kept(told[post.external_id])]
        for post in known:
            figures = told[post.external_id]
            # The same run again, after a kill, takes the place of what it stored before.
            Snapshot.objects.update_or_create(
                delivery_id=post.delivery_id,
                run=run,
                defaults={
                    **{name: getattr(figures, name) for name in NAMES},
                    "is_implied_zero": figures.is_implied_zero,
                    "taken_at": now,
                },
            )
        snapshots: dict[int, list[Snapshot]] = {post.delivery_id: [] for post in known}
        for snapshot in Snapshot.objects.filter(delivery_id__in=snapshots):
            snapshots[snapshot.delivery_id].append(snapshot)
        rows = [
            row
            for post in known
            for row in daily_figures(
                snapshots[post.delivery_id], delivery_id=post.delivery_id, published_at=post.published_at
            )
        ]
        measurements.store(rows, now=now)
        return len(known)


def _can_be_kept(figures: PostFigures) -> bool:
    """Whether every figure is a number that a channel could mean; one that is not leaves its post out, not the rest."""
    return all(abs(value) <= MOST // 2 for name in NAMES if (value := getattr(figures, name)) is not None)


def _end(run: FetchRun, state: str, n_fetched: int, n_failed: int, problem: str, *, now: datetime) -> FetchRun:
    with tenant(run.municipality_id):
        run.state, run.ended_at, run.problem = state, now, problem[:60]
        run.n_fetched, run.n_failed = n_fetched, n_failed
        run.save(update_fields=["state", "ended_at", "problem", "n_fetched", "n_failed"])
    return run


def _come_back(run: FetchRun, n_fetched: int, n_failed: int, problem: NothingSent, *, now: datetime) -> FetchRun:
    """End the run as partly done, and leave one that waits until the channel may be asked again."""
    asked = timedelta(seconds=problem.retry_after_s) if problem.retry_after_s else WAIT
    with tenant(run.municipality_id), transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=run.account_id)
        ended = _end(run, State.PARTLY, n_fetched, n_failed, problem.code, now=now)
        runs = FetchRun.objects.filter(account=run.account)
        n_tried = runs.filter(state=State.PARTLY, ended_at__gte=now - WITHIN).count()
        is_open = runs.filter(state__in=[State.WAITING, State.RUNNING]).exists()
        if n_tried <= COME_BACK and not is_open:
            FetchRun.objects.create(
                account=run.account,
                trigger=run.trigger,
                asked_at=now + min(max(asked, NOT_OFTENER_THAN), LONGEST_WAIT),
                asked_by=run.asked_by,
            )
    return ended
