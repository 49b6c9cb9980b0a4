"""manage.py forget_person"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import actions
from recruitment.models import Municipality, User


class Command(BaseCommand):
    """Take a person's name out of the audit log; what was done stays, under a pseudonym."""

    help = "Take a person's name out of the audit log; what was done stays, under a pseudonym."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the person and, if wanted, one municipality."""
        parser.add_argument("email")
        parser.add_argument("--municipality", metavar="NUMBER", help="only in this one, four digits")
        parser.add_argument("--reason", default="", help="why; it stands in the log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget and say where."""
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError("No user has this e-mail address.")
        chosen = Municipality.objects.order_by("number")
        if options["municipality"]:
            chosen = chosen.filter(number=options["municipality"])
        n_logs = 0
        for municipality in chosen:
            pseudonym = actions.forget_person(
                municipality_id=municipality.pk, user_id=user.pk, reason=options["reason"]
            )
            if pseudonym:
                n_logs += 1
                self.stdout.write(f"{municipality.number}: the log now says {pseudonym}")
        if not n_logs:
            raise CommandError("No log names this person.")
