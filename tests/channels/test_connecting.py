"""The connect flow: one-time state, exchange, confirmation by name, renewal, disconnecting (P6, P17-P19, B25-B30)."""

import logging
import re
import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from django.db import connection as database
from django.urls import reverse

from channels.actions import accounts, connecting, publishing
from channels.actions.access import access_for, fingerprint, mark_dead
from channels.connectors import AccessDead, NothingSent
from channels.models import Account, Connection, OAuthState, PageClaim, PendingConnection
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel, Membership
from tests.faults.workers import until

pytestmark = pytest.mark.django_db

TOKEN_CALL = "POST /oauth/v2/accessToken"
INGRID, JONAS, TOR, SUNNIVA = 0, 1, 3, 4  # one page, another's page, no page, two pages


@pytest.fixture
def account(lyngvaer) -> Account:
    """Lyngvær's LinkedIn account, not connected yet."""
    return make_account(lyngvaer)


def make_account(town, name: str = "LinkedIn-siden") -> Account:
    with tenant(town.pk):
        details = accounts.AccountDetails(name, "", town.adviser, None, "")
        return accounts.create_account(channel=Channel.objects.get(slug="linkedin"), details=details, now=clock.now())


@pytest.fixture
def adviser(client_of, lyngvaer):
    """A browser in which the communications adviser is logged in."""
    return client_of(lyngvaer.adviser)


def url(name: str, town, account, **more) -> str:
    return reverse(name, kwargs={"number": town.number, "account_id": account.pk, **more})


def way_to_the_channel(client, town, account) -> str:
    page = client.post(url("account_connect", town, account))
    return re.search(r'href="([^"]+/oauth/v2/authorization[^"]+)"', page.content.decode())[1].replace("&amp;", "&")


def granted(sandbox, way: str, *, member: int = INGRID, choice: str = "allow") -> str:
    """Say yes (or no) at the stand-in and return the path with query that the browser is sent back to."""
    form = {"member": sandbox.announced["members"][member]["id"], "choice": choice}
    answer = requests.post(way, data=form, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def connect(client, town, account, sandbox, *, member: int = INGRID, **confirmation):
    """Go the whole way and return the last answer."""
    back = client.get(granted(sandbox, way_to_the_channel(client, town, account), member=member))
    assert back.status_code == 302, back.content.decode()
    page = pages_found(town)[0]
    return client.post(back.url, {"page": page, **confirmation})


def pages_found(town) -> list[str]:
    with tenant(town.pk):
        return [page["external_id"] for page in PendingConnection.objects.get().pages]


def stored(town) -> Connection | None:
    with tenant(town.pk):
        return Connection.objects.select_related("account").first()


class TestTheWayThere:
    def test_says_what_will_be_asked_for_and_why_before_leaving(self, adviser, lyngvaer, account):
        page = adviser.get(url("account_connect", lyngvaer, account)).content.decode()

        assert "Publisere og fjerne innlegg i sidens navn" in page
        assert "for innlegg som er godkjent her, og ikke noe annet" in page

    def test_is_a_link_on_a_page_of_ours(self, adviser, lyngvaer, account, settings):
        """P23: under form-action 'self' the form's answer may not be a redirect to the channel."""
        answer = adviser.post(url("account_connect", lyngvaer, account))
        query = parse_qs(urlsplit(way_to_the_channel(adviser, lyngvaer, account)).query)

        assert answer.status_code == 200
        assert "Gå til LinkedIn" in answer.content.decode()
        assert query["redirect_uri"] == [f"{settings.SITE_URL}/kanaler/linkedin/tilbake/"]
        assert len(query["state"][0]) >= 32

    def test_b30_the_way_back_never_comes_from_the_requests_host(self, adviser, lyngvaer, account, settings):
        settings.ALLOWED_HOSTS = ["*"]

        page = adviser.post(
            url("account_connect", lyngvaer, account),
            headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
        )

        assert "evil.example" not in page.content.decode()

    def test_the_state_is_kept_as_a_hash_only(self, adviser, lyngvaer, account):
        state = parse_qs(urlsplit(way_to_the_channel(adviser, lyngvaer, account)).query)["state"][0]

        row = OAuthState.objects.get()

        assert state not in str(vars(row))
        assert row.municipality_id == lyngvaer.pk

    @pytest.mark.parametrize("role", ["reader", "hr", "novice"])
    def test_p13_nobody_without_the_right_finds_it(self, client_of, lyngvaer, account, role):
        client = client_of(getattr(lyngvaer, role))

        for name in ("account_connect", "account_disconnect"):
            assert client.get(url(name, lyngvaer, account)).status_code == 404
            assert client.post(url(name, lyngvaer, account)).status_code == 404

    def test_an_administrator_may_connect(self, client_of, lyngvaer, account):
        assert client_of(lyngvaer.administrator).get(url("account_connect", lyngvaer, account)).status_code == 200

    def test_p13_another_municipality_finds_nothing(self, client_of, lyngvaer, storvika, account):
        client = client_of(storvika.adviser)

        for name in ("account_connect", "account_disconnect"):
            assert client.get(url(name, lyngvaer, account)).status_code == 404
            assert client.get(url(name, storvika, account)).status_code == 404


class TestConfirming:
    def test_p18_shows_the_page_by_name_and_stores_nothing_before_it_is_confirmed(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        back = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))
        page = adviser.get(back.url).content.decode()

        assert "code=" not in back.url
        assert "Vi fant siden «Lyngvær kommune»" in page
        assert stored(lyngvaer) is None

    def test_stores_the_access_when_confirmed(self, adviser, lyngvaer, account, linkedin_sandbox):
        answer = connect(adviser, lyngvaer, account, linkedin_sandbox)

        connection = stored(lyngvaer)
        assert answer.url == url("account", lyngvaer, account)
        assert connection.account.external_id == "urn:li:organization:1001"
        assert connection.account.name == "Lyngvær kommune"
        assert connection.member_name == "Ingrid Lyngstad"
        assert connection.expires_at > clock.now() + timedelta(days=59)
        assert PageClaim.objects.get().municipality_id == lyngvaer.pk
        with tenant(lyngvaer.pk):
            assert not PendingConnection.objects.exists()
            assert account.steps.get(kind="connect").done_date == clock.today()

    def test_lets_the_person_choose_among_several_pages(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account), member=SUNNIVA))
        page = adviser.get(back.url).content.decode()
        none_chosen = adviser.post(back.url, {})
        answer = adviser.post(back.url, {"page": "urn:li:organization:1002"})

        assert "Vi fant 2 sider" in page
        assert none_chosen.status_code == 422
        assert "Velg siden." in none_chosen.content.decode()
        assert answer.status_code == 302
        assert stored(lyngvaer).account.name == "Storvika kommune"

    def test_a_page_that_was_not_found_cannot_be_chosen(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))

        answer = adviser.post(back.url, {"page": "urn:li:organization:1003"})

        assert answer.status_code == 422
        assert stored(lyngvaer) is None

    def test_after_ten_minutes_there_is_nothing_left_to_confirm(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))
        with tenant(lyngvaer.pk):
            PendingConnection.objects.update(valid_until=clock.now())

        answer = adviser.post(back.url, {"page": "urn:li:organization:1001"})

        assert answer.status_code == 410
        assert "Bekreftelsen kom for sent" in answer.content.decode()
        assert stored(lyngvaer) is None

    def test_a_colleague_cannot_confirm_for_somebody_else(
        self, adviser, client_of, lyngvaer, account, linkedin_sandbox
    ):
        back = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))

        answer = client_of(lyngvaer.administrator).post(back.url, {"page": "urn:li:organization:1001"})

        assert answer.status_code == 410
        assert stored(lyngvaer) is None

    def test_b28_a_page_that_another_municipality_holds_is_refused(
        self, adviser, client_of, lyngvaer, storvika, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        theirs = make_account(storvika)

        answer = connect(client_of(storvika.adviser), storvika, theirs, linkedin_sandbox)

        assert answer.status_code == 422
        assert "av ein annan kommune" in answer.content.decode()
        assert stored(storvika) is None
        assert stored(lyngvaer) is not None

    def test_b28_a_page_that_another_account_of_ours_holds_is_refused(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)

        answer = connect(adviser, lyngvaer, make_account(lyngvaer, "En til"), linkedin_sandbox)

        assert answer.status_code == 422
        assert PageClaim.objects.get().account_id == account.pk

    def test_b28_another_page_than_before_is_refused_unless_meant(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)

        refused = connect(adviser, lyngvaer, account, linkedin_sandbox, member=JONAS)
        still = stored(lyngvaer).account.external_id
        meant = connect(adviser, lyngvaer, account, linkedin_sandbox, member=JONAS, is_change_meant="on")

        assert refused.status_code == 422
        assert "annen side enn kontoen hadde" in refused.content.decode()
        assert still == "urn:li:organization:1001"
        assert meant.status_code == 302
        assert stored(lyngvaer).account.external_id == "urn:li:organization:1002"
        assert PageClaim.objects.get().external_id == "urn:li:organization:1002"

    def test_b27_a_reconnect_never_overwrites_a_refresh_token_with_nothing(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        before = stored(lyngvaer)
        linkedin_sandbox.switch(refresh_tokens=False)

        connect(adviser, lyngvaer, account, linkedin_sandbox)

        after = stored(lyngvaer)
        assert after.access_token != before.access_token
        assert after.refresh_token == before.refresh_token
        assert after.refresh_expires_at == before.refresh_expires_at

    @pytest.mark.parametrize("gives_refresh", [True, False])
    def test_a_reconnect_mends_access_that_no_key_opens(
        self, adviser, lyngvaer, account, linkedin_sandbox, settings, gives_refresh
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        settings.CHANNEL_TOKEN_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(AccessDead):
            access_for(account, now=clock.now())
        # What her session held is lost with the key, too.
        adviser.force_login(lyngvaer.adviser)
        linkedin_sandbox.switch(refresh_tokens=gives_refresh)

        connect(adviser, lyngvaer, account, linkedin_sandbox)

        assert access_for(account, now=clock.now()).access_token
        assert (stored(lyngvaer).state, bool(stored(lyngvaer).refresh_token)) == ("ok", gives_refresh)

    def test_a_reconnect_brings_a_dead_connection_back_to_life(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        mark_dead(account, reason="token_dead")

        connect(adviser, lyngvaer, account, linkedin_sandbox)

        assert (stored(lyngvaer).state, stored(lyngvaer).dead_reason) == ("ok", "")


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


class TestSecrets:
    def test_p17_tokens_are_sealed_and_shown_nowhere(
        self, adviser, lyngvaer, account, linkedin_sandbox, caplog, client_of
    ):
        caplog.set_level(logging.DEBUG)
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        connection = stored(lyngvaer)
        access_for(account, now=clock.now())

        with tenant(lyngvaer.pk), database.cursor() as cursor:
            cursor.execute("SELECT access_token, refresh_token FROM channels_connection")
            sealed = " ".join(cursor.fetchone())
        pages = " ".join(
            adviser.get(url(name, lyngvaer, account)).content.decode()
            for name in ("account", "account_connect", "account_disconnect")
        )
        for secret in (connection.access_token, connection.refresh_token):
            assert len(secret) > 100
            assert secret not in sealed
            assert secret not in pages
            assert secret not in caplog.text
            assert secret not in repr(connection) + str(connection)
        assert connection.fingerprint == fingerprint(connection.access_token)
        assert connection.fingerprint in pages
        assert connection.fingerprint not in connection.access_token

    def test_p17_what_is_pending_is_sealed_too(self, adviser, lyngvaer, account, linkedin_sandbox):
        back = adviser.get(granted(linkedin_sandbox, way_to_the_channel(adviser, lyngvaer, account)))
        page = adviser.get(back.url).content.decode()

        with tenant(lyngvaer.pk):
            pending = PendingConnection.objects.get()
            with database.cursor() as cursor:
                cursor.execute("SELECT access_token || refresh_token FROM channels_pendingconnection")
                sealed = cursor.fetchone()[0]
        assert pending.access_token not in sealed + page
        assert pending.refresh_token not in sealed + page


class TestAccess:
    def test_is_used_as_it_is_while_it_lasts(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        n_before = len(linkedin_sandbox.calls())

        access = access_for(account_of(lyngvaer), now=clock.now())

        assert access.access_token == stored(lyngvaer).access_token
        assert access.external_id == "urn:li:organization:1001"
        assert len(linkedin_sandbox.calls()) == n_before
        assert stored(lyngvaer).last_used_at

    def test_p19_is_renewed_a_week_before_it_expires(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        before = stored(lyngvaer)
        in_time = before.expires_at - timedelta(days=3)
        linkedin_sandbox.advance((in_time - clock.now()).total_seconds())

        access = access_for(account_of(lyngvaer), now=in_time)

        after = stored(lyngvaer)
        assert access.access_token == after.access_token != before.access_token
        assert after.expires_at > in_time + timedelta(days=50)
        assert after.refresh_token == before.refresh_token
        assert after.fingerprint == fingerprint(after.access_token)

    def test_f12_an_answer_without_a_refresh_token_keeps_the_stored_one(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        before = stored(lyngvaer)
        linkedin_sandbox.fault(TOKEN_CALL, kind="fields", drop=["refresh_token", "refresh_token_expires_in"])

        access_for(account_of(lyngvaer), now=before.expires_at - timedelta(days=3))

        after = stored(lyngvaer)
        assert after.access_token != before.access_token
        assert after.refresh_token == before.refresh_token
        assert after.refresh_expires_at == before.refresh_expires_at

    @pytest.mark.parametrize("kind", ["answer_lost", "plain_500", "garbage", "status_429"])
    def test_p19_a_failed_renewal_is_no_failed_post_while_the_token_lasts(
        self, adviser, lyngvaer, account, linkedin_sandbox, kind
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        before = stored(lyngvaer)
        linkedin_sandbox.fault(TOKEN_CALL, kind=kind)

        access = access_for(account_of(lyngvaer), now=before.expires_at - timedelta(days=3))

        assert access.access_token == before.access_token
        assert stored(lyngvaer).state == "ok"

    def test_an_expired_token_that_cannot_be_renewed_now_sends_nothing(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        linkedin_sandbox.fault(TOKEN_CALL, kind="plain_500")

        with pytest.raises(NothingSent):
            access_for(account_of(lyngvaer), now=stored(lyngvaer).expires_at)

        assert stored(lyngvaer).state == "ok"

    def test_p6_an_expired_token_without_renewal_is_dead(self, adviser, lyngvaer, account, linkedin_sandbox):
        linkedin_sandbox.switch(refresh_tokens=False)
        connect(adviser, lyngvaer, account, linkedin_sandbox)

        with pytest.raises(AccessDead):
            access_for(account_of(lyngvaer), now=stored(lyngvaer).expires_at)

        assert (stored(lyngvaer).state, stored(lyngvaer).dead_reason) == ("dead", "expired")

    def test_p6_a_refused_refresh_token_is_not_asked_for_again(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        soon = stored(lyngvaer).expires_at - timedelta(days=3)
        linkedin_sandbox.switch(refresh_tokens=False)

        access_for(account_of(lyngvaer), now=soon)
        n_asked = len(linkedin_sandbox.calls())
        access_for(account_of(lyngvaer), now=soon)

        assert len(linkedin_sandbox.calls()) == n_asked
        assert stored(lyngvaer).ends_at == stored(lyngvaer).expires_at
        with pytest.raises(AccessDead):
            access_for(account_of(lyngvaer), now=stored(lyngvaer).expires_at)

    def test_without_a_connection_there_is_none(self, lyngvaer, account):
        with pytest.raises(AccessDead):
            access_for(account, now=clock.now())

    def test_dead_access_is_news_once(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)

        assert mark_dead(account, reason="token_dead")
        assert not mark_dead(account, reason="token_dead")
        with pytest.raises(AccessDead):
            access_for(account, now=clock.now())

    def test_an_old_tokens_refusal_does_not_kill_a_new_connection(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        old = access_for(account_of(lyngvaer), now=clock.now())
        connect(adviser, lyngvaer, account, linkedin_sandbox)

        assert not mark_dead(account, reason="token_dead", access=old)
        assert stored(lyngvaer).state == "ok"


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def work(self, town, sandbox, *, now, n_workers: int = 3) -> list[str]:
        """Let several workers need the access at once, at a slow channel, and return the tokens they got."""
        sandbox.fault(TOKEN_CALL, kind="late", delay_s=0.3)
        found = []

        def need() -> None:
            found.append(access_for(account_of(town), now=now).access_token)
            database.close()

        threads = [threading.Thread(target=need) for _ in range(n_workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def test_p19_f12_renew_once_between_them(self, client_of, lyngvaer, account, linkedin_sandbox):
        """While the token lives, those who do not renew use it as it is."""
        connect(client_of(lyngvaer.adviser), lyngvaer, account, linkedin_sandbox)
        before, n_before = stored(lyngvaer), token_calls(linkedin_sandbox)

        found = self.work(lyngvaer, linkedin_sandbox, now=before.expires_at - timedelta(days=3))

        after = stored(lyngvaer)
        assert token_calls(linkedin_sandbox) == n_before + 1
        assert len(found) == 3
        assert set(found) <= {before.access_token, after.access_token}
        assert before.access_token != after.access_token
        assert after.refresh_token == before.refresh_token
        assert after.renewing_until is None

    def test_p19_f12_wait_for_the_one_who_renews_when_the_token_has_expired(
        self, client_of, lyngvaer, account, linkedin_sandbox
    ):
        connect(client_of(lyngvaer.adviser), lyngvaer, account, linkedin_sandbox)
        before, n_before = stored(lyngvaer), token_calls(linkedin_sandbox)

        found = self.work(lyngvaer, linkedin_sandbox, now=before.expires_at)

        assert token_calls(linkedin_sandbox) == n_before + 1
        assert found == [stored(lyngvaer).access_token] * 3

    def test_p19_hold_no_transaction_open_while_the_channel_is_asked(
        self, client_of, lyngvaer, account, linkedin_sandbox
    ):
        connect(client_of(lyngvaer.adviser), lyngvaer, account, linkedin_sandbox)
        soon = stored(lyngvaer).expires_at - timedelta(days=3)
        worker = threading.Thread(
            target=self.work, args=[lyngvaer, linkedin_sandbox], kwargs={"now": soon, "n_workers": 1}
        )
        worker.start()
        until(lambda: stored(lyngvaer).renewing_until, what="the renewal to begin", every_s=0.01)

        with tenant(lyngvaer.pk), database.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
            )
            others = cursor.fetchone()[0]
            locked = Connection.objects.select_for_update(nowait=True, of=("self",)).get()
        worker.join()

        assert others == 0
        assert locked.renewing_until is not None

    def test_p19_take_over_when_the_one_who_renewed_died(self, client_of, lyngvaer, account, linkedin_sandbox):
        connect(client_of(lyngvaer.adviser), lyngvaer, account, linkedin_sandbox)
        before = stored(lyngvaer)
        with tenant(lyngvaer.pk):
            Connection.objects.update(renewing_until=clock.now() - timedelta(seconds=1))

        access = access_for(account_of(lyngvaer), now=before.expires_at)

        assert access.access_token == stored(lyngvaer).access_token != before.access_token

    def test_p18_p19_a_late_answer_never_overwrites_what_a_person_connected_meanwhile(
        self, client_of, lyngvaer, account, linkedin_sandbox
    ):
        client = client_of(lyngvaer.adviser)
        connect(client, lyngvaer, account, linkedin_sandbox)
        soon = stored(lyngvaer).expires_at - timedelta(days=3)
        worker = threading.Thread(
            target=self.work, args=[lyngvaer, linkedin_sandbox], kwargs={"now": soon, "n_workers": 1}
        )
        worker.start()
        until(lambda: stored(lyngvaer).renewing_until, what="the renewal to begin", every_s=0.01)
        with tenant(lyngvaer.pk):
            Connection.objects.update(access_token="koblet-til-imens", renewing_until=None)
        worker.join()

        assert stored(lyngvaer).access_token == "koblet-til-imens"


class TestDisconnecting:
    def test_asks_first_then_deletes_the_access_and_lets_go_of_the_page(
        self, adviser, lyngvaer, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)

        question = adviser.get(url("account_disconnect", lyngvaer, account))
        answer = adviser.post(url("account_disconnect", lyngvaer, account))

        assert "Koble Lyngvær kommune fra LinkedIn?" in question.content.decode()
        assert answer.status_code == 302
        assert stored(lyngvaer) is None
        assert not PageClaim.objects.exists()
        assert account_of(lyngvaer).external_id == "urn:li:organization:1001"

    def test_the_page_is_then_free_for_another_municipality(
        self, adviser, client_of, lyngvaer, storvika, account, linkedin_sandbox
    ):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        adviser.post(url("account_disconnect", lyngvaer, account))

        answer = connect(client_of(storvika.adviser), storvika, make_account(storvika), linkedin_sandbox)

        assert answer.status_code == 302

    def test_p15_takes_effect_at_once(self, adviser, lyngvaer, account, linkedin_sandbox):
        connect(adviser, lyngvaer, account, linkedin_sandbox)
        adviser.post(url("account_disconnect", lyngvaer, account))

        with pytest.raises(AccessDead):
            access_for(account_of(lyngvaer), now=clock.now())


class TestPlannedPosts:
    def test_p6_t6_wait_while_the_page_is_disconnected_and_go_on_when_it_is_connected_again(
        self, press, client_of, linkedin_sandbox
    ):
        client, planned = client_of(press.town.adviser), press.draft()
        with tenant(press.town.pk):
            when = (clock.now() + timedelta(days=1)).astimezone(clock.OSLO).replace(tzinfo=None, second=0)
            publishing.schedule(delivery=planned, by=press.town.adviser, now=press.now, wall=when)

        question = client.get(url("account_disconnect", press.town, press.account))
        client.post(url("account_disconnect", press.town, press.account))
        held = press.state(planned)
        connect(client, press.town, press.account, linkedin_sandbox)

        assert "1 planlagt innlegg blir holdt tilbake" in question.content.decode()
        assert (held, press.state(planned)) == ("blocked", "scheduled")


def account_of(town) -> Account:
    with tenant(town.pk):
        return Account.objects.select_related("channel").get()


def token_calls(sandbox) -> int:
    return sum(call["path"] == "/oauth/v2/accessToken" for call in sandbox.calls())


def test_the_redirect_address_is_exactly_the_settings(settings):
    from channels.connectors.linkedin import LinkedIn

    settings.SITE_URL = "https://kanalkompass.example"

    assert connecting.redirect_uri(LinkedIn) == "https://kanalkompass.example/kanaler/linkedin/tilbake/"
