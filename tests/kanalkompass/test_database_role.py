"""The tests run where the product runs: on PostgreSQL, with a login that the walls hold against."""

import psycopg2.errors
import pytest
from django.db import ProgrammingError, connection, transaction

pytestmark = pytest.mark.django_db


def one(statement: str) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


class TestTheRuntimeLogin:
    def test_is_on_postgresql(self):
        assert connection.vendor == "postgresql"

    def test_has_no_power(self):
        name, is_superuser, bypasses, creates_roles, creates_databases = one(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
            "WHERE rolname = current_user"
        )

        assert name == "kanal_app"
        assert not any([is_superuser, bypasses, creates_roles, creates_databases])

    def test_is_not_a_member_of_the_owner(self):
        assert one("SELECT pg_has_role(current_user, 'kanal', 'MEMBER')") == (False,)

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE django_session",
            "ALTER TABLE django_session DISABLE ROW LEVEL SECURITY",
            "DROP TABLE django_session",
            "CREATE TABLE public.own (id int)",
            "SET ROLE kanal",
        ],
    )
    def test_may_not_touch_the_structure(self, statement):
        with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
            one(statement)

        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)
