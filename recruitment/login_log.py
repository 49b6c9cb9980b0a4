"""
What happens to a person's login, in the audit log of each municipality she belongs to (P16), and told to herself.

Refused passwords are written down after the answer has left: known and unknown addresses answer in the same time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import translation

from audit import record
from audit.acts import Act
from foundation.acting import acting_as
from foundation.tenancy import acting_user, tenant
from recruitment.actions import mail
from recruitment.models import Membership, User

logger = logging.getLogger(__name__)


def note(*, user: User, act: Act, detail: dict[str, Any] | None = None, is_by_owner: bool = True) -> None:
    """
    Write an act on the user's login into her municipalities' logs.

    :param is_by_owner: False for what was refused: nobody knows who tried
    """
    for membership in _memberships(user):
        with acting_as(user.pk if is_by_owner else None), tenant(membership.municipality_id):
            record(act, obj=membership, detail=detail)


def note_refused(*, request: HttpRequest, email: str, act: Act) -> None:
    """Write down, once the answer has left, that a password was refused for this address."""

    def write() -> None:
        try:
            user = User.objects.filter(email=email.strip().lower()).first()
            if user is not None:
                note(user=user, act=act, detail={"step": "password"}, is_by_owner=False)
        except Exception:
            logger.exception("A refused password could not be written to the log")

    after_answer(request, write)


def after_answer(request: HttpRequest, act: Callable[[], None]) -> None:
    """Do something when the answer to the request has left (LoginMiddleware)."""
    waiting = getattr(request, "after_answer", [])
    request.after_answer = [*waiting, act]  # type: ignore[attr-defined]


def tell_owner(*, user: User, template: str) -> None:
    """
    Write to the user that her login was changed, so that she learns of it when it was somebody else.

    In her own language, else that of the first of her municipalities.
    """
    first = next(iter(_memberships(user)), None)
    language = user.language or (first.municipality.language if first else translation.get_language()) or "nb"
    mail.post(to=user.email, template=template, context={"name": user.full_name}, language=language)


def _memberships(user: User) -> list[Membership]:
    with acting_user(user.pk):
        found = Membership.objects.select_related("municipality").filter(user=user, is_active=True)
        return list(found.order_by("municipality_id"))
