"""What the person at the terminal sees."""

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kanalkompass.launcher import place


def say(text: str = "") -> None:
    """Print one line at once, also when the output is a file. A terminal that was closed stops nothing."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def show_in_place(text: str) -> None:
    """Replace the terminal's last line."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"\r\033[K{text}")
        sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    started = time.monotonic()
    say(f"  {text} …")
    yield
    seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
    say(f"    ferdig på {seconds} s")


def last_lines(log: Path, n: int = 8) -> str:
    """Return the last lines of a log, indented."""
    if not log.exists():
        return "    (ingen logg)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8000))
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join(f"    | {line}" for line in lines[-n:]) or "    | (tom logg)"


def demo_users(env: dict[str, str]) -> list[dict[str, Any]]:
    """Return the demonstration users with password and current code; empty when there are none."""
    answer = subprocess.run(
        [sys.executable, "manage.py", "demo_users", "--json"],
        cwd=place.ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return json.loads(answer.stdout) if answer.returncode == 0 and answer.stdout.strip() else []


def codes_line(users: list[dict[str, Any]]) -> str:
    """Return the current codes of the first municipality's users, as many as the terminal's line holds."""
    line = "Koder nå:"
    for user in users:
        if not user["code"]:
            continue
        part = f" {user['email'].partition('@')[0]} {user['code']}"
        is_other = user.get("municipality") != users[0].get("municipality")
        if is_other or len(line + part) >= shutil.get_terminal_size().columns:
            break
        line += part
    return line
