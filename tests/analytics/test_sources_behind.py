"""«Bak tallene» and how fresh the figures of «Kilder» are."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from analytics import change_texts, marks, source_texts, statistics
from analytics.queries import source_changes, source_totals, source_weeks
from analytics.queries.selection import Period, Selection
from analytics.queries.sources import source_comparison
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Source
from tests.analytics.sources_pages import BEHIND, DAY, main_of, released_world
from tests.analytics.test_sources import PERIOD, TODAY, World
from tests.analytics.vacancies import make_job


@pytest.fixture
def world(lyngvaer: Any) -> World:
    return released_world(lyngvaer)


class TestBehind:
    def test_shares_have_interval_and_band_and_changes_words_only_where_they_are_sure(self, world, client_of):
        html = main_of(client_of(world.town.hr), f"{BEHIND}?fra={PERIOD.first_day}&til={TODAY}")
        low, high = (round(100 * bound) for bound in statistics.share(17, 22))

        assert f"{low}–{high}\u00a0%" in html
        assert "77\u00a0%" in html
        assert "ingen tall" in html
        assert "Ingen kilde har endret seg så mye at det kan sies" in html
        shared = main_of(client_of(world.town.reader), f"{BEHIND}?fra={PERIOD.first_day}&til={TODAY}")
        assert "Det som er delt, er for lite til å si om en kilde har endret seg" in shared
        assert "Prisene her kan være for høye" in shared
        assert "style=" not in html

    def test_a_change_is_told_when_it_is_hardly_chance(self, world, client_of):
        earlier = Period(PERIOD.first_day - 31 * DAY, PERIOD.last_day - 31 * DAY)
        for number in range(6):
            job = make_job(world.town, title=f"Før {number}", reference=f"ST-F{number}")
            world.outcome("linkedin", job=job, day=earlier.first_day, applied=9, qualified=1)
            world.cost("linkedin", kroner=9_000, job=job, day=earlier.first_day)
            world.outcome("own-web", job=job, day=earlier.first_day, applied=9, qualified=4)
            world.cost("own-web", minutes=60, job=job, day=earlier.first_day)
        selection = Selection(PERIOD)
        with tenant(world.town.pk):
            now_ = source_comparison(selection=selection, view="exact", now=clock.now())
            found = source_changes.earlier(
                now_, selection=selection, period=earlier, view="exact", with_hours=True, now=clock.now()
            )

        assert found.of[world.sources["linkedin"].pk].cost.cheaper == "a"
        assert found.of[world.sources["own-web"].pk].cost.cheaper is None
        assert found.of[world.sources["print"].pk].row is None
        html = main_of(client_of(world.town.hr), f"{BEHIND}?fra={PERIOD.first_day}&til={PERIOD.last_day}")
        head, others = html.split('<details class="kk-others">')[:2]
        assert "Perioden før" in head
        assert "Linkedin".lower() in head.lower()
        assert "3 kilder uten sikker endring" in others
        assert "under 1" in change_texts.share(2, 463, unknown="").percent
        assert '<span class="sub">Kostnad: ' in head
        assert '<span class="sub">ingen sikker endring</span>' in html
        assert "Kostnad: ingen sikker endring" not in html

    def test_periods_before(self):
        leap = Period(date(2024, 2, 29), date(2024, 3, 9))

        assert source_changes.period_before(leap) == Period(date(2024, 2, 19), date(2024, 2, 28))
        assert source_changes.year_before(leap) == Period(date(2023, 2, 28), date(2023, 3, 9))


class TestFreshness:
    def test_figures_that_stop_are_told_until_when_and_their_weeks_are_missing(self, world, client_of):
        with tenant(world.town.pk):
            rows = world.compared().rows
            later = clock.now() + 20 * DAY
            selection = Selection(Period(PERIOD.first_day, TODAY + 20 * DAY))
            until = source_totals.told_until(selection=selection, now=later)
            weeks = source_weeks.last_weeks(
                selection=selection, rows=rows, until=until, now=later, today=TODAY + 20 * DAY
            )

        channel_id, linkedin = world.sources["linkedin"].channel_id, world.sources["linkedin"].pk
        assert until == {channel_id: TODAY - DAY}
        assert source_texts.until_text(date(2026, 11, 12)) == "til 12. nov."
        assert weeks[linkedin].what == "clicks"
        assert weeks[linkedin].values[-3:] == (None, None, None)
        assert weeks[world.sources["own-web"].pk].values == (*[0] * 9, 140, 0, 0)

    def test_weeks_of_a_merged_source_are_told_under_the_one_that_took_it_over(self, world):
        world.visits("print", 7)
        old, new = world.sources["print"], world.sources["own-web"]
        with tenant(world.town.pk):
            Source.objects.filter(pk=old.pk).update(merged_into=new, is_active=False)
            rows, selection = world.compared().rows, Selection(PERIOD)
            weeks = source_weeks.last_weeks(selection=selection, rows=rows, until={}, now=clock.now(), today=TODAY)

        assert old.pk not in weeks
        assert sum(weeks[new.pk].values) == 147

    @pytest.mark.parametrize(
        ("values", "path", "n_hatches"),
        [
            ((None,) * 12, None, 0),
            ((*[1] * 10, None, None), "M", 4),
            ((0, 0, 5, None, 3, *[None] * 3, 9, 9, 9, 9), "M", 12),
        ],
    )
    def test_gaps_are_hatched_and_never_drawn_as_zero(self, values, path, n_hatches):
        drawn = marks.spark(values)

        assert (drawn is None) == (path is None)
        if drawn:
            assert drawn.hatch.count("M") == n_hatches
            assert drawn.path.count("M") == len(
                re.findall(r"(?:^|-)[^-]+", "".join("x" if v is not None else "-" for v in values))
            )
