"""The benchmark's own arithmetic: which way is better, when a goal is reached, when nothing can be said."""

import itertools

import pytest

from tests.bench.pairs import N_PAIRS, N_TRIES, Measure, run


def measure(*, limit, product, better="lower", goal=3.0):
    limits, products = itertools.cycle(limit), itertools.cycle(product)
    return Measure(
        name="figure", unit="ms", better=better, goal=goal, limit=lambda: next(limits), product=lambda: next(products)
    )


def silent(line):
    return None


class TestRun:
    def test_gives_the_median_ratio_of_the_pairs_and_reaches_the_goal(self):
        result = run(measure(limit=[0.001], product=[0.002, 0.0021, 0.0022]), say=silent)

        assert result.as_json() == {
            "name": "figure",
            "unit": "ms",
            "better": "lower",
            "ratio": 2.1,
            "goal": 3.0,
            "ok": True,
            "limit": 1.0,
            "product": 2.1,
            "runs": [2.1, 2.2, 2.0, 2.1, 2.2],
        }

    @pytest.mark.parametrize(
        ("better", "goal", "ok"), [("lower", 3.0, False), ("higher", 0.25, True), ("higher", 0.3, False)]
    )
    def test_knows_which_way_is_better(self, better, goal, ok):
        result = run(measure(limit=[0.001], product=[0.004], better=better, goal=goal), say=silent)

        assert result.is_ok is ok

    def test_says_nothing_when_the_limit_itself_is_unsteady(self):
        lines = []

        result = run(measure(limit=[0.001, 0.002], product=[0.001]), say=lines.append)

        assert (result.is_void, result.is_ok, result.as_json()["void"]) == (True, False, True)
        assert len(lines) == N_TRIES

    def test_tries_again_until_the_limit_is_steady(self):
        first_try = [0.001, 0.002] * ((N_PAIRS + 1) // 2)

        result = run(measure(limit=first_try + [0.001] * (N_PAIRS + 1), product=[0.002]), say=silent)

        assert (result.is_void, result.ratio) == (False, 2.0)
