"""A threaded HTTP server for one platform on loopback, able to reset a connection on purpose."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

HOST = "127.0.0.1"
IDLE_TIMEOUT_S = 60


class Handler(WSGIRequestHandler):
    # Announcing 1.1 makes the base class honour `Expect: 100-continue`; each connection still carries one request.
    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    server: Server

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["RAW_URI"] = self.path
        environ["sandbox.sent_headers"] = frozenset(name.lower() for name in self.headers)
        environ["sandbox.reset_connection"] = lambda: self.server.reset_later(self.connection)
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the request log of the control plane is the log, and it holds no secrets."""

    def address_string(self) -> str:
        return str(self.client_address[0])


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, *, port: int, application: Callable[..., Any]) -> None:
        """:raises OSError: the port is taken"""
        self._to_reset: set[socket.socket] = set()
        super().__init__((HOST, port), Handler)
        self.set_app(application)

    def server_bind(self) -> None:
        # The base class asks the name service for the host's full name; that can hang on a machine without one.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def reset_later(self, connection: socket.socket) -> None:
        """Close `connection` with a TCP reset, without any answer, as soon as its request is over."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._to_reset.add(connection)

    def shutdown_request(self, request: Any) -> None:
        if request in self._to_reset:
            self._to_reset.discard(request)
            request.close()  # with linger 0 this is the reset; a shutdown first would say goodbye politely
            return
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)
