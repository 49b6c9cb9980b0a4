"""What people said, what HR counted and what was paid in a selection, by source and vacancy."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Count, Sum

from analytics.models import Cost, JobCount, Outcome, SurveyAnswer
from analytics.queries import released
from analytics.queries.measurements import known_sum
from analytics.queries.selection import Period, Selection
from analytics.queries.source_rows import Response
from foundation.clock import OSLO

OF_HR = ("applied", "qualified", "interviewed", "offered", "hired", "best_qualified")
COUNTS = ("said", *OF_HR)


@dataclass(frozen=True)
class Counts:
    """
    Counts by name and source id; a source that is not there has none (None, or 0 for answers in the exact view).

    `qualified_by_job` holds each source's counts by vacancy, and is empty in the released view: there nothing of a
    single vacancy may show, not even in the width of an interval. `pending` is how many more of each may exist.
    """

    sums: dict[str, dict[int, int]]
    qualified_by_job: dict[int, dict[int, int]] = field(default_factory=dict)
    pending: int = 0
    response: Response | None = None
    counted_job_ids: frozenset[int] = frozenset()

    def of(self, name: str, source_id: int) -> int | None:
        """Return one source's sum, None when nothing was registered or released."""
        return self.sums.get(name, {}).get(source_id)


@dataclass
class Spent:
    """What one source cost: øre and minutes, whole and by vacancy. None is not registered; key None is no vacancy."""

    kroner_ore: int | None = None
    minutes: int | None = None
    by_job: dict[int | None, tuple[int | None, int | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Spending:
    """What was paid by source id, and what an hour costs."""

    of: dict[int, Spent]
    hour_cost_ore: int

    def ore(self, kroner_ore: int | None, minutes: int | None, *, with_hours: bool) -> int | None:
        """Return an amount, hours counted in or not; None when none of it is registered."""
        hours_ore = None if minutes is None or not with_hours else round(Decimal(minutes) * self.hour_cost_ore / 60)
        return known_sum(kroner_ore, hours_ore)

    def job_ids(self) -> set[int]:
        """Return the vacancies that something was spent on."""
        return {job_id for spent in self.of.values() for job_id in spent.by_job if job_id is not None}


def spending(*, selection: Selection, job_ids: list[int] | None, told_under: dict[int, int]) -> dict[int, Spent]:
    """Return what was paid on the days of the period by source id; costs of no vacancy only when all are. One query."""
    period = selection.period
    costs = Cost.objects.filter(day__range=(period.first_day, period.last_day))
    if job_ids is not None:
        costs = costs.filter(job_id__in=job_ids)
    found: dict[int, Spent] = defaultdict(Spent)
    sums = costs.values("source_id", "job_id").order_by().annotate(ore=Sum("amount_ore"), mins=Sum("minutes"))
    for source_id, job_id, ore, minutes in sums.values_list("source_id", "job_id", "ore", "mins"):
        spent = found[told_under.get(source_id, source_id)]
        spent.kroner_ore = known_sum(spent.kroner_ore, None if ore is None else int(ore))
        spent.minutes = known_sum(spent.minutes, minutes)
        old_ore, old_minutes = spent.by_job.get(job_id, (None, None))
        spent.by_job[job_id] = (known_sum(old_ore, None if ore is None else int(ore)), known_sum(old_minutes, minutes))
    return found


def exact_counts(
    *, selection: Selection, job_ids: list[int] | None, with_answers: bool, told_under: dict[int, int]
) -> Counts:
    """
    Return exact counts, for HR alone (R10). Three queries, one less without answers.

    Answers count on the Norwegian day they were given, outcomes on the day they were first registered.
    """
    period = selection.period
    outcomes = Outcome.objects.filter(counted_date__range=(period.first_day, period.last_day))
    if job_ids is not None:
        outcomes = outcomes.filter(job_id__in=job_ids)
    sums: dict[str, dict[int, int]] = {name: {} for name in COUNTS}
    by_job: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    applied_of_job: dict[int, int] = defaultdict(int)
    counted: set[int] = set()
    for source_id, job_id, *values in outcomes.order_by().values_list("source_id", "job_id", *OF_HR):
        source_id = told_under.get(source_id, source_id)
        for name, value in zip(OF_HR, values, strict=True):
            if value is not None:
                sums[name][source_id] = sums[name].get(source_id, 0) + value
        if values[0] is not None:
            applied_of_job[job_id] += values[0]
        if values[1] is not None:
            by_job[source_id][job_id] += values[1]
            counted.add(job_id)
    n_answers = 0
    for source_id, job_id, n in _answers(period, job_ids) if with_answers else ():
        source_id = told_under.get(source_id, source_id)
        sums["said"][source_id] = sums["said"].get(source_id, 0) + n
        n_answers += n if job_id in applied_of_job else 0
    return Counts(
        sums=sums,
        qualified_by_job=by_job,
        response=_response(n_answers, applied_of_job),
        counted_job_ids=frozenset(counted),
    )


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
        pending=told.pending,
        response=Response(quarters.n_answers, quarters.n_applied) if quarters and is_whole else None,
    )


def _answers(period: Period, job_ids: list[int] | None) -> Iterable[tuple[int, int, int]]:
    start = datetime.combine(period.first_day, time.min, tzinfo=OSLO)
    end = datetime.combine(period.last_day + timedelta(days=1), time.min, tzinfo=OSLO)
    answers = SurveyAnswer.objects.filter(answered_hour__gte=start, answered_hour__lt=end)
    if job_ids is not None:
        answers = answers.filter(survey__job_id__in=job_ids)
    rows = answers.values("first_source_id", "survey__job_id").order_by().annotate(n=Count("pk"))
    return rows.values_list("first_source_id", "survey__job_id", "n")


def _response(n_answers: int, applied_of_job: dict[int, int]) -> Response | None:
    if not n_answers:
        return None
    # The vacancy's own count holds those of unknown source too.
    whole = JobCount.objects.filter(job_id__in=applied_of_job, applied__isnull=False).values_list("job_id", "applied")
    n_applied = sum((applied_of_job | dict(whole)).values())
    # More answers than applicants: the count of applicants is not complete, and no share can be told.
    return Response(n_answers, n_applied) if n_answers <= n_applied else None


def per_vacancy(
    source_id: int,
    *,
    vacancies: dict[int | None, int],
    counts: Counts,
    spending: Spending,
    with_hours: bool,
    in_minutes: bool = False,
) -> tuple[Any, Any]:
    """
    Return arrays of qualified and of spend (øre, or minutes) over the vacancies; costs of none are shared out.

    In the released view the former is empty of counts: they are known as totals only.

    :param vacancies: the place in the arrays of each vacancy
    """
    qualified, spend = np.zeros(len(vacancies)), np.zeros(len(vacancies))
    for job_id, n in counts.qualified_by_job.get(source_id, {}).items():
        qualified[vacancies[job_id]] += n
    for job, (kroner_ore, minutes) in spending.of[source_id].by_job.items() if source_id in spending.of else ():
        amount = minutes if in_minutes else spending.ore(kroner_ore, minutes, with_hours=with_hours)
        if job in vacancies:
            spend[vacancies[job]] += amount or 0
        else:
            spend += (amount or 0) / len(vacancies)
    return qualified, spend
