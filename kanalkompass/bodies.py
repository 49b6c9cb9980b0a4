"""How much may be sent to us, judged by what the request promises before any of it is kept (P22)."""

import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kanalkompass import errors

# The fields beside a file, and the lines between them.
SLACK_BYTES = 1_000_000
# A browser that is hung up on while it sends shows its own error and not our page. So we read on and keep nothing, but
# only for so long.
READ_ON_BYTES, READ_ON_S, AT_ONCE_BYTES = 100_000_000, 10, 65_536

# The only door that takes a video.
VIDEO_DOOR = re.compile(r"/\d{4}/innlegg/\d{1,18}/video/")


class BodyLimit:
    """Answer 413 before Django reads a body that is larger than a form, or than a form with a file, may be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        limit = limit_bytes(request)
        if promised_bytes(request) <= limit:
            return self.get_response(request)
        _read_on(request)
        return errors.too_large(request, limit_bytes=limit)


def limit_bytes(request: HttpRequest) -> int:
    """Return how much this kind of request may hold."""
    has_files = request.content_type == "multipart/form-data"
    if has_files and VIDEO_DOOR.fullmatch(request.path_info):
        return settings.VIDEO_MAX_BYTES + SLACK_BYTES
    return settings.UPLOAD_MAX_BYTES + SLACK_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def promised_bytes(request: HttpRequest) -> int:
    """Return the length that the request itself names; Django reads no more than that."""
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def _read_on(request: HttpRequest) -> None:
    deadline = time.monotonic() + READ_ON_S
    left = min(promised_bytes(request), READ_ON_BYTES)
    while left > 0 and time.monotonic() < deadline:
        try:
            got = len(request.read(min(left, AT_ONCE_BYTES)))
        except OSError:
            return
        if not got:
            return
        left -= got
