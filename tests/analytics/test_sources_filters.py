"""How «Kilder» is asked and answers: filters, order, heading and next step, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from analytics import source_order, source_texts
from analytics.forms.selections import SORTS
from analytics.models import Outcome
from channels.models import Campaign, CampaignJob
from foundation import formats
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Occupation
from tests.analytics.sources_pages import BOOK, DAY, PAGE, PASSING, main_of, plain, released_world
from tests.analytics.test_sources import TODAY, World
from tests.analytics.vacancies import make_job


@pytest.fixture
def world(lyngvaer: Any) -> World:
    return released_world(lyngvaer)


class TestFilters:
    def test_narrow_to_vacancies_and_leave_out_what_belongs_to_none(self, world, client_of):
        with tenant(world.town.pk):
            other = JobPosting.objects.create(
                reference="ST-X", title="Lærer", occupation=Occupation.objects.get(code="2341"), kind="summer",
                workplace=world.job.workplace, deadline_date=TODAY, apply_url="https://soknad.example/2",
            )  # fmt: skip
            campaign = Campaign.objects.create(
                name="Lærere", start_date=TODAY, end_date=TODAY, created_by=world.town.hr
            )
            CampaignJob.objects.create(campaign=campaign, job=other)
        world.cost("finn", kroner=55, job=other)
        linkedin = world.sources["linkedin"].channel_id

        whole = {row.source.slug for row in world.compared().rows}
        for chosen in ({"occupation": "2341"}, {"kind": "summer"}, {"job_id": other.pk}, {"campaign_id": campaign.pk}):
            assert {row.source.slug for row in world.compared(**chosen).rows} == {"finn"}, chosen
        of_channel = world.compared(channel_id=linkedin)
        assert whole == {"linkedin", "own-web", "print", "cinema", "finn"}
        assert [row.source.slug for row in of_channel.rows] == ["linkedin"]
        assert of_channel.rows[0].cost == world.row("linkedin").cost
        html = main_of(client_of(world.town.hr), f"{PAGE}?stilling={other.pk}&kampanje={campaign.pk}")
        assert "Stilling: Lærer" in html
        assert "hører til noen stilling, er holdt utenfor" in html
        assert world.row("linkedin", occupation="2223").channel_figures == "narrowed"

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("periode=evig", "Perioden finnes ikke"),
            ("fra=2026-02-31&til=2026-03-01", "dato"),
            ("fra=2026-03-01", "begge datoene"),
            ("fra=2026-03-02&til=2026-03-01", "slutter før den begynner"),
            ("fra=0001-01-01&til=2026-01-01", "Kontroller årstallene"),
            ("fra=1926-01-01&til=2026-01-01", "Kontroller årstallene"),
            ("timer=kanskje", "Velg et av valgene"),
            ("fra=%00&til=%00", ""),
            ("fra=１.１.２０２６&til=x", ""),
            ("periode=" + "x" * 5000, ""),
            ("sorter=kvalifisert", "kan ikke sorteres slik"),
            ("sorter=--pris", "kan ikke sorteres slik"),
            ("side=0", "finnes ikke"),
            ("side=-1", "finnes ikke"),
            ("yrke=9999", "Velg et av valgene"),
            ("type=evig", "Velg et av valgene"),
            ("kanal=999999", "Velg et av valgene"),
            ("stilling=99999999999999999999", "Stillingen finnes ikke"),
            ("stilling='; drop table", "Stillingen finnes ikke"),
            ("kampanje=4x", "Kampanjen finnes ikke"),
            ("vis=alt", "Velg et av valgene"),
            ("ukjent=1", "filter som ikke finnes: ukjent"),
            ("timer=med&timer=uten", "setter filteret timer to ganger"),
            ("%3Cscript%3E=1", "&lt;script&gt;"),
        ],
    )
    def test_that_make_no_sense_are_refused_in_words(self, lyngvaer, client_of, query, message):
        client = client_of(lyngvaer.reader)
        page = client.get(f"{PAGE}?{query}")

        assert page.status_code == 422
        assert message in page.content.decode()
        assert client.get(f"{BOOK}?{query}").status_code == 422

    @pytest.mark.parametrize("name", ["stilling", "kampanje"])
    def test_foreign_rows_are_as_missing_ones_p13(self, lyngvaer, storvika, client_of, name):
        job = make_job(storvika, reference="ST-N", title="Nabostilling")
        with tenant(storvika.pk):
            theirs = Campaign.objects.create(
                name="Nabokampanje", start_date=TODAY, end_date=TODAY, created_by=storvika.hr
            )
        foreign = {"stilling": job.pk, "kampanje": theirs.pk}[name]
        client = client_of(lyngvaer.hr)

        answers = [client.get(f"{PAGE}?{name}={pk}") for pk in (foreign, 900_000_000)]
        first, second = (
            PASSING.sub(b"", each.content).replace(b"%s=%d" % (name.encode(), pk), b"asked")
            for each, pk in zip(answers, (foreign, 900_000_000), strict=True)
        )
        assert [each.status_code for each in answers] == [422, 422]
        assert first == second
        assert "Nabo" in main_of(client_of(storvika.hr), f"/9902/kilder/?{name}={foreign}")

    def test_stay_in_every_link_and_in_the_files_address(self, world, client_of):
        first, last = TODAY - 300 * DAY, TODAY - DAY
        html = main_of(
            client_of(world.town.hr), f"{PAGE}?fra={first:%d.%m.%Y}&til={last}&yrke=2223&timer=uten&sorter=-sagt"
        )

        asked = f"fra={first}&amp;til={last}&amp;yrke=2223&amp;timer=uten"
        assert f'kilder.csv?{asked}&amp;sorter=-sagt"' in html
        assert f'href="?{asked}&amp;sorter=-kroner"' in html
        assert 'aria-sort="descending"' in html
        assert f"{formats.day(first)} – {formats.day(last)}" in html
        assert f'value="{first:%d.%m.%Y}"' in html

    @pytest.mark.parametrize("query", ["", "periode=12mnd", "periode=hittil", "periode=ifjor", "fra=&til=&yrke="])
    def test_may_be_left_out(self, lyngvaer, client_of, query):
        assert client_of(lyngvaer.hr).get(f"{PAGE}?{query}").status_code == 200


class TestHeading:
    def test_names_the_best_for_an_occupation_with_how_sure_it_is_and_what_comes_next(self, lyngvaer, client_of):
        world = World(lyngvaer)
        for number in range(8):
            job = make_job(lyngvaer, title=f"Stilling {number}", reference=f"ST-B{number}", deadline_in_days=-2)
            for slug, qualified, kroner in (("linkedin", 5, 1_000), ("finn", 1, 9_000), ("print", 1, 12_000)):
                world.outcome(slug, job=job, qualified=qualified)
                world.cost(slug, job=job, kroner=kroner)
        html = main_of(client_of(lyngvaer.hr), f"{PAGE}?yrke=2223")

        heading = plain(re.search(r"<h1>(.*?)</h1>", html)[1])
        assert re.fullmatch(r"LinkedIn er sannsynligvis best for sykepleiere \(sannsynlighet \d\d %\)", heading)
        assert "Det bygger på 56 kvalifiserte søkere med kjent kilde." in html
        assert "Se på kostnadene for lokalavisa" in html
        assert 'rowspan="2"' in html  # FINN and print cannot be told apart
        with tenant(lyngvaer.pk):
            Outcome.objects.update(qualified=None)
        assert "Registrer kvalifiserte for 8 stillinger" in main_of(client_of(lyngvaer.hr), PAGE)


class TestOrder:
    def test_follows_what_is_shown_with_missing_last_both_ways(self, world):
        rows = world.compared().rows
        by_qualified = [row.source.slug for row in source_order.in_order(rows, sort="-kvalifiserte")]
        turned = [row.source.slug for row in source_order.in_order(rows, sort="kvalifiserte")]

        assert by_qualified == ["linkedin", "own-web", "print", "cinema"]
        assert turned == ["print", "own-web", "linkedin", "cinema"]
        names = [source_texts.name_of(row.source) for row in source_order.in_order(rows, sort="navn")]
        assert names == ["Kino", "Kommunens nettsted", "LinkedIn", "Lokalavisa"]
        for sort in SORTS:
            assert {row.source.pk for row in source_order.in_order(rows, sort=f"-{sort}")} == {
                row.source.pk for row in rows
            }

    def test_the_alphabet_is_norwegian(self, world):
        rows = world.compared().rows
        for row, name in zip(rows, ("Ærlig", "Ås", "Øst", "Zoo"), strict=True):
            row.source.name_nb = name

        found = [row.source.name_nb for row in source_order.in_order(rows, sort="navn")]
        assert found == ["Zoo", "Ærlig", "Øst", "Ås"]
