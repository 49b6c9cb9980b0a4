"""
One HTTP call to a platform: a total deadline, a limit on what is read, no redirect, no retry.

What a call came to is told by its exception. A call fails as `NothingSent` only while no connection has been made;
from the moment there is one, bytes may have left, and an irreversible call fails as `OutcomeUnknown`.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPResponse, RemoteDisconnected
from typing import Any

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from channels.connectors.base import ConnectorError, NothingSent, OutcomeUnknown

MAX_BODY_BYTES = 10 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
CONNECT_S = 5.0
TROUBLES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)


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


class Watch:
    """The total deadline of one call: shuts its socket when the time is up, whatever the call is waiting for."""

    def __init__(self, *, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.is_connected = False
        self._socket: Any = None
        self._is_over = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(seconds, 0), self._shut)
        self._timer.daemon = True

    @property
    def left_s(self) -> float:
        """Seconds left; negative when the time is up."""
        return self.ends_at - time.monotonic()

    def connected(self, connection: Any) -> None:
        """
        Take charge of a new connection.

        :raises TimeoutError: looking up the name or connecting took all the time; nothing has been sent
        """
        with self._lock:
            if self._is_over or self.left_s <= 0:
                raise TimeoutError("no time left after connecting")
            self._socket = connection
            self.is_connected = True

    def _shut(self) -> None:
        with self._lock:
            self._is_over = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Not the TLS socket's own method: that one takes its state away under the waiting thread.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


_watch: ContextVar[Watch] = ContextVar("watch")


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


class _PlainConnection(HTTPConnection):
    response_class = _WholeHeaders

    def connect(self) -> None:
        super().connect()
        _watch.get().connected(self.sock)


class _SecureConnection(HTTPSConnection):
    response_class = _WholeHeaders

    def connect(self) -> None:
        super().connect()
        _watch.get().connected(self.sock)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _WatchedAdapter(HTTPAdapter):
    """Connections that report to the watch of the call."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
        return manager


class _Bearer(requests.auth.AuthBase):
    """The token in its header, or none. Being given at all, it keeps requests from looking for a .netrc."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


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
    data: Any = form if form is not None else content
    with Watch(seconds=deadline_s) as watch, _session() as session:
        before = _watch.set(watch)
        try:
            prepared = session.prepare_request(
                requests.Request(method, url, headers=headers, json=json_body, data=data, auth=_Bearer(token))
            )
            # The environment may name its own certificates. A proxy that sees tokens pass is chosen in the settings.
            how = session.merge_environment_settings(url, {}, True, None, None) | {"proxies": _proxies()}
            timeouts = (max(min(CONNECT_S, watch.left_s), 0.001), max(watch.left_s, 0.001))
            response = session.send(prepared, timeout=timeouts, allow_redirects=False, **how)
            return _read(response, watch=watch)
        except TROUBLES as problem:
            # The exception itself repeats the address and may repeat the request: it is not passed on.
            trouble = _trouble(problem, watch=watch, irreversible=irreversible)
        finally:
            _watch.reset(before)
    raise trouble


@contextlib.contextmanager
def _session() -> Iterator[requests.Session]:
    """One session a call: a connection kept from an earlier call could die with the request already in it."""
    with requests.Session() as session:
        adapter = _WatchedAdapter(max_retries=0)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        session.headers["User-Agent"] = "Kanalkompass"
        session.headers["Connection"] = "close"
        yield session


def _proxies() -> dict[str, str]:
    return {"http": settings.CHANNEL_PROXY, "https": settings.CHANNEL_PROXY} if settings.CHANNEL_PROXY else {}


def _read(response: requests.Response, *, watch: Watch) -> Answer:
    """Read the body up to the limit. The status and headers stand, also when the body breaks off."""
    parts, size, is_whole = [], 0, True
    try:
        for part in response.iter_content(CHUNK_BYTES):
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
    return Answer(response.status_code, response.headers, b"".join(parts), is_whole)


def _trouble(problem: Exception, *, watch: Watch, irreversible: bool) -> ConnectorError:
    kind = type(problem).__name__
    if not watch.is_connected:
        return NothingSent("not_reached", kind)
    code = "no_answer_in_time" if watch.left_s <= 0 or isinstance(problem, requests.Timeout) else "answer_lost"
    return OutcomeUnknown(code, kind) if irreversible else NothingSent(code, kind)
