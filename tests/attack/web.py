"""Visitors that crawl, fill in forms and remember what went wrong; the same for the product and for the plant."""

from __future__ import annotations

import datetime
import http.client
import re
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

DEADLINE_S = 20
# How many addresses of one shape (numbers left out) a crawl opens.
PER_SHAPE = 2
WORDS = {"text", "search", "textarea", "email", "url", "tel", "password", ""}


@dataclass(frozen=True)
class Field:
    """One field of a form; `kind` is its type, "select" or "textarea"."""

    name: str
    kind: str
    value: str

    @property
    def takes_words(self) -> bool:
        """Whether a person writes in it."""
        return self.kind in WORDS


@dataclass(frozen=True)
class Form:
    """A form on a page; addresses are absolute."""

    page: str
    action: str
    method: str
    fields: tuple[Field, ...]
    # The names and values of its buttons: what a form does can hang on which one is pressed.
    buttons: tuple[tuple[str, str], ...] = ()

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes two forms the same kind of form: the same fields, at addresses of the same shape."""
        names = sorted({re.sub(r"_\d+$", "", each.name) for each in self.fields})
        where = shape_of(self.action)
        # A form of many fields is the same one for each kind of channel.
        return (self.method, where if len(names) < 4 else re.sub(r"[a-z-]+/\?$", "", where), *names)

    def filled(self, **words: str) -> dict[str, str]:
        """Return a plausible submission; `words` replaces the values of the named fields."""
        return {each.name: words.get(each.name, plausible(each)) for each in self.fields if each.name}


def shape_of(address: str) -> str:
    """Return an address without what tells one row from the next."""
    parts = urlsplit(address)
    names = sorted(re.findall(r"(?:^|&)([^=&]+)", parts.query))
    return re.sub(r"/(\d+|[0-9a-z]{8,})(?=/|$)", "/#", parts.path) + "?" + "&".join(names)


def one_of_each_shape(addresses: Iterable[str]) -> list[str]:
    """Return the first address of each shape."""
    return list({shape_of(address): address for address in reversed(list(addresses))}.values())


def plausible(one: Field) -> str:
    """Return what a careful person could write in a field."""
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    name = one.name.lower()
    if one.value or not one.takes_words:
        return one.value or {"number": "1", "date": f"{tomorrow:%Y-%m-%d}", "checkbox": "on"}.get(one.kind, "")
    if re.search(r"date|day|deadline|dato|frist|due", name):
        return f"{tomorrow:%d.%m.%Y}"
    if re.search(r"url|address|link|adresse", name) or one.kind == "url":
        return "https://soknad.example/1"
    if one.kind == "email" or "mail" in name:
        return "kari.nordmann@lyngvaer.example"
    if re.search(r"amount|kroner|hours|minutes|count|number|antall|n_", name):
        return "1"
    return "Vanlig tekst"


class _Page(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: dict[str, Any] | None = None
        self._select: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag in ("a", "area") and "href" in at:
            self.links.append(urljoin(self.address, at["href"]))
        elif tag == "form":
            action = urljoin(self.address, at.get("action") or self.address)
            self._open = {"action": action, "method": at.get("method", "get").lower(), "fields": [], "buttons": []}
        elif self._open is None:
            return
        elif tag in ("input", "button"):
            kind = at.get("type", "submit" if tag == "button" else "text").lower()
            is_taken = kind in ("radio", "submit") and any(f.name == at.get("name") for f in self._open["fields"])
            if at.get("name") and kind == "submit":
                self._open["buttons"].append((at["name"], at.get("value", "")))
            if at.get("name") and not is_taken and kind != "file":
                self._open["fields"].append(Field(at["name"], kind, at.get("value", "")))
        elif tag == "textarea" and at.get("name"):
            self._open["fields"].append(Field(at["name"], "textarea", ""))
        elif tag == "select" and at.get("name"):
            self._select = []
            self._open["fields"].append(Field(at["name"], "select", ""))
        elif tag == "option" and self._select is not None and at.get("value"):
            self._select.append(at["value"])
            last = self._open["fields"][-1]
            if len(self._select) == 1 or "selected" in at:
                self._open["fields"][-1] = Field(last.name, "select", at["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "form" and self._open is not None:
            one, self._open = self._open, None
            self.forms.append(
                Form(self.address, one["action"], one["method"], tuple(one["fields"]), tuple(one["buttons"]))
            )


@dataclass
class Crawl:
    """What a visitor saw: the text of each page, the addresses that lead on, and one form of each shape."""

    pages: dict[str, str] = field(default_factory=dict)
    ways: list[str] = field(default_factory=list)
    forms: dict[tuple[str, ...], Form] = field(default_factory=dict)


class Visitor:
    """A browser without a screen. It counts its requests and keeps every answer that was a fault."""

    def __init__(self, name: str, base: str, *, never: re.Pattern[str], home: str = "/") -> None:
        self.name, self.base, self.never, self.home = name, base, never, home
        # What somebody else might have put in the browser before the login.
        self.chosen_session = secrets.token_hex(16)
        self.session = requests.Session()
        self.session.trust_env = False
        self.statuses: Counter[int] = Counter()
        self.faults: set[str] = set()

    @property
    def cookies(self) -> str:
        """The cookies as a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)

    def ask(self, method: str, address: str, **how: Any) -> requests.Response:
        """Send one request; redirects are not followed unless asked."""
        how = {"allow_redirects": False, "timeout": DEADLINE_S} | how
        answer = self.session.request(method, urljoin(self.base, address), **how)
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and "/health/" not in address:
            self.faults.add(f"{method} {shape_of(address)} answers {answer.status_code}")
        return answer

    def ask_raw(self, path: str) -> str:
        """Return the body for a path that is sent as it stands; requests would tidy it up first."""
        with closing(http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=DEADLINE_S)) as line:
            line.request("GET", path, headers={"Cookie": self.cookies})
            answer = line.getresponse()
            self.statuses[answer.status] += 1
            return answer.read().decode(errors="replace")

    def submit(self, form: Form, data: dict[str, str], **how: Any) -> requests.Response:
        """Send a form as a browser would, with the page it stands on as the referrer."""
        headers = {"Referer": form.page, "Origin": self.base} | how.pop("headers", {})
        if form.method == "get":
            return self.ask("GET", form.action, params=data, headers=headers, **how)
        return self.ask("POST", form.action, data=data, headers=headers, **how)

    def is_ours(self, address: str) -> bool:
        """Whether a crawl may open it."""
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}" == self.base and not self.never.search(parts.path)

    def crawl(self, *, limit: int, starts: list[str] | None = None) -> Crawl:
        """Return what can be reached from home, at most `limit` pages, breadth first."""
        seen, shapes = set(), Counter()
        crawl, queue = Crawl(), deque(urljoin(self.base, start) for start in [self.home, *(starts or [])])
        while queue and len(crawl.pages) < limit:
            address = queue.popleft().partition("#")[0]
            if address in seen or not self.is_ours(address) or shapes[shape_of(address)] >= PER_SHAPE:
                continue
            seen.add(address)
            shapes[shape_of(address)] += 1
            answer = self.ask("GET", address)
            if answer.is_redirect:
                crawl.ways.append(address)
                queue.append(urljoin(address, answer.headers["Location"]))
            elif answer.headers.get("Content-Type", "").startswith("text/html"):
                crawl.pages[address] = answer.text
                page = _Page(address)
                page.feed(answer.text)
                queue.extend(page.links)
                crawl.forms |= {one.shape: one for one in page.forms if self.is_ours(one.action)}
        return crawl


@dataclass
class Site:
    """What is attacked: its visitors (the first one logged in to nothing) and what they see."""

    base: str
    visitors: dict[str, Visitor]
    # Everything below these addresses belongs to somebody else; nobody among the visitors may open it.
    foreign: str
    own: str
    say: Callable[[str], None]
    limit: int = 70
    crawls: dict[str, Crawl] = field(default_factory=dict)

    def look(self) -> None:
        """Let every visitor crawl, anew."""
        starts: list[str] = []
        for name, visitor in reversed(self.visitors.items()):
            self.crawls[name] = visitor.crawl(limit=self.limit, starts=starts[-40:])
            starts += [page for page in self.crawls[name].pages if "/u/" in page or "/s/" in page]

    def forms(self) -> Iterator[tuple[Visitor, Form]]:
        """Yield one form of each shape with a visitor who sees it; the logged in first."""
        seen = set()
        for name, visitor in reversed(self.visitors.items()):
            for shape, form in self.crawls[name].forms.items():
                if shape not in seen:
                    seen.add(shape)
                    yield visitor, form

    @property
    def anybody(self) -> Visitor:
        """Somebody who is logged in."""
        return list(self.visitors.values())[-1]

    @property
    def n_requests(self) -> int:
        """How many requests the visitors have sent."""
        return sum(sum(visitor.statuses.values()) for visitor in self.visitors.values())
