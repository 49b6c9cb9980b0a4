"""
Everything below /rest/: checks in LinkedIn's order, then one handler.

Order: (fault, before this) token, version, route, quota, parameters, role. Handlers check their parameters first and
then scope and role.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
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
    """
    One checked call. `keys` are the path's keys as sent, still encoded, by their names in the route; `version` is the
    month that was asked for.
    """

    world: World
    request: Request
    caller: Caller
    version: str
    keys: dict[str, str]
    parameters: dict[str, Any]
    is_protocol_2: bool
    restli_method: str
    fault: Fault | None

    @property
    def key(self) -> str | None:
        """The first key of the path, decoded; None without."""
        return next((unquote(raw) for raw in self.keys.values()), None)

    def urn(self, name: str) -> str:
        """Return a path key, decoded."""
        return unquote(self.keys[name])

    def record(self, name: str) -> dict[str, str]:
        """Return a compound path key `(a:…,b:…)`. :raises LinkedInError: 400 when it is none"""
        try:
            value = restli.parse_value(self.keys[name])
        except restli.RestliError as problem:
            raise LinkedInError("bad_parameter", reason=f"Cannot parse the key: {problem}") from problem
        if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
            raise LinkedInError("bad_parameter", reason=f"The key {name} must be a record")
        return value

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
        if isinstance(value, str) and not self.is_protocol_2 and not value.startswith("List("):
            value = [value]  # protocol 1.0 writes a list of one as its element
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


@dataclass(frozen=True)
class Route:
    """One path: the products that open it (any of them), and what each HTTP method does."""

    products: frozenset[str]
    methods: dict[str, Handler]
    pattern: str = ""
    key_names: tuple[str, ...] = ()


# (names, number of steps) -> route
Routes = dict[tuple[tuple[str, ...], int], Route]


def table(routes: dict[str, Route]) -> Routes:
    """Index routes by what can be looked up in a path; names stand at its even steps, keys between them."""
    indexed: Routes = {}
    for path, route in routes.items():
        steps = path.split("/")
        pattern = re.sub(r"\{[^}]*\}", "{key}", path)
        names = tuple(step.strip("{}") for step in steps[1::2])
        indexed[tuple(steps[::2]), len(steps)] = replace(route, pattern=pattern, key_names=names)
    return indexed


def answer(world: World, request: Request, *, routes: Routes, fault: Fault | None) -> Answer:
    """:raises LinkedInError: with the first check that fails"""
    caller = access.caller(world, request.headers.get("authorization"))
    asked = request.headers.get("linkedin-version")
    version = versions.check(asked, now_ms=world.clock.now_ms(), switches=world.switches)
    route, keys = _route(routes, request.path)
    handler = route.methods.get(request.method)
    if handler is None:
        raise LinkedInError("wrong_method", method=request.method)
    access.count_call(world, caller, endpoint=f"{request.method} /rest/{route.pattern}")
    protocol = request.headers.get("x-restli-protocol-version", "1.0.0")
    is_protocol_2 = protocol.startswith("2") or bool(world.switches["protocol_1_accepts_2"])
    call = Call(
        world=world,
        request=request,
        caller=caller,
        version=version,
        keys=keys,
        parameters=_parameters(request, is_protocol_2=is_protocol_2),
        is_protocol_2=is_protocol_2,
        restli_method=request.headers.get("x-restli-method", "").upper(),
        fault=fault,
    )
    _check_envelope(call)
    if not route.products & set(world.switches.of_app(caller.client_id, "products")):
        raise LinkedInError("forbidden", what=call.what(route.pattern.partition("/")[0], _method_name(call)))
    return projected(call, handler(call))


def _method_name(call: Call) -> str:
    """Return what LinkedIn calls the method of a call in its refusals."""
    names = {"POST": "CREATE", "PUT": "UPDATE"}
    return call.restli_method or names.get(call.request.method, call.request.method)


def _route(routes: Routes, path: str) -> tuple[Route, dict[str, str]]:
    steps = path.removeprefix("/rest/").rstrip("/").split("/")
    route = routes.get((tuple(unquote(step) for step in steps[::2]), len(steps)))
    if route is None or not all(steps):
        raise LinkedInError("no_route")
    return route, dict(zip(route.key_names, steps[1::2], strict=True))


def _parameters(request: Request, *, is_protocol_2: bool) -> dict[str, Any]:
    is_tunnelled = request.wire_method == "POST" and "x-http-method-override" in request.headers
    if not is_tunnelled and len(request.query) > MAX_QUERY_CHARACTERS:
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
    if call.fault is not None and call.fault.kind == "expired_cursor" and "pageToken" in call.parameters:
        raise LinkedInError("expired_cursor")
    is_batch = call.restli_method == "BATCH_GET" or (call.request.method == "GET" and "ids" in call.parameters)
    if is_batch and call.world.switches.of_app(call.caller.client_id, "development_tier"):
        raise LinkedInError("development_tier", what="BATCH_GET")


def projected(call: Call, answer: Answer) -> Answer:
    """Keep only what `fields=a,b` asks for: of each element, of each result of a batch, else of the thing itself."""
    fields = call.parameters.get("fields")
    if not fields or call.request.method != "GET" or answer.status != 200 or not answer.body:
        return answer
    wanted = set(fields if isinstance(fields, list) else _field_names(str(fields)))
    payload = json.loads(answer.body)

    def keep(thing: Any) -> Any:
        return {key: value for key, value in thing.items() if key in wanted} if isinstance(thing, dict) else thing

    if isinstance(payload.get("elements"), list):
        payload["elements"] = [keep(element) for element in payload["elements"]]
    elif isinstance(payload.get("results"), dict):
        payload["results"] = {key: keep(result) for key, result in payload["results"].items()}
    else:
        payload = keep(payload)
    return replace(answer, body=json.dumps(payload, ensure_ascii=False).encode())


def _field_names(fields: str) -> list[str]:
    """Return the outermost names of a projection, `elements*(…)` unwrapped: `a,b:(c,d)` asks for a and b."""
    if match := re.fullmatch(r"elements(?:\*|:)*\((.*)\)|(.*)", fields):
        fields = match[1] if match[1] is not None else fields
    return re.sub(r":?\*?:?\([^()]*\)", "", fields).split(",")


def page(
    elements: list[Any], *, start: int, count: int, total: int | None = None, links: list[dict[str, str]] | None = None
) -> Answer:
    """Return one page of a collection in LinkedIn's envelope; `links` is mostly empty, as in the official samples."""
    paging: dict[str, Any] = {"start": start, "count": count, "links": links or []}
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
