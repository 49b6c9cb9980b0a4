"""The seeded world: three invented municipalities with a page each, and the people who run them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import string
from dataclasses import dataclass

from sandbox.linkedin import products
from sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS organisation (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, vanity_name TEXT NOT NULL UNIQUE, followers INTEGER NOT NULL,
    website TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS member (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS role (
    member_id TEXT NOT NULL, organisation_id INTEGER NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (member_id, organisation_id, role)
);
CREATE TABLE IF NOT EXISTS app (
    client_id TEXT PRIMARY KEY, name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS code (
    hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, redirect_uri TEXT NOT NULL, member_id TEXT NOT NULL,
    scope TEXT NOT NULL, expires_s INTEGER NOT NULL, is_used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS token (
    hash TEXT PRIMARY KEY, kind TEXT NOT NULL, client_id TEXT NOT NULL, member_id TEXT NOT NULL, scope TEXT NOT NULL,
    created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL, is_revoked INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS quota (
    who TEXT NOT NULL, endpoint TEXT NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (who, endpoint, day)
);
CREATE TABLE IF NOT EXISTS post (
    number INTEGER PRIMARY KEY, urn TEXT NOT NULL UNIQUE, activity TEXT NOT NULL UNIQUE, author TEXT NOT NULL,
    commentary TEXT NOT NULL, text TEXT NOT NULL, body TEXT NOT NULL, is_dark INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, is_edited INTEGER NOT NULL DEFAULT 0,
    deleted_at INTEGER
);
CREATE INDEX IF NOT EXISTS post_by_author ON post (author, created_at);
CREATE INDEX IF NOT EXISTS post_by_text ON post (author, text);
"""

ORGANISATIONS = [
    (1001, "Lyngvær kommune", "lyngvaer-kommune"),
    (1002, "Storvika kommune", "storvika-kommune"),
    (1003, "Nordheia kommune", "nordheia-kommune"),
]


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    organisations: tuple[int, ...]


# The first one holds the ready-made token.
MEMBERS = [
    Person("Ingrid Lyngstad", "ingrid.lyngstad@lyngvaer.example", (1001,)),
    Person("Jonas Storvik", "jonas.storvik@storvika.example", (1002,)),
    Person("Maret Heia", "maret.heia@nordheia.example", (1003,)),
    Person("Tor Uteneide", "tor.uteneide@lyngvaer.example", ()),
    Person("Sunniva Toside", "sunniva.toside@storvika.example", (1001, 1002)),
]

ALL_SCOPES = list(dict.fromkeys(scope for scopes in products.SCOPES.values() for scope in scopes))
READY_SCOPES = [
    "openid",
    "profile",
    "w_organization_social",
    "r_organization_social",
    "w_organization_social_feed",
    "r_organization_social_feed",
    "rw_organization_admin",
]
READY_TOKEN_LIFE_S = 60 * 86_400


def plant(world: World) -> None:
    """Put organisations, members, roles and the ready-made token in place."""
    dice = random.Random(f"{world.seed}:plant")
    with world.store.write() as db:
        for id_, name, vanity_name in ORGANISATIONS:
            row = (id_, name, vanity_name, dice.randint(900, 5200), f"https://www.{vanity_name}.example/")
            db.execute("INSERT INTO organisation VALUES (?, ?, ?, ?, ?)", row)
        for number, person in enumerate(MEMBERS):
            member_id = "".join(dice.choices(string.ascii_letters + string.digits, k=10))
            db.execute("INSERT INTO member VALUES (?, ?, ?, ?)", (member_id, number, person.name, person.email))
            for organisation_id in person.organisations:
                db.execute("INSERT INTO role VALUES (?, ?, 'ADMINISTRATOR', 'APPROVED')", (member_id, organisation_id))
    renew_ready_token(world)


def renew_ready_token(world: World) -> None:
    """Give the ready-made token its full life again, so that it always works right after a start."""
    now_s = world.clock.now_s()
    member_id = world.store.the("SELECT id FROM member WHERE number = 0")["id"]
    row = (hashed(ready_token(world)), client_id(world), member_id, " ".join(READY_SCOPES), now_s)
    with world.store.write() as db:
        db.execute(
            "INSERT OR REPLACE INTO token VALUES (?, 'access', ?, ?, ?, ?, ?, 0)", (*row, now_s + READY_TOKEN_LIFE_S)
        )


def _derived(world: World, purpose: str, n_bytes: int) -> str:
    material, counter = b"", 0
    while len(material) < n_bytes:
        material += hmac.digest(world.first_seed.encode(), f"{purpose}:{counter}".encode(), "sha256")
        counter += 1
    return base64.urlsafe_b64encode(material[:n_bytes]).decode().rstrip("=")


def client_id(world: World) -> str:
    return "77" + hashlib.sha256(f"{world.first_seed}:client".encode()).hexdigest()[:12]


def client_secret(world: World) -> str:
    return "WPL_AP1." + _derived(world, "client_secret", 24)


def is_client(world: World, client: str) -> bool:
    return client == client_id(world) or bool(world.store.one("SELECT 1 FROM app WHERE client_id = ?", client))


def secret_of(world: World, client: str) -> str:
    """Return the secret of an app, the seeded one's or one made by the control plane; "" for an unknown one."""
    if client == client_id(world):
        return client_secret(world)
    return "WPL_AP1." + _derived(world, f"client_secret:{client}", 24) if is_client(world, client) else ""


def is_secret_of(world: World, client: str, secret: str) -> bool:
    expected = secret_of(world, client)
    return bool(expected) and hmac.compare_digest(hashed(secret), hashed(expected))


def add_app(world: World, *, name: str) -> tuple[str, str]:
    """Register another app and return its id and secret."""
    number = world.store.the("SELECT COALESCE(MAX(rowid), 0) + 1 AS next FROM app")["next"]
    client = "78" + hashlib.sha256(f"{world.first_seed}:client:{number}".encode()).hexdigest()[:12]
    with world.store.write() as db:
        db.execute("INSERT INTO app VALUES (?, ?)", (client, name))
    return client, secret_of(world, client)


def remove_app(world: World, client: str) -> None:
    with world.store.write() as db:
        db.execute("DELETE FROM app WHERE client_id = ?", (client,))


def ready_token(world: World) -> str:
    return "AQX" + _derived(world, "ready_token", 240)


def hashed(secret: str) -> str:
    """Secrets are stored as digests only."""
    return hashlib.sha256(secret.encode()).hexdigest()
