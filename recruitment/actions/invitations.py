"""Invite people by e-mail, and let them in (P15, B57). The link's secret is in the letter alone."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from foundation import formats
from foundation.tenancy import current_municipality_id
from recruitment.actions import mail, members
from recruitment.actions.members import Grant
from recruitment.models import Invitation, Membership, Municipality, User

VALID_DAYS = 7
FORGOTTEN_DAYS = 30


class AlreadyMember(Exception):
    """The address belongs to somebody who has a role here, perhaps a closed one."""


class AlreadyInvited(Exception):
    """An invitation to this address is open; send it again, or withdraw it."""


class NotFirst(Exception):
    """The municipality has an administrator, who decides herself."""


class NotOpen(Exception):
    """The invitation was used, withdrawn, or is too old."""


class WrongPerson(Exception):
    """The invitation is for another e-mail address."""


class HasAccount(Exception):
    """The address has an account already: whoever holds it logs in."""


def invite(*, email: str, grant: Grant, by: User, now: datetime) -> Invitation:
    """
    Invite an address into the entered municipality. What happens is the same whether or not it has an account.

    :raises AlreadyMember: it has a role here
    :raises AlreadyInvited: an invitation is open
    :raises NotAdministrator: whoever acts is not an administrator here any more
    """
    with transaction.atomic():
        members.lock_members()
        if by.pk not in {user.pk for user in members.active_administrators()}:
            raise members.NotAdministrator
        return _invite(email=email, grant=grant, by=by, now=now)


def invite_first_administrator(*, municipality: Municipality, email: str, by: User, now: datetime) -> Invitation:
    """
    Invite the one who will invite the others; a system administrator may do this once. Call it in its `tenant()`.

    :raises NotFirst: there is an administrator already
    :raises AlreadyMember, AlreadyInvited: like `invite`
    """
    members.prepare_municipality(municipality)
    with transaction.atomic():
        members.lock_members()
        if members.active_administrators():
            raise NotFirst
        return _invite(email=email, grant=Grant(Membership.Role.ADMINISTRATOR), by=by, now=now)


def _invite(*, email: str, grant: Grant, by: User, now: datetime) -> Invitation:
    email = email.lower()
    here = {"municipality_id": current_municipality_id()}
    if Membership.objects.filter(**here, user__email=email).exists():
        raise AlreadyMember
    pending = Invitation.objects.filter(email=email, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if pending.filter(expires_at__gt=now).exists():
        raise AlreadyInvited
    pending.update(withdrawn_at=now)
    invitation = Invitation(email=email, invited_by=by, created_at=now, **grant.fields)
    _write(invitation, by=by, now=now)
    return invitation


def send_again(*, invitation_id: int, by: User, now: datetime) -> Invitation:
    """
    Write the letter once more with a new link, valid for a week from now; the old link stops working.

    :raises Invitation.DoesNotExist: there is no such invitation here
    :raises NotOpen: it was used or withdrawn
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise NotOpen
        _write(invitation, by=by, now=now)
    return invitation


def withdraw(*, invitation_id: int, now: datetime) -> Invitation:
    """
    Let the link stop working.

    :raises Invitation.DoesNotExist: there is no such invitation here
    :raises NotOpen: it was used or withdrawn already
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise NotOpen
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
    return invitation


def find(*, token: str, now: datetime) -> Invitation:
    """
    Return the open invitation of the entered municipality whose link holds `token`.

    :raises NotOpen: there is none, or it was used, withdrawn, or is too old
    """
    found = Invitation.objects.select_related("invited_by").filter(token_hash=_hash(token)).first()
    if found is None or not found.is_open(now):
        raise NotOpen
    return found


def accept(*, token: str, user: User, now: datetime) -> Membership:
    """
    Give the logged-in user the role that waits for her address.

    Whoever has a role here already keeps it: an old link changes nothing about it.

    :raises NotOpen: the link does not work (any more)
    :raises WrongPerson: the invitation is for another address
    """
    with transaction.atomic():
        members.lock_members()
        invitation = find(token=token, now=now)
        if user.email.lower() != invitation.email:
            raise WrongPerson
        return _let_in(invitation, user=user, now=now)


def accept_as_new(*, token: str, full_name: str, password: str, now: datetime) -> Membership:
    """
    Make an account for the invited address, and give it the role that waits.

    :raises NotOpen: the link does not work (any more)
    :raises HasAccount: the address has an account, made meanwhile
    """
    with transaction.atomic():
        members.lock_members()
        invitation = find(token=token, now=now)
        if has_account(invitation):
            raise HasAccount
        user = User.objects.create_user(invitation.email, password, full_name=full_name)
        return _let_in(invitation, user=user, now=now)


def has_account(invitation: Invitation) -> bool:
    """Whether the invited address can log in already. Asked on the page behind the link, never where one invites."""
    return User.objects.filter(email=invitation.email).exists()


def forget_old(*, now: datetime) -> int:
    """Delete the entered municipality's invitations that ended a month ago, and return how many."""
    old = Invitation.objects.filter(expires_at__lt=now - timedelta(days=FORGOTTEN_DAYS))
    return old.delete()[0]


def _let_in(invitation: Invitation, *, user: User, now: datetime) -> Membership:
    grant = {
        "role": invitation.role,
        **{f"may_{right}": getattr(invitation, f"may_{right}") for right in members.RIGHTS},
    }
    membership, _ = Membership.objects.get_or_create(municipality=invitation.municipality, user=user, defaults=grant)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return membership


def _write(invitation: Invitation, *, by: User, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.expires_at = now + timedelta(days=VALID_DAYS)
    municipality = Municipality.objects.get(pk=current_municipality_id())
    path = reverse("invitation", kwargs={"number": municipality.number, "token": token})
    with translation.override(municipality.language):
        words = {
            "inviter": _one_line_name(by),
            "municipality": municipality.name,
            "role": invitation.role_in_sentence,
            "until": formats.moment(invitation.expires_at),
            "link": f"{settings.SITE_URL}{path}",
        }
    letter = mail.post(
        to=invitation.email,
        template="invitation",
        context=words,
        language=municipality.language,
        municipality=municipality,
    )
    invitation.letter_id = letter.pk
    invitation.save()


def _one_line_name(user: User) -> str:
    return " ".join(str(user).split())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
