"""Store what HR counted. Counts per source, never who (R9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from analytics.models import JobCount, Outcome
from analytics.queries import outcomes as queries
from recruitment.models import JobPosting, User


@dataclass(frozen=True)
class Counts:
    """HR's counts for one source; None is not registered."""

    applied: int | None = None
    qualified: int | None = None
    best_qualified: int | None = None
    interviewed: int | None = None
    offered: int | None = None
    hired: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is registered."""
        return all(value is None for value in vars(self).values())


@dataclass(frozen=True)
class Whole:
    """What is counted for the vacancy as a whole; the reason is why counts that look wrong are right."""

    applied: int | None = None
    reason: str = ""


class ChangedMeanwhile(Exception):
    """Somebody stored other counts after the form was opened. Nothing of this form is stored."""

    def __init__(self, *, by: User | None, at: datetime | None) -> None:
        super().__init__("Counts were changed meanwhile")
        self.by, self.at = by, at


def register_outcomes(
    *,
    job: JobPosting,
    counts: Mapping[int, Counts],
    seen: str,
    user: User,
    now: datetime,
    today: date,
    whole: Whole | None = None,
) -> int:
    """
    Store the counts of a vacancy by source id, and return how many sources changed, the vacancy's total counted as one.

    Storing what is stored already changes nothing, so a form may be sent twice. The day a source's counts belong to
    is the application deadline, or the Norwegian day they were first registered while the vacancy is open (0021).

    :param seen: the mark of what was stored when the form was opened (`queries.version_of`)
    :param whole: None leaves the total and the reason as they are
    :raises ChangedMeanwhile: something else was stored since, and it is not what this form holds
    """
    with transaction.atomic():
        # Two people who save at the same time take turns, and the second is told.
        JobPosting.objects.select_for_update(no_key=True).get(pk=job.pk)
        rows = {row.source.pk: row for row in queries.outcome_grid(job=job)}
        count = queries.count_of(job=job)
        changed = {pk: new for pk, new in counts.items() if vars(new) != rows[pk].counts}
        is_whole_changed = whole is not None and whole != _whole_of(count)
        n_missing = _n_missing(list(rows.values()), changed)
        stored_missing = count.n_missing if count else 0
        # Storing the same again may make a vacancy whole, and never half: answers that came later undo nothing.
        if n_missing >= stored_missing and not changed and not is_whole_changed:
            return 0
        if seen != queries.version_of(list(rows.values()), count):
            raise _changed(rows.values(), count)
        day = min(today, job.deadline_date)
        for source_id, new in changed.items():
            outcome = rows[source_id].outcome or Outcome(job=job, source_id=source_id, counted_date=day)
            for name, value in vars(new).items():
                setattr(outcome, name, value)
            outcome.changed_at, outcome.changed_by = now, user
            outcome.save()
        if is_whole_changed or n_missing != stored_missing:
            values = {**vars(whole or _whole_of(count)), "n_missing": n_missing, "changed_at": now, "changed_by": user}
            JobCount.objects.update_or_create(job=job, defaults=values)
        return len(changed) + is_whole_changed


def _n_missing(rows: list[queries.GridRow], changed: Mapping[int, Counts]) -> int:
    """Return how many sources will lack a number of qualified; 0 too when none has any: that is not half registered."""
    counts = {row.source.pk: row.counts for row in rows} | {pk: vars(new) for pk, new in changed.items()}
    if all(by_name["qualified"] is None for by_name in counts.values()):
        return 0
    return len(queries.without_qualified(rows, counts))


def _whole_of(count: JobCount | None) -> Whole:
    return Whole(applied=count.applied, reason=count.reason) if count else Whole()


def _changed(rows: Iterable[queries.GridRow], count: JobCount | None) -> ChangedMeanwhile:
    stored: list[Outcome | JobCount] = [row.outcome for row in rows if row.outcome]
    last = max([*stored, *([count] if count else [])], key=lambda each: each.changed_at, default=None)
    return ChangedMeanwhile(by=last.changed_by if last else None, at=last.changed_at if last else None)
