"""Measurements are walled off between municipalities, and in parts by time."""

import psycopg2.errors
import pytest
from django.db import DatabaseError, connection, transaction

from analytics.actions import measurements
from foundation.tenancy import tenant
from tests.analytics.posts import make_world
from tests.analytics.stored import DAY, NOW, figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """Lyngvær with one post on LinkedIn and one on Facebook, entered."""
    municipality, deliveries = make_world(number="9901", name="Lyngvær", slugs=("linkedin", "facebook"))
    with tenant(municipality.pk):
        yield deliveries


@pytest.fixture
def neighbour(db):
    """Storvika with one post on LinkedIn."""
    return make_world(number="9902", name="Storvika")


class TestTheWall:
    @pytest.fixture
    def stored(self, world):
        measurements.store([figures(world[0], clicks=1)], now=NOW)
        return world[0]

    def asked(self, statement, parameters=None):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    @pytest.mark.parametrize("table", ["measurement", "measurement_row", "channel_day", "analytics_restatement"])
    def test_stands_before_every_table_without_the_managers_help(self, stored, neighbour, table):
        measurements.store([figures(stored, clicks=2)], now=NOW)
        own = self.asked(f"SELECT count(*) FROM {table}")

        with tenant(neighbour[0].pk):
            foreign = self.asked(f"SELECT count(*) FROM {table}")

        assert (own, foreign) == ([(1,)], [(0,)])

    @pytest.mark.parametrize("table", ["measurement", "measurement_row", "channel_day", "analytics_restatement"])
    def test_makes_an_unset_municipality_an_error(self, stored, table):
        measurements.store([figures(stored, clicks=2)], now=NOW)

        with pytest.raises(DatabaseError):
            self.asked(f"SELECT set_config('kk.municipality', '', true) UNION ALL SELECT day::text FROM {table}")

    def test_refuses_a_row_for_another_municipality(self, stored, neighbour):
        with pytest.raises(DatabaseError, match="row-level security"):
            self.asked(
                "INSERT INTO channel_day (municipality_id, day, channel_id, is_paid, fetched_at) "
                "VALUES (%s, %s, %s, false, now()) RETURNING 1",
                [neighbour[0].pk, DAY, stored.account.channel_id],
            )

    def test_lets_nobody_ask_a_partition_directly(self, stored):
        with pytest.raises(DatabaseError) as refusal:
            self.asked("SELECT * FROM measurement_2026_11")

        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE analytics_restatement SET old_value = 0 RETURNING 1",
            "DELETE FROM analytics_restatement RETURNING 1",
            "DELETE FROM measurement RETURNING 1",
            "CREATE TABLE public.measurement_2040_01 PARTITION OF measurement DEFAULT",
        ],
    )
    def test_lets_the_product_neither_rewrite_history_nor_remove_figures(self, stored, statement):
        with pytest.raises(DatabaseError) as refusal:
            self.asked(statement)

        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)

    def test_holds_a_new_month_closed_as_well(self, stored):
        self.asked("SELECT ensure_measurement_month('2033-03-15')")

        assert self.asked(
            "SELECT relrowsecurity, relforcerowsecurity, has_table_privilege(oid, 'SELECT') FROM pg_class "
            "WHERE relname = 'measurement_2033_03'"
        ) == [(True, True, False)]

    def test_makes_a_month_once(self, stored):
        for day in ("2033-03-01", "2033-03-31"):
            self.asked("SELECT ensure_measurement_month(%s)", [day])

        assert self.asked(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'measurement_2033%%' AND relkind = 'r'"
        ) == [(1,)]

    def test_is_not_stepped_over_by_a_planted_table_or_function(self, stored):
        """The function runs as the owner: what the caller puts in her own schema must not run with it."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE measurement (day date)")
            cursor.execute("SET LOCAL search_path = pg_temp, public")
            cursor.execute("SELECT ensure_measurement_month('2034-01-01')")
            cursor.execute(
                "SELECT inhparent::regclass::text FROM pg_inherits "
                "WHERE inhrelid = 'public.measurement_2034_01'::regclass"
            )
            parent = cursor.fetchone()
            transaction.set_rollback(True)

        assert parent == ("public.measurement",)
