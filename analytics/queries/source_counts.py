"""What people said, what HR counted and what was paid in a selection, by source and vacancy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from analytics.models import Cost, Outcome, SurveyAnswer
from analytics.queries import lacking, released
from analytics.queries.measurements import known_sum
from analytics.queries.selection import Selection, among, of_chosen
from analytics.queries.source_rows import Response
from foundation.clock import OSLO
from foundation.compiled import compiled

OF_HR = ("applied", "qualified", "interviewed", "offered", "hired", "best_qualified")
COUNTS = ("said", *OF_HR)


@dataclass(frozen=True)
class ByJob:
    """Amounts of one source in parallel arrays: the vacancy's id, and what belongs to it. An id may stand twice."""

    jobs: NDArray[np.int64]
    amounts: NDArray[np.float64]

    @classmethod
    def of(cls, jobs: Sequence[int], amounts: Sequence[int]) -> ByJob:
        """Return the arrays of two lists that are equally long."""
        return cls(np.array(jobs, dtype=np.int64), np.array(amounts, dtype=np.float64))

    def __add__(self, other: ByJob) -> ByJob:
        """Return both together."""
        jobs = np.concatenate([self.jobs, other.jobs])
        return ByJob(jobs, np.concatenate([self.amounts, other.amounts]))

    def over(self, vacancies: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the sum of each of the vacancies, whose ids stand in order; all of ours are among them."""
        places = np.searchsorted(vacancies, self.jobs)
        return np.bincount(places, weights=self.amounts, minlength=len(vacancies)).astype(np.float64, copy=False)


NOWHERE = ByJob.of([], [])


@dataclass(frozen=True)
class Counts:
    """
    Counts by name and source id; a source that is not there has none (None, or 0 for answers in the exact view).

    `qualified_by_job` holds each source's counts by vacancy, and is empty in the released view: there nothing of a
    single vacancy may show, not even in the width of an interval. `told` is what is released then, None in the exact.
    """

    sums: dict[str, dict[int, int]]
    qualified_by_job: dict[int, ByJob] = field(default_factory=dict)
    told: released.Released | None = None
    response: Response | None = None

    @property
    def is_exact(self) -> bool:
        """Whether they are exact, and not sums of releases."""
        return self.told is None

    def pending(self, question: str, source_id: int) -> int:
        """Return how many more of a source there may be, that are not released of this selection; 0 when exact."""
        return 0 if self.told is None else self.told.pending(question, source_id)

    def of(self, name: str, source_id: int) -> int | None:
        """Return one source's sum, None when nothing was registered or released."""
        return self.sums.get(name, {}).get(source_id)

    def job_ids(self) -> NDArray[np.int64]:
        """Return the vacancies whose qualified are counted, in order, each once."""
        return _ids(self.qualified_by_job.values())


@dataclass
class Spent:
    """What one source cost: øre and minutes, whole, of no vacancy, and by vacancy. None is not registered."""

    kroner_ore: int | None = None
    minutes: int | None = None
    general_ore: int = 0
    general_minutes: int = 0
    ore_by_job: ByJob = NOWHERE
    minutes_by_job: ByJob = NOWHERE


@dataclass(frozen=True)
class Spending:
    """What was paid by source id, and what an hour costs."""

    of: dict[int, Spent]
    hour_cost_ore: int

    def ore(self, kroner_ore: int | None, minutes: int | None, *, with_hours: bool) -> int | None:
        """Return an amount, hours counted in or not; None when none of it is registered."""
        hours_ore = None if minutes is None or not with_hours else round(Decimal(minutes) * self.hour_cost_ore / 60)
        return known_sum(kroner_ore, hours_ore)

    def job_ids(self) -> NDArray[np.int64]:
        """Return the vacancies that something was spent on, in order, each once."""
        return _ids(spent.ore_by_job for spent in self.of.values())


def _ids(parts: Iterable[ByJob]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([NOWHERE.jobs, *(part.jobs for part in parts)]))


def spending(*, selection: Selection, told_under: dict[int, int]) -> dict[int, Spent]:
    """Return what was paid on the days of the period by source id; costs of no vacancy only when all are. One query."""
    found: dict[int, Spent] = defaultdict(Spent)
    for source_id, ore, minutes, general_ore, general_minutes, jobs, ores, all_minutes in _costs(
        first_day=selection.period.first_day, last_day=selection.period.last_day, **selection.narrowing()
    ):
        spent = found[told_under.get(source_id, source_id)]
        spent.kroner_ore = known_sum(spent.kroner_ore, None if ore is None else int(ore))
        spent.minutes = known_sum(spent.minutes, minutes)
        spent.general_ore += int(general_ore)
        spent.general_minutes += general_minutes
        if jobs:
            spent.ore_by_job += ByJob.of(jobs, ores)
            spent.minutes_by_job += ByJob.of(jobs, all_minutes)
    return found


@compiled
def _costs(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet:
    costs = of_chosen(Cost.objects.filter(day__range=(first_day, last_day)), by="job_id", narrowing=narrowing)
    is_general, is_jobs = Q(job_id__isnull=True), Q(job_id__isnull=False)
    sums = {
        "ore": Sum("amount_ore"),
        "mins": Sum("minutes"),
        "general_ore": Sum("amount_ore", filter=is_general, default=0),
        "general_minutes": Sum("minutes", filter=is_general, default=0),
    }
    each = {
        "jobs": ArrayAgg("job_id", filter=is_jobs),
        "ores": ArrayAgg(Coalesce("amount_ore", 0), filter=is_jobs),
        "all_minutes": ArrayAgg(Coalesce("minutes", 0), filter=is_jobs),
    }
    by_source = costs.values("source_id").order_by().annotate(**sums, **each)
    return by_source.values_list("source_id", *sums, *each)


def exact_counts(*, selection: Selection, with_answers: bool, told_under: dict[int, int]) -> Counts:
    """
    Return exact counts, for HR alone (R10). Four queries, three less without answers.

    Answers count on the Norwegian day they were given, outcomes on the day they were first registered. Qualified of a
    half registered vacancy count nowhere.
    """
    days = {"first_day": selection.period.first_day, "last_day": selection.period.last_day}
    values = days | selection.narrowing()
    sums: dict[str, dict[int, int]] = {name: {} for name in COUNTS}
    by_job: dict[int, ByJob] = {}
    for source_id, jobs, qualified, *totals in _outcomes(**values):
        source_id = told_under.get(source_id, source_id)
        for name, total in zip(OF_HR, totals, strict=True):
            if total is not None:
                sums[name][source_id] = sums[name].get(source_id, 0) + total
        if jobs:
            by_job[source_id] = by_job.get(source_id, NOWHERE) + ByJob.of(jobs, qualified)
    n_answers = 0
    if with_answers:
        start = datetime.combine(selection.period.first_day, time.min, tzinfo=OSLO)
        end = datetime.combine(selection.period.last_day + timedelta(days=1), time.min, tzinfo=OSLO)
        given = {"start": start, "end": end, **selection.narrowing()}
        for source_id, n in _answers(**given):
            source_id = told_under.get(source_id, source_id)
            sums["said"][source_id] = sums["said"].get(source_id, 0) + n
        n_answers = sum(n for (n,) in _n_counted(**days, **given))
    return Counts(
        sums=sums,
        qualified_by_job=by_job,
        response=_response(
            n_answers, sum(sums["applied"].values()), _counted_as_a_whole(**values) if n_answers else []
        ),
    )


def _registered(*, first_day: date, last_day: date, narrowing: dict[str, Any]) -> QuerySet[Outcome]:
    counted = Outcome.objects.filter(counted_date__range=(first_day, last_day))
    return of_chosen(counted, by="job_id", narrowing=narrowing)


@compiled
def _outcomes(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet:
    is_counted = Q(qualified__isnull=False) & lacking.whole()
    each = {"jobs": ArrayAgg("job_id", filter=is_counted), "n_qualified": ArrayAgg("qualified", filter=is_counted)}
    is_whole = {name: lacking.whole() for name in ("qualified", "best_qualified")}
    sums = {f"{name}_sum": Sum(name, filter=is_whole.get(name)) for name in OF_HR}
    rows = _registered(first_day=first_day, last_day=last_day, narrowing=narrowing)
    by_source = rows.values("source_id").order_by().annotate(**each, **sums)
    return by_source.values_list("source_id", *each, *sums)


def _given(*, start: datetime, end: datetime, narrowing: dict[str, Any]) -> QuerySet[SurveyAnswer]:
    answers = SurveyAnswer.objects.filter(answered_hour__gte=start, answered_hour__lt=end).order_by()
    return of_chosen(answers, by="survey__job_id", narrowing=narrowing)


@compiled
def _answers(*, start: datetime, end: datetime, **narrowing: Any) -> QuerySet:
    by_source = _given(start=start, end=end, narrowing=narrowing).values("first_source_id").annotate(n=Count("*"))
    return by_source.values_list("first_source_id", "n")


@compiled
def _n_counted(*, first_day: date, last_day: date, start: datetime, end: datetime, **narrowing: Any) -> QuerySet:
    """Ask how many answers are about vacancies whose applicants HR has counted."""
    counted = _registered(first_day=first_day, last_day=last_day, narrowing=narrowing).filter(applied__isnull=False)
    answers = _given(start=start, end=end, narrowing=narrowing)
    answers = answers.filter(among(counted.order_by().values("job_id"), by="survey__job_id"))
    # A count without groups would be a number and no query.
    return answers.values("municipality_id").annotate(n=Count("*")).values_list("n")


@compiled
def _counted_as_a_whole(*, first_day: date, last_day: date, **narrowing: Any) -> QuerySet:
    """Ask for what HR counted of whole vacancies, beside what the same vacancies' sources add up to."""
    rows = _registered(first_day=first_day, last_day=last_day, narrowing=narrowing)
    whole = rows.filter(applied__isnull=False, job__job_count__applied__isnull=False).order_by()
    sums = {"whole": Max("job__job_count__applied"), "parts": Sum("applied")}
    return whole.values("job_id").annotate(**sums).values_list(*sums)


def released_counts(selection: Selection) -> Counts:
    """Return what the release ledger lets everybody see of the selection. Queries: those of `released`, and one."""
    told = released.released(selection)
    sums: dict[str, dict[int, int]] = {name: {} for name in COUNTS}
    for source_id, of_source in told.by_source.items():
        for name in COUNTS:
            count = getattr(of_source, name).count
            if count is not None:
                sums[name][source_id] = count
    quarters = released.released_response(selection)
    # More answers than applicants: the count of applicants is not complete, and no share can be told.
    is_whole = quarters is not None and quarters.n_answers <= quarters.n_applied
    return Counts(
        sums=sums,
        told=told,
        response=Response(quarters.n_answers, quarters.n_applied) if quarters and is_whole else None,
    )


def _response(n_answers: int, n_applied: int, wholes: Iterable[tuple[int, int]]) -> Response | None:
    if not n_answers:
        return None
    # The vacancy's own count holds those of unknown source too.
    n_applied += sum(whole - parts for whole, parts in wholes)
    # More answers than applicants: the count of applicants is not complete, and no share can be told.
    return Response(n_answers, n_applied) if n_answers <= n_applied else None


def per_vacancy(
    source_id: int,
    *,
    vacancies: NDArray[np.int64],
    counts: Counts,
    spending: Spending,
    with_hours: bool,
    in_minutes: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return arrays of qualified and of spend (øre, or minutes) over the vacancies; costs of none are shared out.

    In the released view the former is empty of counts: they are known as totals only.

    :param vacancies: the ids of the vacancies, in order
    """
    qualified = counts.qualified_by_job.get(source_id, NOWHERE).over(vacancies)
    spent = spending.of.get(source_id) or Spent()
    minutes = spent.minutes_by_job.over(vacancies)
    if in_minutes:
        return qualified, minutes + spent.general_minutes / len(vacancies)
    spend, general = spent.ore_by_job.over(vacancies), float(spent.general_ore)
    if with_hours:
        spend += np.rint(minutes * spending.hour_cost_ore / 60)
        general += round(spent.general_minutes * spending.hour_cost_ore / 60)
    return qualified, spend + general / len(vacancies)
