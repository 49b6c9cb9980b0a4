"""What the heading of «Kilder» may say of several sources at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analytics import source_answers, statistics
from analytics.queries.sources import Pair, SourceComparison
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
        assert sure == "LinkedIn og FINN.no ser billigere ut enn Lokalavisa, og kan ikke skilles fra hverandre"
