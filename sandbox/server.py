"""
A small HTTP/1.1 server on loopback: one thread per connection, connections kept open, resets on purpose.

It is written for load: a client under test sends hundreds of calls a second and the sandbox must not be what it waits
for. Nothing here holds a lock while an answer sleeps.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import sys
import traceback
from collections.abc import Callable
from typing import BinaryIO, cast

from sandbox.clock import real_now_s
from sandbox.http import (
    Answer,
    BodyTooLarge,
    BodyUnreadable,
    HeadUnreadable,
    Request,
    RequestHead,
    dribble,
    head_of,
    read_head,
    read_request,
)

HOST = "127.0.0.1"
IDLE_TIMEOUT_S = 60
READ_BUFFER_BYTES = 64 * 1024

Application = Callable[[Request], Answer]


class Handler(socketserver.BaseRequestHandler):
    """Serves one connection until the client, the idle timeout or a dropped answer ends it."""

    server: Server
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(IDLE_TIMEOUT_S)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.request.makefile("rb", READ_BUFFER_BYTES) as stream:
            while self._serve_one(cast(BinaryIO, stream)):
                pass

    def _serve_one(self, stream: BinaryIO) -> bool:
        """Return whether another request may follow on this connection."""
        try:
            head = read_head(stream)
        except HeadUnreadable as problem:
            return self._send(self.server.refuse(problem), is_last=True)
        if head is None:
            return False
        if head.headers.get("expect", "").lower() == "100-continue":
            self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            request = read_request(head, stream)
        except (BodyTooLarge, BodyUnreadable) as problem:
            return self._send(self.server.refuse(problem), is_last=True)
        return self._send(self.server.application(request), is_last=head.is_last, head=head)

    def _send(self, answer: Answer, *, is_last: bool, head: RequestHead | None = None) -> bool:
        if answer.is_dropped:
            # With linger 0 the close is a reset, without any goodbye.
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        first = head_of(answer, moment_s=real_now_s(), is_last=is_last)
        if head is not None and head.method == "HEAD":
            self.request.sendall(first)
        elif answer.byte_delay_s:
            self.request.sendall(first)
            for piece in dribble(answer.body, answer.byte_delay_s):
                self.request.sendall(piece)
        else:
            self.request.sendall(first + answer.body)
        return not is_last


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """`refuse` answers what cannot be read as a request."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, *, port: int, application: Application, refuse: Callable[[Exception], Answer]) -> None:
        """:raises OSError: the port is taken"""
        self.application = application
        self.refuse = refuse
        super().__init__((HOST, port), Handler)

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        is_reset = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)[:4] != b"\0\0\0\0"
        if is_reset:
            request.close()  # a shutdown first would say goodbye politely
            return
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            traceback.print_exc(file=sys.stderr)
