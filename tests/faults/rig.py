"""An installation for the fault run, outside of pytest: durable PostgreSQL, Valkey and stand-in."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kanalkompass.launcher import guard, servers, stand_in
from kanalkompass.launcher.problems import Problem
from kanalkompass.launcher.processes import is_reachable, plain_user
from kanalkompass.launcher.watched import Watched
from tests.faults.house import House
from tests.faults.workers import KNOBS
from tests.linkedin_sandbox import LinkedInSandbox

# The settings ask for these; nothing here is a secret.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "kanalkompass.settings",
    "SECRET_KEY": "only-for-faults-" + "x" * 50,
    "CHANNEL_TOKEN_KEYS": "a" * 43 + "=",
    "KK_DEMO": "1",
    "DEBUG": "false",
    "SITE_URL": "http://localhost",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "EMAIL_URL": "memorymail://",
    "CLOCK_OFFSET_S": "0",
}


@dataclass
class Rig:
    """What a scenario works with."""

    house: House
    sandbox: LinkedInSandbox
    folder: Path

    def said_since(self, moment: float, *, n_lines: int = 4) -> dict[str, list[str]]:
        """Return the last lines of the processes' logs that were written to since a moment (epoch seconds)."""
        logs = [path for path in sorted(self.folder.glob("*.log")) if path.stat().st_mtime >= moment]
        return {path.stem: path.read_text(errors="replace").splitlines()[-n_lines:] for path in logs}


def _home() -> Path:
    for parent in (None, "/var/tmp"):  # noqa: S108 (mkdtemp makes a folder of its own)
        home = Path(tempfile.mkdtemp(prefix=guard.TEMPORARY, dir=parent))
        who = plain_user()
        if who:
            os.chown(home, who["user"], who["group"])
        if is_reachable(home, who):
            return home
        home.rmdir()
    raise Problem("Fant ingen midlertidig mappe som PostgreSQL kan bruke. Sett TMPDIR til en slik.")


@contextmanager
def running(**knobs: str) -> Iterator[Rig]:
    """Start everything, set Django up on it and migrate; all of it is gone afterwards, also when this is killed."""
    watched = Watched()
    try:
        home = _home()
        watched.remove_at_end(home)
        house = House(watched=watched, home=home, passwords=servers.Passwords.fresh())
        running_sandbox = stand_in.start_sandbox(watched=watched, log=home / "sandbox.log", environ=dict(os.environ))
        told = {name: str(value) for name, value in KNOBS.items()} | knobs
        os.environ |= (
            SETTINGS | told | house.environ | running_sandbox.environment | {"MEDIA_ROOT": str(home / "media")}
        )
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        sandbox = LinkedInSandbox(base=running_sandbox.base, announced=dict(running_sandbox.announced))
        yield Rig(house=house, sandbox=sandbox, folder=home)
    finally:
        watched.close()
