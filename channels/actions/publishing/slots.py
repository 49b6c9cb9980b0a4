"""
The publishing slots of one worker process: so many posts at once are on their way to a platform.

A few threads more than slots, each with one database connection of its own: while a slot waits for an answer, the next
post is claimed and the last one recorded, so that a slot is never idle while something is due.

The doorbell wakes them; each slot then takes the next due row by itself until none is left. Nothing is kept here that
must not be lost: a row that a killed process had put aside is due again a few seconds later.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections

from channels.actions.publishing import queue
from channels.actions.publishing.claiming import NotDue, ticks
from channels.actions.publishing.recording import FenceLost
from channels.actions.publishing.sending import publish
from foundation import clock

logger = logging.getLogger(__name__)

# The doorbell rings each second: rows of the next second are put aside already, and wait in a slot for their moment.
AHEAD_S = 1.0
# So few at a time that another process never stands idle while rows wait here; the next ones are taken before the last
# is gone, so that slots which end together do not wait for the queue together.
BATCH, LOW = 8, 4
# One thread more for so many slots: it claims or records meanwhile. With fewer slots there is none, and strict order.
SLOTS_A_HELPER = 4
# Waits are measured by this machine, the moment by the database: a hair later is never too early.
MARGIN_S = 0.002


@dataclass(frozen=True)
class Row:
    """One delivery put aside for a slot. `due_at` is UTC; `seen_at` is `ticks` when the database said `now`."""

    municipality_id: int
    delivery_id: int
    due_at: datetime
    now: datetime
    seen_at: float

    @property
    def moment(self) -> datetime:
        """This moment (UTC) by the database's clock, counted on by the monotonic one."""
        return self.now + timedelta(seconds=ticks() - self.seen_at)

    @property
    def wait_s(self) -> float:
        """Seconds until it is due, 0 when it is."""
        return max(0.0, (self.due_at - self.moment).total_seconds())


class Slots:
    """The slots of this process. `wake` returns at once; the sending goes on in the slots' own threads."""

    def __init__(self, *, n_slots: int) -> None:
        self.n_threads = n_slots + n_slots // SLOTS_A_HELPER
        self._places = threading.BoundedSemaphore(n_slots)
        self._lock = threading.Lock()
        self._rows: deque[Row] = deque()
        # The last look found all there was: nobody looks again before the next doorbell.
        self._is_dry = False
        self._taking = threading.Lock()
        self._working: set[Future[None]] = set()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=self.n_threads, thread_name_prefix="slot")

    def wake(self) -> int:
        """Let every idle thread look for work; return how many were idle."""
        with self._taking:
            self._is_dry = False
        with self._lock:
            n_idle = 0 if self._stopping.is_set() else self.n_threads - len(self._working)
            for _ in range(n_idle):
                future = self._pool.submit(self._work)
                self._working.add(future)
                future.add_done_callback(self._done)
        return n_idle

    def stop(self) -> None:
        """Take nothing new from now on; what is being sent goes on to its end."""
        self._stopping.set()

    def join(self, *, within_s: float) -> bool:
        """Wait until every slot is idle, at most so long; return whether they are."""
        gives_up_at = time.monotonic() + within_s
        while self._working and time.monotonic() < gives_up_at:
            time.sleep(0.01)
        return not self._working

    def _done(self, future: Future[None]) -> None:
        with self._lock:
            self._working.discard(future)

    def _work(self) -> None:
        close_old_connections()
        try:
            while row := self._next():
                if self._stopping.wait(row.wait_s + MARGIN_S if row.wait_s else 0):
                    break
                _send(row, place=self._places)
        except Exception as problem:
            # The database is away, or a fault of our own: the doorbell wakes this slot again in a second.
            logger.error("A slot stopped: %s", type(problem).__name__)
        finally:
            close_old_connections()

    def _next(self) -> Row | None:
        """Return the next row; None when nothing is due. Whoever finds few put aside takes more from the queue."""
        row = self._put_aside()
        if len(self._rows) < LOW and self._taking.acquire(blocking=row is None):
            try:
                if len(self._rows) < LOW and not self._is_dry and not self._stopping.is_set():
                    taken = _take()
                    self._is_dry = not taken
                    self._rows.extend(taken)
            finally:
                self._taking.release()
        return row or self._put_aside()

    def _put_aside(self) -> Row | None:
        try:
            return self._rows.popleft()
        except IndexError:
            return None


def _take() -> list[Row]:
    now, seen_at = clock.database_now(), ticks()
    rows = queue.reserve(
        now=now,
        until=now + timedelta(seconds=AHEAD_S),
        ring_again_at=queue.soon(now, seconds=settings.PUBLISH_SWEEP_S),
        limit=BATCH,
    )
    return [Row(municipality_id, delivery_id, due_at, now, seen_at) for municipality_id, delivery_id, due_at in rows]


def _send(row: Row, *, place: threading.BoundedSemaphore) -> None:
    """Send one delivery, and say in the log what it came to."""
    try:
        state = publish(municipality_id=row.municipality_id, delivery_id=row.delivery_id, now=row.moment, place=place)
    except NotDue as problem:
        logger.info("Delivery %s: %s", row.delivery_id, problem)
    except FenceLost as problem:
        logger.error("Delivery %s went on without an attempt that ended as %s", row.delivery_id, problem)
    else:
        logger.info("Delivery %s: %s", row.delivery_id, state)


_slots: Slots | None = None
_making = threading.Lock()


def of_this_process() -> Slots:
    """Return this process's slots, made when they are first asked for."""
    global _slots
    with _making:
        if _slots is None:
            _slots = Slots(n_slots=-(-settings.PUBLISH_SLOTS // settings.PUBLISH_PROCESSES))
        return _slots


def stop() -> None:
    """Let this process's slots, if it has any, take nothing new."""
    if _slots is not None:
        _slots.stop()
