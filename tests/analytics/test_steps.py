"""How many applicants were qualified: only of vacancies and sources where HR has counted both."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from analytics.models import Cost, JobCount, Outcome
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Source
from tests.analytics.vacancies import make_job


@pytest.fixture
def town(lyngvaer: Any) -> Any:
    """Three vacancies: assessed (8 of 20 from LinkedIn), not assessed (50), and half assessed (30, of which 30)."""
    with tenant(lyngvaer.pk):
        linkedin, paper = Source.objects.get(slug="linkedin"), Source.objects.get(slug="print")
        Cost.objects.create(source=linkedin, day=clock.today(), note="Annonse", kind="kroner", amount_ore=100)
    for n_missing, counted in (
        (0, {linkedin: (20, 8, 4), paper: (10, 5, 5)}),
        (0, {linkedin: (50, None, None)}),
        (1, {linkedin: (30, 30, 3), paper: (6, None, None)}),
    ):
        job = make_job(lyngvaer)
        with tenant(lyngvaer.pk):
            JobCount.objects.create(job=job, n_missing=n_missing)
            for source, (applied, qualified, interviewed) in counted.items():
                Outcome.objects.create(
                    job=job, source=source, counted_date=clock.today(),
                    applied=applied, qualified=qualified, interviewed=interviewed,
                )  # fmt: skip
    lyngvaer.source_id = linkedin.pk
    return lyngvaer


def text_of(client: Any, name: str, query: str = "") -> str:
    answer = client.get(reverse(name, kwargs={"number": "9901"}) + query)
    assert answer.status_code == 200
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.django_db
class TestShareOfQualified:
    def test_is_only_of_applicants_whose_vacancies_are_assessed(self, town, client_of):
        hr, reader = client_of(town.hr), client_of(town.reader)

        funnel, of_source = text_of(hr, "sources_funnel"), text_of(hr, "sources_funnel", f"?kilde={town.source_id}")
        behind = text_of(hr, "sources_behind")

        assert "13 av 30 vurderte søkere var kvalifiserte" in funnel
        assert "Søkere, talt 116 86 er ikke vurdert ennå" in funnel
        assert "43 % 13 av 30" in funnel
        assert "8 av 20 vurderte søkere fra LinkedIn var kvalifiserte" in of_source
        # 12 were interviewed; 3 of them in the vacancy whose qualified do not count yet.
        assert "Intervjuet 12 69 % 9 av 13" in funnel
        assert "40 % 8 av 20" in behind
        assert "8 av 100" not in behind
        for page in (text_of(reader, "sources_funnel"), text_of(reader, "sources_behind")):
            assert "av 30" not in page
        assert "kan ikke sies av det som er delt" in text_of(hr, "sources_behind", "?vis=delt")
