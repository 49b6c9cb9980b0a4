"""Codes that people read aloud and type: nothing that is read as something else, and no vowels that make words."""

import secrets

ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_code(length: int) -> str:
    """Return a random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def code_of(digest: bytes, length: int) -> str:
    """Return the code that a digest spells; the same digest always spells the same code."""
    number, letters = int.from_bytes(digest, "big"), []
    for _ in range(length):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def typed(text: str) -> str:
    """Return what a person typed as the code she meant: small letters, without spaces and hyphens."""
    return "".join(char for char in text.lower() if not char.isspace() and char not in "-\N{EN DASH}\N{MINUS SIGN}")


def is_code(text: str) -> bool:
    """Whether every character is one of ours; asked before a code from outside reaches the database."""
    return bool(text) and all(char in ALPHABET for char in text)


def in_groups(code: str, size: int = 4) -> str:
    """Return the code as it is shown: K7M2-P4TD."""
    return "-".join(code.upper()[start : start + size] for start in range(0, len(code), size))
