"""«Kilder»: the comparison, and what may be said of it. Page and files: test_sources_page.py."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics import source_answers, source_texts, statistics
from analytics.actions.measurements import Figures, store
from analytics.models import Cost, ObjectKind, Outcome, Survey, SurveyAnswer
from analytics.queries.selection import Period, Selection
from analytics.queries.sources import SourceComparison, source_comparison
from channels.actions import visits
from channels.models import Account, LinkHour, TrackedLink
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel, Source
from tests.analytics.vacancies import code_of, make_job

TODAY = clock.today()
PERIOD = Period(TODAY - timedelta(days=30), TODAY)


class World:
    """A town whose sources the tests fill in; everything lies within the period unless said otherwise."""

    def __init__(self, town: Any) -> None:
        self.town = town
        self.job = make_job(town)
        self.sources = {}
        with tenant(town.pk):
            self.sources = {source.slug: source for source in Source.objects.select_related("channel")}

    def outcome(self, slug: str, *, job: Any = None, day: date = TODAY, **counts: int | None) -> None:
        with tenant(self.town.pk):
            Outcome.objects.create(job=job or self.job, source=self.sources[slug], counted_date=day, **counts)

    def cost(self, slug: str, *, kroner: int | None = None, minutes: int | None = None, **other: Any) -> None:
        values = {"job": self.job, "day": TODAY, "note": "Annonse"} | other
        with tenant(self.town.pk):
            Cost.objects.create(
                source=self.sources[slug],
                kind="kroner" if kroner is not None else "hours",
                amount_ore=None if kroner is None else kroner * 100,
                minutes=minutes,
                **values,
            )

    def visits(self, slug: str, n: int, visitor: str = "person") -> None:
        with tenant(self.town.pk):
            link = TrackedLink.objects.create(
                code=f"k{TrackedLink.objects.count()}", source=self.sources[slug], job=self.job,
                target_url="https://soknad.example/", label=slug,
            )  # fmt: skip
            visits.store([LinkHour(link=link, hour=clock.now(), visitor=visitor, n_visits=n)])

    def figures(self, slug: str, **figures: int | None) -> None:
        with tenant(self.town.pk):
            account, _ = Account.objects.get_or_create(channel=self.sources[slug].channel, defaults={"name": slug})
            row = Figures(
                kind=ObjectKind.ACCOUNT, object_id=account.pk, day=TODAY - timedelta(days=1),
                fetched_at=clock.now(), **figures,
            )  # fmt: skip
            store([row], now=clock.now())

    def answers(self, slug: str, n: int, *, at: datetime | None = None) -> None:
        code_of(self.town, self.job)
        with tenant(self.town.pk):
            n_before = SurveyAnswer.objects.count()
            SurveyAnswer.objects.bulk_create(
                SurveyAnswer(
                    survey=Survey.objects.get(), first_source=self.sources[slug], language="nb",
                    answered_hour=at or clock.now(), token_hash=f"t{i}", receipt_hash=f"r{i}",
                )
                for i in range(n_before, n_before + n)
            )  # fmt: skip

    def compared(
        self, *, period: Period = PERIOD, with_hours: bool = False, view: str = "exact", **chosen: Any
    ) -> SourceComparison:
        with tenant(self.town.pk):
            return source_comparison(
                selection=Selection(period, **chosen), view=view, with_hours=with_hours, now=clock.now()
            )

    def row(self, slug: str, **how: Any) -> Any:
        return next(row for row in self.compared(**how).rows if row.source.slug == slug)


@pytest.fixture
def world(lyngvaer: Any) -> World:
    return World(lyngvaer)


@pytest.fixture
def full_world(world: World) -> World:
    """LinkedIn, print and the own web page, with everything the journey gives them."""
    world.figures("linkedin", impressions=5400, clicks=321)
    world.visits("linkedin", 87)
    world.visits("own-web", 140)
    for slug, n in (("linkedin", 9), ("own-web", 11), ("print", 2)):
        world.answers(slug, n)
    world.outcome("linkedin", applied=12, qualified=7, hired=2)
    world.outcome("own-web", applied=14, qualified=9, hired=1)
    world.outcome("print", applied=3, qualified=0, hired=0)
    world.cost("linkedin", kroner=9_000)
    world.cost("linkedin", minutes=120)
    world.cost("print", kroner=14_000)
    world.cost("own-web", kroner=0)
    world.cost("own-web", minutes=90)
    return world


class TestRows:
    def test_put_channel_links_answers_counts_and_costs_side_by_side(self, full_world):
        row = full_world.row("linkedin")

        assert (row.views, row.clicks, row.visits, row.said) == (5400, 321, 87, 9)
        assert (row.applied, row.qualified, row.hired) == (12, 7, 2)
        assert (row.kroner_ore, row.minutes, row.spend_ore) == (900_000, 120, 900_000)

    def test_count_hours_at_the_municipalitys_price_when_asked(self, full_world):
        assert full_world.row("linkedin", with_hours=True).spend_ore == 900_000 + 2 * 55_000

    def test_cost_is_spend_times_the_answered_part_over_qualified_with_the_designs_interval(self, full_world):
        cost = full_world.row("linkedin").cost
        spread = statistics.spread([[7.0], [0.0]], [[900_000.0], [1_400_000.0]], rho=1.0)
        oracle = statistics.cost_per_qualified(spend_ore=900_000, k=7, known=16, qualified=16, phi=spread.phis[0])

        assert cost == oracle
        assert cost.value == round(900_000 / 7)
        assert cost.low < cost.value < cost.high

    def test_qualified_of_unknown_source_make_every_known_source_cheaper(self, full_world):
        full_world.outcome("unknown", qualified=4)

        cost = full_world.row("linkedin").cost
        assert cost.rho == 16 / 20
        assert cost.value == round(900_000 * 0.8 / 7)
        assert full_world.row("unknown").cost is None

    def test_missing_is_none_and_zero_is_zero_p7(self, full_world):
        web, paper = full_world.row("own-web"), full_world.row("print")

        assert (web.views, web.channel_figures) == (None, "not_fetched")
        assert (paper.views, paper.channel_figures) == (None, "not_told")
        assert (paper.qualified, paper.hired, paper.visits) == (0, 0, 0)
        assert web.kroner_ore == 0
        assert paper.minutes is None

    def test_robots_and_previews_are_not_visits(self, world):
        world.visits("linkedin", 5)
        world.visits("linkedin", 50, visitor="bot")
        world.visits("linkedin", 9, visitor="preview")

        assert world.row("linkedin").visits == 5

    def test_sources_with_nothing_at_all_stand_apart(self, full_world):
        comparison = full_world.compared()

        assert {row.source.slug for row in comparison.rows} == {"linkedin", "own-web", "print"}
        assert "finn" in {source.slug for source in comparison.quiet}

    def test_leave_out_what_lies_outside_the_period(self, full_world):
        before = PERIOD.first_day - timedelta(days=1)
        full_world.cost("linkedin", kroner=50_000, day=before)
        full_world.outcome("finn", qualified=9, day=before)
        full_world.answers("finn", 3, at=clock.now() - timedelta(days=60))

        assert full_world.row("linkedin").kroner_ore == 900_000
        assert "finn" not in {row.source.slug for row in full_world.compared().rows}

    def test_count_both_ends_of_the_period(self, world):
        for day in (PERIOD.first_day, PERIOD.last_day):
            world.cost("print", kroner=10, day=day)

        assert world.row("print").kroner_ore == 2_000

    def test_two_sources_of_one_channel_show_its_figures_once(self, full_world):
        with tenant(full_world.town.pk):
            Source.objects.create(
                slug="linkedin-annonse", channel=Channel.objects.get(slug="linkedin"), position=11,
                name_nb="LinkedIn-annonse", name_nn="LinkedIn-annonse", name_en="LinkedIn ad",
            )  # fmt: skip
            full_world.sources["ad"] = Source.objects.get(slug="linkedin-annonse")
        full_world.cost("ad", kroner=100)

        row = full_world.row("linkedin-annonse")
        assert (row.views, row.channel_figures) == (None, "elsewhere")
        assert full_world.row("linkedin").views == 5400

    @pytest.mark.parametrize(("view", "n_queries"), [("exact", 9), ("released", 9)])
    def test_take_the_same_number_of_queries_however_many_sources(
        self, full_world, view, n_queries, django_assert_num_queries
    ):
        for slug in ("finn", "facebook", "instagram", "nav", "cinema"):
            full_world.visits(slug, 3)
            full_world.cost(slug, kroner=100)
            full_world.outcome(slug, qualified=1)
        with tenant(full_world.town.pk), django_assert_num_queries(n_queries):
            source_comparison(selection=Selection(PERIOD), view=view, now=clock.now())

    def test_are_the_neighbours_own(self, full_world, storvika):
        neighbour = World(storvika)
        neighbour.cost("print", kroner=77)

        assert [row.source.slug for row in neighbour.compared().rows] == ["print"]
        assert full_world.row("print").kroner_ore == 1_400_000

    def test_answers_are_missing_and_not_zero_when_the_period_reaches_where_they_are_deleted_p7(self, full_world):
        kept, older = (Period(TODAY - timedelta(days=days), TODAY) for days in (360, 370))

        assert full_world.row("linkedin", period=kept).said == 9
        assert full_world.row("linkedin", period=older).said is None
        assert full_world.row("linkedin", period=older).qualified == 7
        assert full_world.compared(period=older).response is None

    def test_costs_of_no_vacancy_count_too(self, full_world):
        full_world.cost("linkedin", kroner=1_000, job=None)

        assert full_world.row("linkedin").spend_ore == 1_000_000
        assert full_world.row("linkedin").cost.value == round(1_000_000 / 7)


class TestSentences:
    def sentence(self, world: World, slug: str, **how: Any) -> str:
        return source_texts.cost_sentence(world.row(slug, **how)).replace("\u00a0", " ")

    def test_estimate(self, full_world):
        assert re.fullmatch(
            r"1 286 kr per kvalifisert, trolig mellom [\d ]+ og [\d ]+ \(90 %\)\.",
            self.sentence(full_world, "linkedin"),
        )

    def test_nobody_qualified_gives_a_lower_bound_only(self, full_world):
        assert re.fullmatch(
            r"Ingen kvalifiserte ennå for kr 14 000\. Koster trolig over [\d ]+ kr per kvalifisert\.",
            self.sentence(full_world, "print"),
        )

    def test_one_to_four_give_an_interval_and_no_single_figure(self, full_world):
        full_world.outcome("finn", qualified=2)
        full_world.cost("finn", kroner=8_000)

        assert re.fullmatch(
            r"2 kvalifiserte\. Mellom [\d ]+ og [\d ]+ kr per kvalifisert; for få til å oppgi ett tall\.",
            self.sentence(full_world, "finn"),
        )

    def test_nothing_spent_is_free_and_told_in_hours(self, full_world):
        assert re.fullmatch(
            r"Gratis\. Mellom [\d,]+ og [\d,]+ timer per kvalifisert\.", self.sentence(full_world, "own-web")
        )

    def test_too_few_known_say_nothing(self, world):
        world.outcome("linkedin", qualified=3)
        world.cost("linkedin", kroner=9_000)

        assert self.sentence(world, "linkedin") == "For få til å si noe"
        answer = source_answers.answer(world.compared())
        assert answer == "For få til å si noe: 3 kvalifiserte til sammen. Vi trenger minst 5"

    def test_what_is_not_registered_is_said(self, full_world):
        full_world.outcome("finn", applied=3)
        full_world.cost("finn", kroner=100)
        full_world.outcome("facebook", qualified=3)

        assert self.sentence(full_world, "finn") == "Kvalifiserte er ikke registrert"
        assert self.sentence(full_world, "facebook") == "Kostnad er ikke registrert"

    @pytest.mark.parametrize(
        ("amount", "shown"), [(0, "0"), (9.87, "9.9"), (0.123, "0.12"), (99.6, "100"), (1234, "1200"), (98765, "99000")]
    )
    def test_bounds_have_two_significant_figures(self, amount, shown):
        assert source_texts.rounded(amount) == Decimal(shown)


class TestAnswer:
    def answer(self, world: World) -> str:
        return source_answers.answer(world.compared())

    def test_names_no_winner_that_the_intervals_do_not_support(self, world):
        for slug, qualified, kroner in (("linkedin", 7, 9_000), ("finn", 6, 9_500)):
            world.outcome(slug, qualified=qualified)
            world.cost(slug, kroner=kroner)

        assert self.answer(world) == "LinkedIn og FINN.no kan ikke skilles på disse tallene"
        assert world.row("linkedin").ties == (world.sources["finn"].pk,)

    def test_says_which_is_cheaper_when_it_is_clear(self, world):
        jobs = [make_job(world.town, title=f"Stilling {n}") for n in range(12)]
        for job in jobs:
            for slug, qualified, kroner in (("linkedin", 5, 1_000), ("print", 1, 9_000)):
                world.outcome(slug, job=job, qualified=qualified)
                world.cost(slug, job=job, kroner=kroner)

        assert self.answer(world) == "LinkedIn er sannsynligvis billigst per kvalifisert søker (sannsynlighet 99 %)"
        (pair,) = world.compared().pairs
        assert pair.comparison.verdict == "clearly_cheaper"
        assert [row.source.slug for row in world.compared().rows] == ["linkedin", "print"]

    def test_says_when_there_is_nothing(self, world):
        assert self.answer(world) == "Ingen tall i denne perioden ennå"

    def test_response_is_told_with_what_it_takes_for_granted(self, full_world):
        assert source_texts.response_sentence(full_world.compared()).startswith(
            "76 % svarte (22 av 29). Tallene forutsetter"
        )

    def test_response_is_not_told_when_more_answered_than_applied(self, full_world):
        full_world.answers("print", 30)

        assert source_texts.response_sentence(full_world.compared()) == ""
