"""
A small process that outlives the launcher by a few seconds and ends everything the launcher started.

It runs as a plain script and reads lines from a pipe whose only writer is the launcher: `+ <group> <signal>`,
`- <group>`, `folder <path>`. When the pipe closes, however the launcher died, it asks every process group to end,
kills what is left after a while, and removes the temporary folders it was told of.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE_S = 5.0
# A folder is removed only when its name says that it is temporary.
TEMPORARY = "kanalkompass-tmp-"


def tell(group: int, number: int) -> None:
    """Send a signal to a process group that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def is_alive(group: int) -> bool:
    """
    Say whether a process of the group still runs.

    The dead that nobody has collected do not count: where process 1 collects nobody, a signal reaches them for ever.
    """
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    proc = Path("/proc")
    if not (proc / "self" / "stat").exists():
        return True
    return any(_runs_in(entry, group) for entry in proc.iterdir() if entry.name.isdigit())


def _runs_in(entry: Path, group: int) -> bool:
    try:
        # The name in brackets may hold anything; what follows the last bracket is: state, parent, group.
        state, _, its_group = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return False
    return int(its_group) == group and state not in "ZX"


def end_all(groups: dict[int, int]) -> None:
    """Ask nicely, wait, then kill."""
    for group, number in groups.items():
        tell(group, number)
    deadline = time.monotonic() + PATIENCE_S
    left = set(groups)
    while left and time.monotonic() < deadline:
        left = {group for group in left if is_alive(group)}
        time.sleep(0.05)
    for group in left:
        tell(group, signal.SIGKILL)


def watch(lines: Iterable[str]) -> None:
    """Follow the launcher until its pipe closes, then clean up after it."""
    groups: dict[int, int] = {}
    folders: list[Path] = []
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        if word == "+":
            group, _, number = rest.partition(" ")
            groups[int(group)] = int(number)
        elif word == "-":
            groups.pop(int(rest), None)
        elif word == "folder" and Path(rest).name.startswith(TEMPORARY):
            folders.append(Path(rest))
    end_all(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch(sys.stdin)
