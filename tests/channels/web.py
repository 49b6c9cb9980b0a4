"""A web of this machine's own for tests of the way out: sockets that answer with exactly the bytes a test gives."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from channels.outbound import Reach

Answer = bytes | Callable[[socket.socket], None]


class Web:
    """One server on loopback. `requests` holds what it was asked, in order; `answers` what it gives, path by path."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.requests: list[str] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def url(self, path: str = "/", host: str = "nettsted.example") -> str:
        """Return the address of a path; the port has to be named, because ours is not the web's."""
        return f"http://{host}:{self.port}{path}"

    def reach(self, **more: object) -> Reach:
        """Return the reach of a test: every name leads to this machine, and this machine may be asked."""
        given = {
            "ports": frozenset({self.port}),
            "is_allowed": lambda address: address == "127.0.0.1",
            "look_up": lambda host, port: ["127.0.0.1"],
        }
        return Reach(**{**given, **more})

    def close(self) -> None:
        """Stop listening; what is being answered ends by itself."""
        self.is_over.set()
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(timeout=5)

    def _listen(self) -> None:
        while not self.is_over.is_set():
            try:
                sock, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[sock], daemon=True).start()

    def _answer(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked:
                part = sock.recv(65536)
                if not part:
                    return
                asked += part
            self.requests.append(asked.decode("latin-1"))
            answer = self.answers.get(asked.split(b" ")[1].decode().partition("?")[0], page(status="404 Not Found"))
            if callable(answer):
                answer(sock)
            else:
                sock.sendall(answer)


@contextlib.contextmanager
def web(**answers: Answer) -> Iterator[Web]:
    """Serve while the block runs; the name of an answer is its path, `start` the first page."""
    running = Web({"/" if name == "start" else f"/{name}": answer for name, answer in answers.items()})
    try:
        yield running
    finally:
        running.close()


def page(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole answer."""
    lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n".encode("latin-1") + body


def moved(target: str, status: str = "302 Found") -> bytes:
    """Return an answer that leads elsewhere."""
    return page(status=status, Location=target)
