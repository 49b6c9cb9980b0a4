"""
Images and documents, and what videos share with them: register, upload to a separate address, wait until available.

The address of an upload is its secret; nobody is asked for a token there.
"""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

from sandbox.control import is_loopback
from sandbox.http import Answer, Request, json_answer
from sandbox.linkedin import access, sniffing
from sandbox.linkedin.errors import LinkedInError
from sandbox.linkedin.rest import Call, batch
from sandbox.store import Store
from sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, upload_token TEXT UNIQUE,
    upload_expires INTEGER NOT NULL, size INTEGER, uploaded_at INTEGER, ready_at INTEGER, failure TEXT,
    content_type TEXT, bytes BLOB
);
CREATE TABLE IF NOT EXISTS media_part (
    token TEXT PRIMARY KEY, media_id TEXT NOT NULL, purpose TEXT NOT NULL, first_byte INTEGER NOT NULL,
    last_byte INTEGER, etag TEXT, head BLOB
);
CREATE INDEX IF NOT EXISTS media_part_by_media ON media_part (media_id);
"""
UPLOAD_PATH = "/dms-uploads/"
DOWNLOAD_PATH = "/dms-images/"
UPLOAD_LIFE_MS = 24 * 3_600_000
# kind -> how its URN starts, which scopes write and read it
RESOURCES = {"image": "images", "document": "documents", "video": "videos"}
PREFIXES = {"image": "urn:li:image:C4", "document": "urn:li:document:C4D1", "video": "urn:li:video:C5"}
WRITE_SCOPES = {
    "image": frozenset({"w_organization_social", "rw_ads"}),
    "document": frozenset({"w_organization_social", "rw_ads"}),
    "video": frozenset({"w_organization_social"}),
}
READ_SCOPES = frozenset({"r_organization_social", "w_organization_social", "rw_ads"})
COLUMNS = "id, kind, owner, upload_token, upload_expires, size, uploaded_at, ready_at, failure, content_type"


def adopt(store: Store) -> None:
    """Take over the pictures of a data file from before videos and documents."""
    if store.one("SELECT 1 FROM sqlite_master WHERE name = 'image'") is None:
        return
    columns = "id, owner, upload_token, upload_expires, uploaded_at, ready_at, content_type, bytes"
    failure = "CASE WHEN is_failed THEN 'The file is no picture' END"
    with store.write() as db:
        sql = f"INSERT OR IGNORE INTO media (kind, {columns}, failure) SELECT 'image', {columns}, {failure} FROM image"
        db.execute(sql)
        db.execute("DROP TABLE image")


# --- register --------------------------------------------------------------------------------------------------------


def initialise_image(call: Call) -> Answer:
    """POST /rest/images?action=initializeUpload."""
    return _initialise(call, "image")


def initialise_document(call: Call) -> Answer:
    """POST /rest/documents?action=initializeUpload."""
    return _initialise(call, "document")


def _initialise(call: Call, kind: str) -> Answer:
    if call.text("action") != "initializeUpload":
        raise LinkedInError("bad_parameter", reason="Unknown action")
    urn, token = register(call, kind, order_of(call, "initializeUploadRequest"), has_own_address=True)
    expires = call.world.clock.now_ms() + UPLOAD_LIFE_MS
    value = {"uploadUrl": upload_address(call, token), kind: urn, "uploadUrlExpiresAt": expires}
    return json_answer(200, {"value": value})


def order_of(call: Call, name: str) -> dict[str, Any]:
    """Return the record an action's body holds. :raises LinkedInError: 400"""
    order = call.json().get(name)
    if not isinstance(order, dict):
        raise LinkedInError("missing_field", reason=f"{name} is required")
    return order


def register(
    call: Call, kind: str, order: dict[str, Any], *, has_own_address: bool, size: int | None = None
) -> tuple[str, str]:
    """Store what will be uploaded; return its URN and the secret of its upload address. :raises LinkedInError:"""
    owner = order.get("owner")
    if not isinstance(owner, str):
        raise LinkedInError("missing_field", reason="initializeUploadRequest.owner is required")
    if not access.ORGANISATION_URN.fullmatch(owner) and not access.PERSON_URN.fullmatch(owner):
        raise LinkedInError("bad_urn_type", reason="owner must be an organization or person URN")
    what = call.what(RESOURCES[kind], "ACTION-initializeUpload")
    access.require_author(call.world, call.caller, owner, scopes=WRITE_SCOPES[kind], what=what)
    urn, token = PREFIXES[kind] + secrets.token_hex(10).upper(), secrets.token_urlsafe(32)
    expires = call.world.clock.now_ms() + UPLOAD_LIFE_MS
    with call.world.store.write() as db:
        db.execute(
            "INSERT INTO media (id, kind, owner, upload_token, upload_expires, size) VALUES (?, ?, ?, ?, ?, ?)",
            (urn, kind, owner, token if has_own_address else None, expires, size),
        )
    return urn, token


def upload_address(call: Call, token: str) -> str:
    return f"{_base(call)}{UPLOAD_PATH}{token}"


def _base(call: Call) -> str:
    """Name ourselves as the client does, `localhost` or 127.0.0.1: it may compare the two addresses."""
    named = f"http://{call.request.headers.get('host', '')}"
    return named if is_loopback(named) else call.world.bases["linkedin"]


# --- upload ----------------------------------------------------------------------------------------------------------


def upload(world: World, request: Request) -> Answer | None:
    """Take the bytes of an image or document; None when the address is none of theirs. :raises LinkedInError:"""
    token = request.path.removeprefix(UPLOAD_PATH)
    row = world.store.one(f"SELECT {COLUMNS} FROM media WHERE upload_token = ?", token)
    if row is None:
        return None
    check_upload(world, request, expires=row["upload_expires"])
    content = request.body
    if row["kind"] == "image":
        content_type, trouble = sniffing.picture_type(content), sniffing.picture_trouble(content)
    else:
        content_type = sniffing.document_type(content)
        trouble = None if content_type else "The file is no document"
    with world.store.write() as db:
        sql = "UPDATE media SET content_type = ?, bytes = ?, size = ? WHERE id = ?"
        db.execute(sql, (content_type, content, len(content), row["id"]))
        start_processing(world, row["id"], trouble=trouble)
    return Answer(200 if world.switches["upload_status"] == 200 else 201)


def check_upload(world: World, request: Request, *, expires: int) -> None:
    """:raises LinkedInError: wrong method, an address that has run out, nothing sent"""
    if request.method not in {"PUT", "POST"}:
        raise LinkedInError("wrong_method", method=request.method)
    if expires <= world.clock.now_ms():
        raise LinkedInError("not_found", what="The upload address")
    if not request.body:
        raise LinkedInError("bad_value", reason="The upload is empty")


def start_processing(world: World, urn: str, *, trouble: str | None) -> None:
    """From now on the file is worked on; how that ends is known already."""
    now_ms = world.clock.now_ms()
    if world.switches["processing_failed"]:
        trouble = trouble or "Processing failed on order"
    ready_at = now_ms + int(world.switches["processing_delay_s"] * 1000)
    with world.store.write() as db:
        sql = "UPDATE media SET uploaded_at = ?, ready_at = ?, failure = ? WHERE id = ?"
        db.execute(sql, (now_ms, ready_at, trouble, urn))


# --- read ------------------------------------------------------------------------------------------------------------


def get(call: Call) -> Answer:
    """GET /rest/images/<urn>, /rest/documents/<urn>, /rest/videos/<urn>."""
    return json_answer(200, _read(call, call.key or ""))


def get_batch(call: Call) -> Answer:
    """GET /rest/images?ids=List(…) and the like."""
    keys = call.texts("ids")
    if not keys:
        raise LinkedInError("missing_field", reason="Parameter ids is required")
    return batch(keys, lambda urn: _read(call, urn))


def _read(call: Call, urn: str) -> dict[str, Any]:
    resource = call.request.path.removeprefix("/rest/").partition("/")[0]
    row = find(call.world, urn)
    if row is None or RESOURCES[row["kind"]] != resource:
        raise LinkedInError("not_found", what=f"Media {urn[:80]}")
    # A token that may only post for its member cannot read even the member's own pictures.
    what = call.what(resource, "GET")
    access.require_author(call.world, call.caller, row["owner"], scopes=READ_SCOPES, what=what, personal="none")
    shown = {"id": row["id"], "owner": row["owner"], "status": status(call.world, row)}
    if shown["status"] == "AVAILABLE" and row["kind"] != "video":
        shown["downloadUrl"] = f"{_base(call)}{download_path(row['id'])}"
        shown["downloadUrlExpiresAt"] = call.world.clock.now_ms() + UPLOAD_LIFE_MS
    if shown["status"] == "PROCESSING_FAILED" and row["kind"] != "image":
        shown["processingFailureReason"] = row["failure"]
    return shown


def find(world: World, urn: str) -> sqlite3.Row | None:
    """Return a row without its bytes."""
    return world.store.one(f"SELECT {COLUMNS} FROM media WHERE id = ?", urn)


def status(world: World, row: sqlite3.Row) -> str:
    if row["uploaded_at"] is None:
        return "WAITING_UPLOAD"
    if world.clock.now_ms() < row["ready_at"]:
        return "PROCESSING"
    return "AVAILABLE" if row["failure"] is None else "PROCESSING_FAILED"


def download_path(urn: str) -> str:
    return DOWNLOAD_PATH + urn.removeprefix("urn:li:")


def download(world: World, request: Request) -> Answer:
    """Return the picture or document itself. :raises LinkedInError: 404"""
    row = find(world, "urn:li:" + request.path.removeprefix(DOWNLOAD_PATH))
    if row is None or row["kind"] == "video" or status(world, row) != "AVAILABLE":
        raise LinkedInError("not_found", what="The file")
    content = world.store.the("SELECT bytes FROM media WHERE id = ?", row["id"])
    headers = (("Content-Type", row["content_type"]), ("X-Content-Type-Options", "nosniff"))
    return Answer(200, content["bytes"], (*headers, ("Cache-Control", "private, max-age=3600")))
