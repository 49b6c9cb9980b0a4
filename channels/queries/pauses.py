"""Whether a platform is to be left alone: because it asked for it, or because our version of its interface is dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from channels import connectors
from channels.models import PlatformPause

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
