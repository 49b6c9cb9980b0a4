"""«Personvern»: the record follows the configuration, and only administrators decide (P10, R11, R15, R19)."""

import json
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command

from audit.models import AuditEvent, Person
from channels.models import Account, Connection
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.models import MunicipalityDeletion, RetentionRun
from kanalkompass.privacy import people, retention
from recruitment.actions import mail
from recruitment.models import (
    Channel,
    Invitation,
    Membership,
    Municipality,
    MunicipalitySettings,
    OutgoingMail,
    User,
)

pytestmark = pytest.mark.django_db

HOME = "/9901/personvern/"
PAGES = ["", "protokoll/", "innstillinger/", "slett/"]


@pytest.fixture
def administrator(lyngvaer, client_of):
    return client_of(lyngvaer.administrator)


@pytest.fixture(autouse=True)
def _own_register(settings, tmp_path):
    settings.DELETION_REGISTER = tmp_path / "deletions.jsonl"


def record(client, language="nb") -> str:
    return client.get(f"{HOME}protokoll/?sprak={language}").content.decode()


class TestWhoMaySee:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("person", ["reader", "hr", "adviser", "novice"])
    def test_nobody_but_an_administrator_finds_the_pages_p13(self, lyngvaer, client_of, person, page):
        assert client_of(lyngvaer.people[person]).get(HOME + page).status_code == 404

    @pytest.mark.parametrize("page", PAGES)
    def test_an_administrator_elsewhere_does_not_p13(self, lyngvaer, storvika, client_of, page):
        assert client_of(storvika.administrator).get(HOME + page).status_code == 404

    def test_it_is_linked_from_the_administrators_menu(self, administrator):
        assert f'href="{HOME}"' in administrator.get("/9901/").content.decode()


class TestRecord:
    def test_is_in_bokmal_and_nynorsk_as_asked_p10_r21(self, administrator):
        assert "Protokoll over behandlingsaktiviteter" in record(administrator)
        assert "Protokoll over behandlingsaktivitetar" in record(administrator, "nn")

    @pytest.mark.parametrize(("months", "says"), [(1, "Svarene slettes etter 1 måned."),
                                                  (9, "Svarene slettes etter 9 måneder. Det søkere selv skrev, slettes "
                                                      "etter 9 måneder."),
                                                  (24, "Svarene slettes etter 24 måneder. Det søkere selv skrev, "
                                                       "slettes etter 12 måneder.")])  # fmt: skip
    def test_tells_the_retention_that_runs_r11(self, lyngvaer, administrator, months, says):
        with tenant(lyngvaer.pk):
            MunicipalitySettings.objects.update(retention_months=months)

        assert says in record(administrator)

    def test_names_a_connected_platform_and_its_basis_for_transfer_r15(self, lyngvaer, administrator):
        before = record(administrator)
        with tenant(lyngvaer.pk):
            account = Account.objects.create(channel=Channel.objects.get(slug="linkedin"), name="Siden vår")
        unconnected = record(administrator)
        with tenant(lyngvaer.pk):
            Connection.objects.create(
                account=account,
                access_token="AQXkanari",
                scopes="w_organization_social",
                expires_at=clock.now() + timedelta(days=9),
                connected_at=clock.now(),
                connected_by=lyngvaer.adviser,
            )
        connected = record(administrator)

        assert "LinkedIn" not in before
        assert "slettes etter 365 dager (LinkedIn Marketing API Program, Data Storage Requirements)" in unconnected
        assert "slettes etter 182 dager" in unconnected
        assert "Siden vår" in unconnected
        assert "Ikke koblet til: ingenting utveksles." in unconnected
        assert "LinkedIn Ireland" in connected
        assert "Data Privacy Framework" in connected
        assert "w_organization_social" in connected
        assert "Ingen risikovurdering er registrert" in connected
        assert "AQXkanari" not in connected

    def test_says_how_long_backups_are_kept_and_whether_traffic_is_encrypted(self, administrator, settings):
        settings.BACKUP_KEPT_DAYS, settings.IS_HTTPS = 17, False
        plain = record(administrator)
        settings.IS_HTTPS = True
        encrypted = record(administrator)

        assert "Sikkerhetskopier oppbevares i 17 dager." in plain
        assert "svarer uten HTTPS" in plain
        assert "All trafikk er kryptert (HTTPS)." in encrypted
        assert "svarer uten HTTPS" not in encrypted

    def test_names_the_administrators_of_this_municipality_alone(self, lyngvaer, storvika, administrator):
        User.objects.filter(pk=storvika.administrator.pk).update(full_name="Nabo Nilsen")

        page = record(administrator)

        assert "Administrator Hansen" in page
        assert "Nabo Nilsen" not in page


class TestSettings:
    def send(self, client, **changes):
        data = {
            "retention_months": "6",
            "release_threshold": "5",
            "accessibility_url": "https://uustatus.example/1",
            "privacy_url": "",
        }
        return client.post(f"{HOME}innstillinger/", data | changes)

    def test_change_the_notice_and_the_foot_of_every_page_r11_r19(self, lyngvaer, administrator, client_of, client):
        assert "Tilgjengelighetserklæringen mangler" in administrator.get("/9901/").content.decode()
        assert "erklæringen mangler" not in client_of(lyngvaer.hr).get("/9901/").content.decode()

        assert self.send(administrator).status_code == 302

        for page in (client_of(lyngvaer.reader).get("/9901/"), client.get("/personvern/9901/")):
            assert 'href="https://uustatus.example/1"' in page.content.decode()
        assert "Svarene slettes etter 6 måneder" in client.get("/personvern/9901/").content.decode()

    @pytest.mark.parametrize("months", ["0", "25", "-1", "1e3", "", "²", "9" * 40, "6.5", "\0"])
    def test_refuse_other_than_1_to_24_months_at_the_field_r11(self, lyngvaer, administrator, months):
        response = self.send(administrator, retention_months=months)

        assert response.status_code == 422
        assert "Skriv et helt tall fra 1 til 24." in response.content.decode()
        with tenant(lyngvaer.pk):
            assert MunicipalitySettings.objects.get().retention_months == 12

    def test_take_three_or_four_answers_shown_together_with_a_written_reason_alone_r10(self, lyngvaer, administrator):
        reason = "Liten kommune. Personvernombudet har vurdert det 3. mars."
        refused = {
            "2": "Skriv et helt tall fra 3 til 10.", "11": "Skriv et helt tall fra 3 til 10.",
            "fem": "Skriv et helt tall fra 3 til 10.", "4": "Skriv hvorfor færre enn fem kan vises samlet.",
        }  # fmt: skip
        for typed, message in refused.items():
            response = self.send(administrator, release_threshold=typed)
            assert response.status_code == 422
            assert message in response.content.decode()
        assert self.send(administrator, release_threshold="4", release_threshold_reason="kort").status_code == 422
        with tenant(lyngvaer.pk):
            assert MunicipalitySettings.objects.get().release_threshold == 5

        assert self.send(administrator, release_threshold="4", release_threshold_reason=reason).status_code == 302
        with tenant(lyngvaer.pk):
            decided = MunicipalitySettings.objects.get()
            assert (decided.release_threshold, decided.release_threshold_reason) == (4, reason)

        assert self.send(administrator, release_threshold="6", release_threshold_reason=reason).status_code == 302
        with tenant(lyngvaer.pk):
            assert MunicipalitySettings.objects.get().release_threshold_reason == ""

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x.example/", "//x", "data:text/html,x", "x y",
                                         "https://x.example/" + "a" * 300])  # fmt: skip
    def test_refuse_what_is_no_web_address_r19(self, lyngvaer, administrator, address):
        assert self.send(administrator, accessibility_url=address).status_code == 422
        with tenant(lyngvaer.pk):
            assert MunicipalitySettings.objects.get().accessibility_url == ""


class TestNightlyLog:
    def test_is_shown_to_the_administrator_without_how_many_applicants_answered_p10_r10(self, lyngvaer, administrator):
        retention.tidy_all(now=clock.now())
        with tenant(lyngvaer.pk):
            for what, n_deleted in (("answers", 7919), ("own_words", 6863), ("forms", 41)):
                RetentionRun.objects.filter(what=what).update(n_deleted=n_deleted)

        page = administrator.get(HOME).content.decode()

        assert "Svar i kildeundersøkelsen" in page
        assert '<td class="num">41</td>' in page
        for secret in ("7\N{NO-BREAK SPACE}919", "7919", "6\N{NO-BREAK SPACE}863", "6863"):
            assert secret not in page


class TestAskingForDeletion:
    def send(self, client, name="Lyngvær kommune", reason="Kommunen slås sammen med naboen"):
        return client.post(f"{HOME}slett/", {"name": name, "reason": reason})

    def test_stores_the_request_and_tells_administrators_and_who_may_confirm_p11(self, lyngvaer, administrator):
        other = User.objects.create_user("andre@lyngvaer.example", None, full_name="Andre Hansen")
        with tenant(lyngvaer.pk):
            Membership.objects.create(municipality=lyngvaer.municipality, user=other, role="administrator")

        system = User.objects.create_user("system@drift.example", None, full_name="System", is_staff=True)

        assert self.send(administrator).status_code == 302

        asked = MunicipalityDeletion.objects.get()
        assert (asked.state, asked.number, asked.requested_by) == ("requested", "9901", lyngvaer.administrator)
        told = set(OutgoingMail.objects.values_list("recipient", flat=True))
        assert told == {lyngvaer.administrator.email, other.email, system.email}
        mail.send_due(now=clock.now())
        assert "det er bedt om sletting av Lyngvær kommune" in outbox.outbox[0].subject

    @pytest.mark.parametrize("wrong", [{"name": "Storvika kommune"}, {"name": ""}, {"reason": "kort"}, {"reason": ""},
                                       {"reason": "a" * 501}, {"name": "Lyngvær\0kommune"}])  # fmt: skip
    def test_is_refused_at_the_field_and_stores_nothing(self, administrator, wrong):
        assert self.send(administrator, **wrong).status_code == 422
        assert not MunicipalityDeletion.objects.exists()
        assert not OutgoingMail.objects.exists()

    def test_twice_is_once(self, administrator):
        self.send(administrator)
        self.send(administrator)

        assert MunicipalityDeletion.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_can_be_withdrawn_by_an_administrator_and_the_log_tells_of_both_p16(self, lyngvaer, administrator):
        self.send(administrator)

        response = administrator.post(f"{HOME}slett/trekk/")
        again = administrator.post(f"{HOME}slett/trekk/", follow=True)

        assert response.status_code == 302
        assert "Det er ikke lenger noe å trekke tilbake." in again.content.decode()
        assert MunicipalityDeletion.objects.get().state == "withdrawn"
        with tenant(lyngvaer.pk):
            acts = list(AuditEvent.objects.filter(act__startswith="deletion_").order_by("sequence"))
            actor = Person.objects.get(user_id=lyngvaer.administrator.pk).pseudonym
        assert [(event.act, event.actor) for event in acts] == [
            ("deletion_asked", actor),
            ("deletion_withdrawn", actor),
        ]

    def test_is_not_withdrawn_by_looking(self, administrator):
        self.send(administrator)

        administrator.get(f"{HOME}slett/trekk/")

        assert MunicipalityDeletion.objects.get().state == "requested"


class TestOwnData:
    def fetched(self, client) -> dict:
        response = client.get("/konto/mine-opplysninger/fil")
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment")
        return json.loads(response.content)

    def test_is_everything_about_oneself_and_nothing_about_others_p10(self, lyngvaer, storvika, client_of, make_job):
        with tenant(lyngvaer.pk):
            make_job(created_by=lyngvaer.hr, title="Stilling")
            make_job(created_by=lyngvaer.adviser)

        stored = self.fetched(client_of(lyngvaer.hr))

        assert stored["account"]["email"] == lyngvaer.hr.email
        assert [each["number"] for each in stored["municipalities"]] == ["9901"]
        rows = stored["municipalities"][0]["rows"]
        assert [(row["table"], row["as"]) for row in rows] == [("recruitment.JobPosting", "created_by")]
        text = json.dumps(stored)
        for other in (lyngvaer.adviser, storvika.hr):
            assert other.email not in text

    def test_holds_no_secret_p17(self, lyngvaer, client_of):
        from allauth.mfa.models import Authenticator

        client = client_of(lyngvaer.hr)
        secrets = [str(value) for each in Authenticator.objects.all() for value in each.data.values()]

        text = json.dumps(self.fetched(client))

        assert secrets
        for secret in [*secrets, lyngvaer.hr.password, client.cookies["session"].value]:
            assert secret not in text

    def test_needs_a_login(self, client):
        assert client.get("/konto/mine-opplysninger/fil").status_code == 302

    def test_page_links_to_the_file(self, lyngvaer, client_of):
        page = client_of(lyngvaer.reader).get("/konto/mine-opplysninger/").content.decode()

        assert 'href="/konto/mine-opplysninger/fil"' in page
        assert lyngvaer.reader.email in page


class TestErasedUser:
    @pytest.mark.django_db(transaction=True)
    def test_has_no_name_address_session_or_second_step_anywhere_p10(self, lyngvaer, storvika, client_of, make_job):
        from tests.kanalkompass import leftovers

        User.objects.filter(pk=lyngvaer.hr.pk).update(full_name="Sjeldent Navnesen", email="sjelden@post.example")
        user = User.objects.get(pk=lyngvaer.hr.pk)
        client = client_of(user)
        with tenant(lyngvaer.pk):
            job = make_job(created_by=user)
        mail.post(to=user.email, template="deletion_withdrawn", language="nb",
                  context={"who": user, "municipality": lyngvaer.municipality})  # fmt: skip

        with tenant(storvika.pk):
            Invitation.objects.create(email=user.email, role="hr", token_hash="x", invited_by=storvika.administrator,
                                      expires_at=clock.now())  # fmt: skip
        Municipality.objects.update(in_use_since=clock.now())

        call_command("erase_user", "sjelden@post.example")

        assert client.get("/9901/").status_code in (302, 404)
        assert leftovers.in_database("Sjeldent Navnesen", "sjelden@post.example") == []
        erased = User.objects.get(pk=user.pk)
        assert people.is_erased(erased)
        assert not erased.is_active
        assert not erased.has_usable_password()
        with tenant(lyngvaer.pk):
            assert not Membership.objects.get(user=user, municipality_id=lyngvaer.pk).is_active
            job.refresh_from_db()
            assert job.created_by_id == user.pk

    def test_is_not_the_only_administrator(self, lyngvaer):
        with pytest.raises(CommandError, match="only administrator"):
            call_command("erase_user", lyngvaer.administrator.email)

        assert User.objects.get(pk=lyngvaer.administrator.pk).full_name

    def test_nobody_by_that_address_is_said(self, db):
        with pytest.raises(CommandError):
            call_command("erase_user", "ingen@ingen.example")
