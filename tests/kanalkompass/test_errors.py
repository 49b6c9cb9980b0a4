"""What went wrong is told in Norwegian, with a number that the log holds too, without detail (P22, P25, P27)."""

import logging
import re

import pytest
from django.conf import settings as product
from django.core.exceptions import TooManyFieldsSent
from django.test import Client

from kanalkompass import errors
from kanalkompass.incidents import WithIncident
from tests.kanalkompass.faulty_urls import FAULTS

NUMBER = re.compile(r"Hendelsesnummer ([0-9a-f]{8})")


@pytest.fixture(autouse=True)
def faulty(settings):
    settings.ROOT_URLCONF = "tests.kanalkompass.faulty_urls"


@pytest.fixture
def log(caplog):
    """The log, drawn as the console draws it."""
    caplog.handler.addFilter(WithIncident())
    caplog.set_level(logging.WARNING)
    return caplog


def browser(**how):
    return Client(raise_request_exception=False, **how)


class TestEveryFault:
    @pytest.mark.parametrize("how", FAULTS)
    def test_p27_is_told_without_detail_and_stands_in_the_log_under_its_number(self, db, log, how):
        status = FAULTS[how][0]

        answer = browser().get(f"/fail/{how}?navn=Stine")

        page = answer.content.decode()
        assert answer.status_code == status
        assert "Stine" not in page
        assert "Traceback" not in page
        [number] = NUMBER.findall(page)
        lines = [record.getMessage() for record in log.records if f"Incident {number}" in record.getMessage()]
        assert len(lines) == 1
        assert f"/fail/{how}" in lines[0] or how == "request"
        assert "navn=" not in lines[0]

    def test_p27_names_the_user_by_id_alone(self, lyngvaer, client_of, log):
        client = client_of(lyngvaer.hr)
        client.raise_request_exception = False
        client.get("/")

        client.get(f"/{lyngvaer.number}/stillinger/0/")
        client.post("/fail/bug")

        line = next(record.getMessage() for record in log.records if "/fail/bug" in record.getMessage())
        assert re.match(rf"Incident [0-9a-f]{{8}}, user ({lyngvaer.hr.pk}|unknown): ", line)
        assert lyngvaer.hr.email not in log.text

    def test_p27_the_console_writes_the_number(self):
        console = product.LOGGING["handlers"]["console"]

        assert console["filters"] == ["incident"]
        assert product.LOGGING["filters"]["incident"]["()"] == "kanalkompass.incidents.WithIncident"

    def test_p13_what_is_not_there_has_no_number_so_that_all_of_it_looks_alike(self, db):
        one, other = browser().get("/9901x/"), browser().get("/nowhere/")

        assert one.status_code == other.status_code == 404
        assert one.content == other.content
        assert b"Hendelsesnummer" not in one.content

    def test_debug_is_on_nowhere_but_in_development(self):
        assert product.DEBUG is False


class TestForbidden:
    def test_p27_says_that_a_form_is_too_old(self, db):
        answer = browser(enforce_csrf_checks=True).post("/form")

        assert answer.status_code == 403
        assert "Skjemaet er for gammelt" in answer.content.decode()

    def test_p27_says_that_a_person_has_no_access(self, db):
        answer = browser().get("/fail/forbidden")

        assert "Du har ikke tilgang til dette" in answer.content.decode()
        assert "Skjemaet" not in answer.content.decode()


class TestLimits:
    def test_p25_tell_when_to_come_back(self, db):
        answer = browser().get("/fail/often")

        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "90"
        assert "Prøv igjen om 2 minutter" in answer.content.decode()


class TestUnavailable:
    def test_p27_says_it_in_both_forms_of_norwegian_and_when_to_try_again(self, db):
        answer = browser().get("/fail/database")

        page = answer.content.decode()
        assert answer.headers["Retry-After"] == "30"
        assert '<p lang="nb">En del av systemet er borte.' in page
        assert '<p lang="nn">Ein del av systemet er borte.' in page

    def test_p9_does_not_say_that_what_was_sent_is_stored_or_that_it_is_not(self, db):
        page = browser().post("/fail/database").content.decode()

        assert "Vi vet ikke om det du sendte, kom fram." in page
        assert "blir ikke registrert to ganger" in page

    def test_the_pages_are_drawn_without_the_database(self, django_assert_num_queries, db):
        with django_assert_num_queries(0):
            browser().get("/fail/database")


class TestFragmentsAndPrograms:
    @pytest.mark.parametrize("how", ["bug", "database", "often", "forbidden"])
    def test_p27_a_fragment_gets_a_notice_for_the_top_of_the_page(self, db, how):
        answer = browser().get(f"/fail/{how}", headers={"HX-Request": "true"})

        assert answer.status_code == FAULTS[how][0]
        assert answer.content.startswith(b'<div class="ds-alert')
        assert b"<html" not in answer.content
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#fragment-error", "innerHTML")

    def test_p27_a_program_gets_json(self, db):
        answer = browser().get("/fail/bug", headers={"Accept": "application/json"})

        assert answer.status_code == 500
        assert set(answer.json()) == {"error", "incident"}


class TestOtherRefusals:
    def test_p27_a_method_that_is_not_taken_gets_a_page_and_the_ones_that_are(self, db):
        answer = browser().post("/s/abcdefgh")

        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
        assert "Siden kan ikke brukes slik" in answer.content.decode()

    def test_b59_a_thousand_fields_are_refused(self, db):
        answer = browser(enforce_csrf_checks=False).post("/u/abcdefgh/", {f"f{n}": "1" for n in range(1001)})

        assert answer.status_code in {400, 404}
        assert TooManyFieldsSent.__name__ not in answer.content.decode()


class TestBodies:
    def big(self, kind, n_bytes):
        return browser().generic("POST", "/form", b"x" * n_bytes, content_type=kind)

    def test_p22_more_than_a_file_may_be_is_refused_before_it_is_read(self, db):
        answer = self.big("multipart/form-data; boundary=x", product.UPLOAD_MAX_BYTES + 1_100_000)

        assert answer.status_code == 413
        assert "Det du sendte, er for stort" in answer.content.decode()
        assert "21 MB" in answer.content.decode()

    def test_p22_more_than_a_form_may_be_is_refused_before_it_is_read(self, db):
        assert self.big("application/x-www-form-urlencoded", 3_000_000).status_code == 413
        assert self.big("application/json", 3_000_000).status_code == 413

    @pytest.mark.parametrize("length", ["-1", "x", "", "1"])
    def test_p22_an_odd_length_is_no_fault(self, db, length):
        answer = browser().generic("POST", "/form", b"x", content_type="text/plain", CONTENT_LENGTH=length)

        assert answer.status_code < 500


def test_p27_every_status_has_its_sentence_and_its_page():
    assert set(errors.IN_SHORT) == {400, 403, 404, 405, 413, 429, 500, 503}
