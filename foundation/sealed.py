"""Text that is sealed in the database: channel tokens and one-time secrets."""

from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def box() -> MultiFernet:
    """Return the box that seals and opens; CHANNEL_TOKEN_KEYS holds its keys, newest first."""
    return MultiFernet([Fernet(key) for key in settings.CHANNEL_TOKEN_KEYS])


def seal(text: str) -> str:
    """Return `text` encrypted and authenticated under the newest key."""
    return box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """
    Return the text of `sealed`.

    :raises cryptography.fernet.InvalidToken: no key of ours opens it, or it was changed
    """
    return box().decrypt(sealed.encode()).decode()


class SealedText(models.TextField):
    """A text column that only ever holds sealed text. It cannot be searched; None and "" stay as they are."""

    def get_prep_value(self, value: Any) -> Any:
        """Seal on the way in."""
        return seal(value) if value else value

    def from_db_value(self, value: Any, *_: Any) -> Any:
        """Open on the way out."""
        return unseal(value) if value else value
