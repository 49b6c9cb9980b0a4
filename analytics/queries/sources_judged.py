"""What the comparison may say: cost per qualified applicant, which sources can be told apart, and which is best."""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics import statistics
from analytics.queries.source_counts import Counts, Spending, per_vacancy
from analytics.queries.source_rows import Best, Pair, SourceRow
from analytics.statistics import PerQualified
from recruitment.models import Source

# With more priced sources than this, those with the largest cost are compared with each other; the page says so.
MOST_COMPARED = 40


@dataclass(frozen=True)
class Price:
    """What a qualified applicant from one source costs, and how many hours it takes where it is free."""

    cost: PerQualified | None = None
    hours: PerQualified | None = None


NO_PRICE = Price()


@dataclass(frozen=True)
class Judged:
    """What may be said of the rows: their prices by source id, the pairs, and the numbers they rest on."""

    prices: dict[int, Price]
    pairs: list[Pair]
    sides: dict[int, statistics.ChannelCount]
    mean_rate: float
    known: int
    qualified: int
    n_compared: int
    n_priced: int


@dataclass(frozen=True)
class _Ground:
    """What all prices rest on."""

    counts: Counts
    spending: Spending
    with_hours: bool
    known: int
    qualified: int
    vacancies: NDArray[np.int64]

    @property
    def rho(self) -> float:
        return self.known / self.qualified if self.qualified else 1.0

    def arrays(self, source_id: int, *, in_minutes: bool = False) -> tuple[Any, Any]:
        return per_vacancy(
            source_id, vacancies=self.vacancies, counts=self.counts, spending=self.spending,
            with_hours=self.with_hours, in_minutes=in_minutes,
        )  # fmt: skip


def judge(rows: list[SourceRow], *, counts: Counts, spending: Spending, with_hours: bool) -> Judged:
    """
    Return cost per qualified applicant, and which sources differ. Nothing is read from the database.

    What all sources have in common (the known part, the mean rate, how lumpy vacancies are) comes from all rows given.
    """
    found = np.union1d(counts.job_ids(), spending.job_ids())
    ground = _Ground(
        counts=counts,
        spending=spending,
        with_hours=with_hours,
        known=sum(row.qualified or 0 for row in rows if row.source.kind != Source.Kind.UNKNOWN),
        qualified=sum(row.qualified or 0 for row in rows),
        # Where nothing belongs to a vacancy, all of it belongs to one that is none.
        vacancies=found if len(found) else np.zeros(1, dtype=np.int64),
    )
    priced = [row for row in rows if _has_price(row, counts)]
    sides, mean_rate = _sides(priced, ground)
    dearest = sorted(priced, key=lambda row: -(row.spend_ore or 0))[:MOST_COMPARED]
    among = sorted(row.source.id for row in dearest)
    pairs = [
        Pair(a, b, statistics.compare_pair(sides[a], sides[b], mean_rate=mean_rate)) for a, b in combinations(among, 2)
    ]
    return Judged(
        prices={row.source.id: price for row in rows if (price := _price(row, sides, ground))},
        pairs=pairs,
        sides={source_id: sides[source_id] for source_id in among},
        mean_rate=mean_rate,
        known=ground.known,
        qualified=ground.qualified,
        n_compared=len(among),
        n_priced=len(priced),
    )


def _has_price(row: SourceRow, counts: Counts) -> bool:
    # In the released view a source with costs and nothing released may have a few: that bounds its price from below.
    is_counted = row.qualified is not None or not counts.is_exact
    return is_counted and bool(row.spend_ore) and row.source.kind != Source.Kind.UNKNOWN


def _sides(priced: list[SourceRow], ground: _Ground) -> tuple[dict[int, statistics.ChannelCount], float]:
    if not priced:
        return {}, 0.0
    ids = [row.source.id for row in priced]
    spread = _spread(ids, [ground.arrays(source_id) for source_id in ids], ground)
    sides = {
        row.source.id: statistics.ChannelCount(
            k=row.qualified or 0,
            spend_ore=row.spend_ore or 0,
            phi=phi,
            is_hidden=row.qualified is None,
            pending=ground.counts.pending("qualified", row.source.id),
        )
        for row, phi in zip(priced, spread.phis, strict=True)
    }
    return sides, spread.mean_rate


def _spread(ids: list[int], arrays: list[tuple[Any, Any]], ground: _Ground) -> statistics.Spread:
    spends = [spend for _, spend in arrays]
    if not ground.counts.is_exact:
        totals = [float(ground.counts.of("qualified", source_id) or 0) for source_id in ids]
        return statistics.spread_of_totals(totals, spends, rho=ground.rho)
    return statistics.spread([counts for counts, _ in arrays], spends, rho=ground.rho)


def _price(row: SourceRow, sides: dict[int, statistics.ChannelCount], ground: _Ground) -> Price | None:
    pending = ground.counts.pending("qualified", row.source.id)
    is_counted = row.qualified is not None or not ground.counts.is_exact
    if row.spend_ore is None or row.source.kind == Source.Kind.UNKNOWN or not is_counted:
        return None
    side = sides.get(row.source.id)
    counts = {"k": row.qualified or 0, "known": ground.known, "qualified": ground.qualified, "pending": pending}
    cost = statistics.cost_per_qualified(spend_ore=row.spend_ore, **counts, phi=side.phi if side else 1.0)
    hours = None
    if cost.kind == "free" and row.minutes:
        spread = _spread([row.source.id], [ground.arrays(row.source.id, in_minutes=True)], ground)
        hours = statistics.hours_per_qualified(hours=row.minutes / 60, **counts, phi=spread.phis[0])
    return Price(cost, hours)


def with_prices(rows: list[SourceRow], *, prices: dict[int, Price], pairs: list[Pair]) -> list[SourceRow]:
    """Return the rows shown with their prices, and the ids of those among them that each cannot be told apart from."""
    tied: dict[int, list[int]] = {row.source.id: [] for row in rows}
    for pair in pairs:
        if pair.comparison.verdict == "cannot_tell" and pair.a in tied and pair.b in tied:
            tied[pair.a].append(pair.b)
            tied[pair.b].append(pair.a)
    found = []
    for row in rows:
        source_id = row.source.id
        price = prices.get(source_id, NO_PRICE)
        found.append(replace(row, cost=price.cost, hours=price.hours, ties=tuple(tied[source_id])))
    return found


def best_of(rows: list[SourceRow], sides: dict[int, statistics.ChannelCount], *, mean_rate: float) -> Best | None:
    """Return the source among the rows that is probably the cheapest of all, or None when that cannot be said."""
    among = [row.source.id for row in rows if row.source.id in sides]
    if not _may_have_a_best([sides[source_id] for source_id in among], mean_rate=mean_rate):
        return None
    found = statistics.best([sides[source_id] for source_id in among], mean_rate=mean_rate)
    return None if found is None else Best(source_id=among[found.place], probability=found.probability)


def _may_have_a_best(sides: list[statistics.ChannelCount], *, mean_rate: float) -> bool:
    """Return whether the cheapest beats the next one surely enough; the best of all is never surer than that."""
    if not mean_rate:
        return False
    weight = statistics.FICTIVE_QUALIFIED
    rates = [
        ((side.k / side.phi + weight) / (side.spend_ore / side.phi + weight / mean_rate), place)
        for place, side in enumerate(sides)
        if side.spend_ore and not side.is_hidden
    ]
    if len(rates) < 2:
        return False
    first, second = (sides[place] for _rate, place in sorted(rates, reverse=True)[:2])
    return statistics.p_cheaper(first, second, mean_rate=mean_rate) >= statistics.BEST_PROBABILITY
