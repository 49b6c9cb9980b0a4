"""
Intervals and verdicts for small counts. Every interval is 90 %.

Chosen by simulation of municipality-years, which `make truth` repeats: see docs/statistics.md. Only `scipy.special` is
imported, so that a web process starts quickly; `scipy.stats` and statsmodels are the oracles of the tests.
"""

from analytics.statistics.constants import ENOUGH, HIGH_TAIL, LOW_TAIL, ONE_SIDED, Z_90
from analytics.statistics.cost import (
    PerQualified,
    cost_per_qualified,
    expected,
    hours_per_qualified,
    most_when_none,
)
from analytics.statistics.dispersion import (
    PRIOR_ALPHA,
    PRIOR_ALPHA_WEIGHT,
    Spread,
    alpha,
    phi,
    spread,
    spread_of_totals,
)
from analytics.statistics.pairs import (
    BEST_PROBABILITY,
    BEST_QUALIFIED,
    CLEAR_RATIO,
    FICTIVE_QUALIFIED,
    Best,
    ChannelCount,
    Comparison,
    Verdict,
    best,
    compare_pair,
    p_best,
    p_cheaper,
    times_cheaper,
)
from analytics.statistics.shares import (
    Difference,
    Part,
    change,
    difference,
    prediction,
    share,
    willingness_band,
    worst_case,
)

__all__ = [
    "BEST_PROBABILITY",
    "BEST_QUALIFIED",
    "CLEAR_RATIO",
    "ENOUGH",
    "FICTIVE_QUALIFIED",
    "HIGH_TAIL",
    "LOW_TAIL",
    "ONE_SIDED",
    "PRIOR_ALPHA",
    "PRIOR_ALPHA_WEIGHT",
    "Z_90",
    "Best",
    "ChannelCount",
    "Comparison",
    "Difference",
    "Part",
    "PerQualified",
    "Spread",
    "Verdict",
    "alpha",
    "best",
    "change",
    "compare_pair",
    "cost_per_qualified",
    "difference",
    "expected",
    "hours_per_qualified",
    "most_when_none",
    "p_best",
    "p_cheaper",
    "phi",
    "prediction",
    "share",
    "spread",
    "spread_of_totals",
    "times_cheaper",
    "willingness_band",
    "worst_case",
]
