"""The control plane: JSON for tests and demonstrations, never part of a platform. Answers on every platform's port."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.clock import ClockRefused, iso
from sandbox.faults import FaultRefused
from sandbox.http import Answer, Request, json_answer
from sandbox.switches import SwitchRefused
from sandbox.world import World

LOOPBACK = {"127.0.0.1", "localhost", "::1"}

Handler = Callable[[World, Any], Answer]


class Refused(ValueError):
    """A control call that makes no sense; the text says why."""


def is_control(path: str) -> bool:
    return path.startswith("/_")


def answer(world: World, request: Request, *, extra: dict[str, Handler]) -> Answer:
    """
    Answer a control call. `extra` holds the platform's own calls by endpoint, e.g. `{"POST /_role": set_role}`.

    A web page elsewhere must not be able to steer the sandbox through a visitor's browser: host and origin are checked.
    """
    if not _is_local(request):
        return json_answer(403, {"error": "the control plane answers on loopback only"})
    handlers = {**HANDLERS, **extra}
    handler = handlers.get(request.endpoint)
    if handler is None:
        is_known_path = any(endpoint.split(" ")[1] == request.path for endpoint in handlers)
        status = 405 if is_known_path else 404
        return json_answer(status, {"error": "no such control call", "known": sorted(handlers)})
    try:
        body = json.loads(request.body) if request.body.strip() else request.query_fields()
        if not isinstance(body, dict):
            raise Refused("the body must be a JSON object")
        return handler(world, body)
    except (Refused, FaultRefused, SwitchRefused, ClockRefused) as problem:
        return json_answer(400, {"error": str(problem)})
    except ValueError:
        return json_answer(400, {"error": "the body is not JSON"})


def _is_local(request: Request) -> bool:
    origin = request.headers.get("origin")
    return is_loopback("//" + request.headers.get("host", "127.0.0.1")) and (origin is None or is_loopback(origin))


def is_loopback(address: str) -> bool:
    """Whether an address (`http://host:port` or `//host:port`) names this machine."""
    try:
        return urlsplit(address).hostname in LOOPBACK
    except ValueError:
        return False


def _truth(world: World, body: dict[str, Any]) -> Answer:
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in world.truth())
    return Answer(200, lines.encode(), (("Content-Type", "application/x-ndjson"),))


def _events(world: World, body: dict[str, Any]) -> Answer:
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in world.events())
    return Answer(200, lines.encode(), (("Content-Type", "application/x-ndjson"),))


def _order_fault(world: World, body: dict[str, Any]) -> Answer:
    return json_answer(201, world.faults.order(body).as_json())


def _faults(world: World, body: dict[str, Any]) -> Answer:
    return json_answer(200, {"faults": [fault.as_json() for fault in world.faults.active()]})


def _clear_faults(world: World, body: dict[str, Any]) -> Answer:
    world.faults.clear()
    return json_answer(200, {"faults": []})


def _clock(world: World, body: dict[str, Any]) -> Answer:
    now_ms = world.clock.now_ms()
    return json_answer(200, {"now": iso(now_ms), "now_ms": now_ms, "offset_s": world.clock.offset_s})


def _advance_clock(world: World, body: dict[str, Any]) -> Answer:
    seconds = body.get("advance_s")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise Refused("advance_s must be a number of seconds")
    world.advance(seconds=seconds)
    return _clock(world, body)


def _requests(world: World, body: dict[str, Any]) -> Answer:
    return json_answer(200, world.requests())


def _reset(world: World, body: dict[str, Any]) -> Answer:
    seed = body.get("seed", world.seed)
    if not isinstance(seed, str | int) or isinstance(seed, bool):
        raise Refused("seed must be a number or a text")
    world.reset(seed=str(seed))
    return json_answer(200, {"seed": world.seed, **world.announcement()})


def _switches(world: World, body: dict[str, Any]) -> Answer:
    return json_answer(200, world.switches.all())


def _set_switches(world: World, body: dict[str, Any]) -> Answer:
    world.switches.set(values=body, now_ms=world.clock.now_ms())
    return _switches(world, body)


HANDLERS: dict[str, Handler] = {
    "GET /_truth": _truth,
    "GET /_events": _events,
    "POST /_fault": _order_fault,
    "GET /_fault": _faults,
    "DELETE /_fault": _clear_faults,
    "GET /_clock": _clock,
    "POST /_clock": _advance_clock,
    "GET /_requests": _requests,
    "POST /_reset": _reset,
    "GET /_switch": _switches,
    "POST /_switch": _set_switches,
}
