"""manage.py erase_audit"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actions
from foundation import clock
from recruitment.models import Municipality


class Command(BaseCommand):
    """Erase the part of the audit log that is older than a day; the chain goes on from there."""

    help = "Erase the part of the audit log that is older than a day; the chain goes on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the municipality and the first day that stays."""
        parser.add_argument("number", help="the municipality's number, four digits")
        parser.add_argument("--before", required=True, type=date.fromisoformat, help="first day that stays: 2021-12-31")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase and say how many events went."""
        municipality = Municipality.objects.filter(number=options["number"]).first()
        if municipality is None:
            raise CommandError(f"No municipality has the number {options['number']}.")
        before = datetime.combine(options["before"], time(), tzinfo=clock.OSLO).astimezone(UTC)
        n_erased = actions.erase_expired(municipality_id=municipality.pk, before=before)
        self.stdout.write(f"{municipality.number}: {n_erased} events erased")
