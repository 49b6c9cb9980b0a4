"""Who may approve what (T2): where two people are needed, nobody approves what she has written or changed herself."""

from channels.models import Post
from foundation.tenancy import current_municipality_id
from recruitment.models import Membership, MunicipalitySettings, User


def needs_two_people() -> bool:
    """Whether the entered municipality wants two people for each post. One query."""
    return bool(MunicipalitySettings.objects.values_list("needs_two_people", flat=True).first())


def is_own(post: Post, user: User) -> bool:
    """Whether somebody wrote a post, or changed it last."""
    return user.pk in (post.created_by_id, post.changed_by_id)


def holders(right: str) -> list[str]:
    """Return the names of the advisers who hold a right in the entered municipality. One query."""
    rows = Membership.objects.filter(
        municipality_id=current_municipality_id(), role=Membership.Role.ADVISER, is_active=True, **{right: True}
    )
    return [str(each.user) for each in rows.select_related("user").order_by("user__full_name", "pk")]
