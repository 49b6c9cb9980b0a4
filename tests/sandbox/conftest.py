"""One sandbox process per test file, asked over HTTP like the real thing; planted anew before every test."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.sandbox.driver import Platform, start, stop

# The machine is shared with servers and a browser: a slow example is no failure.
settings.register_profile("shared_machine", deadline=None)
settings.load_profile("shared_machine")


@pytest.fixture(scope="module")
def process() -> Iterator[Platform]:
    running, announced = start()
    yield Platform(announced)
    stop(running)


@pytest.fixture
def platform(process: Platform) -> Platform:
    process.reset()
    return process
