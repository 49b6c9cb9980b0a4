"""manage.py add_member"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from recruitment.actions import members
from recruitment.models import Membership, Municipality


class Command(BaseCommand):
    """Give a person a role in a municipality, for example its first administrator."""

    help = "Give a person a role in a municipality, for example its first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare municipality, person, role and rights."""
        parser.add_argument("number", help="the municipality's number, four digits")
        parser.add_argument("email")
        parser.add_argument("full_name")
        parser.add_argument("--role", choices=Membership.Role.values, default=Membership.Role.ADMINISTRATOR)
        parser.add_argument("--right", action="append", default=[], choices=["approve", "publish", "connect"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Add and say what was added."""
        municipality = Municipality.objects.filter(number=options["number"]).first()
        if municipality is None:
            raise CommandError(f"No municipality has the number {options['number']}.")
        validate_email(options["email"])
        membership = members.add_member(
            municipality=municipality,
            email=options["email"],
            full_name=options["full_name"],
            role=options["role"],
            rights=set(options["right"]),
        )
        self.stdout.write(f"{membership.user.email}: {membership.role} in {municipality.name}")
