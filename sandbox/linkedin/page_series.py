"""
The visits of a page: one series per page, UTC day, section and device, drawn once from the seed.

Weekends are quiet and July is quieter. Every total anywhere is a sum of these numbers. Pure arithmetic: no store, no
clock.
"""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sandbox.clock import DAY_MS
from sandbox.linkedin.series import FOLLOWER_ORIGIN_DAY

# Part of all visits. `careers` is no section of its own but the sum of jobs and lifeAt.
SECTIONS = {
    "Overview": 0.54,
    "About": 0.09,
    "Jobs": 0.18,
    "LifeAt": 0.07,
    "People": 0.10,
    "Insights": 0.01,
    "Products": 0.01,
}
DEVICES = {"desktop": 0.42, "mobile": 0.58}
CELLS = tuple(f"{device}{section}PageViews" for device in DEVICES for section in SECTIONS)
VISITS_PER_FOLLOWER = 0.011
WEEKEND = 0.45
JULY = 0.55
UNIQUE_PART = 0.68  # of one day's views of one section
REPEAT_PART = 0.75  # of the unique visitors of several sections, or of several days

Row = tuple[int, ...]  # one number per name of CELLS


@lru_cache(maxsize=16_384)
def views(seed: str, organisation_id: int, followers: int, day: int) -> Row:
    """Return the views of each cell on a whole UTC day."""
    date = datetime.fromtimestamp(day * DAY_MS / 1000, tz=UTC)
    dice = random.Random(f"{seed}:visits:{organisation_id}:{day}")
    base = followers * VISITS_PER_FOLLOWER * dice.uniform(0.6, 1.4)
    base *= WEEKEND if date.weekday() >= 5 else 1
    base *= JULY if date.month == 7 else 1
    cells = (base * section * device for device in DEVICES.values() for section in SECTIONS.values())
    return tuple(math.floor(expected + dice.random()) for expected in cells)


@lru_cache(maxsize=64)
def views_before(seed: str, organisation_id: int, followers: int, day: int) -> Row:
    """Return the sum of every whole day since 2025, `day` itself not included."""
    return add(*(views(seed, organisation_id, followers, earlier) for earlier in range(FOLLOWER_ORIGIN_DAY, day)))


def part_of(row: Row, fraction: float) -> Row:
    """Return what has come in after a fraction (0 to 1) of the day."""
    return tuple(math.floor(count * fraction) for count in row)


def add(*rows: Row) -> Row:
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(CELLS)


def shown(row: Row, *, n_days: int | None) -> dict[str, Any]:
    """
    Return the `views` object. All is desktop plus mobile, careers is jobs plus lifeAt.

    :param n_days: days in the bucket; None for lifetime figures, which have no unique visitors
    """
    cells = dict(zip(CELLS, row, strict=True))
    by_device = {device: {name: cells[f"{device}{name}PageViews"] for name in SECTIONS} for device in DEVICES}
    by_device[""] = {name: sum(by_device[device][name] for device in DEVICES) for name in SECTIONS}
    told: dict[str, Any] = {}
    for device, sections in by_device.items():
        uniques = {name: _unique(count, n_days) for name, count in sections.items()}
        careers = sections["Jobs"] + sections["LifeAt"]
        told[_key(device, "Careers")] = _pair(careers, _together(uniques["Jobs"], uniques["LifeAt"]), n_days)
        told[f"all{device.capitalize()}PageViews"] = _pair(sum(sections.values()), _together(*uniques.values()), n_days)
        told |= {_key(device, name): _pair(count, uniques[name], n_days) for name, count in sections.items()}
    return told


def _key(device: str, section: str) -> str:
    name = f"{device}{section}PageViews"
    return name[0].lower() + name[1:]


def _pair(count: int, unique: int, n_days: int | None) -> dict[str, int]:
    return {"pageViews": count} if n_days is None else {"pageViews": count, "uniquePageViews": unique}


def _unique(count: int, n_days: int | None) -> int:
    repeat = REPEAT_PART if (n_days or 1) > 1 else 1
    return max(0, math.ceil(count * UNIQUE_PART * repeat))


def _together(*uniques: int) -> int:
    """The same person visits several sections: never fewer than the largest, never more than the sum."""
    return max(*uniques, math.ceil(sum(uniques) * REPEAT_PART))
