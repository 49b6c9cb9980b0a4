"""What the heading of «Kilder» may say of several sources at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analytics import source_answers, source_texts, statistics
from analytics.queries.sources import Pair, SourceComparison
from recruitment.models import Source
from tests.analytics.test_sources import World


@pytest.fixture
def world(lyngvaer: Any) -> World:
    return World(lyngvaer)


class TestCheapestGroup:
    def test_is_named_only_when_every_pair_across_is_sure(self, world):
        def compared(*pairs: tuple[str, str, float | None]) -> SourceComparison:
            rows = [world.row(slug) for slug in ("linkedin", "finn", "print")]
            ids = {row.source.slug: row.source.pk for row in rows}
            told = [
                Pair(ids[a], ids[b], statistics.Comparison(
                    "cannot_tell" if p is None else "looks_cheaper", 30, None if p is None else "a", p))
                for a, b, p in pairs
            ]  # fmt: skip
            return replace(world.compared(), rows=rows, pairs=told, known=30)

        for slug, qualified, kroner in (("linkedin", 7, 9_000), ("finn", 6, 9_500), ("print", 5, 90_000)):
            world.outcome(slug, qualified=qualified)
            world.cost(slug, kroner=kroner)
        tie = ("linkedin", "finn", None)

        sure = source_answers.answer(compared(tie, ("linkedin", "print", 0.95), ("finn", "print", 0.91)))
        for doubtful in (
            (tie, ("linkedin", "print", 0.95), ("finn", "print", None)),
            (tie, ("linkedin", "print", 0.90), ("finn", "print", 0.89)),
            (tie, ("linkedin", "print", 0.99), ("print", "finn", 0.99)),
            (("linkedin", "finn", 0.99), ("linkedin", "print", 0.99), ("finn", "print", 0.99)),
            (tie,),
        ):
            assert source_answers.cheapest_group(compared(*doubtful)) is None
        assert sure == "LinkedIn og FINN.no ser billigere ut enn lokalavisa, og kan ikke skilles fra hverandre"


class TestNames:
    def test_stand_in_sentences_as_a_person_writes_them(self, world):
        names = {slug: source_texts.in_sentence(source) for slug, source in world.sources.items()}
        own = Source(name_nb="Nordlys", name_nn="Nordlys", name_en="Nordlys", channel_id=1)

        assert (names["print"], names["own-web"], names["unknown"]) == (
            "lokalavisa",
            "kommunens nettsted",
            "ukjent kilde",
        )
        assert (names["finn"], names["facebook"]) == ("FINN.no", "Facebook")
        assert names["nav"].startswith("NAV (")
        assert source_texts.in_sentence(own) == "Nordlys"

    def test_begin_a_sentence_with_a_capital(self, world):
        for slug, qualified, kroner in (("print", 7, 9_000), ("own-web", 6, 9_500)):
            world.outcome(slug, qualified=qualified)
            world.cost(slug, kroner=kroner)

        answer = source_answers.answer(world.compared())

        assert answer == "Kommunens nettsted og lokalavisa kan ikke skilles på disse tallene"


class TestTheOnePair:
    """A heading that cannot name the cheapest tells of one pair: what a reader takes to be the top of the table."""

    def test_sets_the_first_row_that_beats_any_against_what_most_is_known_about(self, world):
        for slug, qualified, kroner in (("linkedin", 9, 9_000), ("finn", 8, 9_500), ("print", 7, 90_000)):
            world.outcome(slug, qualified=qualified)
            world.cost(slug, kroner=kroner)
        rows = [world.row(slug) for slug in ("linkedin", "finn", "print")]
        ids = {row.source.slug: row.source.pk for row in rows}

        def heading(*told: tuple[str, str, str, int]) -> str:
            pairs = [
                Pair(ids[a], ids[b], statistics.Comparison(verdict, k, "a", 0.93, (2.0, 9.0)))
                for a, b, verdict, k in told
            ]
            return source_answers.answer(replace(world.compared(), rows=rows, pairs=pairs, known=30, best=None))

        most_known = ("finn", "print", "clearly_cheaper", 60)
        first_row = ("linkedin", "print", "looks_cheaper", 12)

        assert heading(most_known, first_row) == "LinkedIn ser billigere ut enn lokalavisa (sannsynlighet 93 %)"
        assert heading(most_known) == "FINN.no er klart billigere enn lokalavisa: trolig 2,0 til 9,0 ganger"
        assert "klart billigere enn FINN.no" in heading(first_row, ("linkedin", "finn", "clearly_cheaper", 10))


class TestNextStep:
    def test_of_counting_has_what_the_figures_say_already_behind_it(self, world):
        for slug, qualified, kroner in (("linkedin", 7, 9_000), ("finn", 6, 9_500)):
            world.outcome(slug, qualified=qualified)
            world.cost(slug, kroner=kroner)
        compared = world.compared()

        without = source_answers.next_step(compared, n_days=365, may_act=True)
        step = source_answers.next_step(compared, lacking=[3, 4], n_days=365, may_act=True)

        assert without.why.startswith("Ikke velg bort noen kilde ennå")
        assert step.why.startswith("2 stillinger der fristen er ute")
        assert step.why.endswith(without.why)
        assert (step.kind, step.label) == ("outcomes", "Registrer kvalifiserte for 2 stillinger")
