"""Invented ledgers: vacancies that close over two years, and what the application's own ledger releases of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analytics.ledger import SAID, Book, Count, Vacancy, least_of
from tests.truth.world import Year

FIRST_YEAR = 2024
TYPED = ("applied", "qualified", "interviewed", "offered", "hired")
# How many of those at one stage come to the next.
STAGE_PARTS = (0.5, 0.6, 0.5, 0.8)


@dataclass(frozen=True)
class Ledger:
    """A ledger that was gone through, with the truth that nobody outside is told."""

    truth: dict[Count, int]
    vacancies: list[Vacancy]
    book: Book
    threshold: int
    month_ends: list[date] = field(default_factory=list)


def gone_through(
    truth: dict[Count, int],
    vacancies: list[Vacancy],
    *,
    threshold: int = 5,
    n_years: int = 1,
    n_months: int | None = None,
) -> Ledger:
    """Let the application release month by month, whole years or the first months of them."""
    book = Book(threshold=threshold, counts=truth)
    months = [date(FIRST_YEAR + n // 12, n % 12 + 1, 1) for n in range(12 * n_years)][:n_months]
    for month in months:
        for vacancy in vacancies:
            if vacancy.month == month:
                book.open(vacancy)
        book.release_alone(month=month)
        book.end_month(month)
    return Ledger(truth, vacancies, book, threshold, months)


def of_year(drawn: Year, rng: np.random.Generator) -> Ledger:
    """Release the qualified of a year as HR counts them; those without a known source stand on one of their own."""
    n_sources, n_vacancies = drawn.answered.shape
    unknown = (drawn.qualified - drawn.answered).sum(axis=0)
    truth = {
        ("qualified", job, source): int(n)
        for source, counts in enumerate([*drawn.answered, unknown])
        for job, n in enumerate(counts)
    }
    n_occupations = max(1, n_vacancies // 8)
    vacancies = [
        Vacancy("qualified", job, int(rng.integers(n_occupations)), date(FIRST_YEAR, int(rng.integers(12)) + 1, 1), 5)
        for job in range(n_vacancies)
    ]
    return gone_through(truth, vacancies)


def small(rng: np.random.Generator, *, threshold: int) -> Ledger:
    """Draw a small municipality's two years, with everything that is asked: easiest to work single counts out of."""
    n_jobs, n_sources, n_occupations = int(rng.integers(6, 28)), int(rng.integers(2, 6)), int(rng.integers(1, 5))
    truth: dict[Count, int] = {}
    vacancies = []
    for job in range(n_jobs):
        occupation, closed = int(rng.integers(n_occupations)), int(rng.integers(20))
        later = closed + int(rng.integers(1, 4))
        for question in (SAID, *TYPED):
            n = closed if question == SAID else later
            month = date(FIRST_YEAR + n // 12, n % 12 + 1, 1)
            vacancies.append(Vacancy(question, job, occupation, month, least_of(question, threshold)))
        for source in range(n_sources):
            stage = int(rng.poisson(rng.choice([0.7, 2.0, 5.0])))
            truth[SAID, job, source] = int(rng.binomial(stage, 0.6))
            for question, part in zip(TYPED, (*STAGE_PARTS, 0), strict=True):
                truth[question, job, source] = stage
                stage = int(rng.binomial(stage, part))
    return gone_through(truth, vacancies, threshold=threshold, n_years=2)
