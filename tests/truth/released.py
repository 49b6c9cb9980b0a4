"""Whether a cost is true where only releases may be read: what others than HR are shown."""

from __future__ import annotations

import numpy as np

from analytics import statistics
from analytics.ledger import least_of
from tests.truth import ledgers
from tests.truth.shown import Tally, note_cost
from tests.truth.world import year

THRESHOLD = 5


def tally_of(*, seed: int, n_years: int) -> Tally:
    """Look at some years of 20-200 vacancies through the ledger."""
    rng = np.random.default_rng([seed, 1])
    tally = Tally()
    for _ in range(n_years):
        drawn = year(rng, vacancies=(20, 200))
        n_sources = len(drawn.rates)
        told = np.zeros(n_sources + 1, dtype=int)  # the last is where the source is not known
        for release in ledgers.of_year(drawn, rng).book.drafts:
            told[release.source_id] += release.count
        known, qualified = int(told[:-1].sum()), int(told.sum())
        if known < statistics.ENOUGH:
            continue
        spread = statistics.spread_of_totals(list(told[:-1]), list(drawn.spends), rho=known / qualified)
        for k, spends, rate, phi in zip(told, drawn.spends, drawn.rates, spread.phis, strict=False):
            cost = statistics.cost_per_qualified(
                spend_ore=int(spends.sum()),
                k=int(k),
                known=known,
                qualified=qualified,
                phi=phi,
                pending=least_of("qualified", THRESHOLD) - 1,
            )
            note_cost(cost, 1 / rate, tally, prefix="released")
    return tally
