"""What installed packages may say to a person, and what of it neither they nor we say in Norwegian."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from kanalkompass import catalogues
from kanalkompass.catalogues import strings

# Packages and where their catalogues lie: (package, folder inside it, domain).
PARTS = [
    ("django", "conf/locale", "django"),
    ("django", "contrib/admin/locale", "django"),
    ("django", "contrib/admin/locale", "djangojs"),
    ("django", "contrib/auth/locale", "django"),
]
# Of allauth only what we have switched on can be said; its pages are our own templates.
ALLAUTH = ("account", "mfa", "usersessions", "core")
SWITCHED_OFF = ("tests", "webauthn", "phone")
# Names of languages that nobody here chooses, and the label of a field that our own form replaces.
NEVER_SHOWN = {"Central Kurdish (Sorani)", "Uyghur", "Login"}


def gaps() -> Iterator[str]:
    """Yield a line for each text of a package that has no bokmål or no nynorsk anywhere."""
    for language in catalogues.TRANSLATED:
        own = {domain: _own(language, domain) for domain in ("django", "djangojs")}
        for package, folder, domain in PARTS:
            source, theirs = (_theirs(package, folder, each, domain) for each in ("en", language))
            yield from (f"{language}: {text}" for text in _missing(source, [theirs, own[domain]]))
        theirs = _theirs("allauth", "locale", language, "django")
        yield from (f"{language}: {text}" for text in _missing(_allauth(), [theirs, own["django"]]))


def _missing(source: Catalog, known: list[Catalog]) -> Iterator[str]:
    for message in source:
        ident = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
        found = [catalogue.get(ident, message.context) for catalogue in known]
        if ident and ident not in NEVER_SHOWN and not any(_is_said(each) for each in found):
            yield ident


def _is_said(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all((message.string,) if isinstance(message.string, str) else message.string or ("",))


def _own(language: str, domain: str) -> Catalog:
    path = catalogues.path_of(language).with_name(f"{domain}.po")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _theirs(package: str, folder: str, language: str, domain: str) -> Catalog:
    path = _home(package) / folder / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _home(package: str) -> Path:
    return Path(str(import_module(package).__file__)).parent


def _allauth() -> Catalog:
    catalogue, home = Catalog(), _home("allauth")
    for path in sorted(file for room in ALLAUTH for file in (home / room).rglob("*.py")):
        if any(part in path.as_posix().removeprefix(home.as_posix()) for part in SWITCHED_OFF):
            continue
        with path.open("rb") as file:
            for _line, ident, _comments, context in extract("python", file, keywords=strings.KEYWORDS):
                catalogue.add(ident if isinstance(ident, str) else tuple(ident), context=context)
    return catalogue
