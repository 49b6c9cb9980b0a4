"""Paid campaigns with what the channel says they gave and cost, over the year that such figures may be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Min, Sum

from analytics.models import Measurement, ObjectKind
from analytics.queries.measurements import known_sum
from channels.models import AdAccount, PaidCampaign

SUMMED = ("impressions", "clicks", "spend_ore")


@dataclass(frozen=True)
class PaidRow:
    """
    One paid campaign and its sums. None is what the channel never told; `first_day` and `last_day` (the channel's own,
    UTC at LinkedIn) are the first and the last day with a figure. Reach is not here: it may not be summed.
    """

    paid: PaidCampaign
    impressions: int | None = None
    clicks: int | None = None
    spend_ore: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def click_rate(self) -> float | None:
        """Clicks per view, 0 to 1; None without views."""
        return self.clicks / self.impressions if self.clicks is not None and self.impressions else None

    @property
    def per_thousand(self) -> float | None:
        """Clicks per thousand views; None without views."""
        return None if self.click_rate is None else self.click_rate * 1000

    @property
    def ore_per_click(self) -> int | None:
        """Whole øre per click; None without clicks."""
        return round(self.spend_ore / self.clicks) if self.spend_ore is not None and self.clicks else None


@dataclass(frozen=True)
class PaidAccount:
    """An ad account with its campaigns, those that cost most first."""

    account: AdAccount
    rows: list[PaidRow]

    @property
    def spend_ore(self) -> int | None:
        """What all its campaigns cost together as far as told, in øre; None when nothing is known."""
        return known_sum(*(row.spend_ore for row in self.rows))

    @property
    def is_in_kroner(self) -> bool:
        """Whether its amounts are Norwegian kroner; others are not converted, and not shown as kroner."""
        return self.account.currency == "NOK"


def paid_accounts(*, campaign_id: int | None = None) -> list[PaidAccount]:
    """Return the entered municipality's ad accounts with their campaigns, or those of one campaign. Three queries."""
    paid = PaidCampaign.objects.select_related("campaign", "job")
    if campaign_id is not None:
        paid = paid.filter(campaign_id=campaign_id)
    sums = _sums([each.pk for each in paid])
    rows: dict[int, list[PaidRow]] = {}
    for each in paid:
        rows.setdefault(each.ad_account_id, []).append(PaidRow(each, **sums.get(each.pk, {})))
    found = [
        PaidAccount(account, sorted(rows.get(account.pk, []), key=lambda row: (-(row.spend_ore or 0), row.paid.name)))
        for account in AdAccount.objects.select_related("account__channel").order_by("name", "pk")
    ]
    return [each for each in found if each.rows or campaign_id is None]


def _sums(ids: list[int]) -> dict[int, dict[str, Any]]:
    told = (
        Measurement.objects.filter(kind=ObjectKind.PAID_CAMPAIGN, object_id__in=ids, is_paid=True)
        .values("object_id")
        .annotate(
            **{f"{name}_sum": Sum(name) for name in SUMMED},
            first_day=Min("day"),
            last_day=Max("day"),
        )
        .order_by()
    )
    return {
        row["object_id"]: {
            **{name: None if row[f"{name}_sum"] is None else int(row[f"{name}_sum"]) for name in SUMMED},
            "first_day": row["first_day"],
            "last_day": row["last_day"],
        }
        for row in told
    }
