"""Measurements are stored once and keep what they replace (P7, P8)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import ChannelDay, Measurement, ObjectKind, Origin, Restatement
from foundation.tenancy import tenant
from tests.analytics.posts import make_world
from tests.analytics.stored import DAY, NOW, READ_NEXT_DAY, figures, measured, rolled_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """Lyngvær with one post on LinkedIn and one on Facebook, entered."""
    municipality, deliveries = make_world(number="9901", name="Lyngvær", slugs=("linkedin", "facebook"))
    with tenant(municipality.pk):
        yield deliveries


@pytest.fixture
def neighbour(db):
    """Storvika with one post on LinkedIn."""
    return make_world(number="9902", name="Storvika")


class TestStore:
    def test_keeps_what_was_told_and_leaves_the_rest_unknown(self, world):
        stored = measurements.store([figures(world[0], impressions=420, clicks=0)], now=NOW)

        row = measured()
        assert stored == measurements.Stored(n_received=1, n_new=1, n_changed=0)
        assert (row.impressions, row.clicks, row.reactions, row.reach, row.spend_ore) == (420, 0, None, None, None)
        assert (row.fetched_at, row.origin, row.span_days, row.is_implied_zero) == (
            READ_NEXT_DAY, Origin.API, 1, False,
        )  # fmt: skip
        assert (row.channel, row.job_id) == (world[0].account.channel, None)

    def test_changes_nothing_the_second_time(self, world):
        rows = [figures(world[0], impressions=420, clicks=3), figures(world[1], impressions=7)]
        measurements.store(rows, now=NOW)
        before = list(Measurement.objects.values_list()), rolled_up()

        again = measurements.store(rows, now=NOW + timedelta(days=1))

        assert (again.n_new, again.n_changed) == (0, 0)
        assert (list(Measurement.objects.values_list()), rolled_up()) == before
        assert not Restatement.objects.exists()

    def test_replaces_a_restated_figure_and_keeps_the_old_one_with_time_and_reason(self, world):
        measurements.store([figures(world[0], impressions=420, clicks=3)], now=NOW)
        later = READ_NEXT_DAY + timedelta(days=2)

        stored = measurements.store(
            [figures(world[0], impressions=400, clicks=3, fetched_at=later)], now=NOW + timedelta(days=2)
        )

        restated = Restatement.objects.get()
        assert (stored.n_new, stored.n_changed) == (0, 1)
        assert (measured().impressions, measured().fetched_at) == (400, later)
        assert (restated.metric, restated.old_value, restated.new_value) == ("impressions", 420, 400)
        assert (restated.old_fetched_at, restated.changed_at) == (READ_NEXT_DAY, NOW + timedelta(days=2))
        assert (restated.reason, restated.object_id, restated.day) == ("restated", world[0].pk, DAY)

    def test_says_why_when_the_day_was_not_over_or_the_origin_is_another(self, world):
        noon, evening = datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 20, tzinfo=UTC)
        measurements.store([figures(world[0], clicks=1, fetched_at=noon)], now=NOW)
        measurements.store([figures(world[0], clicks=4, fetched_at=evening)], now=NOW)
        measurements.store([figures(world[0], clicks=5, origin=Origin.FILE)], now=NOW)

        reasons = Restatement.objects.order_by("id").values_list("old_value", "new_value", "reason")

        assert list(reasons) == [(1, 4, "day_not_over"), (4, 5, "replaced")]

    def test_never_lets_an_unknown_figure_erase_a_known_one(self, world):
        measurements.store([figures(world[0], impressions=420, clicks=None)], now=NOW)

        measurements.store([figures(world[0], impressions=None, clicks=2)], now=NOW)

        assert (measured().impressions, measured().clicks) == (420, 2)
        assert not Restatement.objects.exists()

    def test_leaves_out_what_was_fetched_before_the_stored_figure(self, world):
        measurements.store([figures(world[0], clicks=9)], now=NOW)

        late = measurements.store([figures(world[0], clicks=4, fetched_at=READ_NEXT_DAY - timedelta(hours=1))], now=NOW)

        assert (late.n_changed, measured().clicks) == (0, 9)

    def test_keeps_negative_corrections(self, world):
        measurements.store([figures(world[0], reactions=-3)], now=NOW)

        assert measured().reactions == -3
        assert ChannelDay.objects.get().reactions == -3

    def test_notes_a_zero_that_the_channel_only_implied(self, world):
        measurements.store([figures(world[0], impressions=0, is_implied_zero=True)], now=NOW)

        assert (measured().impressions, measured().is_implied_zero) == (0, True)

    def test_counts_rows_about_the_same_day_in_the_order_given(self, world):
        stored = measurements.store(
            [figures(world[0], clicks=1, reactions=8), figures(world[0], clicks=2), figures(world[0], clicks=3)],
            now=NOW,
        )

        assert stored == measurements.Stored(n_received=3, n_new=1, n_changed=2)
        assert (measured().clicks, measured().reactions) == (3, 8)

    def test_tells_a_page_and_a_post_with_the_same_number_apart(self, world):
        page = Figures(
            kind=ObjectKind.ACCOUNT, object_id=world[0].account_id, day=DAY, fetched_at=READ_NEXT_DAY, followers=812
        )

        measurements.store([page, figures(world[0], clicks=1)], now=NOW)

        assert measured(kind=ObjectKind.ACCOUNT).followers == 812
        assert measured(kind=ObjectKind.DELIVERY).followers is None

    def test_makes_the_partitions_of_the_months_it_needs(self, world):
        days = [date(2025, 12, 31), date(2026, 1, 1), date(2031, 5, 5)]

        measurements.store([figures(world[0], day=day, clicks=1) for day in days], now=NOW)

        assert sorted(Measurement.objects.values_list("day", flat=True)) == days

    def test_stores_nothing_at_all_when_one_object_is_not_ours(self, world, neighbour):
        foreign = neighbour[1][0]

        with pytest.raises(measurements.UnknownObject, match=f"delivery {foreign.pk}"):
            measurements.store([figures(world[0], clicks=1), figures(foreign, clicks=1)], now=NOW)

        assert not Measurement.objects.exists()
        assert not ChannelDay.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"clicks": 2**31},
            {"clicks": "12\t13"},
            {"clicks": 1.5},
            {"clicks": "<b>"},
            {"day": date(1999, 1, 1)},
            {"day": date(2100, 1, 1)},
        ],
    )
    def test_stores_nothing_at_all_when_one_figure_is_unreadable(self, world, wrong):
        with pytest.raises(measurements.UnreadableFigure):
            measurements.store([figures(world[1], clicks=1), figures(world[0], **wrong)], now=NOW)

        assert not Measurement.objects.exists()

    def test_has_nothing_to_do_with_no_rows(self, world):
        assert measurements.store([], now=NOW) == measurements.Stored(n_received=0, n_new=0, n_changed=0)
