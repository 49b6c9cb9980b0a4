"""Writing to the log what changes no row."""

import json
from typing import Any

from django.db import connection, models

from audit.acts import ROW_ACTS, Act


def record(
    act: Act, *, obj: models.Model | None = None, reason: str = "", detail: dict[str, Any] | None = None
) -> None:
    """
    Append an act to the entered municipality's log, by whoever acts (`foundation.acting`); the system when nobody does.

    It is stored with the transaction it stands in, or not at all.

    :param obj: the row that the act concerns
    :param reason: what was given as the reason; without one, the reason of `acting_as`
    :param detail: JSON values without names, addresses, tokens or what applicants wrote
    :raises NoTenant: no municipality is entered
    """
    # Imported here: Django loads this package before models may be defined.
    from foundation.tenancy import current_municipality_id

    if act in ROW_ACTS:
        raise ValueError(f"{act} is written by the database when a row changes")
    current_municipality_id()
    table, object_id = (obj._meta.db_table, obj.pk) if obj is not None else ("", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_append(%s, %s, %s, %s, %s::jsonb)",
            [act.value, table, object_id, reason, json.dumps(detail) if detail else None],
        )
