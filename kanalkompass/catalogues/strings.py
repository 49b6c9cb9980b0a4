"""Every string a user may read: from Python, from templates, and from a list for what installed packages lack."""

import ast
import io
import json
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from kanalkompass import catalogues

ROOMS = ("kanalkompass", "analytics", "channels", "recruitment", "audit", "foundation")
# Strings of installed packages without good Norwegian of their own; ours is found first. A pair has its plural.
OF_PACKAGES = catalogues.LOCALE / "packages.json"
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def source_catalogue() -> Catalog:
    """Return a catalogue of all source strings, without translations, with where each was found."""
    catalogue = Catalog(project="Kanalkompass", fuzzy=False)
    for path in sorted(python_files()):
        _add(catalogue, path, path.read_text())
    for path in sorted(_templates()):
        _add(catalogue, path, as_python(path.read_text()))
    if OF_PACKAGES.exists():
        for ident in json.loads(OF_PACKAGES.read_text()):
            catalogue.add(ident if isinstance(ident, str) else tuple(ident), locations=[("packages", 0)])
    return catalogue


def as_python(template: str) -> str:
    """Return a template's strings as Python calls, one line per line; indentation means nothing here."""
    return "\n".join(line.strip() for line in templatize(template).splitlines()) + "\n"


def python_files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (catalogues.ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def _templates() -> Iterator[Path]:
    for folder in [catalogues.ROOT / "templates", *(catalogues.ROOT / room / "templates" for room in ROOMS)]:
        for ending in ("*.html", "*.txt", "*.svg"):
            yield from folder.rglob(ending)


def _add(catalogue: Catalog, path: Path, python: str) -> None:
    place = path.relative_to(catalogues.ROOT).as_posix()
    for line, ident, context in found_in(python):
        catalogue.add(ident, locations=[(place, line)], context=context)


def hidden_in(python: str) -> Iterator[int]:
    """Yield the line of every marked string inside an f-string, where the extraction does not see it."""
    for part in (node for node in ast.walk(ast.parse(python)) if isinstance(node, ast.FormattedValue)):
        calls = (node for node in ast.walk(part) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        yield from (call.lineno for call in calls if call.func.id in KEYWORDS)  # type: ignore[attr-defined]


def found_in(python: str) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    """Yield (line, text or (singular, plural), context) of every marked string."""
    for line, message, _comments, context in extract("python", io.BytesIO(python.encode()), keywords=KEYWORDS):
        ident = message if isinstance(message, str) else tuple(message)
        if any(ident):
            yield line, ident, context


def read(language: str) -> Catalog:
    """Return a language's catalogue; an empty one when there is none yet."""
    path = catalogues.path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Kanalkompass", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update_all(*, prune: bool) -> Iterator[tuple[Path, int, int]]:
    """Add the source's new strings to each catalogue; yield (path, new, removed). Translations are never lost."""
    source = source_catalogue()
    for language in catalogues.LANGUAGES:
        catalogue, path = read(language), catalogues.path_of(language)
        new = [message for message in source if message.id and catalogue.get(_key(message), message.context) is None]
        for message in new:
            catalogue.add(message.id, flags=message.flags, context=message.context)
        gone = unused(catalogue, source) if prune else []
        for message in gone:
            catalogue.delete(_key(message), message.context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, sort_output=True, no_location=True, omit_header=False, width=120)
        yield path, len(new), len(gone)


def unused(catalogue: Catalog, source: Catalog) -> list[Message]:
    """Return the catalogue's messages that the source no longer has."""
    return [message for message in catalogue if message.id and source.get(_key(message), message.context) is None]


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
