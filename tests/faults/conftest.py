"""Fixtures of the fault tests."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kanalkompass.launcher.processes import plain_user
from tests.faults.house import House, own_house


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
