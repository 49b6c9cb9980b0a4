"""manage.py load_reference"""

from typing import Any

from django.core.management.base import BaseCommand

from recruitment.actions import reference


class Command(BaseCommand):
    """Store reference data: counties, municipalities, occupations, channel kinds. May be run again."""

    help = "Store reference data: counties, municipalities, occupations, channel kinds. May be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and count."""
        counts = reference.load_reference()
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
