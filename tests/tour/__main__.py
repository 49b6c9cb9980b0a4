"""
A picture of every page of the demonstration, in bokmål and the light scheme, as a desk and as a phone shows it.

Each role follows the links it is offered, first in the town that has most figures, then in the one whose pages on
LinkedIn are connected; of pages that differ only in whose row they show, one is pictured, of deliveries one for each
state. The pictures and an index stand in docs/tour/; what was there before is replaced.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page

from kanalkompass.launcher import place
from tests import demonstration
from tests.demonstration import PEOPLE, TOWN, Demonstration
from tests.tour import apart

FOLDER = place.ROOT / "docs" / "tour"
WIDTHS = {1280: 900, 390: 844}
# A picture is cut below this many pixels: the rest of a long table tells nothing new.
TALLEST = {1280: 2200, 390: 3200}
MOST_BYTES = 58_000
DEEPEST = 4
# What acts, leaves, is a file or looks the same for everybody; and the start, which leads on.
NEVER = re.compile(
    r"/admin/|/administrasjon/|logout|/fil$|\.csv|\.xlsx|\.ics|qr\.|/s/|/tema/|/logo/|\?side=|last=|^/$|\?.*farge"
)
# The town with connected pages, and who walks there; its people read nynorsk, and the tour asks for bokmål.
CONNECTED, WALKERS = "9902", {"adviser": "Sigurd Vik", "hr": "Torunn Aase"}
# Rows of these kinds lead to different pages, so more than one of them is visited; deliveries look different too.
VARIED, MOST_ROWS = {"/#/leveringer/#/": "state", "/#/innlegg/#/": ""}, 40
# Roles by what they see most of; a page is pictured as the first of them that reaches it.
ROLES = {"adviser": "kommunikasjonsrådgiver", "hr": "HR-rådgiver", "administrator": "administrator", "reader": "leser"}
VISITOR, OPERATOR = "besøkende", "systemadministrator"


@dataclass
class Stop:
    """A page of the tour: who sees it, its address and title, and the names of its pictures by width."""

    role: str
    path: str
    variant: str = ""
    title: str = ""
    pictures: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What its pictures are called, from the address without numbers and codes."""
        words = kind_of(self.path).removeprefix("/#").replace("#", "en")
        plain = re.sub(r"[^a-z]+", "-", words.lower()).strip("-") or "oversikt"
        if self.variant:
            return f"{plain}-{self.variant.replace('_', '-')}"
        return f"{plain}-{self.role}" if self.is_of_each_role else plain

    @property
    def is_of_each_role(self) -> bool:
        """Whether every role has a page of its own here."""
        return self.path in (f"/{TOWN}/", f"/{TOWN}/kilder/")


def kind_of(path: str) -> str:
    """Return a path without what tells one row, or one kind of channel, from the next."""
    return re.sub(r"/(\d+)(?=/)|(?<=^/u)/[0-9a-z]+(?=/)", "/#", re.sub(r"/ny/[a-z-]+/", "/ny/#/", path))


class Tour:
    """What has been pictured so far."""

    def __init__(self, town: Demonstration, folder: Path, *, most: int) -> None:
        self.town, self.folder, self.most = town, folder, most
        self.stops: list[Stop] = []
        self.seen: set[str] = set()
        # Public addresses that were met on the way; they are opened without a log-in at the end.
        self.public: list[str] = []

    def walk(self, page: Page, role: str, starts: list[str]) -> None:
        """Follow the links from the starts, and picture each kind of page that nobody has pictured."""
        todo, met, n_before = deque((each, 0) for each in starts), Counter[str](), len(self.stops)
        while todo and len(self.stops) - n_before < self.most:
            path, depth = todo.popleft()
            shape = kind_of(path)
            if met[path] or met[shape] >= (MOST_ROWS if shape in VARIED else 1):
                continue
            met.update({path, shape})
            answer = page.goto(self.town.base + path)
            if answer is None or answer.status >= 400 or urlsplit(page.url).path != urlsplit(path).path:
                continue
            links = self.links(page)
            variant = page.locator("[data-state]").get_attribute("data-state") if VARIED.get(shape) else ""
            stop = Stop(role, path, variant or "")
            if stop.name not in self.seen:
                self.seen.add(stop.name)
                self.picture(page, stop)
            if depth < DEEPEST:
                todo.extend((each, depth + 1) for each in links)

    def links(self, page: Page) -> list[str]:
        """Return where the page leads to below the municipality and one's own account, whatever the filters."""
        found: list[str] = page.eval_on_selector_all("a[href]", "(links) => links.map((each) => each.href)")
        written = page.locator("main").inner_html()
        self.public += re.findall(r"/u/[0-9a-z]{6,12}/", written)
        paths = [
            re.split("[?#]", each.removeprefix(self.town.base))[0] for each in found if each.startswith(self.town.base)
        ]
        self.public += [each for each in paths if each.startswith("/personvern/")]
        towns = rf"/(?:{TOWN}|{CONNECTED})/|/konto/|/system/"
        wanted = [each for each in paths if re.match(towns, each) and not NEVER.search(each)]
        return list(dict.fromkeys(wanted))

    def picture(self, page: Page, stop: Stop) -> None:
        """Take the page's pictures, and put the stop into the tour."""
        stop.title = page.title().removesuffix(" – Kanalkompass")
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("() => document.fonts.ready")
            tall = int(page.evaluate("() => document.documentElement.scrollHeight"))
            # A window as tall as the page: what clings to the lower edge stands where the page ends.
            page.set_viewport_size({"width": width, "height": min(max(tall, height), TALLEST[width])})
            drawn = page.screenshot()
            stop.pictures[width] = f"{stop.name}-{width}.webp"
            (self.folder / stop.pictures[width]).write_bytes(small(drawn, tallest=TALLEST[width]))
        self.stops.append(stop)
        print(f"{stop.role:<14} {stop.path}", flush=True)


def small(drawn: bytes, *, tallest: int) -> bytes:
    """Return a picture as WebP, cut and as strongly compressed as it must be to stay small."""
    with Image.open(io.BytesIO(drawn)) as opened:
        picture = opened.convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, tallest)))
    for quality in (45, 30, 20, 10):
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=quality, method=4)
        if content.tell() <= MOST_BYTES:
            break
    return content.getvalue()


def take(town: Demonstration, browser: Browser, folder: Path, *, most: int) -> list[Stop]:
    """Walk through the demonstration as each role and as a visitor, and return the stops."""
    tour = Tour(town, folder, most=most)
    options = {"locale": "nb-NO", "timezone_id": "Europe/Oslo", "color_scheme": "light", "reduced_motion": "reduce"}
    for role in ROLES:
        context = browser.new_context(**options)
        page = demonstration.log_in(town, context, PEOPLE[role])
        tour.walk(page, role, [f"/{TOWN}/"])
        context.close()
    for role, name in WALKERS.items():
        context = browser.new_context(**options)
        page = demonstration.log_in(town, context, name)
        with apart.in_bokmaal(page, town.base + f"/{CONNECTED}/"):
            tour.walk(page, role, [f"/{CONNECTED}/"])
        context.close()
    _apart(tour, browser, options)
    return tour.stops


def _apart(tour: Tour, browser: Browser, options: dict[str, Any]) -> None:
    """Picture what no member of one town is led to: many towns, the system administrator, visitors, what is missing."""
    base = tour.town.base
    with browser.new_context(**options) as context:
        page = context.new_page()
        apart.give_password(tour.town, page, apart.OF_TWO_TOWNS)
        tour.picture(page, Stop(VISITOR, urlsplit(page.url).path))
    with browser.new_context(**options) as context:
        page = demonstration.log_in(tour.town, context, apart.OF_TWO_TOWNS)
        page.goto(f"{base}/")
        tour.picture(page, Stop("adviser", "/velg/"))
        tour.walk(page, "adviser", apart.OF_ONES_OWN)
    with browser.new_context(**options) as context, apart.operator(tour.town, context):
        tour.walk(context.new_page(), OPERATOR, ["/system/", f"/system/{CONNECTED}/inn/"])
    with browser.new_context(**options) as context:
        page = context.new_page()
        tour.walk(page, VISITOR, [*apart.OF_VISITORS, *dict.fromkeys(tour.public)])
        survey = next(each for each in tour.public if each.startswith("/u/"))
        with apart.answered(page, base + survey):
            tour.picture(page, Stop(VISITOR, f"{survey}takk/"))
        tour.picture(page, Stop(VISITOR, "/u/trekk/", "slettet"))
        for path in ("/finnes/ikke/", "/s/finnesikke"):
            page.goto(base + path)
            tour.picture(page, Stop(VISITOR, path))


def index(stops: list[Stop]) -> str:
    """Return the page that shows all pictures, role by role."""
    lines = [
        "# Kanalkompass side for side",
        "",
        "Bilder av demonstrasjonen, på bokmål i lyst utseende. Kommunen, navnene og tallene er oppdiktet.",
        "Laget med `make tour`. Hvordan de står seg mot skissene: [mockups.md](../mockups.md).",
    ]
    for role, name in {**ROLES, OPERATOR: OPERATOR, VISITOR: VISITOR}.items():
        lines += ["", f"## Sett av {name}", "", "| side | 1280 | 390 |", "|---|---|---|"]
        for stop in (each for each in stops if each.role == role):
            title = stop.title.replace("|", "–")
            shown = " | ".join(f"[![{title}]({file})]({file})" for file in stop.pictures.values())
            lines.append(f"| {title} | {shown} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Make the tour anew."""
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--var", type=Path, help="the folder of a running demonstration; else one is started")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where the pictures go")
    parser.add_argument("--most", type=int, default=1000, help="how many pages of each role; for a trial")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    for old in options.to.glob("*.webp"):
        old.unlink()
    with demonstration.running(options.var) as town, demonstration.chromium() as browser:
        stops = take(town, browser, options.to, most=options.most)
    (options.to / "index.md").write_text(index(stops))
    weight = sum(path.stat().st_size for path in options.to.glob("*.webp"))
    print(f"{len(stops)} pages, {2 * len(stops)} pictures, {weight / 1e6:.1f} MB in {options.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
