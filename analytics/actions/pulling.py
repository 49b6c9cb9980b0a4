"""
Asking channels for figures: nightly and on demand, safe to run twice, late, side by side, or killed anywhere (P7).

A run is a row. A worker claims it, asks the channel with no transaction open, and stores what it was told portion by
portion: first the posts, the most urgent first, then the page's own days. What was stored before a kill stays, and the
next claim asks for what is missing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Q

from analytics.actions import page_days, post_figures
from analytics.models import FetchRun
from analytics.queries import follow_up
from analytics.queries.follow_up import FollowedPost
from channels import connectors
from channels.actions import access as accesses
from channels.actions import pauses, quotas
from channels.connectors import AccessDead, Connector, ConnectorError, NothingSent, PostFigures, ReadsPageDays
from channels.models import Account, Connection
from channels.queries.pauses import paused_until
from foundation.tenancy import tenant
from recruitment.models import User

logger = logging.getLogger(__name__)

State, Trigger = FetchRun.State, FetchRun.Trigger
DOING = "figures"
NOT_OFTENER_THAN = timedelta(minutes=2)
# A run stops by itself before this, and goes on later; what is under way for longer has lost its worker.
LONGEST_RUN_S = 480
STUCK_AFTER = timedelta(minutes=11)
POSTS_PER_PORTION = 50
# How long to wait after each failure when the channel does not say: together they outlast an hour without an answer.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (10, 15, 25, 40, 60))
WITHIN = timedelta(hours=6)
LONGEST_WAIT = timedelta(hours=24)
QUOTA_USED = "quota_used"


class TooSoon(Exception):
    """Figures were fetched a moment ago, or the channel has asked us to wait. `until` says when one may ask again."""

    def __init__(self, until: datetime, *, is_asked_to_wait: bool) -> None:
        super().__init__(f"Not before {until.isoformat()}")
        self.until, self.is_asked_to_wait = until, is_asked_to_wait


class ServedByHand(Exception):
    """The channel has no connector: its figures are not fetched."""


class NotWaiting(Exception):
    """Another worker has the run, it has ended, or its time has not come."""


@dataclass
class _Tally:
    """What a run has come to so far. `problem` is of a part that failed by itself while the others went on."""

    n_fetched: int = 0
    n_failed: int = 0
    n_left_out: int = 0
    n_days: int = 0
    problem: str = ""
    page: page_days.PagePull | None = None


def request_fetch(
    *, account: Account, trigger: str, now: datetime, user: User | None = None, not_before: datetime | None = None
) -> FetchRun:
    """
    Return a run that waits for a worker; one that is under way already is returned as it is.

    One that is planned for later is moved forward when a person asks. Call it inside `tenant()`, and ring after commit.

    :param not_before: when a planned run is to begin, if not now
    :raises ServedByHand: see there
    :raises TooSoon: see there; at most one fetch in two minutes for each account
    """
    kind = connectors.by_slug(account.channel.connector)
    if kind is None:
        raise ServedByHand
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        runs = FetchRun.objects.filter(account=account)
        if open_run := runs.filter(state__in=[State.WAITING, State.RUNNING]).first():
            return _moved_forward(open_run, trigger=trigger, now=now, user=user)
        if until := paused_until(connector=kind.slug, account_id=account.pk, now=now, doing=DOING):
            raise TooSoon(until, is_asked_to_wait=True)
        last = runs.order_by("-asked_at").first()
        if trigger == Trigger.ON_DEMAND and last and now - last.asked_at < NOT_OFTENER_THAN:
            raise TooSoon(last.asked_at + NOT_OFTENER_THAN, is_asked_to_wait=False)
        return FetchRun.objects.create(
            account=account, trigger=trigger, asked_at=max(not_before or now, now), asked_by=user
        )


def _moved_forward(run: FetchRun, *, trigger: str, now: datetime, user: User | None) -> FetchRun:
    if run.state == State.WAITING and run.asked_at > now:
        if run.is_come_back or trigger != Trigger.ON_DEMAND:
            raise TooSoon(run.asked_at, is_asked_to_wait=run.is_come_back)
        run.asked_at, run.asked_by = now, user
        run.save(update_fields=["asked_at", "asked_by"])
    return run


def due_runs(*, now: datetime) -> list[int]:
    """Return the entered municipality's runs that wait for a worker or have lost theirs, the oldest first."""
    return list(FetchRun.objects.filter(_to_be_taken(now)).order_by("asked_at").values_list("pk", flat=True))


def _to_be_taken(now: datetime) -> Q:
    waiting = Q(state=State.WAITING, asked_at__lte=now)
    return waiting | Q(state=State.RUNNING, started_at__lte=now - STUCK_AFTER)


def run_fetch(*, municipality_id: int, run_id: int, now: datetime) -> FetchRun:
    """
    Ask the channel for the figures of the account's posts of the last 90 days and of its page; return the run.

    Each step is its own transaction; none is open while the channel is asked. What one part of the page's figures is
    refused, the others are still asked for.

    :raises NotWaiting: see there
    """
    run, account, posts, lacked = _claim(municipality_id, run_id, now)
    _wait_out_a_pause(run, now=now)
    tally, access, channel = _Tally(), None, None
    gives_up_at = time.monotonic() + LONGEST_RUN_S
    try:
        access = accesses.access_for(account, now=now)
        kind = connectors.by_slug(account.channel.connector)
        if kind is None:
            raise AccessDead("served_by_hand")
        channel = kind(access)
        with channel.many_reads():
            _pull_posts(run, channel, posts, tally, gives_up_at=gives_up_at, now=now)
            _pull_page(run, channel, tally, gives_up_at=gives_up_at, now=now)
    except AccessDead as problem:
        accesses.refused(account, problem, doing=DOING, access=access, now=now)
        return _end(run, channel, State.FAILED, _all_failed(tally, posts), problem.code, now=now)
    except NothingSent as problem:
        return _come_back(run, channel, _all_failed(tally, posts), problem, now=now)
    except ConnectorError as problem:
        logger.warning("Fetch run %s ended: %s", run.pk, problem.code)
        return _end(run, channel, State.FAILED, _all_failed(tally, posts), problem.code, now=now)
    if lacked:
        accesses.allowed(account, doing=DOING)
    problem_code = tally.problem or (QUOTA_USED if tally.n_left_out else "")
    return _end(run, channel, State.PARTLY if problem_code else State.DONE, tally, problem_code, now=now)


def _claim(municipality_id: int, run_id: int, now: datetime) -> tuple[FetchRun, Account, list[FollowedPost], bool]:
    """Take a run; return it with the posts to ask about, and whether the access lacked the right to read figures."""
    with tenant(municipality_id):
        mine = FetchRun.objects.filter(pk=run_id).filter(_to_be_taken(now))
        if not mine.update(state=State.RUNNING, started_at=now, ended_at=None):
            raise NotWaiting
        run = FetchRun.objects.select_related("account__channel").get(pk=run_id)
        lacked = Connection.objects.filter(account_id=run.account_id, missing__contains=DOING).exists()
        return run, run.account, follow_up.followed_posts(account_id=run.account_id, now=now), lacked


def _wait_out_a_pause(run: FetchRun, *, now: datetime) -> None:
    """:raises NotWaiting: the channel is to be left alone, so the run waits until it may be asked"""
    account = run.account
    until = paused_until(connector=account.channel.connector, account_id=account.pk, now=now, doing=DOING)
    if until is None:
        return
    with tenant(run.municipality_id):
        mine = FetchRun.objects.filter(pk=run.pk, state=State.RUNNING, started_at=run.started_at)
        mine.update(state=State.WAITING, asked_at=until, started_at=None, is_come_back=True)
    raise NotWaiting


def _pull_posts(
    run: FetchRun, channel: Connector, posts: list[FollowedPost], tally: _Tally, *, gives_up_at: float, now: datetime
) -> None:
    n_allowed = follow_up.n_posts_allowed(run.account, now=now)
    tally.n_left_out = max(len(posts) - n_allowed, 0)
    for portion in _portions(posts[:n_allowed]):
        _look_at_the_time(gives_up_at)
        told = channel.figures([post.external_id for post in portion])
        n_stored = _store(run, channel, portion, told, now=now)
        tally.n_fetched, tally.n_failed = tally.n_fetched + n_stored, tally.n_failed + len(portion) - n_stored


def _pull_page(run: FetchRun, channel: Connector, tally: _Tally, *, gives_up_at: float, now: datetime) -> None:
    if not isinstance(channel, ReadsPageDays):
        return
    page = page_days.PagePull(
        channel, municipality_id=cast(int, run.municipality_id), account_id=run.account_id, now=now
    )
    try:
        for what in page_days.KINDS:
            _look_at_the_time(gives_up_at)
            with _apart(run, tally):
                page.pull_set(what)
        with _apart(run, tally):
            page.pull_total()
    finally:
        tally.page, tally.n_days = page, page.n_told


@contextmanager
def _apart(run: FetchRun, tally: _Tally) -> Iterator[None]:
    """Let one part be refused without the others; a dead token and a channel that does not answer concern them all."""
    try:
        yield
    except NothingSent:
        raise
    except ConnectorError as problem:
        if isinstance(problem, AccessDead) and problem.code == "token_dead":
            raise
        logger.warning("Fetch run %s lacks a part: %s", run.pk, problem.code)
        tally.problem = tally.problem or problem.code


def _look_at_the_time(gives_up_at: float) -> None:
    if time.monotonic() > gives_up_at:
        raise NothingSent("took_too_long")


def _portions(posts: list[FollowedPost]) -> Iterator[list[FollowedPost]]:
    for start in range(0, len(posts), POSTS_PER_PORTION):
        yield posts[start : start + POSTS_PER_PORTION]


def _store(
    run: FetchRun, channel: Connector, posts: list[FollowedPost], told: dict[str, PostFigures], *, now: datetime
) -> int:
    """Store one portion, snapshots and daily figures together or not at all; return how many posts had figures."""
    with tenant(run.municipality_id):
        quotas.note(run.account, channel.calls, now=now)
        return post_figures.store(run_id=run.pk, posts=posts, told=told, now=now)


def _all_failed(tally: _Tally, posts: list[FollowedPost]) -> _Tally:
    """Return the tally of a run that broke off: what was neither stored nor left out has failed."""
    return replace(tally, n_failed=max(len(posts) - tally.n_fetched - tally.n_left_out, 0))


def _end(
    run: FetchRun, channel: Connector | None, state: str, tally: _Tally, problem: str, *, now: datetime
) -> FetchRun:
    """:raises NotWaiting: the run was taken for lost, and somebody else has it"""
    run.state, run.ended_at, run.problem = state, now, problem[:60]
    run.n_fetched, run.n_failed, run.n_days = tally.n_fetched, tally.n_failed, tally.n_days
    run.n_left_out = tally.n_left_out
    names = ("state", "ended_at", "problem", "n_fetched", "n_failed", "n_days", "n_left_out")
    with tenant(run.municipality_id):
        if channel is not None:
            quotas.note(run.account, channel.calls, now=now)
        if tally.page is not None:
            tally.page.store()
        mine = FetchRun.objects.filter(pk=run.pk, state=State.RUNNING, started_at=run.started_at)
        if not mine.update(**{name: getattr(run, name) for name in names}):
            raise NotWaiting
    return run


def _come_back(
    run: FetchRun, channel: Connector | None, tally: _Tally, problem: NothingSent, *, now: datetime
) -> FetchRun:
    """End the run as partly done, and leave one that waits until the channel may be asked again."""
    until = None
    if problem.code == "throttled":
        with tenant(run.municipality_id):
            until = pauses.throttled(run.account, problem, doing=DOING, now=now)
    with tenant(run.municipality_id), transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=run.account_id)
        ended = _end(run, channel, State.PARTLY, tally, problem.code, now=now)
        runs = FetchRun.objects.filter(account=run.account)
        n_tried = runs.filter(state=State.PARTLY, ended_at__gte=now - WITHIN).exclude(problem=QUOTA_USED).count()
        is_open = runs.filter(state__in=[State.WAITING, State.RUNNING]).exists()
        if n_tried <= len(WAITS) and not is_open:
            wait = max((until - now) if until else WAITS[n_tried - 1], NOT_OFTENER_THAN)
            FetchRun.objects.create(
                account=run.account,
                trigger=run.trigger,
                asked_at=now + min(wait, LONGEST_WAIT),
                asked_by=run.asked_by,
                is_come_back=True,
            )
    return ended
