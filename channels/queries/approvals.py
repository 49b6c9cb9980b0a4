"""Who may approve what (T2): where two people are needed, nobody approves what she has written or changed herself."""

from channels.models import Post
from recruitment.models import MunicipalitySettings, User


def needs_two_people() -> bool:
    """Whether the entered municipality wants two people for each post. One query."""
    return bool(MunicipalitySettings.objects.values_list("needs_two_people", flat=True).first())


def is_own(post: Post, user: User) -> bool:
    """Whether somebody wrote a post, or changed it last."""
    return user.pk in (post.created_by_id, post.changed_by_id)
