"""The people of a municipality, those who are invited, and the system administrators who have been inside."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.paginator import Page, Paginator
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from foundation.tenancy import acting_user, current_municipality_id, tenant
from recruitment.models import Invitation, Membership, Municipality, OutgoingMail, SystemEntry, User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SYSTEM_PAGE = 25
TROUBLED_SHOWN = 20


class Seen(TypedDict):
    """What a membership of the list carries beside itself."""

    has_second_step: bool
    last_seen_at: datetime | None


class Sent(TypedDict):
    """What an invitation of the list carries beside itself."""

    letter_state: str | None


def memberships() -> "QuerySet[WithAnnotations[Membership, Seen]]":
    """
    Return the entered municipality's memberships, active ones first, with user.

    Each has `has_second_step`, and `last_seen_at`, which is None for who never logged in. One query.
    """
    seen = UserSession.objects.filter(user=OuterRef("user")).order_by().values("user")
    second_step = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)
    return (
        Membership.objects.filter(municipality_id=current_municipality_id())
        .select_related("user")
        .annotate(
            has_second_step=Exists(second_step),
            # PostgreSQL's greatest() looks away from what is NULL.
            last_seen_at=Greatest("user__last_login", Subquery(seen.annotate(at=Max("last_seen_at")).values("at"))),
        )
        .order_by("-is_active", "user__full_name", "id")
    )


def pending_invitations() -> "QuerySet[WithAnnotations[Invitation, Sent]]":
    """
    Return the entered municipality's invitations that were neither used nor withdrawn, newest first.

    Each has `letter_state`, which is None when the letter was sent so long ago that it is forgotten. One query.
    """
    letter = OutgoingMail.objects.filter(pk=OuterRef("letter_id"), municipality_id=current_municipality_id())
    pending = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    return pending.select_related("invited_by").annotate(letter_state=Subquery(letter.values("state"))).order_by("-id")


def entries() -> QuerySet[SystemEntry]:
    """Return the system administrators' entries into the entered municipality, newest first."""
    here = SystemEntry.objects.filter(municipality_id=current_municipality_id())
    return here.select_related("user", "seen_by").order_by("-entered_at")


def language_at_work(user: User) -> str:
    """Return the language of the municipalities where a person has a role; "" where they differ or there is none."""
    with acting_user(user.pk):
        roles = Membership.objects.select_related("municipality").filter(user=user, is_active=True)
        found = {role.municipality.language for role in roles}
    return found.pop() if len(found) == 1 else ""


def open_entry(*, user: User, number: str, now: datetime) -> SystemEntry | None:
    """Return the entry by which the user may read the municipality with this number now, or None."""
    with acting_user(user.pk):
        return (
            SystemEntry.objects.select_related("municipality")
            .filter(user=user, municipality__number=number, left_at__isnull=True, ends_at__gt=now)
            .first()
        )


@dataclass(frozen=True)
class Town:
    """What a system administrator is told of a municipality: that it is in use, and who has been inside. No content."""

    municipality: Municipality
    n_members: int
    has_administrator: bool
    last_seen_at: datetime | None
    entries: list[SystemEntry]


def towns(*, search: str, page_number: str) -> tuple[Page, list[Town]]:
    """
    Return a page of municipalities in use, or of all those that match `search`, and what is told of each.

    Each municipality is entered for its own line, so it takes some queries for each of the 25 lines at most.
    """
    rows = Municipality.objects.filter(in_use_since__isnull=False).order_by("number")
    if search:
        rows = Municipality.objects.filter(Q(name__icontains=search) | Q(number=search)).order_by("number")
    page = Paginator(rows, SYSTEM_PAGE).get_page(page_number)
    return page, [town(each) for each in page]


def town(municipality: Municipality) -> Town:
    """Return what is told of one municipality. Four queries."""
    with tenant(municipality.pk):
        members = [each for each in memberships() if each.is_active and each.user.is_active]
        return Town(
            municipality=municipality,
            n_members=len(members),
            has_administrator=any(each.role == Membership.Role.ADMINISTRATOR for each in members),
            last_seen_at=max((each.last_seen_at for each in members if each.last_seen_at), default=None),
            entries=list(entries()[:5]),
        )


def troubled_mail() -> list[OutgoingMail]:
    """Return the latest letters of the installation that could not be sent, or that have been tried in vain so far."""
    troubled = OutgoingMail.objects.exclude(state=OutgoingMail.State.SENT).exclude(problem="")
    return list(troubled.defer("body").order_by("-id")[:TROUBLED_SHOWN])
