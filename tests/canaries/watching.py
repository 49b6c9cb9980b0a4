"""Browsers without a screen whose every answer is kept, and the log without its net: what the search looks through."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from recruitment.models import User


@dataclass
class Seen:
    """One answer: to whom, on which address, and all of it but the cookies."""

    who: str
    address: str
    status: int
    text: str


@dataclass
class Watch:
    """Everything that was answered, in order."""

    seen: list[Seen] = field(default_factory=list)

    def client(self, who: str, user: User | None = None) -> Client:
        """Return a browser of a person, logged in unless she is to log in herself."""
        browser = _Watched(self, who)
        # A fault of ours is answered as in production, not raised into the test.
        browser.raise_request_exception = False
        if user:
            browser.force_login(user)
        return browser


class _Watched(Client):
    def __init__(self, watch: Watch, who: str) -> None:
        super().__init__()
        self.watch, self.who = watch, who

    def request(self, **request: Any) -> Any:
        response: HttpResponse = super().request(**request)
        parts = response.streaming_content if response.streaming else [response.content]
        head = "".join(f"{name}: {value}\n" for name, value in response.headers.items())
        address = f"{request.get('REQUEST_METHOD')} {request.get('PATH_INFO')}"
        # What is streamed here is pictures and files of rows; it is read once.
        body = b"".join(parts)
        if response.streaming:
            response.streaming_content = [body]
        self.watch.seen.append(Seen(self.who, address, response.status_code, head + body.decode("latin-1")))
        return response


@contextmanager
def bare_log() -> Iterator[io.StringIO]:
    """Give everything that is logged meanwhile, down to DEBUG, without the net: the first wall has to hold alone."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    level, root.level = root.level, logging.DEBUG
    root.addHandler(handler)
    try:
        yield out
    finally:
        root.removeHandler(handler)
        root.level = level
