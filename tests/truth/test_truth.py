"""`make truth` itself: it must say that something is missed when it is (the whole of it takes minutes)."""

import json
from datetime import date

import numpy as np
import pytest

from analytics import disclosure, statistics
from analytics.ledger import SAID, Book, Vacancy
from tests.truth import __main__ as truth
from tests.truth import attack, ledgers, shown
from tests.truth.shown import Tally


def found(**changed):
    """Figures that meet every goal, but for those that are changed."""
    return {goal.name: goal.low if goal.low is not None else goal.high for goal in truth.GOALS} | changed


class TestGoals:
    def test_all_met_is_success_and_the_last_line_is_json(self, monkeypatch, capsys):
        monkeypatch.setattr(truth, "figures", lambda **_: found())
        monkeypatch.setattr("sys.argv", ["truth"])

        assert truth.main() == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["missed"] == []

    @pytest.mark.parametrize(
        "planted",
        [{"cost_avg": 0.80}, {"cost_avg": 0.99}, {"wrong_rank": 0.24}, {"cells_recovered": 1}, {"cost_15": None}],
    )
    def test_a_planted_miss_fails(self, monkeypatch, capsys, planted):
        monkeypatch.setattr(truth, "figures", lambda **_: found(**planted))
        monkeypatch.setattr("sys.argv", ["truth"])

        assert truth.main() == 1
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["missed"] == list(planted)


class TestYears:
    def test_tell_a_spoilt_formula_from_a_right_one(self, monkeypatch):
        """Scaling the count up to all who qualified, as if they had been counted, is the mistake that is forbidden."""
        right = shown.tally_of(seed=5, n_years=40, response_sd=0.0)

        def scaled(**given):
            k = round(given["k"] * given["qualified"] / max(1, given["known"]))
            all_known = {"known": given["qualified"], "qualified": given["qualified"], "k": min(k, given["qualified"])}
            return statistics.cost.cost_per_qualified(**given | all_known | {"phi": 1.0})

        monkeypatch.setattr(statistics, "cost_per_qualified", scaled)
        spoilt = shown.tally_of(seed=5, n_years=40, response_sd=0.0)

        assert right.part("cost") >= 0.90
        assert spoilt.part("cost") < 0.85

    def test_tell_a_band_that_is_too_narrow_for_how_unevenly_applicants_answer(self):
        assert shown.band_coverage(applied=100) > 0.93
        assert shown.band_coverage(applied=100, ratio=3.0) < 0.5

    def test_a_part_of_nothing_is_no_part(self):
        assert Tally().part("cost") is None
        assert not truth.Goal("x", 0.9, None).is_met(None)


class TestAttack:
    def test_finds_nothing_in_what_the_ledger_releases_r10(self):
        for seed in (1, 3):
            drawn = ledgers.small(np.random.default_rng(seed), threshold=3 if seed == 3 else 5)

            recovered, tried = attack.attacked(drawn, most=5)

            assert recovered == []
            assert tried > 10

    def test_finds_single_counts_when_a_release_is_not_looked_at_first(self, monkeypatch):
        """Two vacancies, at most four each, with eight together: the attack must see it, the ledger must not do it."""
        counts = {(SAID, 1, 1): 4, (SAID, 2, 1): 4, (SAID, 1, 2): 1, (SAID, 2, 2): 0}
        vacancies = [Vacancy(SAID, job, 1, date(2024, 1, 1), 5) for job in (1, 2)]
        careful = ledgers.gone_through(counts, vacancies)
        monkeypatch.setattr(disclosure, "is_safe", lambda *_, **__: True)
        careless = ledgers.gone_through(counts, vacancies)

        assert careful.book.drafts == []
        assert attack.attacked(careful)[0] == []
        assert sorted(attack.attacked(careless, knows_quarters=False)[0]) == [(SAID, 1, 1), (SAID, 2, 1)]

    def test_finds_what_the_stages_tell_together_when_they_are_not_looked_at(self):
        """Three applied and qualified in each of two vacancies: known once both stages' sums are told apart."""
        month = date(2024, 1, 1)
        counts = {("applied", 1, 1): 3, ("applied", 2, 1): 3, ("applied", 3, 1): 0, ("applied", 4, 1): 0}
        counts |= {("qualified", job, 1): n for job, n in ((1, 3), (2, 3), (3, 4), (4, 4))}
        vacancies = [Vacancy("applied", job, 1, month, 5) for job in (1, 2)]
        vacancies += [Vacancy("qualified", job, job % 2, month, 5) for job in (1, 2, 3, 4)]

        def released(looks_at_stages):
            book = Book(threshold=5, counts=counts, looks_at_stages=looks_at_stages)
            for vacancy in vacancies:
                book.open(vacancy)
            book.end_month(month)
            return attack.attacked(ledgers.Ledger(counts, vacancies, book, 5, [month]))

        careless, careful = released(False)[0], released(True)[0]
        assert ("applied", 1, 1) in careless
        assert careful == []
