"""What a request is and what an answer is, on top of WSGI. Knows no platform."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from http import HTTPStatus
from time import sleep
from typing import Any
from urllib.parse import parse_qsl

from sandbox import SANDBOX_HEADER

MAX_BODY_BYTES = 64 * 1024 * 1024


class BodyTooLarge(ValueError):
    """The request body is larger than anything a platform would take."""


class BodyUnreadable(ValueError):
    """The body is not what its length, encoding or content type says."""


@dataclass(frozen=True)
class Request:
    """
    One request. `path` and `query` are raw, still percent-encoded; header names are lower case.

    `method` and `query` are those meant by the client: a tunnelled call (a POST with `X-HTTP-Method-Override`) has
    already been unfolded, `wire_method` says what really came over the wire.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    wire_method: str

    @property
    def endpoint(self) -> str:
        return f"{self.method} {self.path}"

    def form(self) -> dict[str, str]:
        """Return the fields of a URL-encoded form; the last one wins when a name comes twice."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def query_fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """
    One answer. `is_dropped` closes the connection with a reset in place of answering; `byte_delay_s` dribbles the
    body one byte at a time.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    is_dropped: bool = False
    byte_delay_s: float = 0

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, *extra: tuple[str, str]) -> Answer:
        return replace(self, headers=(*self.headers, *extra))

    def without_header(self, name: str) -> Answer:
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() != name.lower()))


def json_answer(status: int, payload: Any, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Answer(status, body, (("Content-Type", "application/json"), *headers))


def read_request(environ: dict[str, Any]) -> Request:
    """:raises BodyTooLarge, BodyUnreadable: nothing more can be read from this connection"""
    headers = _headers(environ)
    path, _, query = str(environ.get("RAW_URI") or environ.get("PATH_INFO", "/")).partition("?")
    method = str(environ["REQUEST_METHOD"]).upper()
    body = _read_body(environ, headers)
    request = Request(method=method, path=path, query=query, headers=headers, body=body, wire_method=method)
    override = headers.get("x-http-method-override", "").upper()
    return _unfold_tunnel(request, override) if override and method == "POST" else request


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    # wsgiref fills in a content type of its own when the client sent none; only what was sent counts here.
    sent = environ.get("sandbox.sent_headers", frozenset({"content-type", "content-length"}))
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        name = key.replace("_", "-").lower()
        if environ.get(key) and name in sent:
            headers[name] = environ[key]
    return headers


def _read_body(environ: dict[str, Any], headers: dict[str, str]) -> bytes:
    stream = environ["wsgi.input"]
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(_chunks(stream))
    try:
        length = int(headers.get("content-length") or 0)
    except ValueError as problem:
        raise BodyUnreadable("Content-Length is not a number") from problem
    if length > MAX_BODY_BYTES:
        raise BodyTooLarge
    return stream.read(length) if length > 0 else b""


def _chunks(stream: Any) -> Iterator[bytes]:
    total = 0
    while True:
        try:
            size = int(stream.readline(64).split(b";")[0], 16)
        except ValueError as problem:
            raise BodyUnreadable("broken chunk") from problem
        if size == 0:
            while stream.readline(8192).strip():
                pass
            return
        total += size
        if total > MAX_BODY_BYTES:
            raise BodyTooLarge
        yield stream.read(size)
        stream.readline(8)


def _unfold_tunnel(request: Request, method: str) -> Request:
    """Read a long query out of the body: a form body is the query, multipart/mixed holds the query and the body."""
    content_type = request.headers.get("content-type", "")
    query, body = request.body, b""
    if content_type.startswith("multipart/"):
        query, body, content_type = _tunnel_parts(content_type, request.body)
    elif content_type.startswith("application/json"):
        query, body = b"", request.body
    merged = "&".join(part for part in (request.query, query.decode("utf-8", "replace").strip()) if part)
    headers = {**request.headers, "content-type": content_type}
    return replace(request, method=method, query=merged, body=body, headers=headers)


def _tunnel_parts(content_type: str, raw: bytes) -> tuple[bytes, bytes, str]:
    if not re.search(r"boundary=", content_type):
        raise BodyUnreadable("multipart without boundary")
    message = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + raw)
    query, body, body_type = b"", b"", ""
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if part.is_multipart() or not isinstance(payload, bytes):
            continue
        if part.get_content_type() == "application/x-www-form-urlencoded":
            query = payload
        else:
            body, body_type = payload, part.get_content_type()
    return query, body, body_type


@dataclass
class Reply:
    """Turns an `Answer` into WSGI: headers every answer carries, a dropped connection, a dribbled body."""

    environ: dict[str, Any]
    start_response: Callable[..., Any]
    common: tuple[tuple[str, str], ...] = field(default=(SANDBOX_HEADER,))

    def send(self, answer: Answer) -> Iterable[bytes]:
        if answer.is_dropped:
            self.environ["sandbox.reset_connection"]()
            # wsgiref takes this for a client that hung up, and writes nothing.
            raise ConnectionAbortedError("dropped on purpose")
        headers = [*answer.headers, *self.common]
        if answer.header("Content-Length") is None:
            headers.append(("Content-Length", str(len(answer.body))))
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = "Unknown"
        self.start_response(f"{answer.status} {phrase}", headers)
        is_head = self.environ["REQUEST_METHOD"] == "HEAD"
        if answer.byte_delay_s and not is_head:
            return _dribble(answer.body, answer.byte_delay_s)
        return [b"" if is_head else answer.body]


def _dribble(body: bytes, delay_s: float) -> Iterator[bytes]:
    for position in range(len(body)):
        sleep(delay_s)
        yield body[position : position + 1]
