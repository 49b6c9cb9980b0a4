"""Letters to a municipality's administrators about its deletion."""

from recruitment.actions import mail
from recruitment.models import Membership, Municipality, User


def deletion_asked(*, municipality: Municipality, by: User) -> None:
    """Tell the entered municipality's administrators that its deletion is asked for, and those who may confirm it."""
    _to_administrators("deletion_asked", municipality=municipality, by=by)
    for system in User.objects.filter(is_staff=True, is_active=True).exclude(pk=by.pk):
        mail.post(
            to=system.email,
            template="deletion_to_confirm",
            context={"municipality": municipality, "confirmer": system.email},
            language=system.language or municipality.language,
            municipality=municipality,
        )


def deletion_withdrawn(*, municipality: Municipality, by: User) -> None:
    """Tell every administrator of the entered municipality that its deletion is withdrawn."""
    _to_administrators("deletion_withdrawn", municipality=municipality, by=by)


def _to_administrators(template: str, *, municipality: Municipality, by: User) -> None:
    administrators = Membership.objects.filter(
        municipality_id=municipality.pk, role=Membership.Role.ADMINISTRATOR, is_active=True, user__is_active=True
    ).select_related("user")
    for membership in administrators:
        mail.post(
            to=membership.user.email,
            template=template,
            context={"municipality": municipality, "who": by},
            language=membership.user.language or municipality.language,
            municipality=municipality,
        )
