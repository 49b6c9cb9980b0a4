"""
The figures behind every statistic: one growing series per post, drawn once from the seed and the post's number.

A post bursts in its first hours and fades out over twenty days. Every figure anywhere is a difference between two
points of `count_at`, so the sum of the days is the lifetime by construction.
"""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sandbox.clock import DAY_MS, utc_day

METRICS = ("impressionCount", "uniqueImpressionsCount", "clickCount", "likeCount", "commentCount", "shareCount")
LIFE_DAYS = 20
REACTION_TYPES = ("LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT")
REACTION_WEIGHTS = (70, 12, 10, 4, 3, 1)
REPLY_CHANCE = 0.25
PAGE_UNIQUE_SHARE = 0.8  # the same people see several posts
FOLLOWER_ORIGIN_DAY = 20_089  # 2025-01-01

Counts = dict[str, int]


@dataclass(frozen=True)
class Withdrawal:
    """Reactions taken back on every post at one moment."""

    n: int
    at_ms: int


NO_WITHDRAWAL = Withdrawal(n=0, at_ms=0)


@dataclass(frozen=True)
class Promise:
    """What a post will have collected after twenty days, and how slowly it fades."""

    totals: tuple[int, ...]
    phases: tuple[float, ...]
    fade_days: float


@lru_cache(maxsize=4096)
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

    def raw(days: float) -> float:
        parts = ((0.12, 0.02), (0.48, 0.3), (0.40, fade_days))
        return sum(weight * (1 - math.exp(-days / pace)) for weight, pace in parts)

    return raw(min(max(age_days, 0), LIFE_DAYS)) / raw(LIFE_DAYS)


def count_at(*, seed: str, post: sqlite3.Row, followers: int, at_ms: int, withdrawal: Withdrawal) -> Counts:
    """Return every metric of a post, cumulated from publication to `at_ms`; a deleted post stands still."""
    counts = _undisturbed(seed, post, followers, at_ms)
    if withdrawal.n and at_ms > withdrawal.at_ms:
        at_withdrawal = _undisturbed(seed, post, followers, withdrawal.at_ms)
        counts["likeCount"] -= min(withdrawal.n, at_withdrawal["likeCount"])
    return counts


def _undisturbed(seed: str, post: sqlite3.Row, followers: int, at_ms: int) -> Counts:
    promise = _promise(seed, post["number"], followers)
    if post["deleted_at"] is not None:
        at_ms = min(at_ms, post["deleted_at"])
    part = _grown((at_ms - post["created_at"]) / DAY_MS, promise.fade_days)
    if part == 0:
        return dict.fromkeys(METRICS, 0)
    rows = zip(METRICS, promise.totals, promise.phases, strict=True)
    return {name: math.floor(total * part + phase) for name, total, phase in rows}


def by_day(
    *, seed: str, posts: Iterable[sqlite3.Row], followers: int, until_ms: int, withdrawal: Withdrawal
) -> dict[int, Counts]:
    """Return UTC day -> what all posts together gained on it, up to `until_ms`; days without any change are absent."""
    days: dict[int, Counts] = {}
    for post in posts:
        for day in _living_days(post, until_ms, withdrawal):
            edges = (day * DAY_MS, min((day + 1) * DAY_MS, until_ms))
            before, after = (
                count_at(seed=seed, post=post, followers=followers, at_ms=edge, withdrawal=withdrawal) for edge in edges
            )
            gains = {name: after[name] - before[name] for name in METRICS}
            if any(gains.values()):
                total = days.setdefault(day, dict.fromkeys(METRICS, 0))
                for name in METRICS:
                    total[name] += gains[name]
    for total in days.values():
        total["uniqueImpressionsCount"] = math.ceil(total["uniqueImpressionsCount"] * PAGE_UNIQUE_SHARE)
    return days


def _living_days(post: sqlite3.Row, until_ms: int, withdrawal: Withdrawal) -> set[int]:
    first, last = utc_day(post["created_at"]), utc_day(until_ms)
    days = set(range(first, min(last, first + LIFE_DAYS + 1) + 1))
    if withdrawal.n and first <= utc_day(withdrawal.at_ms) <= last:
        days.add(utc_day(withdrawal.at_ms))
    return days


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


@lru_cache(maxsize=8192)
def follower_gain(seed: str, organisation_id: int, day: int) -> int:
    """Return the net gain of followers on a UTC day; some days lose one."""
    dice = random.Random(f"{seed}:followers:{organisation_id}:{day}")
    return dice.choices((-1, 0, 1, 2, 3, 5), weights=(8, 30, 30, 18, 10, 4))[0]


def followers(*, seed: str, organisation: sqlite3.Row, now_ms: int) -> int:
    """Return the follower total: the planted number plus every whole day's gain since 2025."""
    days = range(FOLLOWER_ORIGIN_DAY, utc_day(now_ms))
    return int(organisation["followers"]) + sum(follower_gain(seed, organisation["id"], day) for day in days)
