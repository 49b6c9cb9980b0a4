"""Visits of the tracked links, by the hour: most in the first days, in the lunch break and in the evening."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import numpy as np
from numpy.random import Generator

from channels.models import LinkHour, TrackedLink
from foundation.clock import OSLO
from kanalkompass.demo.applicants import Applicant
from kanalkompass.demo.sources import WORTH
from kanalkompass.demo.vacancies import Announced

Visitor = LinkHour.Visitor
# Share of the day's visits in each hour of the wall clock.
BY_HOUR = (1, 0, 0, 0, 0, 1, 3, 5, 6, 5, 5, 7, 8, 5, 4, 5, 5, 6, 7, 9, 11, 10, 6, 3)
EVENING, BY_THE_HOUR = 20, timedelta(days=45)
# Of the years before this one previews are left out.
WITH_PREVIEWS = timedelta(days=400)
PER_APPLICANT = {Visitor.PERSON: 1.0, Visitor.PREVIEW: 0.12, Visitor.BOT: 0.18}


def visits_of(
    announced: Announced, drawn: list[Applicant], *, links: list[TrackedLink], now: datetime, rng: Generator
) -> list[LinkHour]:
    """
    Return the visits until now of one vacancy's links; a source that brought applicants had visitors too.

    Of vacancies that closed a while ago a day's visits stand in one hour: nobody looks at their hours any more.
    """
    applicants = Counter(each.source for each in drawn)
    age = now - announced.job.created_at
    only = EVENING if age > BY_THE_HOUR else None
    rows = []
    for link in links:
        slug = link.source.slug
        if slug not in WORTH:
            continue
        expected = WORTH[slug].visits * (applicants[slug] + 0.4 * (slug in announced.seen_at))
        for visitor, share in PER_APPLICANT.items():
            if age > WITH_PREVIEWS and visitor == Visitor.PREVIEW:
                continue
            hours = _hours(announced, int(rng.poisson(expected * share)), rng, only=only)
            rows += [
                LinkHour(link=link, hour=hour, visitor=visitor, n_visits=count)
                for hour, count in sorted(hours.items())
                if announced.job.created_at <= hour < now
            ]
    return rows


def _hours(announced: Announced, n_visits: int, rng: Generator, *, only: int | None) -> Counter[datetime]:
    """Return how many of the visits fall in each UTC hour; in one hour a day of the wall clock where `only` is one."""
    first = announced.registered_day
    n_days = (announced.job.deadline_date - first).days + 1
    days = rng.exponential(n_days / 3, size=n_visits).astype(int).clip(max=n_days - 1)
    hours = rng.choice(24, size=n_visits, p=[share / sum(BY_HOUR) for share in BY_HOUR])
    hours = hours if only is None else np.full(n_visits, only)
    counted = Counter(zip(days.tolist(), hours.tolist(), strict=True))
    walls = {
        datetime.combine(first + timedelta(days=day), time(hour), tzinfo=OSLO): count
        for (day, hour), count in counted.items()
    }
    # The wall clock's two hours of an autumn night are one to the eye, so counts are added, not set.
    utc: Counter[datetime] = Counter()
    for wall, count in walls.items():
        utc[wall.astimezone(UTC)] += count
    return utc
