"""Videos on LinkedIn: ask for addresses, send each part to its own, say that all are there, wait until it is ready."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from channels.connectors.base import NothingSent, Refused, Video
from channels.connectors.linkedin import restli, uploads
from channels.connectors.linkedin.api import Api

VIDEO_URN = re.compile(r"urn:li:video:[\w-]{1,100}")
# LinkedIn's own cap of 500 MB in parts of 4 MiB is 120 parts; so many and no more are believed.
MAX_PARTS = 500
ETAG = re.compile(r"[\x21-\x7e]{1,500}")


@dataclass(frozen=True)
class _Part:
    """Where bytes `first` to `last`, both counted, are sent."""

    address: str
    first: int
    last: int


def upload(api: Api, video: Video, *, owner: str, deadline_s: float) -> str:
    """
    Return the video's URN when all of it is at LinkedIn, which then goes on processing it. Nothing is published.

    :raises NothingSent: it could not be done now
    :raises Refused: LinkedIn does not take the video
    """
    ends_at = time.monotonic() + deadline_s
    urn, token, parts = _register(api, video, owner=owner, deadline_s=deadline_s)
    etags = [_send(video, part, ends_at=ends_at) for part in parts]
    api.call(
        "POST",
        "/rest/videos",
        query="action=finalizeUpload",
        json_body={"finalizeUploadRequest": {"video": urn, "uploadToken": token, "uploadedPartIds": etags}},
        restli_method="ACTION",
        deadline_s=uploads.left_s(ends_at),
    )
    return urn


def is_ready(api: Api, urn: str, *, deadline_s: float) -> bool:
    """
    Whether LinkedIn is done with an uploaded video.

    :raises Refused: it could not process it, or knows no such video
    """
    try:
        told = api.read(f"/rest/videos/{restli.leaf(urn)}", deadline_s=deadline_s)
    except Refused as problem:
        raise Refused("video_gone" if problem.code == "not_found" else problem.code, problem.detail) from None
    return uploads.is_available(told, what="video")


def wait(api: Api, urn: str, *, ends_at: float) -> None:
    """
    Wait until an uploaded video may be used. `ends_at` is of the monotonic clock.

    :raises NothingSent: LinkedIn is not done in time
    :raises Refused: see `is_ready`
    """
    uploads.wait_until(lambda left_s: is_ready(api, urn, deadline_s=left_s), what="video", ends_at=ends_at)


def _register(api: Api, video: Video, *, owner: str, deadline_s: float) -> tuple[str, str, list[_Part]]:
    answer = api.call(
        "POST",
        "/rest/videos",
        query="action=initializeUpload",
        json_body={
            "initializeUploadRequest": {
                "owner": owner,
                "fileSizeBytes": video.n_bytes,
                "uploadCaptions": False,
                "uploadThumbnail": False,
            }
        },
        restli_method="ACTION",
        deadline_s=deadline_s,
    )
    value = answer.json().get("value")
    value = value if isinstance(value, dict) else {}
    urn, token = value.get("video"), value.get("uploadToken", "")
    parts = _parts(value.get("uploadInstructions"), n_bytes=video.n_bytes)
    if not isinstance(urn, str) or not VIDEO_URN.fullmatch(urn) or not isinstance(token, str) or not parts:
        raise NothingSent("unclear_answer", "No usable addresses to upload to")
    return urn, token, parts


def _parts(told: Any, *, n_bytes: int) -> list[_Part]:
    """Return the parts in the order LinkedIn named them; none when they do not cover the file exactly."""
    if not isinstance(told, list) or not 1 <= len(told) <= MAX_PARTS:
        return []
    parts, at = [], 0
    for each in told:
        values = each if isinstance(each, dict) else {}
        address, first, last = values.get("uploadUrl"), values.get("firstByte"), values.get("lastByte")
        if first != at or not isinstance(last, int) or isinstance(last, bool) or not at <= last < n_bytes:
            return []
        if not isinstance(address, str) or not uploads.is_trusted(address):
            return []
        parts.append(_Part(address, at, last))
        at = last + 1
    return parts if at == n_bytes else []


def _send(video: Video, part: _Part, *, ends_at: float) -> str:
    """Send one part and return the mark by which LinkedIn knows it."""
    try:
        with video.path.open("rb") as file:
            file.seek(part.first)
            content = file.read(part.last - part.first + 1)
    except OSError:
        raise Refused("video_missing") from None
    answer = uploads.put(part.address, content, content_type="application/octet-stream", what="video", ends_at=ends_at)
    etag = answer.headers.get("ETag", "")
    if not ETAG.fullmatch(etag):
        raise NothingSent("unclear_answer", "A part was taken without its ETag")
    return etag
