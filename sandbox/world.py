"""Everything the platforms share: clock, store, faults, switches, truth, request log."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock, iso, real_now_s
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
    _forgotten_at: float = 0.0

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
            self._forgotten_at = real_now_s()

    def _plant(self, seed: str) -> None:
        with self.store.write():
            self.store.set_state("seed", seed)
            for plant in self.plants:
                plant(self)

    def advance(self, *, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        self.store.set_state("clock_offset_s", self.clock.offset_s)

    # --- truth: what stands or stood in public ---

    def record_truth(
        self,
        *,
        platform: str,
        kind: str,
        id: str,
        author: str,
        text: str,
        links: Iterable[str] = (),
        received_at: float | None = None,
    ) -> None:
        """
        Append one line. The marker is the first tracked-link code in the text, else in `links` (a link card).

        :param received_at: when the request was complete, real epoch seconds; now when it came from nowhere
        """
        found = (MARKER.search(place) for place in (text, *links))
        marker = next((match.group(1) for match in found if match), None)
        moment = real_now_s() if received_at is None else received_at
        with self.store.write() as db:
            db.execute(
                "INSERT INTO truth (at, platform, kind, id, author, text, marker, received_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self.clock.at_ms(moment), platform, kind, id, author, text, marker, moment),
            )
            self.record_event(platform, "create", kind, id=id, author=author, text=text, received_at=moment)

    def record_edit(self, *, platform: str, id: str, text: str, received_at: float) -> None:
        """The line keeps what was published first; the edit stands beside it."""
        row = self.store.one("SELECT kind, author FROM truth WHERE id = ? AND platform = ?", id, platform)
        kind, author = (row["kind"], row["author"]) if row else ("post", "")
        self.record_event(platform, "edit", kind, id=id, author=author, text=text, received_at=received_at)

    def record_deletion(self, *, platform: str, id: str, received_at: float | None = None) -> None:
        moment = real_now_s() if received_at is None else received_at
        with self.store.write() as db:
            sql = "SELECT kind, author FROM truth WHERE platform = ? AND id = ? AND deleted_at IS NULL"
            row = self.store.one(sql, platform, id)
            if row is None:
                return
            sql = "UPDATE truth SET deleted_at = ? WHERE platform = ? AND id = ? AND deleted_at IS NULL"
            db.execute(sql, (self.clock.at_ms(moment), platform, id))
            self.record_event(platform, "delete", row["kind"], id=id, author=row["author"], received_at=moment)

    def record_event(
        self, platform: str, act: str, kind: str, *, id: str, author: str, received_at: float, text: str | None = None
    ) -> None:
        """Append what happened to a thing: create, edit or delete of a post, comment or reaction."""
        values = (self.clock.at_ms(received_at), received_at, platform, act, kind, id, author, text)
        with self.store.write() as db:
            sql = "INSERT INTO event (at, received_at, platform, act, kind, id, author, text) VALUES"
            db.execute(f"{sql} (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def truth(self) -> list[dict[str, Any]]:
        """Return every line, oldest first, moments as ISO 8601 UTC, `received_at` as real epoch seconds."""
        lines = [dict(row) for row in self.store.all("SELECT * FROM truth ORDER BY seq")]
        edits: dict[str, list[dict[str, Any]]] = {}
        for event in self.store.all("SELECT * FROM event WHERE act = 'edit' ORDER BY seq"):
            edit = {"at": iso(event["at"]), "received_at": event["received_at"], "text": event["text"]}
            edits.setdefault(event["id"], []).append(edit)
        for line in lines:
            line["at"] = iso(line["at"])
            line["deleted_at"] = None if line["deleted_at"] is None else iso(line["deleted_at"])
            line["edits"] = edits.get(line["id"], [])
        return lines

    def events(self) -> list[dict[str, Any]]:
        """Return everything that happened to posts, comments and reactions, oldest first."""
        rows = self.store.all("SELECT * FROM event ORDER BY seq")
        return [dict(row) | {"at": iso(row["at"])} for row in rows]

    # --- request log ---

    def log_request(self, *, received_at: float, **entry: Any) -> None:
        """Note an answered call; one that came in (epoch seconds) before a reset belongs to what is forgotten."""
        with self._log_lock:
            if received_at >= self._forgotten_at:
                self.log.append({"at": self.clock.now_ms(), "received_at": received_at, **entry})

    def requests(self) -> list[dict[str, Any]]:
        with self._log_lock:
            entries = list(self.log)
        return [{**entry, "at": iso(entry["at"])} for entry in entries]


def build_world(*, path: str | None, kinds: frozenset[str]) -> World:
    store = Store(path=path)
    return World(store=store, clock=Clock(), faults=FaultBox(kinds=kinds), switches=Switches(store=store))
