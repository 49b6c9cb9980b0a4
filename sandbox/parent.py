"""Ending together with the process that started us."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
POLL_S = 1.0


def die_with_parent() -> None:
    """
    End this process when its parent process ends, however it ends.

    Linux sends the signal when the parent *thread* ends, so the handler looks whether the parent really changed. A slow
    poll stands behind it: for other systems, and for a parent that was gone before the request to the kernel.
    """
    parent = os.getppid()

    def end_if_orphaned(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(0)

    def poll() -> None:
        while True:
            time.sleep(POLL_S)
            end_if_orphaned()

    if sys.platform == "linux":
        signal.signal(signal.SIGUSR1, end_if_orphaned)
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGUSR1)
    threading.Thread(target=poll, daemon=True, name="parent-watch").start()
