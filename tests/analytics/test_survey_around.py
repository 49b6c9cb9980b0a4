"""What stands around the survey: the privacy notice, what is masked, and the page for those who ask."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics import masking
from foundation.tenancy import tenant
from recruitment.models import MunicipalitySettings
from tests.analytics.answering import opened, send
from tests.analytics.vacancies import code_of, make_job


@pytest.fixture
def job(lyngvaer: Any) -> Any:
    return make_job(lyngvaer)


@pytest.fixture
def code(lyngvaer: Any, job: Any) -> str:
    return code_of(lyngvaer, job)


class TestPrivacyNotice:
    @pytest.mark.parametrize(("language", "words"), [("nb", "Svarene slettes etter 7 måneder"),
                                                     ("nn", "Svara blir sletta etter 7 månader"),
                                                     ("en", "The answers are deleted after 7 months")])  # fmt: skip
    def test_tells_the_retention_that_runs_in_three_languages_r11_r21(self, lyngvaer, language, words):
        with tenant(lyngvaer.pk):
            MunicipalitySettings.objects.update(retention_months=7)

        response = Client().get("/personvern/9901/", {"sprak": language})

        assert response.status_code == 200
        assert words in response.content.decode()
        assert not response.cookies

    @pytest.mark.parametrize("number", ["0301", "9999", "12", "abcd", "%00"])
    def test_of_a_municipality_that_does_not_use_us_is_not_there(self, lyngvaer, number):
        assert Client().get(f"/personvern/{number}/").status_code == 404


class TestMasking:
    @pytest.mark.parametrize(
        "text",
        [
            "ola@eksempel.no", "OLA.NORDMANN+jobb@post.eksempel.no", "91234567", "912 34 567", "+47 912 34 567",
            "0047-912-34-567", "(+47) 91 23 45 67", "01019912345", "010199 12345", "010199-12345",
            "０１０１９９１２３４５",
            "91.23.45.67", "91\u00a023\u00a045\u00a067",
        ],
    )  # fmt: skip
    def test_takes_out_what_points_to_a_person(self, text):
        masked = masking.mask(f"Før {text} etter")

        assert masked.n_masked >= 1
        assert not re.search(r"\d|@", masked.text)
        assert masked.text.startswith("Før ")
        assert masked.text.endswith(" etter")

    @pytest.mark.parametrize("text", ["Turnus 50 %, start 2026", "Avd. 3, 2. etasje", "kl. 14.30", "100 % fast"])
    def test_leaves_ordinary_text_alone(self, text):
        assert masking.mask(text) == masking.Masked(text, 0)


class TestPreview:
    def test_shows_link_and_qr_code_to_those_who_may_see_it(self, lyngvaer, job, code, client_of, settings):
        for person in ("hr", "adviser", "administrator"):
            page = client_of(lyngvaer.people[person]).get(f"/9901/stillinger/{job.pk}/undersokelse/")
            assert page.status_code == 200
            assert f"{settings.SITE_URL}/u/{code}/" in page.content.decode()

    def test_shows_answers_to_hr_alone_r10(self, lyngvaer, job, code, client_of):
        send(code, opened(code) | {"own_words": "Fjellet lokket"})

        pages = {
            person: client_of(lyngvaer.people[person]).get(f"/9901/stillinger/{job.pk}/undersokelse/").content.decode()
            for person in ("hr", "adviser", "administrator")
        }

        assert "Fjellet lokket" in pages["hr"]
        for person in ("adviser", "administrator"):
            assert "Fjellet" not in pages[person]
            assert "Nye svar vises når minst 5 kan vises samlet" in pages[person]

    @pytest.mark.parametrize("kind", ["svg", "png"])
    def test_draws_the_qr_code(self, lyngvaer, job, client_of, kind):
        response = client_of(lyngvaer.hr).get(f"/9901/stillinger/{job.pk}/undersokelse/qr.{kind}")

        assert response.status_code == 200
        assert response.content[:8] == (b"\x89PNG\r\n\x1a\n" if kind == "png" else b"<?xml ve")

    def test_is_not_there_for_readers_and_for_the_neighbour_p13(self, lyngvaer, storvika, job, client_of):
        address = reverse("survey_preview", kwargs={"number": "9901", "job_id": job.pk})

        assert client_of(lyngvaer.reader).get(address).status_code == 404
        assert client_of(storvika.hr).get(address).status_code == 404
        assert client_of(storvika.hr).get(address.replace("9901", "9902")).status_code == 404
