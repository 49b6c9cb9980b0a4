"""Living access: renewed once between all workers before it expires, dead when the channel says so (P6, P19, F12)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection as database

from channels.actions.access import access_for, fingerprint, mark_dead
from channels.connectors import AccessDead, NothingSent
from channels.models import Connection
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.connecting import TOKEN_CALL, account_of, connect, stored, token_calls
from tests.faults.workers import until

pytestmark = pytest.mark.django_db


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
