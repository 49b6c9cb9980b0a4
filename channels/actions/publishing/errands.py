"""
What a machine does for a delivery beside sending it: uploads its video ahead, corrects its text. One row for each.

Like the queue of deliveries: PostgreSQL holds it, a message is only a doorbell, and a row that was rung is put off so
that it is not rung twice at once.
"""

from datetime import datetime

from django.db import transaction

from channels.models import Errand
from foundation.tenancy import current_municipality_id

Kind = Errand.Kind


def put(delivery_id: int, *, kind: str, at: datetime) -> None:
    """Have `kind` done at `at` (UTC); replaces an earlier wish for the same."""
    row = Errand(delivery_id=delivery_id, municipality_id=current_municipality_id(), kind=kind, due_at=at)
    Errand.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["delivery_id", "kind"], update_fields=["due_at"]
    )


def drop(delivery_id: int, *, kind: str) -> None:
    """It need not be done any more."""
    Errand.objects.filter(delivery_id=delivery_id, kind=kind, municipality_id=current_municipality_id()).delete()


def take(kind: str, *, until: datetime, ring_again_at: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (municipality id, delivery id) of rows due at `until`, oldest first, and put them off."""
    with transaction.atomic():
        rows = list(
            Errand.objects.select_for_update(skip_locked=True)
            .filter(kind=kind, due_at__lte=until)
            .order_by("due_at", "pk")[:limit]
            .values_list("pk", "municipality_id", "delivery_id")
        )
        Errand.objects.filter(pk__in=[pk for pk, _, _ in rows]).update(due_at=ring_again_at)
    return [(municipality_id, delivery_id) for _, municipality_id, delivery_id in rows]
