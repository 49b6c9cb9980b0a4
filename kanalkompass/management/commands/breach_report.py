"""manage.py breach_report"""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from kanalkompass import breach
from recruitment.models import User


class Command(BaseCommand):
    """Tell what a user or a channel's token touched, for the notice of a breach within 72 hours."""

    help = (
        "Tell which municipalities, objects and stretch of time a user, or a channel's token, touched (GDPR art. 33)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one person or one token, and a stretch of time."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", metavar="E-MAIL", help="a person who may have lost her password")
        whose.add_argument("--token", metavar="FINGERPRINT", help="the six characters shown at the channel's account")
        parser.add_argument("--since", metavar="TIME", help="2026-11-20 or 2026-11-20T14:30, UTC")
        parser.add_argument("--until", metavar="TIME", help="not included; without it, until now")
        parser.add_argument("--json", action="store_true", help="one JSON array, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """
        Print the report.

        :raises CommandError: nobody has the address, or a time is no time
        """
        stretch = {"since": _moment(options["since"]), "until": _moment(options["until"])}
        if options["user"]:
            user = User.objects.filter(email=options["user"].lower()).first()
            if user is None:
                raise CommandError("Nobody has this address.")
            touched = breach.of_user(user=user, **stretch)
        else:
            touched = breach.of_token(fingerprint=options["token"], **stretch)
        if options["json"]:
            self.stdout.write(json.dumps([each.as_json() for each in touched], ensure_ascii=False))
            return
        for each in touched:
            self._say(each)
        self.stdout.write(f"{len(touched)} municipalities. The authority is told within 72 hours: see SECURITY.md.")

    def _say(self, touched: breach.Touched) -> None:
        self.stdout.write(f"{touched.number} {touched.name}: {touched.n_events} events in the log")
        if touched.first_at and touched.last_at:
            self.stdout.write(f"  from {touched.first_at.isoformat()} to {touched.last_at.isoformat()}")
        for act, n in touched.acts.items():
            self.stdout.write(f"  {act}: {n}")
        for table, n in touched.objects.items():
            self.stdout.write(f"  {n} different rows of {table}")
        for line in touched.within_reach:
            self.stdout.write(f"  within reach: {line}")


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parse_datetime(text)
        if moment is None:
            day = parse_date(text)
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"{text} is no time. Write 2026-11-20 or 2026-11-20T14:30.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
