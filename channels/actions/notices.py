"""
Letters about an account's access and about a platform's interface: one for each cause, however often it is met (P6).

Call those about an account inside `tenant()`, in the transaction that notes the cause.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from channels import connectors
from channels.models import Account, AccountNotice, Connection, PlatformNotice
from channels.queries import quotas
from foundation import clock
from foundation.tenancy import current_municipality_id
from recruitment.actions import mail
from recruitment.models import Membership, Municipality, User

# How many days ahead people are told that an access ends; the first one only where it was renewed for a year until now.
ENDS_AHEAD = (14, 7, 1)
RENEWAL_ENDS_AHEAD = 31
VERSION_ENDS_AHEAD = (90, 30, 7)


def access_dead(account: Account, connection: Connection) -> bool:
    """Tell that an account must be connected again, and return whether that was news."""
    cause = f"dead {connection.connected_at:%Y-%m-%dT%H:%M:%S} {connection.fingerprint}"
    return _tell(account, cause=cause, template="access_dead", context={"reason": connection.dead_reason})


def capability_missing(account: Account, connection: Connection, *, doing: str) -> bool:
    """Tell that one thing cannot be done any more while the rest goes on, and return whether that was news."""
    cause = f"missing {doing} {connection.connected_at:%Y-%m-%dT%H:%M:%S}"
    return _tell(account, cause=cause, template="access_missing", context={"doing": doing})


def access_ends(account: Account, connection: Connection, *, now: datetime) -> bool:
    """Tell that an access ends in 14, 7 or 1 days, a renewed one in a month too; return whether anybody was told."""
    n_days = (connection.ends_at.astimezone(clock.OSLO).date() - now.astimezone(clock.OSLO).date()).days
    stages = [*ENDS_AHEAD, *([RENEWAL_ENDS_AHEAD] if connection.refresh_token else [])]
    stage = min((stage for stage in stages if n_days <= stage), default=None)
    if stage is None or n_days < 0:
        return False
    cause = f"ends {connection.ends_at:%Y-%m-%d} {stage}"
    return _tell(account, cause=cause, template="access_ends", context={"at": connection.ends_at, "n_days": n_days})


def version_ends(connector: str, *, now: datetime) -> bool:
    """Tell that our version of a platform's interface ends in 90, 30 or 7 days, or has; return whether it was news."""
    kind = connectors.by_slug(connector)
    ends_on = kind.version_ends_on() if kind else None
    if kind is None or ends_on is None:
        return False
    n_days = (ends_on - quotas.utc_day(now)).days
    if n_days <= 0:
        return version_dead(connector)
    stage = min((stage for stage in VERSION_ENDS_AHEAD if n_days <= stage), default=None)
    if stage is None:
        return False
    cause = f"version {kind.version()} {stage}"
    context = {"version": kind.version(), "on": ends_on, "n_days": n_days}
    return _tell_system(connector, cause=cause, template="version_ends", context=context)


def version_dead(connector: str) -> bool:
    """Tell that a platform no longer answers our version, and return whether that was news."""
    kind = connectors.REGISTRY[connector]
    context = {"version": kind.version(), "on": kind.version_ends_on()}
    cause = f"version {kind.version()} dead"
    return _tell_system(connector, cause=cause, template="version_dead", context=context)


def clock_is_wrong(connector: str, *, skew_s: int, now: datetime) -> bool:
    """Tell that our clock and a platform's differ, once a day; return whether that was news."""
    cause = f"clock {quotas.utc_day(now):%Y-%m-%d}"
    context = {"minutes": max(1, abs(skew_s) // 60), "is_behind": skew_s > 0}
    return _tell_system(connector, cause=cause, template="clock_wrong", context=context)


def _tell(account: Account, *, cause: str, template: str, context: dict[str, Any]) -> bool:
    _, is_news = AccountNotice.objects.get_or_create(account=account, cause=cause)
    if is_news:
        municipality = Municipality.objects.get(pk=current_municipality_id())
        where = reverse("account", kwargs={"number": municipality.number, "account_id": account.pk})
        shared = {"account": account, "channel": account.channel.name, "municipality": municipality}
        for user in _people(account):
            mail.post(
                to=user.email,
                template=template,
                context={**shared, **context, "link": settings.SITE_URL + where},
                language=user.language or municipality.language,
                municipality=municipality,
            )
    return is_news


def _people(account: Account) -> list[User]:
    """Return who hears of an account: its person responsible, the deputy and the administrators, each once."""
    concerned = Q(user_id__in=[account.responsible_id, account.deputy_id]) | Q(role=Membership.Role.ADMINISTRATOR)
    rows = Membership.objects.filter(
        concerned, municipality_id=current_municipality_id(), is_active=True, user__is_active=True
    )
    return list(User.objects.filter(pk__in=rows.values("user_id")).order_by("pk"))


def _tell_system(connector: str, *, cause: str, template: str, context: dict[str, Any]) -> bool:
    _, is_news = PlatformNotice.objects.get_or_create(connector=connector, cause=cause)
    if is_news:
        label = connectors.REGISTRY[connector].label
        link = settings.SITE_URL + reverse("platforms")
        for user in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
            mail.post(
                to=user.email,
                template=template,
                context={**context, "channel": label, "link": link},
                language=user.language or "nb",
            )
    return is_news
