"""The sandbox's side of the demonstration: the pages that its towns run already, and access to them that works."""

import json
import urllib.request
from typing import Any

from kanalkompass.demo.pages import PAGES, SCOPES
from kanalkompass.launcher.problems import Problem

# Runs more than one page in the sandbox's world already, and nobody connects as her in the first steps.
MEMBER = "Sunniva Toside"
DAY_S = 86_400


def obtain(base: str) -> dict[str, str]:
    """
    Make the pages, and return a fresh token for each by the platform's name of the page.

    :param base: the address of the sandbox
    :raises Problem: it refuses, or does not answer
    """
    try:
        members = _call(base, "GET", "/_members")["members"]
        member = next(each["id"] for each in members if each["name"] == MEMBER)
        tokens = {}
        for page in PAGES:
            given = {"id": page.number, "name": page.name, "vanity_name": page.vanity_name, "member": member}
            _call(base, "POST", "/_page", given)
            asked = {"member": member, "scope": SCOPES, "expires_in": page.expires_in_days * DAY_S}
            tokens[page.urn] = _call(base, "POST", "/_token", asked)["access_token"]
    except (OSError, ValueError, KeyError, StopIteration) as problem:
        raise Problem(f"Sandkassen ga ikke tilgang til demonstrasjonens sider: {type(problem).__name__}") from None
    return tokens


def _call(base: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    head = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{base}{path}", data=data, headers=head, method=method)  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  # nosec B310 (loopback, our own sandbox)
        told: dict[str, Any] = json.load(answer)
    return told
