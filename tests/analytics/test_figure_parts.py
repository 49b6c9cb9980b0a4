"""What the pages of figures are made of: weeks and months, steps of the funnel, changes of a year, notes in files."""

from datetime import date, timedelta
from typing import Any

from django.utils import translation

from analytics import development_texts, funnel_texts, series_texts
from analytics.charts import Chart, Line, Point
from analytics.queries import development, funnel
from analytics.queries.buckets import buckets, span_of
from analytics.queries.development import Development
from analytics.queries.funnel import Count
from analytics.queries.selection import Period
from analytics.queries.series import Figure, deleted_before
from analytics.queries.steps import Step
from foundation import clock


class TestWeeksAndMonths:
    def test_are_cut_where_the_period_begins_and_ends_and_stop_today(self):
        period = Period(date(2026, 1, 15), date(2026, 12, 31))

        months = buckets(period, span="month", today=date(2026, 3, 10))

        assert [(m.first, m.last, m.is_cut) for m in months] == [
            (date(2026, 1, 15), date(2026, 1, 31), True),
            (date(2026, 2, 1), date(2026, 2, 28), False),
            (date(2026, 3, 1), date(2026, 3, 10), True),
        ]
        assert buckets(period, span="week", today=date(2026, 1, 20))[0].start == date(2026, 1, 12)
        assert buckets(Period(date(2027, 1, 1), date(2027, 2, 1)), span="month", today=date(2026, 1, 1)) == []

    def test_are_never_more_weeks_than_can_be_read(self):
        century = Period(date(1926, 1, 1), date(2026, 1, 1))

        assert span_of(century, wanted="week") == "month"
        assert span_of(Period(date(2026, 1, 1), date(2026, 3, 1))) == "week"


class TestFunnel:
    def stages(self, **counts: Any) -> dict[str, funnel.Stage]:
        every = {key: Count(None) for keys in funnel.TRUTHS.values() for key in keys}
        return {stage.key: stage for stage in funnel.funnel(every | counts)}

    def test_divides_only_what_one_party_counted_whole_and_enough(self):
        stages = self.stages(
            views=Count(1000), clicks=Count(40, step=Step(40, 1000)), visits=Count(30), applied=Count(25),
            qualified=Count(8, step=Step(8, 20)), interviewed=Count(4, step=Step(4, 8)),
            offered=Count(3, step=Step(3, 4)), hired=Count(5, step=Step(5, 3)),
        )  # fmt: skip

        assert stages["clicks"].passed.share == 0.04
        assert stages["clicks"].passed.low is None
        assert stages["qualified"].passed.share == 0.4
        assert stages["qualified"].passed.low < 0.4
        assert stages["interviewed"].passed is not None
        assert stages["visits"].passed is None
        assert stages["applied"].passed is None
        assert stages["offered"].passed is None  # of four
        assert stages["hired"].passed is None  # more than the stage before

    def test_says_a_narrow_range_with_a_decimal(self):
        wide, narrow = (funnel.Passed(0.302, Step(302, 1000), low, 0.304) for low in (0.2, 0.3))

        with translation.override("nb"):
            assert funnel_texts.range_of(wide) == "trolig 20 til 30 %"
            assert funnel_texts.range_of(narrow) == "trolig 30,0 til 30,4 %"

    def test_tells_no_share_of_what_may_be_more(self):
        pending = self.stages(applied=Count(20, "pending"), qualified=Count(8, "pending", Step(8, 20)))

        assert pending["qualified"].passed is None
        assert self.stages(applied=Count(20), qualified=Count(8))["qualified"].passed is None  # of which is not known

    def test_is_empty_without_dividing_by_nothing(self):
        assert all(stage.part == 0 and stage.passed is None for stage in self.stages(views=Count(0)).values())


class TestChangeOfAYear:
    def told(self, name: str, *figures: Figure) -> development.Change:
        last = date(2026, 10, 31)
        months = buckets(Period(date(2024, 11, 1), last), span="month", today=last)
        return Development(months=months, columns={name: list(figures)}).change(name)

    def test_is_told_of_whole_years_alone_and_of_people_only_where_chance_hardly_explains_it(self):
        few = self.told("qualified", *[Figure(1)] * 12, *[Figure(1)] * 11, Figure(4))
        many = self.told("qualified", *[Figure(1)] * 12, *[Figure(9)] * 12)
        visits = self.told("visits", *[Figure(10)] * 12, *[Figure(11)] * 12)
        untold = self.told("views", *[Figure(10)] * 12, Figure(None, "deleted"), *[Figure(11)] * 11)
        nothing = self.told("costs", *[Figure(None, "unregistered")] * 12, *[Figure(5)] * 12)

        assert (few.now, few.before, few.is_certain) == (15, 12, False)
        assert many.is_certain
        assert many.ratio == 9
        assert visits.is_certain
        assert visits.ratio == 1.1
        assert untold.ratio is None
        assert untold.now is None
        assert nothing.ratio is None
        assert nothing.now == 60

    def test_is_not_told_of_a_year_in_which_vacancies_lack_outcomes(self):
        half = self.told("qualified", *[Figure(10)] * 23, Figure(4, n_lacking=6))
        half_before = self.told(
            "qualified", Figure(None, "unregistered"), *[Figure(5, n_lacking=1)] * 2, *[Figure(9)] * 21
        )

        assert (half.now, half.before, half.ratio, half.is_certain, half.n_lacking) == (114, 120, None, False, 6)
        with translation.override("nb"):
            assert development_texts.change(half, name="qualified") == (
                "114 (mangler utfall for 6 stillinger)", "120", "kan ikke sammenlignes",
            )  # fmt: skip
            assert development_texts.answer(half, name="qualified", channel="") == (
                "Kvalifisert: 114 de siste tolv hele månedene, mangler utfall for 6 stillinger"
            )
        assert half_before.ratio is None

    def test_sets_no_eleven_months_beside_twelve(self):
        begun_late = self.told("qualified", Figure(None, "unregistered"), *[Figure(20)] * 23)
        idle_in_july = self.told("qualified", Figure(20), Figure(None, "unregistered"), *[Figure(20)] * 22)

        assert (begun_late.now, begun_late.before, begun_late.ratio) == (240, None, None)
        assert (idle_in_july.now, idle_in_july.before) == (240, 220)


def test_a_note_stands_in_a_column_of_its_own_in_a_file():
    points = [Point(19554, "(partly deleted)"), Point(7)]
    chart = Chart(key="x", title="", heading="Month", labels=["May", "June"], lines=[Line("Views", points)])

    with translation.override("nb"):
        assert chart.file_rows() == [
            ["Month", "Views", "Merknader"], ["May", 19554, "Views: partly deleted"], ["June", 7, None],
        ]  # fmt: skip


def test_months_that_a_period_cuts_are_named_because_a_dip_there_is_no_news():
    def told(first, last):
        cut = buckets(Period(first, last), span="month", today=last)
        with translation.override("nb"):
            return series_texts.notes("besok", cut=cut, span="month", n_left=0, is_exact=True, wanted="")

    assert told(date(2026, 1, 1), date(2026, 3, 31)) == []
    assert told(date(2026, 1, 1), date(2026, 3, 4)) == ["Bare en del er med av mars 2026 (1.3. til 4.3.)."]
    [both] = told(date(2026, 1, 20), date(2026, 3, 4))
    assert both == "Bare en del er med av jan. 2026 (20.1. til 31.1.) og mars 2026 (1.3. til 4.3.)."


def test_a_channels_terms_are_known_for_linkedin():
    now = clock.now()

    assert deleted_before(now=now)["linkedin"] <= now.date() - timedelta(days=360)
