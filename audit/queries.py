"""Reading the log of the entered municipality, newest first."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from audit.models import AuditEvent, Person

NOBODY = "nobody"  # stands for no pseudonym at all: whoever has none has done nothing


@dataclass(frozen=True)
class Selection:
    """
    Which events. None is no restriction; the moments are UTC, `until` not included.

    :param actor: a pseudonym, or "" for the system
    :param rows: (table, ids) of the objects; ids None is every row of the table
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    act: str | None = None
    rows: list[tuple[str, list[int] | None]] = field(default_factory=list)
    # Rows that are gone, found by what they pointed to: (table, column, id).
    pointing: list[tuple[str, str, int]] = field(default_factory=list)

    def events(self) -> QuerySet[AuditEvent]:
        """Return the selected events of the entered municipality, newest first."""
        chosen = AuditEvent.objects.order_by("-sequence")
        plain: dict[str, Any] = {
            "at__gte": self.since,
            "at__lt": self.until,
            "actor": self.actor,
            "act": self.act,
        }
        chosen = chosen.filter(**{name: value for name, value in plain.items() if value is not None})
        about = Q()
        for table, ids in self.rows:
            about |= Q(table_name=table) if ids is None else Q(table_name=table, object_id__in=ids)
        for table, column, pk in self.pointing:
            about |= Q(table_name=table, **{f"before__{column}": pk}) | Q(table_name=table, **{f"after__{column}": pk})
        return chosen.filter(about)


def page(*, selection: Selection, older_than: int | None, size: int) -> tuple[list[AuditEvent], int | None]:
    """
    Return up to `size` selected events older than number `older_than`, newest first, and where the next page begins.

    One query, equally fast however far back.
    """
    chosen = selection.events()
    if older_than is not None:
        chosen = chosen.filter(sequence__lt=older_than)
    found = list(chosen[: size + 1])
    return found[:size], found[size - 1].sequence if len(found) > size else None


def pseudonym_of(user_id: int) -> str:
    """Return the pseudonym of a user here; one that no event has, when she has done nothing yet."""
    known = Person.objects.filter(user_id=user_id).values_list("pseudonym", flat=True).first()
    return known or NOBODY
