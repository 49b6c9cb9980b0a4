"""
The one way out to addresses that people typed (P20). A platform's own fixed hosts have `connectors.http`.

A name is looked up once for each hop, every address it leads to is checked, and the connection goes to exactly the
address that was checked: nothing is looked up a second time. Nothing of ours is sent along: no cookie, no login, no
token, and no proxy or netrc of the environment is asked.
"""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from channels.connectors.watch import Watch
from foundation.addresses import is_public
from foundation.hosts import is_within, plain_host

MAX_REDIRECTS = 3
MAX_URL_LENGTH = 2000
CHUNK_BYTES = 16 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
HEADERS = {
    "User-Agent": "Kanalkompass",
    "Accept": "text/html,*/*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
_PORT = {"http": 80, "https": 443}


class OutboundProblem(Exception):
    """An address was not fetched. `code` is ours, for catalogues; the address itself is not repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(OutboundProblem):
    """
    We do not go there: "scheme", "userinfo", "port", "malformed", "not_listed", "inward" or "too_many_redirects".

    "inward" is an address in this machine or network, also when a name or a redirect leads to it.
    """


class Unreachable(OutboundProblem):
    """It did not work out: "unknown_name", "no_connection", "insecure", "too_slow", "too_large" or "unreadable"."""


def look_up(host: str, port: int) -> list[str]:
    """
    Return the addresses a name leads to now.

    :raises OSError: there are none
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class Reach:
    """How far a fetch may go. The default is the world's web; a test that has its server here says so with its own."""

    ports: frozenset[int] = frozenset(_PORT.values())
    is_allowed: Callable[[str], bool] = is_public
    look_up: Callable[[str, int], list[str]] = look_up
    ca_file: str = field(default_factory=certifi.where)


@dataclass(frozen=True)
class Fetched:
    """What an address answered in the end: where (after redirects), its status, its headers and its unpacked body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def fetch(
    url: str,
    *,
    deadline_s: float = 10.0,
    max_bytes: int = 1_000_000,
    hosts: Sequence[str] | None = None,
    reach: Reach | None = None,
) -> Fetched:
    """
    Get one address, following at most three redirects, each checked like the first.

    :param deadline_s: seconds for everything together: looking up, connecting, redirects, reading
    :param max_bytes: the most that is read, and the most it may unpack to
    :param hosts: when given, every hop must be on one of these hosts or below
    :raises Refused: we do not go there
    :raises Unreachable: it did not work out
    """
    with Watch(seconds=deadline_s) as watch:
        for _ in range(MAX_REDIRECTS + 1):
            hop = _Hop(url, hosts=hosts, reach=reach or Reach(), watch=watch)
            with hop.answer() as answer:
                target = answer.headers.get("Location") if answer.status in REDIRECTS else None
                if target is None:
                    return Fetched(url, answer.status, dict(answer.headers), _read(answer, max_bytes, watch))
            url = _joined(url, target)
    raise Refused("too_many_redirects")


class _Hop:
    """One request to one address that has been checked."""

    def __init__(self, url: str, *, hosts: Sequence[str] | None, reach: Reach, watch: Watch) -> None:
        self.parts = _checked(url, reach=reach)
        self.host = plain_host(self.parts.hostname or "")
        if hosts is not None and not any(is_within(self.host, plain_host(each)) for each in hosts):
            raise Refused("not_listed")
        self.port = self.parts.port or _PORT[self.parts.scheme]
        self.reach, self.watch = reach, watch

    @contextlib.contextmanager
    def answer(self) -> Iterator[urllib3.BaseHTTPResponse]:
        """Ask, and give the answer before its body is read. Whatever goes wrong comes out as one of our kinds."""
        addresses = self._addresses()
        path = (self.parts.path or "/") + (f"?{self.parts.query}" if self.parts.query else "")
        held: list[socket.socket] = []
        try:
            with self._pool(addresses, held) as pool:
                left_s = self.watch.left_s
                if left_s <= 0:
                    raise Unreachable("too_slow")
                answer = pool.urlopen(
                    "GET",
                    path,
                    headers=HEADERS,
                    redirect=False,
                    retries=False,
                    preload_content=False,
                    decode_content=False,
                    timeout=urllib3.Timeout(connect=left_s, read=left_s),
                )
                with contextlib.closing(answer):
                    yield answer
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
            code = "too_slow" if self.watch.left_s <= 0 else _code(problem, is_connected=bool(held))
        else:
            return
        finally:
            for each in held:
                each.close()
        raise Unreachable(code)

    def _addresses(self) -> list[str]:
        """Look the name up, once and within the deadline, and refuse it when any address leads inward."""
        answers: queue.Queue[list[str] | None] = queue.Queue(1)

        def ask() -> None:
            try:
                answers.put(self.reach.look_up(self.host, self.port))
            except (OSError, ValueError):
                answers.put(None)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=max(self.watch.left_s, 0.001))
        except queue.Empty:
            raise Unreachable("too_slow") from None
        if not found:
            raise Unreachable("unknown_name")
        if not all(self.reach.is_allowed(address) for address in found):
            raise Refused("inward")
        return found

    def _pool(self, addresses: list[str], held: list[socket.socket]) -> HTTPConnectionPool:
        """Return a pool of one connection, whose socket goes to a checked address; SNI and Host keep the name."""

        def connect(connection: HTTPConnection) -> socket.socket:
            sock = _connected(addresses, port=self.port, seconds=self.watch.left_s)
            # A second handle on the same connection: TLS takes the first away, and the deadline holds for that too.
            held.append(sock.dup())
            try:
                self.watch.connected(held[-1])
            except TimeoutError:
                sock.close()
                raise
            return sock

        if self.parts.scheme == "http":
            kind = type("_Plain", (HTTPConnection,), {"_new_conn": connect})
            pool = HTTPConnectionPool(self.host, self.port, maxsize=1)
        else:
            kind = type("_Secure", (HTTPSConnection,), {"_new_conn": connect})
            pool = HTTPSConnectionPool(
                self.host, self.port, maxsize=1, cert_reqs="CERT_REQUIRED", ca_certs=self.reach.ca_file
            )
        pool.ConnectionCls = kind
        return pool


def _checked(url: str, *, reach: Reach) -> SplitResult:
    """:raises Refused: the address is not a plain one of the web, whatever it leads to"""
    is_odd = any(char.isspace() or not char.isprintable() or char == "\\" for char in url)
    if is_odd or not 0 < len(url) <= MAX_URL_LENGTH:
        raise Refused("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("malformed") from None
    if parts.scheme not in _PORT:
        raise Refused("scheme")
    if "@" in parts.netloc:
        raise Refused("userinfo")
    if not plain_host(parts.hostname or ""):
        raise Refused("malformed")
    if (port if port is not None else _PORT[parts.scheme]) not in reach.ports:
        raise Refused("port")
    return parts


def _joined(url: str, target: str) -> str:
    try:
        # A header is read as Latin-1; what is UTF-8 or has blanks in it is encoded, as browsers do.
        joined = urljoin(url, re.sub(r"[^!-~]", lambda found: _percent(found[0]), target.strip(" \t")))
    except ValueError:
        raise Refused("malformed") from None
    return joined.partition("#")[0]


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("latin-1", errors="replace"))


def _connected(addresses: list[str], *, port: int, seconds: float) -> socket.socket:
    """Connect to the first address that answers; exactly these, and nothing is looked up again."""
    problem: OSError = OSError("no address")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(max(seconds / len(addresses), 0.001))
            sock.connect((address, port))
        except OSError as found:
            sock.close()
            problem = found
        else:
            sock.settimeout(max(seconds, 0.001))
            return sock
    raise problem


def _read(answer: urllib3.BaseHTTPResponse, max_bytes: int, watch: Watch) -> bytes:
    """Return the body, unpacked, within the limit on both sides of the unpacking."""
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        # We asked for nothing else, and what several layers unpack to cannot be limited layer by layer.
        raise Unreachable("unreadable")
    unpacking: Any = zlib.decompressobj(wbits=47) if packing not in {"identity", ""} else None
    parts: list[bytes] = []
    n_read = n_unpacked = 0
    for chunk in answer.stream(CHUNK_BYTES, decode_content=False):
        n_read += len(chunk)
        part = _unpacked(unpacking, chunk, max_bytes - n_unpacked + 1) if unpacking else chunk
        n_unpacked += len(part)
        if n_read > max_bytes or n_unpacked > max_bytes:
            raise Unreachable("too_large")
        parts.append(part)
    # A connection that the watch shuts can look like one that ended in order.
    if watch.left_s <= 0:
        raise Unreachable("too_slow")
    return b"".join(parts)


def _unpacked(unpacking: Any, chunk: bytes, limit: int) -> bytes:
    try:
        return unpacking.decompress(chunk, limit)
    except zlib.error:
        raise Unreachable("unreadable") from None


def _code(problem: Exception, *, is_connected: bool) -> str:
    if isinstance(problem, urllib3.exceptions.SSLError):
        return "insecure"
    if isinstance(problem, urllib3.exceptions.TimeoutError | TimeoutError):
        return "too_slow"
    return "unreadable" if is_connected else "no_connection"
