"""The way back from the channel: one-time state, the exchange, and what is refused (B25-B30)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from channels.models import OAuthState, PendingConnection
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Membership
from tests.channels.connecting import TOKEN_CALL, TOR, connect, granted, stored, url, way_to_the_channel

pytestmark = pytest.mark.django_db


class TestTheWayBack:
    def back(self, client, **query):
        return client.get("/kanaler/linkedin/tilbake/", query)

    @pytest.mark.parametrize(
        "query", [{}, {"state": ""}, {"state": "unknown", "code": "x"}, {"state": "x" * 5000}, {"state": "a\0b"}]
    )
    def test_b25_a_missing_or_unknown_state_is_refused(self, adviser, lyngvaer, account, query):
        answer = self.back(adviser, **query)

        assert answer.status_code == 400
        assert "Denne veien tilbake er ikke gyldig" in answer.content.decode()

    def test_b25_a_state_works_once(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))

        first, second = adviser.get(back), adviser.get(back)

        assert (first.status_code, second.status_code) == (302, 400)

    def test_b25_a_state_lasts_ten_minutes(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))
        OAuthState.objects.update(valid_until=clock.now())

        assert adviser.get(back).status_code == 400

    def test_b25_a_state_of_another_session_is_refused_and_stays_usable_for_its_owner(
        self, adviser, client_of, lyngvaer, account, linkedin_sandbox
    ):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))

        elsewhere = client_of(lyngvaer.adviser).get(back)

        assert elsewhere.status_code == 400
        assert adviser.get(back).status_code == 302

    def test_b29_another_user_cannot_use_it(self, adviser, client_of, lyngvaer, account, linkedin_sandbox):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))

        assert client_of(lyngvaer.administrator).get(back).status_code == 400

    def test_b29_p17_somebody_logged_out_is_asked_to_log_in_and_the_code_is_not_repeated(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))
        adviser.logout()

        answer = adviser.get(back)

        assert answer.status_code == 302
        assert answer.url == "/konto/login/?next=/kanaler/linkedin/tilbake/"

    def test_b29_a_right_that_was_lost_meanwhile_counts(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))
        with tenant(lyngvaer.pk):
            Membership.objects.filter(user=lyngvaer.adviser).update(may_connect=False)

        assert adviser.get(back).status_code == 404
        with tenant(lyngvaer.pk):
            assert not PendingConnection.objects.exists()

    def test_b25_another_connectors_address_does_not_take_the_state(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))

        assert adviser.get(back.replace("/linkedin/", "/print/")).status_code == 400

    def test_b26_a_denial_is_met_with_a_next_step(self, adviser, lyngvaer, account, linkedin_sandbox):
        answer = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account), choice="deny"))
        page = answer.content.decode()

        assert answer.status_code == 403
        assert "Du sa nei hos LinkedIn, og ingenting er lagret." in page
        assert url("account_connect", lyngvaer, account) in page

    def test_b26_what_the_channel_wrote_is_never_shown(self, adviser, lyngvaer, account):
        state = parse_qs(urlsplit(way_to_the_channel(adviser, lyngvaer, account)).query)["state"][0]

        answer = self.back(adviser, state=state, error="access_denied", error_description="<script>alert(1)</script>")

        assert answer.status_code == 403
        assert "alert(1)" not in answer.content.decode()

    def test_b27_a_code_that_was_used_is_refused(self, adviser, lyngvaer, account, linkedin_sandbox):
        first = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))
        code = parse_qs(urlsplit(first).query)["code"][0]
        adviser.get(first)
        state = parse_qs(urlsplit(way_to_the_channel(adviser, lyngvaer, account)).query)["state"][0]

        answer = self.back(adviser, state=state, code=code)

        assert answer.status_code == 422
        assert "LinkedIn godtok ikke forespørselen" in answer.content.decode()

    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({"drop": ["expires_in"]}, "LinkedIn godtok ikke forespørselen"),
            ({"set": {"expires_in": "soon"}}, "LinkedIn godtok ikke forespørselen"),
            ({"set": {"scope": "openid,profile"}}, "LinkedIn ga mindre tilgang enn vi trenger"),
            ({"drop": ["access_token"]}, "Vi fikk ikke svar fra LinkedIn"),
        ],
    )
    def test_b27_b28_an_answer_that_lacks_something_stores_nothing(
        self, adviser, lyngvaer, account, linkedin_sandbox, fields, text
    ):
        linkedin_sandbox.fault(TOKEN_CALL, kind="fields", **fields)

        answer = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))

        assert answer.status_code in (422, 503)
        assert text in answer.content.decode()
        with tenant(lyngvaer.pk):
            assert not PendingConnection.objects.exists()

    def test_b27_an_empty_refresh_token_is_none_at_all(self, adviser, lyngvaer, account, linkedin_sandbox):
        linkedin_sandbox.fault(TOKEN_CALL, kind="fields", set={"refresh_token": ""})

        connect(adviser, lyngvaer, account, linkedin_sandbox)

        assert (stored(lyngvaer).refresh_token, stored(lyngvaer).refresh_expires_at) == ("", None)

    @pytest.mark.parametrize("kind", ["answer_lost", "garbage", "plain_500"])
    def test_p27_no_clear_answer_is_told_plainly(self, adviser, lyngvaer, account, linkedin_sandbox, kind):
        linkedin_sandbox.fault(TOKEN_CALL, kind=kind)

        answer = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))

        assert answer.status_code == 503
        assert "Vi fikk ikke svar fra LinkedIn" in answer.content.decode()

    def test_a_member_without_a_page_is_told_what_to_do(self, adviser, lyngvaer, account, linkedin_sandbox):
        answer = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account), member=TOR))

        assert answer.status_code == 422
        assert "Du administrerer ingen side hos LinkedIn" in answer.content.decode()

    def test_a_wrong_key_of_the_installation_is_told(self, adviser, lyngvaer, account, linkedin_sandbox, settings):
        back = granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account))
        settings.LINKEDIN_CLIENT_SECRET = "feil"

        assert "kjenner ikke igjen Kanalkompass" in adviser.get(back).content.decode()
