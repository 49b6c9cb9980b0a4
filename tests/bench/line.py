"""A publishing line as the launcher starts it: broker, sandbox, worker processes, clock; and what they use."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from kanalkompass.launcher import guard, place, ports, servers, services, stand_in, supervision
from kanalkompass.launcher.services import Service
from kanalkompass.launcher.watched import Watched

CREATE = "POST /rest/posts"
TICK_S = os.sysconf("SC_CLK_TCK")
READY_WITHIN_S = 60


@dataclass
class Line:
    """The processes, by the name the launcher gives them."""

    watched: Watched
    home: Path
    postgres: servers.Postgres
    redis: servers.Redis
    sandbox: stand_in.Sandbox
    running: dict[str, Service] = field(default_factory=dict)
    web_port: int = field(default_factory=ports.free_port)

    def start(self, *names: str, slots: int = 32) -> None:
        """Start processes of the product by the beginning of their names, and wait for workers to listen."""
        env = {**os.environ, "PUBLISH_SLOTS": str(slots)}
        for service in services.of_the_product(watched=self.watched, env=env, web_port=self.web_port):
            if service.name.startswith(names):
                supervision.start(service)
                self.running[service.name] = service
        for service in self.running.values():
            if service.name.startswith("worker"):
                self._wait_for(service)

    def _wait_for(self, service: Service) -> None:
        gives_up_at = time.monotonic() + READY_WITHIN_S
        while " ready." not in service.log.read_text(errors="replace"):
            if time.monotonic() > gives_up_at:
                raise TimeoutError(f"{service.name} did not start: {service.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the product's processes."""
        supervision.end_all(list(self.running.values()), watched=self.watched, within_s=10)
        self.running = {}

    def visit(self, n: int) -> None:
        """Ask the web server for so many pages."""
        for _ in range(n):
            requests.get(f"http://127.0.0.1:{self.web_port}/u/trekk/", timeout=30)

    def revive(self) -> None:
        """Start again what died, as the launcher's supervision does it all the time."""
        supervision.revive_the_dead(list(self.running.values()), watched=self.watched)

    def answer_after(self, seconds: float) -> None:
        """
        Let the sandbox answer each new post after this time, and never for the day's quota.

        It forgets nothing: an id given a second time would be no clear answer.
        """
        self._control("DELETE", "/_fault")
        self._control("POST", "/_switch", {"app_daily_limit": 10_000_000, "member_daily_limit": 10_000_000})
        order = {"endpoint": CREATE, "kind": "late", "count": 1_000_000, "delay_s": seconds}
        self._control("POST", "/_fault", order)

    def received(self) -> dict[str, list[float]]:
        """Return when (epoch seconds) each marker was received, by the platform's own truth: once, or it is a fault."""
        found: dict[str, list[float]] = {}
        for line in self._control("GET", "/_truth").content.decode().split("\n"):
            if line:
                post = json.loads(line)
                found.setdefault(post["marker"], []).append(post["received_at"])
        return found

    def _control(self, method: str, path: str, body: object = None) -> requests.Response:
        response = requests.request(method, self.sandbox.base + path, json=body, timeout=30)
        response.raise_for_status()
        return response

    def pids(self) -> dict[str, int]:
        """Return the process id of everything that runs, by name."""
        found = {name: service.process.pid for name, service in self.running.items() if service.process}
        return found | {
            "postgres": self.postgres.process.pid,
            "redis": self.redis.process.pid,
            "sandbox": self.sandbox.process.pid,
        }

    def cpu_s(self) -> dict[str, float]:
        """Return the seconds of CPU that each has used, with its children that live."""
        return {name: sum(map(_cpu_s, family(pid))) for name, pid in self.pids().items()}

    def memory_mb(self) -> dict[str, float]:
        """Return the memory of each with its children, in MB: proportional, so that what is shared counts once."""
        return {name: sum(map(_memory_mb, family(pid))) for name, pid in self.pids().items()}


def family(pid: int) -> list[int]:
    """Return a process and all that it started."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        try:
            threads = list(Path(f"/proc/{found[-1]}/task").iterdir())
            waiting += [int(child) for each in threads for child in (each / "children").read_text().split()]
        except OSError:
            continue
    return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # Its own, and what its children had used when they ended.
    return sum(int(part) for part in fields[11:15]) / TICK_S


def _memory_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextmanager
def running(postgres: servers.Postgres) -> Iterator[Line]:
    """Start broker and sandbox beside PostgreSQL; all of it is gone afterwards."""
    watched = Watched()
    before = dict(os.environ)
    try:
        home = guard_folder()
        watched.remove_at_end(home)
        os.environ["KK_VAR"] = str(home)
        place.prepare(home)
        redis = servers.start_redis(
            watched=watched, home=home / "redis", port=ports.free_port(), log=home / "log" / "redis.log"
        )
        sandbox = stand_in.start_sandbox(watched=watched, log=home / "log" / "sandbox.log")
        os.environ |= sandbox.environment | {"REDIS_URL": redis.url, "EMAIL_URL": "memorymail://"}
        line = Line(watched, home, postgres, redis, sandbox)
        yield line
    finally:
        os.environ.clear()
        os.environ |= before
        watched.close()


def guard_folder() -> Path:
    """Return a new temporary folder whose name the guard knows."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix=guard.TEMPORARY))
