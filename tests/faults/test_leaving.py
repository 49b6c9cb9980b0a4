"""The deletion of a municipality, killed for good at its steps, in a process of its own (P11)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from channels.models import Delivery
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.models import MunicipalityDeletion
from kanalkompass.privacy import leaving
from recruitment.models import Membership, User
from tests.faults.workers import ROOT, environment_of_the_test, until
from tests.journeys import world as worlds
from tests.kanalkompass import leftovers

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SYSTEM = "system@drift.example"


def command(*arguments: str, log: Path, **environ: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "delete_municipality", "9901", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment_of_the_test(), **environ},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill_when(is_so: Callable[[], Any], process: subprocess.Popen[bytes]) -> bool:
    """Kill the process as soon as something is so; return whether it was killed in the middle."""
    until(lambda: is_so() or process.poll() is not None, what="a step of the deletion", every_s=0.002)
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    return was_running


def test_killed_three_times_and_run_again_ends_complete_p11(lyngvaer, storvika, linkedin_sandbox, tmp_path):
    worlds.build(lyngvaer, linkedin_sandbox)
    User.objects.create_user(SYSTEM, None, full_name="System", is_staff=True)
    with tenant(lyngvaer.pk):
        Delivery.objects.filter(state="sending").update(lease_until=clock.now() - timedelta(hours=1))
    leftovers.plant(lyngvaer.pk)
    before = leftovers.rows_of(storvika.pk)
    leaving.ask(municipality=lyngvaer.municipality, reason="x" * 20, by=lyngvaer.administrator, now=clock.now())
    log = tmp_path / "told"
    how: dict[str, Any] = {"log": log, "DELETION_REGISTER": str(tmp_path / "deletions.jsonl")}

    def are_out() -> bool:
        with tenant(lyngvaer.pk):
            return not Membership.objects.filter(municipality_id=lyngvaer.pk, is_active=True).exists()

    def has(what: str) -> bool:
        return what in MunicipalityDeletion.objects.get().receipt

    kills = [
        kill_when(are_out, command("--confirmed-by", SYSTEM, **how)),
        kill_when(lambda: has("access"), command(**how)),
        kill_when(lambda: has("rows"), command(**how)),
    ]
    last = command(**how)
    last.wait(timeout=60)
    told = log.read_text()

    assert all(kills)
    assert last.returncode == 0, told
    assert "er slettet" in told
    assert leftovers.in_database(leftovers.CANARY) == []
    assert sum(n for n, _ in leftovers.rows_of(lyngvaer.pk).values()) == 0
    assert leftovers.rows_of(storvika.pk) == before
    assert MunicipalityDeletion.objects.get().state == "done"
    assert Client().get("/personvern/9901/").status_code == 404
