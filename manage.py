#!/usr/bin/env python
"""Django's command line for Kanalkompass."""

import os
import sys


def main() -> None:
    """Run one management command; `up` starts the whole system on this machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanalkompass.settings")
    if len(sys.argv) > 1 and sys.argv[1] == "up":
        # The launcher decides the environment that the settings read, so it runs before Django is set up.
        from kanalkompass.launcher.command import run

        raise SystemExit(run(sys.argv[2:]))
    from kanalkompass.launcher import environment

    environment.adopt()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
