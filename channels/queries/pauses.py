"""Whether a platform is to be left alone: because it asked for it, or because our version of its interface is dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from channels import connectors
from channels.models import PlatformPause
from foundation import formats

ALL = "all"


def scope(account_id: int | None, doing: str) -> str:
    """Return the key of a pause: of one account or of all, for one kind of work."""
    return f"{ALL if account_id is None else account_id}/{doing}"


def version_scope(version: str) -> str:
    """Return the key under which a dead version stands; another version is not held by it."""
    return f"version/{version}"


def paused_until(*, connector: str, account_id: int, now: datetime, doing: str = "publish") -> datetime | None:
    """
    Return until when (UTC) an account may not ask its platform for something, or None. One query.

    :param doing: "publish" or one of `access.CAPABILITIES`: a pause of figures never holds a post back
    """
    keys = [scope(None, doing), scope(account_id, doing)]
    rows = PlatformPause.objects.filter(connector=connector, scope_key__in=keys, until__gt=now)
    return max((until for until in rows.values_list("until", flat=True) if until), default=None)


def pauses_of(connector: str, *, account_id: int, now: datetime) -> list[PlatformPause]:
    """Return every pause that an account is under now, the longest first; those of all accounts too."""
    rows = PlatformPause.objects.filter(connector=connector, until__gt=now).order_by("-until")
    return [row for row in rows if row.scope_key.split("/")[0] in (ALL, str(account_id))]


def shared(connector: str, *, now: datetime) -> list[PlatformPause]:
    """Return the pauses that all accounts are under now, the longest first. One query."""
    rows = PlatformPause.objects.filter(connector=connector, until__gt=now, scope_key__startswith=f"{ALL}/")
    return list(rows.order_by("-until"))


def platform_obstacle(connector: str) -> str:
    """Return "version_sunset" when the platform has said that our version is dead, or "". One query."""
    return platform_obstacles([connector]).get(connector, "")


def platform_obstacles(slugs: Iterable[str]) -> dict[str, str]:
    """Return the obstacles by connector, for those that have one. One query at most."""
    versions = {slug: kind.version() for slug in set(slugs) if (kind := connectors.by_slug(slug)) is not None}
    asked = {slug: version_scope(version) for slug, version in versions.items() if version}
    if not asked:
        return {}
    rows = PlatformPause.objects.filter(connector__in=asked, scope_key__in=asked.values())
    return {row.connector: "version_sunset" for row in rows if asked[row.connector] == row.scope_key}


def sentence(pause: PlatformPause, *, channel: str) -> str:
    """Return what waits, until when, and why, in the reader's language."""
    doing = pause.scope_key.partition("/")[2]
    what = {
        "publish": _("Publishing waits until %(until)s."),
        "figures": _("Fetching figures waits until %(until)s."),
        "comments": _("Reading comments waits until %(until)s."),
        "ads": _("Fetching campaign figures waits until %(until)s."),
    }.get(doing, _("Looking things up waits until %(until)s."))
    why = {
        PlatformPause.Reason.QUOTA: _("Today's quota at %(channel)s is used up."),
        PlatformPause.Reason.ASKED: _("%(channel)s asked us to wait that long."),
    }.get(PlatformPause.Reason(pause.reason), _("%(channel)s said that we ask too often, and not for how long."))
    words = {"until": formats.clock(pause.until) if pause.until else "", "channel": channel}
    everybody = " " + _("This is for all municipalities.") if pause.scope_key.startswith(f"{ALL}/") else ""
    return f"{what % words} {why % words}{everybody}"
