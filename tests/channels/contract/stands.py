"""
How each platform's stand-in is steered: one class for each connector of the registry.

A stand speaks of steps ("publish", "list") and kinds of fault; it alone knows the platform's addresses and fields.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from channels.connectors import Access, Connector
from channels.connectors.linkedin import LinkedIn
from tests.linkedin_sandbox import LinkedInSandbox

# Each count as a platform may write it, and what it means.
COUNTS: list[tuple[Any, int | None]] = [
    (7, 7),
    (0, 0),
    (-3, -3),
    ("12", 12),
    (12.0, 12),
    (None, None),
    ("mange", None),
    (1.5, None),
    (True, None),
    ([], None),
    ({"count": 7}, None),
    (2**60, None),
    ("", None),
]


class Stand(ABC):
    """One platform's stand-in, with an account that may publish on it."""

    # Kinds of the stand-in that every platform's has: see docs/sandbox.md.
    STEPS = ("publish", "list", "read", "delete", "figures", "pages", "probe", "token", "revoke")
    token: str
    member_token_answer: str
    pasted: list[tuple[str, str]]
    lengths: list[tuple[str, int]]
    missing_id: str
    pages_found: list[str]

    @abstractmethod
    def connector(self) -> Connector:
        """Return the connector with access to a page that has no posts."""

    @abstractmethod
    def fault(self, step: str, *, kind: str, **more: Any) -> None:
        """Have the next call of a step go wrong."""

    @abstractmethod
    def n_asked(self, step: str) -> int:
        """Return how often a step was asked of the stand-in."""

    @abstractmethod
    def published(self) -> list[dict[str, Any]]:
        """Return what really stands, or stood, on the platform: id, text, marker, deleted_at."""

    @abstractmethod
    def everything_asked(self) -> str:
        """Return addresses and statuses of every call, as text."""

    @abstractmethod
    def tell_figures(self, external_id: str, *, count: Any) -> None:
        """Have the next answer about a post's figures give `count` for each of its metrics."""

    @abstractmethod
    def short_of_scopes(self) -> str:
        """Have the next token answer grant less than was asked for, and return a scope that is then missing."""

    @abstractmethod
    def a_code(self) -> str:
        """Return a one-time code, as a person's consent gives it."""

    @abstractmethod
    def kill_version(self, settings: Any) -> None:
        """Set a version that the platform no longer answers."""


class LinkedInStand(Stand):
    """LinkedIn's."""

    ENDPOINTS = {
        "publish": "POST /rest/posts",
        "list": "GET /rest/posts",
        "read": "GET /rest/posts/*",
        "delete": "DELETE /rest/posts/*",
        "figures": "GET /rest/organizationalEntityShareStatistics",
        "pages": "GET /rest/organizationAcls",
        "probe": "GET /rest/organizationAcls",
        "token": "POST /oauth/v2/accessToken",
        "revoke": "POST /oauth/v2/introspectToken",
    }
    redirect_uri = "http://localhost:8000/kanaler/linkedin/tilbake/"
    missing_id = "urn:li:share:7000000000000000001"
    pages_found = ["urn:li:organization:1001"]
    pasted = [
        ("https://www.linkedin.com/feed/update/urn:li:share:7123/", "urn:li:share:7123"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A7123?x=1", "urn:li:ugcPost:7123"),
        ("https://www.linkedin.com/posts/lyngvaer_jobb-activity-7123-AbC1/", "urn:li:activity:7123"),
        ("https://www.linkedin.com/company/lyngvaer/", ""),
        ("urn:li:share:71234567890123456789012", ""),
        ("javascript:alert(1)", ""),
    ]
    lengths = [
        ("(a)", 3),
        ("https://x.example/a_b", 21),
        ("👍🏽", 2),
        ("Hei @[Lyngvær](urn:li:organization:1001)", 11),
    ]

    def __init__(self, sandbox: LinkedInSandbox) -> None:
        self.sandbox = sandbox
        self.token = sandbox.token

    def connector(self) -> Connector:
        return LinkedIn(Access(self.sandbox.token, self.sandbox.organisations[0]["urn"]))

    def fault(self, step: str, *, kind: str, **more: Any) -> None:
        self.sandbox.fault(self.ENDPOINTS[step], kind=kind, **more)

    def n_asked(self, step: str) -> int:
        method, path = self.ENDPOINTS[step].split(" ")
        calls = [call for call in self.sandbox.calls() if call["method"] == method]
        return sum(call["path"].startswith(path.rstrip("*")) if "*" in path else call["path"] == path for call in calls)

    def published(self) -> list[dict[str, Any]]:
        return self.sandbox.truth()

    def everything_asked(self) -> str:
        return str(self.sandbox.calls())

    def tell_figures(self, external_id: str, *, count: Any) -> None:
        names = ("impressionCount", "uniqueImpressionsCount", "clickCount", "likeCount", "commentCount", "shareCount")
        row = {"share": external_id, "totalShareStatistics": dict.fromkeys(names, count)}
        self.fault("figures", kind="fields", set={"elements": [row]})
        social = {"commentSummary": {"count": count}, "reactionSummaries": {"LIKE": {"count": count}}}
        self.sandbox.fault("GET /rest/socialMetadata/*", kind="fields", set=social)

    def short_of_scopes(self) -> str:
        self.fault("token", kind="fields", set={"scope": "openid,profile,r_organization_social"})
        return "w_organization_social"

    def a_code(self) -> str:
        from urllib.parse import parse_qs, urlsplit

        import requests

        way = LinkedIn().authorise_url(state="s", redirect_uri=self.redirect_uri)
        form = {"member": self.sandbox.announced["members"][0]["id"], "choice": "allow"}
        answer = requests.post(way, data=form, allow_redirects=False, timeout=5)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def kill_version(self, settings: Any) -> None:
        settings.LINKEDIN_VERSION = "202511"


STANDS: dict[str, type[LinkedInStand]] = {"linkedin": LinkedInStand}
