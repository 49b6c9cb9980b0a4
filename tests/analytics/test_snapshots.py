"""Cumulative figures become daily ones that add up to them (P8)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.actions import measurements
from analytics.actions.snapshots import DAILY, daily_figures
from analytics.models import Measurement, Snapshot
from foundation.tenancy import tenant
from tests.analytics.posts import make_world

PUBLISHED = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 3, 3, 10, tzinfo=UTC)


def snapshot(taken_at, **values):
    return Snapshot(taken_at=taken_at, **values)


def daily(*snapshots, published_at=PUBLISHED):
    return daily_figures(snapshots, delivery_id=1, published_at=published_at)


def nights(n):
    return NIGHT + timedelta(days=n)


class TestDailyFigures:
    def test_are_the_differences_of_consecutive_days(self):
        rows = daily(snapshot(nights(0), clicks=4), snapshot(nights(1), clicks=9), snapshot(nights(2), clicks=9))

        assert [(row.day, row.clicks) for row in rows] == [
            (date(2026, 11, 3), 4),
            (date(2026, 11, 4), 5),
            (date(2026, 11, 5), 0),
        ]

    def test_start_from_nothing_on_the_day_of_publishing(self):
        [same_day] = daily(snapshot(PUBLISHED + timedelta(hours=1), clicks=4))
        [third_day] = daily(snapshot(nights(1), clicks=4))

        assert (same_day.clicks, same_day.span_days) == (4, 1)
        assert (third_day.clicks, third_day.span_days) == (4, 3)

    def test_take_the_last_of_several_on_the_same_day_in_whatever_order_they_come(self):
        rows = daily(
            snapshot(nights(1), clicks=9),
            snapshot(NIGHT + timedelta(hours=9), clicks=6),
            snapshot(NIGHT, clicks=4),
        )

        assert [row.clicks for row in rows] == [6, 3]
        assert rows[0].fetched_at == NIGHT + timedelta(hours=9)

    def test_stand_on_the_later_day_after_a_gap_with_its_length(self):
        rows = daily(snapshot(nights(0), clicks=4), snapshot(nights(5), clicks=14))

        assert [(row.day, row.clicks, row.span_days) for row in rows][1] == (date(2026, 11, 8), 10, 5)

    def test_stay_unknown_where_nothing_was_told(self):
        [row] = daily(snapshot(nights(0), clicks=None, impressions=0))

        assert (row.clicks, row.impressions, row.shares, row.reach) == (None, 0, None, None)

    def test_bring_what_came_meanwhile_when_a_figure_is_told_again(self):
        rows = daily(
            snapshot(nights(0), clicks=4, comments=1),
            snapshot(nights(1), clicks=None, comments=1),
            snapshot(nights(2), clicks=11, comments=2),
        )

        assert [row.clicks for row in rows] == [4, None, 7]
        assert [row.comments for row in rows] == [1, 0, 1]
        assert rows[2].span_days == 2

    def test_are_negative_when_reactions_are_withdrawn(self):
        rows = daily(snapshot(nights(0), reactions=10), snapshot(nights(1), reactions=8))

        assert rows[1].reactions == -2

    def test_note_a_zero_that_was_implied(self):
        rows = daily(snapshot(nights(0), clicks=0, is_implied_zero=True), snapshot(nights(1), clicks=2))

        assert [row.is_implied_zero for row in rows] == [True, False]

    def test_are_labelled_with_the_channels_day_whatever_the_zone_of_the_moment(self):
        oslo_midnight = datetime.fromisoformat("2026-11-04T00:30:00+01:00")

        [row] = daily(snapshot(oslo_midnight, clicks=1))

        assert row.day == date(2026, 11, 3)

    def test_obey_a_channel_with_another_day(self):
        [row] = daily_figures(
            [snapshot(NIGHT, clicks=1)],
            delivery_id=1,
            published_at=PUBLISHED,
            day_of=lambda moment: (moment - timedelta(hours=8)).date(),
        )

        assert row.day == date(2026, 11, 2)

    def test_never_make_reach_out_of_unique_people(self):
        rows = daily(snapshot(nights(0), unique_impressions=50), snapshot(nights(1), unique_impressions=70))

        assert [row.reach for row in rows] == [None, None]

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 400), st.fixed_dictionaries(dict.fromkeys(DAILY, st.none() | st.integers(0, 999)))
            ),
            max_size=12,
            unique_by=lambda reading: reading[0],
        )
    )
    def test_always_add_up_to_the_latest_cumulative_figure(self, readings):
        snapshots = [snapshot(PUBLISHED + timedelta(hours=hours), **values) for hours, values in readings]

        rows = daily(*snapshots)

        assert [row.day for row in rows] == sorted({row.day for row in rows})
        for name in DAILY:
            told = [getattr(each, name) for each in sorted(snapshots, key=lambda each: each.taken_at)]
            latest = next((value for value in reversed(told) if value is not None), None)
            parts = [value for row in rows if (value := getattr(row, name)) is not None]
            assert (sum(parts) if parts else None) == latest


@pytest.mark.django_db
class TestStoredDailyFigures:
    def test_follow_when_more_is_read_the_same_day_and_when_a_gap_is_filled(self):
        municipality, [delivery] = make_world(number="9901", name="Lyngvær")

        def store(*snapshots):
            rows = daily_figures(snapshots, delivery_id=delivery.pk, published_at=PUBLISHED)
            measurements.store(rows, now=nights(9))
            return list(Measurement.objects.order_by("day").values_list("clicks", "span_days"))

        with tenant(municipality.pk):
            first, third = snapshot(nights(0), clicks=4), snapshot(nights(2), clicks=10)
            assert store(first, third) == [(4, 2), (6, 2)]
            assert store(first, snapshot(nights(1), clicks=9), third) == [(4, 2), (5, 1), (1, 1)]
            assert store(first, snapshot(nights(1), clicks=9), third) == [(4, 2), (5, 1), (1, 1)]
