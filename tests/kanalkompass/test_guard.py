"""Whatever we start ends with us, grandchildren too, however we end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kanalkompass.launcher import guard, place

# A starter that starts a shell that ignores SIGTERM and has a child; it says the shell's process group and waits.
STARTER = """
import sys, time
from pathlib import Path
from kanalkompass.launcher.watched import Watched
watched = Watched()
watched.remove_at_end(Path(sys.argv[1]))
process = watched.start(["/bin/sh", "-c", sys.argv[2]])
print(process.pid, flush=True)
time.sleep(600)
"""


def start(folder: Path, script: str) -> tuple[subprocess.Popen, int]:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder), script], cwd=place.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    with starter.stdout:
        return starter, int(starter.stdout.readline())


def seconds_until(is_true, *, at_most: float) -> float:
    started = time.monotonic()
    while not is_true():
        assert time.monotonic() - started < at_most
        time.sleep(0.05)
    return time.monotonic() - started


class TestAfterASuddenEnd:
    def test_children_and_grandchildren_are_gone_at_once(self, tmp_path):
        starter, group = start(tmp_path, "sleep 600 & sleep 600")

        starter.send_signal(signal.SIGKILL)
        starter.wait(timeout=5)

        assert seconds_until(lambda: not guard.is_alive(group), at_most=3) < 3

    def test_a_child_that_does_not_listen_is_killed(self, tmp_path):
        starter, group = start(tmp_path, "trap '' TERM; while true; do sleep 1; done")

        starter.send_signal(signal.SIGKILL)
        starter.wait(timeout=5)

        assert seconds_until(lambda: not guard.is_alive(group), at_most=guard.PATIENCE_S + 3)

    @pytest.mark.parametrize(("name", "is_left"), [(f"{guard.TEMPORARY}x", False), ("somebodys-data", True)])
    def test_only_folders_named_as_temporary_are_removed(self, tmp_path, name, is_left):
        folder = tmp_path / name
        (folder / "data").mkdir(parents=True)
        starter, group = start(folder, "sleep 600")

        starter.send_signal(signal.SIGKILL)
        starter.wait(timeout=5)
        seconds_until(lambda: not guard.is_alive(group), at_most=3)
        if not is_left:
            seconds_until(lambda: not folder.exists(), at_most=3)
        time.sleep(0.2)

        assert folder.exists() == is_left


class TestIsAlive:
    def test_does_not_count_the_dead_that_nobody_collected(self):
        process = subprocess.Popen(["true"], start_new_session=True)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert not guard.is_alive(process.pid)
        process.wait()
