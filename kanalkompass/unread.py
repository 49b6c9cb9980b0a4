"""
The answer to a request that the web server could not read: an address or headers too long, or no HTTP at all.

Django never sees such a request and gunicorn would answer in English without any of our headers, so that
gunicorn.conf.py asks here instead, in a worker, where Django is loaded.
"""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from kanalkompass import errors
from kanalkompass.headers import Headers

# Which page says it; whatever else was wrong with the request could not be understood.
PAGES = {414: "414", 500: "500"}
log = logging.getLogger(__name__)


def answer(*, status: int, reason: str, server: str) -> bytes:
    """Return the whole answer, status line and headers included; the connection ends with it."""
    request = HttpRequest()

    def page(request: HttpRequest) -> HttpResponseBase:
        return errors.draw(request, PAGES.get(status, "400"), status=status)

    with translation.override(settings.LANGUAGE_CODE):
        response = Headers(page)(request)
    log.warning("The web server could not read a request: %s %s", status, reason, extra={"request": request})
    content = b"".join(response)
    own = {"Server": server, "Connection": "close", "Content-Length": str(len(content))}
    lines = [
        f"HTTP/1.1 {status} {reason}",
        *(f"{name}: {value}" for name, value in {**response.headers, **own}.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content
