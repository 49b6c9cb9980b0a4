"""What is rolled up always adds up to what it is made of (P7, P8)."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.actions import measurements, rollups
from analytics.actions.measurements import Figures
from analytics.models import ChannelDay, ObjectKind
from analytics.queries.measurements import Totals, channel_totals
from foundation.tenancy import tenant
from tests.analytics.posts import make_account, make_channel, make_world
from tests.analytics.stored import DAY, NOW, READ_NEXT_DAY, ROW, figures, rolled_up, summed_parts

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


class TestChannelDay:
    def test_is_unknown_only_when_every_part_is(self, world):
        account = world[0].account
        page = Figures(kind=ObjectKind.ACCOUNT, object_id=account.pk, day=DAY, fetched_at=READ_NEXT_DAY, clicks=5)

        measurements.store([figures(world[0], impressions=3), page], now=NOW)

        row = ChannelDay.objects.get()
        assert (row.impressions, row.clicks, row.shares) == (3, 5, None)

    def test_becomes_known_when_its_first_part_does(self, world):
        measurements.store([figures(world[0], impressions=3)], now=NOW)

        measurements.store([figures(world[0], shares=0)], now=NOW)

        assert (ChannelDay.objects.get().impressions, ChannelDay.objects.get().shares) == (3, 0)

    def test_keeps_a_figure_on_the_channel_it_was_counted_on(self, world):
        account = world[0].account
        measurements.store([figures(world[0], clicks=10)], now=NOW)
        account.channel = make_channel("x")
        account.save()

        measurements.store([figures(world[0], clicks=12)], now=NOW)

        assert rolled_up() == summed_parts()
        assert ChannelDay.objects.get().clicks == 12

    def test_never_holds_reach_or_followers(self):
        columns = {field.name for field in ChannelDay._meta.get_fields()}

        assert not columns & {"reach", "followers"}


class TestSums:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(batches=st.lists(st.lists(ROW, max_size=8), max_size=5))
    def test_always_equal_the_sums_of_their_parts(self, world, batches):
        """P8, after any sequence of stores: repeated, restated, unknown, negative, out of order."""
        objects = [(ObjectKind.DELIVERY, each.pk) for each in world] + [(ObjectKind.ACCOUNT, world[0].account_id)]
        with transaction.atomic():
            for batch in batches:
                rows = [
                    Figures(
                        kind=objects[row["which"]][0],
                        object_id=objects[row["which"]][1],
                        **{name: value for name, value in row.items() if name != "which"},
                    )
                    for row in batch
                ]
                measurements.store(rows, now=NOW)

                assert rolled_up() == summed_parts()
            assert rollups.compare().differences == []
            transaction.set_rollback(True)


class TestChannelTotals:
    def test_sums_each_channel_with_paid_apart_in_one_query(self, world, django_assert_num_queries):
        day_after = DAY + timedelta(days=1)
        measurements.store(
            [
                figures(world[0], impressions=100, clicks=5),
                figures(world[0], day=day_after, impressions=20, fetched_at=NOW),
                figures(world[0], is_paid=True, impressions=1_000, spend_ore=50_000),
                figures(world[0], day=DAY - timedelta(days=1), impressions=7),
                figures(world[1], comments=0),
            ],
            now=NOW,
        )

        with django_assert_num_queries(1):
            totals = channel_totals(first_day=DAY, last_day=day_after)

        linkedin, facebook = (totals[each.account.channel_id] for each in world)
        assert linkedin.organic == Totals(impressions=120, clicks=5)
        assert linkedin.paid == Totals(impressions=1_000, spend_ore=50_000)
        assert linkedin.total == Totals(impressions=1_120, clicks=5, spend_ore=50_000)
        assert linkedin.fetched_at == NOW
        assert facebook.total == Totals(comments=0)

    def test_is_empty_where_nothing_was_measured(self, world):
        assert channel_totals(first_day=DAY, last_day=DAY) == {}

    def test_never_counts_a_neighbours_figures(self, world, neighbour):
        with tenant(neighbour[0].pk):
            measurements.store([figures(neighbour[1][0], clicks=99)], now=NOW)

        assert channel_totals(first_day=DAY, last_day=DAY) == {}


def test_pages_of_two_channels_may_share_a_day(world):
    other = make_account(make_channel("instagram"))

    measurements.store(
        [
            Figures(kind=ObjectKind.ACCOUNT, object_id=each, day=DAY, fetched_at=NOW, impressions=1)
            for each in (world[0].account_id, other.pk)
        ],
        now=NOW,
    )

    assert set(channel_totals(first_day=DAY, last_day=DAY)) == {world[0].account.channel_id, other.channel_id}
