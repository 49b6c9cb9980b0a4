"""What is shared with others than HR, and what waits: the two sides of the release ledger for one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Sum

from analytics.models import LedgerVacancy, Outcome, Question, Release
from analytics.queries import ledger
from recruitment.models import JobPosting, Occupation, Source
from recruitment.queries import sources
from recruitment.queries.occupations import name_of

PER_PAGE, MOST_ROWS, MOST_CORRECTED = 50, 40, 20


@dataclass(frozen=True)
class SharedRow:
    """
    One occupation of a source. `occupation` is None for sums over several occupations.

    `n_waiting` are complete and not shared yet; None where only HR may know.
    """

    source: Source
    occupation: Occupation | None
    n_shared: int
    n_releases: int
    n_waiting: int | None

    @property
    def occupation_name(self) -> str:
        """The occupation in the reader's language, "" for several."""
        return name_of(self.occupation) if self.occupation else ""


@dataclass(frozen=True)
class SharedSource:
    """One source: the sums of all its occupations, the first of them as `rows`, and how many more there are."""

    source: Source
    n_shared: int
    n_releases: int
    n_waiting: int | None
    rows: list[SharedRow]
    n_more: int


@dataclass(frozen=True)
class Corrected:
    """A count of HR's that was made smaller after it was shared. What is shared stays."""

    job: JobPosting
    source: Source
    n_shared: int
    n_now: int


@dataclass(frozen=True)
class SharedFigures:
    """
    One question's ledger: a page of sources, and the sums of all of them. `last_shared` is a Norwegian day or None.

    `n_in_open` belong to vacancies that are not complete. What waits and what was corrected is for HR alone.
    """

    page: Page
    n_shared: int
    n_waiting: int | None
    n_in_open: int | None
    last_shared: date | None
    corrected: list[Corrected]


def shared_figures(*, question: str, is_for_hr: bool, page_number: int = 1) -> SharedFigures:
    """
    Return what is shared of one question by source and its occupations, in the order of the list of sources.

    A sum over several vacancies is one release; whoever is not HR is told nothing of what waits (R10). A fixed number
    of queries.
    """
    merged = sources.merged()
    shared: dict[tuple[int, int | None], tuple[int, int]] = defaultdict(lambda: (0, 0))
    releases = Release.objects.filter(question=question)
    for source_id, occupation_id, count, n in (
        releases.values_list("source_id", "occupation_id").order_by().annotate(Sum("count"), n=Count("pk"))
    ):
        place = merged.get(source_id, source_id), occupation_id
        shared[place] = shared[place][0] + count, shared[place][1] + n
    waiting, n_in_open = _waiting(question) if is_for_hr else ({}, None)
    rows = _rows(shared, waiting, is_for_hr=is_for_hr)
    return SharedFigures(
        page=Paginator(_sources(rows, is_for_hr=is_for_hr), PER_PAGE).get_page(page_number),
        n_shared=sum(row.n_shared for row in rows),
        n_waiting=sum(waiting.values()) if is_for_hr else None,
        n_in_open=n_in_open,
        last_shared=releases.aggregate(last=Max("released_date"))["last"],
        corrected=_corrected(question) if is_for_hr and question != Question.SAID else [],
    )


def _waiting(question: str) -> tuple[dict[tuple[int, int | None], int], int]:
    """Return what is complete and waits, by source and occupation, and how many belong to vacancies that are not."""
    complete = dict(LedgerVacancy.objects.filter(question=question).values_list("job_id", "occupation_id"))
    waiting: dict[tuple[int, int | None], int] = defaultdict(int)
    n_in_open = 0
    for (asked, job_id, source_id), n in ledger.unreleased().counts.items():
        if asked == question and job_id in complete:
            waiting[source_id, complete[job_id]] += n
        elif asked == question:
            n_in_open += n
    return dict(waiting), n_in_open


def _rows(
    shared: dict[tuple[int, int | None], tuple[int, int]],
    waiting: dict[tuple[int, int | None], int],
    *,
    is_for_hr: bool,
) -> list[SharedRow]:
    places = shared.keys() | waiting.keys()
    found = Source.objects.in_bulk({source_id for source_id, _ in places})
    occupations = Occupation.objects.prefetch_related("titles").in_bulk(
        {occupation_id for _, occupation_id in places if occupation_id}
    )
    rows = [
        SharedRow(
            source=found[source_id],
            occupation=occupations.get(occupation_id) if occupation_id else None,
            n_shared=shared.get((source_id, occupation_id), (0, 0))[0],
            n_releases=shared.get((source_id, occupation_id), (0, 0))[1],
            n_waiting=waiting.get((source_id, occupation_id), 0) if is_for_hr else None,
        )
        for source_id, occupation_id in places
    ]
    return sorted(rows, key=_in_order)


def _sources(rows: Iterable[SharedRow], *, is_for_hr: bool) -> list[SharedSource]:
    """Return rows that stand in order, source by source."""
    found = []
    for _, each in groupby(rows, key=lambda row: row.source.pk):
        of_source = list(each)
        found.append(
            SharedSource(
                source=of_source[0].source,
                n_shared=sum(row.n_shared for row in of_source),
                n_releases=sum(row.n_releases for row in of_source),
                n_waiting=sum(row.n_waiting or 0 for row in of_source) if is_for_hr else None,
                rows=of_source[:MOST_ROWS],
                n_more=max(0, len(of_source) - MOST_ROWS),
            )
        )
    return found


def _in_order(row: SharedRow) -> tuple[int, int, str]:
    return row.source.position, row.source.pk, row.occupation.code if row.occupation else ""


def _corrected(question: str) -> list[Corrected]:
    told = {place[1:]: n for place, n in ledger.told_counts().items() if place[0] == question}
    outcomes = Outcome.objects.filter(job_id__in={job_id for job_id, _ in told}).select_related("job", "source")
    changed = [
        Corrected(outcome.job, outcome.source, told[outcome.job_id, outcome.source_id], getattr(outcome, question) or 0)
        for outcome in outcomes.order_by("-changed_at")
        if (getattr(outcome, question) or 0) < told.get((outcome.job_id, outcome.source_id), 0)
    ]
    return changed[:MOST_CORRECTED]
