"""Fixtures of the fault tests."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kanalkompass.celery import app
from kanalkompass.launcher.processes import plain_user
from tests.faults.house import House, own_house
from tests.faults.rig import Rig
from tests.linkedin_sandbox import LinkedInSandbox


@pytest.fixture(scope="module")
def house(django_db_blocker: Any) -> Iterator[House]:
    """An installation of a module's own: PostgreSQL and Valkey; `start_web` adds the web server."""
    with tempfile.TemporaryDirectory(prefix="kk-house-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        who = plain_user()
        if who:
            os.chown(folder, who["user"], who["group"])
        with django_db_blocker.unblock(), own_house(Path(folder)) as house:
            yield house


@pytest.fixture(scope="module")
def web(house: House) -> Iterator[House]:
    """The same, with its web server."""
    house.start_web()
    yield house
    house.end_web()


@pytest.fixture
def rig(
    house: House, tmp_path: Path, linkedin_sandbox: LinkedInSandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    """The same with the worker's own stand-in, for a named fault or a round of the fault run."""
    # What this process rings must be heard in the house.
    monkeypatch.setenv("CELERY_BROKER_URL", house.redis.url)
    _forget_the_broker()
    yield Rig(house=house, sandbox=linkedin_sandbox, folder=tmp_path)
    _forget_the_broker()


def _forget_the_broker() -> None:
    """Let Celery ask anew where its broker is, as after a fork."""
    app._pool = None
    app.amqp._producer_pool = None
