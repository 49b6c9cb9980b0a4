"""Figures in words: the calculation behind a price goes up, and a heading says no more than its row."""

import pytest
from django.utils import translation

from analytics import change_texts, one_source_texts, source_texts, statistics
from analytics.queries.selection import Period
from analytics.queries.source_changes import Change, Earlier
from analytics.queries.source_rows import SourceComparison, SourceRow
from analytics.views import source_table
from foundation import clock
from recruitment.models import Source


@pytest.fixture(autouse=True)
def bokmaal():
    with translation.override("nb"):
        yield


def row(pk: int, name: str, **figures: object) -> SourceRow:
    source = Source(pk=pk, name_nb=name, slug=f"s{pk}")
    counts = "views clicks visits said applied qualified interviewed offered hired best_qualified"
    unknown = dict.fromkeys(f"{counts} kroner_ore minutes spend_ore".split())
    return SourceRow(source=source, channel_figures="none", **unknown | figures)


def compared(*rows: SourceRow, **more: object) -> SourceComparison:
    return SourceComparison(
        rows=list(rows), quiet=[], view="exact", hour_cost_ore=55_000, threshold=5, fetched_at=None, **more
    )


class TestTheCalculation:
    def facts(self, *, known: int, qualified: int, **figures: object) -> dict[str, tuple[str, str]]:
        spend = 33_735_000
        cost = statistics.cost_per_qualified(spend_ore=spend, k=40, known=known, qualified=qualified)
        found = row(1, "FINN.no", qualified=40, kroner_ore=spend, spend_ore=spend, cost=cost, **figures)
        told = one_source_texts.facts(found, compared(found, known=known, qualified=qualified), with_hours=True)
        return {label: (text.replace("\N{NO-BREAK SPACE}", " "), note) for label, text, note, _missing in told}

    def test_names_each_step_so_that_it_can_be_done_again_with_a_calculator(self):
        told = self.facts(known=205, qualified=339)

        assert told["Betalt"][0] == "kr 337 350"
        assert told["Kvalifiserte søkere"] == ("40", "(205 av alle 339 har kjent kilde)")
        assert told["Med sin del av dem vi ikke vet kilden til"] == ("66", "(40 × 339 / 205)")
        assert told["Per kvalifisert søker"][0] == "kr 5 100"  # 337 350 / 66.1, as rounded as it is sure
        assert "Til sammen" not in told

    def test_leaves_out_the_step_that_does_nothing(self):
        assert "Med sin del av dem vi ikke vet kilden til" not in self.facts(known=339, qualified=339)

    def test_adds_own_hours_to_kroner_where_both_count(self):
        told = self.facts(known=339, qualified=339, minutes=60)

        assert told["Til sammen"][0] == "kr 337 350"


class TestTheHeadingOfChanges:
    def heading(self, *changes: tuple[SourceRow, statistics.Comparison | None]) -> str:
        of = {each.source.pk: Change(row=each, cost=found, share=None) for each, found in changes}
        today = clock.today()
        return change_texts.answer(compared(*(each for each, _ in changes)), Earlier(Period(today, today), of))

    def looks(self, probability: float) -> statistics.Comparison:
        return statistics.Comparison(verdict="looks_cheaper", k=40, cheaper="a", probability=probability)

    def test_takes_the_surest_change_and_says_no_more_than_its_row(self):
        small, big = row(1, "Intranettet", spend_ore=100), row(2, "FINN.no", spend_ore=33_735_000)

        assert self.heading((small, self.looks(0.92)), (big, self.looks(0.95))) == (
            "FINN.no ser billigere ut per kvalifisert enn i perioden før (sannsynlighet 95 %); "
            "intranettet har også endret seg"
        )

    def test_calls_a_clear_change_a_fact_and_no_change_none(self):
        clear = statistics.Comparison("clearly_cheaper", k=40, cheaper="b", probability=0.97, times=(1.4, 2.9))

        assert self.heading((row(1, "Radio"), self.looks(0.99)), (row(2, "Kino"), clear)).startswith(
            "Kino er blitt dyrere per kvalifisert"
        )
        assert self.heading((row(1, "Radio"), None)) == "Ingen kilde har endret seg så mye at det kan sies"


class TestTies:
    def test_are_named_where_there_is_room_and_counted_where_there_is_none(self):
        names = {2: "radio", 3: "kino", 4: "FINN.no", 5: "lokalavisa"}
        cost = statistics.cost_per_qualified(spend_ore=900_000, k=9, known=20, qualified=20)

        def told(*ties: int, **more: int) -> str:
            return source_texts.tie_sentence(row(1, "Facebook", cost=cost, ties=list(ties)), names, **more)

        assert told(2) == "Kan ikke skilles fra radio"
        assert told(2, 3) == "Kan ikke skilles fra radio og kino"
        assert told(2, 3, 4) == "Kan ikke skilles fra tre andre"
        assert told(2, 3, 4, most=source_texts.NAMED) == "Kan ikke skilles fra radio, kino og FINN.no"
        assert told() == ""

    def test_make_a_bracket_only_where_it_says_the_whole_truth(self):
        def brackets(*ties: tuple[int, ...]) -> list[int | None]:
            return source_table._brackets([row(pk, "x", ties=tied) for pk, tied in enumerate(ties)])

        assert brackets((1,), (0,), ()) == [2, 0, None]
        assert brackets((1, 2), (0, 2), (0, 1)) == [3, 0, 0]
        # The first two are tied to the fourth as well, or not to each other: that is said in words.
        assert brackets((1, 3), (0, 3), (), (0, 1)) == [None] * 4
        assert brackets((1,), (0, 2), (1,)) == [None] * 3
