"""Take a municipality and its people into use."""

from foundation.tenancy import tenant
from recruitment.actions.sources import create_default_sources
from recruitment.models import Membership, Municipality, MunicipalitySettings, Source, User


def prepare_municipality(municipality: Municipality) -> None:
    """Give a municipality its settings and its list of sources, where it has none."""
    with tenant(municipality.pk):
        MunicipalitySettings.objects.get_or_create()
        if not Source.objects.exists():
            create_default_sources()


def add_member(*, municipality: Municipality, email: str, full_name: str, role: str, rights: set[str]) -> Membership:
    """
    Give a person a role in a municipality; a new person gets an account without a password and resets it by e-mail.

    :param rights: some of "approve", "publish" and "connect"
    """
    prepare_municipality(municipality)
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, full_name=full_name)
    with tenant(municipality.pk):
        membership, _ = Membership.objects.update_or_create(
            municipality=municipality,
            user=user,
            defaults={"role": role, "is_active": True, **{f"may_{right}": True for right in rights}},
        )
    return membership
