"""P13, P14: the matrix again with one wall taken away, so that each of the two is seen to hold alone."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from foundation.tenancy import tenant
from tests.matrix import people
from tests.matrix.people import DOUBLE, SECRET
from tests.matrix.test_matrix import faults_of
from tests.matrix.walking import Case, Walk, cases

# Between them they may open every door; for each door the first of them who may, and who is a reader here alone.
INSIDE = ("hr", "approver", "publisher", "connector", "administrator", DOUBLE)
KINDS = ("own", "foreign", "missing", "foreign child", "missing child")

# What PostgreSQL makes of the policy in foundation.tenancy.policy_sql: no way around an unset municipality.
SAME_WALL = "(municipality_id = (current_setting('kk.municipality'::text))::bigint)"


def slice_of_the_matrix() -> list:
    """Each door by one who may pass it: whom the door turns away reaches no wall, and a wall knows no roles."""
    return [case for case in cases(["get", "post"], people=INSIDE, kinds=KINDS) if case.who in passing(case)]


def passing(case: Case) -> set[str]:
    """Return who walks through that door here."""
    need = "r" if case.method == "get" else "w"
    may = [who for who in INSIDE if need in case.route.cell(who)]
    return {*may[:1], *(who for who in may if who == DOUBLE)}


class TestScopingAlone:
    def test_p13_with_every_policy_off_the_scoping_still_hides_the_neighbour(self, houses):
        with people.policies_off():
            walk = Walk(houses).take(slice_of_the_matrix())

        assert not walk.faults, faults_of(walk)
        assert walk.n_cases > 300

    def test_the_policies_were_truly_off(self, houses):
        with people.policies_off(), tenant(houses.own.town.pk), connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT municipality_id) FROM recruitment_jobposting")

            assert cursor.fetchone()[0] == 2


class TestWallAlone:
    def test_p13_with_managers_that_forget_to_filter_the_wall_still_hides_the_neighbour(self, houses):
        with people.scoping_off():
            walk = Walk(houses).take(slice_of_the_matrix())

        assert not walk.faults, faults_of(walk)
        assert walk.n_cases > 300

    @pytest.mark.parametrize("model", people.tenant_models(), ids=lambda model: model.__name__)
    def test_p14_a_planted_unscoped_query_neither_reads_nor_changes_the_neighbours_rows(self, houses, model):
        table = model._meta.db_table
        with tenant(houses.own.town.pk), people.scoping_off(only=model), connection.cursor() as cursor:
            rows = list(model._base_manager.values_list("municipality_id", flat=True))
            rows += list(model.objects.values_list("municipality_id", flat=True))
            cursor.execute(f'SELECT municipality_id FROM "{table}"')
            rows += [row for (row,) in cursor.fetchall()]

            assert set(rows) <= {houses.own.town.pk}
            assert changes_by_raw_sql(table, houses.neighbour.town.pk) <= {0, "refused"}


def changes_by_raw_sql(table: str, municipality_id: int) -> set:
    """Try to change and to delete a municipality's rows; return how many each statement reached, or that it may not."""
    reached = set()
    for statement in (f'UPDATE "{table}" SET municipality_id = municipality_id', f'DELETE FROM "{table}"'):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"{statement} WHERE municipality_id = %s", [municipality_id])
                reached.add(cursor.rowcount)
                transaction.set_rollback(True)
        except ProgrammingError:
            reached.add("refused")
    return reached


def tenant_tables() -> set[str]:
    return {model._meta.db_table for model in people.tenant_models()}


def n_municipalities_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(DISTINCT municipality_id) FROM "{table}"')
        return cursor.fetchone()[0]


class TestTheWorld:
    def test_every_tenant_table_has_rows_to_hide_or_at_least_the_same_wall_as_all(self, houses):
        own_wall = {"recruitment_membership"}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid WHERE relrowsecurity "
                "AND relforcerowsecurity AND polcmd = '*' AND pg_get_expr(polqual, polrelid) = %s",
                [SAME_WALL],
            )
            walled = {name for (name,) in cursor.fetchall()}
        with people.policies_off():
            filled = {table for table in tenant_tables() if n_municipalities_in(table) == 2}

        assert tenant_tables() - own_wall - walled == set()
        assert len(filled) > 20

    def test_the_neighbour_has_a_row_to_hide_behind_every_door_and_says_a_word_of_its_own(self, houses):
        ids = houses.ids(houses.neighbour)

        assert all(ids.values())
        assert SECRET in people.texts_of(houses.neighbour.town)
