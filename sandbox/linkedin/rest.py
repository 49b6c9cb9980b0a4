"""
Everything below /rest/: checks in LinkedIn's order, then one handler.

Order: (fault, before this) token, version, route, quota, parameters, role. Handlers check their parameters first and
then scope and role.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.faults import Fault
from sandbox.http import Answer, Request, json_answer
from sandbox.linkedin import access, restli, versions
from sandbox.linkedin.access import Caller
from sandbox.linkedin.errors import LinkedInError
from sandbox.world import World

MAX_QUERY_CHARACTERS = 4096
DEFAULT_COUNT = 10


@dataclass(frozen=True)
class Call:
    """One checked call. `key` is the decoded path key (None without), `version` the month that was asked for."""

    world: World
    request: Request
    caller: Caller
    version: str
    key: str | None
    parameters: dict[str, Any]
    restli_method: str
    fault: Fault | None

    def text(self, name: str) -> str:
        """:raises LinkedInError: 400 when the parameter is missing or not a plain value"""
        value = self.parameters.get(name)
        if value is None or value == "":
            raise LinkedInError("missing_field", reason=f"Parameter {name} is required")
        if not isinstance(value, str):
            raise LinkedInError("bad_parameter", reason=f"Parameter {name} has the wrong type")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list parameter, empty when absent. :raises LinkedInError: 400 when it is not a list of values"""
        value = self.parameters.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise LinkedInError("bad_parameter", reason=f"Parameter {name} must be a list")
        return value

    def paging(self, *, max_count: int, is_cap_silent: bool) -> tuple[int, int]:
        start, count = self._number("start", 0), self._number("count", DEFAULT_COUNT)
        if count > max_count and not is_cap_silent:
            raise LinkedInError("bad_parameter", reason=f"count must be at most {max_count}")
        return start, min(count, max_count)

    def _number(self, name: str, default: int) -> int:
        value = self.parameters.get(name, str(default))
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value):
            raise LinkedInError("bad_parameter", reason=f"{name} must be a whole number from 0")
        return int(value)

    def json(self) -> dict[str, Any]:
        """:raises LinkedInError: 400 when the body is not a JSON object"""
        try:
            body = json.loads(self.request.body)
            json.dumps(body, ensure_ascii=False).encode()  # half a character (a lone surrogate) is no text
        except (ValueError, RecursionError) as problem:
            raise LinkedInError("bad_json") from problem
        if not isinstance(body, dict):
            raise LinkedInError("bad_json")
        return body

    def what(self, resource: str, method: str) -> str:
        """Return the name LinkedIn uses in its 403 texts, e.g. `posts.CREATE.202608`."""
        return f"{resource}.{method}.{self.version}"


Handler = Callable[[Call], Answer]
# resource -> {(has a key, HTTP method): handler}
Routes = dict[str, dict[tuple[bool, str], Handler]]


def answer(world: World, request: Request, *, routes: Routes, fault: Fault | None) -> Answer:
    """:raises LinkedInError: with the first check that fails"""
    caller = access.caller(world, request.headers.get("authorization"))
    version = versions.check(
        request.headers.get("linkedin-version"),
        now_ms=world.clock.now_ms(),
        malformed_status=world.switches["malformed_version_status"],
    )
    resource, raw_key = _split_path(request.path)
    handler = _handler(routes, resource, raw_key, request.method)
    endpoint = f"{request.method} /rest/{resource}" + ("/{key}" if raw_key is not None else "")
    access.count_call(world, caller, endpoint=endpoint)
    call = Call(
        world=world,
        request=request,
        caller=caller,
        version=version,
        key=None if raw_key is None else unquote(raw_key),
        parameters=_parameters(world, request),
        restli_method=request.headers.get("x-restli-method", "").upper(),
        fault=fault,
    )
    _check_envelope(call)
    return handler(call)


def _split_path(path: str) -> tuple[str, str | None]:
    resource, slash, key = path.removeprefix("/rest/").rstrip("/").partition("/")
    return unquote(resource), key if slash else None


def _handler(routes: Routes, resource: str, raw_key: str | None, method: str) -> Handler:
    methods = routes.get(resource)
    if methods is None or (raw_key is not None and "/" in raw_key):
        raise LinkedInError("no_route")
    handler = methods.get((raw_key is not None, method))
    if handler is None:
        is_path_known = any(has_key == (raw_key is not None) for has_key, _ in methods)
        raise LinkedInError("wrong_method" if is_path_known else "no_route", method=method)
    return handler


def _parameters(world: World, request: Request) -> dict[str, Any]:
    protocol = request.headers.get("x-restli-protocol-version", "1.0.0")
    is_protocol_2 = protocol.startswith("2") or world.switches["protocol_1_accepts_2"]
    if request.wire_method == request.method and len(request.query) > MAX_QUERY_CHARACTERS:
        raise LinkedInError("query_too_long")
    if is_protocol_2 and (dotted := restli.dotted_names(request.query)):
        raise LinkedInError("parameter_not_allowed", name=dotted[0])
    try:
        return restli.parse_query(request.query, is_protocol_2=is_protocol_2)
    except restli.RestliError as problem:
        raise LinkedInError("bad_parameter", reason=f"Cannot parse the query: {problem}") from problem


def _check_envelope(call: Call) -> None:
    headers = call.request.headers
    is_bodyless_post = call.request.method == "POST" and not call.request.body
    if is_bodyless_post and "content-length" not in headers and "transfer-encoding" not in headers:
        raise LinkedInError("length_required")
    is_batch = call.restli_method == "BATCH_GET" or (call.request.method == "GET" and "ids" in call.parameters)
    if is_batch and call.world.switches["development_tier"]:
        raise LinkedInError("development_tier")


def page(elements: list[Any], *, start: int, count: int, total: int | None = None) -> Answer:
    """Return one page of a collection in LinkedIn's envelope; `links` is always empty, as in the official samples."""
    paging: dict[str, Any] = {"start": start, "count": count, "links": []}
    if total is not None:
        paging["total"] = total
    return json_answer(200, {"paging": paging, "elements": elements})


def batch(keys: list[str], find: Callable[[str], dict[str, Any]]) -> Answer:
    """Answer a BATCH_GET: each key on its own, refusals beside results."""
    results: dict[str, Any] = {}
    statuses: dict[str, int] = {}
    errors: dict[str, Any] = {}
    for key in keys:
        try:
            results[key] = find(key)
            statuses[key] = 200
        except LinkedInError as problem:
            errors[key] = problem.as_json()
            statuses[key] = errors[key]["status"]
    return json_answer(200, {"results": results, "statuses": statuses, "errors": errors})
