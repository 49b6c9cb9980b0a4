"""`manage.py up`, listed among the commands. manage.py hands it to the launcher before Django is set up."""

from typing import Any

from django.core.management.base import BaseCommand

from kanalkompass.launcher import command


class Command(BaseCommand):
    """Start the whole system on this machine."""

    help = "Start hele Kanalkompass på denne maskinen: databaser, sandkasse, nettsider, arbeidere og klokke."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand over to the launcher, which ends the process."""
        raise SystemExit(command.run([]))
