"""Which language a text is in: what no page may say, because it is English, a code, or the other form of Norwegian."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from babel.messages.catalog import Message
from django.apps import apps

from kanalkompass.catalogues import english, strings

# Words that only one of the languages has. None stands in what the tests themselves write on the pages.
ENGLISH = r"the|with|this|that|your|you|from|which|have|been|will|please|what|when|who|must|should|not"
BOKMAL = r"ikke|hvor|hva|hvordan|hvilke|hvilken|hvis|noen|noe|fra|jeg|hver|lenke|uke|uker|kilde|søker hos|ennå"
NYNORSK = r"ikkje|kvar|kva|korleis|dersom|nokon|noko|frå|eg|kvar|lenkje|veke|veker|kjelde|enno|eit|ein"
STRANGE = {"nb": (ENGLISH, NYNORSK), "nn": (ENGLISH, BOKMAL), "en": (BOKMAL, NYNORSK)}
LONG_ENOUGH = 12
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|%%")


def strangers(texts: Iterable[str], language: str) -> Iterator[str]:
    """Yield what a page in `language` says in another language or as a bare code, each with where it comes from."""
    # What stands in braces is typed as it is, whatever the language.
    whole = {_plain(re.sub(r"\{\w+\}", "", text)) for text in texts} - {""}
    page = "\n".join(sorted(whole))
    for text in sorted(whole & _whole_messages(language)):
        yield f"says {text!r}, which is not {language}"
    for fragment in _fragments(language):
        if fragment in page:
            yield f"says {fragment!r}, which is not {language}"
    for text in sorted(whole):
        for words in STRANGE[language]:
            if found := re.search(rf"(?i)(?<![\w./@-])({words})(?![\w./@-])", text):
                yield f"says {found.group()!r} in {text!r}"
        if language != "en" and (found := english.words_in(text)):
            yield f"says {sorted(found)} in {text!r}"
        if found := _codes(language).search(text):
            yield f"shows the code {found.group()!r} in {text!r}"


def _plain(text: str) -> str:
    return " ".join(text.split())


@cache
def _own(language: str) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """Return every text of a language, by its English source and context."""
    return {_key(message): _forms(message, language) for message in _messages(language)}


def _messages(language: str) -> Iterator[Message]:
    source = strings.source_catalogue() if language == "en" else strings.read(language)
    return (message for message in source if message.id)


def _key(message: Message) -> tuple[str, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def _forms(message: Message, language: str) -> tuple[str, ...]:
    given = message.id if language == "en" else message.string
    return tuple(_plain(form) for form in ((given,) if isinstance(given, str) else given))


@cache
def _strange_forms(language: str) -> frozenset[str]:
    """Return the texts of the other languages that this language has no use for."""
    own = {form for forms in _own(language).values() for form in forms}
    others = {form for other in {"nb", "nn", "en"} - {language} for forms in _own(other).values() for form in forms}
    return frozenset(others - own - {""})


@cache
def _whole_messages(language: str) -> frozenset[str]:
    return frozenset(form for form in _strange_forms(language) if not PLACEHOLDER.search(form))


@cache
def _fragments(language: str) -> tuple[str, ...]:
    """Return the long pieces of the other languages' texts that stand in none of this language's own."""
    own = "\n".join(form for forms in _own(language).values() for form in forms)
    pieces = {piece.strip() for form in _strange_forms(language) for piece in PLACEHOLDER.split(form)}
    return tuple(sorted(piece for piece in pieces if len(piece) >= LONG_ENOUGH and " " in piece and piece not in own))


@cache
def _codes(language: str) -> re.Pattern[str]:
    """Return a pattern for the states and kinds of our models that are no word of the language."""
    spoken = {word.lower() for forms in _own(language).values() for form in forms for word in re.findall(r"\w+", form)}
    codes = {
        str(value)
        for label in ("recruitment", "channels", "analytics")
        for model in apps.get_app_config(label).get_models()
        for each in model._meta.get_fields()
        for value, _name in getattr(each, "choices", None) or ()
        if len(str(value)) > 4
    }
    # A word before an at sign is somebody's address.
    return re.compile(rf"\b({'|'.join(sorted(codes - spoken))})\b(?!@)")
