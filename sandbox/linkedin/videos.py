"""Videos: parts of 4 MiB with an address and an ETag each, put together in order, then worked on."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from sandbox.http import Answer, Request, json_answer
from sandbox.linkedin import access, media, sniffing
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call
from sandbox.world import World

PART_BYTES = 4 * 1024 * 1024
MIN_BYTES, MAX_BYTES = 75_000, 500 * 1024 * 1024


def act(call: Call) -> Answer:
    """POST /rest/videos?action=initializeUpload | finalizeUpload."""
    action = call.text("action")
    if action == "initializeUpload":
        return _initialise(call)
    if action == "finalizeUpload":
        return _finalise(call)
    raise LinkedInError("bad_parameter", reason="Unknown action")


def _initialise(call: Call) -> Answer:
    order = media.order_of(call, "initializeUploadRequest")
    size = order.get("fileSizeBytes")
    if not isinstance(size, int) or isinstance(size, bool):
        raise LinkedInError("missing_field", reason="initializeUploadRequest.fileSizeBytes is required")
    if not MIN_BYTES <= size <= MAX_BYTES:
        raise LinkedInError("bad_value", reason=f"fileSizeBytes must be from {MIN_BYTES} to {MAX_BYTES}")
    for name in ("uploadCaptions", "uploadThumbnail"):
        if not isinstance(order.get(name, False), bool):
            raise LinkedInError("bad_value", reason=f"{name} must be true or false")
    urn, _ = media.register(call, "video", order, has_own_address=False, size=size)
    instructions = [
        {"uploadUrl": _address(call, urn, "part", first, last), "firstByte": first, "lastByte": last}
        for first, last in _ranges(size)
    ]
    value: dict[str, Any] = {
        "uploadUrlsExpireAt": call.world.clock.now_ms() + media.UPLOAD_LIFE_MS,
        "video": urn,
        "uploadInstructions": instructions,
        "uploadToken": "",
    }
    if order.get("uploadCaptions"):
        value["captionsUploadUrl"] = _address(call, urn, "captions", 0, None)
    if order.get("uploadThumbnail"):
        value["thumbnailUploadUrl"] = _address(call, urn, "thumbnail", 0, None)
    return json_answer(200, {"value": value})


def _ranges(size: int) -> list[tuple[int, int]]:
    """Return (first byte, last byte) of each part."""
    return [(first, min(first + PART_BYTES, size) - 1) for first in range(0, size, PART_BYTES)]


def _address(call: Call, urn: str, purpose: str, first: int, last: int | None) -> str:
    token = secrets.token_urlsafe(32)
    with call.world.store.write() as db:
        row = (token, urn, purpose, first, last)
        db.execute("INSERT INTO media_part (token, media_id, purpose, first_byte, last_byte) VALUES (?,?,?,?,?)", row)
    return media.upload_address(call, token)


def upload(world: World, request: Request) -> Answer | None:
    """Take one part, captions or thumbnail; None when the address is none of theirs. :raises LinkedInError:"""
    token = request.path.removeprefix(media.UPLOAD_PATH)
    sql = "SELECT p.*, m.upload_expires FROM media_part p JOIN media m ON m.id = p.media_id WHERE p.token = ?"
    part = world.store.one(sql, token)
    if part is None:
        return None
    media.check_upload(world, request, expires=part["upload_expires"])
    if part["last_byte"] is not None:
        expected = part["last_byte"] - part["first_byte"] + 1
        if len(request.body) != expected:
            raise LinkedInError("bad_value", reason=f"The part must have {expected} bytes, not {len(request.body)}")
    etag = f"/ambry-video/signedId/{hashlib.sha256(token.encode() + request.body).hexdigest()}"
    with world.store.write() as db:
        # The bytes themselves are thrown away: nothing plays them, and they are many.
        db.execute("UPDATE media_part SET etag = ?, head = ? WHERE token = ?", (etag, request.body[:64], token))
    return Answer(200, b"", (("ETag", etag),))


def _finalise(call: Call) -> Answer:
    order = media.order_of(call, "finalizeUploadRequest")
    urn, given = order.get("video"), order.get("uploadedPartIds")
    row = media.find(call.world, urn) if isinstance(urn, str) else None
    if row is None or row["kind"] != "video":
        raise LinkedInError("not_found", what=f"Video {str(urn)[:80]}")
    if not isinstance(given, list) or not all(isinstance(part, str) for part in given):
        raise LinkedInError("missing_field", reason="finalizeUploadRequest.uploadedPartIds is required")
    if order.get("uploadToken", "") != "":
        raise LinkedInError("bad_value", reason="uploadToken is not the one that was given")
    what = call.what("videos", "ACTION-finalizeUpload")
    access.require_author(call.world, call.caller, row["owner"], scopes=media.WRITE_SCOPES["video"], what=what)
    sql = "SELECT * FROM media_part WHERE media_id = ? AND purpose = 'part' ORDER BY first_byte"
    parts = call.world.store.all(sql, urn)
    if [part.strip('"') for part in given] != [part["etag"] for part in parts]:
        raise LinkedInError("bad_value", reason="uploadedPartIds must name every uploaded part, in order")
    if row["uploaded_at"] is None:
        trouble = None if sniffing.is_mp4(parts[0]["head"]) else "The file is no MP4 video"
        media.start_processing(call.world, row["id"], trouble=trouble)
    return Answer(200)
