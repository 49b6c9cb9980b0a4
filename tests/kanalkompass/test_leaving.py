"""A municipality that leaves, leaves nothing, and takes nothing of its neighbour's with it (P11)."""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from analytics.actions import survey_tokens, surveys
from channels.models import Connection, Delivery
from channels.tasks import publish_delivery
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.models import MunicipalityDeletion
from kanalkompass.privacy import erasing, leaving, register
from recruitment.actions import mail, members
from recruitment.models import JobPosting, Membership, Municipality, User
from tests.channels.deliveries import connect
from tests.journeys import world as worlds
from tests.kanalkompass import leftovers
from tests.kanalkompass.leftovers import CANARY

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

NOW = clock.now


@pytest.fixture(autouse=True)
def _own_register(settings, tmp_path):
    settings.DELETION_REGISTER = tmp_path / "deletions.jsonl"


@pytest.fixture
def system(db) -> User:
    """A system administrator who belongs to no municipality."""
    return User.objects.create_user("system@drift.example", None, full_name="System Hansen", is_staff=True)


@pytest.fixture
def roamer(lyngvaer, storvika) -> User:
    """Somebody who belongs to both."""
    user = User.objects.create_user("to@begge.example", None, full_name="To Olsen")
    for town in (lyngvaer, storvika):
        with tenant(town.pk):
            Membership.objects.create(municipality=town.municipality, user=user, role="reader")
    return user


@pytest.fixture
def full(lyngvaer, storvika, roamer, linkedin_sandbox, make_job, caplog) -> Any:
    """Lyngvær with something in every room, canaries in every text, and Storvika beside it."""
    caplog.set_level(logging.INFO)
    world = worlds.build(lyngvaer, linkedin_sandbox)
    with tenant(storvika.pk):
        job = make_job(created_by=storvika.hr)
        survey = surveys.ensure_survey(job=job)
    _answer(storvika, survey)
    for town in (lyngvaer, storvika):
        with tenant(town.pk):
            first = JobPosting.objects.first()
            mail.post(
                to=f"{CANARY if town is lyngvaer else 'nabo'}@post.example",
                template="break_glass",
                context={"municipality": town.municipality},
                language="nb",
                municipality=town.municipality,
            )
        LogEntry.objects.create(
            user=roamer,
            content_type=ContentType.objects.get_for_model(JobPosting),
            object_id=str(first.pk),
            object_repr=f"{CANARY if town is lyngvaer else 'nabo'} {first}",
            action_flag=CHANGE,
        )
        publish_delivery.apply_async(kwargs={"municipality_id": town.pk, "delivery_id": 1})
    for person in lyngvaer.people.values():
        User.objects.filter(pk=person.pk).update(full_name=f"{CANARY} {person.pk}")
    assert leftovers.plant(lyngvaer.pk) > 50
    return world


def _answer(town, survey) -> None:
    surveys.store_answer(
        municipality_id=town.pk,
        survey_id=survey.pk,
        token=survey_tokens.new_token(survey.code),
        given=surveys.Given(first="linkedin", also=("print",), own_words="Nabolagets ord"),
        now=NOW(),
        today=clock.today(),
    )


def ask(town, by=None) -> MunicipalityDeletion:
    return leaving.ask(municipality=town.municipality, reason=f"{CANARY} slås sammen", by=by or town.administrator,
                       now=NOW())  # fmt: skip


def delete(town, system, **more) -> str:
    from io import StringIO

    out = StringIO()
    call_command("delete_municipality", town.number, confirmed_by=system.email, stdout=out, **more)
    return out.getvalue()


def n_of_analytics(town) -> int:
    """Return how many rows of figures and answers the municipality has, its survey's public codes apart."""
    figures = {
        name for name in leftovers.rows_of(town.pk) if name.startswith(("analytics_", "measurement", "channel_"))
    }
    return sum(leftovers.rows_of(town.pk)[name][0] for name in figures - {"analytics_surveycode"})


def settle(town) -> None:
    """End the lease of what the world shows as being sent."""
    with tenant(town.pk):
        Delivery.objects.filter(state="sending").update(lease_until=NOW() - timedelta(hours=1))


class TestDeletedMunicipality:
    def test_leaves_nothing_in_database_files_redis_or_log_p11(self, full, lyngvaer, system, caplog):
        assert leftovers.in_database(CANARY)
        ask(lyngvaer)
        settle(lyngvaer)
        gone = list(lyngvaer.people.values())

        delete(lyngvaer, system)

        assert leftovers.in_database(CANARY, *[user.email for user in gone]) == []
        assert sum(n for n, _ in leftovers.rows_of(lyngvaer.pk).values()) == 0
        assert leftovers.in_files(CANARY) == []
        assert not (Path(settings.MEDIA_ROOT) / str(lyngvaer.pk)).exists()
        assert leftovers.in_redis(CANARY) == []
        assert not Municipality.objects.filter(pk=lyngvaer.pk).exists()
        assert CANARY not in caplog.text

    @pytest.mark.parametrize(("forgotten", "returns", "where"), [("_erase_admin_log", 0, "django_admin_log"),
                                                                 ("_erase_users", 0, "recruitment_user")])  # fmt: skip
    def test_would_be_found_if_anything_were_forgotten(self, full, lyngvaer, system, monkeypatch, forgotten, returns,
                                                       where):  # fmt: skip
        monkeypatch.setattr(erasing, forgotten, lambda *_: returns)
        ask(lyngvaer)
        settle(lyngvaer)

        delete(lyngvaer, system)

        assert {line.split(":")[0] for line in leftovers.in_database(CANARY)} == {where}

    def test_leaves_the_neighbour_as_it_was_row_for_row_p11_p13(self, full, lyngvaer, storvika, roamer, system):
        before = leftovers.rows_of(storvika.pk)
        ask(lyngvaer)
        settle(lyngvaer)

        delete(lyngvaer, system)

        after = leftovers.rows_of(storvika.pk)
        assert sum(n for n, _ in after.values()) > 20
        assert after == before
        assert User.objects.filter(pk=roamer.pk, full_name="To Olsen", is_active=True).exists()
        assert LogEntry.objects.count() == 1

    def test_takes_its_messages_out_of_the_queues_and_leaves_the_neighbours_p11(self, full, lyngvaer, storvika, system):
        client = redis.Redis.from_url(settings.REDIS_URL)
        client.delete("publish")
        for town in (lyngvaer, storvika, lyngvaer):
            publish_delivery.apply_async(kwargs={"municipality_id": town.pk, "delivery_id": 1})
        ask(lyngvaer)
        settle(lyngvaer)

        delete(lyngvaer, system)

        left = client.lrange("publish", 0, -1)
        client.delete("publish")
        client.close()
        assert len(left) == 1
        assert erasing._is_of(left[0], storvika.pk)

    def test_ends_the_access_at_the_platform_first_p11(self, full, lyngvaer, system, linkedin_sandbox):
        with tenant(lyngvaer.pk):
            token = Connection.objects.get().access_token
        ask(lyngvaer)
        settle(lyngvaer)

        told = delete(lyngvaer, system)

        paths = [call["path"] for call in linkedin_sandbox.calls()]
        assert "/oauth/v2/revoke" in paths
        access = MunicipalityDeletion.objects.get().receipt["access"]
        assert {"channel": "linkedin", "is_revoked": True, "problem": ""} in access
        assert token not in told
        import requests

        url = f"{linkedin_sandbox.base}/oauth/v2/introspectToken"
        client = {"client_id": settings.LINKEDIN_CLIENT_ID, "client_secret": settings.LINKEDIN_CLIENT_SECRET}
        answer = requests.post(url, data={"token": token, **client}, timeout=10)
        assert answer.json()["active"] is False

    def test_is_deleted_though_the_platform_does_not_end_the_access_and_the_receipt_says_so_p11(
        self, full, lyngvaer, system, linkedin_sandbox
    ):
        linkedin_sandbox.switch(revoke_endpoint=False)
        ask(lyngvaer)
        settle(lyngvaer)

        told = delete(lyngvaer, system)

        assert "har ikke bekreftet at tilgangen er avsluttet" in told
        assert leftovers.in_database(CANARY) == []

    def test_has_a_receipt_without_people_and_without_how_many_answered_p11_r10(self, full, lyngvaer, system):
        n_figures = n_of_analytics(lyngvaer)
        ask(lyngvaer)
        settle(lyngvaer)

        told = delete(lyngvaer, system)

        deletion = MunicipalityDeletion.objects.get()
        assert deletion.state == "done"
        assert (deletion.requested_by, deletion.confirmed_by, deletion.reason) == (None, None, "")
        assert set(deletion.receipt["rows"]) <= {
            "admin",
            "analytics",
            "audit",
            "channels",
            "kanalkompass",
            "recruitment",
        }
        assert deletion.receipt["rows"]["analytics"] == n_figures
        assert deletion.receipt["users"] == 5
        assert deletion.receipt["files"] == 2, "A picture and a video"
        assert deletion.backups_until == (NOW() + timedelta(days=settings.BACKUP_KEPT_DAYS)).date()
        assert "Alt om Lyngvær kommune (9901) er slettet." in told
        assert "@" not in told + json.dumps(deletion.receipt)

    def test_does_not_publish_what_was_planned(self, full, lyngvaer, system, linkedin_sandbox):
        n_before = len(linkedin_sandbox.truth())
        ask(lyngvaer)
        settle(lyngvaer)
        with tenant(lyngvaer.pk):
            planned = Delivery.objects.filter(state="scheduled").values_list("pk", flat=True)[0]

        delete(lyngvaer, system)
        publish_delivery(municipality_id=lyngvaer.pk, delivery_id=planned)

        assert len(linkedin_sandbox.truth()) == n_before


class TestKilledInTheMiddle:
    @pytest.mark.parametrize(
        "step", ["erase_rows", "rows_left", "erase_log", "erase_files", "erase_messages", "erase_municipality"]
    )
    def test_goes_on_where_it_was_and_ends_complete_p11(self, full, lyngvaer, system, monkeypatch, step):
        class Killed(BaseException):
            pass

        def die(*_: Any) -> None:
            raise Killed

        n_figures = n_of_analytics(lyngvaer)
        ask(lyngvaer)
        settle(lyngvaer)
        with monkeypatch.context() as broken:
            broken.setattr(erasing, step, die)
            with pytest.raises(Killed):
                delete(lyngvaer, system)

        call_command("delete_municipality", "9901")

        assert leftovers.in_database(CANARY) == []
        assert sum(n for n, _ in leftovers.rows_of(lyngvaer.pk).values()) == 0
        receipt = MunicipalityDeletion.objects.get().receipt
        assert receipt["rows"]["analytics"] == n_figures
        assert receipt["users"] == 5

    def test_lets_nobody_in_meanwhile_p15(self, full, lyngvaer, system, client_of, monkeypatch):
        client = client_of(lyngvaer.hr)
        monkeypatch.setattr(erasing, "erase_rows", lambda deletion: 1 / 0)
        ask(lyngvaer)
        settle(lyngvaer)

        with pytest.raises(ZeroDivisionError):
            delete(lyngvaer, system)

        assert client.get("/9901/").status_code == 404
        assert Client().get(f"/u/{full.survey_code}/").status_code == 404
        assert Client().get(f"/s/{full.link_code}").status_code == 404


def test_a_real_municipality_stays_in_the_register_out_of_use(system):
    oslo = Municipality.objects.get(number="0301")
    Municipality.objects.filter(pk=oslo.pk).update(in_use_since=NOW())
    members.prepare_municipality(oslo)
    leaving.ask(municipality=oslo, reason="Slutter med dette", by=None, now=NOW())

    call_command("delete_municipality", "0301", confirmed_by=system.email)

    oslo.refresh_from_db()
    assert oslo.in_use_since is None
    assert not leaving.has_data(oslo.pk)


class TestTwoPeople:
    def test_whoever_asked_cannot_confirm(self, lyngvaer):
        User.objects.filter(pk=lyngvaer.administrator.pk).update(is_staff=True)
        ask(lyngvaer)

        with pytest.raises(CommandError):
            call_command("delete_municipality", "9901", confirmed_by=lyngvaer.administrator.email)

        assert MunicipalityDeletion.objects.get().state == "requested"

    @pytest.mark.parametrize("who", ["hr@lyngvær.example", "ingen@ingen.example"])
    def test_nobody_but_a_system_administrator_confirms(self, lyngvaer, who):
        ask(lyngvaer)

        with pytest.raises(CommandError):
            call_command("delete_municipality", "9901", confirmed_by=who)

        assert MunicipalityDeletion.objects.get().state == "requested"

    def test_nothing_is_deleted_that_nobody_asked_for(self, lyngvaer, system):
        with pytest.raises(CommandError):
            delete(lyngvaer, system)

        assert Municipality.objects.filter(pk=lyngvaer.pk).exists()

    def test_what_was_withdrawn_is_not_carried_out_and_keeps_no_reason(self, lyngvaer, system):
        ask(lyngvaer)
        leaving.withdraw(municipality=lyngvaer.municipality, now=NOW())

        with pytest.raises(CommandError):
            delete(lyngvaer, system)

        deletion = MunicipalityDeletion.objects.get()
        assert (deletion.state, deletion.reason, deletion.requested_by) == ("withdrawn", "", None)

    def test_it_is_asked_for_once_at_a_time(self, lyngvaer):
        ask(lyngvaer)

        with pytest.raises(leaving.AlreadyAsked):
            ask(lyngvaer)

    def test_it_waits_for_a_post_that_is_being_sent(self, lyngvaer, system, linkedin_sandbox):
        press = connect(lyngvaer, linkedin_sandbox)
        press.set(press.due(), state="sending", lease_until=NOW() + timedelta(seconds=60))
        ask(lyngvaer)

        with pytest.raises(CommandError, match="being sent"):
            delete(lyngvaer, system)
        settle(lyngvaer)
        call_command("delete_municipality", "9901")

        assert MunicipalityDeletion.objects.get().state == "done"


class TestRestoredBackup:
    def test_is_deleted_again_when_it_is_older_than_the_deletion_p11(self, storvika, make_job, system):
        backup = datetime.now(UTC)
        with tenant(storvika.pk):
            make_job(title="Fra sikkerhetskopien")
        # The register was written by the installation that deleted it; the backup knows nothing of that.
        register.add(kind="municipality", key=storvika.pk, number="9902", at=backup + timedelta(days=1))

        call_command("reapply_deletions", backup_from=backup.isoformat())
        call_command("reapply_deletions", backup_from=backup.isoformat())

        assert leftovers.in_database("Fra sikkerhetskopien") == []
        assert MunicipalityDeletion.objects.get().state == "done"

    def test_is_left_alone_when_it_is_newer(self, storvika, make_job):
        register.add(kind="municipality", key=storvika.pk, number="9902", at=datetime(2026, 1, 1, tzinfo=UTC))
        with tenant(storvika.pk):
            make_job()

        call_command("reapply_deletions", backup_from="2026-06-01T03:00Z")

        assert leaving.has_data(storvika.pk)

    def test_erases_users_again_too_p10(self, storvika):
        register.add(kind="user", key=storvika.hr.pk, at=datetime(2026, 6, 2, tzinfo=UTC))

        call_command("reapply_deletions", backup_from="2026-06-01T03:00")

        assert User.objects.get(pk=storvika.hr.pk).full_name == ""


def test_the_receipt_is_norwegian(lyngvaer):
    with translation.override("nn"):
        lines = leaving.receipt_lines(MunicipalityDeletion(number="9901", name="Lyngvær kommune"))

    assert lines[0] == "Alt om Lyngvær kommune (9901) er sletta."
