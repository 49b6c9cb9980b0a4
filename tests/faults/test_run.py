"""The fault run in small, on real processes: the quick ones of the named faults, dice, storm and judge, the control."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections
from django.test.utils import override_settings

from analytics.actions import pulling
from analytics.models import FetchRun, Measurement, ObjectKind, Snapshot
from channels.models import Delivery
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.deliveries import Press
from tests.faults import batches, daily, naive, rounds, scenarios, storm, verdict
from tests.faults.rig import Rig
from tests.faults.workers import KNOBS

QUICK = [each for each in scenarios.ALL if each.is_quick]
# Late after few seconds, so that whoever is asked to wait until tomorrow ends soon.
SHORT_KNOBS = {**KNOBS, "LATE_AFTER_S": 8, "PUBLISH_SLOTS": 8, "PUBLISH_PROCESSES": 2}
NIGHTS = [datetime(2027, 3, 27, 20, tzinfo=UTC), datetime(2027, 10, 30, 20, tzinfo=UTC)]


@pytest.mark.parametrize("told", QUICK, ids=[each.name for each in QUICK])
def test_a_named_fault_leaves_one_post_each_and_nothing_lost_or_stuck(told: scenarios.Scenario, rig: Rig) -> None:
    """F1, F2, F7, F10, F20, P1, P2: each on real processes; `make faults` plays the slower ones too."""
    scenarios.play(told, rig)


class TestUnderDiceAndStorm:
    """P1, P2, F3, F4, F5, F6, F9, F16, F17: answers by one dice, deaths of workers and servers by another."""

    def test_our_protocol_makes_no_copy_loses_nothing_and_leaves_nothing_stuck(self, rig: Rig) -> None:
        with override_settings(**SHORT_KNOBS):
            found = rounds.run_protocol(rig, seed=1, size=rounds.SHORT, knobs=SHORT_KNOBS)

        assert found.verdict.is_clean, found.verdict.problems
        assert found.n_kills >= 8, found.struck
        # The control of the control: the dice spoiled what was met.
        assert found.verdict.n_unknown >= 3

    def test_the_naive_way_makes_copies_or_else_the_dice_prove_nothing(self, rig: Rig) -> None:
        assert rounds.run_naively(rig, seed=1, size=rounds.SHORT_CONTROL) > 0


@pytest.fixture
def press(rig: Rig) -> Iterator[Press]:
    with override_settings(**KNOBS):
        yield batches.presses(rig.house, rig.sandbox, n_towns=1)[0]


class TestTheRunItself:
    """P1: a judge who sees nothing would find every protocol clean."""

    def test_the_judge_sees_a_copy_a_post_nobody_knows_of_and_one_that_is_stuck(self, rig: Rig, press: Press) -> None:
        copied, unknown, stuck = [batches.due(press, at=press.now) for _ in range(3)]
        for each in (copied, unknown):
            press.publish(Delivery(pk=each.delivery_id))
        assert verdict.judge([copied, unknown], rig.sandbox).is_clean
        naive.is_sent(
            rig.sandbox.base,
            author=press.account.external_id,
            token=rig.sandbox.mint(member=rig.sandbox.announced["members"][0]["id"]),
            text=f"En gang til: http://localhost/s/{copied.marker}",
            version=settings.LINKEDIN_VERSION,
        )
        press.set(Delivery(pk=unknown.delivery_id), state=Delivery.State.LATE, reason="too_late")

        found = verdict.judge([copied, unknown, stuck], rig.sandbox)

        assert (found.duplicated, found.lost, found.stuck, found.resent) == (1, 1, 1, 1), found.problems

    def test_a_storm_is_drawn_from_its_seed_and_has_sixty_kills(self) -> None:
        blows = storm.forecast(seed=1, length_s=60)

        assert blows == storm.forecast(seed=1, length_s=60) != storm.forecast(seed=2, length_s=60)
        assert sum(blow.kind in storm.KILLS for blow in blows) >= 60


class TestFiguresWhileTheDatabaseFails:
    def test_f10_p7_leaves_each_figure_once(self, rig: Rig, press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
        some = [press.due() for _ in range(4)]
        for delivery in some:
            press.publish(delivery)
        press.sandbox.advance(24 * 3600)
        monkeypatch.setattr(pulling, "POSTS_PER_PORTION", 1)
        with tenant(press.town.pk):
            run = pulling.request_fetch(
                account=press.account, trigger="on_demand", now=press.now, user=press.town.adviser
            )
        n_ended, n_rounds = 0, 0

        while self.state_of(press, run) != FetchRun.State.DONE:
            later = press.now + timedelta(minutes=12 * n_rounds)
            with ThreadPoolExecutor(1) as pool:
                fetching = pool.submit(self.fetch, press, run, later)
                while not fetching.done():
                    time.sleep(0.05)
                    n_ended += rig.house.hang_up() if n_rounds < 2 else 0
            n_rounds += 1
            assert n_rounds < 8

        with tenant(press.town.pk):
            posts = Measurement.objects.filter(kind=ObjectKind.DELIVERY)
            rows = list(posts.values_list("object_id", "day", "impressions"))
            snapshots = dict(Snapshot.objects.order_by("taken_at").values_list("delivery_id", "impressions"))
        assert n_ended > 0
        assert set(snapshots) == {delivery.pk for delivery in some} == {row[0] for row in rows}
        for key, total in snapshots.items():
            assert sum(impressions or 0 for delivery, _day, impressions in rows if delivery == key) == total

    def fetch(self, press: Press, run: FetchRun, now: datetime) -> None:
        """Carry the run out as a worker does; one that lost its worker is taken up again when its time is out."""
        try:
            pulling.run_fetch(municipality_id=press.town.pk, run_id=run.pk, now=now)
        except (DatabaseError, pulling.NotWaiting):
            pass
        finally:
            connections["default"].close()

    def state_of(self, press: Press, run: FetchRun) -> str:
        connections["default"].close()
        with tenant(press.town.pk):
            return FetchRun.objects.get(pk=run.pk).state


@pytest.mark.parametrize("evening", NIGHTS, ids=["spring", "autumn"])
def test_f14_each_daily_job_comes_due_once_in_a_night_in_which_the_clocks_change(evening: datetime) -> None:
    jobs: dict[str, dict[str, Any]] = daily.app.conf.beat_schedule
    at = {"now": evening}
    schedules = {
        name: crontab(
            minute=entry["schedule"]._orig_minute,
            hour=entry["schedule"]._orig_hour,
            app=daily.app,
            nowfun=lambda: at["now"].astimezone(clock.OSLO),
        )
        for name, entry in jobs.items()
    }
    last, n_rung = dict.fromkeys(jobs, evening.astimezone(clock.OSLO)), dict.fromkeys(jobs, 0)

    while at["now"] < evening + timedelta(hours=13):
        for name, schedule in schedules.items():
            if schedule.is_due(last[name]).is_due:
                n_rung[name] += 1
                last[name] = at["now"].astimezone(clock.OSLO)
        at["now"] += timedelta(minutes=1)

    assert len(jobs) >= 5
    assert n_rung == dict.fromkeys(jobs, 1)
