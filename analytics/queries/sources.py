"""
The comparison behind «Kilder»: what each source brought, and what a qualified applicant from it cost.

Three kinds of truth stay apart: what the channel says (views, clicks), what our links counted (visits), and what people
said or HR counted. The statistics are in `analytics.intervals`.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np
from django.db.models import Count, Sum

from analytics import intervals
from analytics.intervals import ChannelCount, PerQualified
from analytics.models import Cost, Outcome, SurveyAnswer
from analytics.queries.measurements import ChannelTotals, channel_totals, known_sum
from analytics.queries.selection import Period
from analytics.queries.surveys import kept_from
from channels.queries.links import Visits, visits_by_source
from foundation.clock import OSLO
from recruitment.models import MunicipalitySettings, Source

NO_SPREAD = intervals.Spread(phis=(), mean_rate=0.0)


@dataclass(frozen=True)
class Filters:
    """What a qualified applicant's cost is made of."""

    with_hours: bool = True


@dataclass(frozen=True)
class SourceRow:
    """
    One source in a period. None is what nobody reported or registered; 0 is zero.

    `channel_figures` tells why views and clicks may be missing: "told", "not_told" (the channel never does), "none"
    (no channel), "not_fetched", or "elsewhere" (they stand on another source of the same channel). `said` are answers
    that name the source first, None when the period reaches back to where answers are deleted; `applied`, `qualified`
    and `hired` are HR's counts. `spend_ore` is what `cost` is made of: kroner, and hours at the municipality's price
    when they are counted in. `ties` are ids of sources that this one cannot be told apart from.
    """

    source: Source
    channel_figures: str
    views: int | None
    clicks: int | None
    visits: int | None
    said: int | None
    applied: int | None
    qualified: int | None
    hired: int | None
    kroner_ore: int | None
    minutes: int | None
    spend_ore: int | None
    cost: PerQualified | None = None
    hours: PerQualified | None = None
    ties: tuple[int, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing at all is known of the source in the period."""
        counted = (self.visits, self.said)
        told = (self.views, self.clicks, self.applied, self.qualified, self.hired, self.kroner_ore, self.minutes)
        return not any(counted) and all(figure is None for figure in told)


@dataclass(frozen=True)
class Pair:
    """What may be said about two sources; `a` and `b` are their ids."""

    a: int
    b: int
    comparison: intervals.Comparison


@dataclass(frozen=True)
class Response:
    """How many answered, of how many who applied, in the vacancies where HR has counted applicants."""

    n_answers: int
    n_applied: int


@dataclass(frozen=True)
class SourceComparison:
    """
    The rows and what they say together.

    `with_answers`: whether what people said and HR counted is in it. `known` of `qualified` applicants have a known
    source. `n_jobs_waiting` vacancies have costs in the period but no count of qualified yet.
    """

    rows: list[SourceRow]
    quiet: list[Source]
    with_answers: bool
    hour_cost_ore: int
    fetched_at: datetime | None
    pairs: list[Pair] = field(default_factory=list)
    known: int = 0
    qualified: int = 0
    response: Response | None = None
    n_jobs_waiting: int = 0


def source_comparison(*, period: Period, filters: Filters, with_answers: bool, now: datetime) -> SourceComparison:
    """
    Return one row per source of the current municipality that has anything in the period.

    With answers the cheapest qualified applicant stands first; without them the order is the list's own, so that it
    tells nothing (R10). Answers count on the Norwegian day they were given, outcomes on the day they were first
    registered, costs on their own day, channel figures on the channel's day. Reach is not here: it may not be summed.

    Six queries with answers, four without, however many sources.
    """
    sources = list(Source.objects.select_related("channel"))
    totals = channel_totals(first_day=period.first_day, last_day=min(period.last_day, _last_possible(now)))
    visits = visits_by_source(first_day=period.first_day, last_day=period.last_day)
    costs = _costs(period)
    settings = MunicipalitySettings.objects.first() or MunicipalitySettings()
    outcomes = _outcomes(period) if with_answers else []
    is_kept = period.first_day >= kept_from(months=settings.retention_months, now=now)
    answers = _answers(period) if with_answers and is_kept else []
    drawn = _Counted(costs=costs, outcomes=outcomes, answers=answers, hour_cost_ore=settings.hour_cost_ore)
    knows_answers = with_answers and is_kept
    rows = [_row(owned, totals, visits, drawn, filters, knows_answers) for owned in _with_owner(sources)]
    shown = [row for row in rows if not row.is_quiet]
    fetched = [total.fetched_at for total in totals.values()]
    comparison = SourceComparison(
        rows=shown,
        quiet=[row.source for row in rows if row.is_quiet and row.source.kind == Source.Kind.PLACE],
        with_answers=with_answers,
        hour_cost_ore=settings.hour_cost_ore,
        fetched_at=max(fetched, default=None),
    )
    return _judged(comparison, drawn, filters) if with_answers else comparison


def _last_possible(now: datetime) -> date:
    # A channel's day may be a day ahead of or behind ours; a period that runs into the future ends there.
    return now.date() + timedelta(days=1)


@dataclass(frozen=True)
class _Counted:
    """What people and HR said, as read; each list holds one row per source and vacancy."""

    costs: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    hour_cost_ore: int

    def sum_of(self, name: str, rows: list[dict[str, Any]], source_id: int) -> int | None:
        """Return a source's sum over vacancies; None when nothing was registered."""
        return known_sum(*(row[name] for row in rows if row["source_id"] == source_id))

    def spend_ore(self, kroner_ore: int | None, minutes: int | None, *, with_hours: bool) -> int | None:
        """Return what a source cost, hours counted in or not; None when none of it is registered."""
        hours_ore = None if minutes is None or not with_hours else round(Decimal(minutes) * self.hour_cost_ore / 60)
        return known_sum(kroner_ore, hours_ore)

    def vacancies(self) -> list[int | None]:
        """Return the vacancies with outcomes or costs; a single None when costs belong to none."""
        found = {row["job_id"] for row in [*self.costs, *self.outcomes]} - {None}
        return sorted(found) or [None]

    def per_vacancy(self, source_id: int, *, with_hours: bool, in_minutes: bool = False) -> tuple[Any, Any]:
        """Return arrays of qualified and of spend (øre, or minutes) over `vacancies`; costs of none are shared out."""
        order = {job_id: place for place, job_id in enumerate(self.vacancies())}
        qualified, spend = np.zeros(len(order)), np.zeros(len(order))
        for row in self.outcomes:
            if row["source_id"] == source_id:
                qualified[order[row["job_id"]]] += row["qualified"] or 0
        for row in self.costs:
            if row["source_id"] == source_id:
                ore = self.spend_ore(row["ore"], row["minutes"], with_hours=with_hours)
                amount = (row["minutes"] if in_minutes else ore) or 0
                if row["job_id"] in order:
                    spend[order[row["job_id"]]] += amount
                else:
                    spend += amount / len(order)
        return qualified, spend


def _costs(period: Period) -> list[dict[str, Any]]:
    costs = Cost.objects.filter(day__range=(period.first_day, period.last_day))
    return list(costs.values("source_id", "job_id").order_by().annotate(ore=Sum("amount_ore"), minutes=Sum("minutes")))


def _outcomes(period: Period) -> list[dict[str, Any]]:
    outcomes = Outcome.objects.filter(counted_date__range=(period.first_day, period.last_day))
    return list(outcomes.values("source_id", "job_id", "applied", "qualified", "hired"))


def _answers(period: Period) -> list[dict[str, Any]]:
    start = datetime.combine(period.first_day, time.min, tzinfo=OSLO)
    end = datetime.combine(period.last_day + timedelta(days=1), time.min, tzinfo=OSLO)
    answers = SurveyAnswer.objects.filter(answered_hour__gte=start, answered_hour__lt=end)
    rows = answers.values("first_source_id", "survey__job_id").order_by().annotate(n=Count("pk"))
    return [{"source_id": row["first_source_id"], "job_id": row["survey__job_id"], "n": row["n"]} for row in rows]


def _with_owner(sources: list[Source]) -> list[tuple[Source, bool]]:
    """Pair each source with whether it shows its channel's figures: the first one in use of each channel does."""
    owners: dict[int, int] = {}
    for source in sorted(sources, key=lambda source: (not source.is_active, source.position, source.pk)):
        if source.channel_id:
            owners.setdefault(source.channel_id, source.pk)
    return [(source, owners.get(source.channel_id or 0) == source.pk) for source in sources]


def _row(
    owned: tuple[Source, bool],
    totals: dict[int, ChannelTotals],
    visits: dict[int, Visits],
    counted: _Counted,
    filters: Filters,
    knows_answers: bool,
) -> SourceRow:
    source, is_owner = owned
    channel = source.channel
    found = totals.get(source.channel_id) if is_owner and source.channel_id else None
    total = found.total if found else None
    kroner_ore = counted.sum_of("ore", counted.costs, source.pk)
    minutes = counted.sum_of("minutes", counted.costs, source.pk)
    said = counted.sum_of("n", counted.answers, source.pk) or 0
    return SourceRow(
        source=source,
        channel_figures=_channel_figures(source, is_owner, total is not None),
        views=total.impressions if total else None,
        clicks=total.clicks if total else None,
        visits=visits.get(source.pk, Visits()).n_persons if channel and channel.has_link else None,
        said=said if knows_answers else None,
        applied=counted.sum_of("applied", counted.outcomes, source.pk),
        qualified=counted.sum_of("qualified", counted.outcomes, source.pk),
        hired=counted.sum_of("hired", counted.outcomes, source.pk),
        kroner_ore=kroner_ore,
        minutes=minutes,
        spend_ore=counted.spend_ore(kroner_ore, minutes, with_hours=filters.with_hours),
    )


def _channel_figures(source: Source, is_owner: bool, is_told: bool) -> str:
    if source.channel is None:
        return "none"
    if not is_owner:
        return "elsewhere"
    if is_told:
        return "told"
    reports = source.channel.reports_views or source.channel.reports_clicks
    return "not_fetched" if reports else "not_told"


def _judged(comparison: SourceComparison, counted: _Counted, filters: Filters) -> SourceComparison:
    """Add cost per qualified applicant, what can be told apart, and who answered; the cheapest first."""
    rows = comparison.rows
    known = sum(row.qualified or 0 for row in rows if row.source.kind != Source.Kind.UNKNOWN)
    qualified = sum(row.qualified or 0 for row in rows)
    rho = known / qualified if qualified else 1.0
    priced = [row for row in rows if _has_price(row)]
    arrays = [counted.per_vacancy(row.source.pk, with_hours=filters.with_hours) for row in priced]
    spread = _spread(arrays, rho=rho)
    sides = {
        row.source.pk: ChannelCount(k=row.qualified or 0, spend_ore=row.spend_ore or 0, phi=phi)
        for row, phi in zip(priced, spread.phis, strict=True)
    }
    pairs = [
        Pair(a, b, intervals.compare_pair(sides[a], sides[b], mean_rate=spread.mean_rate))
        for a, b in combinations(sides, 2)
    ]
    judged = [_priced(row, sides, pairs, counted, known=known, qualified=qualified) for row in rows]
    return replace(
        comparison,
        rows=sorted(judged, key=_cheapest_first),
        pairs=pairs,
        known=known,
        qualified=qualified,
        response=_response(counted),
        n_jobs_waiting=_jobs_waiting(counted),
    )


def _has_price(row: SourceRow) -> bool:
    return row.qualified is not None and bool(row.spend_ore) and row.source.kind != Source.Kind.UNKNOWN


def _spread(arrays: list[tuple[Any, Any]], *, rho: float) -> intervals.Spread:
    if not arrays:
        return NO_SPREAD
    return intervals.spread([counts for counts, _ in arrays], [spends for _, spends in arrays], rho=rho)


def _priced(
    row: SourceRow,
    sides: dict[int, ChannelCount],
    pairs: list[Pair],
    counted: _Counted,
    *,
    known: int,
    qualified: int,
) -> SourceRow:
    if row.qualified is None or row.spend_ore is None or row.source.kind == Source.Kind.UNKNOWN:
        return row
    side = sides.get(row.source.pk)
    counts = {"k": row.qualified, "known": known, "qualified": qualified}
    cost = intervals.cost_per_qualified(spend_ore=row.spend_ore, **counts, phi=side.phi if side else 1.0)
    hours = None
    if cost.kind == "free" and row.minutes:
        alone = counted.per_vacancy(row.source.pk, with_hours=False, in_minutes=True)
        phi = _spread([alone], rho=cost.rho or 1.0).phis[0]
        hours = intervals.hours_per_qualified(hours=row.minutes / 60, **counts, phi=phi)
    ties = tuple(
        pair.b if pair.a == row.source.pk else pair.a
        for pair in pairs
        if row.source.pk in (pair.a, pair.b) and pair.comparison.verdict == "cannot_tell"
    )
    return replace(row, cost=cost, hours=hours, ties=ties)


KIND_ORDER = ("free", "estimate", "interval_only", "none_yet", "too_few")


def _cheapest_first(row: SourceRow) -> tuple[int, float, int]:
    cost = row.cost
    if cost is None or (cost.kind == "free" and not cost.k):
        return len(KIND_ORDER), 0.0, row.source.position
    price = cost.value if cost.value is not None else cost.low
    return KIND_ORDER.index(cost.kind), price or 0.0, row.source.position


def _response(counted: _Counted) -> Response | None:
    applied: dict[int, int] = {}
    for row in counted.outcomes:
        if row["applied"] is not None:
            applied[row["job_id"]] = applied.get(row["job_id"], 0) + row["applied"]
    n_applied = sum(applied.values())
    n_answers = sum(row["n"] for row in counted.answers if row["job_id"] in applied)
    # More answers than applicants: the count of applicants is not complete, and no share can be told.
    return Response(n_answers, n_applied) if n_answers and n_answers <= n_applied else None


def _jobs_waiting(counted: _Counted) -> int:
    counted_jobs = {row["job_id"] for row in counted.outcomes if row["qualified"] is not None}
    return len({row["job_id"] for row in counted.costs} - counted_jobs - {None})
