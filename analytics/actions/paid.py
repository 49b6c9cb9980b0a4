"""
Paid campaigns: which ad account is read, what its campaigns belong to, and their daily figures.

Read and never changed: what is spent is decided in the channel's own ad manager. A day that the channel leaves out is
not told, and stays unknown: it leaves out days without activity, and everything when the role is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from django.db.models import Max

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import Measurement, ObjectKind
from channels import connectors
from channels.actions import access as accesses
from channels.connectors import AccessDead, ConnectorError
from channels.connectors import ads as told_ads
from channels.models import Account, AdAccount, Campaign, PaidCampaign
from foundation.tenancy import tenant
from recruitment.models import User

logger = logging.getLogger(__name__)
T = TypeVar("T")

NOT_OFTENER_THAN = timedelta(minutes=2)
# The channel corrects its figures for some days; a first reading goes a year back.
READ_AGAIN = timedelta(days=7)
FIRST_READING = timedelta(days=364)
MOST = 2**31 - 1
DOING = "ads"
KRONER = "NOK"


class NoAds(Exception):
    """The account's channel has no ad accounts that we can read."""


class NotThere(Exception):
    """The channel does not show this ad account to us."""


class TooSoon(Exception):
    """The figures were read a moment ago. `until` (UTC) says when they may be read again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Not before {until.isoformat()}")
        self.until = until


@dataclass(frozen=True)
class _Told:
    campaigns: list[told_ads.PaidCampaign]
    days: list[told_ads.PaidDay]


def reads_ads(account: Account) -> bool:
    """Whether the account's channel has ad accounts that we can read."""
    kind = connectors.by_slug(account.channel.connector)
    return kind is not None and issubclass(kind, told_ads.ReadsAds)


def offered(*, account: Account, now: datetime) -> list[told_ads.AdAccount]:
    """
    Return the ad accounts that the channel shows us, the page's own first. Called outside `tenant()`.

    :raises NoAds: see there
    :raises ConnectorError: they could not be read
    """
    found = _reading(account, lambda connector: connector.ad_accounts(), now=now)
    return sorted(found, key=lambda each: each.page_id != account.external_id)


def choose(
    *, account: Account, offered: list[told_ads.AdAccount], external_id: str, by: User, now: datetime
) -> AdAccount:
    """
    Read this ad account from now on. Called inside `tenant()`; choosing it again changes its name alone.

    :raises NotThere: it is none of those the channel showed
    """
    chosen = next((each for each in offered if each.external_id == external_id), None)
    if chosen is None:
        raise NotThere
    stored, is_new = AdAccount.objects.get_or_create(
        account=account,
        external_id=chosen.external_id,
        defaults={"name": chosen.name, "currency": chosen.currency, "chosen_at": now, "chosen_by": by},
    )
    if not is_new:
        stored.name, stored.currency = chosen.name, chosen.currency
        stored.save(update_fields=["name", "currency"])
    return stored


def link(*, paid: PaidCampaign, campaign: Campaign | None) -> None:
    """Say which of our campaigns a paid one belongs to; its figures count for the vacancy if there is exactly one."""
    jobs = list(campaign.jobs.values_list("pk", flat=True)[:2]) if campaign else []
    paid.campaign = campaign
    paid.job_id = jobs[0] if len(jobs) == 1 else None
    paid.save(update_fields=["campaign", "job"])


def read(*, municipality_id: int, ad_account_id: int, now: datetime) -> AdAccount:
    """
    Ask the channel for the ad account's campaigns and daily figures, store them, and return the ad account.

    Called outside `tenant()`; may be repeated, killed and run side by side (P7). A problem is a code in the result.

    :raises TooSoon: see there
    """
    with tenant(municipality_id):
        row = AdAccount.objects.select_related("account__channel").get(pk=ad_account_id)
        free = AdAccount.objects.filter(pk=row.pk).exclude(asked_at__gt=now - NOT_OFTENER_THAN)
        if not free.update(asked_at=now):
            raise TooSoon((row.asked_at or now) + NOT_OFTENER_THAN)
        first = _first_day(row, now=now)
    last = now.astimezone(UTC).date()
    try:
        told = _reading(
            row.account,
            lambda connector: _Told(
                connector.paid_campaigns(row.external_id), connector.paid_days(row.external_id, first=first, last=last)
            ),
            now=now,
        )
    except ConnectorError as problem:
        return _end(row, problem=problem.code)
    with tenant(municipality_id):
        paid = _store_campaigns(row, told.campaigns, now=now)
        measurements.store(_figures(told.days, paid, currency=row.currency, now=now), now=now)
    return _end(row, read_at=now)


def _reading(account: Account, question: Callable[[told_ads.ReadsAds], T], *, now: datetime) -> T:
    kind = connectors.by_slug(account.channel.connector)
    if kind is None or not issubclass(kind, told_ads.ReadsAds):
        raise NoAds
    access = None
    try:
        access = accesses.access_for(account, now=now)
        found = question(kind(access))
    except AccessDead as problem:
        accesses.refused(account, problem, doing=DOING, now=now, access=access)
        raise
    accesses.allowed(account, doing=DOING)
    return found


def _first_day(row: AdAccount, *, now: datetime) -> date:
    """Return where to begin: a year ago, or a week before the newest day that is known; a gap is read with it."""
    year_ago = (now - FIRST_READING).astimezone(UTC).date()
    ids = list(PaidCampaign.objects.filter(ad_account=row).values_list("pk", flat=True))
    known = Measurement.objects.filter(kind=ObjectKind.PAID_CAMPAIGN, object_id__in=ids, day__gte=year_ago)
    newest = known.aggregate(newest=Max("day"))["newest"]
    if newest is None or row.read_at is None:
        return year_ago
    return max(min(newest, row.read_at.astimezone(UTC).date()) - READ_AGAIN, year_ago)


def _store_campaigns(row: AdAccount, told: list[told_ads.PaidCampaign], *, now: datetime) -> dict[str, int]:
    """Store the campaigns and return their ids by what the channel calls them. What is no longer told stays."""
    rows = [
        PaidCampaign(
            ad_account=row, external_id=each.external_id, name=each.name, status=each.status, objective=each.objective,
            seen_at=now,
        )
        for each in told
    ]  # fmt: skip
    PaidCampaign.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["ad_account", "external_id"],
        update_fields=["name", "status", "objective", "seen_at"],
    )
    return dict(PaidCampaign.objects.filter(ad_account=row).values_list("external_id", "pk"))


def _figures(days: list[told_ads.PaidDay], paid: dict[str, int], *, currency: str, now: datetime) -> list[Figures]:
    return [
        Figures(
            kind=ObjectKind.PAID_CAMPAIGN,
            object_id=paid[each.campaign_id],
            day=each.day,
            fetched_at=now,
            is_paid=True,
            impressions=_kept(each.impressions),
            reach=_kept(each.reach),
            clicks=_kept(each.clicks),
            reactions=_kept(each.reactions),
            comments=_kept(each.comments),
            shares=_kept(each.shares),
            spend_ore=_ore(each.spend, currency=currency),
        )
        for each in days
        if each.campaign_id in paid
    ]


def _kept(value: int | None) -> int | None:
    """Return a count that a channel could mean, else None: one absurd figure does not take the others with it."""
    return value if value is not None and abs(value) <= MOST // 2 else None


def _ore(spend: Decimal | None, *, currency: str) -> int | None:
    """Return whole øre; another currency is not converted: no rate is the one that will be invoiced."""
    if spend is None or currency != KRONER:
        return None
    return int((spend * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _end(row: AdAccount, *, read_at: datetime | None = None, problem: str = "") -> AdAccount:
    with tenant(row.municipality_id):
        row.problem = problem[:60]
        row.read_at = row.read_at if problem else read_at
        row.save(update_fields=["problem", "read_at"])
    return row
