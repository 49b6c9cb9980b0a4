"""The version of a platform's interface that we use: until when it answers, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from channels.connectors import Connector
from channels.queries import pauses, quotas
from foundation import formats

WARNED_DAYS = 90


@dataclass(frozen=True)
class VersionState:
    """A version and what is to be said of it. `ends_on` is the first UTC day without answers, None when not known."""

    version: str
    ends_on: date | None
    is_dead: bool
    is_ending: bool
    sentence: str


def version_state(kind: type[Connector], *, now: datetime) -> VersionState | None:
    """Return how our version of a platform's interface is; None for a platform without versions. One query."""
    version, ends_on = kind.version(), kind.version_ends_on()
    if not version:
        return None
    n_days = (ends_on - quotas.utc_day(now)).days if ends_on else None
    is_refused = bool(pauses.platform_obstacle(kind.slug))
    is_dead = is_refused or (n_days is not None and n_days <= 0)
    is_ending = not is_dead and n_days is not None and n_days <= WARNED_DAYS
    return VersionState(version, ends_on, is_dead, is_ending, _sentence(kind, ends_on, is_refused, is_dead))


def _sentence(kind: type[Connector], ends_on: date | None, is_refused: bool, is_dead: bool) -> str:
    words = {"channel": kind.label, "version": kind.version(), "day": formats.day(ends_on) if ends_on else ""}
    if is_refused:
        return _("%(channel)s no longer answers version %(version)s. Planned posts wait until it is changed.") % words
    if is_dead:
        return _("Version %(version)s was announced to end on %(day)s. It must be changed now.") % words
    if ends_on is None:
        return _("We do not know how long %(channel)s answers version %(version)s.") % words
    return _("%(channel)s answers version %(version)s until %(day)s.") % words
