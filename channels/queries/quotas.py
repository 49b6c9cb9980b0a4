"""How much a platform may still be asked today. Days are UTC days: the platforms' counters start again at 00:00 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Sum

from channels import connectors
from channels.connectors import Connector
from channels.models import Account, CallCount
from channels.queries import pauses

# What pulling leaves of a quota that all accounts share, so that a post never finds it used up by figures.
LEFT_FOR_PUBLISHING = 0.2
# Where a platform names no limit.
PLENTY = 1_000_000


@dataclass(frozen=True)
class Use:
    """One endpoint today: what it is for, how often it was asked, how much is left of its ceiling, None for no end."""

    endpoint: str
    label: Any
    n_calls: int
    n_left: int | None


def left(account: Account, endpoint: str, now: datetime) -> int:
    """
    Return how often an endpoint may still be asked for this account's figures today; 0 while the platform is paused.

    Pulling keeps to its own ceiling per account, and leaves a part of what all accounts share to publishing. Publishing
    itself asks nobody. Three queries.
    """
    kind = connectors.by_slug(account.channel.connector)
    if kind is None:
        return 0
    if pauses.paused_until(connector=kind.slug, account_id=account.pk, now=now, doing="figures"):
        return 0
    quota, day = kind.quota(), utc_day(now)
    rooms = [PLENTY]
    own = [limit for limit in (quota.pulling, quota.member) if limit]
    if own:
        rooms.append(min(own) - used(kind.slug, endpoint, day=day, account_id=account.pk))
    if quota.app:
        rooms.append(int(quota.app * (1 - LEFT_FOR_PUBLISHING)) - used(kind.slug, endpoint, day=day))
    return max(0, min(rooms))


def used(connector: str, endpoint: str, *, day: date, account_id: int | None = None) -> int:
    """Return how often an endpoint was asked on a UTC day, by one account or by all."""
    rows = CallCount.objects.filter(connector=connector, day=day, endpoint=endpoint)
    rows = rows if account_id is None else rows.filter(account_id=account_id)
    return rows.aggregate(n=Sum("n_calls"))["n"] or 0


def busiest(connector: str, *, day: date, account_id: int | None = None) -> int:
    """Return how often the endpoint asked most was asked on a UTC day, by one account or by all."""
    rows = CallCount.objects.filter(connector=connector, day=day)
    rows = rows if account_id is None else rows.filter(account_id=account_id)
    sums = rows.values("endpoint").annotate(n=Sum("n_calls")).order_by("-n").values_list("n", flat=True)
    return sums.first() or 0


def uses(kind: type[Connector], *, now: datetime, account_id: int | None = None) -> list[Use]:
    """Return what was asked today by one account, or by all of the installation, the busiest first. One query."""
    rows = CallCount.objects.filter(connector=kind.slug, day=utc_day(now))
    rows = rows if account_id is None else rows.filter(account_id=account_id)
    sums = rows.values("endpoint").annotate(n=Sum("n_calls")).order_by("-n", "endpoint")
    ceiling = kind.quota().app if account_id is None else kind.quota().member
    return [
        Use(
            endpoint=row["endpoint"],
            label=kind.endpoint_label(row["endpoint"]),
            n_calls=row["n"],
            n_left=None if ceiling is None else max(0, ceiling - row["n"]),
        )
        for row in sums
    ]


def utc_day(now: datetime) -> date:
    """Return the platform's day."""
    return now.astimezone(UTC).date()


def day_ends_at(now: datetime) -> datetime:
    """Return the next 00:00 UTC."""
    return datetime.combine(utc_day(now) + timedelta(days=1), time(), tzinfo=UTC)
