"""Looking at a page in a real browser: what is wrong with it, in lines a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.journeys import words

AXE = {
    "resultTypes": ["violations"],
    # Needed for sound and films alone, and it loads every stylesheet once more.
    "preload": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The rules whose answer a window's width and colours decide; the others say the same of a page in every window.
OF_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
# What a person reads or hears: texts, and names that only assistive technology tells. Parts that declare a language of
# their own are left out, and so are the suggestions of a list, which are data, and the names of keys.
SCRIPT = """() => {
  const root = document.documentElement;
  const foreign = (element) => { const near = element.closest("[lang]"); return near && near !== root; };
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!holder.closest("script, style, template, textarea, datalist, kbd, code") && !foreign(holder))
      texts.push(walker.currentNode.data);
  }
  for (const name of ["aria-label", "aria-description", "title", "alt", "placeholder", "data-copied", "data-template"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (!foreign(element)) texts.push(element.getAttribute(name));
  const wide = root.scrollWidth > root.clientWidth
    ? [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1
        && !e.closest(".kk-scroll")).slice(0, 3).map((e) => e.tagName.toLowerCase() + "." + e.className)
    : [];
  return {
    texts, wide, lang: root.lang, title: document.title,
    overflow: root.scrollWidth - root.clientWidth,
    leads_back: document.querySelector("nav.kk-crumbs ol a") !== null,
    h1: [...document.querySelectorAll("h1")].map((e) => e.textContent.trim()),
  };
}"""


# How far the page reaches beyond its window, and what does.
OVERFLOW = """() => {
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  return over <= 0 ? [] : [`${over} px`, ...[...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".kk-scroll"))
    .slice(0, 3).map((e) => e.tagName.toLowerCase() + "." + e.className)];
}"""


class Watch:
    """Keep what the browser complains about while a page is open: errors, refused styles and scripts."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        # The status of the page itself is asserted by whoever opened it.
        if message.type in {"error", "warning"} and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def taken(self) -> list[str]:
        """Return the complaints since the last time."""
        taken, self.complaints = self.complaints, []
        return taken


def faults(
    page: Page, *, language: str, with_axe: bool, has_way_back: bool = False, looks_alone: bool = False
) -> Iterator[str]:
    """Yield everything that is wrong with the open page; `has_way_back` asks for crumbs, `looks_alone` as below."""
    seen: dict[str, Any] = page.evaluate(SCRIPT)
    if seen["lang"] != language:
        yield f"declares the language {seen['lang']!r}"
    if not seen["title"].removesuffix(" – Kanalkompass").strip():
        yield "has no title"
    if len([heading for heading in seen["h1"] if heading]) != 1:
        yield f"has {len(seen['h1'])} first-level headings: {seen['h1']}"
    if has_way_back and not seen["leads_back"]:
        yield "has no crumbs that lead back"
    if seen["overflow"] > 0:
        yield f"is {seen['overflow']} px too wide: {seen['wide']}"
    yield from words.strangers(seen["texts"], language)
    if with_axe:
        yield from barriers(page, looks_alone=looks_alone)


def squeezed(page: Page, *, width: int) -> Iterator[str]:
    """Yield what is too wide when the page's window is made `width` pixels wide (WCAG 1.4.10), and widen it again."""
    before = page.viewport_size
    assert before
    page.set_viewport_size({"width": width, "height": before["height"]})
    if wide := page.evaluate(OVERFLOW):
        yield f"needs sideways scrolling at {width} pixels: {wide}"
    page.set_viewport_size(before)


def bring_axe(page: Page) -> None:
    """Let every page that is opened in the window have axe: handing it over page by page takes longer than using it."""
    page.add_init_script(Axe().axe_script)


def barriers(page: Page, *, looks_alone: bool = False) -> Iterator[str]:
    """
    Yield axe-core's violations (WCAG 2.0-2.2, A and AA, and best practice) with the element of each.

    :param looks_alone: only what width and colours decide, for a page that was tried whole in another window
    """
    options = AXE | {"runOnly": {"type": "rule", "values": OF_LOOKS}} if looks_alone else AXE
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # What is in order is not asked for: carrying it over takes as long as finding it.
    for violation in page.evaluate("options => axe.run(options).then(found => found.violations)", options):
        for node in violation["nodes"][:3]:
            summary = " ".join((node.get("failureSummary") or "").split())
            yield f"axe {violation['id']}: {node['html'][:160]} ({summary[:200]})"
