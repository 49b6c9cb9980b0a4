"""Two-step login is mandatory for who can publish, approve, connect, administer or read answers (P26, ASVS 5, 6.3)."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEvent
from foundation.tenancy import tenant
from kanalkompass.checks import routes, rule_of
from recruitment.models import Membership, OutgoingMail, User
from tests.fixtures import code_of, give_app

pytestmark = pytest.mark.django_db

SET_UP = "/konto/totrinn/app/"
CODES = "/konto/totrinn/koder/"
DEMANDING = ["hr", "adviser", "administrator"]


def secret_on(page) -> str:
    return re.search(r'<code class="kk-break">([A-Z2-7]+)</code>', page.content.decode()).group(1)


@pytest.fixture
def without_app(lyngvaer, client_of):
    """A function: a client of somebody whose app is gone."""

    def make(role):
        user = getattr(lyngvaer, role)
        user.authenticator_set.all().delete()
        return client_of(user)

    return make


class TestWithoutIt:
    @pytest.mark.parametrize("role", DEMANDING)
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_every_door_of_a_member_leads_to_the_set_up(self, lyngvaer, without_app, role, method):
        client = without_app(role)
        closed = [
            (name, pattern) for name, _, pattern in routes() if getattr(rule_of(name, pattern), "kind", "") == "member"
        ]

        for name, pattern in closed:
            route = re.sub(r"<int:\w+>", "1", str(pattern.pattern))
            route = re.sub(r"<(\w+:)?\w+>", "linkedin", route)
            answer = getattr(client, method)(f"/{lyngvaer.number}/{route}")
            assert (name, answer.status_code, answer.headers.get("Location")) == (name, 302, SET_UP)

    def test_nothing_that_is_sent_is_stored(self, lyngvaer, without_app):
        client = without_app("administrator")

        client.post(f"/{lyngvaer.number}/kanaler/ny/linkedin/", {"name": "Skal ikke finnes"})

        from channels.models import Account

        with tenant(lyngvaer.pk):
            assert not Account.objects.filter(name="Skal ikke finnes").exists()

    @pytest.mark.parametrize("address", ["/", "/admin/", "/admin/recruitment/workplace/"])
    def test_neither_the_front_page_nor_the_administration_opens(self, lyngvaer, without_app, address):
        client = without_app("administrator")

        assert client.get(address).url == SET_UP

    def test_a_system_administrator_needs_it_too(self, lyngvaer, client_of):
        system = User.objects.create_superuser("drift@kanalkompass.example", None, full_name="Drift")

        assert client_of(system).get("/admin/").url == SET_UP

    @pytest.mark.parametrize("role", ["reader", "novice"])
    def test_who_cannot_act_in_public_may_go_on(self, lyngvaer, client_of, role):
        assert client_of(getattr(lyngvaer, role)).get(f"/{lyngvaer.number}/").status_code == 200

    def test_a_right_that_is_given_demands_it_from_the_next_request(self, lyngvaer, client_of):
        client = client_of(lyngvaer.novice)
        with tenant(lyngvaer.pk):
            Membership.objects.filter(user=lyngvaer.novice).update(may_approve=True)

        assert client.get(f"/{lyngvaer.number}/").url == SET_UP

    def test_a_right_in_one_municipality_demands_it_in_all(self, lyngvaer, storvika, without_app):
        client = without_app("administrator")
        with tenant(storvika.pk):
            Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.administrator, role="reader")

        assert client.get(f"/{storvika.number}/").url == SET_UP

    def test_a_part_of_a_page_sends_the_whole_page_there(self, lyngvaer, without_app):
        answer = without_app("hr").get(f"/{lyngvaer.number}/", headers={"HX-Request": "true"})

        assert answer.headers["HX-Redirect"] == SET_UP

    def test_one_may_still_log_out_and_choose_a_language(self, without_app):
        client = without_app("hr")

        assert client.post("/konto/sprak/", {"language": "nn", "next": SET_UP}).url == SET_UP
        assert client.post("/konto/logout/").url == "/konto/login/"


class TestTheSetUp:
    def test_leads_from_the_picture_over_the_codes_to_the_front_page(self, lyngvaer, without_app):
        client = without_app("adviser")

        page = client.get(SET_UP)
        after_app = client.post(SET_UP, {"code": code_of(secret_on(page))})
        codes = client.get(CODES)
        not_yet = client.get(f"/{lyngvaer.number}/")
        unticked = client.post(CODES, {})
        done = client.post(CODES, {"is_kept": "on"})

        assert "Med rollen din trenger du totrinnsinnlogging" in page.content.decode()
        assert "data:image/svg+xml" in page.content.decode()
        assert after_app.url == not_yet.url == CODES
        assert len(re.findall(r"<li><code>\d{8}</code>", codes.content.decode())) == 10
        assert unticked.status_code == 422
        assert "Legg bort kodene først" in unticked.content.decode()
        assert done.url == "/"
        assert client.get(f"/{lyngvaer.number}/").status_code == 200

    def test_a_wrong_code_sets_up_nothing(self, lyngvaer, without_app):
        client = without_app("adviser")
        client.get(SET_UP)

        client.post(SET_UP, {"code": "000000"})

        assert not Authenticator.objects.filter(user=lyngvaer.adviser).exists()

    def test_shows_the_codes_until_they_are_put_away_and_never_again(self, lyngvaer, client_of):
        codes = RecoveryCodes.activate(lyngvaer.hr).generate_codes()
        client = client_of(lyngvaer.hr)

        file = client.get(f"{CODES}fil/")
        client.post(CODES, {"is_kept": "on"})
        later = client.get(CODES).content.decode()

        assert all(code in file.content.decode() for code in codes)
        assert file.headers["Content-Type"].startswith("text/plain")
        assert "attachment" in file.headers["Content-Disposition"]
        assert not any(code in later for code in codes)
        assert client.get(f"{CODES}fil/").status_code == 404

    def test_new_codes_take_the_place_of_the_old_ones(self, lyngvaer, client_of):
        old = RecoveryCodes.activate(lyngvaer.hr).generate_codes()
        client = client_of(lyngvaer.hr)
        client.post(CODES, {"is_kept": "on"})

        answer = client.post(f"{CODES}nye/")

        page = client.get(CODES).content.decode()
        assert answer.url == CODES
        assert "<li><code>" in page
        assert not any(code in page for code in old)

    @pytest.mark.parametrize("address", [SET_UP, CODES, f"{CODES}nye/", f"{CODES}fil/", "/konto/totrinn/app/bytt/"])
    def test_asks_who_one_is_before_anything_is_shown_or_changed(self, lyngvaer, client_of, settings, address):
        lyngvaer.hr.set_password("lang-nok-til-en-test")
        lyngvaer.hr.save()
        RecoveryCodes.activate(lyngvaer.hr)
        client = client_of(lyngvaer.hr)
        settings.CLOCK_OFFSET_S = 11 * 60

        assert client.get(address).url.startswith("/konto/reauthenticate/")


class TestTheLastFactor:
    REMOVE = "/konto/totrinn/app/fjern/"

    @pytest.mark.parametrize("role", DEMANDING)
    def test_cannot_be_removed_while_a_right_demands_it(self, lyngvaer, client_of, role):
        user = getattr(lyngvaer, role)

        page = client_of(user).post(self.REMOVE)

        assert "Rollen din krever totrinnsinnlogging" in page.content.decode()
        assert Authenticator.objects.filter(user=user, type="totp").exists()

    def test_may_be_removed_by_who_chose_it_freely(self, lyngvaer, client_of):
        give_app(lyngvaer.reader)

        client_of(lyngvaer.reader).post(self.REMOVE)

        assert not Authenticator.objects.filter(user=lyngvaer.reader).exists()

    def test_can_be_changed_to_another_phone_and_the_old_one_stops_working(self, lyngvaer, client_of):
        old = give_app(lyngvaer.hr)
        codes = RecoveryCodes.activate(lyngvaer.hr).generate_codes()
        client = client_of(lyngvaer.hr)
        client.post(CODES, {"is_kept": "on"})
        page = client.get("/konto/totrinn/app/bytt/")
        new = secret_on(page)

        client.post("/konto/totrinn/app/bytt/", {"code": code_of(new)})

        app = Authenticator.objects.get(user=lyngvaer.hr, type="totp").wrap()
        kept = Authenticator.objects.get(user=lyngvaer.hr, type="recovery_codes").wrap()
        assert new != old
        assert app.validate_code(code_of(new))
        assert not app.validate_code(code_of(old))
        assert kept.generate_codes() == codes

    def test_a_wrong_code_from_the_new_phone_leaves_the_old_one_in_place(self, lyngvaer, client_of):
        old = give_app(lyngvaer.hr)
        client = client_of(lyngvaer.hr)
        client.get("/konto/totrinn/app/bytt/")

        client.post("/konto/totrinn/app/bytt/", {"code": "000000"})

        assert Authenticator.objects.get(user=lyngvaer.hr, type="totp").wrap().validate_code(code_of(old))


class TestLostAppAndCodes:
    def test_are_taken_away_by_operations_and_set_up_anew(self, lyngvaer, client_of):
        RecoveryCodes.activate(lyngvaer.hr)
        client = client_of(lyngvaer.hr)
        client.post(CODES, {"is_kept": "on"})

        call_command("reset_second_step", lyngvaer.hr.email.upper(), stdout=StringIO())

        assert not Authenticator.objects.filter(user=lyngvaer.hr).exists()
        assert client.get(f"/{lyngvaer.number}/").url.startswith("/konto/login/")
        assert client_of(lyngvaer.hr).get(f"/{lyngvaer.number}/").url == SET_UP
        assert OutgoingMail.objects.get().recipient == lyngvaer.hr.email

    def test_stand_in_the_log_as_the_systems_act_p16(self, lyngvaer):
        call_command("reset_second_step", lyngvaer.hr.email, stdout=StringIO())

        connection.check_constraints()
        with tenant(lyngvaer.pk):
            event = AuditEvent.objects.get(act="second_step_changed")
        assert event.actor == ""

    def test_of_nobody_are_an_error(self, lyngvaer):
        with pytest.raises(CommandError):
            call_command("reset_second_step", "ingen@lyngvaer.example")
