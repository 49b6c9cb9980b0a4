"""The connect flow: what is asked for, confirmation by name, secrets, disconnecting (P6, P17, P18, B27-B30)."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database

from channels.actions import connecting, publishing
from channels.actions.access import access_for, fingerprint, mark_dead
from channels.connectors import AccessDead
from channels.models import Connection, OAuthState, PageClaim, PendingConnection
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.connecting import (
    JONAS,
    SUNNIVA,
    account_of,
    connect,
    granted,
    make_account,
    stored,
    url,
    way_to_the_channel,
)

pytestmark = pytest.mark.django_db


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
        with tenant(lyngvaer.pk):
            Connection.objects.update(missing="figures", probe_problem="server_error")
        mark_dead(account, reason="token_dead")

        connect(adviser, lyngvaer, account, linkedin_sandbox)

        assert (stored(lyngvaer).state, stored(lyngvaer).dead_reason) == ("ok", "")
        assert (stored(lyngvaer).lacks, stored(lyngvaer).probe_problem) == (frozenset(), "")


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


def test_the_redirect_address_is_exactly_the_settings(settings):
    from channels.connectors.linkedin import LinkedIn

    settings.SITE_URL = "https://kanalkompass.example"

    assert connecting.redirect_uri(LinkedIn) == "https://kanalkompass.example/kanaler/linkedin/tilbake/"
