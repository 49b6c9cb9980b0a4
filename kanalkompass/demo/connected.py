"""The town whose pages on LinkedIn are connected: what it has published, what waits, and what the channel tells."""

from __future__ import annotations

from datetime import datetime

from numpy.random import Generator

from channels.models import Account
from foundation.clock import OSLO
from kanalkompass.demo import page, particulars, posts, published, states
from kanalkompass.demo.channels import ASKED_DAYS
from kanalkompass.demo.people import Town
from kanalkompass.demo.vacancies import Announced
from recruitment.models import Source, User


def live(
    announced: list[Announced], *, town: Town, account: Account, users: dict[str, User], now: datetime, rng: Generator
) -> None:
    """Connect both pages and let half a year pass; call it in the town's `tenant()`."""
    today = now.astimezone(OSLO).date()
    made = posts.make_posts(announced, town=town, account=account, users=users, now=now, today=today)
    if made is None:
        return
    campaign, second = made
    author = users["adviser"]
    published.connect(account, user=author, number=1, expires_in_days=5, now=now)
    published.connect(second, user=author, number=2, expires_in_days=60, now=now)
    source = Source.objects.get(slug="linkedin")
    desk = published.Desk(town, author=users["deputy"], approver=author, campaign=campaign, source=source)
    out = published.publish_half_a_year(desk, announced, account=account, asked_days=ASKED_DAYS, now=now, rng=rng)
    states.wait(desk, announced, account=account, now=now)
    states.fall_silent(desk, account=second, now=now)
    desk.store_trails()
    states.comment(out[-1], now=now)
    particulars.remember_posts(out)
    page.tell_of_the_page(account, now=now, rng=rng)
    page.ask_each_night(account, n_posts=len(out), now=now)
    page.advertise(account, announced, campaign=campaign, user=author, now=now, rng=rng)
