"""
An installation of its own for fault tests: a database and a Redis that may be killed, and the product's web server.

The test's own process is led to the same database, so that the product's functions make the data and tell the truth.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import redis
import requests
from django.core.management import call_command
from django.db import connections

from kanalkompass.launcher import ports, servers
from kanalkompass.launcher.processes import plain_user
from kanalkompass.launcher.watched import Watched
from tests.faults.workers import until

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20


class _Told:
    """Starts processes under guard with more in their environment."""

    def __init__(self, watched: Watched, environ: dict[str, str]) -> None:
        self.watched, self.environ = watched, environ

    def start(self, command: Any, *, env: dict[str, str], **how: Any) -> subprocess.Popen:
        return self.watched.start(command, env={**env, **self.environ}, **how)


class House:
    """PostgreSQL (durable), Valkey and gunicorn, each of which a test may hurt."""

    def __init__(self, *, watched: Watched, home: Path, passwords: servers.Passwords) -> None:
        self.watched, self.home, self.passwords = watched, home, passwords
        self.database_port, self.web_port = ports.free_port(), ports.free_port()
        self.database_environ: dict[str, str] = {}
        self.postgres = self._start_database()
        self.redis_port = ports.free_port()
        self.redis = self._start_redis()
        self.web: subprocess.Popen | None = None
        self.log = home / "web.log"

    def _start_database(self) -> servers.Postgres:
        return servers.start_postgres(
            watched=_Told(self.watched, self.database_environ),  # type: ignore[arg-type]
            home=self.home / "postgres",
            port=self.database_port,
            passwords=self.passwords,
            log=self.home / "postgres.log",
            is_lasting=True,
        )

    def _start_redis(self) -> servers.Redis:
        log = self.home / "redis.log"
        return servers.start_redis(watched=self.watched, home=self.home / "redis", port=self.redis_port, log=log)

    @property
    def base(self) -> str:
        """The web server's address."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def environ(self) -> dict[str, str]:
        """What a process of this installation is told."""
        return {
            "DATABASE_URL": self.postgres.url,
            "DATABASE_OWNER_URL": self.postgres.owner_url,
            "REDIS_URL": self.redis.url,
        }

    def start_web(self, *more: str) -> None:
        """Start gunicorn as the launcher does; it has loaded the product before it forks, so that a heir is quick."""
        command = [sys.executable, "-m", "gunicorn", "kanalkompass.wsgi:application", "--workers", "2", "--preload"]
        self.web = self.watched.start(
            [*command, "--bind", f"127.0.0.1:{self.web_port}", "--no-control-socket", *more],
            log=self.log,
            cwd=ROOT,
            env={**os.environ, **self.environ},
        )
        self.wait_for_web()

    def end_web(self) -> None:
        """Ask the web server to end in good order, and wait for it."""
        if self.web:
            self.watched.ask_to_end(self.web)
            self.watched.end(self.web, within_s=PATIENCE_S)
            self.web = None

    def wait_for_web(self) -> None:
        """Wait until a page is answered."""
        try:
            until(lambda: self.status("/u/trekk/") == 200, what="the web server", within_s=40)
        except AssertionError as problem:
            raise AssertionError(self.said()[-4000:]) from problem

    def status(self, path: str) -> int:
        """Return a page's status, 0 for no answer."""
        try:
            return requests.get(self.base + path, timeout=PATIENCE_S).status_code
        except requests.ConnectionError:
            return 0

    def said(self) -> str:
        """Return what the web server wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def web_workers(self) -> list[int]:
        """Return the process ids of the web server's workers."""
        assert self.web
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill_web_workers(self) -> None:
        """kill -9 of every worker; the server replaces them."""
        for pid in self.web_workers():
            os.kill(pid, signal.SIGKILL)

    def crash_database(self) -> None:
        """End PostgreSQL at once, as `pg_ctl stop -m immediate` does."""
        self.postgres.process.send_signal(signal.SIGQUIT)
        self.watched.end(self.postgres.process, within_s=PATIENCE_S)

    def restart_database(self) -> None:
        """Start PostgreSQL again; it recovers by itself."""
        self.postgres = self._start_database()

    def set_database_clock(self, environ: dict[str, str]) -> None:
        """Start PostgreSQL again under libfaketime, or by the machine's clock: {}."""
        connections.close_all()
        self.database_environ = environ
        self.postgres.process.send_signal(signal.SIGINT)
        self.watched.end(self.postgres.process, within_s=PATIENCE_S)
        self.restart_database()

    def restart_redis(self) -> None:
        """kill -9 of Redis, and an empty one in its place: whatever was queued in it is gone."""
        self.redis.process.kill()
        self.watched.end(self.redis.process)
        self.redis = self._start_redis()

    def limit_database_files(self, n_bytes: int | None) -> None:
        """Let no file of the database grow beyond a size, as on a full disk; None gives the room back."""
        server = self.postgres.process.pid
        below = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        size = "unlimited" if n_bytes is None else str(n_bytes)
        for pid in [str(server), *below]:
            # Whoever owns a process may lower its limit and raise it again; root of a container may not.
            order = ["prlimit", "--pid", pid, f"--fsize={size}:unlimited"]
            # A session may have ended since its number was read.
            subprocess.run(order, check=pid == str(server), capture_output=True, **plain_user())

    def as_superuser(self) -> psycopg2.extensions.connection:
        """Return a connection that no wall stops."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.database_port, user=servers.SUPERUSER, password=self.passwords.superuser,
            dbname=servers.DATABASE, connect_timeout=3,
        )  # fmt: skip
        connection.autocommit = True
        return connection

    def ask(self, question: str, *values: Any) -> Any:
        """Return the first field of the first row of what the database answers."""
        connection = self.as_superuser()
        try:
            with connection.cursor() as cursor:
                cursor.execute(question, values)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def hang_up(self) -> int:
        """Terminate every session of the product's login, and return how many there were."""
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s"
        return self.ask(ended, servers.RUNTIME)

    def broker(self) -> redis.Redis:
        """Return a client of the installation's Redis."""
        return redis.Redis.from_url(self.redis.url)


@contextmanager
def own_house(home: Path) -> Iterator[House]:
    """Build an installation with an empty database, lead this process to it, and put everything back at the end."""
    watched = Watched()
    aliases = ("default", "owner")
    before = {alias: dict(connections[alias].settings_dict) for alias in aliases}
    try:
        kept = _kept()
        passwords = _take_over(kept, home=home) if kept else None
        house = House(watched=watched, home=home, passwords=passwords or servers.Passwords.fresh())
        for alias in aliases:
            url = urlsplit(house.postgres.url if alias == "default" else house.postgres.owner_url)
            _lead(alias, NAME=servers.DATABASE, PORT=url.port, USER=url.username, PASSWORD=url.password)
        if passwords is None:
            call_command("migrate", database="owner", verbosity=0)
            connections["owner"].close()
            if kept:
                _keep(house, kept=kept)
        yield house
    finally:
        for alias in aliases:
            _lead(alias, **before[alias])
        watched.close()


def _kept() -> Path | None:
    """Return where a test run keeps a migrated database for its next houses; None outside a test run."""
    home = os.environ.get("KK_TEST_HOME")
    return Path(home) / "house" if home else None


def _take_over(kept: Path, *, home: Path) -> servers.Passwords | None:
    """Copy the database that an earlier house left, and return its passwords; None when there is none yet."""
    if not (kept / "passwords.json").exists():
        return None
    subprocess.run(["cp", "-a", str(kept / "postgres"), str(home / "postgres")], check=True)
    return servers.Passwords(**json.loads((kept / "passwords.json").read_text()))


def _keep(house: House, *, kept: Path) -> None:
    """Leave a copy of the migrated database, still empty, for the next house; whoever comes second leaves none."""
    try:
        kept.mkdir()
    except FileExistsError:
        return
    for alias in ("default", "owner"):
        connections[alias].close()
    house.postgres.process.send_signal(signal.SIGINT)
    house.watched.end(house.postgres.process, within_s=PATIENCE_S)
    subprocess.run(["cp", "-a", str(house.home / "postgres"), str(kept / "postgres")], check=True)
    house.restart_database()
    # Last, so that nobody takes half a copy.
    (kept / "passwords.json").write_text(json.dumps(asdict(house.passwords)))


def _lead(alias: str, **where: Any) -> None:
    connections[alias].close()
    connections[alias].settings_dict.update(where)


def field_in(html: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, html[:500]
    return found.group(1)
