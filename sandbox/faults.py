"""
Faults on order. A fault waits for requests to one endpoint and spoils their answers.

Whether the request is carried out is part of the kind: that is the whole point of most of them.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox import mangling
from sandbox.http import Answer, json_answer

HTML = b"<!doctype html><html><head><title>Please wait</title></head><body><h1>We'll be right back</h1></body></html>"
MAX_DELAY_S = 600

Run = Callable[[], Answer]
Spoil = Callable[["Fault", Run], Answer]


class FaultRefused(ValueError):
    """The order cannot be understood."""


@dataclass
class Fault:
    """One order. `left` is how many more requests it may hit (None = no end); `options` are the kind's own fields."""

    number: int
    endpoint: str
    kind: str
    left: int | None
    probability: float
    seed: str
    options: dict[str, Any]
    dice: random.Random = field(repr=False)
    n_hits: int = 0
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(_pattern(self.endpoint))

    def matches(self, endpoint: str) -> bool:
        return self.pattern.fullmatch(endpoint) is not None

    def number_option(self, name: str, default: float) -> float:
        return float(self.options.get(name, default))

    def as_json(self) -> dict[str, Any]:
        shown = {"id": self.number, "endpoint": self.endpoint, "kind": self.kind, "left": self.left}
        return {**shown, "probability": self.probability, "seed": self.seed, "hits": self.n_hits, **self.options}


def _pattern(endpoint: str) -> str:
    """Turn `GET /rest/posts/*` or `GET /rest/posts/{urn}` into a regular expression; `*` alone is everything."""
    if endpoint == "*":
        return ".*"
    method, _, path = endpoint.partition(" ")
    parts = re.split(r"(\*|\{[^}]*\})", path)
    wild = "".join(".*" if part == "*" else "[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
    return ("[A-Z]+" if method == "*" else re.escape(method.upper())) + " " + wild


# --- kinds that any platform has -------------------------------------------------------------------------------------


def _answer_lost(fault: Fault, run: Run) -> Answer:
    run()
    return Answer(0, is_dropped=True)


def _connection_refused_like(fault: Fault, run: Run) -> Answer:
    return Answer(0, is_dropped=True)


def _late(fault: Fault, run: Run) -> Answer:
    answer = run()
    time.sleep(fault.number_option("delay_s", 5))
    return answer


def _late_before(fault: Fault, run: Run) -> Answer:
    time.sleep(fault.number_option("delay_s", 5))
    return run()


def _instead(fault: Fault, run: Run, body: bytes, content_type: str) -> Answer:
    """Carry the request out (unless `stored` is false) and answer 2xx with another body and no id."""
    status = int(fault.options.get("status", 0))
    if fault.options.get("stored", True):
        status = status or run().status
    headers = (("Content-Type", content_type),) if body else ()
    return Answer(status if 200 <= status < 300 else 200, body, headers)


def _garbage(fault: Fault, run: Run) -> Answer:
    return _instead(fault, run, HTML, "text/html; charset=utf-8")


def _empty_2xx(fault: Fault, run: Run) -> Answer:
    return _instead(fault, run, b"", "")


def _other_shape(fault: Fault, run: Run) -> Answer:
    return _instead(fault, run, b'[{"ok": [null, 7]}]', "application/json")


def _big_body(fault: Fault, run: Run) -> Answer:
    size = int(fault.number_option("bytes", 10 * 1024 * 1024))
    return _instead(fault, run, b'{"filler": "' + b"x" * size + b'"}', "application/json")


def _slow_bytes(fault: Fault, run: Run) -> Answer:
    answer = run()
    body = answer.body or b" " * 60  # an empty answer has nothing to dribble, so it gets blanks
    return replace(answer, body=body, byte_delay_s=fault.number_option("delay_s", 1))


def _fields(fault: Fault, run: Run) -> Answer:
    """Drop or overwrite top-level fields of a JSON answer."""
    answer, payload = _json_of(run)
    if payload is None:
        return answer
    if isinstance(payload, dict):
        payload = {key: value for key, value in payload.items() if key not in fault.options.get("drop", [])}
        payload.update(fault.options.get("set", {}))
    return replace(answer, body=json.dumps(payload, ensure_ascii=False).encode())


def _status(fault: Fault, run: Run) -> Answer:
    status = int(fault.options.get("status", 503))
    if fault.options.get("stored", False):
        run()
    return json_answer(status, fault.options.get("body", {"status": status, "message": "Fault on order"}))


def _redirect(fault: Fault, run: Run) -> Answer:
    if fault.options.get("stored", False):
        run()
    location = str(fault.options.get("location", "https://elsewhere.example/login"))
    return Answer(int(fault.options.get("status", 302)), b"", (("Location", location),))


def _date_skew(fault: Fault, run: Run) -> Answer:
    return replace(run(), date_skew_s=int(fault.number_option("skew_s", -86_400)))


def _list_truncated(fault: Fault, run: Run) -> Answer:
    answer, payload = _json_of(run)
    if not isinstance(payload, dict) or not isinstance(payload.get("elements"), list):
        return answer
    elements = payload["elements"]
    payload["elements"] = elements[: int(fault.number_option("keep", len(elements) // 2))]
    return replace(answer, body=json.dumps(payload, ensure_ascii=False).encode())


def _mangle(fault: Fault, run: Run) -> Answer:
    """Spoil a successful JSON answer; seed and number of the hit decide where, so a run can be repeated."""
    answer, payload = _json_of(run)
    if payload is None or answer.status >= 300:
        return answer
    kinds = tuple(fault.options.get("what", mangling.DEFAULT_KINDS))
    dice = random.Random(f"{fault.seed}:{fault.n_hits}")
    spoilt = mangling.mangled(payload, dice=dice, kinds=kinds, rate=fault.number_option("rate", 0.3))
    return replace(answer, body=json.dumps(spoilt, ensure_ascii=False).encode())


def _json_of(run: Run) -> tuple[Answer, Any]:
    """Return the answer and its JSON, None when it holds none."""
    answer = run()
    try:
        return answer, json.loads(answer.body)
    except ValueError:
        return answer, None


COMMON_KINDS: dict[str, Spoil] = {
    "answer_lost": _answer_lost,  # carried out, then the connection is reset
    "connection_refused_like": _connection_refused_like,  # nothing carried out, connection reset
    "late": _late,  # carried out, answered after delay_s
    "late_before": _late_before,  # carried out after delay_s, then answered
    "garbage": _garbage,  # carried out (stored: false = not), 2xx with HTML
    "empty_2xx": _empty_2xx,  # carried out (stored: false = not), 2xx without body and id
    "other_shape": _other_shape,  # carried out (stored: false = not), 2xx with other JSON
    "big_body": _big_body,  # carried out (stored: false = not), 2xx with 10 MB
    "slow_bytes": _slow_bytes,  # carried out, the body comes one byte per delay_s
    "fields": _fields,  # carried out, {drop: [names], set: {name: value}} on the JSON answer
    "mangle": _mangle,  # carried out, JSON spoilt: what ("strings", "nulls", "unknown", "doubled", "missing"), rate
    "list_truncated": _list_truncated,  # carried out, the page ends early: keep (half) elements
    "redirect": _redirect,  # 302 to another host: location, status; stored: true = carried out
    "date_skew": _date_skew,  # carried out, the Date header is skew_s (-86400) off
    "status": _status,  # any status; stored: true = carried out
}

# --- the box of orders -----------------------------------------------------------------------------------------------


class FaultBox:
    """All orders in the sequence they came; the first that matches and whose dice agrees hits."""

    def __init__(self, *, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._last_number = 0

    def order(self, order: Any) -> Fault:
        """:raises FaultRefused: with the reason"""
        if not isinstance(order, dict):
            raise FaultRefused("a fault is a JSON object")
        options = dict(order)
        endpoint, kind = options.pop("endpoint", None), options.pop("kind", None)
        if not isinstance(endpoint, str) or not (endpoint == "*" or re.fullmatch(r"(\*|[A-Za-z]+) /\S*", endpoint)):
            raise FaultRefused('endpoint must look like "POST /rest/posts" or be "*"')
        if not isinstance(kind, str) or kind not in self.kinds:
            raise FaultRefused(f"unknown kind {kind!r}; known: {', '.join(sorted(self.kinds))}")
        count, probability = options.pop("count", None), options.pop("probability", None)
        seed = str(options.pop("seed", "0"))
        _check_numbers(count, probability, options)
        if count is None and probability is None:
            count = 1
        with self._lock:
            self._last_number += 1
            dice = random.Random(f"{seed}:{endpoint}:{kind}")
            chance = 1.0 if probability is None else float(probability)
            fault = Fault(self._last_number, endpoint, kind, count, chance, seed, options, dice)
            self._faults.append(fault)
        return fault

    def take(self, endpoint: str) -> Fault | None:
        """Return the fault that hits this request, if any, and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.left == 0 or not fault.matches(endpoint) or fault.dice.random() >= fault.probability:
                    continue
                fault.n_hits += 1
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def active(self) -> list[Fault]:
        with self._lock:
            return [fault for fault in self._faults if fault.left != 0]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()


def _check_numbers(count: Any, probability: Any, options: dict[str, Any]) -> None:
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        raise FaultRefused("count must be a whole number from 1")
    if probability is not None:
        is_number = isinstance(probability, int | float) and not isinstance(probability, bool)
        if not is_number or not 0 <= probability <= 1:
            raise FaultRefused("probability must be between 0 and 1")
    for name in ("delay_s", "lag_s", "retry_after", "keep", "bytes", "status"):
        value = options.get(name, 0)
        if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise FaultRefused(f"{name} must be a number from 0")
    if not isinstance(options.get("skew_s", 0), int) or not isinstance(options.get("rate", 0), int | float):
        raise FaultRefused("skew_s must be whole seconds, rate a number")
    what = options.get("what", [])
    if not isinstance(what, list) or not set(map(str, what)) <= set(mangling.KINDS):
        raise FaultRefused(f"what must be a list of {', '.join(mangling.KINDS)}")
    if options.get("delay_s", 0) > MAX_DELAY_S:
        raise FaultRefused(f"delay_s must be at most {MAX_DELAY_S}")
