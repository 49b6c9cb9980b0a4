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

from django.db.models import Count, F, QuerySet, Sum

from analytics.ledger import least_of
from analytics.models import Question, Release, ReleaseVacancy, ResponseQuarter
from analytics.queries.ledger import threshold
from analytics.queries.selection import Period, Selection
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
    """What is told of a selection, by source id (merged sources under the one that took them over)."""

    threshold: int
    by_source: Mapping[int, ToldOfSource] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        """How many qualified of a source may exist beside what is released, for the intervals."""
        return least_of(Question.QUALIFIED, self.threshold) - 1

    def of(self, source_id: int) -> ToldOfSource:
        """Return what is told of a source."""
        return self.by_source.get(source_id, ToldOfSource())


def released(selection: Selection) -> Released:
    """
    Return what is released of a selection's vacancies, by application deadline. Three queries, whatever its size.

    The selection's channel is not looked at: whoever reads chooses the sources.
    """
    inside = _inside(selection).values_list("source_id", "question").order_by().annotate(Sum("count"))
    return Released(threshold=threshold(), by_source=_summed(list(inside), sources.merged()))


def released_by_month(selection: Selection, months: Sequence[Period]) -> list[Released]:
    """
    Return what is released in each of some periods in a row, by the same rule; the selection's own is not used.

    Three queries, however many periods. A sum over several months is in none of them.
    """
    if not months:
        return []
    whole = replace(selection, period=Period(months[0].first_day, months[-1].last_day))
    inside = _inside(whole).values_list("source_id", "question", "first_deadline", "last_deadline").order_by()
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


def _inside(selection: Selection) -> QuerySet[Release]:
    """Return the releases that lie inside a selection with all their vacancies."""
    period = selection.period
    inside = Release.objects.filter(first_deadline__gte=period.first_day, last_deadline__lte=period.last_day)
    if selection.job_id:
        inside = inside.filter(job_id=selection.job_id)
    if selection.occupation:
        inside = inside.filter(occupation__code=selection.occupation)
    if selection.kind:
        inside = inside.filter(kind=selection.kind)
    if selection.campaign_id:
        of_campaign = ReleaseVacancy.objects.filter(job__campaign_jobs__campaign_id=selection.campaign_id)
        whole = of_campaign.values("release_id").order_by().annotate(n=Count("job_id", distinct=True))
        inside = inside.filter(pk__in=whole.filter(n=F("release__n_jobs")).values("release_id"))
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
