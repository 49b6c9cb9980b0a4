"""Which tests stay together, and which come first, when workers share them."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

# Few tests that take a minute each: left for the end, one worker would wait for the other.
FIRST = ("tests/kanalkompass/test_launcher.py", "tests/matrix/", "tests/journeys/", "tests/faults/")
# These follow one another on one worker: the second finds ready what the first has installed.
ONE_INSTALLATION = ("tests/kanalkompass/test_launcher.py::TestUp", "tests/journeys/test_first_journey.py")
# Each module of these builds an installation of its own, which all its classes use.
WHOLE = ("tests/faults/",)


def heaviest_first(items: list[pytest.Item]) -> None:
    """Sort what was collected, in place; every worker does the same."""
    items.sort(key=lambda item: next((n for n, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))


class Together(LoadScopeScheduling):
    """A class of tests stays on one worker; of some folders, a module; and what shares an installation."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(ONE_INSTALLATION):
            return ONE_INSTALLATION[0]
        return nodeid.split("::", 1)[0] if nodeid.startswith(WHOLE) else super()._split_scope(nodeid)
