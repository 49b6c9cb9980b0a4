"""
What is measured on: three years of every municipality's figures, and one municipality's rows still to be stored.

Municipalities differ as they do in the country: figures follow the population, so that the largest has about an eighth
of them all. The typical one has what a municipality of the median size would have, however few rows are made.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg2

from analytics.actions.measurement_sql import ADDITIVE
from analytics.actions.measurements import Figures
from analytics.models import ObjectKind
from channels.models import Delivery, Post
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.launcher.servers import DATABASE, OWNER, SUPERUSER, Postgres
from recruitment.actions.reference import load_reference
from recruitment.models import Channel, JobPosting, Municipality, Occupation, Workplace
from tests.analytics.posts import make_account, make_deliveries

LAST_DAY = clock.today() - timedelta(days=1)
# The year that is compared, and the three years that there are.
FIRST_DAY = LAST_DAY - timedelta(days=364)
FILLED_FROM = LAST_DAY - timedelta(days=3 * 365 - 1)
# The rows to be stored lie in years of their own, one month of 200 posts after the other.
STORED_FROM = date(2030, 1, 1)
FETCHED_AT = datetime(2029, 12, 1, 3, 10, tzinfo=UTC)
N_CHANNELS = 6
N_POSTS = 200
N_AT_A_TIME = 2
# An object is shown for so many days, and four of them belong to one vacancy. So many are shown at any moment in the
# municipality of median size: its 65 vacancies a year, in four places each.
LIVES_DAYS = 60
OBJECTS_A_JOB = 4
TYPICAL_OBJECTS = 48
# Room for each municipality's own numbers.
IDS = 1_000_000

TOWNS = """
CREATE TABLE bench_town AS
SELECT id, number, population, greatest(1, round(%(a_day)s * population / sum(population) OVER ()))::int AS n_objects
FROM recruitment_municipality
"""
TYPICAL = """
UPDATE bench_town SET n_objects = greatest(n_objects, %(least)s) WHERE id = (
    SELECT id FROM bench_town ORDER BY population OFFSET (SELECT count(*) / 2 FROM bench_town) LIMIT 1
) RETURNING id, number, n_objects
"""
LARGEST = "SELECT id, number, n_objects FROM bench_town ORDER BY population DESC LIMIT 1"

# Straight into the tables, by the superuser: only the volume counts, and it is the same on both sides. A month is
# filled before it has indexes and joins the others; the same in the end, in a third of the time.
PART = """
CREATE TABLE public.{part} (LIKE public.measurement INCLUDING CONSTRAINTS);
ALTER TABLE public.{part} OWNER TO {owner}
"""
FILL = """
INSERT INTO public.{part} (municipality_id, day, kind, object_id, channel_id, job_id, is_paid, origin, is_implied_zero,
                           span_days, impressions, reach, clicks, reactions, comments, shares, spend_ore, fetched_at)
SELECT t.id, d::date, CASE WHEN o.number %% 4 = 0 THEN 3 ELSE 1 END, t.id * %(ids)s + o.number,
       (%(channels)s::bigint[])[1 + o.number %% %(n_channels)s], t.id * %(ids)s + o.number / %(a_job)s,
       o.number %% 4 = 0, 1, false, 1,
       (random() * 3000)::int, (random() * 2000)::int, (random() * 90)::int, (random() * 50)::int,
       (random() * 9)::int, (random() * 9)::int, CASE WHEN o.number %% 4 = 0 THEN (random() * 90000)::int END,
       d + interval '27 hours'
FROM generate_series(%(first)s::date, %(last)s::date, '1 day') d, bench_town t, generate_series(0, t.n_objects - 1) s,
     LATERAL (SELECT (d::date - %(start)s::date + (s * 7) %% %(lives)s) / %(lives)s * t.n_objects + s AS number) o
"""
JOIN = """
ALTER TABLE public.{part} ADD PRIMARY KEY (municipality_id, day, kind, object_id, is_paid);
CREATE INDEX ON public.{part} (municipality_id, job_id, day) WHERE job_id IS NOT NULL;
ALTER TABLE public.{part} ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.{part} FORCE ROW LEVEL SECURITY;
ALTER TABLE public.measurement ATTACH PARTITION public.{part} FOR VALUES FROM ('{first}') TO ('{end}')
"""
ROLL_UP = f"""
INSERT INTO channel_day (municipality_id, day, channel_id, is_paid, {", ".join(ADDITIVE)}, fetched_at)
SELECT municipality_id, day, channel_id, is_paid, {", ".join(f"sum({name})" for name in ADDITIVE)}, max(fetched_at)
FROM public.{{part}} GROUP BY 1, 2, 3, 4
"""
# Most municipalities have figures and no vacancies: the key to these is not looked at here.
JOBS_SUMS = f"""
SET session_replication_role = replica;
INSERT INTO job_month (municipality_id, month, job_id, channel_id, is_paid, first_day, last_day,
                       {", ".join(ADDITIVE)}, fetched_at)
SELECT municipality_id, date_trunc('month', day)::date, job_id, channel_id, is_paid, min(day), max(day),
       {", ".join(f"sum({name})" for name in ADDITIVE)}, max(fetched_at)
FROM public.{{part}} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 3;
SET session_replication_role = DEFAULT
"""


@dataclass(frozen=True)
class Place:
    """A municipality that is measured in: its key and number, and how many objects are shown there at any moment."""

    pk: int
    number: str
    n_objects: int

    @property
    def n_jobs(self) -> int:
        """How many vacancies its objects have been about, in three years."""
        n_days = (LAST_DAY - FILLED_FROM).days + LIVES_DAYS
        return -(-(n_days // LIVES_DAYS + 1) * self.n_objects // OBJECTS_A_JOB)


@dataclass(frozen=True)
class World:
    """How many measurements there are, and whose are looked at."""

    n_rows: int
    typical: Place
    largest: Place


def as_superuser(postgres: Postgres) -> psycopg2.extensions.connection:
    """Return a connection that no wall stands before; each statement commits."""
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=postgres.port,
        user=SUPERUSER,
        password=postgres.passwords.superuser,
        dbname=DATABASE,
    )
    connection.autocommit = True
    return connection


def fill(postgres: Postgres, cursor: psycopg2.extensions.cursor, *, about: int) -> World:
    """Fill three years with about this many measurements of all municipalities."""
    load_reference()
    cursor.execute(TOWNS, {"a_day": about / ((LAST_DAY - FILLED_FROM).days + 1)})
    cursor.execute(TYPICAL, {"least": TYPICAL_OBJECTS})
    typical = Place(*cursor.fetchone())
    cursor.execute(LARGEST)
    largest = Place(*cursor.fetchone())
    cursor.execute("ANALYZE bench_town")
    channels = list(Channel.objects.order_by("pk").values_list("pk", flat=True)[:N_CHANNELS])

    def filled(month: date) -> int:
        with closing(as_superuser(postgres)) as connection, connection.cursor() as own:
            return _fill_month(own, month, channels)

    # Two at a time: one writes while the other works numbers out.
    with ThreadPoolExecutor(N_AT_A_TIME) as workers:
        n_rows = sum(workers.map(filled, _months()))
    return World(n_rows, typical, largest)


def _fill_month(cursor: psycopg2.extensions.cursor, month: date, channels: list[int]) -> int:
    end = (month + timedelta(days=31)).replace(day=1)
    names = {"part": f"measurement_{month:%Y_%m}", "owner": OWNER, "first": month, "end": end}
    cursor.execute(PART.format(**names))
    given = {
        "channels": channels, "n_channels": len(channels), "ids": IDS, "a_job": OBJECTS_A_JOB, "lives": LIVES_DAYS,
        "start": FILLED_FROM, "first": max(month, FILLED_FROM), "last": min(end - timedelta(days=1), LAST_DAY),
    }  # fmt: skip
    cursor.execute(FILL.format(**names), given)
    n_rows: int = cursor.rowcount
    cursor.execute(ROLL_UP.format(**names))
    cursor.execute(JOBS_SUMS.format(**names))
    cursor.execute(JOIN.format(**names))
    return n_rows


def _months() -> Iterator[date]:
    month = FILLED_FROM.replace(day=1)
    while month <= LAST_DAY:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def make_posts(municipality: Municipality) -> list[Delivery]:
    """Make posts on pages of several channels, each for a vacancy of its own, to store figures about."""
    with tenant(municipality.pk):
        channels = Channel.objects.order_by("pk")[:N_CHANNELS]
        pages = [make_account(channel) for channel in channels]
        deliveries = [each for page in pages for each in make_deliveries(page, n=N_POSTS // len(pages))]
        for delivery, job in zip(deliveries, _make_jobs(len(deliveries)), strict=True):
            Post.objects.filter(pk=delivery.post_id).update(job=job)
        return deliveries


def _make_jobs(n: int) -> list[JobPosting]:
    workplace, occupation = Workplace.objects.create(name="Rådhuset"), Occupation.objects.get(code="2223")
    return JobPosting.objects.bulk_create(
        JobPosting(
            reference=f"M-{number}",
            title="Sykepleier",
            occupation=occupation,
            workplace=workplace,
            deadline_date=STORED_FROM,
            apply_url="https://soknad.example/1",
        )  # fmt: skip
        for number in range(n)
    )


def new_rows(deliveries: list[Delivery], *, n: int, first_day: date) -> list[Figures]:
    """Return `n` rows about the deliveries, day after day."""
    dice = random.Random(first_day.toordinal())
    return [
        Figures(
            kind=ObjectKind.DELIVERY,
            object_id=deliveries[i % len(deliveries)].pk,
            day=first_day + timedelta(days=i // len(deliveries)),
            fetched_at=FETCHED_AT,
            impressions=dice.randrange(3000),
            reach=dice.randrange(2000),
            clicks=dice.randrange(90),
            reactions=dice.randrange(50),
            comments=dice.randrange(9),
            shares=dice.randrange(9),
        )
        for i in range(n)
    ]
