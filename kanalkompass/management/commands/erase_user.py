"""manage.py erase_user"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation import clock
from kanalkompass.privacy import people
from recruitment.models import User


class Command(BaseCommand):
    """Remove a user's name, address, sessions and second step; the log keeps a pseudonym."""

    help = "Erase a user who asks for it: name, e-mail address, log-in and roles. What she did stays, without her name."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the person."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Erase and say so.

        :raises CommandError: nobody has the address, or she is a municipality's only administrator
        """
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError("Nobody has this address.")
        try:
            people.erase(user=user, now=clock.now())
        except people.OnlyAdministrator as problem:
            raise CommandError(f"The only administrator of {problem}. Give somebody else the role first.") from None
        self.stdout.write(f"User {user.pk} is erased.")
