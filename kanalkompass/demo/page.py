"""What a connected page and its ad account have told: followers, visits and advertising; and the nights that asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from numpy.random import Generator

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import FetchRun, ObjectKind
from channels.models import Account, AdAccount, Campaign, PaidCampaign
from kanalkompass.demo.vacancies import Announced
from recruitment.models import JobPosting, User

PAGE_DAYS = 200
FOLLOWERS = 2_140
# Followers are told two days late.
LATE_DAYS = 2
NIGHTS = 30
FAILED_NIGHT, PARTLY_NIGHT = 12, 5
# How a paid campaign is seen: views a day, the share that clicks, and øre for a click.
VIEWS_A_DAY, CLICK_SHARE, ORE_A_CLICK = 900, 0.012, 2_150


def tell_of_the_page(account: Account, *, now: datetime, rng: Generator) -> None:
    """Store the page's own statistics, day by day; they hold its posts once more, and are in no roll-up."""
    rows, followers = [], FOLLOWERS
    for days_ago in range(PAGE_DAYS, 0, -1):
        day = now.date() - timedelta(days=days_ago)
        is_weekend = day.weekday() >= 5
        views = int(rng.poisson(18 if is_weekend else 46))
        jobs, overview = int(views * 0.35), int(views * 0.5)
        seen = int(rng.poisson(140 if is_weekend else 390))
        gain = int(rng.poisson(1.4)) - int(rng.random() < 0.3)
        followers += gain
        given: dict[str, Any] = {"object_id": account.pk, "day": day, "fetched_at": _morning(day, 1)}
        late = given | {"fetched_at": _morning(day, LATE_DAYS)}
        rows += [
            Figures(
                kind=ObjectKind.PAGE_VIEWS, page_views=views, jobs_views=jobs, careers_views=jobs,
                overview_views=overview, life_views=0, reach=int(views * 0.8), **given,
            ),
            Figures(
                kind=ObjectKind.PAGE_POSTS, impressions=seen, clicks=int(seen * 0.026), reactions=int(seen * 0.02),
                comments=int(seen * 0.0018), shares=int(seen * 0.0025), reach=int(seen * 0.7), **given,
            ),
            Figures(kind=ObjectKind.FOLLOWER_GAINS, follower_gain=gain, **late),
            Figures(kind=ObjectKind.FOLLOWERS, followers=followers, **given),
        ]  # fmt: skip
    measurements.store([row for row in rows if row.fetched_at <= now], now=now)


def ask_each_night(account: Account, *, n_posts: int, now: datetime) -> None:
    """Let every night of a month have asked; one failed, and one got a part."""
    State = FetchRun.State
    runs = []
    for night in range(NIGHTS, -1, -1):
        at = _morning(now.date() - timedelta(days=night), 0)
        state = {FAILED_NIGHT: State.FAILED, PARTLY_NIGHT: State.PARTLY}.get(night, State.DONE)
        counted = {"n_fetched": 0 if state == State.FAILED else n_posts, "n_days": 0 if state == State.FAILED else 7}
        runs.append(
            FetchRun(
                account=account,
                state=state,
                trigger=FetchRun.Trigger.NIGHTLY,
                asked_at=at,
                started_at=at,
                ended_at=at + timedelta(seconds=40),
                n_failed=1 if state == State.PARTLY else 0,
                problem="not_reached" if state == State.FAILED else "",
                **counted,
            )  # fmt: skip
        )
    FetchRun.objects.bulk_create([run for run in runs if run.asked_at <= now])


def advertise(
    account: Account, announced: list[Announced], *, campaign: Campaign, user: User, now: datetime, rng: Generator
) -> None:
    """
    Read three paid campaigns: one ended in time, one runs on after its vacancy's deadline, one's deadline is near.

    What an ad costs the channel tells, so that no cost is typed in for it.
    """
    ads = AdAccount.objects.create(
        account=account, external_id="990201", name="Storvika kommune, rekruttering", currency="NOK", chosen_by=user,
        chosen_at=now - timedelta(days=90), asked_at=now - timedelta(hours=4), read_at=now - timedelta(hours=4),
    )  # fmt: skip
    today = now.date()
    marketed = [each.job for each in announced if each.job.may_be_marketed]
    ended = [job for job in marketed if today - timedelta(days=60) < job.deadline_date < today - timedelta(days=40)]
    passed = [job for job in marketed if today - timedelta(days=6) < job.deadline_date < today]
    near = [job for job in marketed if today <= job.deadline_date <= today + timedelta(days=3)]
    rows: list[Figures] = []
    for number, (jobs, status) in enumerate(((ended, "COMPLETED"), (passed, "ACTIVE"), (near, "ACTIVE"))):
        for job in jobs[:1]:
            paid = PaidCampaign.objects.create(
                ad_account=ads, external_id=f"99020{number}", name=job.title, status=status, objective="WEBSITE_VISIT",
                campaign=campaign, job=job, seen_at=now - timedelta(hours=4),
            )  # fmt: skip
            rows += _shown(paid, job, is_ended=status == "COMPLETED", now=now, rng=rng)
    measurements.store(rows, now=now)


def _shown(paid: PaidCampaign, job: JobPosting, *, is_ended: bool, now: datetime, rng: Generator) -> list[Figures]:
    first = job.created_at.date() + timedelta(days=1)
    last = min(job.deadline_date if is_ended else now.date(), now.date() - timedelta(days=1))
    rows = []
    for n in range((last - first).days + 1):
        views = int(rng.poisson(VIEWS_A_DAY))
        clicks = int(rng.binomial(views, CLICK_SHARE))
        rows.append(
            Figures(
                kind=ObjectKind.PAID_CAMPAIGN,
                object_id=paid.pk,
                day=first + timedelta(days=n),
                is_paid=True,
                fetched_at=_morning(first + timedelta(days=n), 1),
                impressions=views,
                clicks=clicks,
                reactions=int(clicks * 0.2),
                spend_ore=clicks * ORE_A_CLICK,
            )  # fmt: skip
        )
    return [row for row in rows if row.fetched_at <= now]


def _morning(day: date, n_later: int) -> datetime:
    return datetime.combine(day + timedelta(days=n_later), time(3, 10), tzinfo=UTC)
