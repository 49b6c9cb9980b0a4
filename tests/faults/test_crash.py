"""Workers that publish and fetch while the database fails, and while a new version is rolled out (F10, F20, P1, P7)."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import Error as DatabaseError
from django.db import connections

from analytics.actions import pulling
from analytics.models import FetchRun, Measurement, ObjectKind, Snapshot
from channels import tasks
from channels.models import Delivery
from foundation.tenancy import tenant
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.faults.house import House
from tests.faults.workers import KNOBS, Worker, until, workers
from tests.fixtures import make_town
from tests.linkedin_sandbox import LinkedInSandbox

State = Delivery.State
ENDED = {State.PUBLISHED, State.MANUAL}


@pytest.fixture(scope="module")
def towns(house: House) -> Iterator[str]:
    """The numbers of municipalities that nobody has used yet."""
    return iter(["9901", "9902", "9903", "9904"])


@pytest.fixture
def press(house: House, towns: Iterator[str], linkedin_sandbox: LinkedInSandbox, settings: object) -> Press:
    for name, value in KNOBS.items():
        setattr(settings, name, value)
    linkedin_sandbox.switch(duplicate_window_s=0)
    forget = house.as_superuser()
    forget.cursor().execute("TRUNCATE channels_pageclaim CASCADE")
    forget.close()
    number = next(towns)
    return deliveries.connect(make_town(number, f"By{number} kommune"), linkedin_sandbox)


@pytest.fixture
def start(house: House, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    with workers(tmp_path) as start:
        addresses = {name: house.environ[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        yield lambda **environ: start(**addresses, **environ)


def ring() -> None:
    """Ring all doorbells once, as beat does."""
    tasks.tick.delay()
    tasks.sweep.delay()
    tasks.reconcile.delay()


def states(press: Press, some: list[Delivery]) -> list[str]:
    """Return the deliveries' states, none while the database does not say."""
    try:
        return [press.state(delivery) for delivery in some]
    except DatabaseError:
        connections["default"].close()
        return []


def ring_until_ended(press: Press, some: list[Delivery]) -> None:
    def is_over() -> bool:
        ring()
        found = states(press, some)
        return bool(found) and set(found) <= ENDED

    until(is_over, what="every delivery to end", within_s=60, every_s=0.5)


class TestTheDatabaseFails:
    def test_f10_p1_while_publishing_makes_no_copy_and_loses_nothing(self, house, press, start):
        dice = random.Random(3)
        start().wait_until_ready()
        some = [press.due() for _ in range(6)]
        n_ended = 0

        for _ in range(12):
            ring()
            time.sleep(dice.uniform(0.02, 0.12))
            n_ended += house.hang_up()
        house.crash_database()
        ring()
        house.restart_database()
        connections["default"].close()
        ring_until_ended(press, some)

        copies = [len(press.copies(delivery)) for delivery in some]
        assert n_ended > 0
        assert max(copies) == 1
        for state, n_copies in zip(states(press, some), copies, strict=True):
            assert n_copies == 1 or state == State.MANUAL

    def test_f10_p7_while_figures_are_fetched_leaves_each_figure_once(self, house, press, monkeypatch):
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
                    n_ended += house.hang_up() if n_rounds < 2 else 0
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

    def fetch(self, press: Press, run: FetchRun, now: object) -> None:
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


class TestANewVersion:
    def test_f20_rolled_out_while_posts_are_due_the_old_worker_reads_the_new_rows_and_ends_its_send(
        self, house, press, start
    ):
        old = start(PUBLISH_DEADLINE_S="6", PUBLISH_LEASE_S="8").wait_until_ready()
        before, under_way, after = press.due(), press.due(), press.due()
        # What a migration of the next version does: a column that the running version does not know.
        house.ask("ALTER TABLE channels_delivery ADD COLUMN of_the_next_version integer NOT NULL DEFAULT 0 ; SELECT 1")
        tasks.publish_delivery.delay(municipality_id=press.town.pk, delivery_id=before.pk)
        until(lambda: press.state(before) == State.PUBLISHED, what="the old worker to publish with the new column")
        press.sandbox.fault("POST /rest/posts", kind="late", delay_s=2)
        tasks.publish_delivery.delay(municipality_id=press.town.pk, delivery_id=under_way.pk)
        until(lambda: press.copies(under_way), what="the send to be under way")

        os.kill(old.process.pid, signal.SIGTERM)
        tasks.publish_delivery.delay(municipality_id=press.town.pk, delivery_id=after.pk)
        old.process.wait(timeout=20)
        state_when_it_ended = press.state(under_way)
        start().wait_until_ready()
        ring_until_ended(press, [before, under_way, after])

        assert state_when_it_ended in {State.PUBLISHED, State.UNKNOWN}
        assert states(press, [before, under_way, after]) == [State.PUBLISHED] * 3
        assert [len(press.copies(each)) for each in (before, under_way, after)] == [1, 1, 1]
