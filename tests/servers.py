"""
A pytest plugin that starts the real servers before Django's settings are read.

Loaded with `-p tests.servers`. The process that starts the run owns PostgreSQL and Valkey; xdist's workers inherit
their addresses, and take a Redis database and a sandbox each. Everything ends with the run, also when it is killed.
"""

import atexit
import os
import sys
import tempfile
from pathlib import Path

from kanalkompass.catalogues import compiling
from kanalkompass.launcher import guard, ports, servers, stand_in
from kanalkompass.launcher.processes import is_reachable, plain_user
from kanalkompass.launcher.watched import Watched

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Redis has 16 databases: one for each worker, the first for a run without workers.
REDIS_DATABASES = 16

sandbox: stand_in.Sandbox | None = None


def _home() -> Path:
    """Return a new temporary folder that the user who runs PostgreSQL can reach."""
    for parent in (None, "/var/tmp", "/tmp"):  # noqa: S108 (mkdtemp makes a folder of its own)
        home = Path(tempfile.mkdtemp(prefix=guard.TEMPORARY, dir=parent))
        who = plain_user()
        if who:
            os.chown(home, who["user"], who["group"])
        if is_reachable(home, who):
            return home
        home.rmdir()
    raise RuntimeError("No temporary folder that PostgreSQL's user can reach; set TMPDIR")


def _start_database_and_broker(watched: Watched, home: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        postgres = servers.start_postgres(
            watched=watched,
            home=home / "postgres",
            port=ports.free_port(),
            passwords=servers.Passwords.fresh(),
            log=home / "postgres.log",
            is_lasting=False,
        )
        os.environ |= {"DATABASE_URL": postgres.url, "DATABASE_OWNER_URL": postgres.owner_url}
    if not os.environ.get("REDIS_URL"):
        broker = servers.start_redis(
            watched=watched, home=home / "redis", port=ports.free_port(), log=home / "redis.log"
        )
        os.environ["REDIS_URL"] = broker.url


def _settings() -> None:
    """Set what the settings ask for; nothing here is a secret."""
    os.environ |= {
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "CHANNEL_TOKEN_KEYS": "a" * 43 + "=",
        "DEBUG": "false",
        "KK_DEMO": "1",
        "SITE_URL": "http://localhost",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "EMAIL_URL": "memorymail://",
        "CLOCK_OFFSET_S": "0",
        # Playwright keeps an event loop in the thread of the test, which Django would take for asynchronous code.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    os.environ["MEDIA_ROOT"] = str(Path(os.environ["KK_TEST_HOME"]) / f"media-{WORKER or 'main'}")


def _start() -> None:
    global sandbox
    if os.environ.get("PYTEST_DISABLE_SERVERS"):
        return
    watched = Watched()
    atexit.register(watched.close)
    if WORKER:
        home = Path(os.environ["KK_TEST_HOME"])
        number = int(WORKER.removeprefix("gw")) + 1
        address = os.environ["REDIS_URL"].rpartition("/")[0]
        os.environ["REDIS_URL"] = f"{address}/{number % REDIS_DATABASES}"
    else:
        home = _home()
        watched.remove_at_end(home)
        os.environ["KK_TEST_HOME"] = str(home)
        _start_database_and_broker(watched, home)
        # A clean checkout has the catalogues' source alone, and the screens are Norwegian.
        for _ in compiling.compile_all():
            pass
    _settings()
    sandbox = stand_in.start_sandbox(watched=watched, log=home / f"sandbox-{WORKER or 'main'}.log")
    os.environ |= sandbox.environment


try:
    _start()
except servers.Problem as problem:
    sys.exit(f"The servers that the tests need did not start: {problem}")
