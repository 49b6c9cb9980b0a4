"""Counting who followed a tracked link: by the hour and by a coarse class, with nothing about the visitor (P21)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from channels.actions.visit_sql import COUNT, COUNT_PERSON, MOVED, SUM_UP
from channels.models import LinkCode, LinkHour, TrackedLink
from channels.rules.visitors import PEOPLE, PREVIEWS, ROBOTS
from foundation.clock import OSLO
from foundation.tenancy import current_municipality_id, tenant
from recruitment.models import JobPosting
from recruitment.queries import hosts

BATCH = 2_000


class DeadLink(LookupError):
    """The code is unknown or out of use, or its target is no longer one the municipality allows."""


@dataclass(frozen=True)
class Visit:
    """What is looked at to tell people from machines. It is forgotten when the visit has been counted."""

    method: str
    headers: Mapping[str, str]


def follow(*, code: str, visit: Visit, now: datetime) -> str:
    """
    Count one visit in its UTC hour and return the address to go on to.

    The target is checked against the municipality's list of hosts each time (P21): what was allowed when the link was
    made may not be so now.

    :raises DeadLink: nothing is counted, and the visitor is told nothing more
    """
    known = LinkCode.objects.filter(pk=code).first()
    if known is None:
        raise DeadLink(code)
    with tenant(known.municipality_id):
        link = TrackedLink.objects.filter(pk=known.link_id, is_active=True).first()
        if link is None or not hosts.is_allowed_target(link.target_url, hosts=hosts.link_hosts()):
            raise DeadLink(code)
        _count(link, visitor=visitor_class(visit), now=now)
    return link.target_url


def _count(link: TrackedLink, *, visitor: str, now: datetime) -> None:
    counted: dict[str, Any] = {
        "municipality": current_municipality_id(),
        "link": link.pk,
        "hour": now.replace(minute=0, second=0, microsecond=0),
        "visitor": visitor,
        "day": now.astimezone(OSLO).date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PERSON if visitor == LinkHour.Visitor.PERSON else COUNT, counted)


def store(hours: Sequence[LinkHour]) -> None:
    """Store hours of the entered municipality that are not counted one by one, and the sums; hours there are stay."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A visit that is counted meanwhile would be missing from the sums.
        cursor.execute("LOCK TABLE channels_linkhour IN SHARE ROW EXCLUSIVE MODE")
        LinkHour.objects.bulk_create(hours, BATCH, ignore_conflicts=True)
        cursor.execute(SUM_UP, {"municipality": current_municipality_id(), "jobs": None})


def lead_to(*, links: Iterable[int], job: JobPosting | None, target: str) -> None:
    """Let links lead to a vacancy, or to none. Their visits go with them."""
    with transaction.atomic():
        of_job = dict(TrackedLink.objects.filter(pk__in=links).values_list("pk", "job_id"))
        TrackedLink.objects.filter(pk__in=of_job).update(job=job, target_url=target)
        now_of = job.pk if job else None
        left = {job_id for job_id in of_job.values() if job_id != now_of}
        if left:
            jobs = [job_id for job_id in (*left, now_of) if job_id is not None]
            with connection.cursor() as cursor:
                cursor.execute(MOVED, {"municipality": current_municipality_id(), "jobs": jobs})


def visitor_class(visit: Visit) -> str:
    """Return person, bot or preview. A browser that fetches ahead, or only asks for the headers, is not a person."""
    agent = visit.headers.get("User-Agent", "").lower()
    for telephone in PEOPLE:
        agent = agent.replace(telephone, "telephone")
    purpose = " ".join(visit.headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")).lower()
    if any(word in agent for word in PREVIEWS) or "prefetch" in purpose or "prerender" in purpose:
        return LinkHour.Visitor.PREVIEW
    if not agent or any(word in agent for word in ROBOTS):
        return LinkHour.Visitor.BOT
    return LinkHour.Visitor.PREVIEW if visit.method == "HEAD" or "preview" in purpose else LinkHour.Visitor.PERSON
