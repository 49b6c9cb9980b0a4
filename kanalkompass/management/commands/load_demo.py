"""manage.py load_demo"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation import clock
from kanalkompass.demo import loading, secret


class Command(BaseCommand):
    """Load the invented municipalities with years of history. May be run again; only with KK_DEMO=1."""

    help = "Load the invented municipalities with years of history. May be run again; only with KK_DEMO=1."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside a demonstration; else load what is missing and tell what was made."""
        if not settings.KK_DEMO:
            raise CommandError("Demonstration data is only loaded with KK_DEMO=1.")
        for loaded in loading.load(password=secret.password(), now=clock.now()):
            if loaded.n_jobs:
                self.stdout.write(
                    f"{loaded.name}: {loaded.n_jobs} vacancies, {loaded.n_answers} answers, {loaded.n_visits} visits"
                )
            else:
                self.stdout.write(f"{loaded.name}: nothing to do")
