"""
The figures we keep, whatever a channel calls them: what each counts, whose day it is, and whether it may be added up.

Pages take their labels from here, and sums ask here. docs/measurements.md holds the same as a table.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.models import ObjectKind

POSTS = (ObjectKind.DELIVERY, ObjectKind.PAID_CAMPAIGN, ObjectKind.PAGE_POSTS, ObjectKind.ACCOUNT)
VIEWS = (ObjectKind.PAGE_VIEWS,)


@dataclass(frozen=True)
class Metric:
    """
    One neutral figure. `name` is its column.

    `shape`: a flow happened during the day, a level stood at the moment of reading. Only what `adds_up` may be summed
    over days; unique people and levels may not.
    """

    name: str
    label: str | Promise
    kinds: tuple[ObjectKind, ...]
    shape: Literal["flow", "level"] = "flow"
    adds_up: bool = True


CATALOGUE = (
    Metric("impressions", _("Views"), POSTS),
    Metric("reach", _("Unique views"), (*POSTS, *VIEWS), adds_up=False),
    Metric("clicks", _("Clicks"), POSTS),
    Metric("reactions", _("Reactions"), POSTS),
    Metric("comments", _("Comments"), POSTS),
    Metric("shares", _("Shares"), POSTS),
    Metric("spend_ore", _("Spend"), (ObjectKind.PAID_CAMPAIGN,)),
    Metric("page_views", _("Visits to the page"), VIEWS),
    Metric("overview_views", _("The page's front"), VIEWS),
    Metric("careers_views", _("Career pages"), VIEWS),
    Metric("jobs_views", _("Vacancies on the page"), VIEWS),
    Metric("life_views", _("Life at the workplace"), VIEWS),
    Metric("follower_gain", _("New followers"), (ObjectKind.FOLLOWER_GAINS,)),
    Metric("followers", _("Followers"), (ObjectKind.FOLLOWERS,), shape="level", adds_up=False),
)
BY_NAME = {metric.name: metric for metric in CATALOGUE}


def told_about(kind: ObjectKind) -> tuple[Metric, ...]:
    """Return what is told about objects of a kind, in the pages' order."""
    return tuple(metric for metric in CATALOGUE if kind in metric.kinds)
