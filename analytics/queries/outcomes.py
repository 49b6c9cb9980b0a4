"""HR's counts of one vacancy, beside what its applicants said."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum

from analytics.models import JobCount, Outcome
from analytics.queries.surveys import answers_by_source
from recruitment.models import JobPosting, Source
from recruitment.queries.sources import told_under_of

COUNTS = ("applied", "qualified", "best_qualified", "interviewed", "offered", "hired")
# A form of more rows is no longer typed by hand, and would be refused as too many fields.
MOST_ROWS = 100


@dataclass(frozen=True)
class Said:
    """How many answers name one source first."""

    source: Source
    n_answers: int


@dataclass(frozen=True)
class GridRow:
    """
    One source of the outcome grid. `outcome` is None when nothing is registered.

    `n_said` are answers; None when they may be deleted.
    """

    source: Source
    outcome: Outcome | None
    n_said: int | None

    @property
    def counts(self) -> dict[str, int | None]:
        """The counts by name; None is not registered."""
        return {name: getattr(self.outcome, name, None) for name in COUNTS}


def said_about(*, job: JobPosting) -> list[Said]:
    """Return the answers by source, most first; sources nobody named are left out. For HR alone. Two queries."""
    counts = answers_by_source(job=job)
    named = [Said(source, counts[source.pk]) for source in Source.objects.filter(pk__in=counts)]
    return sorted(named, key=lambda said: -said.n_answers)


def outcome_grid(*, job: JobPosting) -> list[GridRow]:
    """
    Return one row for each source in use, and for each out of use that has counts or answers, in the list's order.

    Three queries, however many sources. For HR alone: the counts are exact and live (R10).
    """
    outcomes = {outcome.source_id: outcome for outcome in Outcome.objects.filter(job=job).select_related("changed_by")}
    said = answers_by_source(job=job)
    return [
        GridRow(source=source, outcome=outcomes.get(source.pk), n_said=said.get(source.pk, 0))
        for source in Source.objects.all()
        if source.is_active or source.pk in outcomes or source.pk in said
    ]


def without_qualified(rows: list[GridRow], counts: Mapping[int, Mapping[str, int | None]]) -> list[Source]:
    """
    Return the sources with applicants, counted or said, and the unknown one, whose qualified are not registered.

    When none is left the vacancy is whole. What was merged into another source may be counted there.

    :param counts: HR's counts by source id, as they stand or are about to be stored
    """
    told_under = told_under_of(row.source for row in rows)
    place = {row.source.pk: told_under.get(row.source.pk, row.source.pk) for row in rows}
    counted = {place[row.source.pk] for row in rows if counts[row.source.pk].get("qualified") is not None}
    return [
        row.source
        for row in rows
        if place[row.source.pk] not in counted
        and (row.n_said or counts[row.source.pk].get("applied") or _is_unknown(row.source))
    ]


def _is_unknown(source: Source) -> bool:
    return source.kind == Source.Kind.UNKNOWN and source.is_active


def rows_to_type(rows: list[GridRow]) -> list[GridRow]:
    """Return at most `MOST_ROWS` of the grid, in its order: the unknown and those with counts or answers first."""
    if len(rows) <= MOST_ROWS:
        return rows
    first = sorted(rows, key=lambda row: row.outcome is None and not row.n_said and not _is_unknown(row.source))
    chosen = {row.source.pk for row in first[:MOST_ROWS]}
    return [row for row in rows if row.source.pk in chosen]


def n_qualified(*, job: JobPosting, rows: list[GridRow]) -> int:
    """Return how many qualified are counted for the vacancy. One query, and only where `rows` may not be all."""
    if len(rows) < MOST_ROWS:
        return sum(row.counts["qualified"] or 0 for row in rows)
    return Outcome.objects.filter(job=job).aggregate(all=Sum("qualified"))["all"] or 0


def n_sources_in_use() -> int:
    """Return how many sources the municipality has in use. One query."""
    return Source.objects.filter(is_active=True).count()


def count_of(*, job: JobPosting) -> JobCount | None:
    """Return what HR counted for the vacancy as a whole, None when nothing is registered. For HR alone. One query."""
    return JobCount.objects.filter(job=job).select_related("changed_by").first()


def version_of(rows: list[GridRow], count: JobCount | None = None) -> str:
    """Return a mark of what is stored, by which a form that has become stale is known."""
    registered = [row for row in rows if any(value is not None for value in row.counts.values())]
    in_order = sorted(registered, key=lambda row: row.source.pk)
    by_source = [[row.source.pk, *row.counts.values()] for row in in_order]
    stored = [by_source, count and count.applied, count.reason if count else ""]
    return hashlib.sha256(json.dumps(stored).encode()).hexdigest()[:32]
