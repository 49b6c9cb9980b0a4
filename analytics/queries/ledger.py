"""What the release ledger starts from: which vacancies are complete, and what of them is not released yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, DateField, F, Max, When
from django.db.models.functions import Greatest

from analytics.ledger import Book, Told, Vacancy
from analytics.models import LedgerVacancy, Outcome, Question, Release, ReleaseMonth, ReleaseVacancy, Survey
from analytics.models import SurveyAnswer as Answer
from analytics.queries import lacking
from foundation.clock import OSLO
from foundation.tenancy import current_municipality_id
from recruitment.models import JobPosting, Municipality, MunicipalitySettings
from recruitment.queries import sources

# HR may correct what it typed for so long before it is released.
SETTLED_AFTER = timedelta(days=7)
# These count when they are registered for every source with applicants.
OF_WHOLE = (Question.QUALIFIED.value, Question.BEST_QUALIFIED.value)
COUNTED = tuple(question.value for question in Question if question != Question.SAID)


@dataclass(frozen=True)
class Closing:
    """A vacancy that is complete for one question from a Norwegian day on."""

    question: str
    job_id: int
    occupation_id: int
    day: date


def closings() -> list[Closing]:
    """
    Return what is complete or will be, by question and vacancy, that no pool holds yet, the earliest first.

    Answers: the day after both the application deadline and the survey's last day; a survey closed by hand ends with
    the deadline. HR's counts: that deadline, and a week after the vacancy's last change. The qualified of a half
    registered vacancy are not complete. Five queries.
    """
    held = set(LedgerVacancy.objects.values_list("question", "job_id"))
    found = [*_surveys(), *_counted()]
    return sorted((each for each in found if (each.question, each.job_id) not in held), key=lambda each: each.day)


def _surveys() -> Iterator[Closing]:
    last = Case(
        When(is_open=True, then=Greatest("closes_date", "job__deadline_date")),
        default=F("job__deadline_date"),
        output_field=DateField(),
    )
    rows = Survey.objects.annotate(last=last).values_list("job_id", "job__occupation_id", "last")
    for job_id, occupation_id, day in rows:
        yield Closing(Question.SAID, job_id, occupation_id, day + timedelta(days=1))


def _counted() -> Iterator[Closing]:
    deadlines = {job_id: rest for job_id, *rest in JobPosting.objects.values_list("pk", "deadline_date", "occupation")}
    half = set(lacking.half_registered().values_list("job_id", flat=True))
    registered = {f"n_{name}": Count(name) for name in COUNTED}
    for row in Outcome.objects.values("job_id").order_by().annotate(last=Max("changed_at"), **registered):
        deadline, occupation_id = deadlines[row["job_id"]]
        settled = (row["last"] + SETTLED_AFTER).astimezone(OSLO).date()
        for question in COUNTED:
            if row[f"n_{question}"] and not (question in OF_WHOLE and row["job_id"] in half):
                yield Closing(question, row["job_id"], occupation_id, max(deadline, settled) + timedelta(days=1))


@dataclass(frozen=True)
class Unreleased:
    """
    What is not released, by question, vacancy and the source it is told under.

    `answers` holds the answers' keys, `counted` the registered source and its count for each of HR's own.
    """

    answers: dict[tuple[int, int], list[int]]
    counted: dict[tuple[str, int, int], list[tuple[int, int]]]

    @property
    def counts(self) -> dict[tuple[str, int, int], int]:
        """How many there are of each."""
        said = {(Question.SAID.value, *place): len(found) for place, found in self.answers.items()}
        return said | {place: sum(n for _, n in parts) for place, parts in self.counted.items()}


def unreleased(*, is_to_be_released: bool = False) -> Unreleased:
    """
    Return what belongs to no release, whether its vacancy is complete or not. Four queries.

    :param is_to_be_released: lock the answers, so that nobody withdraws one while it is counted
    """
    merged = sources.merged()
    answers: dict[tuple[int, int], list[int]] = defaultdict(list)
    waiting = Answer.objects.filter(is_released=False).order_by("pk")
    if is_to_be_released:
        waiting = waiting.select_for_update(of=("self",), no_key=True)
    for pk, job_id, source_id in waiting.values_list("pk", "survey__job_id", "first_source_id"):
        answers[job_id, merged.get(source_id, source_id)].append(pk)
    counted: dict[tuple[str, int, int], list[tuple[int, int]]] = defaultdict(list)
    told = told_counts()
    for row in Outcome.objects.values("job_id", "source_id", *COUNTED):
        job_id, source_id = row["job_id"], row["source_id"]
        for question in COUNTED:
            n = (row[question] or 0) - told.get((question, job_id, source_id), 0)
            if n > 0:
                counted[question, job_id, merged.get(source_id, source_id)].append((source_id, n))
    return Unreleased(answers=dict(answers), counted=dict(counted))


def told_counts() -> dict[tuple[str, int, int], int]:
    """Return how many of HR's counts are released, by question, vacancy and the source they were registered on."""
    rows = ReleaseVacancy.objects.filter(n_told__gt=0).order_by()
    told: dict[tuple[str, int, int], int] = defaultdict(int)
    for question, job_id, source_id, n in rows.values_list("release__question", "job_id", "source_id", "n_told"):
        told[question, job_id, source_id] += n
    return told


def threshold() -> int:
    """Return how many must at least be told together in the entered municipality."""
    settings = MunicipalitySettings.objects.first()
    return (settings or MunicipalitySettings()).release_threshold


def open_book(*, waiting: Unreleased) -> Book:
    """Return the entered municipality's ledger as it stands. Six queries."""
    merged = sources.merged()
    parts: dict[int, dict[int, int]] = defaultdict(dict)
    for release_id, job_id, n in ReleaseVacancy.objects.values_list("release_id", "job_id", "n_told").order_by(
        "job_id"
    ):
        parts[release_id][job_id] = parts[release_id].get(job_id, 0) + (n or 0)
    told = [
        Told(question, merged.get(source_id, source_id), tuple(parts[pk]), count, month, tuple(parts[pk].values()))
        for pk, question, source_id, count, month in Release.objects.order_by("pk").values_list(
            "pk", "question", "source_id", "count", "month"
        )
    ]
    book = Book(
        threshold=threshold(),
        counts=waiting.counts,
        told=told,
        # An invented municipality has nobody to protect, and is loaded while somebody waits.
        looks_at_stages=not Municipality.objects.get(pk=current_municipality_id()).is_demo,
        month_ends=dict(ReleaseMonth.objects.values_list("month", "threshold")),
    )
    for vacancy in LedgerVacancy.objects.order_by("pk").values_list(
        "question", "job_id", "occupation_id", "month", "threshold"
    ):
        book.open(Vacancy(*vacancy))
    return book


def last_month_gone_through() -> date | None:
    """Return the first day of the last month whose end has been gone through, or None."""
    return ReleaseMonth.objects.order_by("-month").values_list("month", flat=True).first()


def first_months_waiting() -> list[date]:
    """Return the month from which the first vacancy waits, if any does."""
    return list(LedgerVacancy.objects.order_by("month").values_list("month", flat=True)[:1])
