"""How tests pull figures: asking for a run, carrying it out, and looking at what was stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics.actions import pulling
from analytics.models import FetchRun, Measurement, ObjectKind, Snapshot
from channels.models import Account
from foundation.tenancy import tenant
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.fixtures import Town
from tests.linkedin_sandbox import LinkedInSandbox

NOW = timedelta(0)
# From this hour (UTC) on a test that lets hours go would meet the next day.
EVENING, TO_THE_NIGHT = 19, timedelta(hours=5, minutes=30)


def connect(town: Town, sandbox: LinkedInSandbox) -> Press:
    """Return a connected page hours before midnight UTC: the channel's day must not change within a test by chance."""
    press = deliveries.connect(town, sandbox)
    if press.now.astimezone(UTC).hour >= EVENING:
        sandbox.advance(TO_THE_NIGHT.total_seconds())
        press.now += TO_THE_NIGHT
    return press


def ask(press: Press, *, later: timedelta = NOW, trigger: str = "on_demand") -> FetchRun:
    """Ask for an account's figures."""
    with tenant(press.town.pk):
        return pulling.request_fetch(
            account=press.account, trigger=trigger, now=press.now + later, user=press.town.adviser
        )


def carry_out(press: Press, run: FetchRun, *, later: timedelta = NOW) -> FetchRun:
    """Do what a worker does with a run."""
    return pulling.run_fetch(municipality_id=press.town.pk, run_id=run.pk, now=press.now + later)


def fetch(press: Press, *, later: timedelta = NOW) -> FetchRun:
    """Ask as the night does, and carry it out."""
    return carry_out(press, ask(press, later=later, trigger="nightly"), later=later)


def snapshots(press: Press) -> list[Snapshot]:
    """Return what was told about posts, the oldest first."""
    with tenant(press.town.pk):
        return list(Snapshot.objects.order_by("taken_at"))


def days_of(account: Account, kind: ObjectKind, *, is_paid: bool = False) -> dict[date, Measurement]:
    """Return what is stored about a page or its posts, by day; a doubled day fails."""
    with tenant(account.municipality_id):
        rows = list(Measurement.objects.filter(kind=kind, object_id=account.pk, is_paid=is_paid).order_by("day"))
    assert len({row.day for row in rows}) == len(rows)
    return {row.day: row for row in rows}


def utc_day(moment: datetime) -> date:
    """Return LinkedIn's day."""
    return moment.astimezone(UTC).date()


def days_between(first: date, last: date) -> list[date]:
    """Return the days, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def true_days(press: Press, *, first: date, n_days: int) -> dict[date, dict[str, Any]]:
    """Return what really happened on the platform, by day."""
    told = press.sandbox.figures(organisation=1001, day=first.isoformat(), days=n_days)
    return {date.fromisoformat(each["day"]): each for each in told}
