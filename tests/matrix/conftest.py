"""The matrix's own world: built once on each worker, kept for all its requests, and gone afterwards."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.matrix.people import Houses, make_houses


@pytest.fixture(scope="package")
def houses(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Houses]:
    """Both municipalities, stored for real: a wall can be taken down under them, which a test's transaction hinders."""
    from django.core.cache import cache

    from foundation import limits
    from recruitment import login_sessions
    from tests import database

    refusals = logging.getLogger("django.request")
    level = refusals.level
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # A walk of some minutes must not meet the question who one is, nor the minute in which a session is stored
        # anew; both have tests of their own.
        patch.setattr(login_sessions, "FRESH_S", login_sessions.WHOLE_S)
        patch.setattr(login_sessions, "SEEN_EVERY_S", login_sessions.WHOLE_S)
        # More files than a municipality fetches in an hour.
        patch.setitem(limits.EXPORTS_PER_MUNICIPALITY, "limit", 10_000)
        cache.clear()
        # Thousands of refusals are what is asked for; faults of ours are still told.
        refusals.setLevel(logging.ERROR)
        try:
            yield make_houses()
        finally:
            refusals.setLevel(level)
            database.flush()


@pytest.fixture(autouse=True)
def _count_requests(request: pytest.FixtureRequest, record_property: Any) -> Iterator[None]:
    """Leave how many requests a test made and how long they took, for the closing line of the run."""
    houses = request.getfixturevalue("houses") if "houses" in request.fixturenames else None
    before, started = (houses.n_asked if houses else 0), time.monotonic()
    yield
    if houses:
        record_property("matrix_requests", houses.n_asked - before)
        record_property("matrix_seconds", time.monotonic() - started)
