"""Many deliveries for a fault run: over several municipalities and accounts, due one after the other."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.db import connections

from channels.actions import publishing
from channels.models import Delivery, Due, PageClaim
from foundation import clock
from foundation.tenancy import tenant
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.faults.house import House
from tests.fixtures import Town, make_town
from tests.linkedin_sandbox import LinkedInSandbox

_numbers, _posts = count(9901), count(1)


@dataclass(frozen=True)
class Planned:
    """A delivery that is due at a moment (UTC), and the marker by which its posts are known."""

    press: Press
    delivery_id: int
    marker: str
    due_at: datetime


def presses(house: House, sandbox: LinkedInSandbox, *, n_towns: int = 2, ahead_s: float = 0) -> list[Press]:
    """
    Return pages of new municipalities, ready to publish to: the first municipality runs two of the three.

    Pages that earlier municipalities had claimed are free again, nothing of theirs waits, no platform is at rest, and
    the stand-in has forgotten everything. `ahead_s`: how far its clock is ahead of ours.
    """
    # A storm may have cut it.
    connections["default"].close()
    sandbox.reset()
    sandbox.advance(ahead_s)
    sandbox.switch(duplicate_window_s=0)
    with house.as_superuser() as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE channels_pageclaim, channels_platformpause, channels_due CASCADE")
    connection.close()
    towns = [_new_town() for _ in range(n_towns)]
    # The ready token has died when the clock is months ahead.
    fresh = LinkedInSandbox(base=sandbox.base, announced={**sandbox.announced, "tokens": {}})
    fresh.announced["tokens"]["linkedin"] = sandbox.mint(member=sandbox.announced["members"][0]["id"])
    pages = [(towns[0], 0)] if n_towns == 1 else [(towns[0], 0), (towns[0], 1), (towns[1], 2)]
    some = [deliveries.connect(town, fresh, page=page) for town, page in pages]
    for press in some:
        PageClaim.objects.create(
            channel=press.account.channel,
            external_id=press.account.external_id,
            municipality_id=press.town.pk,
            account_id=press.account.pk,
        )
    return some


def _new_town() -> Town:
    number = next(_numbers)
    return make_town(str(number), f"By{number} kommune")


def plan(some: list[Press], *, n: int, seed: int, first: datetime, within_s: float) -> list[Planned]:
    """Schedule deliveries, each in its own transaction, due at moments drawn from `seed` after `first` (UTC)."""
    dice = random.Random(f"due {seed}")
    return [due(dice.choice(some), at=first + timedelta(seconds=dice.uniform(0, within_s))) for _ in range(n)]


def due(press: Press, *, at: datetime) -> Planned:
    """Schedule one delivery for a moment, to the second and beyond: the form knows minutes only."""
    with tenant(press.town.pk):
        # Its number comes first: a text that begins like another's could be taken for it.
        delivery = press.draft(text=f"Innlegg {next(_posts)}: {deliveries.TEXT}")
        publishing.schedule(delivery=delivery, by=press.town.adviser, now=clock.now())
        Delivery.objects.filter(pk=delivery.pk).update(due_at=at, next_at=at)
        Due.objects.filter(delivery_id=delivery.pk).update(due_at=at)
        marker = delivery.link.code
    return Planned(press, delivery.pk, marker, at)
