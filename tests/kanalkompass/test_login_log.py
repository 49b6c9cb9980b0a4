"""What happens to a login stands in the log of each of the person's municipalities; she is told of changes (P16)."""

import pytest
from django.db import connection
from django.test import Client

from audit.acts import ROW_ACTS
from audit.models import AuditEvent
from foundation.tenancy import tenant
from recruitment.models import Membership, OutgoingMail, User
from tests.fixtures import code_of, give_app

pytestmark = pytest.mark.django_db

PASSWORD = "lang-nok-til-en-test"


@pytest.fixture
def hr(lyngvaer, storvika):
    """An HR adviser in one municipality who reads in another, with password and app; the app's secret."""
    lyngvaer.hr.set_password(PASSWORD)
    lyngvaer.hr.save()
    with tenant(storvika.pk):
        Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.hr, role="reader")
    return lyngvaer.hr, give_app(lyngvaer.hr)


def acts(town) -> list[tuple[str, bool]]:
    """Return the acts on log-ins in a municipality's log, oldest first, each with whether it names who did it."""
    # The log is written when a transaction ends, and a test's never does.
    connection.check_constraints()
    with tenant(town.pk):
        events = AuditEvent.objects.exclude(act__in=ROW_ACTS).order_by("sequence")
        return [(event.act, bool(event.actor)) for event in events]


def log_in(user, secret, *, client=None) -> Client:
    client = client or Client()
    client.post("/konto/login/", {"login": user.email, "password": PASSWORD})
    code = code_of(secret)
    client.post("/konto/totrinn/authenticate/", {"code": code})
    return client


class TestTheLog:
    def test_tells_of_a_login_and_a_logout_in_each_municipality_of_the_person_p16(self, hr, lyngvaer, storvika):
        client = log_in(*hr)
        client.post("/konto/logout/")

        assert acts(lyngvaer) == acts(storvika) == [("logged_in", True), ("logged_out", True)]

    def test_tells_of_no_login_before_its_second_step(self, hr, lyngvaer):
        Client().post("/konto/login/", {"login": hr[0].email, "password": PASSWORD})

        assert acts(lyngvaer) == []

    def test_tells_of_refused_passwords_and_codes_without_a_name_for_who_tried(self, hr, lyngvaer):
        client = Client()
        client.post("/konto/login/", {"login": hr[0].email, "password": "feil"})
        client.post("/konto/login/", {"login": hr[0].email, "password": PASSWORD})
        client.post("/konto/totrinn/authenticate/", {"code": "000000"})

        assert acts(lyngvaer) == [("login_refused", False), ("login_refused", False)]

    def test_tells_when_a_person_who_is_inside_cannot_say_who_she_is(self, hr, lyngvaer):
        client = log_in(*hr)

        client.post("/konto/reauthenticate/", {"password": "feil"})

        assert acts(lyngvaer)[-1] == ("reauthentication_refused", False)

    def test_tells_of_nobody_for_an_address_without_an_account(self, hr, lyngvaer, storvika):
        Client().post("/konto/login/", {"login": "ingen@lyngvaer.example", "password": "feil"})

        assert acts(lyngvaer) == acts(storvika) == []

    def test_holds_no_password_and_no_address(self, hr, lyngvaer):
        Client().post("/konto/login/", {"login": hr[0].email, "password": "et-feil-passord-som-synes"})

        connection.check_constraints()
        with tenant(lyngvaer.pk):
            text = str(list(AuditEvent.objects.filter(act="login_refused").values()))
        assert "login_refused" in text
        assert "som-synes" not in text
        assert hr[0].email not in text


class TestAChange:
    def test_of_the_password_is_written_down_and_told_to_the_owner(self, hr, lyngvaer):
        client = log_in(*hr)
        new = "enda-lengre-enn-foer-42"

        client.post("/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

        assert acts(lyngvaer)[-1] == ("password_changed", True)
        letter = OutgoingMail.objects.get(recipient=hr[0].email)
        assert letter.subject == "Passordet ditt til Kanalkompass er byttet"
        assert new not in letter.body

    def test_of_the_app_too(self, lyngvaer, client_of, django_capture_on_commit_callbacks):
        client = client_of(lyngvaer.novice)
        client.get("/konto/totrinn/app/")
        secret = client.session["mfa.totp.secret"]
        code = code_of(secret)

        with django_capture_on_commit_callbacks(execute=True):
            client.post("/konto/totrinn/app/", {"code": code})

        assert ("second_step_changed", True) in acts(lyngvaer)
        letter = OutgoingMail.objects.get(recipient=lyngvaer.novice.email)
        assert letter.subject == "Totrinnsinnloggingen din til Kanalkompass er endret"
        assert secret not in letter.body

    def test_is_told_in_the_owners_language(self, storvika, client_of):
        storvika.novice.set_password(PASSWORD)
        storvika.novice.save()
        new = "enda-lengre-enn-foer-42"

        client_of(User.objects.get(pk=storvika.novice.pk)).post(
            "/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )

        assert OutgoingMail.objects.get().subject == "Passordet ditt til Kanalkompass er bytt"
