"""Everything the platforms share: clock, store, faults, switches, truth, request log."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock, iso
from sandbox.faults import FaultBox
from sandbox.store import Store
from sandbox.switches import Switches

MARKER = re.compile(r"/s/([A-Za-z0-9_-]+)")
LOG_LENGTH = 20_000


@dataclass
class World:
    """
    One sandbox. `plants` put the seeded organisations and members of each platform in place; `announcement` is what a
    client must know to use them, as on the ready line.
    """

    store: Store
    clock: Clock
    faults: FaultBox
    switches: Switches
    plants: list[Callable[[World], None]] = field(default_factory=list)
    announcement: Callable[[], dict[str, Any]] = dict
    bases: dict[str, str] = field(default_factory=dict)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    _log_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def seed(self) -> str:
        return str(self.store.state("seed"))

    @property
    def first_seed(self) -> str:
        """The seed of the first start. App and ready token hang on it, so that a reset does not lock clients out."""
        return str(self.store.state("first_seed"))

    def start(self, *, seed: str) -> None:
        """Take up an existing store as it is, or plant a new one with `seed`."""
        if self.store.state("seed") is None:
            self.store.set_state("first_seed", seed)
            self._plant(seed)
        self.clock.offset_s = self.store.state("clock_offset_s", 0)

    def reset(self, *, seed: str) -> None:
        """Forget everything, the clock too, and start again from `seed`."""
        first_seed = self.first_seed
        with self.store.write():
            self.store.clear()
            self.clock.reset()
            self.store.set_state("first_seed", first_seed)
            self.switches.forget()
            self._plant(seed)
        self.faults.clear()
        with self._log_lock:
            self.log.clear()

    def _plant(self, seed: str) -> None:
        with self.store.write():
            self.store.set_state("seed", seed)
            for plant in self.plants:
                plant(self)

    def advance(self, *, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        self.store.set_state("clock_offset_s", self.clock.offset_s)

    # --- truth: what stands or stood in public ---

    def record_truth(self, *, platform: str, kind: str, id: str, author: str, text: str, links: Iterable[str]) -> None:
        """Append one line. The marker is the first tracked-link code in the text, else in `links` (a link card)."""
        found = (MARKER.search(place) for place in (text, *links))
        marker = next((match.group(1) for match in found if match), None)
        with self.store.write() as db:
            db.execute(
                "INSERT INTO truth (at, platform, kind, id, author, text, marker) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self.clock.now_ms(), platform, kind, id, author, text, marker),
            )

    def record_deletion(self, *, platform: str, id: str) -> None:
        with self.store.write() as db:
            sql = "UPDATE truth SET deleted_at = ? WHERE platform = ? AND id = ? AND deleted_at IS NULL"
            db.execute(sql, (self.clock.now_ms(), platform, id))

    def truth(self) -> list[dict[str, Any]]:
        """Return every line, oldest first, moments as ISO 8601 UTC."""
        lines = [dict(row) for row in self.store.all("SELECT * FROM truth ORDER BY seq")]
        for line in lines:
            line["at"] = iso(line["at"])
            line["deleted_at"] = None if line["deleted_at"] is None else iso(line["deleted_at"])
        return lines

    # --- request log ---

    def log_request(self, **entry: Any) -> None:
        with self._log_lock:
            self.log.append({"at": iso(self.clock.now_ms()), **entry})

    def requests(self) -> list[dict[str, Any]]:
        with self._log_lock:
            return list(self.log)


def build_world(*, path: str | None, kinds: frozenset[str]) -> World:
    store = Store(path=path)
    return World(store=store, clock=Clock(), faults=FaultBox(kinds=kinds), switches=Switches(store=store))
