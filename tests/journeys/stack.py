"""The whole system, started by the product's own launcher, for journeys that need workers and a clock."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.kanalkompass.test_launcher import OF_THE_TESTS, Up


@dataclass
class Stack:
    """A running installation: its address, its people, its sandbox."""

    up: Up
    base: str

    def people(self) -> dict[str, dict[str, Any]]:
        """Return the demonstration users by e-mail address, with password and the code of this moment."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)}
        found = subprocess.run(
            [sys.executable, "manage.py", "demo_users", "--json"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=own | {"KK_VAR": str(self.up.folder)},
        )
        return {person["email"]: person for person in json.loads(found.stdout)}

    def end(self) -> None:
        """End the installation and everything it started."""
        if self.up.process.poll() is None:
            self.up.end(signal.SIGTERM)
