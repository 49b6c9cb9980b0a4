"""
The figures behind every statistic of a post: one growing series, drawn once from the seed and the post's number.

A post bursts in its first hours and fades out over twenty days. Every figure anywhere is a difference between two
points of `count_at`, so the sum of the days is the lifetime by construction. Pure arithmetic: no store, no clock.
"""

from __future__ import annotations

import math
import random
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sandbox.clock import DAY_MS, utc_day

METRICS = ("impressionCount", "uniqueImpressionsCount", "clickCount", "likeCount", "commentCount", "shareCount")
# Reposts made with one click and no words. Daily buckets leave them out of `shareCount`, lifetime figures do not.
INSTANT = "instantReposts"
INSTANT_PART = 3  # every third repost is one
PAGE_UNIQUE_PART = 0.8  # the same people see several posts
COLUMNS = (*METRICS, INSTANT)
LIFE_DAYS = 20
REACTION_TYPES = ("LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT")
REACTION_WEIGHTS = (70, 12, 10, 4, 3, 1)
REPLY_CHANCE = 0.25
FOLLOWER_ORIGIN_DAY = 20_089  # 2025-01-01

Counts = dict[str, int]
Row = tuple[int, ...]  # one number per name of COLUMNS


@dataclass(frozen=True)
class Withdrawal:
    """Reactions taken back on every post at one moment."""

    n: int
    at_ms: int


NO_WITHDRAWAL = Withdrawal(n=0, at_ms=0)


class Life(NamedTuple):
    """What the arithmetic needs of a post. Moments in epoch milliseconds."""

    number: int
    created_at: int
    deleted_at: int | None

    @classmethod
    def of(cls, post: sqlite3.Row) -> Life:
        return cls(post["number"], post["created_at"], post["deleted_at"])


@dataclass(frozen=True)
class Promise:
    """What a post will have collected after twenty days, and how slowly it fades."""

    totals: tuple[int, ...]
    phases: tuple[float, ...]
    fade_days: float


@lru_cache(maxsize=16_384)
def _promise(seed: str, number: int, followers: int) -> Promise:
    dice = random.Random(f"{seed}:post:{number}")
    impressions = round(followers * dice.uniform(0.35, 0.9)) + 20
    shares = (
        dice.uniform(0.6, 0.75),
        dice.uniform(0.01, 0.04),
        dice.uniform(0.012, 0.03),
        dice.uniform(0.001, 0.005),
        dice.uniform(0.001, 0.004),
    )
    totals = (impressions, *(round(impressions * share) for share in shares))
    # Views come first: their phase is the largest, so that nothing is clicked before it was seen.
    phases = (0.5, 0.5, *(dice.uniform(0, 0.5) for _ in range(4)))
    return Promise(totals=totals, phases=phases, fade_days=dice.uniform(3, 6))


def _grown(age_days: float, fade_days: float) -> float:
    """Return the part of the total reached at an age, from 0 to 1: a burst, the first day, a long fade."""
    return _raw(min(max(age_days, 0), LIFE_DAYS), fade_days) / _whole(fade_days)


def _raw(days: float, fade_days: float) -> float:
    exp = math.exp
    return 0.12 * (1 - exp(-days / 0.02)) + 0.48 * (1 - exp(-days / 0.3)) + 0.40 * (1 - exp(-days / fade_days))


@lru_cache(maxsize=16_384)
def _whole(fade_days: float) -> float:
    return _raw(LIFE_DAYS, fade_days)


def _undisturbed(seed: str, life: Life, followers: int, at_ms: int) -> Row:
    """Return every column of a post, cumulated from publication to `at_ms`; a deleted post stands still."""
    promise = _promise(seed, life.number, followers)
    if life.deleted_at is not None:
        at_ms = min(at_ms, life.deleted_at)
    part = _grown((at_ms - life.created_at) / DAY_MS, promise.fade_days)
    if part == 0:
        return (0,) * len(COLUMNS)
    counts = [math.floor(total * part + phase) for total, phase in zip(promise.totals, promise.phases, strict=True)]
    return (*counts, counts[-1] // INSTANT_PART)


def _withdrawn(seed: str, life: Life, followers: int, withdrawal: Withdrawal) -> int:
    """Return how many reactions the withdrawal took from a post; it cannot take more than there were."""
    at_withdrawal = _undisturbed(seed, life, followers, withdrawal.at_ms)
    return min(withdrawal.n, at_withdrawal[COLUMNS.index("likeCount")])


def count_at(
    *, seed: str, post: sqlite3.Row, followers: int, at_ms: int, withdrawal: Withdrawal = NO_WITHDRAWAL
) -> Counts:
    """Return every metric of a post, cumulated from publication to `at_ms`."""
    life = Life.of(post)
    counts = dict(zip(METRICS, _undisturbed(seed, life, followers, at_ms), strict=False))
    if withdrawal.n and at_ms > withdrawal.at_ms:
        counts["likeCount"] -= _withdrawn(seed, life, followers, withdrawal)
    return counts


# --- days ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def _life_days(seed: str, life: Life, followers: int) -> dict[int, Row]:
    """Return UTC day -> what the post gains on it, over its whole life; days without any change are absent."""
    end_ms = life.created_at + LIFE_DAYS * DAY_MS
    days: dict[int, Row] = {}
    before: Row = (0,) * len(COLUMNS)
    for day in range(utc_day(life.created_at), utc_day(end_ms) + 1):
        after = _undisturbed(seed, life, followers, (day + 1) * DAY_MS)
        gains = tuple(new - old for new, old in zip(after, before, strict=True))
        if any(gains):
            days[day] = gains
        before = after
    return days


@lru_cache(maxsize=64)
def _summed(seed: str, lives: tuple[Life, ...], followers: int) -> dict[int, Row]:
    """Return UTC day -> what the page gains by all the posts on it, over their whole lives."""
    days: dict[int, list[Row]] = {}
    for life in lives:
        for day, gains in _life_days(seed, life, followers).items():
            days.setdefault(day, []).append(gains)
    return {day: _of_page(add(*rows)) for day, rows in days.items()}


def _of_page(row: Row) -> Row:
    """The same people see several posts: a page has fewer unique views than its posts together."""
    place = COLUMNS.index("uniqueImpressionsCount")
    return (*row[:place], math.ceil(row[place] * PAGE_UNIQUE_PART), *row[place + 1 :])


@lru_cache(maxsize=16_384)
def _at_midnight(seed: str, life: Life, followers: int, day: int) -> Row:
    return _undisturbed(seed, life, followers, day * DAY_MS)


def by_day(
    *, seed: str, lives: tuple[Life, ...], followers: int, until_ms: int, withdrawal: Withdrawal = NO_WITHDRAWAL
) -> dict[int, Row]:
    """
    Return UTC day -> what a page gained by its posts on it, up to `until_ms`; days without any change are absent.

    `lives` are the posts published until then.
    """
    today = utc_day(until_ms)
    days = dict(_summed(seed, lives, followers))
    for day in range(today, today + LIFE_DAYS + 2):
        days.pop(day, None)
    gained: list[Row] = []
    oldest_alive = until_ms - (LIFE_DAYS + 1) * DAY_MS
    for life in lives:
        if life.created_at < oldest_alive:
            continue
        now = _undisturbed(seed, life, followers, until_ms)
        midnight = _at_midnight(seed, life, followers, today)
        gained.append(tuple(new - old for new, old in zip(now, midnight, strict=True)))
    total = add(*gained)
    if any(total):
        days[today] = _of_page(total)
    if withdrawal.n and until_ms > withdrawal.at_ms:
        taken = sum(_withdrawn(seed, life, followers, withdrawal) for life in lives)
        day = utc_day(withdrawal.at_ms)
        days[day] = add(days.get(day), tuple(-taken if name == "likeCount" else 0 for name in COLUMNS))
    return days


def add(*rows: Row | None) -> Row:
    """Return the sums column by column; a None counts as nothing."""
    present = [row for row in rows if row is not None]
    if len(present) == 1:
        return present[0]
    return tuple(map(sum, zip(*present, strict=True))) if present else (0,) * len(COLUMNS)


# --- what a count consists of ----------------------------------------------------------------------------------------


def reactions(*, seed: str, number: int, n_likes: int) -> dict[str, int]:
    """Split the reactions of a post by type; types without any are absent, the sum is `n_likes`."""
    dice = random.Random(f"{seed}:reactions:{number}")
    kinds = dice.choices(REACTION_TYPES, weights=REACTION_WEIGHTS, k=n_likes)
    return {kind: kinds.count(kind) for kind in REACTION_TYPES if kind in kinds}


def top_level_comments(*, seed: str, number: int, n_comments: int) -> int:
    """Return how many of the comments are no replies; the first never is one."""
    dice = random.Random(f"{seed}:comments:{number}")
    n_replies = sum(dice.random() < REPLY_CHANCE for _ in range(n_comments - 1))
    return n_comments - n_replies


# --- followers -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def follower_gain(seed: str, organisation_id: int, day: int) -> int:
    """Return the net gain of followers on a UTC day, without the paid ones; some days lose one."""
    dice = random.Random(f"{seed}:followers:{organisation_id}:{day}")
    return dice.choices((-1, 0, 1, 2, 3, 5), weights=(8, 30, 30, 18, 10, 4))[0]


@lru_cache(maxsize=256)
def gained_before(seed: str, organisation_id: int, day: int) -> int:
    """Return the sum of every whole day's gain since 2025, `day` itself not included."""
    return sum(follower_gain(seed, organisation_id, earlier) for earlier in range(FOLLOWER_ORIGIN_DAY, day))
