"""Real publishing workers for fault tests: processes of their own, on the test's database, that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parents[2]
# Short enough for a test; a lease still holds a whole send, and the window a lease, a send and a list that lags.
KNOBS = {
    "PUBLISH_DEADLINE_S": 1,
    "PUBLISH_LEASE_S": 3,
    "PUBLISH_SWEEP_S": 1,
    "RECONCILE_SETTLE_S": 6,
    "RECONCILE_EVERY_S": 1,
}


class Worker:
    """A worker of the publishing queue with two slots, in a process group of its own."""

    def __init__(self, *, log: Path, **environ: str) -> None:
        self.log = log
        command = [sys.executable, "-m", "celery", "-A", "kanalkompass", "worker", "-Q", "publish"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "-P", "threads", "-c", "2", "--without-gossip", "--without-mingle", "-n", f"{log.stem}@%h"],
                cwd=ROOT,
                env={
                    **os.environ,
                    **environment_of_the_test(),
                    **{name: str(value) for name, value in KNOBS.items()},
                    **environ,
                },
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> Worker:
        """Wait for the worker to listen."""
        until(lambda: " ready." in self.log.read_text(errors="replace"), what=f"worker\n{self.log}", within_s=40)
        return self

    def kill(self) -> None:
        """End it without warning, its slots too."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)


@contextmanager
def workers(folder: Path) -> Iterator[Callable[..., Worker]]:
    """Give a function that starts workers on an empty broker; whatever still runs at the end is killed."""
    started: list[Worker] = []

    def start(**environ: str) -> Worker:
        started.append(Worker(log=folder / f"worker{len(started)}.log", **environ))
        return started[-1]

    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    try:
        yield start
    finally:
        for worker in started:
            worker.kill()
        redis.Redis.from_url(settings.REDIS_URL).flushdb()


def until(is_so: Callable[[], object], *, what: str, within_s: float = 30, every_s: float = 0.05) -> float:
    """
    Wait until `is_so`, and return how many seconds it took.

    :raises AssertionError: it did not become so
    """
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > within_s:
            raise AssertionError(f"Waited {within_s} s in vain for {what}")
        time.sleep(every_s)
    return time.monotonic() - began


def environment_of_the_test() -> dict[str, str]:
    """Return the environment that leads to the test's own database, by both logins."""
    found = {}
    for alias, name in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        parts = urlsplit(os.environ[name])
        found[name] = urlunsplit(parts._replace(path=f"/{connections[alias].settings_dict['NAME']}"))
    return found
