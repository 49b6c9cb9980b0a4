"""What waits to be cleared up across all campaigns: deliveries by what is wrong with them, copies, and what is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from channels.models import Delivery, Sighting
from channels.queries import deliveries, sightings
from channels.queries.deliveries import NeedsSomebody

State = Delivery.State


@dataclass(frozen=True)
class Group:
    """Deliveries that wait for the same kind of decision; `slug` is its place on the page."""

    slug: str
    title: str
    rows: list[NeedsSomebody]


@dataclass(frozen=True)
class Clarifications:
    """Everything that waits, most urgent first."""

    groups: list[Group]
    copies: list[Sighting]
    gone: list[Delivery]

    @property
    def n_waiting(self) -> int:
        """How many things somebody has to decide."""
        return sum(len(group.rows) for group in self.groups) + len(self.copies)


def clarifications(*, now: datetime) -> Clarifications:
    """Return what waits for a decision in the entered municipality. Seven queries, and one for each in doubt."""
    kinds = [
        ("tvil", _("Do we know whether it is out?"), {State.UNKNOWN, State.MANUAL}),
        ("forsinket", _("Not sent in time"), {State.LATE}),
        ("holdt", _("Held back"), {State.BLOCKED}),
        ("avvist", _("Not accepted by the channel"), {State.REJECTED}),
    ]
    waiting = deliveries.needs_attention(now=now)
    groups = [
        Group(slug, title, [row for row in waiting if row.delivery.state in states]) for slug, title, states in kinds
    ]
    return Clarifications(
        groups=[group for group in groups if group.rows],
        copies=list(sightings.copies()),
        gone=list(sightings.gone(now=now)[:20]),
    )
