"""Counting who followed a tracked link: by the hour and by a coarse class, with nothing about the visitor (P21)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from channels.models import LinkCode, LinkHour, TrackedLink
from channels.rules.visitors import PEOPLE, PREVIEWS, ROBOTS
from foundation.tenancy import current_municipality_id, tenant
from recruitment.queries import hosts

# Added in place by the database, so that a hundred visits at the same moment are a hundred.
COUNT = """
    INSERT INTO channels_linkhour (municipality_id, link_id, hour, visitor, n_visits) VALUES (%s, %s, %s, %s, 1)
    ON CONFLICT (link_id, hour, visitor) DO UPDATE SET n_visits = channels_linkhour.n_visits + 1
"""


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
        hour = now.replace(minute=0, second=0, microsecond=0)
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [current_municipality_id(), link.pk, hour, visitor_class(visit)])
    return link.target_url


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
