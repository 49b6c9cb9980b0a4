"""Pulling figures from the channel: P7, P8, F6, F15, F17, and what the pages say of it."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import connection

from analytics import tasks
from analytics.actions import nightly, pulling
from analytics.models import ChannelDay, FetchRun, Measurement, ObjectKind
from analytics.queries import fetching
from channels.actions import visits
from channels.connectors import PostFigures
from channels.models import Account, Connection, Delivery, LinkHour, PageClaim
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel
from tests.analytics.pulls import ask, carry_out, connect, fetch, snapshots
from tests.channels.deliveries import Press

STATISTICS = "GET /rest/organizationalEntityShareStatistics"
SOCIAL = "GET /rest/socialMetadata/*"
State = FetchRun.State


@pytest.fixture
def press(lyngvaer: Any, linkedin_sandbox: Any) -> Press:
    return connect(lyngvaer, linkedin_sandbox)


@pytest.fixture
def published(press: Press) -> Delivery:
    """A post that has been out on the channel for two days by the sandbox's clock."""
    delivery = press.due()
    press.publish(delivery)
    press.sandbox.advance(2 * 24 * 3600)
    return press.fresh(delivery)


def daily(press: Press) -> list[Measurement]:
    with tenant(press.town.pk):
        return list(Measurement.objects.filter(kind=ObjectKind.DELIVERY).order_by("day"))


class TestRun:
    def test_stores_what_the_channel_tells_with_the_time_it_was_fetched(self, press, published):
        run = fetch(press)

        (snapshot,) = snapshots(press)
        assert (run.state, run.n_fetched, run.n_failed, run.problem) == (State.DONE, 1, 0, "")
        assert snapshot.impressions > 0
        assert None not in (snapshot.clicks, snapshot.reactions, snapshot.comments, snapshot.shares)
        assert snapshot.taken_at == press.now

    def test_daily_figures_add_up_to_what_the_channel_said_p8(self, press, published):
        for days in (0, 1, 2):
            fetch(press, later=timedelta(days=days))
            press.sandbox.advance(24 * 3600)

        last = snapshots(press)[-1]
        rows = daily(press)
        assert len(rows) == 3
        for name in ("impressions", "clicks", "reactions", "comments", "shares"):
            assert sum(getattr(row, name) or 0 for row in rows) == getattr(last, name)
        assert {row.reach for row in rows} == {None}
        assert [row.day for row in rows] == [(press.now + timedelta(days=d)).astimezone(UTC).date() for d in (0, 1, 2)]
        with tenant(press.town.pk):
            assert sum(day.impressions for day in ChannelDay.objects.all()) == last.impressions

    def test_repeated_changes_nothing_p7(self, press, published):
        run = fetch(press)
        before = [(row.day, row.impressions, row.clicks) for row in daily(press)]
        with tenant(press.town.pk):
            FetchRun.objects.filter(pk=run.pk).update(state=State.WAITING)

        carry_out(press, run)

        assert [(row.day, row.impressions, row.clicks) for row in daily(press)] == before
        assert len(snapshots(press)) == 1

    def test_that_lost_its_worker_is_taken_up_again_p7(self, press, published):
        run = ask(press)
        with tenant(press.town.pk):
            FetchRun.objects.filter(pk=run.pk).update(state=State.RUNNING, started_at=press.now)
            assert pulling.due_runs(now=press.now + timedelta(minutes=5)) == []
            assert pulling.due_runs(now=press.now + timedelta(minutes=12)) == [run.pk]

        assert carry_out(press, run, later=timedelta(minutes=12)).state == State.DONE

    def test_is_carried_out_by_one_worker(self, press, published):
        run = ask(press)
        carry_out(press, run)

        with pytest.raises(pulling.NotWaiting):
            carry_out(press, run)

    def test_killed_in_the_middle_keeps_what_was_stored_and_goes_on_f15(self, press, monkeypatch):
        deliveries = [press.due() for _ in range(3)]
        for delivery in deliveries:
            press.publish(delivery)
        press.sandbox.advance(24 * 3600)
        monkeypatch.setattr(pulling, "POSTS_PER_PORTION", 1)
        run = ask(press)
        store, calls = pulling._store, []

        def killed_at_the_second(*args: Any, **kwargs: Any) -> int:
            calls.append(1)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return store(*args, **kwargs)

        monkeypatch.setattr(pulling, "_store", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            carry_out(press, run)
        assert len(snapshots(press)) == 1

        again = carry_out(press, run, later=timedelta(minutes=12))

        assert (again.state, again.n_fetched) == (State.DONE, 3)
        assert len(snapshots(press)) == 3

    def test_holds_no_transaction_while_the_channel_is_asked(self, press, published, monkeypatch):
        seen = []
        real = pulling.connectors.by_slug("linkedin").figures

        def watched(self: Any, ids: list[str]) -> Any:
            seen.append(len(connection.savepoint_ids))
            return real(self, ids)

        monkeypatch.setattr(pulling.connectors.by_slug("linkedin"), "figures", watched)
        fetch(press)

        # The test itself is one transaction; tenant() would add a savepoint to it.
        assert seen == [0]

    def test_a_post_the_channel_leaves_out_is_zero_by_contract_and_says_so_p7(self, press):
        press.publish(press.due())

        fetch(press)

        (snapshot,) = snapshots(press)
        assert (snapshot.impressions, snapshot.is_implied_zero) == (0, True)

    def test_a_figure_the_channel_leaves_out_is_missing_and_not_zero_p7(self, press, published):
        press.sandbox.fault(SOCIAL, kind="status", status=404)

        run = fetch(press)

        assert (run.n_fetched, run.n_failed) == (0, 1)
        assert snapshots(press) == []

    def test_follows_posts_of_the_last_90_days(self, press, published):
        press.set(published, published_at=press.now - timedelta(days=91))

        assert fetch(press).n_fetched == 0

    def test_with_no_posts_is_done(self, press):
        assert fetch(press).state == State.DONE


class TestTrouble:
    def test_throttling_ends_the_run_partly_and_comes_back_when_the_channel_said_f6(self, press, published):
        press.sandbox.fault(STATISTICS, kind="status_429", retry_after=600)

        run = fetch(press)

        assert (run.state, run.problem) == (State.PARTLY, "throttled")
        with tenant(press.town.pk):
            state = fetching.fetch_state(account_id=press.account.pk, now=press.now)
            assert state.waits_until == press.now + timedelta(seconds=600)
            assert not state.is_under_way
            assert pulling.due_runs(now=press.now + timedelta(seconds=599)) == []
            (due,) = pulling.due_runs(now=press.now + timedelta(seconds=600))
        ended = pulling.run_fetch(municipality_id=press.town.pk, run_id=due, now=press.now + timedelta(seconds=600))
        assert ended.state == State.DONE

    def test_while_the_channel_asks_us_to_wait_nobody_may_ask_f6(self, press, published):
        press.sandbox.fault(STATISTICS, kind="status_429", retry_after=600)
        fetch(press)

        with pytest.raises(pulling.TooSoon) as problem:
            ask(press, later=timedelta(minutes=5))

        assert problem.value.is_asked_to_wait
        assert problem.value.until == press.now + timedelta(seconds=600)

    @pytest.mark.parametrize("more", [{}, {"retry_after": 1}, {"retry_after": 900}])
    def test_throttled_a_hundred_times_does_not_hammer_f6(self, press, published, more):
        press.sandbox.fault(STATISTICS, kind="status_429", count=100, **more)
        run, now = ask(press), press.now
        n_asked = 0
        while run is not None and now < press.now + timedelta(hours=6):
            pulling.run_fetch(municipality_id=press.town.pk, run_id=run.pk, now=now)
            n_asked += 1
            with tenant(press.town.pk):
                run = FetchRun.objects.filter(state=State.WAITING).first()
            if run is not None:
                assert run.asked_at >= now + timedelta(minutes=2)
                now = run.asked_at

        assert n_asked <= 6

    @pytest.mark.parametrize("kind", ["garbage", "empty_2xx", "other_shape", "connection_refused_like", "plain_500"])
    def test_odd_answers_end_the_run_and_store_nothing_f17(self, press, published, kind):
        press.sandbox.fault(STATISTICS, kind=kind, count=3)

        run = fetch(press)

        assert run.state in (State.PARTLY, State.FAILED)
        assert run.problem
        assert snapshots(press) == []
        assert daily(press) == []

    def test_numbers_no_channel_means_leave_the_post_out(self, press, published, monkeypatch):
        figures = PostFigures(impressions=10**12)
        monkeypatch.setattr(
            pulling.connectors.by_slug("linkedin"), "figures", lambda self, ids: dict.fromkeys(ids, figures)
        )

        run = fetch(press)

        assert (run.state, run.n_fetched, run.n_failed) == (State.DONE, 0, 1)

    def test_a_dead_access_is_marked_and_told(self, press, published):
        press.sandbox.fault(STATISTICS, kind="token_revoked")

        run = fetch(press)

        assert (run.state, run.problem) == (State.FAILED, "token_dead")
        with tenant(press.town.pk):
            assert Connection.objects.get().state == Connection.State.DEAD

    def test_without_connection_the_run_fails_in_words(self, press):
        with tenant(press.town.pk):
            Connection.objects.all().delete()

        assert (fetch(press).state, fetch(press, later=timedelta(hours=1)).problem) == (State.FAILED, "not_connected")


class TestAsking:
    def test_twice_gives_the_same_run(self, press):
        assert ask(press).pk == ask(press).pk

    def test_again_within_two_minutes_is_told_when(self, press, published):
        carry_out(press, ask(press))

        with pytest.raises(pulling.TooSoon) as problem:
            ask(press, later=timedelta(seconds=90))

        assert problem.value.until == press.now + timedelta(minutes=2)
        assert ask(press, later=timedelta(minutes=2)).state == State.WAITING


class TestTasks:
    def claim(self, press: Press) -> None:
        PageClaim.objects.create(
            channel_id=press.account.channel_id, external_id=press.account.external_id,
            municipality_id=press.town.pk, account_id=press.account.pk,
        )  # fmt: skip

    def test_nightly_asks_for_every_connected_page_and_pull_due_carries_it_out(self, press, published, monkeypatch):
        self.claim(press)
        monkeypatch.setattr(nightly, "SPREAD", timedelta(0))
        monkeypatch.setattr(tasks.run_fetch, "delay", lambda **ids: tasks.run_fetch(**ids))

        tasks.nightly()

        assert len(snapshots(press)) == 1
        with tenant(press.town.pk):
            assert FetchRun.objects.get().state == State.DONE

    def test_nightly_twice_asks_once_f8(self, press, published, monkeypatch):
        self.claim(press)
        rung = []
        monkeypatch.setattr(nightly, "SPREAD", timedelta(0))
        monkeypatch.setattr(tasks.run_fetch, "delay", lambda **ids: rung.append(ids))

        tasks.nightly()
        tasks.nightly()

        with tenant(press.town.pk):
            assert FetchRun.objects.count() == 1
        assert len({ids["run_id"] for ids in rung}) == 1

    def test_nightly_goes_on_when_one_account_fails_and_logs_no_content(self, press, monkeypatch, caplog):
        self.claim(press)

        def ask_for(**_: Any):
            raise ValueError("an answer")

        monkeypatch.setattr(tasks.pulling, "request_fetch", ask_for)

        tasks.nightly()

        assert "ValueError" in caplog.text
        assert "an answer" not in caplog.text

    def test_run_fetch_twice_asks_once_and_changes_nothing(self, press):
        run = ask(press)

        tasks.run_fetch(municipality_id=press.town.pk, run_id=run.pk)
        n_calls = len(press.sandbox.calls())
        with tenant(press.town.pk):
            ended = FetchRun.objects.get()

        tasks.run_fetch(municipality_id=press.town.pk, run_id=run.pk)

        assert len(press.sandbox.calls()) == n_calls
        with tenant(press.town.pk):
            again = FetchRun.objects.get()
        assert (again.state, again.ended_at) == (FetchRun.State.DONE, ended.ended_at)


class TestPages:
    def figures(self, press: Press, delivery: Delivery) -> str:
        return f"/9901/leveringer/{delivery.pk}/tall/"

    def fetch_address(self, press: Press) -> str:
        return f"/9901/kanaler/{press.account.pk}/hent/"

    def test_show_figures_with_fetch_time_and_the_tracked_visits_beside(self, press, published, client_of):
        fetch(press)
        with tenant(press.town.pk):
            visits.store([LinkHour(link=published.link, hour=press.now, visitor="person", n_visits=41)])
            visits.store([LinkHour(link=published.link, hour=press.now, visitor="bot", n_visits=900)])

        html = client_of(press.town.reader).get(self.figures(press, published)).content.decode()

        assert "Fra LinkedIn, hentet" in html
        assert "<dd>41</dd>" in html
        assert "ikke hentet ennå" not in html

    def test_show_what_is_not_fetched_yet_as_missing(self, press, published, client_of):
        html = client_of(press.town.reader).get(self.figures(press, published)).content.decode()

        # Once for all that the channel counts, not once for each figure.
        assert html.count("ikke hentet ennå") == 1
        assert "<dd>0</dd>" in html  # our own link was followed by nobody: that is known

    def test_give_htmx_the_fragment_and_others_a_page(self, press, published, client_of):
        client = client_of(press.town.reader)

        fragment = client.get(self.figures(press, published), headers={"HX-Request": "true"})
        page = client.get(self.figures(press, published))

        assert "<html" not in fragment.content.decode()
        assert "<html" in page.content.decode()
        assert "HX-Request" in fragment.headers["Vary"]

    @pytest.mark.parametrize("person", ["hr", "adviser", "novice", "administrator"])
    def test_fetch_now_makes_a_run_and_says_so(self, press, published, client_of, person):
        client = client_of(press.town.people[person])

        response = client.post(self.fetch_address(press), {"levering": published.pk}, follow=True)

        assert response.redirect_chain[-1][0] == f"/9901/leveringer/{published.pk}/"
        assert "Vi henter tallene fra LinkedIn" in response.content.decode()
        with tenant(press.town.pk):
            assert FetchRun.objects.get().asked_by == press.town.people[person]

    def test_ask_again_while_a_run_is_under_way_and_stop_when_it_has_ended(self, press, published, client_of):
        client, htmx = client_of(press.town.adviser), {"HX-Request": "true"}
        asked = client.post(self.fetch_address(press), {"levering": published.pk}, headers=htmx).content.decode()
        with tenant(press.town.pk):
            run = FetchRun.objects.get()
        pulling.run_fetch(municipality_id=press.town.pk, run_id=run.pk, now=clock.now())

        ended = client.get(self.figures(press, published), headers=htmx).content.decode()

        assert 'hx-trigger="every 2s"' in asked
        assert "every 2s" not in ended
        assert "Fra LinkedIn, hentet" in ended

    def test_too_soon_is_said_with_the_time(self, press, published, client_of):
        carry_out(press, ask(press))

        response = client_of(press.town.hr).post(self.fetch_address(press), {"levering": "x"}, follow=True)

        assert "Du kan hente igjen kl." in response.content.decode()

    def test_dead_access_is_told(self, press, published, client_of):
        press.sandbox.fault(STATISTICS, kind="token_revoked")
        fetch(press)

        html = client_of(press.town.reader).get(f"/9901/kanaler/{press.account.pk}/tall/").content.decode()

        assert "Siden må kobles til på nytt" in html

    def test_readers_may_look_but_not_fetch(self, press, published, client_of):
        client = client_of(press.town.reader)

        assert client.post(self.fetch_address(press)).status_code == 404
        assert "Hent tall nå" not in client.get(self.figures(press, published)).content.decode()

    def test_are_not_there_for_the_neighbour_p13(self, press, published, storvika, client_of):
        hr = client_of(storvika.hr)
        addresses = [self.figures(press, published), f"/9901/kanaler/{press.account.pk}/tall/"]

        for address in addresses:
            assert hr.get(address).status_code == 404
            assert hr.get(address.replace("9901", "9902")).status_code == 404
        assert hr.post(self.fetch_address(press).replace("9901", "9902")).status_code == 404
        with tenant(press.town.pk):
            assert not FetchRun.objects.exists()

    def test_fetch_now_is_not_there_for_a_channel_served_by_hand(self, lyngvaer, client_of):
        with tenant(lyngvaer.pk):
            account = Account.objects.create(channel=Channel.objects.get(slug="print"), name="Avisa")

        assert client_of(lyngvaer.hr).post(f"/9901/kanaler/{account.pk}/hent/").status_code == 404


def test_figures_of_a_draft_are_not_there_for_those_who_may_not_see_drafts(press, client_of):
    """Table M: the small page tells the title of the post."""
    delivery = press.draft()
    address = f"/9901/leveringer/{delivery.pk}/tall/"

    assert client_of(press.town.reader).get(address).status_code == 404
    assert client_of(press.town.hr).get(address).status_code == 200
