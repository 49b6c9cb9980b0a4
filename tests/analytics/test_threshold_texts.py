"""From how many on counts are shown is the municipality's own number, in every sentence that says it (R10)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from foundation.tenancy import tenant
from recruitment.models import MunicipalitySettings
from tests.analytics.test_sources import World

WHERE = (
    "/9901/kilder/",
    "/9901/kilder/kilder.csv",
    "/9901/kilder/{source}/",
    "/9901/kilder/trakt/",
    "/9901/kilder/yrker.csv",
    "/9901/kilder/over-tid.csv?tall=sagt",
    "/9901/kilder/bak-tallene/",
    "/9901/utvikling/",
    "/9901/utvikling.csv",
    "/9901/statistikk/",
    "/9901/stillinger/{job}/",
    "/9901/stillinger/{job}/utfall/",
    "/9901/stillinger/{job}/undersokelse/",
    "/personvern/9901/",
)
# What a cost rests on has bounds of its own, which no municipality chooses.
ANY_FIVE = re.compile(r"(?:minst|under|færre enn|ikke før) (?:5|fem)(?! kvalifiserte| per uke| oppgis)", re.IGNORECASE)


@pytest.fixture
def world(lyngvaer: Any) -> World:
    """Three answers and three qualified from print, of which nothing is released, and much that is spent."""
    world = World(lyngvaer)
    world.answers("print", 3)
    world.outcome("print", applied=4, qualified=3, hired=1)
    world.cost("print", kroner=14_000)
    return world


def decide(world: World, threshold: int) -> None:
    with tenant(world.town.pk):
        MunicipalitySettings.objects.update(
            release_threshold=threshold, release_threshold_reason="" if threshold >= 5 else "Avtalt med ombudet."
        )


def pages(world: World, client: Any) -> dict[str, str]:
    found = {}
    for address in WHERE:
        response = client.get(address.format(source=world.sources["print"].pk, job=world.job.pk))
        assert response.status_code == 200, address
        found[address] = " ".join(response.content.decode().replace("\xa0", " ").split())
    return found


class TestNumber:
    def test_is_the_municipalitys_own_and_hrs_counts_never_fewer_than_five(self, world, client_of):
        adviser = client_of(world.town.adviser)
        decide(world, 7)
        seven = pages(world, adviser)
        decide(world, 3)
        three = pages(world, adviser)

        for address, text in seven.items():
            assert not ANY_FIVE.findall(text), address
            assert re.search(r"(minst|under) 7\b", text), address
        for address, text in three.items():
            assert re.search(r"(minst|under|Færre enn) 3\b", text), address
        both = "Svar vises når minst 3 kan vises samlet, og HRs egne tall når 5 kan."
        assert [address for address, text in three.items() if both in text] == [
            "/9901/kilder/",
            "/9901/kilder/{source}/",
            "/9901/kilder/trakt/",
            "/9901/kilder/bak-tallene/",
            "/9901/utvikling/",
        ]
        assert (
            "Ikke vist ennå (minst 3 samlet);Ikke vist ennå (minst 5 samlet);Ikke vist ennå (minst 5 samlet)"
            in three["/9901/kilder/kilder.csv"]
        )
        for address in ("/9901/kilder/", "/9901/kilder/{source}/", "/9901/kilder/kilder.csv"):
            assert "Prisene her kan være for høye" in three[address], address
        assert "Svar og HRs tall står i måneden stillingen hadde søknadsfrist." in three["/9901/utvikling/"]
        assert "Det HR teller, deles i summer av minst 5." in three["/9901/statistikk/"]
        assert "Det HR teller, deles" not in seven["/9901/statistikk/"]

    def test_says_to_hr_when_a_vacancys_own_answers_are_enough(self, world, client_of):
        told = {}
        for threshold in (3, 4):
            decide(world, threshold)
            told[threshold] = client_of(world.town.hr).get(f"/9901/stillinger/{world.job.pk}/").content.decode()

        assert "For få til å vise til andre" in told[4]
        assert "For få til å vise til andre" not in told[3]
