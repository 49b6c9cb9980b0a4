"""
Reading what LinkedIn answers: fields may be missing, null, of another type or out of all bounds on any day.

Each reader returns the value, or says that there is none; none of them raises. What is not told is None, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

# Beyond this a JSON number is not exact any more, and no count of anything.
MOST = 2**53
_WHOLE = re.compile(r"-?\d{1,16}")
_LATEST_MS = 32_503_680_000_000  # the year 3000


def count(value: Any) -> int | None:
    """Return a count as told, also when it is written as text; negative ones occur when reactions are withdrawn."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and abs(value) < MOST else None


def moment(value: Any) -> datetime | None:
    """Return epoch milliseconds as UTC, or None when they are none."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return datetime.fromtimestamp(value / 1000, tz=UTC) if is_number and 0 < value < _LATEST_MS else None


def urn(value: Any, *kinds: str) -> str:
    """Return a URN of one of `kinds` ("share", "organization"), each with a number, or ""."""
    if not isinstance(value, str) or len(value) > 100:
        return ""
    return value if re.fullmatch(rf"urn:li:(?:{'|'.join(kinds)}):\d{{1,19}}", value) else ""


def text(value: Any, *, most: int = 10_000) -> str:
    """Return a text that can be stored and shown: without NUL and halves of characters, cut at `most`; "" for none."""
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")[:most]


def child(value: Any, name: str) -> dict[str, Any]:
    """Return an object inside an object, {} when it is anything else."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; what is no object is left out, and what is no list is empty."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def once(elements: list[dict[str, Any]], key: Callable[[dict[str, Any]], str]) -> dict[str, dict[str, Any]]:
    """Return elements by their key, the last of doubled ones; those without a key are left out."""
    return {name: element for element in elements if (name := key(element))}
