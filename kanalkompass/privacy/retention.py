"""
The nightly deletion of what is past its time, municipality by municipality, with a log (P10, R11).

Everything here may run twice, late, or be killed: each kind is one transaction with its line in the log, and a line
that exists already is added to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from analytics.actions import retention as answers
from analytics.actions import storage_terms
from analytics.queries.surveys import OWN_WORDS_MONTHS, retention_months
from channels.actions import comments
from channels.models import Comment, OAuthState, PendingConnection
from foundation.clock import OSLO
from foundation.tenancy import tenant
from kanalkompass.models import RetentionRun
from recruitment.actions import sessions
from recruitment.models import Municipality, MunicipalitySettings, SubmittedForm

logger = logging.getLogger(__name__)

What = RetentionRun.What
# A form that is sent again after a month is a new one.
FORMS_KEPT = timedelta(days=30)
RUNS_KEPT = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Duty:
    """One kind of old data: `limit` gives the moment (UTC) before which it goes, `forget` deletes it and counts."""

    what: str
    limit: Callable[[int, datetime], datetime]
    forget: Callable[[int, datetime], int]


# What members of a platform wrote: its terms give each text its own moment.
COMMENTS = Duty(What.COMMENTS, lambda months, now: now, lambda months, now: comments.forget(now=now))


def duties() -> list[Duty]:
    """Return what is deleted at night in each municipality. The first argument is its months for answers."""
    return [
        Duty(
            What.ANSWERS,
            lambda months, now: answers.limit_of(months=months, now=now),
            lambda months, now: answers.forget_old_answers(months=months, now=now),
        ),
        Duty(
            What.OWN_WORDS,
            lambda months, now: answers.limit_of(months=min(months, OWN_WORDS_MONTHS), now=now),
            lambda months, now: answers.forget_old_words(months=months, now=now),
        ),
        Duty(What.CONNECTING, lambda months, now: now, lambda months, now: _forget_connecting(now=now)),
        Duty(What.FORMS, lambda months, now: now - FORMS_KEPT, lambda months, now: _forget_forms(now=now)),
        COMMENTS,
        Duty(
            What.REPORTING,
            lambda months, now: storage_terms.limit_of("reporting", now=now),
            lambda months, now: storage_terms.forget_reporting(now=now),
        ),
        Duty(
            What.READ_BACK,
            lambda months, now: storage_terms.limit_of("posts_read_back", now=now),
            lambda months, now: storage_terms.forget_read_back(now=now),
        ),
        Duty(What.RUNS, lambda months, now: now - RUNS_KEPT, lambda months, now: _forget_runs(now=now)),
    ]


def tidy_all(*, now: datetime) -> int:
    """
    Delete what is past its time in every municipality, then sessions and one-time states; return how many rows.

    Each municipality and each kind stands alone: what fails is logged, and tried again the next night.
    """
    n_deleted = 0
    for municipality_id in Municipality.objects.values_list("pk", flat=True).order_by("pk"):
        n_deleted += tidy(municipality_id=municipality_id, now=now)
    n_deleted += sessions.tidy(now=now)
    return n_deleted + OAuthState.objects.filter(valid_until__lt=now).delete()[0]


def tidy_hourly(*, now: datetime) -> int:
    """Delete what may be kept for hours only, in every municipality; return how many rows."""
    n_deleted = 0
    for municipality_id in Municipality.objects.values_list("pk", flat=True).order_by("pk"):
        with tenant(municipality_id):
            if Comment.objects.filter(keep_until__lte=now).exists():
                n_deleted += _carry_out(COMMENTS, months=0, now=now)
    return n_deleted


def tidy(*, municipality_id: int, now: datetime) -> int:
    """Delete one municipality's old data and log it; return how many rows. One that has no settings has no data."""
    with tenant(municipality_id):
        if not MunicipalitySettings.objects.exists():
            return 0
        months = retention_months()
    n_deleted = 0
    for duty in duties():
        try:
            with tenant(municipality_id):
                n_deleted += _carry_out(duty, months=months, now=now)
        except Exception as problem:
            logger.error("Municipality %s: %s when deleting %s", municipality_id, type(problem).__name__, duty.what)
    return n_deleted


def _carry_out(duty: Duty, *, months: int, now: datetime) -> int:
    n_deleted = duty.forget(months, now)
    values = {"older_than": duty.limit(months, now), "ran_at": now}
    RetentionRun.objects.get_or_create(day=now.astimezone(OSLO).date(), what=duty.what, defaults=values)
    RetentionRun.objects.filter(day=now.astimezone(OSLO).date(), what=duty.what).update(
        n_deleted=F("n_deleted") + n_deleted, **values
    )
    return n_deleted


def _forget_connecting(*, now: datetime) -> int:
    return PendingConnection.objects.filter(valid_until__lt=now).delete()[0]


def _forget_forms(*, now: datetime) -> int:
    return SubmittedForm.objects.filter(submitted_at__lt=now - FORMS_KEPT).delete()[0]


def _forget_runs(*, now: datetime) -> int:
    return RetentionRun.objects.filter(day__lt=(now - RUNS_KEPT).date()).delete()[0]
