"""The chain of each municipality's log: who could change it, and who would see that (P16)."""

import datetime
import io
import threading
from contextlib import contextmanager, suppress

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections

from audit import actions, record
from audit.acts import Act
from audit.models import AuditEvent, Person
from audit.verifying import verify
from channels.models import TrackedLink
from foundation import clock
from foundation.acting import acting_as
from foundation.tenancy import tenant
from kanalkompass import audited
from recruitment.models import Source
from tests.database import as_owner

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
N_WRITERS, N_ROUNDS = 8, 25


@pytest.fixture
def log(lyngvaer):
    """Lyngvær with six more events."""
    with acting_as(lyngvaer.hr.pk), tenant(lyngvaer.pk):
        for n in range(6):
            record(Act.EXPORTED, detail={"number": n})
    return lyngvaer


@contextmanager
def tampering(municipality_id: int):
    """Open the owner's connection with the triggers off, as somebody with power over the database could."""
    with as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
        cursor.execute("SELECT set_config('kk.municipality', %s, false)", [str(municipality_id)])
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER stays")
        try:
            yield cursor
        finally:
            cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER stays")


def last_sequence(town) -> int:
    with tenant(town.pk):
        return AuditEvent.objects.order_by("-sequence").values_list("sequence", flat=True)[0]


class TestP16TheLog:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_auditevent SET act = 'x'",
            "DELETE FROM audit_auditevent",
            "TRUNCATE audit_auditevent",
            "INSERT INTO audit_auditevent SELECT * FROM audit_auditevent",
            "INSERT INTO audit_pending (municipality_id, act, table_name, reason) VALUES (1, 'x', '', '')",
            "SELECT 1 FROM audit_pending",
            "UPDATE audit_audithead SET sequence = 0",
            "UPDATE audit_person SET user_id = 1",
            "SELECT audit_erase(1, NULL)",
            "SELECT audit_append('changed', '', NULL, '', NULL)",
            "SELECT audit_append('stretch_erased', '', NULL, '', NULL)",
            "CREATE TEMP TABLE own (id bigint); CREATE TRIGGER t AFTER INSERT ON own "
            "FOR EACH ROW EXECUTE FUNCTION audit_row('{}', '{}', '{}')",
            "SET ROLE kanal_retention",
        ],
    )
    def test_can_only_be_read_by_the_login_that_runs(self, log, statement):
        with pytest.raises(ProgrammingError) as refusal, tenant(log.pk), connection.cursor() as cursor:
            cursor.execute(statement)

        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE audit_auditevent SET act = 'x'", "DELETE FROM audit_auditevent", "TRUNCATE audit_auditevent"],
    )
    def test_stays_as_it_is_for_the_owner_too(self, log, statement):
        with as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
            cursor.execute("SELECT set_config('kk.municipality', %s, false)", [str(log.pk)])
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)

    def test_is_chained_for_each_municipality_by_itself(self, log, storvika):
        n_before = last_sequence(storvika)
        with tenant(storvika.pk):
            record(Act.EXPORTED)

        with tenant(storvika.pk):
            own = AuditEvent.objects.get(act=Act.EXPORTED)
        assert own.sequence == n_before + 1
        assert verify(municipality_id=storvika.pk).break_at is None
        assert verify(municipality_id=log.pk).break_at is None

    def test_has_no_gap_and_no_deadlock_with_eight_writers_and_rollbacks(self, log):
        n_before = last_sequence(log)
        problems: list[Exception] = []

        def write(writer: int) -> None:
            try:
                for turn in range(N_ROUNDS):
                    _one_transaction(log, writer=writer, turn=turn)
            except Exception as problem:
                problems.append(problem)
            finally:
                connections.close_all()

        writers = [threading.Thread(target=write, args=[n]) for n in range(N_WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(timeout=60)

        verdict = verify(municipality_id=log.pk)
        assert problems == []
        assert verdict.break_at is None
        n_committed = sum(turn % 4 != 0 for turn in range(N_ROUNDS)) * N_WRITERS
        assert last_sequence(log) == verdict.n_events == n_before + 3 * n_committed


class Rollback(Exception):
    """Ends a transaction without storing it."""


def _one_transaction(town, *, writer: int, turn: int) -> None:
    """
    Say something, lock a row that others want, and point to another that somebody may have locked.

    The pointer is checked at commit and then waits for that lock, so a chain that were locked before would be waited
    for in a ring. Each fourth transaction is rolled back.
    """
    with suppress(Rollback), tenant(town.pk):
        first, second = list(Source.objects.order_by("pk")[:4])[(writer + turn) % 3 :][:2]
        record(Act.EXPORTED)
        Source.objects.select_for_update().get(pk=first.pk)
        Source.objects.filter(pk=first.pk).update(position=1000 * writer + turn + 1)
        TrackedLink.objects.create(code=f"{writer}x{turn}", source=second, target_url="https://a.example", label="x")
        if turn % 4 == 0:
            raise Rollback


class TestVerifyAudit:
    def test_says_how_many_events_and_the_last_link(self, log):
        out = io.StringIO()
        call_command("verify_audit", municipality="9901", stdout=out)

        assert f"9901: {last_sequence(log)} events, whole." in out.getvalue()

    @pytest.mark.parametrize(
        ("tampered", "breaks_at"),
        [
            ("UPDATE audit_auditevent SET actor = 'P-000000' WHERE sequence = 9", 9),
            ("UPDATE audit_auditevent SET detail = '{\"number\": 7}' WHERE sequence = 9", 9),
            ("UPDATE audit_auditevent SET at = at - interval '1 second' WHERE sequence = 9", 9),
            ("UPDATE audit_auditevent SET hash = repeat('a', 64) WHERE sequence = 9", 9),
            ("DELETE FROM audit_auditevent WHERE sequence = 9", 9),
            ("DELETE FROM audit_auditevent WHERE sequence < 9", 1),
            ("DELETE FROM audit_auditevent WHERE sequence >= 9", 9),
            ("DELETE FROM audit_auditevent", 1),
            ("UPDATE audit_audithead SET sequence = sequence + 1", None),
            ("DELETE FROM audit_audithead", None),
        ],
    )
    def test_shows_the_first_break_and_ends_with_an_error(self, log, tampered, breaks_at):
        with tampering(log.pk) as cursor:
            cursor.execute(tampered)

        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("verify_audit", stdout=out)
        assert f"BROKEN at event {breaks_at}:" in out.getvalue() if breaks_at else "BROKEN at event" in out.getvalue()

    def test_refuses_a_number_that_no_municipality_has(self, db):
        with pytest.raises(CommandError, match="0000"):
            call_command("verify_audit", municipality="0000", stdout=io.StringIO())


class TestForgettingAPerson:
    def test_leaves_her_acts_under_a_pseudonym_and_the_chain_whole(self, log):
        with tenant(log.pk):
            pseudonym = Person.objects.get(user_id=log.hr.pk).pseudonym

        call_command("forget_person", log.hr.email, municipality="9901", stdout=io.StringIO())

        with tenant(log.pk):
            assert Person.objects.get(pseudonym=pseudonym).user_id is None
            assert AuditEvent.objects.filter(actor=pseudonym).count() == 6
            assert AuditEvent.objects.get(act=Act.NAME_FORGOTTEN).detail == {"person": pseudonym}
        assert verify(municipality_id=log.pk).break_at is None

    def test_gives_her_no_new_name_when_she_asks_for_it_herself(self, log):
        with acting_as(log.hr.pk):
            actions.forget_person(municipality_id=log.pk, user_id=log.hr.pk)

        with tenant(log.pk):
            assert not Person.objects.filter(user_id=log.hr.pk).exists()

    def test_gives_her_a_new_pseudonym_if_she_acts_again(self, log):
        forgotten = actions.forget_person(municipality_id=log.pk, user_id=log.hr.pk)

        with acting_as(log.hr.pk), tenant(log.pk):
            record(Act.EXPORTED)

        with tenant(log.pk):
            assert Person.objects.get(user_id=log.hr.pk).pseudonym != forgotten


class TestErasing:
    def test_a_stretch_that_has_expired_leaves_a_chain_that_holds(self, log):
        n_before = last_sequence(log)
        # The database's clock is not ours: what has just been written is older than tomorrow.
        actions.erase_expired(municipality_id=log.pk, before=clock.now() + datetime.timedelta(days=1))

        with tenant(log.pk):
            (event,) = AuditEvent.objects.all()
        assert (event.sequence, event.act) == (n_before + 1, Act.STRETCH_ERASED)
        assert event.detail["events"] == event.detail["through"] == n_before
        assert verify(municipality_id=log.pk).break_at is None

    def test_twice_leaves_a_chain_that_holds(self, log):
        tomorrow = clock.now() + datetime.timedelta(days=1)
        for _ in range(2):
            actions.erase_expired(municipality_id=log.pk, before=tomorrow)
            with tenant(log.pk):
                record(Act.EXPORTED)

        assert verify(municipality_id=log.pk).break_at is None

    def test_takes_nothing_that_is_younger(self, log):
        assert actions.erase_expired(municipality_id=log.pk, before=clock.now() - datetime.timedelta(days=1)) == 0

    def test_of_all_leaves_nothing_of_the_municipality_and_all_of_others(self, log, storvika):
        n_of_others = last_sequence(storvika)
        actions.erase_all(municipality_id=log.pk)

        with as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
            for table in ("audit_auditevent", "audit_audithead", "audit_person", "audit_pending"):
                cursor.execute("SELECT set_config('kk.municipality', %s, false)", [str(log.pk)])
                cursor.execute(f"SELECT count(*) FROM {table} WHERE municipality_id = %s", [log.pk])
                assert cursor.fetchone() == (0,), table
        assert last_sequence(storvika) == n_of_others


class TestMigrating:
    def test_may_drop_a_column_that_the_log_follows_and_goes_on_following(self, log):
        with as_owner(connections["owner"].settings_dict["NAME"]) as cursor:
            cursor.execute("BEGIN; SET LOCAL search_path = public")
            audited.install(cursor, existing={"recruitment_workplace"}, is_migrating=True)
            cursor.execute("ALTER TABLE recruitment_workplace DROP COLUMN org_number")
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'recruitment_workplace'::regclass")
            n_with_triggers = cursor.fetchone()[0]
            cursor.execute("ROLLBACK")

        assert n_with_triggers >= 2
