"""Shares, bands, differences and predictions against scipy.stats, exact enumeration and published values."""

import numpy as np
import pytest
from scipy import stats

from analytics import statistics


def wilson(k: int, n: int) -> tuple[float, float]:
    found = stats.binomtest(k, n).proportion_ci(confidence_level=0.90, method="wilson")
    return found.low, found.high


class TestBand:
    @pytest.mark.parametrize(("k", "n"), [(0, 5), (3, 8), (20, 40), (9, 9)])
    def test_moves_the_odds_of_both_ends(self, k, n):
        low, high = statistics.willingness_band(k, n)

        ends = [part / (1 - part) if part < 1 else np.inf for part in wilson(k, n)]
        moved = [odds / (1 + odds) if np.isfinite(odds) else 1.0 for odds in (ends[0] / 1.5, ends[1] * 1.5)]
        assert (low, high) == pytest.approx(tuple(moved), abs=1e-4)
        assert statistics.willingness_band(k, n, ratio=1.0) == pytest.approx(statistics.share(k, n))

    def test_holds_where_the_plain_interval_does_not(self):
        """300 applicants, of whom a third has it and is 1.5 times as willing to answer as the rest."""
        rng = np.random.default_rng(3)
        held = np.zeros(2)
        for _ in range(400):
            has = rng.binomial(300, 1 / 3)
            k, n = rng.binomial(has, 0.6), 0
            n = k + rng.binomial(300 - has, 0.4)
            for place, (low, high) in enumerate((statistics.share(k, n), statistics.willingness_band(k, n))):
                held[place] += low <= 1 / 3 <= high
        assert held[0] / 400 < 0.5
        assert held[1] / 400 >= 0.93

    def test_refuses_to_be_narrower_than_the_interval(self):
        with pytest.raises(ValueError, match="as wide"):
            statistics.willingness_band(3, 8, ratio=0.5)


class TestWorstCase:
    def test_holds_whatever_the_silent_would_have_said(self):
        assert statistics.worst_case(3, 8, applied=20) == (3 / 20, 15 / 20)
        assert statistics.worst_case(3, 8, applied=8) == (3 / 8, 3 / 8)

    @pytest.mark.parametrize(("k", "n", "applied"), [(3, 8, 7), (9, 8, 20), (-1, 8, 20), (0, 0, 0)])
    def test_refuses_what_is_no_share(self, k, n, applied):
        with pytest.raises(ValueError, match="no share"):
            statistics.worst_case(k, n, applied=applied)


class TestDifference:
    @pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(3, 8, 1, 9), (0, 5, 5, 5), (20, 40, 19, 40), (7, 7, 7, 7)])
    def test_is_the_hybrid_of_two_wilson_intervals(self, k1, n1, k2, n2):
        (low1, high1), (low2, high2), p1, p2 = wilson(k1, n1), wilson(k2, n2), k1 / n1, k2 / n2

        found = statistics.difference(k1, n1, k2, n2)

        assert found.value == pytest.approx(p1 - p2)
        assert found.low == pytest.approx(p1 - p2 - np.hypot(p1 - low1, high2 - p2), abs=1e-4)
        assert found.high == pytest.approx(p1 - p2 + np.hypot(high1 - p1, p2 - low2), abs=1e-4)
        assert -1 <= found.low <= found.value <= found.high <= 1

    @pytest.mark.parametrize(
        ("counts", "low", "high"),
        [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((10, 10, 0, 20), 0.6791, 1.0)],
    )
    def test_gives_what_newcombe_published_for_method_10(self, monkeypatch, counts, low, high):
        """Newcombe 1998, table II, 95 %."""
        ninety_five = statistics.shares.share
        monkeypatch.setattr(statistics.shares, "share", lambda k, n: ninety_five(k, n, z=1.959964))

        found = statistics.difference(*counts)

        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)

    def test_is_told_apart_only_when_zero_lies_outside(self):
        assert statistics.difference(18, 20, 4, 20).is_told_apart
        assert statistics.difference(4, 20, 18, 20).is_told_apart
        assert not statistics.difference(5, 9, 4, 9).is_told_apart

    def test_of_a_part_in_time_holds_whatever_is_unseen(self):
        now, before = statistics.Part(18, 40), statistics.Part(6, 40)
        waiting = statistics.Part(6, 40, unseen=12, unseen_others=20)

        assert statistics.change(now, before) == statistics.difference(18, 40, 6, 40)
        assert statistics.change(now, before).is_told_apart
        bounds = statistics.change(now, waiting)
        assert not bounds.is_told_apart
        assert bounds.low == statistics.difference(18, 40, 18, 52).low
        assert bounds.high == statistics.difference(18, 40, 6, 60).high
        assert statistics.change(now, statistics.Part(2, 4)) is None
        assert statistics.change(None, before) is None


class TestPrediction:
    @pytest.mark.parametrize(("k", "n", "applied"), [(3, 8, 30), (0, 6, 12), (6, 6, 40), (5, 20, 21)])
    def test_equals_the_oracle(self, k, n, applied):
        silent = stats.betabinom(applied - n, k + 0.5, n - k + 0.5)

        assert statistics.prediction(k, n, applied=applied) == (k + silent.ppf(0.05), k + silent.ppf(0.95))

    def test_is_what_was_counted_when_everybody_answered(self):
        assert statistics.prediction(3, 8, applied=8) == (3, 3)
        with pytest.raises(ValueError, match="no share"):
            statistics.prediction(3, 8, applied=7)
