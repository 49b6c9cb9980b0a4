"""Before an act that matters the person confirms who she is, and loses nothing she has written (ASVS 5, 7.5)."""

import pytest
from allauth.mfa.totp.internal import auth as totp

from channels.models import Account
from foundation.tenancy import tenant
from recruitment.models import Channel
from tests.fixtures import code_of

pytestmark = pytest.mark.django_db

PASSWORD = "lang-nok-til-en-test"
LATER_S = 11 * 60


@pytest.fixture
def account(lyngvaer):
    with tenant(lyngvaer.pk):
        return Account.objects.create(
            channel=Channel.objects.get(slug="linkedin"), name="Lyngvær kommune", responsible=lyngvaer.adviser
        )


@pytest.fixture
def adviser(lyngvaer, client_of):
    """The adviser with a password, logged in just now."""
    lyngvaer.adviser.set_password(PASSWORD)
    lyngvaer.adviser.save()
    return client_of(lyngvaer.adviser)


@pytest.fixture
def address(lyngvaer, account):
    return f"/{lyngvaer.number}/kanaler/{account.pk}/koble-fra/"


class TestWhoComesToLook:
    def test_comes_through_right_after_the_login(self, adviser, address):
        assert adviser.get(address).status_code == 200

    def test_is_asked_after_ten_minutes_and_led_back(self, adviser, address, settings):
        settings.CLOCK_OFFSET_S = LATER_S

        asked = adviser.get(address)
        answer = adviser.post(asked.url, {"password": PASSWORD})

        assert asked.status_code == 302
        assert asked.url.startswith("/konto/reauthenticate/?next=")
        assert answer.url == address
        assert adviser.get(address).status_code == 200

    def test_is_not_let_through_by_a_wrong_password(self, adviser, address, settings):
        settings.CLOCK_OFFSET_S = LATER_S

        adviser.post("/konto/reauthenticate/", {"password": "noe annet enn det"})

        assert adviser.get(address).status_code == 302

    def test_may_use_the_code_of_the_app(self, adviser, lyngvaer, address, settings):
        secret = totp.generate_totp_secret()
        lyngvaer.adviser.authenticator_set.all().delete()
        totp.TOTP.activate(lyngvaer.adviser, secret)
        settings.CLOCK_OFFSET_S = LATER_S
        code = code_of(secret)

        adviser.post("/konto/totrinn/reauthenticate/", {"code": code})

        assert adviser.get(address).status_code == 200

    def test_a_part_of_a_page_is_not_answered_with_the_confirmation(self, adviser, address, settings):
        settings.CLOCK_OFFSET_S = LATER_S

        answer = adviser.get(address, headers={"HX-Request": "true"})

        assert answer.headers["HX-Refresh"] == "true"

    def test_an_ordinary_page_asks_nobody(self, adviser, lyngvaer, settings):
        settings.CLOCK_OFFSET_S = LATER_S

        assert adviser.get(f"/{lyngvaer.number}/kanaler/").status_code == 200

    def test_who_may_not_come_in_meets_the_same_404_and_no_question_p13(self, client_of, lyngvaer, address, settings):
        reader = client_of(lyngvaer.reader)
        settings.CLOCK_OFFSET_S = LATER_S

        assert reader.get(address).status_code == reader.get("/9999/").status_code == 404

    def test_who_has_neither_password_nor_app_logs_in_anew(self, client_of, lyngvaer, address, settings):
        client = client_of(lyngvaer.adviser)
        lyngvaer.adviser.authenticator_set.all().delete()
        settings.CLOCK_OFFSET_S = LATER_S

        assert client.get(address).url.startswith(("/konto/login/", "/konto/totrinn/"))


class TestWhoSendsAForm:
    def test_is_asked_in_its_place_and_what_was_written_is_kept(self, adviser, address, settings):
        settings.CLOCK_OFFSET_S = LATER_S

        page = adviser.post(address, {"note": ["en", 'to "<b>'], "csrfmiddlewaretoken": "x"})

        text = page.content.decode()
        assert page.status_code == 403
        assert '<input type="hidden" name="note" value="en">' in text
        assert '<input type="hidden" name="note" value="to &quot;&lt;b&gt;">' in text
        assert 'name="csrfmiddlewaretoken" value="x"' not in text
        assert "no-store" in page.headers["Cache-Control"]

    def test_nothing_happens_before_the_confirmation_and_all_of_it_after(self, adviser, lyngvaer, account, settings):
        address = f"/{lyngvaer.number}/kanaler/{account.pk}/koble/"
        settings.CLOCK_OFFSET_S = LATER_S

        asked = adviser.post(address, {})
        wrong = adviser.post(address, {"confirm-password": "noe annet enn det"})
        right = adviser.post(address, {"confirm-password": PASSWORD})

        assert (asked.status_code, wrong.status_code, right.status_code) == (403, 422, 200)
        assert right.context["way"], "the act was done"
        assert "way" not in (wrong.context or {})

    def test_the_password_is_never_handed_on_or_written_back(self, adviser, address, settings):
        settings.CLOCK_OFFSET_S = LATER_S

        page = adviser.post(address, {"note": "en", "confirm-password": "galt-passord-som-synes"})

        assert "galt-passord-som-synes" not in page.content.decode()
