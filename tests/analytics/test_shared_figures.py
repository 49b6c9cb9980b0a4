"""«Delte tall» and «Slik regner vi»: who is told what of the ledger, in which words (R10, P13)."""

from datetime import date

import pytest

from analytics.queries import shared_figures
from tests.analytics.test_releasing import House

pytestmark = pytest.mark.django_db

PAGE = "/9901/kilder/delte-tall/"


def words(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


class TestSharedFigures:
    def test_tell_hr_what_waits_and_an_administrator_only_what_is_shared_r10(self, lyngvaer, storvika, client_of):
        house = House(lyngvaer)
        empty = words(client_of(lyngvaer.hr).get(PAGE))
        first = house.job(date(2025, 3, 3), answers={0: 7, 1: 3})
        house.job(date(2099, 3, 3), answers={0: 2})
        house.count(first, 0, applied=9, qualified=6)
        house.night(2025, 4, 1)
        house.count(first, 0, applied=9, qualified=4)

        hr, administrator = (words(client_of(who).get(PAGE)) for who in (lyngvaer.hr, lyngvaer.administrator))
        corrected = words(client_of(lyngvaer.hr).get(f"{PAGE}?tall=qualified"))

        assert "Ingenting er delt ennå" in empty
        assert "7 svar er delt, 3 venter" in hr
        assert "2 til hører til stillinger som ikke er ferdige." in hr
        # A line for each source with its own sum; the occupations are folded below it.
        assert "7 delt i 1 sum</span>" in hr
        assert "ingenting delt, 3 venter</span>" in hr
        assert hr.count("<details><summary><h2>") == 2
        assert "venter</span>" not in administrator
        assert "<h1>7 svar er delt</h1>" in administrator
        assert "venter</th>" not in administrator.lower()
        assert "Endret etter at det ble delt" not in hr
        assert "Endret etter at det ble delt" in corrected
        assert "6 kvalifiserte søkere er delt" in corrected
        assert f'/9901/stillinger/{first.pk}/utfall/">Stilling 1</a>' in corrected
        assert client_of(storvika.hr).get(PAGE).status_code == 404
        assert client_of(lyngvaer.reader).get(PAGE).status_code == 404

    def test_refuse_figures_that_do_not_exist_in_words(self, lyngvaer, client_of):
        response = client_of(lyngvaer.hr).get(f"{PAGE}?tall=<script>")

        assert response.status_code == 422
        assert "Slike tall finnes ikke." in words(response)
        assert client_of(lyngvaer.hr).get(f"{PAGE}?side=en").status_code == 422

    def test_come_by_pages_and_each_source_has_the_sum_of_what_is_not_shown_too(self, lyngvaer, client_of, monkeypatch):
        house = House(lyngvaer)
        for n, occupation in enumerate(("2223", "5311")):
            house.job(date(2025, 3, 3 + n), answers={0: 7, 1: 6}, occupation=occupation)
        house.night(2025, 4, 1)
        monkeypatch.setattr(shared_figures, "PER_PAGE", 1)
        monkeypatch.setattr(shared_figures, "MOST_ROWS", 1)

        first, second = (words(client_of(lyngvaer.hr).get(f"{PAGE}?side={n}")) for n in (1, 2))

        assert "14 delt i 2 summer" in first
        assert "12 delt i 2 summer" in second
        assert "1 yrke til er med i summen." in first
        assert "tall=said&amp;side=2" in first
        assert "<h1>26 svar er delt, 0 venter</h1>" in first

    def test_are_explained_to_everybody_in_both_forms(self, lyngvaer, storvika, client_of):
        page = words(client_of(lyngvaer.reader).get("/9901/statistikk/"))
        assert "summer av minst 5 svar" in page
        assert "regner vi med 80 % av kostnaden" in page
        assert "summar av minst 5 svar" in words(client_of(storvika.reader).get("/9902/statistikk/"))
