"""The figures of chosen vacancies: sums by month, and what a period holds of them (P7, P8)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.actions import measurements, rollups
from analytics.actions.measurements import Figures
from analytics.models import JobMonth, Measurement, ObjectKind
from analytics.queries.job_months import cut_months, sums_by_month, totals_of_chosen
from analytics.queries.measurements import SUMMED, Totals, known_sum
from analytics.queries.selection import Period, Selection
from channels.models import Post
from foundation.tenancy import tenant
from tests.analytics.posts import make_world
from tests.analytics.stored import (
    DAY,
    NOW,
    READ_NEXT_DAY,
    VALUE,
    figures,
    months_rolled_up,
    months_summed,
    vacancy,
)  # fmt: skip

pytestmark = pytest.mark.django_db

# Two months and a year's end, so that a period may cut one of them, both or none.
FIRST = date(2026, 12, 30)
DAYS = [FIRST + timedelta(days=n) for n in (0, 1, 2, 3, 20, 32, 33, 40)]
PERIODS = st.tuples(st.sampled_from(range(45)), st.sampled_from(range(45))).map(sorted)
FETCHED = st.integers(0, 72).map(lambda hours: READ_NEXT_DAY + timedelta(days=60, hours=hours))
STORED = st.fixed_dictionaries(
    {"which": st.integers(0, 2), "day": st.sampled_from(DAYS), "is_paid": st.booleans(), "fetched_at": FETCHED}
    | dict.fromkeys(("impressions", "clicks", "spend_ore", "reach"), VALUE)
)
# Before a batch is stored a post may go over to another vacancy, or to none.
MOVE = st.none() | st.tuples(st.integers(0, 2), st.integers(0, 2))


@pytest.fixture
def world(db):
    """Lyngvær with three posts on two channels, entered."""
    municipality, deliveries = make_world(number="9901", name="Lyngvær", slugs=("linkedin", "facebook"))
    with tenant(municipality.pk):
        yield deliveries


def of_job(job, first_day, last_day):
    selection = Selection(Period(first_day, last_day), job_id=job.pk)
    return totals_of_chosen(selection=selection, first_day=first_day, last_day=last_day)


def by_hand(job, first_day, last_day):
    """The same totals from the measurements one by one: {channel: {is_paid: Totals}}, and when they were fetched."""
    sums, fetched = {}, {}
    for row in Measurement.objects.filter(job_id=job.pk, day__range=(first_day, last_day)):
        parts = sums.setdefault(row.channel_id, {False: Totals(), True: Totals()})
        parts[row.is_paid] += Totals(**{name: getattr(row, name) for name in SUMMED})
        fetched[row.channel_id] = max(fetched.get(row.channel_id, row.fetched_at), row.fetched_at)
    return {channel: (parts[False], parts[True], fetched[channel]) for channel, parts in sums.items()}


class TestSums:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        batches=st.lists(st.tuples(MOVE, st.lists(STORED, max_size=8)), max_size=4),
        periods=st.lists(PERIODS, min_size=3, max_size=3),
    )
    def test_always_equal_the_measurements_they_are_made_of(self, world, batches, periods):
        """P8, whatever is stored, restated or moved to another vacancy, and wherever a period cuts a month."""
        with transaction.atomic():
            jobs = [vacancy(), vacancy(), None]
            objects = [(ObjectKind.DELIVERY, each.pk) for each in world] + [(ObjectKind.ACCOUNT, world[0].account_id)]
            for move, batch in batches:
                if move:
                    Post.objects.filter(pk=world[move[0] % len(world)].post_id).update(job=jobs[move[1]])
                rows = [
                    Figures(*objects[row["which"]], **{name: row[name] for name in row if name != "which"})
                    for row in batch
                ]
                measurements.store(rows, now=NOW)

                assert months_rolled_up() == months_summed()
            assert rollups.compare().differences == []
            for first, last in ((FIRST + timedelta(days=a), FIRST + timedelta(days=b)) for a, b in periods):
                for job in jobs[:2]:
                    told = of_job(job, first, last)
                    shown = {pk: (each.organic, each.paid, each.fetched_at) for pk, each in told.items()}
                    assert shown == by_hand(job, first, last)
                    months = sums_by_month(
                        selection=Selection(Period(first, last), job_id=job.pk),
                        name="clicks",
                        first_day=first,
                        last_day=last,
                    )
                    clicks = {pk: known_sum(*of_months.values()) for pk, of_months in months.items()}
                    assert clicks == {pk: each.total.clicks for pk, each in told.items()}
            transaction.set_rollback(True)

    def test_leave_nothing_behind_with_the_vacancy_a_post_has_left(self, world):
        old, new = vacancy(), vacancy()
        Post.objects.filter(pk=world[0].post_id).update(job=old)
        measurements.store([figures(world[0], clicks=3), figures(world[0], day=DAY - timedelta(days=1))], now=NOW)
        Post.objects.filter(pk=world[0].post_id).update(job=new)

        measurements.store([figures(world[0], clicks=4)], now=NOW)

        assert [(row.job_id, row.clicks, row.first_day) for row in JobMonth.objects.order_by("job_id")] == [
            (old.pk, None, DAY - timedelta(days=1)),
            (new.pk, 4, DAY),
        ]

    def test_lose_what_a_platforms_terms_delete_and_keep_the_rest_of_the_month(self, world):
        job, gone = vacancy(), vacancy()
        for delivery, of in zip(world, (job, gone), strict=True):
            Post.objects.filter(pk=delivery.post_id).update(job=of)
        old, young = datetime(2025, 10, 31, 3, tzinfo=UTC), datetime(2026, 6, 1, 3, tzinfo=UTC)
        measurements.store(
            [
                figures(world[0], day=date(2025, 10, 5), fetched_at=old, clicks=5),
                figures(world[0], day=date(2025, 10, 20), fetched_at=young, impressions=7),
                figures(world[0], day=date(2025, 11, 2), fetched_at=young, clicks=3),
                figures(world[1], day=date(2025, 10, 5), fetched_at=old, clicks=9),
            ],
            now=NOW,
        )

        with connection.cursor() as cursor:
            channels = [each.account.channel_id for each in world]
            cursor.execute("SELECT forget_reporting(%s, %s)", [channels, old + timedelta(days=1)])

        assert months_rolled_up() == months_summed()
        assert rollups.compare().differences == []
        assert [(row.job_id, row.first_day, row.clicks) for row in JobMonth.objects.order_by("month")] == [
            (job.pk, date(2025, 10, 20), None),
            (job.pk, date(2025, 11, 2), 3),
        ]


class TestChosenVacancies:
    def test_are_told_by_what_belongs_to_them_alone(self, world, django_assert_num_queries):
        chosen, other, silent = (vacancy() for _ in range(3))
        for delivery, job in zip(world, (chosen, other), strict=True):
            Post.objects.filter(pk=delivery.post_id).update(job=job)
        page = Figures(
            kind=ObjectKind.ACCOUNT, object_id=world[0].account_id, day=DAY, fetched_at=READ_NEXT_DAY, impressions=900
        )
        measurements.store(
            [
                page,
                figures(world[0], impressions=100, reach=80),
                figures(world[0], day=DAY - timedelta(days=1), impressions=7),
                figures(world[0], is_paid=True, spend_ore=50_000),
                figures(world[1], impressions=3),
            ],
            now=NOW,
        )
        linkedin, facebook = (each.account.channel_id for each in world)
        neighbour, [foreign] = make_world(number="9902", name="Storvika")
        with tenant(neighbour.pk):
            Post.objects.filter(pk=foreign.post_id).update(job=vacancy())
            measurements.store([figures(foreign, clicks=99)], now=NOW)

        with django_assert_num_queries(2):
            narrowed = of_job(chosen, DAY, DAY)
        everybody = Selection(Period(DAY, DAY), kind="permanent")

        assert narrowed[linkedin].organic == Totals(impressions=100)
        assert narrowed[linkedin].paid == Totals(spend_ore=50_000)
        assert narrowed[linkedin].fetched_at == READ_NEXT_DAY
        assert narrowed.keys() == {linkedin}
        assert totals_of_chosen(selection=everybody, first_day=DAY, last_day=DAY).keys() == {linkedin, facebook}
        assert of_job(silent, DAY, DAY) == {}
        with django_assert_num_queries(1):
            whole = of_job(chosen, date(2026, 11, 1), date(2026, 11, 30))
        assert whole[linkedin].organic == Totals(impressions=107)
        with tenant(neighbour.pk):
            assert of_job(chosen, date(2026, 11, 1), date(2026, 11, 30)) == {}


@pytest.mark.parametrize(
    ("first_day", "last_day", "expected"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), []),
        (date(2026, 2, 1), date(2026, 2, 28), []),
        (date(2026, 2, 1), date(2026, 2, 27), [(date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 27))]),
        (date(2026, 5, 7), date(2026, 5, 7), [(date(2026, 5, 1), date(2026, 5, 7), date(2026, 5, 7))]),
        (
            date(2025, 12, 31),
            date(2026, 2, 1),
            [
                (date(2025, 12, 1), date(2025, 12, 31), date(2025, 12, 31)),
                (date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 1)),
            ],
        ),
        (date(2026, 3, 1), date(2026, 2, 1), []),
    ],
)
def test_only_months_that_are_not_whole_are_cut(first_day, last_day, expected):
    assert list(cut_months(first_day, last_day)) == expected
