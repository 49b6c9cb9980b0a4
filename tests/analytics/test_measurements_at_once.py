"""Measurements in sessions of their own: several workers at once (F15), roll-ups made anew, and the queries' wall."""

import io
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import ChannelDay, Measurement, ObjectKind, Restatement
from analytics.queries.measurements import channel_totals
from channels.actions import visits
from channels.models import LinkHour, Post
from foundation.tenancy import tenant
from recruitment.models import JobPosting
from tests import database
from tests.analytics.posts import make_world
from tests.analytics.stored import (
    DAY,
    NOW,
    READ_NEXT_DAY,
    figures,
    months_rolled_up,
    months_summed,
    rolled_up,
    summed_parts,
    vacancy,
)

pytestmark = pytest.mark.django_db


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
                Post.objects.filter(pk=each.post_id).update(job=vacancy())
                measurements.store([figures(each, day=day, clicks=5, impressions=90) for day in days], now=NOW)
                visits.store([LinkHour(link=each.link, hour=NOW, visitor="person", n_visits=4)])
                visits.lead_to(links=[each.link_id], job=JobPosting.objects.get(), target=each.link.target_url)
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
            owner.execute("UPDATE job_month SET clicks = clicks - 1, last_day = first_day")
            owner.execute("UPDATE channels_sourceday SET n_visits = 9")
            owner.execute("DELETE FROM channels_jobsourceday")

        broken, repaired, again = verified(), verified("--repair", "--municipality", "9903"), verified()

        assert whole == again == (["12 sums compared, 0 differences."], "")
        named = "\n".join(broken[0])
        assert "9903: channel_day day 2026-11-20 channel" in named
        assert "clicks 7 should be 5, shares 0 should be None" in named
        assert "2026-11-21" in named
        assert "not rolled up" in named
        assert "2026-11-11" in named
        assert "rolled up without parts" in named
        assert "clicks 14 should be 15, last_day 2026-11-20 should be 2026-11-22" in named
        assert "n_visits 9 should be 4" in named
        assert "channels_jobsourceday day 2026-11-23 job" in named
        assert named.endswith("13 sums compared, 6 differences.")
        assert "9904" not in named
        assert "differed" in broken[1]
        assert "9903: made anew from its parts" in repaired[0]
        assert "No municipality has the number 1234." in verified("--municipality", "1234")[1]
        with tenant(ours.pk):
            assert rolled_up() == summed_parts()
            assert months_rolled_up() == months_summed()

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
