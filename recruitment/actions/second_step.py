"""Recovery codes are shown until their owner has put them away; a lost second step is taken away."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from recruitment.models import User
from recruitment.queries.second_step import KEPT_AT


def put_codes_away(*, user: User, now: datetime) -> None:
    """Note that the user has kept her recovery codes; from now on nobody is shown them."""
    for codes in Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES):
        codes.data[KEPT_AT] = now.timestamp()
        codes.save(update_fields=["data"])


def take_away(*, user: User) -> int:
    """Delete the user's app and recovery codes, and return how many rows they were."""
    return Authenticator.objects.filter(user=user).delete()[0]
