"""The processes of an installation under faults: started, killed, stalled, and replaced as a supervisor does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.house import ROOT, House

CELERY = [sys.executable, "-m", "celery", "-A", "kanalkompass"]
SLOTS = 4
# A worker that was asked to end and does not is killed after this, as a supervisor does.
PATIENCE_S = 15.0


def worker(queue: str = "publish", *, slots: int = SLOTS, module: str = "kanalkompass") -> list[str]:
    """Return the command of a worker as the launcher starts it."""
    celery = [*CELERY[:-1], module, "worker", "-Q", queue, "--pool", "threads", "--concurrency", str(slots)]
    return [*celery, "--without-gossip", "--without-mingle", "--loglevel", "INFO"]


@dataclass
class Member:
    """One process of the installation, and when it was started (monotonic seconds)."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    asked_to_end_at: float | None = None
    is_dismissed: bool = False

    @property
    def is_running(self) -> bool:
        """Whether the process lives, stopped or not."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether it runs, listens, and has not been asked to end."""
        is_listening = "celery" not in self.command or " ready." in self.said
        return self.is_running and self.asked_to_end_at is None and is_listening

    @property
    def said(self) -> str:
        """What it wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def pid(self) -> int:
        """The number of the process and its group."""
        assert self.process
        return self.process.pid


@dataclass
class Staff:
    """Everybody who works in a house; `look_after` replaces those who have died."""

    house: House
    folder: Path
    environ: Mapping[str, str]
    members: list[Member] = field(default_factory=list)

    def take_on(self, name: str, command: list[str], **environ: str) -> Member:
        """Start a process under a name of its own."""
        full = {**os.environ, **self.house.environ, **self.environ, **environ}
        if command[1:3] == ["-m", "celery"]:
            command = [*command, "-n", f"{name}@%h"] if "worker" in command else command
        member = Member(name, command, full, self.folder / f"{name}.log")
        self.members.append(member)
        self._start(member)
        return member

    def beat(self, name: str = "beat", **environ: str) -> Member:
        """Start a beat, which rings all doorbells at their times."""
        schedule = self.folder / f"{name}.schedule"
        return self.take_on(name, [*CELERY, "beat", "--loglevel", "WARNING", "-s", str(schedule)], **environ)

    def _start(self, member: Member) -> None:
        # A log of its own for each start: it tells whether this one listens.
        member.log.unlink(missing_ok=True)
        member.process = self.house.watched.start(member.command, log=member.log, env=member.environ, cwd=ROOT)
        member.started_at, member.asked_to_end_at = time.monotonic(), None

    def look_after(self) -> int:
        """Start again whoever has ended, and kill whoever does not; return how many were started."""
        n_started = 0
        for member in self.members:
            if member.asked_to_end_at and time.monotonic() > member.asked_to_end_at + PATIENCE_S:
                self.kill(member)
            if not member.is_dismissed and not member.is_running:
                self._forget(member)
                self._start(member)
                n_started += 1
        return n_started

    def kill(self, member: Member) -> None:
        """kill -9 of the process and all that belongs to it."""
        if member.is_running:
            os.killpg(member.pid, signal.SIGKILL)
        self._forget(member)

    def ask_to_end(self, member: Member) -> None:
        """SIGTERM: a warm stop."""
        if member.is_running and member.asked_to_end_at is None:
            os.kill(member.pid, signal.SIGTERM)
            member.asked_to_end_at = time.monotonic()

    def stall(self, member: Member) -> None:
        """SIGSTOP: it neither works nor dies."""
        if member.is_running:
            os.killpg(member.pid, signal.SIGSTOP)

    def go_on(self, member: Member) -> None:
        """SIGCONT."""
        if member.is_running:
            os.killpg(member.pid, signal.SIGCONT)

    def dismiss(self, *some: Member) -> None:
        """kill -9 for good."""
        for member in some:
            member.is_dismissed = True
            self.kill(member)
            self.members.remove(member)

    def _forget(self, member: Member) -> None:
        if member.process is not None:
            member.process.wait(timeout=10)
            self.house.watched.end(member.process)


@contextmanager
def staff_of(house: House, folder: Path, environ: Mapping[str, str]) -> Iterator[Staff]:
    """Give the staff of a house with an empty broker; whoever still works at the end is killed."""
    staff = Staff(house, folder, environ)
    house.broker().flushall()
    try:
        yield staff
    finally:
        staff.dismiss(*staff.members)
