"""What a connector adds whose platform tells about a page, day by day, and how long its figures may be kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

# What the page's posts got, visits to the page, followers gained.
DailySet = Literal["shares", "views", "gains"]


@dataclass(frozen=True)
class ShareDay:
    """What all of a page's posts got on one day of the platform's; None is what was not told. Organic only."""

    day: date
    impressions: int | None = None
    unique_impressions: int | None = None
    clicks: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None


@dataclass(frozen=True)
class ViewDay:
    """Visits to a page on one day of the platform's. `unique` counts people and is never summed; the rest are views."""

    day: date
    views: int | None = None
    unique: int | None = None
    overview: int | None = None
    careers: int | None = None
    jobs: int | None = None
    life: int | None = None


@dataclass(frozen=True)
class GainDay:
    """Followers gained on one day of the platform's, less those lost: may be negative."""

    day: date
    organic: int | None = None
    paid: int | None = None


@dataclass(frozen=True)
class StorageRule:
    """How long something that came from a platform may be kept; None is without limit. `source` says who decides."""

    what: Literal["reporting", "posts_read_back", "identifiers"]
    kept: timedelta | None
    source: str


class ReadsPageDays(ABC):
    """A connector that can read a page's days. Failures are the four kinds of every connector."""

    storage_rules: tuple[StorageRule, ...] = ()
    # The endpoint, in the words of `calls`, that `figures` asks once for each post: its quota is what runs out.
    asked_per_post = ""

    @abstractmethod
    def askable_days(self, what: DailySet, *, today: date) -> tuple[date, date]:
        """Return the oldest and the newest whole day that the platform tells of. `today` is the platform's own."""

    @abstractmethod
    def share_days(self, first: date, last: date) -> list[ShareDay]:
        """Return what the page's posts got, day by day, both days included; a day that is not told is left out."""

    @abstractmethod
    def page_days(self, first: date, last: date) -> list[ViewDay]:
        """Return the visits to the page, as above."""

    @abstractmethod
    def follower_days(self, first: date, last: date) -> list[GainDay]:
        """Return the followers gained, as above."""

    @abstractmethod
    def follower_total(self) -> int | None:
        """Return how many follow the page now, or None when that cannot be read."""
