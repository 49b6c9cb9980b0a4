"""What every test stands on: a real database with the powerless login, a real sandbox, a real browser."""

import gc
import os
import re
import shutil
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import order
from tests.linkedin_sandbox import LinkedInSandbox

IN_CI = os.environ.get("CI") == "true"
# The shape of the sandbox's tokens and codes; nothing else has it.
TOKEN = re.compile(r"AQ[XWT][A-Za-z0-9_-]{100,}")
# Tests in which a token was logged or printed.
_leaks: list[str] = []
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
QUIET_CHROMIUM = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-dev-shm-usage",
]


def pytest_configure(config: pytest.Config) -> None:
    """Make the settings cheaper where the cost is the point in production, and let the collector walk less often."""
    gc.set_threshold(50_000, 20, 100)
    if not config.pluginmanager.hasplugin("tests.servers"):
        return
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the heaviest first; note on every test whether it runs on the database and in the browser."""
    order.heaviest_first(items)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.user_properties.append(("runs_on", "PostgreSQL"))
        if fixtures & BROWSER_FIXTURES:
            item.add_marker(pytest.mark.browser)
            item.user_properties.append(("runs_on", "browser"))


def pytest_collection_finish() -> None:
    """Keep the collector from walking what was loaded until now, again and again."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> order.Together:
    """Share the tests out as `order` says."""
    return order.Together(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """P17: search what every test logged and printed, before the net under the log, for the sandbox's tokens."""
    if TOKEN.search(report.caplog + report.capstdout + report.capstderr):
        _leaks.append(report.nodeid)


def _tell_of_the_matrix(terminalreporter: Any) -> None:
    """Say how large the matrix of routes, people, methods and objects was, and how long it took."""
    figures = Counter[str]()
    # Counted when a test is over, so they stand in the reports of that: those without a letter of their own.
    for report in terminalreporter.stats.get("", []):
        if report.when == "teardown":
            figures.update({name: value for name, value in report.user_properties if name.startswith("matrix_")})
    if figures:
        n, seconds = figures["matrix_requests"], figures["matrix_seconds"]
        terminalreporter.write_line(f"The matrix of table M: {n} requests in {seconds:.0f} seconds of work.")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much of the run was real."""
    ran = Counter(
        place
        for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
        for name, place in report.user_properties
        if name == "runs_on" and report.when == "call"
    )
    _tell_of_the_matrix(terminalreporter)
    n_skipped = len(terminalreporter.stats.get("skipped", []))
    terminalreporter.write_line(
        f"{ran['PostgreSQL']} tests ran on PostgreSQL, {ran['browser']} in the browser, {n_skipped} were skipped."
    )
    for test in dict.fromkeys(_leaks):
        terminalreporter.write_line(f"A token was logged or printed in {test} (P17).", red=True)
    if n_skipped and IN_CI:
        terminalreporter.write_line("A skipped test proves nothing: under CI=true it fails the run.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a token was logged, and under CI=true when a test was skipped."""
    if _leaks and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Make the worker's database; the tests then log in as the product does, without power."""
    from django.test import TransactionTestCase

    from tests import database

    with django_db_blocker.unblock():
        name = database.make(worker_id)
    # The runtime login may not truncate, so transactional tests are cleaned up by the owner's.
    TransactionTestCase._fixture_teardown = lambda self: database.flush()  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> None:
    """Start every test that uses the database with empty rate limits and caches."""
    if request.node.get_closest_marker("django_db") or DATABASE_FIXTURES & set(request.fixturenames):
        from django.core.cache import cache

        cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _no_token_is_left() -> Iterator[None]:
    """P17: after the run, search Redis and the servers' own logs for the sandbox's tokens."""
    yield
    if os.environ.get("PYTEST_DISABLE_SERVERS"):
        return
    from tests.canaries import search

    logs = [path for path in Path(os.environ["KK_TEST_HOME"]).glob("*.log") if not path.name.startswith("sandbox")]
    assert not TOKEN.search(search.redis_text(os.environ["REDIS_URL"])), "A token is in Redis"
    assert not [path.name for path in logs if TOKEN.search(path.read_text(errors="replace"))]


@pytest.fixture(autouse=True, scope="session")
def _no_names_of_the_world() -> None:
    """Ask no name server of the world: what the product is told to look up ends at this machine."""
    if not os.environ.get("PYTEST_DISABLE_SERVERS"):
        from channels import link_answers, outbound

        def look_up(host: str, port: int) -> list[str]:
            return ["127.0.0.1"] if host == "localhost" else _numeric(host, port)

        link_answers.REACH = outbound.Reach(look_up=look_up)


def _numeric(host: str, port: int) -> list[str]:
    return [socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]] if host[:1] in "0123456789:" else []


@pytest.fixture(scope="session")
def installation() -> Iterator[Path]:
    """
    Return a folder for `manage.py up`, which PostgreSQL's user can reach; pytest's own is closed to it.

    Whoever starts there second finds tables and demonstration data made, as a person does the next morning.
    """
    from kanalkompass.launcher import guard

    home = Path(tempfile.mkdtemp(prefix=guard.TEMPORARY, dir="/var/tmp"))
    home.chmod(0o755)
    yield home / "var"
    shutil.rmtree(home)


@pytest.fixture
def linkedin_sandbox() -> LinkedInSandbox:
    """The worker's own LinkedIn, as new: nothing published, no faults, its clock on ours."""
    running = sys.modules["tests.servers"].sandbox
    stand_in = LinkedInSandbox(base=running.base, announced=dict(running.announced))
    stand_in.reset()
    return stand_in


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium, silent towards the network; root has no sandbox to put it in."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "No Chromium on PATH. On Debian and Ubuntu: apt-get install --yes chromium"
    without_sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*QUIET_CHROMIUM, *without_sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader in Norway at an ordinary screen."""
    return {
        **browser_context_args,
        "locale": "nb-NO",
        "timezone_id": "Europe/Oslo",
        "viewport": {"width": 1280, "height": 900},
    }
