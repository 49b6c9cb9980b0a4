"""Register what was spent on a vacancy, in kroner and in hours."""

from datetime import date, datetime

from django.db import transaction

from analytics.models import Cost
from recruitment.models import JobPosting, Source, User


def register_cost(
    *,
    job: JobPosting | None,
    source: Source,
    day: date,
    amount_ore: int | None,
    minutes: int | None,
    note: str,
    user: User,
    now: datetime,
) -> list[Cost]:
    """
    Store kroner (whole øre), hours (minutes) or both as a row each, and return the rows. 0 kroner is a cost of 0.

    :raises ValueError: neither kroner nor hours
    """
    if amount_ore is None and minutes is None:
        raise ValueError("A cost is kroner or hours")
    given = {"job": job, "source": source, "day": day, "note": note, "created_at": now, "created_by": user}
    rows = []
    with transaction.atomic():
        if amount_ore is not None:
            rows.append(Cost.objects.create(kind=Cost.Kind.KRONER, amount_ore=amount_ore, **given))
        if minutes is not None:
            rows.append(Cost.objects.create(kind=Cost.Kind.HOURS, minutes=minutes, **given))
    return rows


def remove_cost(*, job: JobPosting, cost_id: int) -> bool:
    """Remove one of the vacancy's costs; return whether it was there. Removing it twice is not an error."""
    n_removed, _ = Cost.objects.filter(job=job, pk=cost_id).delete()
    return n_removed > 0
