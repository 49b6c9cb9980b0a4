"""manage.py verify_rollups"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.actions import rollups
from foundation.tenancy import tenant
from recruitment.models import Municipality

# So many differences are named for each municipality; the rest is counted.
SHOWN = 20


class Command(BaseCommand):
    """Work out every roll-up anew and compare it; end with an error where one differs from the sum of its parts."""

    help = "Work out every roll-up anew and compare it; end with an error where one differs from the sum of its parts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one municipality, or all."""
        parser.add_argument("--municipality", metavar="NUMBER", help="only this one, four digits")
        parser.add_argument("--repair", action="store_true", help="make roll-ups that differ anew from their parts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what differs, repair it where that is asked for, and say how many sums were compared."""
        chosen = Municipality.objects.order_by("number")
        if options["municipality"]:
            chosen = chosen.filter(number=options["municipality"])
            if not chosen:
                raise CommandError(f"No municipality has the number {options['municipality']}.")
        n_rows = n_differences = 0
        for municipality in chosen:
            with tenant(municipality.pk):
                verdict = rollups.compare()
            n_rows += verdict.n_rows
            n_differences += len(verdict.differences)
            self._say(municipality, verdict)
            if verdict.differences and options["repair"]:
                rollups.repair(municipality_id=municipality.pk)
                self.stdout.write(f"{municipality.number}: made anew from its parts")
        self.stdout.write(f"{n_rows} sums compared, {n_differences} differences.")
        if n_differences:
            raise CommandError("Roll-ups differed from their parts. See docs/measurements.md.")

    def _say(self, municipality: Municipality, verdict: rollups.Verdict) -> None:
        for difference in verdict.differences[:SHOWN]:
            self.stdout.write(self.style.ERROR(f"{municipality.number}: {difference}"))
        if len(verdict.differences) > SHOWN:
            self.stdout.write(self.style.ERROR(f"{municipality.number}: and {len(verdict.differences) - SHOWN} more"))
