"""
Release at night what may be told to others than HR (R10). By whom and where it is read: `queries.released`.

Each half year of a backlog, and the night itself, is one transaction under the municipality's own lock: killed
anywhere the rest is done the next time, run twice or side by side the second finds nothing to do. What is released is
never changed: a corrected count, a withdrawn or a moved answer changes what is not released yet, and HR is shown what
became different.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.db import connection

from analytics.actions import release_rows
from analytics.ledger import Book, Vacancy, least_of, may_tell_response, rounded
from analytics.models import LedgerVacancy, ReleaseMonth, ResponseQuarter
from analytics.queries import ledger, response_quarters
from analytics.queries.surveys import kept_from, retention_months
from foundation.clock import OSLO
from foundation.tenancy import tenant
from recruitment.models import Source

# First half of the advisory lock's key; the second half is the municipality.
LOCK = 1300007
# A long backlog is gone through in parts, each stored by itself.
MONTHS_AT_ONCE = 6
# Applications of a quarter are counted, and its last surveys closed, so many months after its end.
MONTHS_UNTIL_RESPONSE = 2


def release(*, municipality_id: int, now: datetime) -> int:
    """
    Release what became complete before today (Norway), month end by month end; return how many releases were made.

    Months that nobody has gone through yet are gone through in their order, so that a late night makes no difference.
    """
    n_released, is_done = 0, False
    while not is_done:
        with tenant(municipality_id):
            _lock(municipality_id)
            n_more, is_done = _some_months(now=now)
            n_released += n_more
    return n_released


def _some_months(*, now: datetime) -> tuple[int, bool]:
    """Go through the next months, and tonight where none is left; return how many releases, and if that was all."""
    today = now.astimezone(OSLO).date()
    closings = ledger.closings()
    months = _months_to_go_through(closings, today=today)
    waiting = ledger.unreleased(is_to_be_released=True)
    book = ledger.open_book(waiting=waiting)
    for month in months[:MONTHS_AT_ONCE]:
        closings = _open(book, closings, before=_after(month), month=month)
        book.release_alone(month=month)
        book.end_month(month)
        ReleaseMonth.objects.create(month=month, threshold=book.threshold, gone_through_at=now)
    is_done = len(months) <= MONTHS_AT_ONCE
    if is_done:
        this_month = today.replace(day=1)
        _open(book, closings, before=today, month=this_month)
        book.release_alone(month=this_month)
    release_rows.store(book.drafts, waiting=waiting, threshold=book.threshold, today=today)
    if is_done:
        release_rows.follow_vacancies()
        _tell_response(today=today, now=now, threshold=book.threshold)
    return len(book.drafts), is_done


def _lock(municipality_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, municipality_id])


def _after(month: date) -> date:
    return month + timedelta(days=monthrange(month.year, month.month)[1])


def _months_to_go_through(closings: list[ledger.Closing], *, today: date) -> list[date]:
    """Return the first days of the months that have ended and were not gone through, in order."""
    last = ledger.last_month_gone_through()
    first = [] if last else [*ledger.first_months_waiting(), *(each.day.replace(day=1) for each in closings[:1])]
    month = _after(last) if last else min(first, default=today)
    months = []
    while _after(month) <= today:
        months.append(month)
        month = _after(month)
    return months


def _open(book: Book, closings: list[ledger.Closing], *, before: date, month: date) -> list[ledger.Closing]:
    """Let in the vacancies that were complete before a day; return the rest."""
    opened = [each for each in closings if each.day < before]
    rows = [
        LedgerVacancy(
            job_id=each.job_id,
            question=each.question,
            occupation_id=each.occupation_id,
            month=month,
            threshold=least_of(each.question, book.threshold),
        )
        for each in opened
    ]
    LedgerVacancy.objects.bulk_create(rows, batch_size=2000)
    for row in rows:
        book.open(Vacancy(row.question, row.job_id, row.occupation_id, row.month, row.threshold))
    return [each for each in closings if each.day >= before]


def _tell_response(*, today: date, now: datetime, threshold: int) -> None:
    """Tell how many answered in the quarters that ended long enough ago, rounded; or that it cannot be told."""
    year, month = divmod(today.year * 12 + today.month - 1 - MONTHS_UNTIL_RESPONSE, 12)
    first_kept = kept_from(months=retention_months(), now=now)
    n_sources = Source.objects.filter(is_active=True).count()
    for counts in response_quarters.quarters_to_tell(before=date(year, month + 1, 1), kept_from=first_kept):
        may_be_told = may_tell_response(
            n_jobs=counts.n_jobs,
            n_answers=counts.n_answers,
            n_unreleased=counts.n_unreleased,
            n_cells=counts.n_jobs * n_sources,
            threshold=threshold,
        )
        is_told = may_be_told and counts.is_whole and counts.n_answers <= counts.n_applied
        ResponseQuarter.objects.create(
            quarter=counts.quarter,
            n_answers=rounded(counts.n_answers, threshold=threshold) if is_told else None,
            n_applied=rounded(counts.n_applied, threshold=threshold) if is_told else None,
            released_date=today,
        )
