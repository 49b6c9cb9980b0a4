"""
What advertising brings: one series per creative and UTC day, drawn once from the seed.

Money is counted in hundredths of the account's currency. Pure arithmetic: no store, no clock.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from sandbox.clock import DAY_MS

# Additive metrics. Everything else that LinkedIn tells is derived from these, or nil.
METRICS = (
    "impressions",
    "clicks",
    "landingPageClicks",
    "costInLocalCurrency",
    "reactions",
    "comments",
    "shares",
    "follows",
    "companyPageClicks",
    "viralImpressions",
    "viralClicks",
    "jobApplyClicks",
    "jobApplications",
    "videoStarts",
    "videoViews",
    "videoFirstQuartileCompletions",
    "videoMidpointCompletions",
    "videoThirdQuartileCompletions",
    "videoCompletions",
)
PRICE_OF_1000 = {"NOK": (18_000, 31_000), "USD": (1_900, 3_300)}  # hundredths, for a thousand impressions
USD_PER_UNIT = {"NOK": 0.095, "USD": 1.0}
VIDEO_STEPS = (0.62, 0.34, 0.24, 0.17, 0.13, 0.10)  # of the impressions: starts, views, quarters, the end

Row = tuple[int, ...]  # one number per name of METRICS


@dataclass(frozen=True)
class Source:
    """A creative as the arithmetic sees it. Days are UTC days since 1970; `last_day` is included."""

    creative_id: int
    campaign_id: int
    group_id: int
    account_id: int
    reference: str
    currency: str
    objective: str
    is_video: bool
    daily_budget: int  # hundredths, this creative's part of it
    first_day: int
    last_day: int


@lru_cache(maxsize=16_384)
def of_day(seed: str, source: Source, day: int) -> Row | None:
    """Return the metrics of a whole day, None outside the campaign and on days when nothing was shown."""
    if not source.first_day <= day <= source.last_day:
        return None
    dice = random.Random(f"{seed}:ads:{source.creative_id}:{day}")
    if dice.random() < 0.04:
        return None
    cost = int(source.daily_budget * dice.uniform(0.55, 1.0))
    low, high = PRICE_OF_1000[source.currency]
    impressions = max(1, int(cost * 1000 / dice.uniform(low, high)))
    clicks = _part(dice, impressions, 0.004, 0.011)
    follows = _part(dice, impressions, 0.0002, 0.0012)
    viral = _part(dice, impressions, 0.01, 0.05)
    is_job = source.objective == "JOB_APPLICANT"
    apply_clicks = _part(dice, clicks, 0.25, 0.5) if is_job else 0
    row = (
        impressions,
        clicks,
        0 if is_job else _part(dice, clicks, 0.6, 0.9),
        cost,
        _part(dice, impressions, 0.001, 0.006),
        _part(dice, impressions, 0.0, 0.0006),
        _part(dice, impressions, 0.0, 0.0005),
        follows,
        _part(dice, clicks, 0.05, 0.2),
        viral,
        _part(dice, viral, 0.002, 0.01),
        apply_clicks,
        _part(dice, apply_clicks, 0.1, 0.4),
    )
    return (*row, *(int(impressions * step) if source.is_video else 0 for step in VIDEO_STEPS))


def so_far(seed: str, source: Source, day: int, *, now_ms: int) -> Row | None:
    """Return the metrics of a day as far as it has come; days to come have none."""
    row = of_day(seed, source, day)
    if row is None or day * DAY_MS > now_ms:
        return None
    fraction = min(1.0, (now_ms - day * DAY_MS) / DAY_MS)
    return row if fraction == 1 else tuple(int(count * fraction) for count in row)


def _part(dice: random.Random, whole: int, low: float, high: float) -> int:
    return int(whole * dice.uniform(low, high) + dice.random())


def add(*rows: Row) -> Row:
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(METRICS)


def reach(impressions: int, n_days: int) -> int:
    """Return how many members that may have been: the longer the range, the more often the same ones; not additive."""
    return max(1, round(impressions / (1.15 + 0.06 * min(n_days, 92)))) if impressions > 0 else 0


def share_out(row: Row, weights: list[int]) -> list[Row]:
    """
    Split a row by a demographic. What fewer than three events are known of is dropped, so the parts add up to less
    than the whole.
    """
    total = sum(weights)
    parts = [tuple(count * weight // total for count in row) for weight in weights]
    return [tuple(count if count >= 3 else 0 for count in part) for part in parts]
