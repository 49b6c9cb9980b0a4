"""From .po to .mo."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kanalkompass import catalogues


def compile_all() -> Iterator[Path]:
    """Write the .mo file beside each catalogue and yield its path; an unchanged one is left alone."""
    for language in catalogues.LANGUAGES:
        source = catalogues.path_of(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=language)
        # A web process may read while we write, so the finished file takes the old one's place.
        unfinished = target.with_suffix(".mo.unfinished")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)
        yield target
