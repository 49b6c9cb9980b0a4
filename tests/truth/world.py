"""
Invented municipality-years: what recruiting really gives, and what of it is answered and counted.

5-300 vacancies (median 45), 3-10 sources, response 20-80 %, spend 0-60 000 kr per source and 60 vacancies, sources that
differ in log cost with sd 0.2-0.8, and counts that vary between vacancies (negative binomial, alpha 0-1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MEDIAN_VACANCIES, FEWEST_VACANCIES, MOST_VACANCIES = 45, 5, 300
MOST_SPENT_ORE = 60_000_00  # for each source and 60 vacancies
TYPICAL_COST_ORE = 3_000_00  # so that one year in ten has too few qualified to say anything


@dataclass(frozen=True)
class Year:
    """
    One municipality's year. Arrays are sources by vacancies, but `rates` (qualified per øre), one for each source.

    `qualified` are all, `answered` those whose source is known.
    """

    rates: np.ndarray
    spends: np.ndarray
    qualified: np.ndarray
    answered: np.ndarray

    @property
    def rho(self) -> float:
        """The part of the qualified whose source is known; 1 when nobody qualified."""
        return float(self.answered.sum() / self.qualified.sum()) if self.qualified.sum() else 1.0


def year(
    rng: np.random.Generator,
    *,
    response_sd: float = 0.0,
    source_sd: float | None = None,
    vacancies: tuple[int, int] = (FEWEST_VACANCIES, MOST_VACANCIES),
) -> Year:
    """
    Draw a year.

    :param response_sd: how much willingness to answer differs between sources, on the log scale
    :param source_sd: how much sources differ in log cost; drawn when None
    """
    n_vacancies = int(np.clip(round(MEDIAN_VACANCIES * np.exp(rng.normal(0, 0.9))), *vacancies))
    n_sources = int(rng.integers(3, 11))
    sd = rng.uniform(0.2, 0.8) if source_sd is None else source_sd
    alpha, response = rng.uniform(0, 1), rng.uniform(0.2, 0.8)
    typical = TYPICAL_COST_ORE * np.exp(rng.normal(0, 0.4))
    rates = np.exp(rng.normal(0, sd, n_sources)) / typical
    totals = rng.uniform(0, MOST_SPENT_ORE, n_sources) * n_vacancies / 60
    # A source is used for some of the vacancies, with uneven amounts.
    is_used = rng.random((n_sources, n_vacancies)) < rng.uniform(0.3, 1, (n_sources, 1))
    is_used[:, 0] |= ~is_used.any(axis=1)
    parts = rng.gamma(2.0, 1.0, (n_sources, n_vacancies)) * is_used
    spends = totals[:, None] * parts / parts.sum(axis=1, keepdims=True)
    lumps = rng.gamma(1 / alpha, alpha, spends.shape) if alpha > 0.01 else np.ones(spends.shape)
    qualified = rng.poisson(rates[:, None] * spends * lumps)
    willing = np.clip(response * np.exp(rng.normal(0, response_sd, n_sources)), 0.02, 0.98)
    return Year(rates, spends, qualified, rng.binomial(qualified, willing[:, None]))
