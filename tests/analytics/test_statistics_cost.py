"""The intervals against scipy.stats, exact enumeration and the coverage they were chosen for."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from analytics import statistics
from analytics.statistics import ChannelCount

RHO_KNOWN = {"known": 20, "qualified": 40}  # half of the qualified applicants have a known source


def poisson_coverage(mean: float) -> float:
    """Return the exact probability that the interval of a Poisson count holds its mean."""
    counts = range(int(mean + 12 * mean**0.5 + 25))
    held = [k for k in counts if statistics.expected(k)[0] <= mean <= statistics.expected(k)[1]]
    return float(stats.poisson.pmf(held, mean).sum())


def wilson_coverage(n: int, p: float) -> float:
    """Return the exact probability that the interval of a binomial share holds the share."""
    held = [k for k in range(n + 1) if statistics.share(k, n)[0] <= p <= statistics.share(k, n)[1]]
    return float(stats.binom.pmf(held, n, p).sum())


class TestShare:
    @pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 7), (1, 5), (3, 8), (20, 40), (5, 5), (299, 300)])
    def test_equals_the_oracle(self, k, n):
        oracle = stats.binomtest(k, n).proportion_ci(confidence_level=0.90, method="wilson")

        assert statistics.share(k, n) == pytest.approx((oracle.low, oracle.high), abs=1e-4)

    def test_covers_what_it_was_chosen_for(self):
        coverage = [wilson_coverage(n, p) for n in range(5, 41) for p in np.arange(0.05, 0.601, 0.005)]

        assert 0.89 <= np.mean(coverage) <= 0.93
        assert min(coverage) >= 0.79

    def test_ends_exactly_at_the_ends(self):
        assert statistics.share(0, 9)[0] == 0.0
        assert statistics.share(9, 9)[1] == 1.0

    @pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 4)])
    def test_refuses_what_is_no_share(self, k, n):
        with pytest.raises(ValueError, match="no share"):
            statistics.share(k, n)


class TestExpected:
    @pytest.mark.parametrize(
        ("k", "low", "high"),
        [(0, 0, 2.30), (1, 0.18, 3.91), (4, 1.66, 8.46), (5, 2.29, 9.84), (10, 5.80, 16.3), (20, 13.7, 28.5)]
        + [(40, 30.6, 51.5)],
    )
    def test_gives_the_limits_that_were_measured(self, k, low, high):
        assert statistics.expected(k) == pytest.approx((low, high), rel=0.005, abs=0.005)

    @pytest.mark.parametrize("phi", [1.0, 1.7, 4.0])
    @pytest.mark.parametrize("k", [1, 3, 12, 60])
    def test_equals_the_oracle(self, k, phi):
        oracle = stats.gamma(k / phi + 0.5, scale=phi).ppf([0.05, 0.95])

        assert statistics.expected(k, phi=phi) == pytest.approx(tuple(oracle))

    def test_covers_what_it_was_chosen_for(self):
        coverage = [poisson_coverage(mean) for mean in np.arange(0.5, 40, 0.05)]

        assert 0.90 <= np.mean(coverage) <= 0.93
        assert min(coverage) >= 0.85

    def test_reaches_further_when_more_may_be_waiting(self):
        low, high = statistics.expected(6, pending=4)

        assert low == statistics.expected(6)[0]
        assert high == statistics.expected(10)[1]

    def test_bounds_none_by_the_exact_poisson_bound(self):
        assert stats.poisson.cdf(0, statistics.most_when_none()) == pytest.approx(0.10)
        assert stats.poisson.cdf(4, statistics.most_when_none(pending=4)) == pytest.approx(0.10)
        assert statistics.most_when_none(pending=4) == pytest.approx(7.99, abs=0.005)


class TestSpread:
    def test_finds_the_alpha_the_world_was_made_with(self):
        dice = np.random.default_rng(1)
        spends = [dice.uniform(2_000, 60_000, 400) for _ in range(5)]
        means = [3 * spend / spend.mean() for spend in spends]

        for true_alpha in (0.3, 0.8):
            counts = [dice.poisson(mean * dice.gamma(1 / true_alpha, true_alpha, 400)) for mean in means]
            assert statistics.alpha(counts, spends) == pytest.approx(true_alpha, abs=0.12)

    def test_stays_at_the_prior_when_little_is_known(self):
        assert statistics.alpha([[3]], [[1_000]]) == statistics.PRIOR_ALPHA
        assert statistics.alpha([[0, 0]], [[1_000, 1_000]]) == statistics.PRIOR_ALPHA
        assert statistics.alpha([[1, 2]], [[0, 0]]) == statistics.PRIOR_ALPHA

    def test_grows_with_uneven_spend_and_with_those_who_did_not_answer(self):
        given = {"alpha": 0.5, "mean_rate": 0.001}

        even = statistics.phi([2, 2], [1_000, 1_000], rho=1.0, **given)
        uneven = statistics.phi([2, 2], [100, 1_900], rho=1.0, **given)
        unanswered = statistics.phi([2, 2], [1_000, 1_000], rho=0.5, **given)

        assert 1 < even < uneven
        assert unanswered == pytest.approx(even + 0.04 * 4)

    def test_is_poisson_where_nothing_was_spent(self):
        assert statistics.phi([4, 1], [0, 0], alpha=0.5, mean_rate=0.001, rho=1.0) == 1.0
        assert statistics.phi([0, 0], [10, 10], alpha=0.5, mean_rate=0.0, rho=1.0) == 1.0

    def test_gives_every_channel_its_own_from_one_pooled_alpha(self):
        counts, spends = [[2, 4, 0], [1, 1, 1]], [[1_000, 2_000, 500], [300, 300, 300]]

        found = statistics.spread(counts, spends, rho=0.8)

        pooled = statistics.alpha(counts, spends)
        assert found.mean_rate == pytest.approx(9 / 4_400)
        assert found.phis == tuple(
            statistics.phi(k, c, alpha=pooled, mean_rate=found.mean_rate, rho=0.8)
            for k, c in zip(counts, spends, strict=True)
        )

    def test_takes_the_mean_cost_of_those_that_cost_something_alone(self):
        """Ninety who came for nothing do not make the two that cost the same look different, small as one is."""
        counts, spends = [[1], [10], [90]], [[1_000_00], [10_000_00], [0]]
        found = statistics.spread(counts, spends, rho=1.0)
        small, large = (ChannelCount(k=k, spend_ore=ore) for k, ore in ((1, 1_000_00), (10, 10_000_00)))

        assert found.mean_rate == pytest.approx(11 / 11_000_00)
        assert statistics.spread_of_totals([1, 10, 90], spends, rho=1.0).mean_rate == found.mean_rate
        assert statistics.compare_pair(small, large, mean_rate=found.mean_rate).verdict == "cannot_tell"
        assert statistics.p_cheaper(small, large, mean_rate=101 / 11_000_00) > 0.9

    def test_is_silent_about_a_municipality_without_figures(self):
        assert statistics.spread([], [], rho=1.0) == statistics.Spread(phis=(), mean_rate=0.0)

    def test_covers_a_lumpy_world_where_poisson_alone_does_not(self):
        """Counts over-dispersed between vacancies; exactly the situation phi exists for."""
        dice = np.random.default_rng(7)
        held = {"pooled": 0, "poisson": 0}
        rounds = 400
        for _ in range(rounds):
            spends = [dice.uniform(1_000, 20_000, 30) for _ in range(4)]
            means = [1.0 * spend / 10_000 for spend in spends]
            counts = [dice.poisson(mean * dice.gamma(1 / 0.8, 0.8, 30)) for mean in means]
            phi = statistics.spread(counts, spends, rho=1.0).phis[0]
            for name, value in (("pooled", phi), ("poisson", 1.0)):
                low, high = statistics.expected(int(counts[0].sum()), phi=value)
                held[name] += low <= means[0].sum() <= high

        assert held["pooled"] / rounds >= 0.86
        assert held["poisson"] < held["pooled"]


class TestCostPerQualified:
    def test_divides_spend_by_qualified_and_by_the_answered_part(self):
        cost = statistics.cost_per_qualified(spend_ore=1_000_000, k=10, **RHO_KNOWN)

        assert (cost.kind, cost.value, cost.rho) == ("estimate", 50_000, 0.5)
        assert (cost.low, cost.high) == (
            round(500_000 / stats.gamma(10.5).ppf(0.95)),
            round(500_000 / stats.gamma(10.5).ppf(0.05)),
        )

    @pytest.mark.parametrize("k", [1, 2, 3, 4])
    def test_gives_no_single_figure_for_fewer_than_five(self, k):
        cost = statistics.cost_per_qualified(spend_ore=1_000_000, k=k, **RHO_KNOWN)

        assert (cost.kind, cost.value) == ("interval_only", None)
        assert 0 < cost.low < 500_000 / k < cost.high

    def test_says_over_when_nobody_qualified(self):
        cost = statistics.cost_per_qualified(spend_ore=1_000_000, k=0, phi=2.0, **RHO_KNOWN)

        assert (cost.kind, cost.value, cost.high) == ("none_yet", None, None)
        assert cost.low == round(500_000 / (2 * np.log(10)))

    def test_is_too_few_until_five_have_a_known_source(self):
        for known in (0, 4):
            cost = statistics.cost_per_qualified(spend_ore=1_000_000, k=known, known=known, qualified=30)
            assert (cost.kind, cost.value, cost.low, cost.high) == ("too_few", None, None, None)

    def test_is_free_when_nothing_was_spent(self):
        cost = statistics.cost_per_qualified(spend_ore=0, k=7, **RHO_KNOWN)

        assert (cost.kind, cost.value, cost.low, cost.high) == ("free", None, None, None)

    def test_takes_the_parts_for_the_whole_when_the_total_is_behind(self):
        cost = statistics.cost_per_qualified(spend_ore=1_000_000, k=5, known=10, qualified=8)

        assert cost.rho == 1.0

    def test_widens_when_more_may_be_waiting(self):
        plain = statistics.cost_per_qualified(spend_ore=1_000_000, k=6, **RHO_KNOWN)
        waiting = statistics.cost_per_qualified(spend_ore=1_000_000, k=6, pending=4, **RHO_KNOWN)

        assert waiting.low < plain.low
        assert waiting.high == plain.high

    def test_gives_no_single_figure_where_more_than_half_as_many_may_be_unseen(self):
        half, more = (statistics.cost_per_qualified(spend_ore=1_000_000, k=8, pending=n, **RHO_KNOWN) for n in (4, 5))

        assert (half.kind, half.is_mostly_unseen) == ("estimate", False)
        assert (more.kind, more.value, more.is_mostly_unseen) == ("interval_only", None, True)
        assert more.low < half.low

    def test_counts_hours_the_same_way(self):
        found = statistics.hours_per_qualified(hours=20.0, k=5, known=5, qualified=5)

        assert (found.kind, found.value) == ("estimate", 4.0)

    @pytest.mark.parametrize("wrong", [{"spend_ore": -1}, {"k": -1}, {"k": 21}, {"qualified": -1}])
    def test_refuses_impossible_counts(self, wrong):
        with pytest.raises(ValueError, match="not negative"):
            statistics.cost_per_qualified(**{"spend_ore": 1, "k": 1, **RHO_KNOWN, **wrong})

    def test_holds_the_true_cost_in_most_thinned_worlds(self):
        """Half of the applicants answer; the interval is about all of them."""
        dice = np.random.default_rng(3)
        true_cost, spend, held, rounds = 100_000, 1_500_000, 0, 2_000
        for _ in range(rounds):
            mine, others = dice.poisson(spend / true_cost), dice.poisson(25)
            k, rest = dice.binomial(mine, 0.5), dice.binomial(others, 0.5)
            cost = statistics.cost_per_qualified(
                spend_ore=spend, k=int(k), known=int(k + rest), qualified=int(mine + others)
            )
            held += cost.low <= true_cost and (cost.high is None or true_cost <= cost.high)

        assert 0.88 <= held / rounds <= 0.96


class TestExtremes:
    def test_give_finite_bounds_in_their_order_or_none(self):
        for k, phi, pending in ((0, 1e6, 9), (1, 1e6, 0), (4, 1.0, 4), (10**7, 1.0, 0), (10**7, 1e5, 4)):
            found = statistics.cost_per_qualified(
                spend_ore=10**12, k=k, known=k + 5, qualified=10**8, phi=phi, pending=pending
            )
            bounds = [each for each in (found.low, found.value, found.high) if each is not None]

            assert found.low is not None
            assert bounds == sorted(bounds)
            assert np.isfinite(bounds).all()
        assert statistics.share(10**9, 10**9)[1] == 1.0
        assert statistics.share(0, 10**9)[0] == 0.0
        sides = [ChannelCount(k=k, spend_ore=ore, phi=phi) for k, ore, phi in ((10**7, 1, 1.0), (0, 10**12, 1e5))]
        assert statistics.compare_pair(*sides, mean_rate=1e-5).cheaper == "a"
        assert statistics.best(sides, mean_rate=1e-5) == statistics.Best(place=0, probability=pytest.approx(1.0))


class TestComparePair:
    RATE = 1 / 100_000  # one qualified per 1 000 kr

    @pytest.mark.parametrize("at_least", [1.0, 1.25])
    def test_gives_the_probability_that_integration_gives(self, at_least):
        a, b = ChannelCount(k=9, spend_ore=600_000, phi=1.4), ChannelCount(k=6, spend_ore=900_000, phi=2.0)
        rate_a = stats.gamma(9 / 1.4 + 4, scale=1 / (600_000 / 1.4 + 4 / self.RATE))
        rate_b = stats.gamma(6 / 2.0 + 4, scale=1 / (900_000 / 2.0 + 4 / self.RATE))

        oracle = integrate.quad(lambda u: rate_b.cdf(rate_a.ppf(u) / at_least), 0, 1)[0]

        assert statistics.p_cheaper(a, b, mean_rate=self.RATE, at_least=at_least) == pytest.approx(oracle, abs=1e-6)

    def test_says_too_few_below_five_together_or_when_one_is_hidden(self):
        few = statistics.compare_pair(ChannelCount(2, 1_000), ChannelCount(2, 900_000), mean_rate=self.RATE)
        hidden = statistics.compare_pair(
            ChannelCount(40, 1_000), ChannelCount(2, 900_000, is_hidden=True), mean_rate=self.RATE
        )

        assert few == statistics.Comparison(verdict="too_few", k=4)
        assert hidden.verdict == "too_few"

    def test_cannot_tell_channels_that_are_alike(self):
        alike = statistics.compare_pair(ChannelCount(6, 600_000), ChannelCount(5, 550_000), mean_rate=self.RATE)

        assert (alike.verdict, alike.cheaper) == ("cannot_tell", None)

    def test_goes_from_looks_to_clearly_as_the_difference_grows(self):
        verdicts = [
            statistics.compare_pair(
                ChannelCount(20, 1_000_000), ChannelCount(20, 1_000_000 * n // 10), mean_rate=self.RATE
            ).verdict
            for n in (10, 18, 40)
        ]

        assert verdicts == ["cannot_tell", "looks_cheaper", "clearly_cheaper"]

    def test_takes_no_source_for_dear_because_much_of_it_is_unseen(self):
        cheap, dear = ChannelCount(20, 1_000_000), ChannelCount(8, 1_000_000, pending=12)

        assert statistics.compare_pair(cheap, replace(dear, pending=0), mean_rate=self.RATE).cheaper == "a"
        assert statistics.compare_pair(cheap, dear, mean_rate=self.RATE).verdict == "cannot_tell"
        assert statistics.compare_pair(dear, cheap, mean_rate=self.RATE).verdict == "cannot_tell"
        seen = statistics.compare_pair(replace(dear, k=40), cheap, mean_rate=self.RATE)
        assert seen.cheaper == "a"
        assert statistics.best([ChannelCount(40, 1_000_000), replace(dear, pending=0)], mean_rate=self.RATE).place == 0
        assert statistics.best([ChannelCount(40, 1_000_000), replace(dear, pending=30)], mean_rate=self.RATE) is None

    def test_names_the_cheaper_side_whichever_comes_first(self):
        cheap, dear = ChannelCount(30, 1_000_000), ChannelCount(10, 2_000_000)

        one = statistics.compare_pair(cheap, dear, mean_rate=self.RATE)
        other = statistics.compare_pair(dear, cheap, mean_rate=self.RATE)

        assert (one.cheaper, other.cheaper) == ("a", "b")
        assert (one.probability, one.times, one.verdict) == (other.probability, other.times, other.verdict)

    def test_says_how_many_times_with_the_quantiles_of_the_oracle(self):
        a, b = ChannelCount(30, 1_000_000, phi=1.5), ChannelCount(10, 2_000_000, phi=2.5)
        part = stats.beta(30 / 2 + 0.5, 10 / 2 + 0.5).ppf([0.05, 0.95])

        assert statistics.times_cheaper(a, b) == pytest.approx(tuple(2 * part / (1 - part)))

    def test_gives_no_upper_ratio_to_a_channel_nobody_came_from_and_none_to_a_free_one(self):
        assert statistics.times_cheaper(ChannelCount(9, 1_000), ChannelCount(0, 9_000))[1] is None
        assert statistics.times_cheaper(ChannelCount(9, 0), ChannelCount(3, 9_000)) is None

    def test_finds_nothing_to_tell_between_two_free_channels(self):
        free = statistics.compare_pair(ChannelCount(30, 0), ChannelCount(5, 0), mean_rate=self.RATE)
        nothing_spent = statistics.compare_pair(ChannelCount(30, 0), ChannelCount(5, 0), mean_rate=0.0)

        assert (free.verdict, nothing_spent.verdict) == ("cannot_tell", "cannot_tell")

    def test_is_seldom_wrong_about_which_channel_is_cheaper(self):
        dice = np.random.default_rng(11)
        given = wrong = 0
        for _ in range(3_000):
            cost_a, cost_b = np.exp(dice.normal(np.log(100_000), 0.5, 2))
            spend_a, spend_b = dice.uniform(200_000, 2_000_000, 2)
            a = ChannelCount(int(dice.poisson(spend_a / cost_a)), int(spend_a))
            b = ChannelCount(int(dice.poisson(spend_b / cost_b)), int(spend_b))
            if a.k + b.k == 0:
                continue
            found = statistics.compare_pair(a, b, mean_rate=(a.k + b.k) / (spend_a + spend_b))
            given += found.cheaper is not None
            wrong += found.cheaper is not None and (found.cheaper == "a") != (cost_a < cost_b)

        assert given > 500
        assert wrong / given <= 0.06


def test_web_processes_are_spared_the_slow_import():
    """A process that imports the intervals must not pull in scipy.stats, which takes twice as long."""
    code = "import sys, analytics.statistics; sys.exit('scipy.stats' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestBest:
    RATE = 0.00001

    def test_probabilities_sum_to_one_and_agree_with_the_pair_of_two(self):
        a, b = ChannelCount(12, 600_000), ChannelCount(5, 700_000, phi=1.7)

        chances = statistics.p_best([a, b], mean_rate=self.RATE)

        assert sum(chances) == pytest.approx(1.0)
        assert chances[0] == pytest.approx(statistics.p_cheaper(a, b, mean_rate=self.RATE), abs=1e-3)

    def test_agree_with_drawing_from_the_same_gammas(self):
        sides = [ChannelCount(12, 600_000), ChannelCount(9, 700_000), ChannelCount(3, 100_000), ChannelCount(0, 50_000)]
        rng = np.random.default_rng(1)
        weight = statistics.FICTIVE_QUALIFIED
        drawn = [rng.gamma(each.k + weight, 1 / (each.spend_ore + weight / self.RATE), 200_000) for each in sides]
        won = np.bincount(np.argmax(drawn, axis=0), minlength=4) / 200_000

        assert statistics.p_best(sides, mean_rate=self.RATE) == pytest.approx(tuple(won), abs=0.004)

    def test_is_said_at_eighty_per_cent_and_ten_qualified_alone(self):
        clear = [ChannelCount(20, 600_000), ChannelCount(3, 900_000), ChannelCount(0, 0), ChannelCount(9, 1, 1.0, True)]
        few = [ChannelCount(9, 100_000), ChannelCount(0, 900_000)]
        close = [ChannelCount(10, 600_000), ChannelCount(9, 600_000)]

        found = statistics.best(clear, mean_rate=23 / 1_500_000)

        assert found is not None
        assert (found.place, found.probability > 0.8) == (0, True)
        assert statistics.best(few, mean_rate=9 / 1_000_000) is None
        assert statistics.best(close, mean_rate=19 / 1_200_000) is None
        assert statistics.best([], mean_rate=0.1) is None
        assert statistics.best(clear[:1], mean_rate=0.1) is None
        assert statistics.p_best([], mean_rate=0.1) == ()


class TestSpreadOfTotals:
    def test_takes_the_prior_where_counts_per_vacancy_are_hrs_alone(self):
        spends = [np.array([100.0, 900.0]), np.array([500.0, 500.0])]

        found = statistics.spread_of_totals([8, 4], spends, rho=0.8)

        expected = [
            statistics.phi([k], c, alpha=statistics.PRIOR_ALPHA, mean_rate=12 / 2000, rho=0.8)
            for k, c in zip((8, 4), spends, strict=True)
        ]
        assert found.phis == pytest.approx(tuple(expected))
        assert found.mean_rate == 12 / 2000
        assert statistics.spread_of_totals([], [], rho=1.0) == statistics.Spread(phis=(), mean_rate=0.0)
