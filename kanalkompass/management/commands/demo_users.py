"""manage.py demo_users"""

import json
import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.tenancy import acting_user
from kanalkompass.demo import secret
from kanalkompass.demo.people import TOWNS
from recruitment.models import Membership, User


class Command(BaseCommand):
    """Show the demonstration users with password and current one-time code. Only with KK_DEMO=1."""

    help = "Show the demonstration users with password and current one-time code. Only with KK_DEMO=1."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="one JSON array, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside a demonstration; else print."""
        if not settings.KK_DEMO:
            raise CommandError("Demonstration users exist only with KK_DEMO=1.")
        users = demo_users()
        if options["json"]:
            self.stdout.write(json.dumps(users, ensure_ascii=False))
            return
        for user in users:
            code = f"{user['code']} ({user['seconds_left']} s)" if user["code"] else "no second step yet"
            self.stdout.write(f"{user['email']:<34} {user['password']}  {code}  {user['role']}, {user['municipality']}")


def demo_users() -> list[dict[str, Any]]:
    """
    Return the users by municipality: e-mail, name, password, role, municipality, code and its seconds left.

    Who has no second step yet has no code either: it is "".
    """
    password = secret.password()
    seconds = int(time.time())
    period = app_settings.TOTP_PERIOD
    shown = []
    for town in TOWNS:
        for person in town.people:
            user = User.objects.filter(email__endswith=f"@{town.host}", full_name=person.name).first()
            if user is None:
                continue
            authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
            counter = seconds // period
            code = hotp_value(decrypt(authenticator.data["secret"]), counter) if authenticator else None
            shown.append(
                {
                    "email": user.email,
                    "name": user.full_name,
                    "password": password,
                    "role": _role(user, town.number),
                    "municipality": town.name,
                    "number": town.number,
                    "code": "" if code is None else format_hotp_value(code),
                    "seconds_left": period - seconds % period,
                }
            )
    return shown


def _role(user: User, number: str) -> str:
    with acting_user(user.pk):
        membership = Membership.objects.get(user=user, municipality__number=number)
        return str(membership.get_role_display())
