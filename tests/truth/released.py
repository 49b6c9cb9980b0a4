"""Whether a cost is true where only releases may be read: what others than HR are shown."""

from __future__ import annotations

from datetime import date

import numpy as np

from analytics import statistics
from analytics.ledger import Vacancy, least_of
from tests.truth import ledgers
from tests.truth.shown import Tally, note_cost
from tests.truth.world import Year, year

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


def rolling_tally_of(*, seed: int, n_years: int) -> Tally:
    """
    Look at twelve months that end in a year's middle, so that releases of two calendar years are cut.

    Those releases are about vacancies outside too and are not told; how many they are is counted as unseen.
    """
    rng = np.random.default_rng([seed, 2])
    tally = Tally()
    for _ in range(n_years):
        drawn = year(rng, vacancies=(40, 200))
        n_sources, n_jobs = drawn.answered.shape
        last = int(rng.integers(17, 23))
        months = rng.integers(last + 1, size=n_jobs)
        counts = [*drawn.answered, (drawn.qualified - drawn.answered).sum(axis=0)]
        truth = {("qualified", job, n): int(k) for n, of_source in enumerate(counts) for job, k in enumerate(of_source)}
        occupations = rng.integers(max(1, n_jobs // 16), size=n_jobs)
        vacancies = [
            Vacancy("qualified", job, int(occupations[job]), date(2024 + int(n) // 12, int(n) % 12 + 1, 1), THRESHOLD)
            for job, n in enumerate(months)
        ]
        chosen = {job for job, n in enumerate(months) if n > last - 12}
        told, crossing = np.zeros(n_sources + 1, dtype=int), np.zeros(n_sources + 1, dtype=int)
        for release in ledgers.gone_through(truth, vacancies, n_years=2, n_months=last + 1).book.drafts:
            if chosen.issuperset(release.job_ids):
                told[release.source_id] += release.count
            elif not chosen.isdisjoint(release.job_ids):
                crossing[release.source_id] += release.count
        _note_rolling(drawn, told, crossing, sorted(chosen), tally)
    return tally


def _note_rolling(drawn: Year, told: np.ndarray, crossing: np.ndarray, chosen: list[int], tally: Tally) -> None:
    known, qualified = int(told[:-1].sum()), int(told.sum())
    spends = [of_source[chosen] for of_source in drawn.spends]
    if known < statistics.ENOUGH:
        return
    spread = statistics.spread_of_totals(list(told[:-1]), spends, rho=known / qualified)
    for n, (spend, rate, phi) in enumerate(zip(spends, drawn.rates, spread.phis, strict=True)):
        if not spend.sum():
            continue
        cost = statistics.cost_per_qualified(
            spend_ore=int(spend.sum()),
            k=int(told[n]),
            known=known,
            qualified=qualified,
            phi=phi,
            pending=least_of("qualified", THRESHOLD) - 1 + int(crossing[n]),
        )
        note_cost(cost, 1 / rate, tally, prefix="rolling")
