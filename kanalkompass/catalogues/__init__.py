"""Catalogues of texts, kept with Babel alone: it is a tool of development, not of the running product."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
# English is the source, and its own translation.
LANGUAGES = ("nb", "nn", "en")
TRANSLATED = ("nb", "nn")


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"
