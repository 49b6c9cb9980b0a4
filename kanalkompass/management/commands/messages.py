"""The catalogues: `manage.py messages --extract | --check | --compile`, without gettext on the machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kanalkompass.catalogues import compiling, strings, verdict


class Command(BaseCommand):
    """Keep nb, nn and en complete."""

    help = "Hent ut tekster til katalogene, kontroller at de er fullstendige, eller gjør dem klare til bruk."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One thing at a time."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--extract", action="store_true", help="add the source's new strings to the catalogues")
        what.add_argument("--check", action="store_true", help="fail when a string lacks Norwegian")
        what.add_argument("--compile", action="store_true", help="write .mo files")
        parser.add_argument("--prune", action="store_true", help="with --extract: drop strings no longer in the source")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Do what was asked.

        :raises CommandError: --check found a fault
        """
        if options["compile"]:
            for path in compiling.compile_all():
                self.stdout.write(f"Skrev {path}")
        elif options["extract"]:
            for path, n_new, n_gone in strings.update_all(prune=options["prune"]):
                self.stdout.write(f"{path}: {n_new} nye tekster, {n_gone} fjernet")
        else:
            self.check_catalogues()

    def check_catalogues(self) -> None:
        """Print every fault; unused strings are told of, but do no harm."""
        report = verdict.check()
        for line in report.unused:
            self.stdout.write(f"Ikke i bruk: {line}")
        for line in report.faults:
            self.stderr.write(line)
        if report.faults:
            raise CommandError(f"{len(report.faults)} feil i katalogene. Rett locale/nb og locale/nn.")
        self.stdout.write(f"{report.n_strings} tekster, alle på bokmål og nynorsk.")
