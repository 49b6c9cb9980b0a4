"""From .po to .mo."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kanalkompass import catalogues


def compile_all() -> Iterator[Path]:
    """Write the .mo file beside each catalogue and yield its path; an unchanged one is left alone."""
    sources = [each for language in catalogues.LANGUAGES for each in catalogues.path_of(language).parent.glob("*.po")]
    for source in sources:
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        # A web process may read while we write, so the finished file takes the old one's place.
        unfinished = target.with_suffix(".mo.unfinished")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)
        yield target
