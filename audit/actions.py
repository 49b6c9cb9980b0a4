"""Forgetting names, and erasing what has expired. Nothing else changes the log."""

from datetime import datetime

from django.db import connection, connections, transaction

from audit.models import AuditEvent
from foundation.acting import acting_as, current_actor_id
from foundation.tenancy import tenant

# The login that may become kanal_retention; the runtime login may not.
OWNER = "owner"


def forget_person(*, municipality_id: int, user_id: int, reason: str = "") -> str | None:
    """
    Forget whom a person's pseudonym stands for in this municipality; the events stay, and so does the chain.

    Returns the pseudonym, None when the log has never named the person. Acts done later get a new pseudonym.
    """
    # The function says in the log that it forgot.
    with acting_as(current_actor_id(), reason=reason), tenant(municipality_id), connection.cursor() as cursor:
        cursor.execute("SELECT audit_forget(%s)", [user_id])
        pseudonym: str | None = cursor.fetchone()[0]
    return pseudonym


def erase_expired(*, municipality_id: int, before: datetime) -> int:
    """
    Erase the oldest events, up to the last one before the moment `before` (UTC), and return how many.

    The log then says how many were erased, and its chain goes on from the last of them.
    """
    with tenant(municipality_id):
        # Numbers follow commits and moments follow acts: the first event that stays decides.
        stays = (
            AuditEvent.objects.filter(at__gte=before).order_by("sequence").values_list("sequence", flat=True).first()
        )
        past = AuditEvent.objects.filter(**({"sequence__lt": stays} if stays else {}))
        through = past.order_by("-sequence").values_list("sequence", flat=True).first()
    return _erase(municipality_id, through) if through else 0


def erase_all(*, municipality_id: int) -> int:
    """
    Erase a municipality's whole log with its names and its chain, and return how many events it had (P11).

    The last step of deleting a municipality, outside every transaction: what is changed afterwards begins a new log.
    """
    return _erase(municipality_id, None)


def _erase(municipality_id: int, through: int | None) -> int:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SET LOCAL ROLE kanal_retention")
        cursor.execute("SELECT audit_erase(%s, %s)", [municipality_id, through])
        n_erased: int = cursor.fetchone()[0]
        return n_erased
