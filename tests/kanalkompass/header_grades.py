"""The grade table of every answer's headers and of what a page may load (P23)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What is being graded."""

    is_https: bool
    is_static: bool = False
    # A picture or a QR code: its bytes never change, so the browser of who may see it may keep it for a while.
    may_be_kept: bool = False


@dataclass(frozen=True)
class Grade:
    """A header that every answer of some kind must carry, and what it must say."""

    header: str
    is_met: Callable[[str], bool]
    counts_for: Callable[[Kind], bool] = lambda kind: True


def directives(policy: str) -> dict[str, list[str]]:
    """Return a content security policy's directives by name."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


def is_strict_policy(policy: str) -> bool:
    """Whether a policy lets nothing inline and nothing foreign in, and is framed by nobody."""
    found = directives(policy)
    if "sandbox" in found:
        return found["default-src"] == ["'none'"]
    words = {word for values in found.values() for word in values}
    own = {"'self'", "'none'", "data:"}
    return (
        words <= own
        and "data:" not in found["script-src"] + found["style-src"]
        and found["default-src"] == ["'none'"]
        and found["object-src"] == ["'none'"]
        and found["frame-ancestors"] == ["'none'"]
        and found["base-uri"] == ["'none'"]
        and found["form-action"] == ["'self'"]
    )


def is_kept_by_nobody(value: str) -> bool:
    """Whether no cache may keep the answer."""
    return "no-store" in value


GRADES = [
    Grade("Content-Security-Policy", is_strict_policy),
    Grade("X-Content-Type-Options", lambda value: value == "nosniff"),
    Grade("X-Frame-Options", lambda value: value == "DENY"),
    Grade("Referrer-Policy", lambda value: value in {"strict-origin-when-cross-origin", "same-origin", "no-referrer"}),
    Grade("Cross-Origin-Opener-Policy", lambda value: value == "same-origin"),
    Grade("Cross-Origin-Resource-Policy", lambda value: value == "same-origin"),
    Grade("Permissions-Policy", lambda value: all(f"{name}=()" in value for name in ("camera", "geolocation", "usb"))),
    Grade(
        "Strict-Transport-Security",
        lambda value: int(re.findall(r"max-age=(\d+)", value)[0]) >= 31_536_000 and "includeSubDomains" in value,
        lambda kind: kind.is_https,
    ),
    Grade("Cache-Control", is_kept_by_nobody, lambda kind: not (kind.is_static or kind.may_be_kept)),
    Grade("Cache-Control", lambda value: "private" in value, lambda kind: kind.may_be_kept),
]
TELLING = ("Server", "X-Powered-By", "X-Runtime", "X-Generator", "Via")


def problems_of(answer: Any, kind: Kind) -> Iterator[str]:
    """Yield what is wrong with an answer's headers, cookies and page; nothing for a good one."""
    for grade in GRADES:
        if grade.counts_for(kind):
            value = answer.headers.get(grade.header)
            if value is None:
                yield f"{grade.header} is missing"
            elif not grade.is_met(value):
                yield f"{grade.header} says {value!r}"
    yield from (f"{name} tells what we run on" for name in TELLING if name in answer.headers)
    for cookie in answer.cookies.values():
        yield from _problems_of_cookie(cookie, kind)
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        page = Page()
        page.feed(answer.content.decode())
        yield from page.problems


def _problems_of_cookie(cookie: Any, kind: Kind) -> Iterator[str]:
    if not cookie["httponly"]:
        yield f"the cookie {cookie.key} can be read by scripts"
    if cookie["samesite"] not in {"Lax", "Strict"}:
        yield f"the cookie {cookie.key} is sent along from other sites"
    if kind.is_https and not (
        cookie.key.startswith("__Host-") and cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]
    ):
        yield f"the cookie {cookie.key} is not bound to this host and https"


class Page(HTMLParser):
    """Reads a page for what the policy would stop, and for what is fetched from others."""

    LOADS = {
        "script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "form": "action",
        "object": "data", "embed": "src", "use": "href", "audio": "src", "video": "src", "base": "href",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = dict(attrs)
        inline = [name for name in given if name.startswith("on") or name == "style"]
        data_only = given.get("type") in {"application/json", "text/template"}
        if inline or tag == "style" or (tag == "script" and "src" not in given and not data_only):
            self.problems.append(f"<{tag}> is inline: {inline}")
        address = given.get(self.LOADS.get(tag, ""), "") or ""
        if re.match(r"(?i)\s*([a-z][a-z0-9+.-]*:)?//", address):
            self.problems.append(f"<{tag}> fetches from others: {address}")
