"""Processes under guard: what is started here ends with us, also when we are killed without warning."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kanalkompass.launcher import processes


class Watched:
    """
    Start processes and tell the guard about each of them.

    Two belts: the kernel signals each process we started when we die (Linux), and the guard, a process of its own,
    ends whole process groups, so that the children of our children (a worker's pool) go too.
    """

    def __init__(self, *, inherit: Sequence[int] = ()) -> None:
        """Start the guard. It keeps the file descriptors `inherit` open for as long as it cleans up."""
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=tuple(inherit),
            cwd="/",
            text=True,
        )
        self._running: dict[int, tuple[subprocess.Popen, int]] = {}

    def _tell(self, line: str) -> None:
        pipe = self._guard.stdin
        if pipe is None or self._guard.poll() is not None:
            raise RuntimeError("The guard process is gone")
        pipe.write(line + "\n")
        pipe.flush()

    def start(self, command: Sequence[str | Path], *, end_with: int = signal.SIGTERM, **how: Any) -> subprocess.Popen:
        """Start a process under guard; `end_with` is the signal that makes it end in good order."""
        process = processes.start(command, end_with=end_with, **how)
        self._running[process.pid] = (process, end_with)
        self._tell(f"+ {process.pid} {int(end_with)}")
        return process

    def ask_to_end(self, process: subprocess.Popen) -> None:
        """Send the signal that makes the process end in good order; do not wait."""
        if process.poll() is None and process.pid in self._running:
            process.send_signal(self._running[process.pid][1])

    def end(self, process: subprocess.Popen, *, within_s: float = 5.0) -> None:
        """Wait for a process that was asked to end, and kill its group when it takes too long."""
        if process.pid not in self._running:
            return
        processes.end(process, within_s=within_s)
        del self._running[process.pid]
        self._tell(f"- {process.pid}")

    def remove_at_end(self, folder: Path) -> None:
        """Have a temporary folder removed after everything has ended."""
        self._tell(f"folder {folder}")

    def close(self) -> None:
        """Let the guard end whatever still runs, and wait for it."""
        if self._guard.stdin:
            self._guard.stdin.close()
        for process, _ in self._running.values():
            process.wait(timeout=10)
        self._guard.wait(timeout=10)
