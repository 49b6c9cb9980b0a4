"""Store what the ledger releases, and let a release follow its vacancies when these are corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection

from analytics.ledger import SAID, Told, least_of
from analytics.models import Release, ReleaseVacancy
from analytics.models import SurveyAnswer as Answer
from analytics.queries.ledger import Unreleased
from foundation.tenancy import current_municipality_id
from recruitment.models import JobPosting

BATCH = 2000
# Days, occupation and kind of a release are those of its vacancies; where they differ it is about several.
FOLLOW = """
    UPDATE analytics_release AS release SET
        first_deadline = about.first, last_deadline = about.last, occupation_id = about.occupation, kind = about.kind
    FROM (
        SELECT part.release_id, min(job.deadline_date) AS first, max(job.deadline_date) AS last,
               CASE WHEN count(DISTINCT job.occupation_id) = 1 THEN min(job.occupation_id) END AS occupation,
               CASE WHEN count(DISTINCT job.kind) = 1 THEN min(job.kind) ELSE '' END AS kind
        FROM analytics_releasevacancy part
        JOIN recruitment_jobposting job ON job.id = part.job_id AND job.municipality_id = part.municipality_id
        WHERE part.municipality_id = %(municipality)s
        GROUP BY part.release_id
    ) AS about
    WHERE release.municipality_id = %(municipality)s AND about.release_id = release.id
      AND (release.first_deadline, release.last_deadline, release.occupation_id, release.kind)
          IS DISTINCT FROM (about.first, about.last, about.occupation, about.kind)
"""


def store(drafts: Sequence[Told], *, waiting: Unreleased, threshold: int, today: date) -> None:
    """Store releases with their vacancies, and mark the answers that belong to them. Five queries, however many."""
    jobs = JobPosting.objects.in_bulk({job_id for draft in drafts for job_id in draft.job_ids})
    releases = [_row(draft, jobs, threshold=threshold, today=today) for draft in drafts]
    Release.objects.bulk_create(releases, batch_size=BATCH)
    parts = [part for draft, release in zip(drafts, releases, strict=True) for part in _parts(draft, release, waiting)]
    ReleaseVacancy.objects.bulk_create(parts, batch_size=BATCH)
    said = [
        pk
        for draft in drafts
        if draft.question == SAID
        for job_id in draft.job_ids
        for pk in waiting.answers.get((job_id, draft.source_id), [])
    ]
    Answer.objects.filter(pk__in=said).update(is_released=True)


def _row(draft: Told, jobs: dict[int, JobPosting], *, threshold: int, today: date) -> Release:
    about = [jobs[job_id] for job_id in draft.job_ids]
    occupations, kinds = {job.occupation_id for job in about}, {job.kind for job in about}
    return Release(
        question=draft.question,
        source_id=draft.source_id,
        count=draft.count,
        threshold=least_of(draft.question, threshold),
        month=draft.month,
        released_date=today,
        n_jobs=len(about),
        first_deadline=min(job.deadline_date for job in about),
        last_deadline=max(job.deadline_date for job in about),
        occupation_id=occupations.pop() if len(occupations) == 1 else None,
        kind=kinds.pop() if len(kinds) == 1 else "",
        job_id=draft.job_ids[0] if len(about) == 1 else None,
    )


def _parts(draft: Told, release: Release, waiting: Unreleased) -> Iterator[ReleaseVacancy]:
    for job_id in draft.job_ids:
        told: dict[int, int | None] = dict(waiting.counted.get((draft.question, job_id, draft.source_id), []))
        if not told:
            # A vacancy where nobody named the source is part of the sum too.
            told = {draft.source_id: None if draft.question == SAID else 0}
        for source_id, n_told in told.items():
            yield ReleaseVacancy(release=release, job_id=job_id, source_id=source_id, n_told=n_told)


def follow_vacancies() -> None:
    """Let releases be about the days, occupation and kind that their vacancies have now. Their counts stay."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, {"municipality": current_municipality_id()})
