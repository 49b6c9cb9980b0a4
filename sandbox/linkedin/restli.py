"""
Reading Rest.li: protocol 2.0 values (`List(a,b)`, `(key:value)`, percent-encoded leaves) and the 1.0 forms.

A parsed value is a `str`, a `list` or a `dict`; numbers and booleans stay text, the caller knows what it wants.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

Value = Any  # str | list[Value] | dict[str, Value]

MAX_DEPTH = 32
INDEXED = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class RestliError(ValueError):
    """The text is not Rest.li; the message says where."""


def parse_query(query: str, *, is_protocol_2: bool) -> dict[str, Value]:
    """Return the parameters of a raw query string. :raises RestliError:"""
    parameters: dict[str, Value] = {}
    for part in query.split("&"):
        if not part:
            continue
        raw_key, _, raw_value = part.partition("=")
        key = unquote_plus(raw_key)
        if is_protocol_2:
            parameters[key] = parse_value(raw_value)
        else:
            _put_indexed(parameters, key, unquote_plus(raw_value))
    return _lists(parameters)


def parse_value(raw: str) -> Value:
    """
    Read one protocol 2.0 value, also when a client has percent-encoded the finished text once more.

    :raises RestliError: brackets that do not match, a record without keys
    """
    if _is_structure(raw):
        return _structure(raw, depth=0)
    once = unquote_plus(raw)
    # `List%28urn%253A...%29`: the structure characters themselves came encoded, so everything did.
    if _is_structure(once) and "(" not in raw:
        return _structure(once, depth=0)
    return once


def _is_structure(text: str) -> bool:
    return text.startswith(("List(", "("))


def _structure(text: str, *, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise RestliError("nested too deeply")
    if not _is_structure(text):
        return unquote_plus(text)
    if not text.endswith(")"):
        raise RestliError(f"no closing bracket in {text[:60]!r}")
    is_list = text.startswith("List(")
    inner = text[5:-1] if is_list else text[1:-1]
    parts = _split(inner) if inner else []
    if is_list:
        return [_structure(part, depth=depth + 1) for part in parts]
    record: dict[str, Value] = {}
    for part in parts:
        key, colon, value = part.partition(":")
        if not colon or not key:
            raise RestliError(f"no key in {part[:60]!r}")
        record[unquote(key)] = _structure(value, depth=depth + 1)
    return record


def _split(text: str) -> list[str]:
    """Split at commas outside brackets, so that a tuple URN with raw brackets stays whole."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                raise RestliError(f"closing bracket too many in {text[:60]!r}")
        elif character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    if depth:
        raise RestliError(f"no closing bracket in {text[:60]!r}")
    return [*parts, text[start:]]


def _put_indexed(target: dict[Any, Value], key: str, value: str) -> None:
    """Place `timeIntervals.timeRange.start` or `shares[0]` of protocol 1.0; lists are dicts until the end."""
    steps = [name or int(index) for name, index in INDEXED.findall(key)]
    if not steps or len(steps) > MAX_DEPTH:
        raise RestliError(f"cannot read parameter name {key[:60]!r}")
    for step in steps[:-1]:
        target = target.setdefault(step, {})
        if not isinstance(target, dict):
            raise RestliError(f"parameter {key[:60]!r} is both a value and a record")
    last = steps[-1]
    if last in target:  # `ids=1&ids=2`: a list without brackets
        earlier = target[last] if isinstance(target[last], dict) else {0: target[last]}
        target[last] = {**earlier, len(earlier): value}
    else:
        target[last] = value


def _lists(value: Value) -> Value:
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_lists(value[key]) for key in sorted(value)]
    return {str(key): _lists(inner) for key, inner in value.items()}


def dotted_names(query: str) -> list[str]:
    """Return parameter names in the 1.0 forms, which a 2.0 call may not use."""
    names = [unquote_plus(part.partition("=")[0]) for part in query.split("&")]
    return [name for name in names if re.search(r"\.|\[\d+\]", name)]


def encode(value: Value) -> str:
    """Write a value the 2.0 way: structure raw, leaves encoded with nothing safe, keys sorted."""
    if isinstance(value, dict):
        return "(" + ",".join(f"{quote(key, safe='')}:{encode(value[key])}" for key in sorted(value)) + ")"
    if isinstance(value, list | tuple):
        return "List(" + ",".join(encode(item) for item in value) + ")"
    return quote(str(value), safe="")
