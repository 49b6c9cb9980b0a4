"""The two walls between municipalities (P13, P14), each proved with the other one taken away."""

from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.utils import DataError, InternalError

from foundation.tenancy import NoTenant, acting_user, tenant
from recruitment.models import Membership, Workplace

pytestmark = pytest.mark.django_db


def rows_by_raw_sql(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


@contextmanager
def policies_off(*tables: str) -> Any:
    """Take the second wall down, as the owner of the tables."""
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')


class TestFirstWall:
    def test_a_query_outside_a_municipality_is_an_error_and_not_an_empty_answer(self, lyngvaer):
        with pytest.raises(NoTenant):
            list(Workplace.objects.all())

    def test_each_municipality_sees_its_own_rows(self, lyngvaer, storvika):
        with tenant(storvika.pk):
            Workplace.objects.create(name="Storvika skule")

        with tenant(lyngvaer.pk):
            assert [place.name for place in Workplace.objects.all()] == ["Solbakken omsorgssenter"]

    def test_entering_another_municipality_inside_gives_back_the_first_one(self, lyngvaer, storvika):
        with tenant(lyngvaer.pk):
            with tenant(storvika.pk):
                Workplace.objects.create(name="Storvika skule")

            assert Workplace.objects.filter(name="Storvika skule").count() == 0
            assert rows_by_raw_sql("recruitment_workplace") == 1


class TestSecondWall:
    def test_an_unset_municipality_is_an_error_in_the_database_too(self, lyngvaer):
        with pytest.raises((ProgrammingError, DataError, InternalError)), transaction.atomic():
            rows_by_raw_sql("recruitment_workplace")

    def test_an_unscoped_query_sees_only_the_entered_municipality(self, lyngvaer, storvika):
        with tenant(lyngvaer.pk):
            assert rows_by_raw_sql("recruitment_workplace") == 1
            assert Workplace._base_manager.count() == 1

    def test_a_row_cannot_be_written_into_another_municipality(self, lyngvaer, storvika):
        with pytest.raises(ProgrammingError, match="row-level security"), tenant(lyngvaer.pk):
            Workplace.objects.create(name="Snikskule", municipality_id=storvika.pk)

    def test_a_row_cannot_point_into_another_municipality(self, lyngvaer, storvika, make_job):
        with tenant(storvika.pk):
            foreign = Workplace.objects.get()

        def point_across() -> None:
            with tenant(lyngvaer.pk), connection.cursor() as cursor:
                make_job(workplace_id=foreign.pk)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with pytest.raises(IntegrityError):
            point_across()

    def test_the_runtime_login_has_no_power_over_the_walls(self, lyngvaer):
        for statement in [
            "TRUNCATE recruitment_workplace",
            "ALTER TABLE recruitment_workplace DISABLE ROW LEVEL SECURITY",
            "DROP POLICY tenant ON recruitment_workplace",
            "SET ROLE kanal",
        ]:
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_a_partition_asked_directly_is_refused(self, lyngvaer):
        with tenant(lyngvaer.pk), connection.cursor() as cursor:
            cursor.execute("SELECT ensure_measurement_month('2026-11-01')")
            cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'measurement'::regclass")
            partition = cursor.fetchone()[0]

        with pytest.raises(ProgrammingError, match="permission denied"), tenant(lyngvaer.pk):
            rows_by_raw_sql(partition)

    def test_every_tenant_table_has_a_forced_policy(self, lyngvaer):
        from django.apps import apps

        from foundation.tenancy import TenantModel

        tables = {m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel)} | {
            "recruitment_membership"
        }
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid "
                "WHERE relrowsecurity AND relforcerowsecurity AND polname = 'tenant'"
            )
            walled = {name for (name,) in cursor.fetchall()}

        assert tables - walled == set()


class TestMemberships:
    def test_a_user_sees_her_own_memberships_before_choosing_and_nobody_elses(self, lyngvaer, storvika):
        with acting_user(lyngvaer.hr.pk):
            assert [membership.user_id for membership in Membership.objects.all()] == [lyngvaer.hr.pk]

    def test_nothing_is_seen_without_a_user(self, lyngvaer):
        assert Membership.objects.count() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestOneWallAtATime:
    def test_with_policies_off_the_scoping_still_hides_the_neighbour(self, lyngvaer, storvika, client_of):
        with policies_off("recruitment_workplace", "recruitment_jobposting"):
            with tenant(lyngvaer.pk):
                assert Workplace.objects.count() == 1
                assert Workplace._base_manager.count() == 2

            page = client_of(lyngvaer.hr).get(f"/{storvika.number}/stillinger/")

        assert page.status_code == 404

    def test_with_policies_on_a_planted_unscoped_view_shows_nothing_of_the_neighbour(self, lyngvaer, storvika):
        with tenant(storvika.pk):
            Workplace.objects.create(name="Storvika skule")

        with tenant(lyngvaer.pk):
            names = set(Workplace._base_manager.values_list("name", flat=True))

        assert names == {"Solbakken omsorgssenter"}
