"""manage.py reapply_deletions"""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation import clock
from kanalkompass.privacy import again


class Command(BaseCommand):
    """Delete once more what was deleted after a backup was taken, when that backup has been restored."""

    help = "After restoring a backup: delete again the municipalities and users that were deleted after it was taken."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the backup's moment."""
        parser.add_argument("--backup-from", required=True, metavar="MOMENT", help="for example 2026-11-20T03:00Z")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Delete and say what was.

        :raises CommandError: the moment cannot be read
        """
        try:
            moment = datetime.fromisoformat(options["backup_from"])
        except ValueError:
            raise CommandError("Write the moment as 2026-11-20T03:00Z.") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        done = again.reapply(since=moment, now=clock.now())
        for entry in done:
            self.stdout.write(f"{entry.kind} {entry.number or entry.key}: deleted again")
        self.stdout.write(f"{len(done)} deletions applied again.")
