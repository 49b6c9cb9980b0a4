"""Take a municipality and its people into use, and decide what each of them may do (P15)."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from foundation import clock
from foundation.tenancy import acting_user, current_municipality_id, tenant
from recruitment.actions import sessions
from recruitment.actions.sources import create_default_sources
from recruitment.models import Membership, Municipality, MunicipalitySettings, Source, User

RIGHTS = ("approve", "publish", "connect")
# Table M: the rights are a communications adviser's. An administrator grants them, and does not use them herself.
ROLES_WITH_RIGHTS = frozenset({Membership.Role.ADVISER})


class OwnMembership(Exception):
    """Nobody decides what she herself may do."""


class LastAdministrator(Exception):
    """Without this person the municipality would have no active administrator."""


class NotAdministrator(Exception):
    """Whoever acts is not an administrator here any more: somebody was faster."""


class RightsWithoutRole(ValueError):
    """The rights belong to another role."""


@dataclass(frozen=True)
class Grant:
    """A role and its rights, some of `RIGHTS`."""

    role: str
    rights: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.rights and self.role not in ROLES_WITH_RIGHTS:
            raise RightsWithoutRole(self.role)
        if not self.rights <= set(RIGHTS):
            raise RightsWithoutRole(", ".join(sorted(self.rights - set(RIGHTS))))

    @property
    def fields(self) -> dict[str, str | bool]:
        """Return the grant as fields of a membership or an invitation."""
        return {"role": self.role, **{f"may_{right}": right in self.rights for right in RIGHTS}}


def prepare_municipality(municipality: Municipality) -> None:
    """Take a municipality into use: its settings and its list of sources, where it has none."""
    with tenant(municipality.pk):
        Municipality.objects.filter(pk=municipality.pk, in_use_since__isnull=True).update(in_use_since=clock.now())
        MunicipalitySettings.objects.get_or_create()
        if not Source.objects.exists():
            create_default_sources()


def add_member(*, municipality: Municipality, email: str, full_name: str, role: str, rights: set[str]) -> Membership:
    """
    Give a person a role in a municipality; a new person gets an account without a password and resets it by e-mail.

    For the one who runs the installation, on its own machine; everybody else invites.

    :param rights: some of "approve", "publish" and "connect"
    :raises RightsWithoutRole: the role has no rights
    :raises LastAdministrator: the person is the only administrator, and would be one no longer
    """
    grant = Grant(role, frozenset(rights))
    prepare_municipality(municipality)
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, full_name=full_name)
    with tenant(municipality.pk):
        lock_members()
        before = _memberships().filter(user=user).first()
        if before is not None and role != Membership.Role.ADMINISTRATOR:
            keep_an_administrator(without=before)
        membership, _ = Membership.objects.update_or_create(
            municipality=municipality, user=user, defaults={**grant.fields, "is_active": True}
        )
    return membership


def change_member(*, membership_id: int, by: User, grant: Grant) -> Membership:
    """
    Give a member of the entered municipality another role or other rights. They count from her next request.

    :raises Membership.DoesNotExist: there is no such member here
    :raises OwnMembership: it is one's own
    :raises NotAdministrator: whoever acts lost the role meanwhile
    :raises LastAdministrator: nobody would be left to administer
    """
    with transaction.atomic():
        membership = _lock_another(membership_id=membership_id, by=by)
        if grant.role != Membership.Role.ADMINISTRATOR:
            keep_an_administrator(without=membership)
        for name, value in grant.fields.items():
            setattr(membership, name, value)
        membership.save(update_fields=list(grant.fields))
    return membership


def deactivate(*, membership_id: int, by: User) -> Membership:
    """
    Close the municipality to a member from her next request. Where it was her last one, her sessions end at once.

    :raises: like `change_member`
    """
    with transaction.atomic():
        membership = _lock_another(membership_id=membership_id, by=by)
        keep_an_administrator(without=membership)
        membership.is_active = False
        membership.save(update_fields=["is_active"])
        user = membership.user
        with acting_user(user.pk):
            has_another = Membership.objects.filter(user=user, is_active=True).exists()
        if not has_another and not user.is_staff:
            sessions.end_all(user=user)
    return membership


def reactivate(*, membership_id: int, by: User) -> Membership:
    """
    Let a member in again, with the role and the rights she had.

    :raises: like `change_member`
    """
    with transaction.atomic():
        membership = _lock_another(membership_id=membership_id, by=by)
        membership.is_active = True
        membership.save(update_fields=["is_active"])
    return membership


def lock_members() -> None:
    """
    Hold back every other change of the entered municipality's people until the transaction ends.

    One lock for all of them: two administrators who remove each other take turns, and the second finds herself removed.
    """
    Municipality.objects.select_for_update(no_key=True).get(pk=current_municipality_id())


def active_administrators() -> list[User]:
    """Return the people who can administer the entered municipality now."""
    rows = _memberships().filter(role=Membership.Role.ADMINISTRATOR, is_active=True, user__is_active=True)
    return [row.user for row in rows.select_related("user")]


def keep_an_administrator(*, without: Membership) -> None:
    """
    Check that somebody can administer the municipality when `without` no longer does; call `lock_members` first.

    :raises LastAdministrator: nobody could
    """
    if [user.pk for user in active_administrators()] == [without.user_id]:
        raise LastAdministrator


def _lock_another(*, membership_id: int, by: User) -> Membership:
    lock_members()
    # Read again under the lock: the door looked before somebody else may have changed it.
    if by.pk not in {user.pk for user in active_administrators()}:
        raise NotAdministrator
    membership = _memberships().select_related("user").get(pk=membership_id)
    if membership.user_id == by.pk:
        raise OwnMembership
    return membership


def _memberships() -> QuerySet[Membership]:
    # Said here too: the policy alone would also show the acting user's own memberships elsewhere.
    return Membership.objects.filter(municipality_id=current_municipality_id())
