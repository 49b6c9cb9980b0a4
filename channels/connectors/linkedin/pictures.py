"""Pictures on LinkedIn: ask for an address, send the bytes there, wait until the picture may be used."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from django.conf import settings

from channels.connectors import http
from channels.connectors.base import NothingSent, Picture, Refused
from channels.connectors.linkedin import restli
from channels.connectors.linkedin.api import Api

FIRST_LOOK_S = 0.25
LONGEST_PAUSE_S = 3.0


def upload(api: Api, picture: Picture, *, owner: str, deadline_s: float) -> str:
    """
    Return the picture's URN once LinkedIn lets it be used. Nothing is published by this.

    :raises NothingSent: it could not be done now, or LinkedIn is not done with the picture in time
    :raises Refused: LinkedIn does not take the picture
    """
    ends_at = time.monotonic() + deadline_s
    address, urn = _register(api, owner=owner, deadline_s=deadline_s)
    answer = http.request(
        "PUT",
        address,
        deadline_s=_left(ends_at),
        headers={"Content-Type": picture.content_type},
        content=picture.content,
    )
    if answer.status in (400, 413, 415, 422):
        raise Refused("picture_refused", f"HTTP {answer.status} on upload")
    if not 200 <= answer.status < 300:
        raise NothingSent("picture_not_uploaded", f"HTTP {answer.status} on upload")
    _wait_until_available(api, urn, ends_at=ends_at)
    return urn


def _register(api: Api, *, owner: str, deadline_s: float) -> tuple[str, str]:
    answer = api.call(
        "POST",
        "/rest/images",
        query="action=initializeUpload",
        json_body={"initializeUploadRequest": {"owner": owner}},
        restli_method="ACTION",
        deadline_s=deadline_s,
    )
    value = answer.json().get("value")
    address, urn = (value.get("uploadUrl"), value.get("image")) if isinstance(value, dict) else (None, None)
    if not isinstance(address, str) or not isinstance(urn, str) or not _is_trusted(address):
        raise NothingSent("unclear_answer", "No usable address to upload to")
    return address, urn


def _is_trusted(address: str) -> bool:
    """The bytes go over TLS; without it only to the place that stands in for LinkedIn itself."""
    try:
        there, api = urlsplit(address), urlsplit(settings.LINKEDIN_API_BASE)
        is_secure = there.scheme == "https" and bool(there.hostname) and there.username is None
    except ValueError:
        return False
    return is_secure or (there.scheme, there.netloc) == (api.scheme, api.netloc)


def _wait_until_available(api: Api, urn: str, *, ends_at: float) -> None:
    pause_s = FIRST_LOOK_S
    while True:
        status = api.read(f"/rest/images/{restli.leaf(urn)}", deadline_s=_left(ends_at)).get("status")
        if status == "AVAILABLE":
            return
        if status == "PROCESSING_FAILED":
            raise Refused("picture_refused", "LinkedIn could not process the picture")
        if time.monotonic() + pause_s >= ends_at:
            raise NothingSent("picture_not_ready", f"Still {str(status)[:30]}", retry_after_s=30)
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _left(ends_at: float) -> float:
    """
    Return the seconds left.

    :raises NothingSent: none are
    """
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        raise NothingSent("no_answer_in_time", "The preparation took too long")
    return left_s
