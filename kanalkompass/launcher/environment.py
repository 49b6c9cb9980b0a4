"""The environment that the settings read, decided by the launcher and kept for other commands of the same folder."""

import json
import os
from collections.abc import MutableMapping

import environ

from kanalkompass.launcher import place
from kanalkompass.launcher.problems import Problem

FILE = "environment.json"


def read_dotenv() -> None:
    """Take in what .env says, without overruling the environment."""
    path = place.ROOT / ".env"
    if path.exists():
        environ.Env.read_env(path)


def refuse_half_a_database(env: MutableMapping[str, str]) -> None:
    """
    Stop when only one of the two logins is given.

    :raises Problem: DATABASE_URL without DATABASE_OWNER_URL, or the other way
    """
    given = [name for name in ("DATABASE_URL", "DATABASE_OWNER_URL") if env.get(name)]
    if len(given) == 1:
        raise Problem(
            f"{given[0]} er satt alene. Kanalkompass bruker to innlogginger: sett både DATABASE_URL (uten makt) "
            "og DATABASE_OWNER_URL (eier tabellene), eller ingen av dem."
        )


def complete(env: MutableMapping[str, str], *, secrets: dict[str, str], web_port: int) -> None:
    """Fill in what nobody has decided; a demonstration is `make run`'s default and nobody else's."""
    defaults = {
        "KK_DEMO": "1",
        "SECRET_KEY": secrets["secret_key"],
        "CHANNEL_TOKEN_KEYS": secrets["channel_token_key"],
        "KK_DEMO_SECRET": secrets["demo_secret"],
        "SITE_URL": f"http://localhost:{web_port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "MEDIA_ROOT": str(place.var() / "media"),
        "DJANGO_SETTINGS_MODULE": "kanalkompass.settings",
    }
    for name, value in defaults.items():
        if not env.get(name):
            env[name] = value
    if env["KK_DEMO"] == "1" and not env.get("EMAIL_URL"):
        # A demonstration writes its e-mail to files: there is nobody to send it to, and a log is no place for links.
        env["EMAIL_URL"] = f"filemail:///{place.var() / 'mail'}"


NAMES = [
    *["KK_DEMO", "KK_DEMO_SECRET", "DEMO_PASSWORD"],
    *["SECRET_KEY", "CHANNEL_TOKEN_KEYS", "SITE_URL", "ALLOWED_HOSTS", "MEDIA_ROOT"],
    *["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"],
    *["LINKEDIN_API_BASE", "LINKEDIN_OAUTH_BASE", "LINKEDIN_WEB_BASE", "LINKEDIN_CLIENT_ID", "LINKEDIN_CLIENT_SECRET"],
]


def keep(env: MutableMapping[str, str]) -> None:
    """Keep the environment of this run in a file that only we can read."""
    place.write_private(place.var() / FILE, {name: env[name] for name in NAMES if name in env})


def adopt() -> None:
    """Let `manage.py <command>` in another terminal find the installation that `make run` started from this folder."""
    path = place.var() / FILE
    if os.environ.get("DATABASE_URL") or (place.ROOT / ".env").exists() or not os.access(path, os.R_OK):
        return
    for name, value in json.loads(path.read_text()).items():
        os.environ.setdefault(name, value)
