"""A page's own days: back-filled, gaps found, restated, never 0 where nothing is known (P7, P8, B-rows on answers)."""

from datetime import date, timedelta
from typing import Any

import pytest

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import OF_PAGE, ChannelDay, FetchRun, Measurement, ObjectKind, Restatement
from analytics.queries import gaps
from channels.connectors.linkedin import page_figures
from foundation.tenancy import tenant
from tests.analytics.pulls import connect, days_between, days_of, fetch, true_days, utc_day
from tests.channels.deliveries import Press

SHARES = "GET /rest/organizationalEntityShareStatistics"
VIEWS = "GET /rest/organizationPageStatistics"
GAINS = "GET /rest/organizationalEntityFollowerStatistics"
DAY = timedelta(days=1)
ONE = 86_400_000


@pytest.fixture
def press(lyngvaer: Any, linkedin_sandbox: Any) -> Press:
    return connect(lyngvaer, linkedin_sandbox)


def asked(press: Press, endpoint: str) -> int:
    """Return how often an endpoint was asked with an interval."""
    path = endpoint.split()[1]
    return sum(call["path"].startswith(path) for call in press.sandbox.calls())


class TestFirstNight:
    def test_back_fills_twelve_months_of_each_set_up_to_the_last_day_that_is_told_p7(self, press):
        run = fetch(press)

        today = utc_day(press.now)
        truth = true_days(press, first=today - 364 * DAY, n_days=365)
        posts = days_of(press.account, ObjectKind.PAGE_POSTS)
        visits = days_of(press.account, ObjectKind.PAGE_VIEWS)
        gains = days_of(press.account, ObjectKind.FOLLOWER_GAINS)
        paid = days_of(press.account, ObjectKind.FOLLOWER_GAINS, is_paid=True)
        total = days_of(press.account, ObjectKind.FOLLOWERS)
        assert (run.state, run.problem) == (FetchRun.State.DONE, "")
        assert list(posts) == list(visits) == days_between(today - 364 * DAY, today - DAY)
        assert list(gains) == list(paid) == days_between(today - 364 * DAY, today - 2 * DAY)
        assert {day: row.impressions for day, row in posts.items()} == {
            day: truth[day]["shares"]["impressionCount"] for day in posts
        }
        assert {day: row.page_views for day, row in visits.items()} == {
            day: sum(truth[day]["page_views"].values()) for day in visits
        }
        assert all(row.careers_views == row.jobs_views + row.life_views for row in visits.values())
        assert [gains[day].follower_gain for day in gains] == [
            truth[day]["follower_gains"]["organicFollowerGain"] for day in gains
        ]
        assert min(row.follower_gain for row in gains.values()) < 0
        assert list(total) == [today]
        assert total[today].followers == truth[today - DAY]["followers"]

    def test_is_never_counted_twice_in_the_channels_sums_p8(self, press):
        delivery = press.due()
        press.publish(delivery)
        press.sandbox.advance(2 * 24 * 3600)

        fetch(press)

        with tenant(press.town.pk):
            own = Measurement.objects.filter(kind=ObjectKind.DELIVERY).values_list("day", "impressions")
            rolled = ChannelDay.objects.values_list("day", "impressions")
            assert sorted(rolled) == sorted(own)
            assert Measurement.objects.filter(kind__in=OF_PAGE).count() > 1000

    def test_the_next_night_asks_for_little_and_changes_nothing_that_stands_p7(self, press):
        fetch(press)
        before = asked(press, VIEWS)
        stored = {kind: days_of(press.account, kind) for kind in (ObjectKind.PAGE_POSTS, ObjectKind.PAGE_VIEWS)}

        fetch(press, later=timedelta(hours=1))

        assert asked(press, VIEWS) - before == 1
        for kind, rows in stored.items():
            again = days_of(press.account, kind)
            assert {day: row.fetched_at for day, row in again.items()} == {d: row.fetched_at for d, row in rows.items()}


class TestGaps:
    def test_are_found_by_comparing_days_and_not_from_the_last_one_p7(self, press):
        today = utc_day(press.now)
        missing = {today - n * DAY for n in (200, 201, 90, 40)}
        known = [day for day in days_between(today - 364 * DAY, today - DAY) if day not in missing]
        with tenant(press.town.pk):
            rows = [
                Figures(kind=ObjectKind.PAGE_VIEWS, object_id=press.account.pk, day=day, fetched_at=press.now,
                        page_views=1) for day in known
            ]  # fmt: skip
            measurements.store(rows, now=press.now)

        fetch(press, later=timedelta(hours=1))

        truth = true_days(press, first=today - 201 * DAY, n_days=200)
        rows = days_of(press.account, ObjectKind.PAGE_VIEWS)
        assert list(rows) == days_between(today - 364 * DAY, today - DAY)
        for day in missing:
            assert rows[day].page_views == sum(truth[day]["page_views"].values())
        # What is neither missing nor young is left as it is: one call for each gap, one for the last days.
        assert rows[today - 300 * DAY].page_views == 1
        assert asked(press, VIEWS) == 4

    @pytest.mark.parametrize(
        ("missing", "expected"),
        [
            ([], [(10, 16)]),
            ([1], [(1, 16)]),
            ([-30], [(10, 16), (-30, -30)]),
            ([-200, -199, -60], [(10, 16), (-60, -60), (-200, -199)]),
            (list(range(-199, 17)), [(-15, 16), (-107, -16), (-199, -108)]),
        ],
    )
    def test_become_windows_with_the_last_week_and_at_most_a_quarter(self, missing, expected):
        first = date(2026, 5, 1)
        known = gaps.Coverage(first - 200 * DAY, first + 16 * DAY, [first + n * DAY for n in missing], untold=[])

        windows = gaps.windows(known, asks_again=False)

        assert [((a - first).days, (b - first).days) for a, b in windows] == expected

    def test_what_was_asked_for_and_not_told_is_asked_for_again_once_a_week(self):
        first = date(2026, 5, 1)
        known = gaps.Coverage(first, first + 99 * DAY, [], untold=[first + 20 * DAY])

        assert len(gaps.windows(known, asks_again=False)) == 1
        assert gaps.windows(known, asks_again=True)[1] == (first + 20 * DAY, first + 20 * DAY)

    def test_limits_are_the_channels_own(self):
        today = date(2026, 11, 23)

        assert page_figures.askable_days("shares", today=today) == (date(2025, 11, 24), date(2026, 11, 22))
        assert page_figures.askable_days("gains", today=today)[1] == date(2026, 11, 21)


class TestRestatement:
    def test_replaces_the_figure_and_keeps_the_old_one_with_when_and_why_p7(self, press):
        fetch(press)
        day, old_day = utc_day(press.now) - 3 * DAY, utc_day(press.now) - 30 * DAY
        before = days_of(press.account, ObjectKind.PAGE_POSTS)
        for changed in (day, old_day):
            press.sandbox.restate(organisation=1001, day=changed.isoformat(), metric="impressionCount", by=-7)

        fetch(press, later=timedelta(hours=2))

        after = days_of(press.account, ObjectKind.PAGE_POSTS)
        with tenant(press.town.pk):
            (row,) = Restatement.objects.filter(kind=ObjectKind.PAGE_POSTS)
        assert after[day].impressions == before[day].impressions - 7
        assert (row.day, row.metric, row.old_value, row.new_value) == (
            day, "impressions", before[day].impressions, before[day].impressions - 7,
        )  # fmt: skip
        assert (row.reason, row.changed_at) == ("restated", press.now + timedelta(hours=2))
        # Beyond the last week nothing is asked for again.
        assert after[old_day].impressions == before[old_day].impressions


class TestOddAnswers:
    def test_a_day_that_is_not_told_is_missing_and_never_zero_p7(self, press):
        press.sandbox.switch(omit_empty_days=True)

        fetch(press)

        truth = true_days(press, first=utc_day(press.now) - 364 * DAY, n_days=364)
        rows = days_of(press.account, ObjectKind.PAGE_POSTS)
        silent = [day for day in rows if not any(truth[day]["shares"].values())]
        assert silent
        assert {rows[day].impressions for day in silent} == {None}
        assert not any(row.is_implied_zero for row in rows.values())

    def test_what_no_channel_means_is_left_out_and_the_rest_is_kept(self, press):
        """Numbers as text, nulls, unknown fields, doubled rows, another page's rows, days that are none, 10**15."""
        end = utc_day(press.now)
        start = [int(page_figures._ms(end - n * DAY)) for n in range(9)]
        own = "urn:li:organization:1001"

        def row(n: int, views: Any, **more: Any) -> dict[str, Any]:
            return {
                "timeRange": {"start": start[n], "end": start[n] + ONE},
                "totalPageStatistics": {"views": {"allPageViews": views, "newFangledPageViews": {"pageViews": 1}}},
                "organization": own, **more,
            }  # fmt: skip

        elements = [
            row(2, {"pageViews": "46", "uniquePageViews": None}), row(3, {"pageViews": 1}), row(3, {"pageViews": 5}),
            row(4, None), row(5, {"pageViews": 9}, organization="urn:li:organization:1002"),
            row(6, {"pageViews": 10**15}),
            row(7, {"pageViews": -3}), row(8, {"pageViews": 4}, timeRange={"start": start[8] + 5}),
        ]  # fmt: skip
        with tenant(press.town.pk):
            known = days_between(end - 364 * DAY, end - 9 * DAY)
            measurements.store(
                [Figures(kind=ObjectKind.PAGE_VIEWS, object_id=press.account.pk, day=day, fetched_at=press.now,
                         page_views=1) for day in known],
                now=press.now,
            )  # fmt: skip
        press.sandbox.fault(VIEWS, kind="fields", set={"elements": elements})

        run = fetch(press)

        rows = days_of(press.account, ObjectKind.PAGE_VIEWS)
        assert (run.state, run.problem) == (FetchRun.State.DONE, "")
        assert [rows[end - n * DAY].page_views for n in range(1, 9)] == [None, 46, 5, None, None, None, -3, None]
        assert rows[end - 2 * DAY].reach is None

    @pytest.mark.parametrize("kind", ["garbage", "other_shape", "empty_2xx", "plain_500"])
    def test_an_answer_nobody_can_read_stores_nothing_and_is_asked_for_again_f17(self, press, kind):
        press.sandbox.fault(VIEWS, kind=kind)

        run = fetch(press)

        assert run.state == FetchRun.State.PARTLY
        assert days_of(press.account, ObjectKind.PAGE_POSTS)
        assert not days_of(press.account, ObjectKind.PAGE_VIEWS)
        with tenant(press.town.pk):
            assert FetchRun.objects.filter(state="waiting", is_come_back=True).count() == 1

    def test_one_set_that_is_refused_leaves_the_others_and_says_so(self, press):
        press.sandbox.fault(VIEWS, kind="status", status=404)
        press.sandbox.fault(GAINS, kind="role_lost")

        run = fetch(press)

        assert (run.state, run.problem) == (FetchRun.State.PARTLY, "not_found")
        assert days_of(press.account, ObjectKind.PAGE_POSTS)
        assert days_of(press.account, ObjectKind.FOLLOWERS)
        assert not days_of(press.account, ObjectKind.FOLLOWER_GAINS)
