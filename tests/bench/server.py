"""A PostgreSQL of its own, durable as in production, with the product's tables; and a Redis for what pages count."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kanalkompass.launcher import guard, ports, servers
from kanalkompass.launcher.processes import is_reachable, plain_user
from kanalkompass.launcher.watched import Watched

# The settings ask for these; nothing here is a secret.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "kanalkompass.settings",
    "SECRET_KEY": "only-for-measuring-" + "x" * 50,
    "CHANNEL_TOKEN_KEYS": "a" * 43 + "=",
    "KK_DEMO": "1",
    "DEBUG": "false",
    "SITE_URL": "http://localhost",
}


def _home() -> Path:
    for parent in (None, "/var/tmp"):  # noqa: S108 (mkdtemp makes a folder of its own)
        home = Path(tempfile.mkdtemp(prefix=guard.TEMPORARY, dir=parent))
        who = plain_user()
        if who:
            os.chown(home, who["user"], who["group"])
        if is_reachable(home, who):
            return home
        home.rmdir()
    raise servers.Problem("Fant ingen midlertidig mappe som PostgreSQL kan bruke. Sett TMPDIR til en slik.")


@contextmanager
def running() -> Iterator[servers.Postgres]:
    """Start PostgreSQL and Redis, set Django up on them and migrate; all of it is gone afterwards."""
    watched = Watched()
    try:
        home = _home()
        watched.remove_at_end(home)
        postgres = servers.start_postgres(
            watched=watched,
            home=home / "postgres",
            port=ports.free_port(),
            passwords=servers.Passwords.fresh(),
            log=home / "postgres.log",
            is_lasting=True,
        )
        redis = servers.start_redis(
            watched=watched, home=home / "redis", port=ports.free_port(), log=home / "redis.log"
        )
        urls = {"DATABASE_URL": postgres.url, "DATABASE_OWNER_URL": postgres.owner_url, "REDIS_URL": redis.url}
        os.environ |= SETTINGS | urls
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        yield postgres
    finally:
        watched.close()
