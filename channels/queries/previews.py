"""A post as a reader meets it on the channel: how it is counted, where it is cut, what is a link or a hashtag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from channels.connectors import Card, Connector
from channels.models import MediaItem
from channels.rules.hashtags import HASHTAG

_MARKED = re.compile(rf"(?P<link>https?://\S+)|(?P<tag>{HASHTAG.pattern})")
# So far back a cut may move to spare a word.
_SPARED = 30


@dataclass(frozen=True)
class Part:
    """A stretch of a preview's text: "link", "tag" or "plain"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Counted:
    """A text as one channel counts it, in the channel's own characters."""

    length: int
    max_length: int
    visible_before_more: int

    @property
    def n_over(self) -> int:
        """How many characters are too many; 0 when it fits."""
        return max(0, self.length - self.max_length)


@dataclass(frozen=True)
class Preview:
    """What a reader sees at once, and what «see more» unfolds."""

    page_name: str
    shown: list[Part]
    unfolded: list[Part]
    media: MediaItem | None
    card: Card | None = None

    @property
    def card_host(self) -> str:
        """The name of the web site that the card leads to, as it is shown below the title."""
        return (urlsplit(self.card.address).hostname or "") if self.card else ""


def counted(*, text: str, connector: Connector) -> Counted:
    """Return how the channel counts a text that holds its link already."""
    rules = connector.text_rules
    return Counted(connector.length(text), rules.max_length, rules.visible_before_more)


def preview_of(
    *, text: str, visible: int, page_name: str, media: MediaItem | None, card: Card | None = None
) -> Preview:
    """Return the preview of a text that holds its link already; `visible` characters show before «see more»."""
    shown, unfolded = _cut(text, visible)
    return Preview(page_name, list(_parts(shown)), list(_parts(unfolded)), media, card)


def _cut(text: str, visible: int) -> tuple[str, str]:
    if len(text) <= visible:
        return text, ""
    space = max(text.rfind(" ", 0, visible + 1), text.rfind("\n", 0, visible + 1))
    at = space if space > visible - _SPARED else visible
    return text[:at].rstrip(), text[at:].lstrip(" ")


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for match in _MARKED.finditer(text):
        if match.start() > at:
            yield Part("plain", text[at : match.start()])
        yield Part("link" if match["link"] else "tag", match.group())
        at = match.end()
    if at < len(text):
        yield Part("plain", text[at:])
