"""What a request is and what an answer is, and how both are written. Knows no platform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import sleep
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from sandbox import SANDBOX_HEADER
from sandbox.clock import real_now_s

MAX_LINE_BYTES = 64 * 1024
MAX_HEADERS = 200
MAX_BODY_BYTES = 64 * 1024 * 1024


class BodyTooLarge(ValueError):
    """The request body is larger than anything a platform would take."""


class BodyUnreadable(ValueError):
    """The body is not what its length, encoding or content type says."""


class HeadUnreadable(ValueError):
    """The first lines are no HTTP; `status` is what to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class RequestHead:
    """Method, target and headers as sent, header names in lower case; `is_old` for HTTP/1.0."""

    method: str
    target: str
    headers: dict[str, str]
    is_old: bool

    @property
    def is_last(self) -> bool:
        """Whether the client wants the connection closed after the answer."""
        wish = self.headers.get("connection", "").lower()
        return "close" in wish or (self.is_old and "keep-alive" not in wish)


@dataclass(frozen=True)
class Request:
    """
    One request. `path` and `query` are raw, still percent-encoded; header names are lower case.

    `method` and `query` are those meant by the client: a tunnelled call (a POST with `X-HTTP-Method-Override`) has
    already been unfolded, `wire_method` says what really came over the wire. `received_at` is the real moment (epoch
    seconds, monotone) at which the request was complete; no switched clock moves it.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    wire_method: str
    received_at: float

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
    body one byte at a time; `date_skew_s` puts the Date header that far from the truth.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    is_dropped: bool = False
    byte_delay_s: float = 0
    date_skew_s: int = 0

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, *extra: tuple[str, str]) -> Answer:
        return replace(self, headers=(*self.headers, *extra))

    def without_header(self, name: str) -> Answer:
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() != name.lower()))


def json_answer(status: int, payload: Any, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Answer(status, body, (("Content-Type", "application/json"), *headers))


def read_request(head: RequestHead, stream: BinaryIO) -> Request:
    """
    Read the body that belongs to a head, and unfold a tunnelled call.

    :raises BodyTooLarge, BodyUnreadable: nothing more can be read from this connection
    """
    path, _, query = head.target.partition("?")
    body = _read_body(stream, head.headers)
    request = Request(
        method=head.method,
        path=path,
        query=query,
        headers=head.headers,
        body=body,
        wire_method=head.method,
        received_at=real_now_s(),
    )
    override = head.headers.get("x-http-method-override", "").upper()
    return _unfold_tunnel(request, override) if override and head.method == "POST" else request


def read_head(stream: BinaryIO) -> RequestHead | None:
    """Return the next request's head, None when the client is done. :raises HeadUnreadable:"""
    line = stream.readline(MAX_LINE_BYTES + 1)
    while line in (b"\r\n", b"\n"):  # a blank line between two requests is legal
        line = stream.readline(MAX_LINE_BYTES + 1)
    if not line:
        return None
    if len(line) > MAX_LINE_BYTES:
        raise HeadUnreadable(414)
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise HeadUnreadable(400)
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        line = stream.readline(MAX_LINE_BYTES + 1)
        if line in (b"\r\n", b"\n"):
            target = re.sub(r"^[a-z]+://[^/?]*", "", parts[1])  # a client behind a proxy sends the whole address
            return RequestHead(parts[0].upper(), target, headers, is_old=parts[2] == "HTTP/1.0")
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(line) > MAX_LINE_BYTES:
            raise HeadUnreadable(400)
        headers[name.strip().lower()] = value.strip()
    raise HeadUnreadable(431)


def _read_body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(_chunks(stream))
    try:
        length = int(headers.get("content-length") or 0)
    except ValueError as problem:
        raise BodyUnreadable("Content-Length is not a number") from problem
    if length > MAX_BODY_BYTES:
        raise BodyTooLarge
    body = stream.read(length) if length > 0 else b""
    if len(body) < length:
        raise ConnectionAbortedError("the client went away in the middle of its request")
    return body


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
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


def head_of(answer: Answer, *, moment_s: float, is_last: bool) -> bytes:
    """Return status line and headers as bytes; `moment_s` (epoch seconds) is what the Date header tells."""
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {answer.status} {phrase}", f"Date: {_http_date(int(moment_s) + answer.date_skew_s)}"]
    lines += [f"{name}: {value}" for name, value in (*answer.headers, SANDBOX_HEADER)]
    if answer.header("Content-Length") is None:
        lines.append(f"Content-Length: {len(answer.body)}")
    if is_last:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


@lru_cache(maxsize=64)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def dribble(body: bytes, delay_s: float) -> Iterator[bytes]:
    for position in range(len(body)):
        sleep(delay_s)
        yield body[position : position + 1]
