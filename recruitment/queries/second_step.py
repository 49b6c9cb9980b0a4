"""Who must have a second step at the login, and who has it (P26)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import Q

from foundation.tenancy import acting_user
from recruitment.models import Membership, User

# When the person said that she has put her recovery codes away; seconds since 1970, in the codes' own row.
KEPT_AT = "kept_at"

# HR reads what applicants told in confidence, so a stolen password must not be enough there either.
_DEMANDING = (
    Q(role__in=[Membership.Role.HR, Membership.Role.ADMINISTRATOR])
    | Q(may_approve=True)
    | Q(may_publish=True)
    | Q(may_connect=True)
)


def is_demanded(user: User) -> bool:
    """Whether a role or a right of the person, in any municipality, demands a second step."""
    if user.is_staff:
        return True
    with acting_user(user.pk):
        return Membership.objects.filter(_DEMANDING, user=user, is_active=True).exists()


def missing_part(user: User) -> str:
    """Return what the person's second step lacks: "app", "codes" (made, but not put away), or "" for nothing."""
    found = {each.type: each for each in Authenticator.objects.filter(user_id=user.pk)}
    if Authenticator.Type.TOTP not in found:
        return "app"
    codes = found.get(Authenticator.Type.RECOVERY_CODES)
    return "" if codes is None or codes.data.get(KEPT_AT) else "codes"
