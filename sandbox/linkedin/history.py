"""
A year behind the pages: posts that stood before the sandbox was started, so that a back-fill finds something.

They lie on numbers up to 0; what is published from now on begins at 1. They can be read by URN and count in the
figures; whether the posts finder lists them is the switch `history_listed`.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from typing import Any

from sandbox.clock import DAY_MS, utc_day
from sandbox.linkedin.posts import FIRST_ID, ID_STEP
from sandbox.world import World

ACTIVITY_OFFSET = 1_031  # as for posts published later
DAYS = 365
MEAN_GAP_DAYS = 6
# No character of these is reserved in posts, so the text is its own source.
JOBS = ("sykepleier", "barnevernspedagog", "lærer", "vernepleier", "planlegger", "helsefagarbeider", "ingeniør")
TEXTS = (
    "Vi søker {job}. Kom og jobb hos oss i {name}.",
    "{name} lyser ut stilling som {job}. Søk innen fristen.",
    "Har du lyst til å bli {job} hos oss? Les mer om stillingen på nettsiden.",
    "I dag forteller en {job} om hverdagen i {name}.",
    "Takk til alle som kom på åpent hus i går.",
    "{name} får ny skole. Byggingen starter til våren.",
)


def plant(world: World) -> None:
    """Plant each page's year and the film that its advertising uses."""
    pages = tuple((row["id"], row["name"]) for row in world.store.all("SELECT id, name FROM organisation ORDER BY id"))
    with world.store.write() as db:
        db.executemany(INSERT, _rows(world.seed, pages, utc_day(world.clock.now_ms()) * DAY_MS))


# Kept, because tests plant the same world again and again.
@lru_cache(maxsize=8)
def _rows(seed: str, pages: tuple[tuple[int, str], ...], midnight_ms: int) -> list[tuple]:
    rows: list[tuple] = []
    for organisation_id, name in pages:
        dice = random.Random(f"{seed}:history:{organisation_id}")
        for age_ms in _ages(dice):
            text = dice.choice(TEXTS).format(job=dice.choice(JOBS), name=name)
            rows.append(_post(-len(rows), organisation_id, text=text, at_ms=midnight_ms - age_ms))
        rows.append(_film(-len(rows), organisation_id, name=name, at_ms=midnight_ms - 60 * DAY_MS))
    return rows


INSERT = (
    "INSERT INTO post (number, urn, activity, author, commentary, text, body, is_dark, created_at, modified_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _ages(dice: random.Random) -> list[int]:
    """Return how long before today's midnight each post was published, in milliseconds, the youngest first."""
    ages, age_days = [], dice.uniform(0.4, MEAN_GAP_DAYS)
    while age_days < DAYS:
        ages.append(int(age_days * DAY_MS))
        age_days += dice.uniform(1, 2 * MEAN_GAP_DAYS - 1)
    return ages


def _post(number: int, organisation_id: int, *, text: str, at_ms: int, is_dark: bool = False, **more: Any) -> tuple:
    body = {
        "author": f"urn:li:organization:{organisation_id}",
        "commentary": text,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "NONE" if is_dark else "MAIN_FEED"},
        "lifecycleState": "PUBLISHED",
        **more,
    }
    own_id = FIRST_ID + number * ID_STEP
    urn, activity = f"urn:li:share:{own_id}", f"urn:li:activity:{own_id + ACTIVITY_OFFSET}"
    return (number, urn, activity, body["author"], text, text, json.dumps(body), is_dark, at_ms, at_ms)


def _film(number: int, organisation_id: int, *, name: str, at_ms: int) -> tuple:
    """Return a dark post with a film, made for the page's advertising account."""
    content = {"media": {"id": f"urn:li:video:C5FILM{organisation_id}", "title": "Slik er det å jobbe hos oss"}}
    context = {
        "dscAdAccount": f"urn:li:sponsoredAccount:{account_of(organisation_id)}",
        "dscAdType": "VIDEO",
        "dscName": "Film om arbeidsplassen",
        "dscStatus": "ACTIVE",
    }
    text = f"Slik er det å jobbe i {name}."
    return _post(number, organisation_id, text=text, at_ms=at_ms, is_dark=True, content=content, adContext=context)


def account_of(organisation_id: int) -> int:
    """Return the id of a page's own advertising account."""
    return 509_000_000 + organisation_id
