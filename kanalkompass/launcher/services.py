"""The processes of a running installation, and how each is started."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kanalkompass.launcher import place
from kanalkompass.launcher.watched import Watched

WEB_WORKERS = 2
# Two processes share the slots, because one alone would wait for itself. Of the doorbells, a few may take long.
PUBLISH_PROCESSES = 2
DOORBELL_THREADS = 8
# Accounts whose figures are fetched at the same time; each waits for its channel most of the time.
PULL_SLOTS = 8


@dataclass
class Service:
    """One process, the name a person reads, and what to do to have it (again)."""

    name: str
    start: Callable[[], subprocess.Popen]
    log: Path
    process: subprocess.Popen | None = None
    # Moments (monotonic seconds) of its starts, newest last.
    started_at: list[float] = field(default_factory=list)


def log_file(name: str) -> Path:
    """Return a service's log, empty; the previous run's is kept beside it."""
    log = place.var() / "log" / f"{name}.log"
    if log.exists() and log.stat().st_size:
        log.replace(log.with_suffix(".previous.log"))
    log.touch(mode=0o600)
    return log


def of_the_product(*, watched: Watched, env: dict[str, str], web_port: int) -> list[Service]:
    """Return web, the workers and beat, not yet started."""
    celery = [sys.executable, "-m", "celery", "-A", "kanalkompass"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    web = [sys.executable, "-m", "gunicorn", "kanalkompass.wsgi:application", "--bind", f"127.0.0.1:{web_port}"]
    commands = {
        # A video of the largest kind may take minutes to arrive.
        "web": [
            *[*web, "--workers", str(WEB_WORKERS), "--timeout", "180"],
            *["--graceful-timeout", "4", "--no-control-socket"],
        ],
        **{
            f"worker-publish-{number}": [
                *worker,
                *["-Q", "publish", "-n", f"publish{number}@%h"],
                *["--pool", "threads", "--concurrency", str(DOORBELL_THREADS)],
            ]
            for number in range(1, publish_processes(env) + 1)
        },
        "worker-pull": [
            *worker,
            *["-Q", "pull", "-n", "pull@%h", "--pool", "threads", "--concurrency", str(PULL_SLOTS)],
        ],
        "worker-default": [*worker, "-Q", "default", "-n", "default@%h", "--concurrency", "1"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "-s", str(place.var() / "beat" / "schedule")],
    }
    return [_service(name, command, watched=watched, env=env) for name, command in commands.items()]


def publish_processes(env: dict[str, str]) -> int:
    """Return how many processes share the publishing slots, as the settings read it."""
    return max(1, int(env.get("PUBLISH_PROCESSES") or PUBLISH_PROCESSES))


def _service(name: str, command: list[str], *, watched: Watched, env: dict[str, str]) -> Service:
    log = log_file(name)
    return Service(name=name, log=log, start=lambda: watched.start(command, log=log, env=env, cwd=place.ROOT))
