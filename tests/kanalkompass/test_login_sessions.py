"""How long a log-in lasts, where one is logged in, and what ends it (P15, P23, ASVS 5, 7.3 and 7.4)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client

from foundation import clock
from recruitment import login_devices
from recruitment.actions import sessions
from tests.fixtures import code_of, give_app

pytestmark = pytest.mark.django_db

PASSWORD = "lang-nok-til-en-test"
MINUTE, HOUR = 60, 3600
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1"


@pytest.fixture
def reader(lyngvaer):
    """The reader, who needs no second step, with a password."""
    lyngvaer.reader.set_password(PASSWORD)
    lyngvaer.reader.save()
    return lyngvaer.reader


def log_in(user, device=FIREFOX) -> Client:
    client = Client(headers={"user-agent": device})
    client.post("/konto/login/", {"login": user.email, "password": PASSWORD})
    return client


class TestALogIn:
    def test_ends_after_an_hour_without_activity(self, client_of, lyngvaer, settings):
        client = client_of(lyngvaer.reader)

        settings.CLOCK_OFFSET_S = HOUR - MINUTE
        before = client.get(f"/{lyngvaer.number}/")
        settings.CLOCK_OFFSET_S += HOUR
        after = client.get(f"/{lyngvaer.number}/")

        assert before.status_code == 200
        assert after.url == f"/konto/login/?next=/{lyngvaer.number}/"
        assert "Du ble logget ut fordi det var en stund siden" in client.get(after.url).content.decode()

    def test_ends_after_twelve_hours_however_active(self, client_of, lyngvaer, settings):
        client = client_of(lyngvaer.reader)
        statuses = []

        for settings.CLOCK_OFFSET_S in range(0, 12 * HOUR + MINUTE, 50 * MINUTE):
            statuses.append(client.get(f"/{lyngvaer.number}/").status_code)
        settings.CLOCK_OFFSET_S = 12 * HOUR

        assert set(statuses) == {200}
        assert client.get(f"/{lyngvaer.number}/").status_code == 302

    def test_is_not_kept_alive_by_a_page_that_asks_by_itself(self, client_of, lyngvaer, settings):
        client = client_of(lyngvaer.reader)
        polled = {"HX-Request": "true"}

        for settings.CLOCK_OFFSET_S in range(0, HOUR, 10 * MINUTE):
            assert client.get(f"/{lyngvaer.number}/", headers=polled).status_code == 200
        settings.CLOCK_OFFSET_S = HOUR

        assert client.get(f"/{lyngvaer.number}/", headers=polled).headers["HX-Refresh"] == "true"
        assert client.get(f"/{lyngvaer.number}/").status_code == 302

    def test_is_kept_alive_by_what_somebody_writes(self, client_of, lyngvaer, settings):
        client = client_of(lyngvaer.reader)

        settings.CLOCK_OFFSET_S = 50 * MINUTE
        client.post("/konto/sprak/", {"language": "nb"}, headers={"HX-Request": "true"})
        settings.CLOCK_OFFSET_S = 100 * MINUTE

        assert client.get(f"/{lyngvaer.number}/").status_code == 200

    def test_everything_that_asks_by_itself_asks_with_get(self):
        """A fragment that polled with POST would count as activity."""
        texts = [path.read_text() for path in (django_settings.BASE_DIR / "templates").rglob("*.html")]
        polling = [tag for text in texts for tag in re.findall(r'<[^<>]*hx-trigger="[^"]*every.*?>', text, re.S)]

        assert polling
        assert not [tag for tag in polling if "hx-post" in tag]

    def test_gets_a_session_key_of_its_own(self, client, reader):
        client.post("/konto/sprak/", {"language": "nn", "next": "/konto/login/"})
        planted = client.cookies["session"].value

        client.post("/konto/login/", {"login": reader.email, "password": PASSWORD})

        assert client.cookies["session"].value != planted
        assert not Session.objects.filter(session_key=planted).exists()

    def test_goes_with_the_browser_and_never_with_the_next_one(self, reader):
        cookie = log_in(reader).cookies["session"]

        assert cookie["max-age"] == ""
        assert cookie["expires"] == ""
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""

    def test_leaves_the_login_page_in_the_language_that_was_chosen(self, client_of, lyngvaer):
        client = client_of(lyngvaer.reader)
        client.post("/konto/sprak/", {"language": "nn", "next": "/"})

        client.post("/konto/logout/")

        assert '<html lang="nn"' in client.get("/konto/login/").content.decode()

    def test_without_its_moments_is_over(self, client_of, lyngvaer):
        client = client_of(lyngvaer.reader)
        session = client.session
        del session["logged_in_at"]
        session.save()

        assert client.get(f"/{lyngvaer.number}/").status_code == 302


class TestCookies:
    def test_are_bound_to_the_host_and_to_https_p23(self):
        code = (
            "import django; django.setup(); from django.conf import settings as s; "
            "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.KNOWN_BROWSER_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
            "s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
        )
        environment = os.environ | {
            "SITE_URL": "https://kanalkompass.example",
            "DJANGO_SETTINGS_MODULE": "kanalkompass.settings",
        }

        found = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=environment,
            cwd=Path(django_settings.BASE_DIR),
        )

        assert found.stdout.split() == ["__Host-session", "__Host-csrf", "__Host-browser", "True", "True", "None", "/"]


class TestWhereOneIsLoggedIn:
    def test_is_told_in_plain_words_with_this_one_marked(self, reader):
        log_in(reader, SAFARI)
        here = log_in(reader)

        page = here.get("/konto/okter/").content.decode()

        assert page.index("Firefox på Linux") < page.index("Safari på iPhone")
        assert page.count("Her er du nå.") == 1
        assert page.count("Avslutt denne innloggingen") == 1

    def test_neither_the_address_nor_the_whole_description_of_the_browser_is_stored(self, reader):
        log_in(reader)

        stored = UserSession.objects.get(user=reader)
        assert stored.ip == "0.0.0.0"  # noqa: S104
        assert stored.user_agent == "Firefox / Linux"

    def test_one_can_be_ended(self, reader, lyngvaer):
        there, here = log_in(reader, SAFARI), log_in(reader)
        other = UserSession.objects.get(user_agent__startswith="Safari")

        here.post("/konto/okter/", {"end": other.pk})

        assert there.get(f"/{lyngvaer.number}/").status_code == 302
        assert here.get(f"/{lyngvaer.number}/").status_code == 200

    def test_all_others_can_be_ended(self, reader, lyngvaer):
        others, here = [log_in(reader, SAFARI), log_in(reader)], log_in(reader)

        page = here.post("/konto/okter/", {"end": "others"}, follow=True).content.decode()

        assert "2 andre innlogginger er avsluttet." in page
        assert {each.get(f"/{lyngvaer.number}/").status_code for each in others} == {302}
        assert here.get(f"/{lyngvaer.number}/").status_code == 200

    def test_ending_this_one_logs_out(self, reader, lyngvaer):
        here = log_in(reader)

        answer = here.post("/konto/okter/", {"end": UserSession.objects.get(user=reader).pk})

        assert answer.url == "/konto/login/"
        assert here.get(f"/{lyngvaer.number}/").status_code == 302

    @pytest.mark.parametrize("wanted", ["foreign", "0", "-1", "9" * 20, "1e3", "", "\uff11", "others'--"])
    def test_somebody_elses_or_none_is_not_found_and_nothing_ends_b50_b56(self, reader, lyngvaer, client_of, wanted):
        stranger = client_of(lyngvaer.novice)
        stranger.get(f"/{lyngvaer.number}/")
        foreign = UserSession.objects.create(
            user=lyngvaer.novice, session_key="another-key", ip="127.0.0.1", user_agent=""
        )
        here = log_in(reader)

        answer = here.post("/konto/okter/", {"end": foreign.pk if wanted == "foreign" else wanted})

        assert answer.status_code == 404
        assert UserSession.objects.filter(pk=foreign.pk).exists()
        assert stranger.get(f"/{lyngvaer.number}/").status_code == 200

    def test_last_use_is_told(self, reader, lyngvaer, settings):
        here = log_in(reader)
        settings.CLOCK_OFFSET_S = 30 * MINUTE

        here.get(f"/{lyngvaer.number}/")

        seen = UserSession.objects.get(user=reader).last_seen_at
        assert abs((clock.now() - seen).total_seconds()) < MINUTE

    @pytest.mark.parametrize(
        ("header", "words"),
        [
            (FIREFOX, "Firefox / Linux"),
            (SAFARI, "Safari / iPhone"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/139.0 Safari/537.36 Edg/139.0", "Edge / Windows"),
            ("Mozilla/5.0 (Linux; Android 15) Chrome/139.0 Mobile Safari/537.36", "Chrome / Android"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605", "Safari / Mac"),
            ("", " / "),
            ("<script>alert(1)</script>" * 20, " / "),
        ],
    )
    def test_a_device_is_known_by_two_words(self, header, words):
        assert login_devices.coarse(header) == words
        assert login_devices.coarse(words) == words


class TestWhatEndsIt:
    def test_a_closed_account_dies_at_once_and_stays_dead_when_it_is_opened_again_p15(self, reader, lyngvaer):
        client = log_in(reader)
        reader.is_active = False
        reader.save()

        closed = client.get(f"/{lyngvaer.number}/")
        reader.is_active = True
        reader.save()

        assert closed.status_code == 302
        assert client.get(f"/{lyngvaer.number}/").status_code == 302
        assert not UserSession.objects.filter(user=reader).exists()

    def test_so_does_one_that_was_closed_behind_our_back(self, reader, lyngvaer):
        client = log_in(reader)
        type(reader).objects.filter(pk=reader.pk).update(is_active=False)
        client.get("/konto/login/")
        type(reader).objects.filter(pk=reader.pk).update(is_active=True)

        assert client.get(f"/{lyngvaer.number}/").status_code == 302

    def test_a_new_password_ends_all_but_the_one_it_was_made_in(self, reader, lyngvaer):
        there, here = log_in(reader, SAFARI), log_in(reader)
        new = "enda-lengre-enn-foer-42"

        here.post("/konto/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

        assert there.get(f"/{lyngvaer.number}/").status_code == 302
        assert here.get(f"/{lyngvaer.number}/").status_code == 200
        assert UserSession.objects.filter(user=reader).count() == 1

    def test_a_second_step_is_needed_for_each_log_in(self, lyngvaer):
        lyngvaer.hr.set_password(PASSWORD)
        lyngvaer.hr.save()
        secret = give_app(lyngvaer.hr)
        client = log_in(lyngvaer.hr)

        assert client.get(f"/{lyngvaer.number}/").status_code == 302
        code = code_of(secret)
        client.post("/konto/totrinn/authenticate/", {"code": code})
        assert client.get(f"/{lyngvaer.number}/").status_code == 200

    def test_what_is_over_is_deleted_at_night(self, reader, settings):
        log_in(reader)
        settings.CLOCK_OFFSET_S = 2 * HOUR

        sessions.tidy(now=clock.now())

        assert not UserSession.objects.exists()
        assert not Session.objects.exists()
