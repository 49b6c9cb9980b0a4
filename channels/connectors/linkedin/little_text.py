r"""
LinkedIn's "little text", the format of a post's commentary.

Fifteen characters are reserved. One that is meant literally must stand behind a backslash, otherwise LinkedIn accepts
the post and cuts its text there. Two elements are written raw because they are meant: hashtags, and mentions of a page,
`@[Name](urn:li:organization:1)`. Addresses keep their characters too, so that LinkedIn goes on turning them into
links; only brackets and backslashes are escaped there, because those cut the text wherever they stand.
"""

from __future__ import annotations

import re

RESERVED = r"|{}@[]()<>#\*_~"
_ESCAPES = {ord(character): f"\\{character}" for character in RESERVED}
_ESCAPES_IN_ADDRESS = {ord(character): f"\\{character}" for character in "{}[]()<>\\"}

# In this order: a hash inside an address is no hashtag. A name in a mention holds no reserved character.
_ELEMENT = re.compile(
    r"(?P<address>(?<!\w)https?://\S+)"
    r"|(?P<mention>@\[(?P<name>[^|{}@\[\]()<>#\\*_~\r\n]+)\]\(urn:li:organization:\d{1,18}\))"
    r"|(?P<hashtag>(?<!\w)#[^\W_]\w*)",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([|{}@\[\]()<>#\\*_~])")
_HASHTAG_TEMPLATE = re.compile(r"\{hashtag\\?\|\\#\\?\|((?:\\_|\w)+)\}")


def escape(text: str) -> str:
    """Return `text` as commentary that LinkedIn shows as exactly `text`."""
    parts, position = [], 0
    for element in _ELEMENT.finditer(text):
        parts += [text[position : element.start()].translate(_ESCAPES), _written(element)]
        position = element.end()
    return "".join([*parts, text[position:].translate(_ESCAPES)])


def _written(element: re.Match[str]) -> str:
    if element["address"]:
        return element["address"].translate(_ESCAPES_IN_ADDRESS)
    if element["mention"]:
        return element["mention"]
    return "#" + element["hashtag"][1:].replace("_", r"\_")


def plain(commentary: str) -> str:
    """Return the text behind a commentary: `plain(escape(text)) == text`."""
    return _ESCAPED.sub(r"\1", _HASHTAG_TEMPLATE.sub(r"#\1", commentary))


def visible_length(text: str) -> int:
    """Return how many characters of `text` LinkedIn counts: what readers see, a mention as its name."""
    return len(text) - sum(
        len(element["mention"]) - len(element["name"]) for element in _ELEMENT.finditer(text) if element["mention"]
    )
