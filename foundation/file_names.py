"""Names as they stand in a file's name: small letters a to z, figures and hyphens, whatever the file system."""

import re
import unicodedata

# What does not fall apart into a letter and its mark: Norwegian and Sámi letters.
LETTERS = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ŋ": "n", "ŧ": "t", "ß": "ss", "ð": "d", "þ": "th", "ł": "l"})
LONGEST = 40


def in_file_name(name: str, *, otherwise: str) -> str:
    """
    Return a name fit for a file's: «Kárášjohka – Karasjok» is «karasjohka-karasjok».

    :param otherwise: what stands there when nothing of the name is left
    """
    letters = unicodedata.normalize("NFKD", name.lower().translate(LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or otherwise
