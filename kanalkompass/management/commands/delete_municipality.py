"""manage.py delete_municipality"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from foundation import clock
from kanalkompass.models import MunicipalityDeletion
from kanalkompass.privacy import leaving
from recruitment.models import User


class Command(BaseCommand):
    """Confirm and carry out the deletion that a municipality's administrator has asked for."""

    help = (
        "Confirm, as a second person, the deletion that a municipality's administrator has asked for, and carry it "
        "out. One that was stopped in the middle goes on without --confirmed-by."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare municipality and person."""
        parser.add_argument("number", help="the municipality's number, four digits")
        parser.add_argument("--confirmed-by", metavar="EMAIL", help="a system administrator, not the one who asked")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Delete and print the receipt.

        :raises CommandError: nothing was asked for, the same person, or a post is being sent
        """
        number, email = options["number"], options["confirmed_by"]
        running = MunicipalityDeletion.objects.filter(number=number, state=MunicipalityDeletion.State.RUNNING).first()
        deletion = running or self._confirmed(number=number, email=email)
        try:
            leaving.carry_out(deletion, now=clock.now())
        except leaving.StillSending:
            raise CommandError("A post is being sent. Nothing is lost; run the command again in two minutes.") from None
        with translation.override("nb"):
            self.stdout.write("\n".join(leaving.receipt_lines(deletion)))

    def _confirmed(self, *, number: str, email: str | None) -> MunicipalityDeletion:
        if not email:
            raise CommandError("Say who confirms: --confirmed-by EMAIL")
        by = User.objects.filter(email=email.lower()).first()
        try:
            if by is None:
                raise leaving.NotTwoPeople
            return leaving.confirm(number=number, by=by, now=clock.now())
        except leaving.NotAsked:
            raise CommandError(f"No administrator of {number} has asked for it to be deleted.") from None
        except leaving.NotTwoPeople:
            raise CommandError(f"{email} is not a system administrator, or is the one who asked.") from None
