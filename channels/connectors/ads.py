"""What a connector adds whose platform lets us read the figures of paid campaigns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class AdAccount:
    """An ad account that the member may read. `page_id` is the page it belongs to, "" when that is not told."""

    external_id: str
    name: str
    currency: str
    page_id: str = ""


@dataclass(frozen=True)
class PaidCampaign:
    """A campaign in the platform's own ad manager; `status` and `objective` in the platform's words."""

    external_id: str
    name: str
    status: str
    objective: str


@dataclass(frozen=True)
class PaidDay:
    """
    One paid campaign on one day of the platform's (UTC at LinkedIn). None is what was not told.

    `spend` is in the ad account's currency; `reach` is the day's own and is never summed.
    """

    campaign_id: str
    day: date
    impressions: int | None = None
    reach: int | None = None
    clicks: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    spend: Decimal | None = None


class ReadsAds(ABC):
    """A connector that can read ad accounts. Failures are the four kinds of every connector."""

    @abstractmethod
    def ad_accounts(self) -> list[AdAccount]:
        """Return the ad accounts that the member may read, test accounts left out, by name."""

    @abstractmethod
    def paid_campaigns(self, ad_account_id: str) -> list[PaidCampaign]:
        """Return the ad account's campaigns that have been started at some time, by name."""

    @abstractmethod
    def paid_days(self, ad_account_id: str, *, first: date, last: date) -> list[PaidDay]:
        """
        Return the daily figures of all its campaigns, both days included.

        A day that is left out is not told: the platform leaves out days without activity, and also everything when the
        role that may read them is lost.
        """
