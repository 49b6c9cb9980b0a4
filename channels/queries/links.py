"""How often tracked links were followed. Days are Norwegian days; the counts are kept by UTC hour."""

from collections.abc import Collection, Mapping
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
CLASSES = (("n_persons", PERSON), ("n_bots", BOT), ("n_previews", PREVIEW))


@dataclass(frozen=True)
class Visits:
    """How often links were followed, by class of visitor. A link nobody followed has zeros: we count ourselves."""

    n_persons: int = 0
    n_bots: int = 0
    n_previews: int = 0


@dataclass(frozen=True)
class LinkRow:
    """A link, its visits since it was made, and how many of them came before the day that has not ended."""

    link: TrackedLink
    visits: Visits
    before: Visits = Visits()

    @property
    def n_today(self) -> int:
        """How many people have followed it on the day that has not ended."""
        return self.visits.n_persons - self.before.n_persons

    @property
    def name(self) -> str:
        """What the link is used in: the source in the reader's language and its place, or the post it was made for."""
        if self.link.place:
            return f"{self.link.source.name}, {self.link.place}"
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


def links_of_job(*, job: JobPosting, today: date | None = None) -> list[LinkRow]:
    """
    Return the links in use of a vacancy, in the order of its sources, with all visits so far. One query.

    :param today: the Norwegian day that has not ended; what came before it is told apart
    """
    links = TrackedLink.objects.filter(job=job, is_active=True).select_related("source__channel")
    sums = _by_class("hours__")
    if today:
        ended = Q(hours__hour__lt=datetime.combine(today, time.min, tzinfo=OSLO))
        sums |= {f"before_{name}": _sum("hours__", visitor, ended) for name, visitor in CLASSES}
    # Said here, because Django leaves a model's own order out where rows are summed.
    links = links.annotate(**sums).order_by("source__position", "id")
    return [LinkRow(link, _visits(vars(link)), _visits(vars(link), "before_" if today else "")) for link in links]


def visits_by_source(*, first_day: date, last_day: date, job_ids: Collection[int] | None = None) -> dict[int, Visits]:
    """
    Return the visits of a period (both days included) by source id; sources without are left out. One query.

    With `job_ids` only links of these vacancies count.
    """
    hours = _hours(first_day, last_day)
    if job_ids is not None:
        hours = hours.filter(link__job_id__in=job_ids)
    rows = hours.values("link__source").order_by().annotate(**_by_class())
    return {row["link__source"]: _visits(row) for row in rows}


def visits_by_day(*, link: TrackedLink, first_day: date, last_day: date) -> dict[date, Visits]:
    """Return one link's visits by day in a period (both days included); days without are left out. One query."""
    hours = _hours(first_day, last_day).filter(link=link).annotate(day=TruncDate("hour", tzinfo=OSLO))
    return {row["day"]: _visits(row) for row in hours.values("day").order_by("day").annotate(**_by_class())}


def bounds(first_day: date, last_day: date) -> tuple[datetime, datetime]:
    """Return the moment a period of Norwegian days begins, and the first one after it."""
    start = datetime.combine(first_day, time.min, tzinfo=OSLO)
    return start, datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=OSLO)


def persons(*, start: datetime, end: datetime) -> QuerySet[LinkHour]:
    """Return the query for the hours in which persons, no robots, followed links."""
    return LinkHour.objects.filter(hour__gte=start, hour__lt=end, visitor=PERSON)


def _hours(first_day: date, last_day: date) -> QuerySet[LinkHour]:
    start, end = bounds(first_day, last_day)
    return LinkHour.objects.filter(hour__gte=start, hour__lt=end)


def _by_class(prefix: str = "") -> dict[str, Sum]:
    return {name: _sum(prefix, visitor) for name, visitor in CLASSES}


def _sum(prefix: str, visitor: str, more: Q | None = None) -> Sum:
    return Sum(f"{prefix}n_visits", filter=Q(**{f"{prefix}visitor": visitor}) & (more or Q()), default=0)


def _visits(row: Mapping[str, Any], prefix: str = "") -> Visits:
    return Visits(**{name: row[f"{prefix}{name}"] for name, _ in CLASSES})
