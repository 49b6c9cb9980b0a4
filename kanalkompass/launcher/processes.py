"""Starting and ending the processes we own. Standard library only."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kanalkompass.launcher import guard

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(with_signal: int, *, parent: int | None = None) -> Callable[[], None]:
    """
    Return a `preexec_fn` that makes the kernel send `with_signal` to the process when ours dies (Linux).

    It runs after the change of user, which would clear it; start processes from the main thread, because the kernel
    looks at the thread that started them.
    """
    expected = parent or os.getpid()

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, with_signal)
            if os.getppid() != expected:
                os._exit(1)

    return prepare


def start(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    end_with: int = signal.SIGTERM,
    **how: Any,
) -> subprocess.Popen:
    """Start a process in a session of its own that ends with ours; its output goes to `log`, or nowhere."""
    output = open(log, "ab") if log else None  # noqa: SIM115 (closed below, after the child has it)
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
            preexec_fn=die_with_parent(end_with),
            **how,
        )
    finally:
        if output:
            output.close()


def end(process: subprocess.Popen, *, within_s: float) -> None:
    """Wait for the process and its children to end; after `within_s` seconds, kill what is left of the group."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if process.poll() is not None and not guard.is_alive(process.pid):
            return
        time.sleep(0.02)
    guard.tell(process.pid, signal.SIGKILL)
    process.wait(timeout=5)


def plain_user() -> dict[str, Any]:
    """
    Return Popen's arguments for a user without power, because PostgreSQL refuses to run as root.

    Empty when we are not root.
    """
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give_to_plain_user(folder: Path) -> None:
    """Hand a folder and everything in it to the user that `plain_user` names."""
    who = plain_user()
    if not who:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, who["user"], who["group"], follow_symlinks=False)


def is_reachable(folder: Path, who: Mapping[str, Any]) -> bool:
    """Say whether the user `who` can stand in the folder: every folder above it must let them through."""
    # The whole path is asked for: a start in the folder itself would happen before the change of user.
    question = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)]
    return subprocess.run(question, cwd="/", capture_output=True, check=False, **who).returncode == 0
