"""Logging in: password, then a code; nobody signs up by herself; admin is behind the same door (P25, P26)."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.test import Client

from foundation import clock
from recruitment.actions import mail
from recruitment.models import OutgoingMail
from tests.fixtures import code_of, give_app

pytestmark = pytest.mark.django_db

PASSWORD = "lang-nok-til-en-test"


@pytest.fixture
def secret(lyngvaer) -> str:
    """A password and an authenticator app for the HR adviser; the app's secret."""
    lyngvaer.hr.set_password(PASSWORD)
    lyngvaer.hr.save()
    return give_app(lyngvaer.hr)


def code_now(secret: str) -> str:
    return code_of(secret)


class TestLogin:
    def test_a_password_alone_does_not_let_anybody_in(self, client, lyngvaer, secret):
        answer = client.post("/konto/login/", {"login": lyngvaer.hr.email, "password": PASSWORD})

        assert answer.url == "/konto/totrinn/authenticate/"
        assert client.get(f"/{lyngvaer.number}/").status_code == 302

    def test_the_code_of_the_app_completes_the_login(self, client, lyngvaer, secret):
        client.post("/konto/login/", {"login": lyngvaer.hr.email, "password": PASSWORD})

        answer = client.post("/konto/totrinn/authenticate/", {"code": code_now(secret)})

        assert answer.url == "/"
        assert client.get("/").url == f"/{lyngvaer.number}/"

    def test_the_secret_of_the_app_is_sealed_in_the_database(self, lyngvaer, secret):
        stored = Authenticator.objects.get(user=lyngvaer.hr).data["secret"]

        assert secret not in stored
        assert get_adapter().decrypt(stored) == secret

    def test_the_page_is_norwegian(self, client, lyngvaer):
        assert "Logg inn" in client.get("/konto/login/", headers={"accept-language": "en-US"}).content.decode()

    def test_nobody_signs_up_by_herself(self, client, lyngvaer):
        page = client.post(
            "/konto/signup/", {"email": "ny@lyngvaer.example", "password1": PASSWORD, "password2": PASSWORD}
        )

        assert page.status_code == 200
        from recruitment.models import User

        assert not User.objects.filter(email="ny@lyngvaer.example").exists()


class TestAdmin:
    def test_its_own_login_leads_to_ours(self, client, lyngvaer):
        assert client.get("/admin/login/").url.startswith("/konto/login/")
        assert client.get("/admin/").url.startswith("/admin/login/")

    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "novice", "administrator"])
    def test_without_a_chosen_municipality_it_does_not_exist(self, client_of, lyngvaer, role):
        assert client_of(getattr(lyngvaer, role)).get("/admin/").status_code == 404

    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "novice"])
    def test_only_administrators_may_choose(self, client_of, lyngvaer, role):
        assert client_of(getattr(lyngvaer, role)).get(f"/{lyngvaer.number}/administrasjon/").status_code == 404

    def test_an_administrator_works_inside_her_own_municipality(self, client_of, lyngvaer, storvika):
        from foundation.tenancy import tenant
        from recruitment.models import Workplace

        with tenant(storvika.pk):
            foreign = Workplace.objects.get()
        client = client_of(lyngvaer.administrator)
        client.get(f"/{lyngvaer.number}/administrasjon/")

        index = client.get("/admin/")
        own = client.get("/admin/recruitment/workplace/")

        assert index.status_code == own.status_code == 200
        assert "Solbakken" in own.content.decode()
        assert client.get(f"/admin/recruitment/workplace/{foreign.pk}/change/").status_code == 302
        assert client.get(f"/{storvika.number}/administrasjon/").status_code == 404

    def test_it_has_no_answers_no_outcome_counts_and_no_tokens(self, client_of, lyngvaer):
        client = client_of(lyngvaer.administrator)
        client.get(f"/{lyngvaer.number}/administrasjon/")

        text = client.get("/admin/").content.decode()

        for name in ["surveyanswer", "outcome", "pendingconnection", "authenticator", "oauthstate"]:
            assert f"/{name}/" not in text

    def test_a_lost_role_counts_from_the_next_request(self, client_of, lyngvaer):
        from foundation.tenancy import tenant
        from recruitment.models import Membership

        client = client_of(lyngvaer.administrator)
        client.get(f"/{lyngvaer.number}/administrasjon/")
        with tenant(lyngvaer.pk):
            own = Membership.objects.filter(user=lyngvaer.administrator)
            for lost in ({"role": "reader"}, {"role": "administrator", "is_active": False}):
                own.update(**lost)
                assert client.get("/admin/").status_code == 404, lost
            own.update(is_active=True)

        assert client.get("/admin/").status_code == 200


class TestMembersDoors:
    def test_another_municipality_answers_like_one_that_does_not_exist(self, client_of, lyngvaer, storvika):
        client = client_of(lyngvaer.hr)

        foreign, missing = client.get(f"/{storvika.number}/"), client.get("/9999/")

        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content

    def test_who_is_not_logged_in_is_led_to_the_login(self, client, lyngvaer):
        assert client.get(f"/{lyngvaer.number}/").url == f"/konto/login/?next=/{lyngvaer.number}/"

    def test_a_member_of_two_municipalities_changes_by_a_link(self, client_of, lyngvaer, storvika):
        from foundation.tenancy import tenant
        from recruitment.models import Membership

        with tenant(storvika.pk):
            Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.hr, role="reader")
        client = client_of(lyngvaer.hr)

        choice, page = client.get("/"), client.get(f"/{lyngvaer.number}/")

        assert "Storvika kommune" in choice.content.decode()
        assert f'href="/{storvika.number}/"' in page.content.decode()

    def test_the_language_is_the_municipalitys_until_the_user_chooses(self, client_of, storvika):
        client = client_of(storvika.reader)

        before = client.get(f"/{storvika.number}/").content.decode()
        client.post("/konto/sprak/", {"language": "nb", "next": f"/{storvika.number}/"})
        after = client.get(f"/{storvika.number}/").content.decode()

        assert '<html lang="nn"' in before
        assert "Stillingar" in before
        assert '<html lang="nb"' in after

    def test_the_way_back_after_choosing_language_is_never_somewhere_else(self, client_of, lyngvaer):
        answer = client_of(lyngvaer.reader).post("/konto/sprak/", {"language": "nn", "next": "//evil.example/"})

        assert answer.url == "/"


class TestLanguageOfTheLogin:
    def test_is_chosen_without_an_account_and_without_a_cookie_of_its_own(self, client, lyngvaer):
        client.post("/konto/sprak/", {"language": "nn", "next": "/konto/login/"})

        page = client.get("/konto/password/reset/").content.decode()

        assert '<html lang="nn"' in page
        assert "Gløymt passordet?" in page
        assert set(client.cookies) <= {"session", "csrf"}

    def test_a_visitor_who_chose_nothing_gets_no_session(self, client, lyngvaer):
        client.get("/konto/login/")

        assert "session" not in client.cookies

    def test_the_letter_about_a_new_password_is_in_the_users_own_language(self, client, lyngvaer, mailoutbox):
        lyngvaer.hr.language = "nn"
        lyngvaer.hr.save()

        client.post("/konto/password/reset/", {"email": lyngvaer.hr.email})
        mail.send_due(now=clock.now())

        letter = mailoutbox[0]
        assert letter.subject == "Nytt passord til Kanalkompass"
        assert "Nokon, truleg du, har bede om eit nytt passord" in letter.body
        assert re.search(r"^http://localhost/konto/password/reset/key/\S+$", letter.body, re.MULTILINE)

    def test_the_letter_leads_to_our_own_address_whatever_host_the_request_names_b30(self, lyngvaer):
        Client(headers={"host": "127.0.0.1:9", "x-forwarded-host": "evil.example"}).post(
            "/konto/password/reset/", {"email": lyngvaer.hr.email}
        )

        assert "http://localhost/konto/" in OutgoingMail.objects.get().body

    def test_the_letter_waits_when_the_mail_server_is_away(self, client, lyngvaer, settings, mailoutbox):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

        answer = client.post("/konto/password/reset/", {"email": lyngvaer.hr.email})
        mail.send_due(now=clock.now())

        assert answer.url == "/konto/password/reset/done/"
        assert OutgoingMail.objects.get().state == OutgoingMail.State.WAITING

    def test_an_unknown_address_is_not_told_apart_on_the_page(self, client, lyngvaer, mailoutbox):
        known = client.post("/konto/password/reset/", {"email": lyngvaer.hr.email}, follow=True)
        unknown = client.post("/konto/password/reset/", {"email": "ingen@lyngvaer.example"}, follow=True)

        mail.send_due(now=clock.now())

        pages = [re.search("(?s)<main.*</main>", page.content.decode()).group() for page in (known, unknown)]
        assert pages[0] == pages[1]
        assert mailoutbox[1].subject == "Ingen konto med denne adressen"


class TestChangingThePassword:
    @pytest.mark.parametrize(
        ("language", "new", "says"),
        [
            ("nb", "kort", "Passordet er for kort. Det må ha minst 12 tegn."),
            ("nn", "kort", "Passordet er for kort. Det må ha minst 12 teikn."),
            ("nb", "password1234", "Mange bruker dette passordet. Velg et annet."),
            ("nn", "", "Fyll ut dette feltet."),
        ],
    )
    def test_says_in_norwegian_why_a_password_is_refused(self, client_of, lyngvaer, secret, language, new, says):
        client = client_of(lyngvaer.hr)
        client.post("/konto/sprak/", {"language": language})

        page = client.post(
            "/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
        ).content.decode()

        assert says in page
