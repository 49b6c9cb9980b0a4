"""manage.py verify_audit"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import verifying
from recruitment.models import Municipality


class Command(BaseCommand):
    """Walk the audit log's chains, and end with an error where one is broken."""

    help = "Walk the audit log's chains, and end with an error where one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one municipality, or all."""
        parser.add_argument("--municipality", metavar="NUMBER", help="only this one, four digits")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say for each municipality how many events it has, its last link, and the first break."""
        chosen = Municipality.objects.order_by("number")
        if options["municipality"]:
            chosen = chosen.filter(number=options["municipality"])
            if not chosen:
                raise CommandError(f"No municipality has the number {options['municipality']}.")
        n_logs = n_events = n_broken = 0
        for municipality in chosen:
            verdict = verifying.verify(municipality_id=municipality.pk)
            if not (verdict.n_events or verdict.break_at or options["municipality"]):
                continue
            n_logs += 1
            n_events += verdict.n_events
            n_broken += verdict.break_at is not None
            self._say(municipality, verdict)
        self.stdout.write(f"{n_events} events in {n_logs} logs, {n_broken} broken.")
        if n_broken:
            raise CommandError("The audit log has been tampered with, or restored in part. See docs/audit-log.md.")

    def _say(self, municipality: Municipality, verdict: verifying.Verdict) -> None:
        if verdict.break_at is not None:
            line = f"{municipality.number}: BROKEN at event {verdict.break_at}: {verdict.problem}"
            self.stdout.write(self.style.ERROR(line))
            return
        number, link = verdict.head
        self.stdout.write(f"{municipality.number}: {verdict.n_events} events, whole. Last link: {number} {link}")
