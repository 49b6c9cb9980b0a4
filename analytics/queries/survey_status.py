"""How many answered, how they were asked, and what they said: exact and live, for HR alone (R10)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum

from analytics.models import AlsoSeen, JobCount, Outcome, SurveyAnswer
from analytics.queries.surveys import are_all_kept
from channels.models import Post
from recruitment.models import JobPosting, Source
from recruitment.queries.sources import merged

Mode, Interest, Followed = SurveyAnswer.Mode, SurveyAnswer.Interest, SurveyAnswer.Followed


@dataclass(frozen=True)
class SurveyStatus:
    """
    The answers of one vacancy: in all, by how they were asked, and by language. Ways and languages nobody used are out.

    `n_applied` is what HR has counted for the vacancy as a whole, else the sum of its sources; None when nothing is.
    `is_whole` is False where answers may be deleted by now: there may have been more, and no share is known.
    """

    n_answers: int
    n_applied: int | None
    by_mode: dict[str, int]
    by_language: dict[str, int]
    is_whole: bool = True

    @property
    def response(self) -> float | None:
        """The part of the applicants who answered; None when the count is missing, or smaller than the answers."""
        is_known = self.is_whole and bool(self.n_applied) and self.n_answers <= (self.n_applied or 0)
        return self.n_answers / self.n_applied if is_known and self.n_applied else None

    @property
    def n_silent(self) -> int | None:
        """How many applied and did not answer; None when that cannot be known."""
        return None if self.response is None or self.n_applied is None else self.n_applied - self.n_answers


@dataclass(frozen=True)
class PlaceSaid:
    """How many named a source first, as another place, and as the one that mattered most."""

    source: Source
    first: int
    also: int
    decisive: int


@dataclass(frozen=True)
class Said:
    """What the applicants of one vacancy said; each list with the most frequent first, what nobody said left out."""

    places: list[PlaceSaid]
    interests: list[tuple[str, int]]
    remembered: list[tuple[str, int]]
    followed: list[tuple[str, int]]


@dataclass(frozen=True)
class SaidAndTracked:
    """One source: how many said it was the first place, and how many visits its links had. None is not measured."""

    source_id: int
    said: int
    visits: int | None


def status_of(*, job: JobPosting, now: datetime) -> SurveyStatus:
    """Return how a vacancy's survey stands. Four queries."""
    return replace(statuses_of(job_ids=[job.pk])[job.pk], is_whole=are_all_kept(job=job, now=now))


def statuses_of(*, job_ids: Collection[int]) -> dict[int, SurveyStatus]:
    """Return how the surveys of several vacancies stand, each with its line. Three queries, however many vacancies."""
    modes: dict[int, Counter[str]] = {job_id: Counter() for job_id in job_ids}
    languages: dict[int, Counter[str]] = {job_id: Counter() for job_id in job_ids}
    answers = SurveyAnswer.objects.filter(survey__job__in=job_ids).order_by()
    for row in answers.values("survey__job_id", "mode", "language").annotate(n=Count("pk")):
        modes[row["survey__job_id"]][row["mode"]] += row["n"]
        languages[row["survey__job_id"]][row["language"]] += row["n"]
    by_source = Outcome.objects.filter(job__in=job_ids, applied__isnull=False).order_by()
    applied = dict(by_source.values_list("job_id").annotate(n=Sum("applied")))
    whole = JobCount.objects.filter(job__in=job_ids, applied__isnull=False)
    applied |= dict(whole.values_list("job_id", "applied"))
    return {
        job_id: SurveyStatus(
            n_answers=modes[job_id].total(),
            n_applied=applied.get(job_id),
            by_mode={mode: modes[job_id][mode] for mode in Mode.values if modes[job_id][mode]},
            by_language=dict(languages[job_id].most_common()),
        )
        for job_id in job_ids
    }


def said_of(*, job: JobPosting) -> Said:
    """Return what a vacancy's applicants said, places that were merged told under the one that took over. 8 queries."""
    answers = SurveyAnswer.objects.filter(survey__job=job).order_by()
    followed = Counter(dict(answers.exclude(followed="").values_list("followed").annotate(Count("pk"))))
    interests = Counter(each for chosen in answers.values_list("interests", flat=True) for each in chosen)
    return Said(
        places=_places(job, answers),
        interests=[(str(Interest(value).label), n) for value, n in interests.most_common()],
        remembered=_remembered(answers),
        followed=[(str(Followed(value).label), followed[value]) for value in Followed.values if followed[value]],
    )


def _places(job: JobPosting, answers: Any) -> list[PlaceSaid]:
    into = merged()
    counts = {
        "first": answers.values_list("first_source").annotate(Count("pk")),
        "also": AlsoSeen.objects.filter(answer__survey__job=job).order_by().values_list("source").annotate(Count("pk")),
        "decisive": answers.filter(decisive_source__isnull=False).values_list("decisive_source").annotate(Count("pk")),
    }
    told: dict[str, Counter[int]] = {name: Counter() for name in counts}
    for name, rows in counts.items():
        for source_id, n in rows:
            told[name][into.get(source_id, source_id)] += n
    named = set().union(*told.values())
    places = [
        PlaceSaid(source, *[told[name][source.pk] for name in ("first", "also", "decisive")])
        for source in Source.objects.filter(pk__in=named)
    ]
    return sorted(places, key=lambda place: (-place.first, -place.also, place.source.position))


def _remembered(answers: Any) -> list[tuple[str, int]]:
    counts = dict(answers.filter(remembered__isnull=False).values_list("remembered").annotate(Count("pk")))
    titles = dict(Post.objects.filter(pk__in=counts).values_list("pk", "title"))
    return sorted(((titles[pk], n) for pk, n in counts.items()), key=lambda pair: (-pair[1], pair[0]))


def by_mode(*, job_ids: Collection[int] | None = None) -> dict[str, int]:
    """Return how many answers came each way, of some vacancies or of all; ways nobody used are left out. One query."""
    answers = SurveyAnswer.objects.all() if job_ids is None else SurveyAnswer.objects.filter(survey__job__in=job_ids)
    counts = dict(answers.order_by().values_list("mode").annotate(Count("pk")))
    return {mode: counts[mode] for mode in Mode.values if mode in counts}


def said_and_tracked(*, said: dict[int, int], visits: dict[int, int]) -> list[SaidAndTracked]:
    """
    Put what people said beside what our links counted, by source id (G3), most named first.

    The two measure different things: a visit is not an applicant, and who saw it on paper follows no link. A source
    without links has None visits.
    """
    rows = [SaidAndTracked(source_id, said.get(source_id, 0), visits.get(source_id)) for source_id in said | visits]
    return sorted(rows, key=lambda row: (-row.said, -(row.visits or 0), row.source_id))
