"""
The register of deletions: a file beside the database, because a restored backup has forgotten what was deleted later.

One JSON object a line: {"kind": "municipality" or "user", "key", "number", "at" (UTC)}. It names nobody. Keep it with
the backups, not in them.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Entry:
    """One deletion: of a municipality (with its number) or of a user (number ""), carried out at `at` (UTC)."""

    kind: str
    key: int
    number: str
    at: datetime


def add(*, kind: str, key: int, number: str = "", at: datetime) -> None:
    """Add a deletion; it is on the disk when this returns."""
    path = Path(settings.DELETION_REGISTER)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"kind": kind, "key": key, "number": number, "at": at.isoformat()})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def since(moment: datetime) -> list[Entry]:
    """Return the deletions carried out at or after a moment, oldest first. A line cut short by a crash is passed by."""
    path = Path(settings.DELETION_REGISTER)
    if not path.exists():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found = json.loads(line)
            entry = Entry(found["kind"], found["key"], found["number"], datetime.fromisoformat(found["at"]))
        except (ValueError, KeyError, TypeError):
            continue
        if entry.at >= moment:
            entries.append(entry)
    return sorted(entries, key=lambda entry: entry.at)
