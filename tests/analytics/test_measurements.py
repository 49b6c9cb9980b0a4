"""Measurements are stored once, keep what they replace, and always add up (P7, P8)."""

import io
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg2.errors
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.actions import measurements, rollups
from analytics.actions.measurement_sql import ADDITIVE
from analytics.actions.measurements import Figures
from analytics.models import ChannelDay, Measurement, ObjectKind, Origin, Restatement
from analytics.queries.measurements import Totals, channel_totals
from channels.models import Post
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Occupation, Workplace
from tests import database
from tests.analytics.posts import make_account, make_channel, make_world

NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
DAY = date(2026, 11, 20)
READ_NEXT_DAY = datetime(2026, 11, 21, 3, 10, tzinfo=UTC)

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


def figures(delivery, *, day=DAY, fetched_at=READ_NEXT_DAY, **values):
    return Figures(kind=ObjectKind.DELIVERY, object_id=delivery.pk, day=day, fetched_at=fetched_at, **values)


def vacancy():
    """A vacancy of the entered municipality, with the least that one needs."""
    return JobPosting.objects.create(
        reference=f"ST-{JobPosting.objects.count()}",
        title="Sykepleier",
        occupation=Occupation.objects.get_or_create(code="2223", defaults={"name_nb": "Sykepleier"})[0],
        workplace=Workplace.objects.get_or_create(name="Solbakken")[0],
        deadline_date=DAY,
    )


def measured(**filters):
    return Measurement.objects.get(**filters)


def rolled_up():
    return {
        (row.day, row.channel_id, row.is_paid): {name: getattr(row, name) for name in ADDITIVE}
        for row in ChannelDay.objects.all()
    }


def summed_parts():
    sums = {}
    for row in Measurement.objects.all():
        cell = sums.setdefault((row.day, row.channel_id, row.is_paid), dict.fromkeys(ADDITIVE))
        for name in ADDITIVE:
            if getattr(row, name) is not None:
                cell[name] = (cell[name] or 0) + getattr(row, name)
    return sums


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


VALUE = st.none() | st.integers(min_value=-500, max_value=5_000)
ROW = st.fixed_dictionaries(
    {
        "which": st.integers(0, 2),
        "day": st.sampled_from([DAY, DAY + timedelta(days=1), date(2026, 12, 1)]),
        "is_paid": st.booleans(),
        "fetched_at": st.integers(0, 72).map(lambda hours: READ_NEXT_DAY + timedelta(hours=hours)),
        "span_days": st.integers(1, 4),
    }
    | dict.fromkeys([*ADDITIVE, "reach", "followers"], VALUE)
)


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

    def test_counts_posts_and_ads_of_the_chosen_vacancies_alone(self, world, django_assert_num_queries):
        chosen, other, silent = (vacancy() for _ in range(3))
        posts = Post.objects.filter(pk=world[0].post_id), Post.objects.filter(pk=world[1].post_id)
        posts[0].update(job=chosen)
        posts[1].update(job=other)
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
        days = {"first_day": DAY, "last_day": DAY}

        with django_assert_num_queries(1):
            narrowed = channel_totals(**days, job_ids=[chosen.pk])
        linkedin, facebook = (each.account.channel_id for each in world)

        assert narrowed[linkedin].organic == Totals(impressions=100)
        assert narrowed[linkedin].paid == Totals(spend_ore=50_000)
        assert narrowed.keys() == {linkedin}
        assert channel_totals(**days, job_ids={chosen.pk, other.pk}).keys() == {linkedin, facebook}
        assert channel_totals(**days, job_ids=[silent.pk]) == {}
        assert channel_totals(**days)[linkedin].organic == Totals(impressions=1_000)
        with django_assert_num_queries(0):
            assert channel_totals(**days, job_ids=[]) == {}

    def test_is_empty_where_nothing_was_measured(self, world):
        assert channel_totals(first_day=DAY, last_day=DAY) == {}

    def test_never_counts_a_neighbours_figures(self, world, neighbour):
        with tenant(neighbour[0].pk):
            measurements.store([figures(neighbour[1][0], clicks=99)], now=NOW)

        assert channel_totals(first_day=DAY, last_day=DAY) == {}


class TestTheWall:
    @pytest.fixture
    def stored(self, world):
        measurements.store([figures(world[0], clicks=1)], now=NOW)
        return world[0]

    def asked(self, statement, parameters=None):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    @pytest.mark.parametrize("table", ["measurement", "measurement_row", "channel_day", "analytics_restatement"])
    def test_stands_before_every_table_without_the_managers_help(self, stored, neighbour, table):
        measurements.store([figures(stored, clicks=2)], now=NOW)
        own = self.asked(f"SELECT count(*) FROM {table}")

        with tenant(neighbour[0].pk):
            foreign = self.asked(f"SELECT count(*) FROM {table}")

        assert (own, foreign) == ([(1,)], [(0,)])

    @pytest.mark.parametrize("table", ["measurement", "measurement_row", "channel_day", "analytics_restatement"])
    def test_makes_an_unset_municipality_an_error(self, stored, table):
        measurements.store([figures(stored, clicks=2)], now=NOW)

        with pytest.raises(DatabaseError):
            self.asked(f"SELECT set_config('kk.municipality', '', true) UNION ALL SELECT day::text FROM {table}")

    def test_refuses_a_row_for_another_municipality(self, stored, neighbour):
        with pytest.raises(DatabaseError, match="row-level security"):
            self.asked(
                "INSERT INTO channel_day (municipality_id, day, channel_id, is_paid, fetched_at) "
                "VALUES (%s, %s, %s, false, now()) RETURNING 1",
                [neighbour[0].pk, DAY, stored.account.channel_id],
            )

    def test_lets_nobody_ask_a_partition_directly(self, stored):
        with pytest.raises(DatabaseError) as refusal:
            self.asked("SELECT * FROM measurement_2026_11")

        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE analytics_restatement SET old_value = 0 RETURNING 1",
            "DELETE FROM analytics_restatement RETURNING 1",
            "DELETE FROM measurement RETURNING 1",
            "CREATE TABLE public.measurement_2040_01 PARTITION OF measurement DEFAULT",
        ],
    )
    def test_lets_the_product_neither_rewrite_history_nor_remove_figures(self, stored, statement):
        with pytest.raises(DatabaseError) as refusal:
            self.asked(statement)

        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)

    def test_holds_a_new_month_closed_as_well(self, stored):
        self.asked("SELECT ensure_measurement_month('2033-03-15')")

        assert self.asked(
            "SELECT relrowsecurity, relforcerowsecurity, has_table_privilege(oid, 'SELECT') FROM pg_class "
            "WHERE relname = 'measurement_2033_03'"
        ) == [(True, True, False)]

    def test_makes_a_month_once(self, stored):
        for day in ("2033-03-01", "2033-03-31"):
            self.asked("SELECT ensure_measurement_month(%s)", [day])

        assert self.asked(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'measurement_2033%%' AND relkind = 'r'"
        ) == [(1,)]

    def test_is_not_stepped_over_by_a_planted_table_or_function(self, stored):
        """The function runs as the owner: what the caller puts in her own schema must not run with it."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE measurement (day date)")
            cursor.execute("SET LOCAL search_path = pg_temp, public")
            cursor.execute("SELECT ensure_measurement_month('2034-01-01')")
            cursor.execute(
                "SELECT inhparent::regclass::text FROM pg_inherits "
                "WHERE inhrelid = 'public.measurement_2034_01'::regclass"
            )
            parent = cursor.fetchone()
            transaction.set_rollback(True)

        assert parent == ("public.measurement",)


@contextmanager
def without_policies(tables):
    with database.as_owner(connection.settings_dict["NAME"]) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            for table in tables:
                owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def verified(*arguments):
    """Run the command; return its lines, and what it ended with when that is an error."""
    out = io.StringIO()
    try:
        call_command("verify_rollups", *arguments, stdout=out, no_color=True)
    except CommandError as problem:
        return out.getvalue().splitlines(), str(problem)
    return out.getvalue().splitlines(), ""


def end_session(pid):
    other_session = connection.copy()
    with other_session.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other_session.close()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_stores_from_several_workers_add_up(self):
        """F15: the same pull run by four workers at once, each with its own readings."""
        municipality, [delivery] = make_world(number="9903", name="Fjordvik")
        problems = []

        def pull(worker):
            try:
                for n in range(5):
                    with tenant(municipality.pk):
                        rows = [
                            figures(
                                delivery,
                                day=DAY + timedelta(days=d),
                                impressions=worker * 10 + n,
                                fetched_at=READ_NEXT_DAY + timedelta(minutes=10 * n + worker),
                            )
                            for d in range(20)
                        ]
                        measurements.store(reversed(rows) if worker % 2 else rows, now=NOW)
            except Exception as problem:
                problems.append(problem)
            finally:
                connection.close()

        workers = [threading.Thread(target=pull, args=[n]) for n in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=60)

        with tenant(municipality.pk):
            assert problems == []
            assert rolled_up() == summed_parts()
            assert {row.impressions for row in Measurement.objects.all()} == {34}  # the newest reading, everywhere

    @pytest.mark.django_db(transaction=True, databases=["default", "owner"])
    def test_a_planted_difference_is_named_and_repaired_and_the_neighbours_roll_up_left_alone(self):
        ours, [delivery] = make_world(number="9903", name="Fjordvik")
        theirs, [foreign] = make_world(number="9904", name="Sundnes")
        days = [DAY + timedelta(days=n) for n in range(3)]
        for town, each in ((ours, delivery), (theirs, foreign)):
            with tenant(town.pk):
                measurements.store([figures(each, day=day, clicks=5, impressions=90) for day in days], now=NOW)
                # In no roll-up, whatever is verified.
                followers = Figures(
                    kind=ObjectKind.FOLLOWERS, object_id=each.account_id, day=DAY, fetched_at=NOW, followers=812
                )
                measurements.store([followers], now=NOW)
        whole = verified()
        with tenant(ours.pk), database.as_owner(connection.settings_dict["NAME"]) as owner:
            owner.execute("SELECT set_config('kk.municipality', %s, false)", [str(ours.pk)])
            owner.execute("UPDATE channel_day SET clicks = 7, shares = 0 WHERE day = %s", [days[0]])
            owner.execute("DELETE FROM channel_day WHERE day = %s", [days[1]])
            owner.execute("INSERT INTO channel_day SELECT municipality_id, %s, channel_id, is_paid, 9, 9, 9, 9, 9, 9, "
                          "fetched_at FROM channel_day WHERE day = %s", [DAY - timedelta(days=9), days[2]])  # fmt: skip

        broken, repaired, again = verified(), verified("--repair", "--municipality", "9903"), verified()

        assert whole == again == (["6 days compared, 0 differences."], "")
        named = "\n".join(broken[0])
        assert "9903: 2026-11-20 channel" in named
        assert "clicks 7 should be 5, shares 0 should be None" in named
        assert "2026-11-21" in named
        assert "not rolled up" in named
        assert "2026-11-11" in named
        assert "rolled up without parts" in named
        assert named.endswith("7 days compared, 3 differences.")
        assert "9904" not in named
        assert "differed" in broken[1]
        assert "9903: made anew from its parts" in repaired[0]
        assert "No municipality has the number 1234." in verified("--municipality", "1234")[1]
        with tenant(ours.pk):
            assert rolled_up() == summed_parts()

    def test_a_worker_killed_before_the_end_leaves_nothing_behind(self):
        municipality, [delivery] = make_world(number="9903", name="Fjordvik")
        with tenant(municipality.pk):
            measurements.store([figures(delivery, clicks=1)], now=NOW)

        def store_and_die():
            with tenant(municipality.pk):
                measurements.store([figures(delivery, clicks=7, impressions=9)], now=NOW)
                end_session(connection.connection.info.backend_pid)
                Measurement.objects.count()

        with pytest.raises(DatabaseError):
            store_and_die()

        connection.close()
        with tenant(municipality.pk):
            assert rolled_up() == summed_parts()
            assert ChannelDay.objects.get().clicks == 1
            assert not Restatement.objects.exists()
            measurements.store([figures(delivery, clicks=7, impressions=9)], now=NOW)
            assert rolled_up() == summed_parts()

    def test_an_object_of_another_municipality_is_not_found_even_without_the_policies(self):
        """The first wall holds by itself: the look-up asks for the entered municipality."""
        ours, [delivery] = make_world(number="9903", name="Fjordvik")
        theirs, [foreign] = make_world(number="9904", name="Sundnes")
        tables = ["channels_account", "channels_delivery", "channels_post", "measurement", "channel_day"]

        with without_policies(tables), tenant(ours.pk):
            with pytest.raises(measurements.UnknownObject):
                measurements.store([figures(foreign, clicks=1)], now=NOW)
            measurements.store([figures(delivery, clicks=1)], now=NOW)
            ours_seen = channel_totals(first_day=DAY, last_day=DAY)

        with without_policies(tables), tenant(theirs.pk):
            assert channel_totals(first_day=DAY, last_day=DAY) == {}
        assert len(ours_seen) == 1

    def test_the_next_store_does_not_wait_for_another_municipality(self):
        ours, [delivery] = make_world(number="9903", name="Fjordvik")
        theirs, [foreign] = make_world(number="9904", name="Sundnes")
        done = threading.Event()

        def store_theirs():
            with tenant(theirs.pk):
                measurements.store([figures(foreign, clicks=1)], now=NOW)
            done.set()
            connection.close()

        with tenant(ours.pk):
            measurements.store([figures(delivery, clicks=1)], now=NOW)
            worker = threading.Thread(target=store_theirs)
            worker.start()
            is_done = done.wait(timeout=10)
        worker.join(timeout=10)

        assert is_done


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
