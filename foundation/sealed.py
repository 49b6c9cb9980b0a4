"""
Text that is sealed in the database: channel tokens and one-time secrets.

What is stored is `<key id>.<Fernet text>`. The id is a fingerprint of the key, so that a row tells which key it needs
without giving anything of it away. Rows from before there were ids have the Fernet text alone, and stay readable.
"""

import hashlib
import json
import re
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

KEY_ID_LENGTH = 9
WITHOUT_ID = "without id"
_SEALED = re.compile(r"(?:(k[0-9a-f]{8})\.)?gAAAA[A-Za-z0-9_-]{90,}={0,2}")


class KeyLost(InvalidToken):
    """The key that sealed a text is not among CHANNEL_TOKEN_KEYS. The text is untouched, and opens when it is back."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The key {key_id} is not in CHANNEL_TOKEN_KEYS; put it back to open what it sealed")
        self.key_id = key_id


def key_id(key: str) -> str:
    """Return the id of a key: nine characters, made with a one-way function from 256 random bits."""
    return "k" + hashlib.sha256(b"kanalkompass key id " + key.encode()).hexdigest()[: KEY_ID_LENGTH - 1]


def newest_key_id() -> str:
    """Return the id of the key that seals now: the first of CHANNEL_TOKEN_KEYS."""
    return key_id(settings.CHANNEL_TOKEN_KEYS[0])


def seal(text: str) -> str:
    """Return `text` encrypted and authenticated under the newest key, with that key's id."""
    key = settings.CHANNEL_TOKEN_KEYS[0]
    return f"{key_id(key)}.{Fernet(key).encrypt(text.encode()).decode()}"


def unseal(sealed: str) -> str:
    """
    Return the text of `sealed`.

    :raises KeyLost: the key it names is not among ours
    :raises cryptography.fernet.InvalidToken: it was changed; or it names no key, and none of ours opens it
    """
    found, _, text = sealed.rpartition(".")
    if not found:
        every = MultiFernet([Fernet(key) for key in settings.CHANNEL_TOKEN_KEYS])
        return every.decrypt(text.encode()).decode()
    for key in settings.CHANNEL_TOKEN_KEYS:
        if key_id(key) == found:
            return Fernet(key).decrypt(text.encode()).decode()
    raise KeyLost(found)


def sealed_under(sealed: str) -> str:
    """Return the id of the key that a sealed text names, or `WITHOUT_ID`."""
    found, _, _ = sealed.rpartition(".")
    return found or WITHOUT_ID


def is_sealed(text: str) -> bool:
    """Whether a text has the form of a sealed one; what is in it is not opened."""
    return bool(_SEALED.fullmatch(text))


class SealedText(models.TextField):
    """A text column that only ever holds sealed text. It cannot be searched; None and "" stay as they are."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way in."""
        return seal(value) if value else value

    def from_db_value(self, value: Any, *_: Any) -> Any:
        """Open on the way out."""
        return unseal(value) if value else value


class SessionSerializer:
    """
    What a session holds, sealed: while somebody sets up her app, the one-time secret lies there.

    A session whose key is lost is over, and its owner logs in again: sessions are not rotated.
    """

    def dumps(self, obj: Any) -> bytes:
        """Return the session's values as sealed text."""
        return seal(json.dumps(obj, separators=(",", ":"))).encode()

    def loads(self, data: bytes) -> Any:
        """
        Return the values again.

        :raises cryptography.fernet.InvalidToken: no key of ours opens them
        """
        return json.loads(unseal(data.decode()))
