"""
One HTTP call to a platform: a total deadline, a limit on what is read, no redirect, no retry.

What a call came to is told by its exception. A call fails as `NothingSent` only while no connection has been made;
from the moment there is one, bytes may have left, and an irreversible call fails as `OutcomeUnknown`.
"""

from __future__ import annotations

import contextlib
import json
import os
import ssl
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from typing import Any
from urllib.parse import urlencode

import certifi
import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from channels.connectors.base import ConnectorError, NothingSent, OutcomeUnknown
from channels.connectors.watch import Watch

MAX_BODY_BYTES = 10 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
CONNECT_S = 5.0
TROUBLES = (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)
TIMEOUTS = (urllib3.exceptions.TimeoutError, TimeoutError)
HEADERS = {"User-Agent": "Kanalkompass", "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "close"}


@dataclass(frozen=True)
class Answer:
    """What came back. `is_whole` is False when the body broke off, was too large or came too late."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    is_whole: bool = True

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, or {} when it is anything else: platforms answer with HTML on bad days."""
        try:
            found = json.loads(self.body) if self.is_whole else {}
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


_watch: ContextVar[Watch] = ContextVar("watch")
# The way that a row of reads keeps open, None outside of one.
_kept: ContextVar[urllib3.PoolManager | None] = ContextVar("kept", default=None)


class _LastLine:
    """A response's stream that remembers the last line read."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.line = b""

    def readline(self, *args: Any) -> bytes:
        self.line = self.stream.readline(*args)
        return self.line

    def close(self) -> None:
        self.stream.close()


class _WholeHeaders(HTTPResponse):
    """
    A response whose headers ended with their empty line.

    The standard library takes headers that break off for complete ones, and half of a post's id is another post's id.
    """

    def begin(self) -> None:
        stream, self.fp = self.fp, _LastLine(self.fp)  # type: ignore[assignment]
        lines: Any = self.fp
        try:
            super().begin()
        finally:
            # A status line that cannot be read has closed it already.
            self.fp = stream if self.fp is not None else self.fp
        if lines.line not in (b"\r\n", b"\n"):
            raise RemoteDisconnected("The headers broke off")


class _Watched:
    """A connection whose socket the call's watch takes charge of: when it is made, and when a later call uses it."""

    response_class: Any = _WholeHeaders
    made_for: Watch | None = None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.made_for = _watch.get()
        self.made_for.connected(self.sock)  # type: ignore[attr-defined]

    def request(self, *args: Any, **kwargs: Any) -> None:
        watch = _watch.get()
        if self.sock is not None and self.made_for is not watch:  # type: ignore[attr-defined]
            watch.is_reused = True
            watch.connected(self.sock)  # type: ignore[attr-defined]
        super().request(*args, **kwargs)  # type: ignore[misc]


class _PlainConnection(_Watched, HTTPConnection):
    pass


class _SecureConnection(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _PlainPool, "https": _SecurePool}


@contextlib.contextmanager
def many_reads() -> Iterator[None]:
    """Keep the connection between the reads inside; a call that is irreversible has one of its own all the same."""
    with _new_way() as way:
        before = _kept.set(way)
        try:
            yield
        finally:
            _kept.reset(before)


def request(
    method: str,
    url: str,
    *,
    deadline_s: float,
    token: str = "",
    headers: Mapping[str, str] | None = None,
    json_body: Any = None,
    form: Mapping[str, str] | None = None,
    content: bytes | None = None,
    irreversible: bool = False,
) -> Answer:
    """
    Send one request and return its answer, whatever its status.

    :param url: complete, with its query already encoded
    :param deadline_s: seconds for the whole call: name look-up, connecting, sending, waiting, reading
    :raises NothingSent: no connection was made; or, for a call that is not irreversible, no answer came
    :raises OutcomeUnknown: an irreversible call may have reached the platform, and no answer came
    """
    body, content_type = _body(json_body=json_body, form=form, content=content)
    sent = HEADERS | content_type | ({"Authorization": f"Bearer {token}"} if token else {}) | dict(headers or {})
    kept = None if irreversible else _kept.get()
    if kept is not None:
        sent["Connection"] = "keep-alive"
    with Watch(seconds=deadline_s) as watch:
        before = _watch.set(watch)
        try:
            return _sent(method, url, body=body, headers=sent, kept=kept, watch=watch)
        except TROUBLES as problem:
            # The exception itself repeats the address and may repeat the request: it is not passed on.
            trouble = _trouble(problem, watch=watch, irreversible=irreversible)
        finally:
            _watch.reset(before)
    raise trouble


def _sent(
    method: str,
    url: str,
    *,
    body: bytes | None,
    headers: dict[str, str],
    kept: urllib3.PoolManager | None,
    watch: Watch,
) -> Answer:
    timeout = urllib3.Timeout(connect=max(min(CONNECT_S, watch.left_s), 0.001), read=max(watch.left_s, 0.001))
    how: dict[str, Any] = {"retries": False, "redirect": False, "preload_content": False, "timeout": timeout}
    if kept is None:
        with _new_way() as way:
            return _read(way.urlopen(method, url, body=body, headers=headers, **how), watch=watch)
    try:
        return _read(kept.urlopen(method, url, body=body, headers=headers, **how), watch=watch)
    except TROUBLES:
        if not watch.is_reused or watch.left_s <= 0:
            raise
        # The platform may have closed the connection that we kept. A read may be sent again, on a new one.
        kept.clear()
        return _read(kept.urlopen(method, url, body=body, headers=headers, **how), watch=watch)


def _body(
    *, json_body: Any, form: Mapping[str, str] | None, content: bytes | None
) -> tuple[bytes | None, dict[str, str]]:
    """Return what is sent, and the header that says what it is; the caller's own header counts more."""
    if json_body is not None:
        return json.dumps(json_body, allow_nan=False).encode(), {"Content-Type": "application/json"}
    if form is not None:
        return urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    return content, {}


@contextlib.contextmanager
def _new_way() -> Iterator[urllib3.PoolManager]:
    """
    Give a way to a platform. What is irreversible has one for itself: a kept one could die with the request in it.

    A proxy that sees tokens pass is chosen in the settings; the environment's own proxies are not asked.
    """
    proxy, trust = settings.CHANNEL_PROXY, _trust(_authorities())
    way = (
        urllib3.ProxyManager(proxy, ssl_context=trust, proxy_ssl_context=trust)
        if proxy
        else urllib3.PoolManager(ssl_context=trust)
    )
    way.pool_classes_by_scheme = _POOLS
    try:
        yield way
    finally:
        way.clear()


def _authorities() -> str:
    """Return the file or folder with the authorities that certificates are checked against."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where()


@lru_cache(maxsize=4)
def _trust(authorities: str) -> ssl.SSLContext:
    """Return what a connection is checked by: read once, because reading it takes longer than a call."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    is_folder = os.path.isdir(authorities)
    context.load_verify_locations(**{"capath" if is_folder else "cafile": authorities})
    return context


def _read(response: urllib3.BaseHTTPResponse, *, watch: Watch) -> Answer:
    """Read the body up to the limit. The status and headers stand, also when the body breaks off."""
    parts, size, is_whole = [], 0, True
    try:
        for part in response.stream(CHUNK_BYTES, decode_content=True):
            size += len(part)
            if size > MAX_BODY_BYTES or watch.left_s <= 0:
                is_whole = False
                break
            parts.append(part)
    except TROUBLES:
        is_whole = False
    finally:
        response.close()
    # A connection that is shut by the watch can look like one that ended in order.
    is_whole = is_whole and watch.left_s > 0
    return Answer(response.status, response.headers, b"".join(parts), is_whole)


def _trouble(problem: Exception, *, watch: Watch, irreversible: bool) -> ConnectorError:
    kind = type(problem).__name__
    if not watch.is_connected:
        return NothingSent("not_reached", kind)
    code = "no_answer_in_time" if watch.left_s <= 0 or isinstance(problem, TIMEOUTS) else "answer_lost"
    return OutcomeUnknown(code, kind) if irreversible else NothingSent(code, kind)
