"""What uploads of pictures and videos share: whom bytes are given to, one PUT, waiting until LinkedIn is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings

from channels.connectors import http
from channels.connectors.base import NothingSent, Refused

FIRST_LOOK_S = 0.25
LONGEST_PAUSE_S = 3.0


def is_trusted(address: object) -> bool:
    """The bytes go over TLS; without it only to the place that stands in for LinkedIn itself."""
    if not isinstance(address, str):
        return False
    try:
        there, api = urlsplit(address), urlsplit(settings.LINKEDIN_API_BASE)
        is_secure = there.scheme == "https" and bool(there.hostname) and there.username is None
    except ValueError:
        return False
    return is_secure or (there.scheme, there.netloc) == (api.scheme, api.netloc)


def put(address: str, content: bytes, *, content_type: str, what: str, ends_at: float) -> http.Answer:
    """
    Send bytes to an address that LinkedIn named.

    :param what: "picture" or "video", for the codes
    :raises Refused: LinkedIn does not take them
    :raises NothingSent: they could not be sent now
    """
    answer = http.request(
        "PUT", address, deadline_s=left_s(ends_at), headers={"Content-Type": content_type}, content=content
    )
    if answer.status in (400, 413, 415, 422):
        raise Refused(f"{what}_refused", f"HTTP {answer.status} on upload")
    if not 200 <= answer.status < 300:
        raise NothingSent(f"{what}_not_uploaded", f"HTTP {answer.status} on upload")
    return answer


def is_available(told: dict, *, what: str) -> bool:
    """
    Whether LinkedIn is done with what was uploaded, by what it tells of it.

    :raises Refused: it could not process it
    """
    if told.get("status") == "PROCESSING_FAILED":
        raise Refused(f"{what}_refused", f"LinkedIn could not process the {what}")
    return told.get("status") == "AVAILABLE"


def wait_until(is_done: Callable[[float], bool], *, what: str, ends_at: float) -> None:
    """
    Ask until it is done, less and less often. `is_done` is given the seconds left.

    :raises NothingSent: LinkedIn is not done in time
    """
    pause_s = FIRST_LOOK_S
    while not is_done(left_s(ends_at)):
        if time.monotonic() + pause_s >= ends_at:
            raise NothingSent(f"{what}_not_ready", "Still being processed", retry_after_s=30)
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def left_s(ends_at: float) -> float:
    """
    Return the seconds left until `ends_at` of the monotonic clock.

    :raises NothingSent: none are
    """
    left = ends_at - time.monotonic()
    if left <= 0:
        raise NothingSent("no_answer_in_time", "The preparation took too long")
    return left
