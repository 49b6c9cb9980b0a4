"""How these tests speak to the sandbox: as an app would, and behind the platform's back."""

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from sandbox.linkedin.versions import SUNSETS

ROOT = Path(__file__).resolve().parents[2]
LYNGVAER = "urn:li:organization:1001"
STORVIKA = "urn:li:organization:1002"
DAY_S = 86_400
DAY_MS = DAY_S * 1000
TIMEOUT_S = 10
# The newest one of the table: these tests must not go red the day an older one dies.
VERSION = max(SUNSETS)


def encoded(text: str) -> str:
    return quote(text, safe="")


def start(*arguments: str, **environment: str) -> tuple[subprocess.Popen, dict[str, Any]]:
    """Start `python -m sandbox` and return the process and its ready line."""
    command = [sys.executable, "-m", "sandbox", "--die-with-parent", *arguments]
    env = {"PATH": "/usr/bin:/bin", **environment}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=env)
    return process, json.loads(process.stdout.readline())


def stop(process: subprocess.Popen) -> int:
    process.terminate()
    code = process.wait(timeout=5)
    process.stdout.close()
    return code


def png(*, width: int = 4, height: int = 4) -> bytes:
    """A real picture; a huge size in the header costs nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + b"\x20\x60\xa0" * 4) * 4)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class Platform:
    """What a test says to the sandbox: as an app, and behind the platform's back."""

    def __init__(self, announced: dict[str, Any]) -> None:
        self.announced = announced
        self.base = announced["base"]["linkedin"]
        self.token = announced["tokens"]["linkedin"]
        self.client = announced["client"]["linkedin"]

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "LinkedIn-Version": VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }

    def call(self, method: str, path: str, *, headers: dict[str, str | None] | None = None, **more: Any):
        """Call the API with the usual headers; a header of None is left out."""
        merged = {**self.headers, **(headers or {})}
        sent = {name: value for name, value in merged.items() if value is not None}
        address = path if path.startswith("http") else self.base + path
        more.setdefault("allow_redirects", False)
        return requests.request(method, address, headers=sent, timeout=TIMEOUT_S, **more)

    def get(self, path: str, **more: Any):
        return self.call("GET", path, **more)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None):
        response = requests.request(method, self.base + path, json=body, timeout=TIMEOUT_S)
        response.raise_for_status()
        return response

    def reset(self, seed: str = "1") -> None:
        self.announced = self.control("POST", "/_reset", {"seed": seed}).json()

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        self.control("POST", "/_fault", {"endpoint": endpoint, "kind": kind, **more})

    def switch(self, **values: Any) -> None:
        self.control("POST", "/_switch", values)

    def advance(self, seconds: float) -> None:
        self.control("POST", "/_clock", {"advance_s": seconds})

    def now_ms(self) -> int:
        return self.control("GET", "/_clock").json()["now_ms"]

    def truth(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.control("GET", "/_truth").text.splitlines()]

    def member(self, name: str) -> str:
        return next(member["id"] for member in self.announced["members"] if member["name"] == name)

    def body(self, commentary: str = "Vi søker sykepleier", **changes: Any) -> dict[str, Any]:
        """Return a create body for Lyngvær's page; `changes` replace fields, None takes one away."""
        body = {
            "author": LYNGVAER,
            "commentary": commentary,
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        return {name: value for name, value in {**body, **changes}.items() if value is not None}

    def post(self, commentary: str = "Vi søker sykepleier", *, headers: dict[str, str] | None = None, **changes: Any):
        """Create a post."""
        return self.call(
            "POST", "/rest/posts", json=self.body(**{"commentary": commentary, **changes}), headers=headers
        )

    def posted(self, commentary: str = "Vi søker sykepleier", **changes: Any) -> str:
        """Create a post that must succeed and return its URN."""
        response = self.post(commentary, **changes)
        assert response.status_code == 201, response.text
        return response.headers["x-restli-id"]

    def image(self, content: bytes | None = None, *, owner: str = LYNGVAER) -> str:
        """Register and upload a picture, return its URN."""
        order = {"initializeUploadRequest": {"owner": owner}}
        value = self.call("POST", "/rest/images?action=initializeUpload", json=order).json()["value"]
        requests.put(value["uploadUrl"], data=png() if content is None else content, timeout=TIMEOUT_S)
        return value["image"]

    def shown(self, urn: str) -> dict[str, Any]:
        return self.get(f"/rest/posts/{encoded(urn)}").json()

    def listed(self, query: str = "count=100&sortBy=CREATED", *, author: str = LYNGVAER) -> list[str]:
        answer = self.get(f"/rest/posts?q=author&author={encoded(author)}&{query}").json()
        return [element["id"] for element in answer["elements"]]

    def page_statistics(self, extra: str = "", **more: Any):
        path = (
            f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={encoded(LYNGVAER)}"
        )
        return self.get(path + extra, **more)

    def totals(self, extra: str = "") -> list[dict[str, Any]]:
        return [element["totalShareStatistics"] for element in self.page_statistics(extra).json()["elements"]]
