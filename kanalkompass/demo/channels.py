"""The municipalities' accounts, and what the channels' own export files said about them day by day."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from numpy.random import Generator

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import ObjectKind, Origin
from channels.actions import accounts as actions
from channels.actions.accounts import AccountDetails, Assessment
from channels.models import Account, Campaign, CampaignJob, RiskAssessment
from foundation.clock import OSLO
from kanalkompass.demo.people import Town
from kanalkompass.demo.vacancies import Announced
from recruitment.models import Channel, User

# Since so long ago the channels' files are read, and since so long ago LinkedIn is asked instead.
HISTORY_DAYS = 745
ASKED_DAYS = 200


@dataclass(frozen=True)
class Reach:
    """
    Views a day of an account: from day to day, and more for each open vacancy. The other figures are shares of the
    views; what the channel does not report is left out.
    """

    slug: str
    every_day: int
    per_vacancy: int
    shares: dict[str, float]


REACH = (
    Reach("facebook", 160, 95, {"clicks": 0.021, "reactions": 0.016, "comments": 0.0016, "shares": 0.002}),
    Reach("instagram", 70, 40, {"reactions": 0.045, "comments": 0.0015}),
    Reach("finn", 0, 70, {"clicks": 0.055}),
    Reach("own-web", 25, 45, {}),
)
LINKEDIN = Reach("linkedin", 45, 60, {"clicks": 0.026, "reactions": 0.02, "comments": 0.0018, "shares": 0.0025})


def make_accounts(town: Town, *, users: dict[str, User], now: datetime) -> dict[str, Account]:
    """
    Make the accounts by channel, as a person would; call it in the town's `tenant()`.

    The LinkedIn page has an account with nothing ticked and nothing connected: that is for the user to do.
    """
    channels = {channel.slug: channel for channel in Channel.objects.all()}
    made = {}
    for slug in ("linkedin", "facebook", "instagram", "finn", "own-web"):
        name = "Ledige stillinger" if slug in {"finn", "own-web"} else town.name
        is_new = slug == "linkedin" and not town.is_on_linkedin
        details = AccountDetails(
            name=name,
            page_url=f"https://www.{town.host}/ledige-stillinger" if slug == "own-web" else "",
            responsible=None if is_new else users["adviser"],
            deputy=None if is_new else users["deputy"],
            notes="",
        )
        made[slug] = actions.create_account(channel=channels[slug], details=details, now=now)
        if slug in {"facebook", "instagram"}:
            actions.record_assessment(
                account=made[slug], assessment=_approved(town, now), by=users["adviser"], now=now - timedelta(days=150)
            )
    return made


def _approved(town: Town, now: datetime) -> Assessment:
    assessed = now.astimezone(OSLO).date() - timedelta(days=150)
    return Assessment(
        status=RiskAssessment.Status.APPROVED,
        assessed_date=assessed,
        responsible_name=town.people[-1].name,
        document_url=f"https://www.{town.host}/personvernvurdering",
        next_review_date=assessed + timedelta(days=365),
    )


def store_figures(
    town: Town, *, accounts: dict[str, Account], announced: list[Announced], rng: Generator, now: datetime
) -> None:
    """Store the years' daily figures, as if the channels' export files had been read each morning."""
    today = now.astimezone(OSLO).date()
    size = town.population / 9_000
    n_open = _open_by_day(announced)
    rows = []
    for reach in (*REACH, *[LINKEDIN] * town.is_on_linkedin):
        # Where posts are asked about one by one the page's file would count them twice.
        until = ASKED_DAYS if reach is LINKEDIN else 0
        for days_ago in range(HISTORY_DAYS, until, -1):
            day = today - timedelta(days=days_ago)
            views = int(rng.poisson((reach.every_day + reach.per_vacancy * n_open[day]) * size))
            rows.append(
                Figures(
                    kind=ObjectKind.ACCOUNT,
                    object_id=accounts[reach.slug].pk,
                    day=day,
                    fetched_at=datetime.combine(day + timedelta(days=1), time(5, 10), tzinfo=UTC),
                    origin=Origin.FILE,
                    impressions=views,
                    clicks=_share(reach, "clicks", views, rng),
                    reactions=_share(reach, "reactions", views, rng),
                    comments=_share(reach, "comments", views, rng),
                    shares=_share(reach, "shares", views, rng),
                )
            )
    measurements.store([row for row in rows if row.fetched_at <= now], now=now)


def _open_by_day(announced: list[Announced]) -> Counter[date]:
    """Return how many vacancies were open on each day."""
    n_open: Counter[date] = Counter()
    for each in announced:
        n_days = (each.job.deadline_date - each.registered_day).days + 1
        n_open.update(each.registered_day + timedelta(days=n) for n in range(n_days))
    return n_open


def _share(reach: Reach, name: str, views: int, rng: Generator) -> int | None:
    """Return how many of the views led to something; None for what the channel does not report."""
    return int(rng.binomial(views, reach.shares[name])) if name in reach.shares else None


def make_campaigns(announced: list[Announced], *, town: Town, user: User, today: date) -> None:
    """Make the year's campaigns: weekend shifts, the summer, and health workers; each for some of its vacancies."""
    is_nynorsk = town.language_form == "nn"
    plans = [
        ({"weekend"}, set(), "Helgevakter", "Helgevakter", 18_000),
        ({"summer"}, set(), "Sommerjobber", "Sommarjobbar", 15_000),
        (set(), {"2223", "5321"}, "Flere fagfolk i helse", "Fleire fagfolk i helse", 30_000),
    ]
    for kinds, codes, name_nb, name_nn, kroner in plans:
        jobs = [
            each.job
            for each in announced
            if (each.job.kind in kinds or each.trade.code in codes) and each.job.deadline_date < today
        ][-4:]
        if not jobs:
            continue
        campaign = Campaign.objects.create(
            name=name_nn if is_nynorsk else name_nb,
            start_date=min(job.created_at.astimezone(OSLO).date() for job in jobs),
            end_date=max(job.deadline_date for job in jobs),
            budget_ore=kroner * 100,
            created_by=user,
        )
        CampaignJob.objects.bulk_create([CampaignJob(campaign=campaign, job=job) for job in jobs])
