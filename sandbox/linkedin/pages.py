"""The pages people see: consent, timeline, one post, messages. Norwegian, no script, no inline style."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.http import Answer
from sandbox.world import World

HERE = Path(__file__).parent
MONTHS = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
]  # fmt: skip
HTML_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)
SCOPE_TEXTS = {
    "openid": "Bekrefte hvem du er",
    "profile": "Se navnet ditt",
    "email": "Se e-postadressen din",
    "w_member_social": "Publisere innlegg i ditt navn",
    "w_organization_social": "Publisere, endre og slette innlegg på sidene dine",
    "r_organization_social": "Lese innlegg på sidene dine",
    "w_organization_social_feed": "Skrive kommentarer og reaksjoner for sidene dine",
    "r_organization_social_feed": "Lese kommentarer og reaksjoner på sidene dine",
    "rw_organization_admin": "Administrere sidene dine og se statistikk",
    "r_organization_admin": "Se sidene dine og statistikken deres",
}


@cache
def _template(name: str) -> Template:
    return Template((HERE / "templates" / name).read_text(encoding="utf-8"))


def fill(name: str, /, **parts: object) -> str:
    """Fill a template; every part must be escaped already."""
    return _template(name).substitute(parts)


def document(*, status: int, title: str, main: str) -> Answer:
    """Wrap finished markup in the frame; `title` is plain text."""
    return Answer(status, fill("frame.html", title=escape(title), main=main).encode(), HTML_HEADERS)


def message(world: World, *, status: int, title: str, text: str) -> Answer:
    return document(status=status, title=title, main=f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>")


def stylesheet() -> Answer:
    body = (HERE / "static" / "sandbox.css").read_bytes()
    return Answer(200, body, (("Content-Type", "text/css; charset=utf-8"), ("Cache-Control", "max-age=300")))


def consent(world: World, *, members: Iterable[sqlite3.Row], scopes: Iterable[str]) -> Answer:
    choices = "\n".join(_choice(world, row, is_first=row["number"] == 0) for row in members)
    items = "\n".join(
        f"<li>{escape(SCOPE_TEXTS.get(scope, scope))} <small>({escape(scope)})</small></li>" for scope in scopes
    )
    main = fill("consent.html", members=choices, scopes=items)
    return document(status=200, title="Gi tilgang", main=main)


def _choice(world: World, row: sqlite3.Row, *, is_first: bool) -> str:
    pages = world.store.all(
        "SELECT o.name FROM role r JOIN organisation o ON o.id = r.organisation_id WHERE r.member_id = ? "
        "AND r.state = 'APPROVED' ORDER BY o.id",
        row["id"],
    )
    names = " og ".join(dict.fromkeys(page["name"] for page in pages))
    runs = f"Administrerer {names}" if names else "Administrerer ingen side"
    checked = " checked" if is_first else ""
    return (
        f'<label class="choice"><input type="radio" name="member" value="{escape(row["id"])}" required{checked}>'
        f"<span>{escape(row['name'])}<small>{escape(runs)}</small></span></label>"
    )


@cache
def _oslo() -> tzinfo:
    try:
        return ZoneInfo("Europe/Oslo")
    except ZoneInfoNotFoundError:
        return UTC


def norwegian_time(moment_ms: int) -> str:
    """Return «23. november 2026 kl. 14.05», Norwegian wall-clock time."""
    moment = datetime.fromtimestamp(moment_ms / 1000, tz=_oslo())
    zone = " UTC" if _oslo() is UTC else ""
    return f"{moment.day}. {MONTHS[moment.month - 1]} {moment.year} kl. {moment:%H.%M}{zone}"


def grouped(number: int) -> str:
    """Return 4212 as «4 212» with a no-break space."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
