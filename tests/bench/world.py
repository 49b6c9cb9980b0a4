"""What is measured on: a year of every municipality's figures, and one municipality's rows still to be stored."""

import random
from datetime import UTC, date, datetime, timedelta

import psycopg2

from analytics.actions.measurements import Figures
from analytics.models import ObjectKind
from channels.models import Delivery
from foundation.tenancy import tenant
from kanalkompass.launcher.servers import DATABASE, SUPERUSER, Postgres
from recruitment.actions.reference import load_reference
from recruitment.models import Channel, Municipality
from tests.analytics.posts import make_account, make_deliveries

FIRST_DAY, LAST_DAY = date(2025, 12, 1), date(2026, 11, 30)
# The rows to be stored lie in years of their own, one month of 200 posts after the other.
STORED_FROM = date(2030, 1, 1)
FETCHED_AT = datetime(2026, 12, 1, 3, 10, tzinfo=UTC)
N_CHANNELS = 6
N_POSTS = 200

# Straight into the tables, by the superuser: only the volume counts, and it is the same on both sides.
FILL = """
INSERT INTO measurement (municipality_id, day, kind, object_id, channel_id, is_paid, origin, is_implied_zero, span_days,
                         impressions, reach, clicks, reactions, comments, shares, spend_ore, fetched_at)
SELECT m.id, d::date, 1, m.id * 1000 + o, (%(channels)s::bigint[])[1 + o %% %(n_channels)s], o %% 4 = 0, 1, false, 1,
       (random() * 3000)::int, (random() * 2000)::int, (random() * 90)::int, (random() * 50)::int,
       (random() * 9)::int, (random() * 9)::int, CASE WHEN o %% 4 = 0 THEN (random() * 90000)::int END, %(fetched)s
FROM generate_series(%(first)s::date, %(last)s::date, '1 day') d,
     recruitment_municipality m, generate_series(1, %(objects)s) o
"""
ROLL_UP = """
INSERT INTO channel_day (municipality_id, day, channel_id, is_paid, impressions, clicks, reactions, comments, shares,
                         spend_ore, fetched_at)
SELECT municipality_id, day, channel_id, is_paid, sum(impressions), sum(clicks), sum(reactions), sum(comments),
       sum(shares), sum(spend_ore), max(fetched_at)
FROM measurement GROUP BY 1, 2, 3, 4
"""


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


def fill(cursor: psycopg2.extensions.cursor, *, about: int) -> int:
    """Fill twelve months with about this many measurements, spread over all municipalities; return how many."""
    load_reference()
    n_days = (LAST_DAY - FIRST_DAY).days + 1
    objects = max(1, round(about / n_days / Municipality.objects.count()))
    for month in {(FIRST_DAY + timedelta(days=n)).replace(day=1) for n in range(n_days)}:
        cursor.execute("SELECT ensure_measurement_month(%s)", [month])
    channels = list(Channel.objects.order_by("pk").values_list("pk", flat=True)[:N_CHANNELS])
    given = {"channels": channels, "n_channels": len(channels), "objects": objects}
    cursor.execute(FILL, given | {"first": FIRST_DAY, "last": LAST_DAY, "fetched": FETCHED_AT})
    n_rows = cursor.rowcount
    cursor.execute(ROLL_UP)
    return n_rows


def make_posts(municipality: Municipality) -> list[Delivery]:
    """Make posts on pages of several channels, to store figures about."""
    with tenant(municipality.pk):
        channels = Channel.objects.order_by("pk")[:N_CHANNELS]
        pages = [make_account(channel) for channel in channels]
        return [each for page in pages for each in make_deliveries(page, n=N_POSTS // len(pages))]


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
