"""The total deadline of a call: one thread watches over all calls of the process, whatever each is waiting for."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time
from typing import Any


class Watch:
    """The total deadline of one call: shuts its socket when the time is up, whatever the call is waiting for."""

    def __init__(self, *, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.is_connected = False
        # Whether the call goes over a connection that an earlier call made.
        self.is_reused = False
        self._socket: Any = None
        self._is_over = False
        self._lock = threading.Lock()

    @property
    def left_s(self) -> float:
        """Seconds left; negative when the time is up."""
        return self.ends_at - time.monotonic()

    def connected(self, connection: Any) -> None:
        """
        Take charge of a new connection.

        :raises TimeoutError: looking up the name or connecting took all the time; nothing has been sent
        """
        with self._lock:
            if self._is_over or self.left_s <= 0:
                raise TimeoutError("no time left after connecting")
            self._socket = connection
            self.is_connected = True

    def shut(self) -> None:
        """End the call's connection: its time is up."""
        with self._lock:
            self._is_over = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Not the TLS socket's own method: that one takes its state away under the waiting thread.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def release(self) -> None:
        """Leave the connection alone from now on: its number may soon be another call's."""
        with self._lock:
            self._is_over, self._socket = True, None

    def __enter__(self) -> Watch:
        _watchman.guard(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class _Watchman:
    """The thread that shuts what is overdue. Started with the first call; a process that forks gets one of its own."""

    def __init__(self) -> None:
        self._calls: list[tuple[float, int, Watch]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def guard(self, watch: Watch) -> None:
        """Watch over one more call. One that has ended stays in the list until its time, and costs nothing."""
        with self._changed:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._stand, name="deadlines", daemon=True)
                self._thread.start()
            heapq.heappush(self._calls, (watch.ends_at, next(self._number), watch))
            if self._calls[0][2] is watch:
                self._changed.notify()

    def _stand(self) -> None:
        while True:
            self._next_overdue().shut()

    def _next_overdue(self) -> Watch:
        with self._changed:
            while True:
                left_s = self._calls[0][0] - time.monotonic() if self._calls else None
                if left_s is not None and left_s <= 0:
                    return heapq.heappop(self._calls)[2]
                self._changed.wait(left_s)


_watchman = _Watchman()


def _after_fork() -> None:
    global _watchman
    _watchman = _Watchman()


os.register_at_fork(after_in_child=_after_fork)
