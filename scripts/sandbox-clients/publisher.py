"""
`ldraney-linkedin-sdk`, a client that publishes, against the sandbox: everything it can do.

    python publisher.py <ready line of the sandbox, a JSON file>

Changed are the three base addresses in `linkedin_sdk.client`, the host alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from struct import pack
from typing import Any

import httpx
import linkedin_sdk.client
from linkedin_sdk.client import LinkedInClient

READY = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
BASE = READY["base"]["linkedin"]
MEMBER = READY["members"][0]["id"]
# The version that the client asks for by itself; it has ended.
ITS_VERSION = "202510"


def control(path: str, **body: Any) -> Any:
    return httpx.post(BASE + path, json=body, timeout=10).json()


def shown(what: str, act: Callable[..., Any], *values: Any, **named: Any) -> Any:
    try:
        answer = act(*values, **named)
    except httpx.HTTPStatusError as refusal:
        print(f"{what}: refused, {refusal.response.status_code} {refusal.response.json().get('code')}")
        return None
    print(f"{what}: {str(answer)[:150]}")
    return answer


def picture() -> bytes:
    """Return a PNG of four by four pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x20\x60\xa0" * 4) * 4)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def publish(client: LinkedInClient, folder: Path) -> None:
    files = {
        "bilde.png": picture(),
        "stilling.pdf": b"%PDF-1.7",
        "film.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 100_000,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    shown("userinfo", client.get_user_info)
    urn = shown("post", client.create_post, "Vi søker sykepleier")["postUrn"]
    shown("the same again", client.create_post, "Vi søker sykepleier")
    shown("list", client.get_my_posts)
    shown("change", client.update_post, urn, commentary="Vi søker to sykepleiere")
    shown("link card", client.create_post_with_link, "Les mer", "https://lyngvaer.example/", "Stillingen")
    shown("picture", client.create_post_with_image, "Oss", str(folder / "bilde.png"), "Fire folk")
    shown("pictures", client.create_post_with_multi_images, "Vi", [str(folder / "bilde.png")] * 2, ["a", "b"])
    shown("document", client.create_post_with_document, "Utlysningen", str(folder / "stilling.pdf"))
    shown("video", client.create_post_with_video, "Filmen", str(folder / "film.mp4"))
    shown("poll", client.create_poll, "Når er fristen?", ["I dag", "I morgen"])
    shown("comment", client.add_comment, urn, "Fristen er 1.12.")
    shown("reaction", client.add_reaction, urn, "PRAISE")
    shown("delete", client.delete_post, urn)


def main() -> None:
    linkedin_sdk.client.LINKEDIN_REST_BASE = f"{BASE}/rest"
    linkedin_sdk.client.LINKEDIN_V2_BASE = f"{BASE}/v2"
    linkedin_sdk.client.LINKEDIN_OAUTH_HOST = BASE
    token = control("/_token", member=MEMBER, scope="openid profile email w_member_social")["access_token"]
    client = LinkedInClient(access_token=token, person_id=MEMBER)
    shown("its own, dead version", client.create_post, "Vi søker")
    control("/_switch", added_versions={ITS_VERSION: "2027-01-31"})
    with tempfile.TemporaryDirectory() as folder:
        publish(client, Path(folder))
    control("/_switch", products=["sign_in"])
    shown("without the product", client.create_post, "Vi søker lege")
    control("/_revoke", member=MEMBER)
    shown("with a revoked token", client.get_user_info)


if __name__ == "__main__":
    main()
