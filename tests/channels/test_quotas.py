"""Counting what LinkedIn is asked, and leaving it alone when it says so (F6)."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from channels.actions import pauses as acts
from channels.actions import publishing, quotas
from channels.connectors import NothingSent
from channels.connectors.linkedin import LinkedIn, restli
from channels.models import CallCount, Delivery, PlatformPause
from channels.queries import deliveries, pauses
from channels.queries import quotas as queries
from foundation.tenancy import tenant

pytestmark = pytest.mark.django_db

State = Delivery.State
LIST, CREATE, FIGURES = "GET /rest/posts", "POST /rest/posts", "GET /rest/socialMetadata/{key}"
EVENING = datetime(2026, 11, 23, 22, 58, tzinfo=UTC)


def note(press, calls: dict[str, int], *, now: datetime) -> None:
    with tenant(press.town.pk):
        quotas.note(press.account, Counter(calls), now=now)


class TestCounting:
    @pytest.mark.parametrize(
        ("method", "path", "endpoint"),
        [
            ("GET", "/rest/posts", LIST),
            ("GET", "/rest/posts/urn%3Ali%3Ashare%3A7", "GET /rest/posts/{key}"),
            ("GET", "/rest/organizations/1001", "GET /rest/organizations/{key}"),
            ("GET", "/rest/socialActions/urn%3Ali%3Ashare%3A7/comments", "GET /rest/socialActions/{key}/comments"),
            ("DELETE", "/rest/reactions/(actor:urn%3A1,entity:x)", "DELETE /rest/reactions/{key}"),
        ],
    )
    def test_counts_under_the_name_that_linkedin_counts_under(self, method, path, endpoint):
        assert restli.endpoint(method, path) == endpoint

    def test_is_by_account_endpoint_and_utc_day_and_adds_up(self, press):
        note(press, {LIST: 2, CREATE: 1}, now=EVENING)
        note(press, {LIST: 3}, now=EVENING)
        note(press, {LIST: 7}, now=EVENING + timedelta(hours=2))

        counted = CallCount.objects.order_by("day", "endpoint").values_list("endpoint", "day__day", "n_calls")
        assert list(counted) == [(LIST, 23, 5), (CREATE, 23, 1), (LIST, 24, 7)]

    def test_of_a_post_is_noted_with_its_outcome_in_one_transaction(self, press):
        """A post's own call is counted in the transaction that records its outcome, and undone with it."""
        with_answer, without = press.due(), press.due()

        press.publish(with_answer)
        press.sandbox.fault(CREATE, kind="answer_lost")
        press.publish(without)

        assert (press.state(with_answer), press.state(without)) == (State.PUBLISHED, State.UNKNOWN)
        assert CallCount.objects.get(endpoint=CREATE).n_calls == 2

    def test_pulling_keeps_to_its_ceiling_and_leaves_room_for_publishing(self, press, settings):
        settings.LINKEDIN_PULL_DAILY_CALLS, settings.LINKEDIN_APP_DAILY_CALLS = 80, 100

        fresh = queries.left(press.account, FIGURES, EVENING)
        note(press, {FIGURES: 30}, now=EVENING)
        used = queries.left(press.account, FIGURES, EVENING)
        CallCount.objects.create(
            connector="linkedin",
            municipality_id=press.town.pk,
            account_id=0,
            endpoint=FIGURES,
            day=EVENING.date(),
            n_calls=45,
        )
        shared = queries.left(press.account, FIGURES, EVENING)
        tomorrow = queries.left(press.account, FIGURES, EVENING + timedelta(hours=2))
        settings.LINKEDIN_PULL_DAILY_CALLS = settings.LINKEDIN_APP_DAILY_CALLS = 0
        settings.LINKEDIN_MEMBER_DAILY_CALLS = 0

        assert (fresh, used, shared, tomorrow) == (80, 50, 5, 80)
        assert queries.left(press.account, FIGURES, EVENING) > 100_000

    def test_is_forgotten_after_a_month(self, press):
        note(press, {LIST: 2}, now=EVENING - timedelta(days=36))
        note(press, {LIST: 2}, now=EVENING - timedelta(days=35))

        assert quotas.forget_old(now=EVENING) == 1
        assert CallCount.objects.count() == 1

    def test_our_own_count_never_holds_a_post_back(self, press, settings):
        settings.LINKEDIN_PULL_DAILY_CALLS = settings.LINKEDIN_MEMBER_DAILY_CALLS = 1
        delivery = press.due()
        note(press, {CREATE: 500}, now=press.now)

        assert press.publish(delivery) == State.PUBLISHED


class TestPausing:
    def throttled(self, press, *, now: datetime, retry_after_s: int | None = None, doing: str = "publish") -> float:
        problem = NothingSent("throttled", retry_after_s=retry_after_s, endpoint=CREATE)
        until = acts.throttled(press.account, problem, doing=doing, now=now)
        return (until - now).total_seconds()

    def test_lasts_as_long_as_the_platform_asks(self, press):
        assert self.throttled(press, now=EVENING, retry_after_s=120) == 120

    def test_lasts_until_midnight_utc_when_our_count_makes_the_daily_quota_plausible(self, press):
        note(press, {CREATE: 95}, now=EVENING)

        assert 62 * 60 < self.throttled(press, now=EVENING) < 64 * 60
        assert PlatformPause.objects.get().reason == "quota"

    def test_is_everybodys_when_the_apps_quota_is_used(self, press, settings):
        settings.LINKEDIN_APP_DAILY_CALLS = 100
        note(press, {CREATE: 95}, now=EVENING)

        self.throttled(press, now=EVENING)

        assert pauses.paused_until(connector="linkedin", account_id=press.account.pk + 1, now=EVENING)

    def test_grows_and_is_jittered_while_nothing_explains_it(self, press):
        now, waits = EVENING - timedelta(hours=9), []
        for _ in range(7):
            waits.append(self.throttled(press, now=now))
            now += timedelta(seconds=waits[-1] + 1)

        assert all(22 <= wait / 2**n <= 38 for n, wait in enumerate(waits[:5]))
        assert 675 <= waits[6] <= 1125
        assert self.throttled(press, now=now + timedelta(hours=3)) <= 38

    def test_of_figures_holds_no_post_back_and_stops_the_pulling(self, press):
        self.throttled(press, now=press.now, doing="figures")

        assert queries.left(press.account, FIGURES, press.now) == 0
        assert pauses.paused_until(connector="linkedin", account_id=press.account.pk, now=press.now) is None

    def test_of_three_accounts_at_once_is_everybodys(self, press):
        accounts = [press.account.pk + n for n in range(3)]
        for account_id in accounts:
            press.account.pk = account_id
            self.throttled(press, now=EVENING)

        assert pauses.paused_until(connector="linkedin", account_id=accounts[2] + 1, now=EVENING)

    def test_says_what_waits_and_why(self, press):
        self.throttled(press, now=EVENING, retry_after_s=600)

        pause = pauses.pauses_of("linkedin", account_id=press.account.pk, now=EVENING)[0]
        text = pauses.sentence(pause, channel="LinkedIn")

        assert "00" in text
        assert "LinkedIn" in text


class TestHundredInARow:
    """F6: 429 with nothing said for how long, shared by accounts: no hammering, order kept, late ones to a person."""

    def test_asks_seldom_and_uses_no_attempts_of_those_that_wait(self, press, settings):
        press.sandbox.fault(CREATE, kind="status_429", count=100)
        posts = [press.due() for _ in range(6)]
        now, end = press.now, press.now + timedelta(seconds=settings.LATE_AFTER_S + 300)

        while now < end:
            for delivery in posts:
                stored = press.fresh(delivery)
                if stored.state == State.SCHEDULED and (stored.next_at or now) <= now:
                    try:
                        press.publish(delivery, later=now - press.now)
                    except publishing.NotDue:
                        continue
            now += timedelta(seconds=120)

        assert press.n_posted() <= 12
        assert {press.state(delivery) for delivery in posts} == {State.LATE}
        assert press.attempts(posts[-1]) == []

    def test_goes_on_in_order_when_the_pause_is_over(self, press):
        press.sandbox.fault(CREATE, kind="status_429", retry_after=90)
        first, second, third = (press.due() for _ in range(3))
        for n, delivery in enumerate((first, second, third)):
            press.set(delivery, due_at=press.now - timedelta(seconds=30 - n))

        states = [press.publish(first)]
        for delivery in (third, second):
            with pytest.raises(publishing.NotDue):
                press.publish(delivery, later=timedelta(seconds=1))
        times = [press.fresh(delivery).next_at for delivery in (first, second, third)]
        with tenant(press.town.pk):
            story = deliveries.delivery_story(press.fresh(second), now=press.now)

        assert states == [State.SCHEDULED]
        assert "må vente" in story.headline
        assert "LinkedIn ber oss vente" in story.what_happened
        assert times == sorted(times)
        assert len(set(times)) == 3
        assert press.publish(first, later=times[0] - press.now) == State.PUBLISHED
        assert press.publish(third, later=times[2] - press.now) == State.PUBLISHED


class TestVersionSunset:
    def test_p6_holds_posts_back_and_burns_none_and_they_go_on_with_another_version(self, press, settings):
        settings.LINKEDIN_VERSION = "202511"
        first, second = press.due(), press.due()

        state = press.publish(first)
        held = [(press.state(each), press.fresh(each).reason) for each in (first, second)]
        with tenant(press.town.pk):
            story = deliveries.delivery_story(press.fresh(first), now=press.now)
        settings.LINKEDIN_VERSION = "202608"
        with tenant(press.town.pk):
            publishing.unblock(press.account, now=press.now)

        assert state == State.BLOCKED
        assert held == [(State.BLOCKED, "version_sunset")] * 2
        assert "ikke lenger på versjonen" in story.what_happened
        assert story.who_acts == "Systemadministratoren kan bytte versjonen."
        assert press.publish(first) == State.PUBLISHED
        assert press.fresh(second).state == State.SCHEDULED

    def test_is_no_fault_of_the_account(self, press, settings):
        from channels.models import Connection

        settings.LINKEDIN_VERSION = "202511"

        press.publish(press.due())

        with tenant(press.town.pk):
            assert Connection.objects.get().state == "ok"


class TestPage:
    def test_tells_use_pauses_and_version(self, press, client_of, storvika):
        note(press, {LIST: 3}, now=datetime.now(UTC))
        acts.throttled(press.account, NothingSent("throttled", retry_after_s=900), doing="publish", now=press.now)
        address = f"/9901/kanaler/{press.account.pk}/kvoter/"

        page = client_of(press.town.administrator).get(address).content.decode()

        assert "LinkedIn har bedt oss vente" in page
        assert "Publisering venter til" in page
        assert "Liste opp sidens innlegg" in page
        assert "97" in page
        assert "versjon 202608 til 15. aug. 2027" in page
        assert client_of(press.town.reader).get(address).status_code == 404
        assert client_of(storvika.administrator).get(address).status_code == 404

    def test_of_platforms_sums_all_accounts_for_the_system_administrator(self, press, operator, client_of, settings):
        note(press, {LIST: 3}, now=datetime.now(UTC))
        settings.LINKEDIN_VERSION = "202511"
        acts.version_died("linkedin")

        page = client_of(operator).get("/system/plattformer/").content.decode()

        assert "svarer ikke lenger på versjon 202511" in page
        assert "497" in page
        assert client_of(press.town.administrator).get("/system/plattformer/").status_code == 404


def test_the_quota_of_the_settings_is_linkedins(settings):
    settings.LINKEDIN_APP_DAILY_CALLS = 0

    assert (LinkedIn.quota().app, LinkedIn.quota().member, LinkedIn.quota().pulling) == (None, 100, 80)
