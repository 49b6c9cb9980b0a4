"""
Leaving a platform alone after it said that we ask too much (F6), and after it said that our version is dead.

A pause is for one kind of work: figures that are throttled never hold a post back.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from channels import connectors
from channels.connectors import NothingSent
from channels.models import Account, PlatformPause
from channels.queries import pauses, quotas

Reason = PlatformPause.Reason

# With so much of a daily quota used by our own count, a refusal most likely means the quota.
QUOTA_IS_PLAUSIBLE_AT = 0.9
LONGEST_WAIT_S = 900
# A pause that ended longer ago than this is no part of the same trouble.
SAME_TROUBLE = timedelta(hours=1)
# So many accounts refused at the same time: it is not about one account.
MEANS_EVERYBODY = 3
LONGEST_ASKED_S = 86_400


@dataclass(frozen=True)
class Pause:
    """Who is to wait (None: every account), for how long, and why."""

    account_id: int | None
    until: datetime
    reason: str


def throttled(account: Account, problem: NothingSent, *, doing: str, now: datetime) -> datetime:
    """
    Have the platform left alone after it refused for the number of calls, and return until when (UTC).

    What the platform asks for counts. Without that: until 00:00 UTC when our own count makes the daily quota plausible,
    else a growing, jittered wait. A shorter pause never takes the place of a longer one.
    """
    kind = connectors.by_slug(account.channel.connector)
    slug = account.channel.connector
    with transaction.atomic():
        rows = PlatformPause.objects.select_for_update().filter(connector=slug)
        own = rows.filter(scope_key=pauses.scope(account.pk, doing)).first()
        n_in_a_row = _in_a_row(own, now=now)
        pause = _decide(account, problem, quota=kind.quota() if kind else connectors.Quota(), n=n_in_a_row, now=now)
        if pause.reason == Reason.BACKOFF and _others_wait(slug, account, doing=doing, now=now):
            pause = Pause(None, pause.until, pause.reason)
        _store(slug, account, pause, doing=doing, n_in_a_row=n_in_a_row)
    return pauses.paused_until(connector=slug, account_id=account.pk, now=now, doing=doing) or pause.until


def _decide(account: Account, problem: NothingSent, *, quota: connectors.Quota, n: int, now: datetime) -> Pause:
    if problem.retry_after_s:
        # Asked again and again for a moment, it is more than a moment.
        least_s = _jitter(_backoff_s(n)) if n > 1 else 0
        asked_s = min(max(problem.retry_after_s, least_s), LONGEST_ASKED_S)
        return Pause(account.pk, now + timedelta(seconds=asked_s), Reason.ASKED)
    midnight = quotas.day_ends_at(now) + timedelta(seconds=_jitter(30))
    if quota.app and _used(account, problem, now=now, is_shared=True) >= quota.app * QUOTA_IS_PLAUSIBLE_AT:
        return Pause(None, midnight, Reason.QUOTA)
    if quota.member and _used(account, problem, now=now) >= quota.member * QUOTA_IS_PLAUSIBLE_AT:
        return Pause(account.pk, midnight, Reason.QUOTA)
    return Pause(account.pk, now + timedelta(seconds=_jitter(_backoff_s(n))), Reason.BACKOFF)


def _used(account: Account, problem: NothingSent, *, now: datetime, is_shared: bool = False) -> int:
    slug, day = account.channel.connector, quotas.utc_day(now)
    account_id = None if is_shared else account.pk
    if problem.endpoint:
        return quotas.used(slug, problem.endpoint, day=day, account_id=account_id)
    return quotas.busiest(slug, day=day, account_id=account_id)


def _in_a_row(own: PlatformPause | None, *, now: datetime) -> int:
    if own is None or own.until is None or own.until < now - SAME_TROUBLE:
        return 1
    # Several workers that were refused at the same moment are one refusal.
    return own.n_in_a_row if own.until > now else min(own.n_in_a_row + 1, 20)


def _others_wait(slug: str, account: Account, *, doing: str, now: datetime) -> bool:
    waiting = PlatformPause.objects.filter(
        connector=slug, reason=Reason.BACKOFF, until__gt=now, scope_key__endswith=f"/{doing}"
    ).exclude(scope_key=pauses.scope(account.pk, doing))
    return waiting.count() >= MEANS_EVERYBODY - 1


def _store(slug: str, account: Account, pause: Pause, *, doing: str, n_in_a_row: int) -> None:
    values = {"until": pause.until, "reason": pause.reason, "n_in_a_row": n_in_a_row}
    keys = {pauses.scope(account.pk, doing), pauses.scope(pause.account_id, doing)}
    for key in sorted(keys):
        is_shared = key == pauses.scope(None, doing)
        row, is_new = PlatformPause.objects.select_for_update().get_or_create(
            connector=slug,
            scope_key=key,
            defaults={**values, "municipality_id": None if is_shared else account.municipality_id},
        )
        if not is_new and (row.until is None or row.until < pause.until or row.n_in_a_row < n_in_a_row):
            row.until = max(row.until or pause.until, pause.until)
            row.reason, row.n_in_a_row = pause.reason, n_in_a_row
            row.save(update_fields=["until", "reason", "n_in_a_row"])


def _backoff_s(n: int) -> float:
    return min(settings.THROTTLE_WAIT_S * 2 ** (n - 1), LONGEST_WAIT_S)


def _jitter(seconds: float) -> float:
    """Spread moments, so that not everybody comes back at the same one."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311  # nosec B311


def version_died(connector: str) -> bool:
    """Note that the platform answers our version no more; return whether that is news. Nothing is asked meanwhile."""
    kind = connectors.by_slug(connector)
    version = kind.version() if kind else ""
    if not version:
        return False
    _, is_news = PlatformPause.objects.get_or_create(
        connector=connector,
        scope_key=pauses.version_scope(version),
        defaults={"reason": Reason.VERSION, "until": None},
    )
    return is_news


def version_lives(connector: str) -> None:
    """Note that the platform has answered: no version that we use is dead, and earlier ones need not be remembered."""
    PlatformPause.objects.filter(connector=connector, reason=Reason.VERSION).delete()
