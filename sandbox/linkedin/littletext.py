r"""
LinkedIn's "little text": what a commentary really shows once published.

Fifteen characters are reserved and must be escaped with a backslash. The API takes an unescaped one without a word and
publishes only what stands before it; this module does the same, so that a client that forgets to escape is found out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

RESERVED = frozenset("|{}@[]()<>#\\*_~")
BRACKETS = frozenset("{}[]()<>")

# Nothing here is reserved or begins an address.
PLAIN = re.compile(r"[^|{}@\[\]()<>#\\*_~hH]+")
URL_START = re.compile(r"https?://", re.IGNORECASE)
MENTION = re.compile(r"@\[((?:\\.|[^\\\[\](){}<>|@#*_~])+)\]\((urn:li:(?:organization|person):[A-Za-z0-9_-]+)\)")
HASHTAG_TEMPLATE = re.compile(r"\{hashtag\\?\|\\#\\?\|((?:\\_|\w)+)\}")
HASHTAG_BODY = re.compile(r"[^\W_]|\\_")


@dataclass(frozen=True)
class Rendered:
    """`text` is what people see. `cut_at` is the position in the source where it was cut, None when whole."""

    text: str
    cut_at: int | None
    mentions: tuple[str, ...]


@lru_cache(maxsize=256)
def render(source: str) -> Rendered:
    """Return the published form of a commentary."""
    return _render(source, is_cutting=True)


@lru_cache(maxsize=256)
def visible_length(source: str) -> int:
    """Return the number of visible characters (code points) the writer meant, as if nothing were cut."""
    return len(_render(source, is_cutting=False).text)


def _render(source: str, *, is_cutting: bool) -> Rendered:
    shown: list[str] = []
    mentions: list[str] = []
    position, url_end = 0, 0
    while position < len(source):
        if plain := PLAIN.match(source, position):
            shown.append(plain[0])
            position = plain.end()
            continue
        if position >= url_end and _starts_url(source, position):
            url_end = _url_end(source, position)
        text, step, mention = _element(source, position, in_url=position < url_end)
        if step == 0:
            if is_cutting:
                return Rendered("".join(shown), position, tuple(mentions))
            text, step = source[position], 1
        if mention:
            mentions.append(mention)
        shown.append(text)
        position += step
    return Rendered("".join(shown), None, tuple(mentions))


def _starts_url(source: str, position: int) -> bool:
    is_inside_word = position > 0 and source[position - 1].isalnum()
    return not is_inside_word and URL_START.match(source, position) is not None


def _url_end(source: str, position: int) -> int:
    end = re.compile(r"\s|$").search(source, position)
    return end.start() if end else len(source)


def _element(source: str, position: int, *, in_url: bool) -> tuple[str, int, str | None]:
    """Return (shown text, characters used, mentioned URN) at a position; 0 used = a reserved character stands bare."""
    character = source[position]
    if character == "\\" and source[position + 1 : position + 2] in RESERVED and position + 1 < len(source):
        return source[position + 1], 2, None
    if character not in RESERVED:
        return character, 1, None
    if in_url and character not in BRACKETS and character != "\\":
        return character, 1, None
    if character == "@" and (mention := MENTION.match(source, position)):
        return _unescape(mention[1]), len(mention[0]), mention[2]
    if character == "{" and (template := HASHTAG_TEMPLATE.match(source, position)):
        return "#" + _unescape(template[1]), len(template[0]), None
    if character == "#" and HASHTAG_BODY.match(source, position + 1):
        return "#", 1, None
    return "", 0, None


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
