"""kill -9 of a real process that fetches figures: what it had stored stays, the rest comes, nothing twice (F15, P7)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from analytics.models import ChannelDay, FetchRun, Measurement, ObjectKind, Snapshot
from foundation.tenancy import tenant
from tests.analytics.pulls import ask, carry_out, days_between, days_of, utc_day
from tests.channels import deliveries
from tests.faults.workers import ROOT, environment_of_the_test, until
from tests.fixtures import make_town
from tests.linkedin_sandbox import LinkedInSandbox

pytestmark = pytest.mark.django_db(transaction=True)

FETCH = """
import sys, django
django.setup()
from datetime import datetime
from analytics.actions import pulling
municipality_id, run_id, now = sys.argv[1:]
pulling.run_fetch(municipality_id=int(municipality_id), run_id=int(run_id), now=datetime.fromisoformat(now))
"""
DAY = timedelta(days=1)


def test_between_the_posts_and_the_page_is_made_good_by_the_next_worker_f15_p7(linkedin_sandbox: LinkedInSandbox):
    press = deliveries.connect(make_town("9901", "Lyngvær kommune"), linkedin_sandbox)
    press.publish(press.due())
    linkedin_sandbox.advance(DAY.total_seconds())
    run = ask(press)
    linkedin_sandbox.fault("GET /rest/organizationPageStatistics", kind="late_before", delay_s=60)
    process = subprocess.Popen(
        [sys.executable, "-c", FETCH, str(press.town.pk), str(run.pk), press.now.isoformat()],
        cwd=ROOT,
        env={**os.environ, **environment_of_the_test()},
        start_new_session=True,
    )

    def has_stored_the_posts() -> bool:
        with tenant(press.town.pk):
            return Snapshot.objects.exists()

    try:
        until(has_stored_the_posts, what="the posts' figures")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
    linkedin_sandbox.clear_faults()
    with tenant(press.town.pk):
        assert FetchRun.objects.get().state == FetchRun.State.RUNNING

    again = carry_out(press, run, later=timedelta(minutes=12))

    today = utc_day(press.now)
    assert again.state == FetchRun.State.DONE
    assert list(days_of(press.account, ObjectKind.PAGE_VIEWS)) == days_between(today - 364 * DAY, today - DAY)
    with tenant(press.town.pk):
        last = Snapshot.objects.order_by("taken_at").last()
        own = Measurement.objects.filter(kind=ObjectKind.DELIVERY)
        assert sum(row.impressions for row in own) == last.impressions
        assert sum(row.impressions for row in ChannelDay.objects.all()) == last.impressions
