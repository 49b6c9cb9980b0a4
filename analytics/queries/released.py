"""
What may be told to others than HR, and in every file: sums of whole releases (R10).

A release counts in a selection only when all its vacancies lie inside it, so every filter is a sum of releases. What
is here changes at night alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, Sum, Value, When

from analytics.ledger import least_of
from analytics.models import Question, Release, ReleaseVacancy, ResponseQuarter
from analytics.queries.ledger import threshold
from analytics.queries.selection import Period, Selection, of_chosen
from recruitment.queries import sources

LONGEST_QUARTER = timedelta(days=92)


@dataclass(frozen=True)
class Told:
    """
    How many are told of one question and source. None: nothing is released, which is never 0.

    `is_pending`: more may exist that is not released; it is always so, because whether there is would tell.
    """

    count: int | None = None
    is_pending: bool = True


NOTHING = Told()


@dataclass(frozen=True)
class ToldOfSource:
    """What is told of one source, question by question."""

    said: Told = NOTHING
    applied: Told = NOTHING
    qualified: Told = NOTHING
    best_qualified: Told = NOTHING
    interviewed: Told = NOTHING
    offered: Told = NOTHING
    hired: Told = NOTHING


@dataclass(frozen=True)
class Released:
    """
    What is told of a selection, by source id (merged sources under the one that took them over).

    `crossing` is how many are told, by question and source id, in releases that are about the selection in part only.
    """

    threshold: int
    by_source: Mapping[int, ToldOfSource] = field(default_factory=dict)
    crossing: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def pending(self, question: str, source_id: int) -> int:
        """
        Return how many of a source may exist in the selection beside what is told of it there.

        What waits is less than what is told at least; and a release that is about other vacancies too may be of these
        alone. Both follow from what everybody may know, and never from what waits.
        """
        return least_of(question, self.threshold) - 1 + self.crossing.get((question, source_id), 0)

    def of(self, source_id: int) -> ToldOfSource:
        """Return what is told of a source."""
        return self.by_source.get(source_id, ToldOfSource())


def released(selection: Selection) -> Released:
    """
    Return what is released of a selection's vacancies, by application deadline. Three queries, whatever its size.

    The selection's channel is not looked at: whoever reads chooses the sources.
    """
    is_inside = Case(When(_is_inside(selection), then=Value(True)), default=Value(False), output_field=BooleanField())
    period = selection.period
    near = Release.objects.filter(first_deadline__lte=period.last_day, last_deadline__gte=period.first_day)
    found = near.annotate(is_inside=is_inside).filter(Q(is_inside=True) | _is_touched(selection))
    rows = list(found.values_list("is_inside", "source_id", "question").order_by().annotate(Sum("count")))
    merged = sources.merged()
    crossing: dict[tuple[str, int], int] = {}
    for lies_inside, source_id, question, count in rows:
        if not lies_inside:
            key = question, merged.get(source_id, source_id)
            crossing[key] = crossing.get(key, 0) + count
    inside = [row for lies_inside, *row in rows if lies_inside]
    return Released(threshold=threshold(), by_source=_summed(inside, merged), crossing=crossing)


def _is_touched(selection: Selection) -> Q:
    """Return the condition that some vacancy of a release is in a selection, of the questions that shares rest on."""
    first_day, last_day = selection.period.first_day, selection.period.last_day
    own = ReleaseVacancy.objects.filter(release=OuterRef("pk"), job__deadline_date__range=(first_day, last_day))
    touching = of_chosen(own, by="job_id", narrowing=selection.narrowing())
    return Q(question__in=(Question.SAID, Question.QUALIFIED)) & Q(Exists(touching))


def released_by_month(selection: Selection, months: Sequence[Period]) -> list[Released]:
    """
    Return what is released in each of some periods in a row, by the same rule; the selection's own is not used.

    Three queries, however many periods. A sum over several months is in none of them, and none is told as crossing.
    """
    if not months:
        return []
    whole = replace(selection, period=Period(months[0].first_day, months[-1].last_day))
    inside = (
        Release.objects.filter(_is_inside(whole))
        .values_list("source_id", "question", "first_deadline", "last_deadline")
        .order_by()
    )
    found: dict[int, list[tuple[int, str, int]]] = {}
    last_days = [month.last_day for month in months]
    for source_id, question, first, last, count in inside.annotate(Sum("count")):
        place = bisect_left(last_days, last)
        if months[place].first_day <= first:
            found.setdefault(place, []).append((source_id, question, count))
    merged, fewest = sources.merged(), threshold()
    return [Released(threshold=fewest, by_source=_summed(found.get(place, []), merged)) for place in range(len(months))]


def _summed(rows: Iterable[tuple[int, str, int]], merged: Mapping[int, int]) -> dict[int, ToldOfSource]:
    """Add up counts by source and question, merged sources under the one that took them over."""
    sums: dict[int, dict[str, int]] = {}
    for source_id, question, count in rows:
        told = sums.setdefault(merged.get(source_id, source_id), {})
        told[question] = told.get(question, 0) + count
    return {
        source_id: ToldOfSource(**{question: Told(count) for question, count in told.items()})
        for source_id, told in sums.items()
    }


def _is_inside(selection: Selection) -> Q:
    """Return the condition that a release lies inside a selection with all its vacancies."""
    period = selection.period
    inside = Q(first_deadline__gte=period.first_day, last_deadline__lte=period.last_day)
    if selection.job_id:
        inside &= Q(job_id=selection.job_id)
    if selection.occupation:
        inside &= Q(occupation__code=selection.occupation)
    if selection.kind:
        inside &= Q(kind=selection.kind)
    if selection.campaign_id:
        of_campaign = ReleaseVacancy.objects.filter(job__campaign_jobs__campaign_id=selection.campaign_id)
        whole = of_campaign.values("release_id").order_by().annotate(n=Count("job_id", distinct=True))
        inside &= Q(pk__in=whole.filter(n=F("release__n_jobs")).values("release_id"))
    return inside


@dataclass(frozen=True)
class QuarterlyResponse:
    """How many answered of how many who applied, over whole quarters; both are rounded to the threshold."""

    n_answers: int
    n_applied: int
    n_quarters: int


def released_response(selection: Selection) -> QuarterlyResponse | None:
    """
    Return how many answered, over the quarters that lie inside the period; None where nothing may be told.

    The municipality as a whole, never one vacancy, occupation or source. One query.
    """
    if selection.is_narrowed:
        return None
    period = selection.period
    quarters = ResponseQuarter.objects.filter(quarter__gte=period.first_day, quarter__lte=period.last_day)
    told = [
        (n_answers, n_applied)
        for quarter, n_answers, n_applied in quarters.values_list("quarter", "n_answers", "n_applied")
        if n_answers is not None and n_applied and last_day_of(quarter) <= period.last_day
    ]
    if not told:
        return None
    return QuarterlyResponse(sum(n for n, _ in told), sum(n for _, n in told), len(told))


def last_day_of(quarter: date) -> date:
    """Return the last day of the quarter that begins on a day."""
    return (quarter + LONGEST_QUARTER).replace(day=1) - timedelta(days=1)


def next_release(today: date) -> date:
    """Return the day after the next month end: the night before it the pools are released."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
