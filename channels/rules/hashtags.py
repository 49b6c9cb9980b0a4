"""Hashtags that a screen reader can read out: a capital for each word (R20)."""

import re

HASHTAG = re.compile(r"(?<![\w&/#])#(\w*[^\W\d_]\w*)")
# More than this no channel takes; far fewer serve the reader better.
MAX_HASHTAGS = 30


def hashtags_in(text: str) -> list[str]:
    """Return the hashtags of `text` without their sign, in order."""
    return HASHTAG.findall(text)


def is_readable(tag: str) -> bool:
    """Whether a hashtag starts with a capital, and is not all capitals unless it is a short abbreviation."""
    letters = [char for char in tag if char.isalpha()]
    return letters[0].isupper() and (len(letters) <= 5 or not all(char.isupper() for char in letters))
