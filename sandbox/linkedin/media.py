"""Images: register, upload the bytes on a separate address, wait until they are available."""

from __future__ import annotations

import secrets
import sqlite3
import struct
from typing import Any

from sandbox.control import is_loopback
from sandbox.http import Answer, Request, json_answer
from sandbox.linkedin import access
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call
from sandbox.world import World

UPLOAD_PATH = "/dms-uploads/"
DOWNLOAD_PATH = "/dms-images/"
UPLOAD_LIFE_MS = 24 * 3_600_000
MAX_PIXELS = 36_152_320
WRITE_SCOPES = frozenset({"w_organization_social", "rw_ads"})
READ_SCOPES = frozenset({"r_organization_social", "w_organization_social", "rw_ads"})
COLUMNS = "id, owner, upload_token, upload_expires, uploaded_at, ready_at, is_failed, content_type"


def initialise(call: Call) -> Answer:
    """POST /rest/images?action=initializeUpload."""
    if call.text("action") != "initializeUpload":
        raise LinkedInError("bad_parameter", reason="Unknown action")
    order = call.json().get("initializeUploadRequest")
    if not isinstance(order, dict) or not isinstance(order.get("owner"), str):
        raise LinkedInError("missing_field", reason="initializeUploadRequest.owner is required")
    owner = order["owner"]
    if not access.ORGANISATION_URN.fullmatch(owner) and not access.PERSON_URN.fullmatch(owner):
        raise LinkedInError("bad_urn_type", reason="owner must be an organization or person URN")
    what = call.what("images", "ACTION-initializeUpload")
    access.require_author(call.world, call.caller, owner, scopes=WRITE_SCOPES, what=what)
    expires = call.world.clock.now_ms() + UPLOAD_LIFE_MS
    image, token = f"urn:li:image:C4{secrets.token_hex(10).upper()}", secrets.token_urlsafe(32)
    with call.world.store.write() as db:
        db.execute(
            "INSERT INTO image (id, owner, upload_token, upload_expires) VALUES (?, ?, ?, ?)",
            (image, owner, token, expires),
        )
    upload_url = f"{_base(call)}{UPLOAD_PATH}{token}"
    value = {"uploadUrl": upload_url, "image": image, "uploadUrlExpiresAt": expires}
    return json_answer(200, {"value": value})


def _base(call: Call) -> str:
    """Name ourselves as the client does, `localhost` or 127.0.0.1: it may compare the two addresses."""
    named = f"http://{call.request.headers.get('host', '')}"
    return named if is_loopback(named) else call.world.bases["linkedin"]


def upload(world: World, request: Request) -> Answer:
    """PUT the bytes. No token is asked for; the address is the secret. :raises LinkedInError:"""
    if request.method not in {"PUT", "POST"}:
        raise LinkedInError("wrong_method", method=request.method)
    token = request.path.removeprefix(UPLOAD_PATH)
    now_ms = world.clock.now_ms()
    row = world.store.one(f"SELECT {COLUMNS} FROM image WHERE upload_token = ?", token)
    if row is None or row["upload_expires"] <= now_ms:
        raise LinkedInError("not_found", what="The upload address")
    if not request.body:
        raise LinkedInError("bad_value", reason="The upload is empty")
    content_type = sniff(request.body)
    pixels = pixel_count(request.body, content_type)
    is_failed = content_type is None or pixels is None or pixels > MAX_PIXELS or world.switches["processing_failed"]
    ready_at = now_ms + int(world.switches["processing_delay_s"] * 1000)
    with world.store.write() as db:
        db.execute(
            "UPDATE image SET uploaded_at = ?, ready_at = ?, is_failed = ?, content_type = ?, bytes = ? WHERE id = ?",
            (now_ms, ready_at, int(is_failed), content_type, request.body, row["id"]),
        )
    return Answer(200 if world.switches["upload_status"] == 200 else 201)


def get(call: Call) -> Answer:
    """GET /rest/images/<urn>."""
    row = find(call.world, call.key or "")
    if row is None:
        raise LinkedInError("not_found", what=f"Image {(call.key or '')[:80]}")
    access.require_author(
        call.world, call.caller, row["owner"], scopes=READ_SCOPES, what=call.what("images", "GET"), personal="none"
    )
    return json_answer(200, _shown(call, row))


def _shown(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    shown = {"id": row["id"], "owner": row["owner"], "status": status(call.world, row)}
    if shown["status"] == "AVAILABLE":
        shown["downloadUrl"] = f"{_base(call)}{download_path(row['id'])}"
        shown["downloadUrlExpiresAt"] = call.world.clock.now_ms() + UPLOAD_LIFE_MS
    return shown


def find(world: World, urn: str) -> sqlite3.Row | None:
    """Return the image's row without its bytes."""
    return world.store.one(f"SELECT {COLUMNS} FROM image WHERE id = ?", urn)


def status(world: World, row: sqlite3.Row) -> str:
    if row["uploaded_at"] is None:
        return "WAITING_UPLOAD"
    if world.clock.now_ms() < row["ready_at"]:
        return "PROCESSING"
    return "PROCESSING_FAILED" if row["is_failed"] else "AVAILABLE"


def download_path(urn: str) -> str:
    return DOWNLOAD_PATH + urn.rpartition(":")[2]


def download(world: World, request: Request) -> Answer:
    """Return the picture itself. :raises LinkedInError: 404"""
    urn = "urn:li:image:" + request.path.removeprefix(DOWNLOAD_PATH)
    row = find(world, urn)
    if row is None or status(world, row) != "AVAILABLE":
        raise LinkedInError("not_found", what="The image")
    content = world.store.the("SELECT bytes FROM image WHERE id = ?", urn)
    headers = (("Content-Type", row["content_type"]), ("X-Content-Type-Options", "nosniff"))
    return Answer(200, content["bytes"], (*headers, ("Cache-Control", "private, max-age=3600")))


# --- looking at the bytes --------------------------------------------------------------------------------------------


def sniff(content: bytes) -> str | None:
    """Return the media type the first bytes tell, None when they are no picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return None


def pixel_count(content: bytes, content_type: str | None) -> int | None:
    """Return width times height from the picture's header, None when it cannot be read or is 0."""
    try:
        if content_type == "image/png":
            width, height = struct.unpack(">II", content[16:24])
        elif content_type == "image/gif":
            width, height = struct.unpack("<HH", content[6:10])
        elif content_type == "image/jpeg":
            height, width = _jpeg_size(content)
        else:
            return None
    except struct.error:
        return None
    return width * height or None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """:raises struct.error: the file ends before its frame header"""
    position = 2
    while True:
        marker, length = struct.unpack(">HH", content[position : position + 4])
        if marker < 0xFF00:
            raise struct.error("not a marker")
        is_frame = 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC)
        if is_frame:
            return struct.unpack(">HH", content[position + 5 : position + 9])
        # A fill byte before a marker is legal: step one byte on.
        position += 1 if marker == 0xFFFF else 2 + length
