"""How often tracked links were followed. Days are Norwegian days; the counts are kept by UTC hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse

from channels.models import LinkHour, TrackedLink
from foundation.clock import OSLO
from recruitment.models import JobPosting

PERSON, BOT, PREVIEW = LinkHour.Visitor.PERSON, LinkHour.Visitor.BOT, LinkHour.Visitor.PREVIEW


@dataclass(frozen=True)
class Visits:
    """How often links were followed, by class of visitor. A link nobody followed has zeros: we count ourselves."""

    n_persons: int = 0
    n_bots: int = 0
    n_previews: int = 0


@dataclass(frozen=True)
class LinkRow:
    """A link and its visits since it was made."""

    link: TrackedLink
    visits: Visits

    @property
    def name(self) -> str:
        """What the link is used in: the source in the reader's language, or the post it was made for."""
        return self.link.label if self.link.campaign_id else self.link.source.name

    @property
    def address(self) -> str:
        """The whole address, as it is posted and printed."""
        return address_of(self.link)

    @property
    def shown(self) -> str:
        """The address without its scheme, as it is read."""
        return self.address.partition("://")[2]


def address_of(link: TrackedLink) -> str:
    """Return the whole address of a link, as it is posted and printed."""
    return settings.SITE_URL + reverse("link_follow", kwargs={"code": link.code})


def links_of_job(*, job: JobPosting) -> list[LinkRow]:
    """Return the links in use of a vacancy, in the order of its sources, with all visits so far. One query."""
    links = TrackedLink.objects.filter(job=job, is_active=True).select_related("source__channel")
    # Said here, because Django leaves a model's own order out where rows are summed.
    links = links.annotate(**_by_class("hours__")).order_by("source__position", "id")
    return [LinkRow(link, _visits(vars(link))) for link in links]


def visits_by_source(*, first_day: date, last_day: date) -> dict[int, Visits]:
    """Return the visits of a period (both days included) by source id; sources without are left out. One query."""
    rows = _hours(first_day, last_day).values("link__source").order_by().annotate(**_by_class())
    return {row["link__source"]: _visits(row) for row in rows}


def visits_by_day(*, link: TrackedLink, first_day: date, last_day: date) -> dict[date, Visits]:
    """Return one link's visits by day in a period (both days included); days without are left out. One query."""
    hours = _hours(first_day, last_day).filter(link=link).annotate(day=TruncDate("hour", tzinfo=OSLO))
    return {row["day"]: _visits(row) for row in hours.values("day").order_by("day").annotate(**_by_class())}


def _hours(first_day: date, last_day: date) -> QuerySet[LinkHour]:
    start = datetime.combine(first_day, time.min, tzinfo=OSLO)
    end = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=OSLO)
    return LinkHour.objects.filter(hour__gte=start, hour__lt=end)


def _by_class(prefix: str = "") -> dict[str, Sum]:
    return {
        name: Sum(f"{prefix}n_visits", filter=Q(**{f"{prefix}visitor": visitor}), default=0)
        for name, visitor in (("n_persons", PERSON), ("n_bots", BOT), ("n_previews", PREVIEW))
    }


def _visits(row: Mapping[str, Any]) -> Visits:
    return Visits(n_persons=row["n_persons"], n_bots=row["n_bots"], n_previews=row["n_previews"])
