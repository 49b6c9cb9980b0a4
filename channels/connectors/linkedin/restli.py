"""
Rest.li 2.0 as LinkedIn reads it: leaves percent-encoded with nothing safe, structure raw.

The finished query is appended to the address by hand: handed to requests as parameters it would be encoded twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

MAX_QUERY_LENGTH = 4000
# A part of a path that names one thing and not a kind of things: a number, an encoded URN, a compound key.
_KEY = re.compile(r"\d+|.*[%(:].*")


def leaf(value: str) -> str:
    """Return one text or URN, encoded for a query or a path."""
    return quote(value, safe="")


def list_of(values: Iterable[str]) -> str:
    """Return List(a,b) with encoded leaves and a raw structure."""
    return f"List({','.join(leaf(value) for value in values)})"


def query(**parameters: str | int) -> str:
    """Return a query string of simple parameters; each value is one leaf."""
    return "&".join(f"{name}={leaf(str(value))}" for name, value in parameters.items())


def portions(values: list[str], *, start: str, max_count: int) -> list[list[str]]:
    """
    Split `values` so that each portion's list keeps the whole query within LinkedIn's length.

    :param start: the rest of the query, with the list's name and brackets
    """
    found: list[list[str]] = []
    room = 0
    for value in values:
        cost = len(leaf(value)) + 1
        if not found or len(found[-1]) >= max_count or cost > room:
            found.append([])
            room = MAX_QUERY_LENGTH - len(start)
        found[-1].append(value)
        room -= cost
    return found


def endpoint(method: str, path: str) -> str:
    """Return the name under which LinkedIn counts a call: the method, and the path without its keys."""
    parts = ["{key}" if _KEY.fullmatch(part) else part for part in path.split("/")]
    return f"{method} {'/'.join(parts)}"
