"""What a connected page and its ad account have told: followers, visits and advertising; and the nights that asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.db.models import Max, Min
from numpy.random import Generator

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import Cost, FetchRun, Measurement, ObjectKind
from channels.models import Account, AdAccount, Campaign, Delivery, PaidCampaign
from kanalkompass.demo import published, states
from kanalkompass.demo.people import Town
from kanalkompass.demo.published import dice
from kanalkompass.demo.vacancies import Announced
from recruitment.models import JobPosting, Source, User

PAGE_DAYS = 200
# What keeps the chance of pages and of campaigns apart from that of posts.
PAGE_DICE, ADS_DICE = 1_000_000, 2_000_000
FOLLOWERS = 2_140
# Followers are told two days late.
LATE_DAYS = 2
NIGHTS = 30
FAILED_NIGHT, PARTLY_NIGHT = 12, 5
# How a paid campaign is seen: views a day, the share that clicks, and øre for a click.
VIEWS_A_DAY, CLICK_SHARE, ORE_A_CLICK = 900, 0.012, 2_150


def tell_of_the_page(account: Account, *, first: date, now: datetime, since: date | None = None) -> None:
    """
    Store the page's own statistics, day by day; they hold its posts once more, and are in no roll-up.

    :param first: the day (UTC) that the page's figures begin with
    :param since: only days from here on are stored
    """
    rows, followers, number = [], FOLLOWERS, PAGE_DICE + account.pk
    for n in range((now.date() - first).days):
        day = first + timedelta(days=n)
        told, gain = _day_of_the_page(account, day, dice(number, day))
        followers += gain
        late = _morning(day, LATE_DAYS)
        told += [
            Figures(ObjectKind.FOLLOWER_GAINS, account.pk, day, fetched_at=late, follower_gain=gain),
            Figures(ObjectKind.FOLLOWERS, account.pk, day, fetched_at=_morning(day, 1), followers=followers),
        ]
        rows += [row for row in told if since is None or day >= since]
    measurements.store([row for row in rows if row.fetched_at <= now], now=now)


def _day_of_the_page(account: Account, day: date, rng: Generator) -> tuple[list[Figures], int]:
    """Return what is told of visits and posts of a day, and how many followers came."""
    is_weekend = day.weekday() >= 5
    views = int(rng.poisson(18 if is_weekend else 46))
    jobs, overview = int(views * 0.35), int(views * 0.5)
    seen = int(rng.poisson(140 if is_weekend else 390))
    given: dict[str, Any] = {"object_id": account.pk, "day": day, "fetched_at": _morning(day, 1)}
    told = [
        Figures(
            kind=ObjectKind.PAGE_VIEWS, page_views=views, jobs_views=jobs, careers_views=jobs,
            overview_views=overview, life_views=0, reach=int(views * 0.8), **given,
        ),
        Figures(
            kind=ObjectKind.PAGE_POSTS, impressions=seen, clicks=int(seen * 0.026), reactions=int(seen * 0.02),
            comments=int(seen * 0.0018), shares=int(seen * 0.0025), reach=int(seen * 0.7), **given,
        ),
    ]  # fmt: skip
    return told, int(rng.poisson(1.4)) - int(rng.random() < 0.3)


def ask_each_night(account: Account, *, n_posts: int, now: datetime, since: datetime | None = None) -> None:
    """
    Let every night of a month have asked; one failed, and one got a part.

    :param since: only the nights after this moment, all of them well; else the month
    """
    State = FetchRun.State
    runs = []
    for night in range(NIGHTS, -1, -1):
        at = _morning(now.date() - timedelta(days=night), 0)
        if since is not None and at <= since:
            continue
        went = {} if since else {FAILED_NIGHT: State.FAILED, PARTLY_NIGHT: State.PARTLY}
        state = went.get(night, State.DONE)
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
    account: Account, announced: list[Announced], *, town: Town, campaign: Campaign, user: User, now: datetime
) -> None:
    """
    Read three paid campaigns: one ended in time, one runs on after its vacancy's deadline, one's deadline is near.

    The invoice of the one that has ended is among the costs, in a town that has typed no other costs of LinkedIn.
    """
    ads = AdAccount.objects.create(
        account=account, external_id=f"{town.number}01", name=f"{town.name}, rekruttering", currency="NOK",
        chosen_by=user, chosen_at=now - timedelta(days=90), asked_at=now - timedelta(hours=4),
        read_at=now - timedelta(hours=4),
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
                ad_account=ads, external_id=f"{town.number}0{number}", name=job.title, status=status,
                objective="WEBSITE_VISIT", campaign=campaign, job=job, seen_at=now - timedelta(hours=4),
            )  # fmt: skip
            told = _shown(paid, job, now=now)
            rows += told
            if status == "COMPLETED" and not town.is_on_linkedin:
                _invoice(job, told, user=user)
    measurements.store(rows, now=now)


def _invoice(job: JobPosting, told: list[Figures], *, user: User) -> None:
    Cost.objects.create(
        job=job,
        source=Source.objects.get(slug="linkedin"),
        kind=Cost.Kind.KRONER,
        amount_ore=sum(row.spend_ore or 0 for row in told),
        day=job.deadline_date + timedelta(days=6),
        note="Faktura for annonse på LinkedIn",
        created_by=user,
    )


def advertise_on(ads: AdAccount, *, now: datetime, since: date) -> None:
    """Let the campaigns that run have been shown on the days from `since` until yesterday, and been read this night."""
    rows = []
    for paid in PaidCampaign.objects.filter(ad_account=ads, status="ACTIVE").select_related("job"):
        rows += [row for row in _shown(paid, cast(JobPosting, paid.job), now=now) if row.day >= since]
    measurements.store(rows, now=now)
    read_at = now - timedelta(hours=4)
    PaidCampaign.objects.filter(ad_account=ads, status="ACTIVE").update(seen_at=read_at)
    AdAccount.objects.filter(pk=ads.pk).update(asked_at=read_at, read_at=read_at)


def _shown(paid: PaidCampaign, job: JobPosting, *, now: datetime) -> list[Figures]:
    first = job.created_at.date() + timedelta(days=1)
    last = min(job.deadline_date if paid.status == "COMPLETED" else now.date(), now.date() - timedelta(days=1))
    rows = []
    for n in range((last - first).days + 1):
        rng = dice(ADS_DICE + paid.pk, first + timedelta(days=n))
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


def go_on(account: Account, *, town: Town, now: datetime) -> None:
    """Let the channel have told of the days since it last did, each night, and somebody have commented again."""
    known = Measurement.objects.filter(object_id=account.pk, kind=ObjectKind.FOLLOWERS).aggregate(
        Min("day"), Max("day")
    )
    first, last = known["day__min"], known["day__max"]
    if first is None or last >= now.date() - timedelta(days=1):
        return
    since = last + timedelta(days=1)
    out = list(
        Delivery.objects.filter(account=account, state=Delivery.State.PUBLISHED)
        .filter(external_id__startswith=published.INVENTED_ID, published_at__gte=now - timedelta(days=60))
        .select_related("link")
        .order_by("published_at")
    )
    published.tell(out, now=now, since=since)
    tell_of_the_page(account, first=first, now=now, since=since - timedelta(days=LATE_DAYS))
    asked = FetchRun.objects.filter(account=account).latest("asked_at").asked_at
    ask_each_night(account, n_posts=len(out), now=now, since=asked)
    for ads in AdAccount.objects.filter(account=account):
        advertise_on(ads, now=now, since=since)
    if out:
        states.comment(out[-1], town=town, now=now)
