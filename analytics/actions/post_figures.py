"""Storing what a channel told about posts: the cumulative figures as they were told, and the days made from them."""

from __future__ import annotations

from datetime import UTC, datetime, time

from analytics.actions import measurements
from analytics.actions.snapshots import DAILY, Reading, daily_figures, utc_day
from analytics.models import Snapshot
from analytics.queries.follow_up import FollowedPost
from channels.connectors import PostFigures

NAMES = ("impressions", "unique_impressions", "clicks", "reactions", "comments", "shares")
MOST = 2**30


def store(*, run_id: int, posts: list[FollowedPost], told: dict[str, PostFigures], now: datetime) -> int:
    """
    Store the figures of some posts of the entered municipality; return how many had any. Statements, not rows.

    What the same run stored earlier the same day, before it was killed, gives way. What it stored the day before stays:
    the days were made from it.
    """
    known = [post for post in posts if post.external_id in told and can_be_kept(told[post.external_id])]
    if not known:
        return 0
    ids = [post.delivery_id for post in known]
    day_began_at = datetime.combine(utc_day(now), time(), tzinfo=UTC)
    Snapshot.objects.filter(run_id=run_id, delivery_id__in=ids, taken_at__gte=day_began_at).delete()
    Snapshot.objects.bulk_create(
        [_snapshot(post, told[post.external_id], run_id=run_id, now=now) for post in known],
        update_conflicts=True,
        unique_fields=["delivery", "taken_at"],
        update_fields=[*NAMES, "is_implied_zero", "run"],
    )
    readings, complete = _readings(ids, day_began_at=day_began_at)
    rows = [
        row
        for post in known
        for row in daily_figures(
            readings[post.delivery_id], delivery_id=post.delivery_id, published_at=post.published_at
        )
        # The day of the reading that the differences start from is stored already.
        if post.delivery_id not in complete or row.day > utc_day(complete[post.delivery_id])
    ]
    measurements.store(rows, now=now)
    return len(known)


def can_be_kept(figures: PostFigures) -> bool:
    """Whether every figure is a number that a channel could mean; one that is not leaves its post out, not the rest."""
    return all(abs(value) <= MOST for name in NAMES if (value := getattr(figures, name)) is not None)


def _snapshot(post: FollowedPost, figures: PostFigures, *, run_id: int, now: datetime) -> Snapshot:
    return Snapshot(
        delivery_id=post.delivery_id,
        run_id=run_id,
        taken_at=now,
        is_implied_zero=figures.is_implied_zero,
        **{name: getattr(figures, name) for name in NAMES},
    )


def _readings(
    delivery_ids: list[int], *, day_began_at: datetime
) -> tuple[dict[int, list[Reading]], dict[int, datetime]]:
    """
    Return what today's differences are made from, and for each post the earlier reading that told everything.

    Nothing before that reading matters any more. Two queries, however long the posts have been followed.
    """
    rows = Snapshot.objects.filter(delivery_id__in=delivery_ids)
    whole = rows.filter(taken_at__lt=day_began_at, **{f"{name}__isnull": False for name in DAILY})
    newest = whole.order_by("delivery_id", "-taken_at").distinct("delivery_id")
    complete: dict[int, datetime] = dict(newest.values_list("delivery_id", "taken_at"))
    if len(complete) == len(delivery_ids):
        rows = rows.filter(taken_at__gte=min(complete.values()))
    readings: dict[int, list[Reading]] = {delivery_id: [] for delivery_id in delivery_ids}
    for row in rows.values_list("delivery_id", "taken_at", "is_implied_zero", *DAILY, named=True):
        if row.delivery_id not in complete or row.taken_at >= complete[row.delivery_id]:
            readings[row.delivery_id].append(row)
    return readings, complete
