"""
The comparison behind «Kilder»: what each source brought, and what a qualified applicant from it cost.

Three kinds of truth stay apart: what the channel says (views, clicks), what our links counted (visits), and what people
said or HR counted. The last is exact for HR, and comes from the release ledger for everybody else and for every file.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from analytics.queries.measurements import ChannelTotals
from analytics.queries.selection import Period, Selection
from analytics.queries.source_counts import Counts, Spending, Spent, exact_counts, released_counts, spending
from analytics.queries.source_rows import Best, Pair, Response, SourceComparison, SourceRow, View
from analytics.queries.source_totals import totals_of_channels
from analytics.queries.sources_judged import Judged, best_of, judge, with_prices
from analytics.queries.surveys import kept_from
from analytics.queries.visits import by_source
from foundation.compiled import compiled
from recruitment.models import Channel, MunicipalitySettings, Source
from recruitment.queries.sources import told_under_of

__all__ = [
    "Best",
    "Pair",
    "Period",
    "Response",
    "Selection",
    "SourceComparison",
    "SourceRow",
    "View",
    "source_comparison",
]

NOTHING = Spent()
OF_SOURCE, OF_CHANNEL = ([field.attname for field in model._meta.concrete_fields] for model in (Source, Channel))


def source_comparison(*, selection: Selection, view: View, with_hours: bool = True, now: datetime) -> SourceComparison:
    """
    Return one row per source of the entered municipality that has anything in the selection, the cheapest first.

    Exact: answers count on the Norwegian day they were given, outcomes on the day they were first registered. Released:
    releases whose vacancies all lie inside, by their deadline. Costs count on their own day and channel figures on the
    channel's, in both. Reach is not here: it may not be summed. The number of queries does not grow with the sources.
    """
    period = selection.period
    decided = _decided()
    is_kept = view == "released" or period.first_day >= kept_from(months=decided.retention_months, now=now)
    listed = _sources()
    told_under = told_under_of(listed)
    counts = (
        exact_counts(selection=selection, with_answers=is_kept, told_under=told_under)
        if view == "exact"
        else released_counts(selection)
    )
    spent = Spending(of=spending(selection=selection, told_under=told_under), hour_cost_ore=decided.hour_cost_ore)
    totals = totals_of_channels(selection=selection, last_day=min(period.last_day, _last_possible(now)))
    visits = _visits(selection, told_under)
    rows = []
    # What was merged into another source is told there.
    for source, is_owner in _with_owner([each for each in listed if each.pk not in told_under]):
        of_channel = _of_channel(source, is_owner, totals=totals, visits=visits, is_narrowed=selection.is_narrowed)
        rows.append(_row(source, of_channel, counts=counts, spending=spent, is_kept=is_kept, with_hours=with_hours))
    judged = judge(rows, counts=counts, spending=spent, with_hours=with_hours)
    return _shown(
        rows,
        judged,
        selection,
        view,
        is_kept=is_kept,
        counts=counts,
        spending=spent,
        totals=totals,
        threshold=decided.release_threshold,
    )


def _sources() -> list[Source]:
    """Return all sources in their order, with their channels."""
    channels: dict[int, Channel] = {}
    found = []
    for row in _listed():
        source, of_channel = Source(*row[: len(OF_SOURCE)]), row[len(OF_SOURCE) :]
        if source.channel_id:
            if source.channel_id not in channels:
                channels[source.channel_id] = Channel(*of_channel)
            source.channel = channels[source.channel_id]
        found.append(source)
    return found


@compiled
def _listed() -> QuerySet:
    return Source.objects.values_list(*OF_SOURCE, *(f"channel__{name}" for name in OF_CHANNEL))


def _last_possible(now: datetime) -> date:
    # A channel's day may be a day ahead of or behind ours; a period that runs into the future ends there.
    return now.date() + timedelta(days=1)


DECIDED = ("hour_cost_ore", "retention_months", "release_threshold")


def _decided() -> MunicipalitySettings:
    """Return what the municipality decided about the figures, or what holds until it does."""
    found = [dict(zip(DECIDED, row, strict=True)) for row in _settings()]
    return MunicipalitySettings(**found[0]) if found else MunicipalitySettings()


@compiled
def _settings() -> QuerySet:
    return MunicipalitySettings.objects.values_list(*DECIDED)


def _visits(selection: Selection, told_under: dict[int, int]) -> dict[int, int]:
    """Return how often persons followed each source's links."""
    found: dict[int, int] = {}
    for source_id, n_persons in by_source(selection).items():
        source_id = told_under.get(source_id, source_id)
        found[source_id] = found.get(source_id, 0) + n_persons
    return found


def _with_owner(sources: list[Source]) -> list[tuple[Source, bool]]:
    """Pair each source with whether it shows its channel's figures: the first one in use of each channel does."""
    owners: dict[int, int] = {}
    for source in sorted(sources, key=lambda source: (not source.is_active, source.position, source.pk)):
        if source.channel_id:
            owners.setdefault(source.channel_id, source.pk)
    return [(source, owners.get(source.channel_id or 0) == source.pk) for source in sources]


def _of_channel(
    source: Source,
    is_owner: bool,
    *,
    totals: dict[int, ChannelTotals],
    visits: dict[int, int],
    is_narrowed: bool,
) -> dict[str, Any]:
    """Return what channel and links tell of a source, by the names of a row."""
    found = totals.get(source.channel_id) if is_owner and source.channel_id else None
    total = found.total if found else None
    return {
        "channel_figures": _channel_figures(source, is_owner, total is not None, is_narrowed),
        "views": total.impressions if total else None,
        "clicks": total.clicks if total else None,
        "visits": visits.get(source.pk, 0) if source.channel and source.channel.has_link else None,
        "fetched_at": found.fetched_at if found else None,
    }


def _row(
    source: Source,
    of_channel: dict[str, Any],
    *,
    counts: Counts,
    spending: Spending,
    is_kept: bool,
    with_hours: bool,
) -> SourceRow:
    """Return a source's row with what people said, HR counted and was paid beside what its channel tells."""
    source_id = source.pk
    spent = spending.of.get(source_id, NOTHING)
    said = counts.of("said", source_id)
    return SourceRow(
        source=source,
        **of_channel,
        # Exact answers are counted by us: none is 0. Unless they are deleted, and then nothing is known.
        said=(said or 0) if is_kept and counts.is_exact else said,
        unseen_said=counts.pending("said", source_id),
        applied=counts.of("applied", source_id),
        qualified=counts.of("qualified", source_id),
        interviewed=counts.of("interviewed", source_id),
        offered=counts.of("offered", source_id),
        hired=counts.of("hired", source_id),
        best_qualified=counts.of("best_qualified", source_id),
        kroner_ore=spent.kroner_ore,
        minutes=spent.minutes,
        spend_ore=spending.ore(spent.kroner_ore, spent.minutes, with_hours=with_hours),
    )


def _channel_figures(source: Source, is_owner: bool, is_told: bool, is_narrowed: bool) -> str:
    if source.channel is None:
        return "none"
    if not is_owner:
        return "elsewhere"
    if is_told:
        return "told"
    if not (source.channel.reports_views or source.channel.reports_clicks):
        return "not_told"
    return "narrowed" if is_narrowed else "not_fetched"


def _shown(
    rows: list[SourceRow],
    judged: Judged,
    selection: Selection,
    view: View,
    *,
    is_kept: bool,
    counts: Counts,
    spending: Spending,
    totals: dict[int, ChannelTotals],
    threshold: int,
) -> SourceComparison:
    """Return the rows of the chosen channel that have anything, the cheapest first, with what may be said of them."""
    chosen = [row for row in rows if selection.channel_id in (None, row.source.channel_id)]
    loud = [row for row in chosen if not row.is_quiet]
    shown = with_prices(loud, prices=judged.prices, pairs=judged.pairs)
    ids = {row.source.id for row in shown}
    pairs = [pair for pair in judged.pairs if pair.a in ids and pair.b in ids]
    return SourceComparison(
        rows=sorted(shown, key=_cheapest_first),
        quiet=[row.source for row in chosen if row.is_quiet and row.source.kind == Source.Kind.PLACE],
        view=view,
        hour_cost_ore=spending.hour_cost_ore,
        threshold=threshold,
        fetched_at=max((total.fetched_at for total in totals.values()), default=None),
        answers_kept=is_kept,
        pairs=pairs,
        best=best_of(shown, judged.sides, mean_rate=judged.mean_rate),
        known=judged.known,
        qualified=judged.qualified,
        n_compared=judged.n_compared,
        n_priced=judged.n_priced,
        sides=judged.sides,
        response=counts.response,
    )


KIND_ORDER = ("free", "estimate", "interval_only", "none_yet")


def _cheapest_first(row: SourceRow) -> tuple[int, float, int]:
    cost = row.cost
    if cost is None or cost.kind not in KIND_ORDER or (cost.kind == "free" and not cost.k):
        return len(KIND_ORDER), 0.0, row.source.position
    price = cost.value if cost.value is not None else cost.low
    return KIND_ORDER.index(cost.kind), price or 0.0, row.source.position
