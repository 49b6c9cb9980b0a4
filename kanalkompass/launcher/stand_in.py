"""The sandbox that stands in for the platforms in demonstration and tests: a program of its own, reached over HTTP."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kanalkompass.launcher.problems import Problem
from kanalkompass.launcher.watched import Watched

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 30


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox and what it said about itself: base addresses, ready tokens, organisations, clients."""

    process: subprocess.Popen
    announced: Mapping[str, Any]

    @property
    def base(self) -> str:
        """Address of the LinkedIn stand-in, also of its control plane."""
        return self.announced["base"]["linkedin"]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point the product at the sandbox."""
        client = self.announced["client"]["linkedin"]
        return {
            **dict.fromkeys(("LINKEDIN_API_BASE", "LINKEDIN_OAUTH_BASE", "LINKEDIN_WEB_BASE"), self.base),
            "LINKEDIN_CLIENT_ID": client["client_id"],
            "LINKEDIN_CLIENT_SECRET": client["client_secret"],
        }


def start_sandbox(
    *, watched: Watched, log: Path, port: int = 0, data: Path | None = None, environ: Mapping[str, str] | None = None
) -> Sandbox:
    """
    Start the sandbox and wait for the JSON line that says it is ready.

    :param port: 0 lets the sandbox take a free one
    :param data: the file that keeps its state between runs; without it the state ends with the process
    :raises Problem: it does not start
    """
    # The log is read for the ready line, so it starts empty.
    log.write_bytes(b"")
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--die-with-parent"]
    if data:
        command += ["--data", str(data)]
    env = {**(os.environ if environ is None else environ), "PYTHONUNBUFFERED": "1"}
    process = watched.start(command, log=log, cwd=ROOT, env=env)
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        announced = ready_line(log.read_text(errors="replace"))
        if announced:
            return Sandbox(process=process, announced=announced)
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip().splitlines()
            raise Problem(f"Sandkassen kom ikke i gang: {said[-1] if said else '(ingen melding)'}")
        time.sleep(0.02)


def ready_line(text: str) -> dict[str, Any] | None:
    """Return the JSON object that a complete line of the text holds, or None when it is not there yet."""
    for line in text.splitlines(keepends=True):
        if line.startswith("{") and line.endswith("\n"):
            found = json.loads(line)
            if "base" in found:
                return found
    return None
