"""Whether the catalogues are complete and whole."""

import re
from dataclasses import dataclass

from kanalkompass import catalogues
from kanalkompass.catalogues import strings

# One form, or (singular, plural), as Babel hands them over.
Text = str | tuple[str, ...] | list[str]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdif]|%[sdif]|\{(\w*)\}")


@dataclass(frozen=True)
class Report:
    """What is wrong (each a line to print), what is superfluous, and how many strings were looked at."""

    faults: list[str]
    unused: list[str]
    n_strings: int


def check() -> Report:
    """Return every source string that lacks bokmål or nynorsk, or whose translation lost a placeholder."""
    source = strings.source_catalogue()
    faults: list[str] = []
    unused: list[str] = []
    for language in catalogues.TRANSLATED:
        catalogue = strings.read(language)
        for message in source:
            if not message.id:
                continue
            found = catalogue.get(first(message.id), message.context)
            place = f"{message.locations[0][0]}:{message.locations[0][1]}"
            faults += [
                f"{language}: {fault} ({place})" for fault in faults_of(message.id, found.string if found else None)
            ]
            if found and found.fuzzy:
                faults.append(f"{language}: uavklart (fuzzy): {first(message.id)!r} ({place})")
        unused += [f"{language}: {first(message.id)!r}" for message in strings.unused(catalogue, source)]
    return Report(faults=faults, unused=unused, n_strings=len([message for message in source if message.id]))


def first(ident: Text) -> str:
    """Return the singular of a message's id."""
    return ident if isinstance(ident, str) else ident[0]


def faults_of(ident: Text, translation: Text | None) -> list[str]:
    """Return what is wrong with one translation, in words."""
    forms = (translation,) if isinstance(translation, str) else tuple(translation or ())
    if not forms or not all(form.strip() for form in forms):
        return [f"mangler: {first(ident)!r}"]
    if isinstance(ident, str) != isinstance(translation, str):
        return [f"entall eller flertall mangler: {first(ident)!r}"]
    # A singular may leave its number out ("one post"), so the plural's placeholders are the measure.
    wanted = placeholders(ident if isinstance(ident, str) else ident[-1])
    strangers = [form for form in forms if not placeholders(form) <= wanted]
    is_short = placeholders(forms[-1]) != wanted
    return [f"plassholderne stemmer ikke: {first(ident)!r}"] if strangers or is_short else []


def placeholders(text: str) -> set[str]:
    """Return the placeholders of a text as they are written; a doubled % is none."""
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}
