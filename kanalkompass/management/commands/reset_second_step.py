"""manage.py reset_second_step"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.acts import Act
from recruitment import login_log
from recruitment.actions import second_step, sessions
from recruitment.models import User


class Command(BaseCommand):
    """Take away a person's app and recovery codes when she has lost both."""

    help = (
        "Take away a person's authenticator app and recovery codes when both are lost. Make sure first, face to face "
        "or by a known telephone number, that it is she who asks. Her log-ins end, and she sets up an app anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Take them away, write it down and tell the owner.

        :raises CommandError: nobody has this address
        """
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("No user has this address.")
        with transaction.atomic():
            n_gone = second_step.take_away(user=user)
            sessions.end_all(user=user)
            login_log.note(
                user=user, act=Act.SECOND_STEP_CHANGED, detail={"how": "reset by operations"}, is_by_owner=False
            )
            login_log.tell_owner(user=user, template="second_step_changed")
        self.stdout.write(f"{n_gone} taken away. The next log-in asks for the password alone, and for a new app.")
