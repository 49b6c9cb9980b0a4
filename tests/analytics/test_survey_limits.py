"""How often one may answer a survey, and how an answer is taken back."""

from typing import Any

import pytest
from django.test import Client

from analytics.actions import survey_tokens
from analytics.models import AlsoSeen
from foundation import clock, limits
from foundation.tenancy import tenant
from tests.analytics.answering import answers_of, opened, receipt_in, send
from tests.analytics.vacancies import code_of, make_job


@pytest.fixture
def job(lyngvaer: Any) -> Any:
    return make_job(lyngvaer)


@pytest.fixture
def code(lyngvaer: Any, job: Any) -> str:
    return code_of(lyngvaer, job)


@pytest.fixture
def still_clock(monkeypatch: Any) -> None:
    """Let no window of the limits end while a test counts."""
    moment = clock.now().replace(second=5)
    monkeypatch.setattr(limits.clock, "now", lambda: moment)


@pytest.mark.usefixtures("still_clock")
class TestLimits:
    def test_stop_a_form_that_is_sent_over_and_over_p25(self, code):
        answer = opened(code) | {"first": ""}

        statuses = [send(code, answer).status_code for _ in range(14)]

        assert statuses[:10] == [422] * 10
        assert statuses[-1] == 429

    def test_let_colleagues_behind_one_address_answer_while_it_is_flooded_b9_p25(self, lyngvaer, code):
        flood = {"token": "made up", "first": "linkedin"}
        statuses = [send(code, flood).status_code for _ in range(70)]

        colleague = send(code, opened(code))

        assert statuses[-1] == 429
        assert colleague.status_code == 200
        assert len(answers_of(lyngvaer)) == 1

    def test_say_when_to_come_back(self, code):
        for _ in range(61):
            response = send(code, {"token": ""})

        assert response.status_code == 429
        assert 0 < int(response.headers["Retry-After"]) <= 60
        assert "Vent litt" in response.content.decode()
        assert not response.cookies

    def test_let_a_hundred_colleagues_answer_in_a_minute(self, lyngvaer, code):
        token_of = survey_tokens.new_token
        statuses = {send(code, {"token": token_of(code).text, "first": "linkedin"}).status_code for _ in range(100)}

        assert statuses == {200}
        assert len(answers_of(lyngvaer)) == 100


class TestWithdrawing:
    def test_by_the_receipt_code_deletes_the_answer_p10(self, lyngvaer, code):
        receipt = receipt_in(send(code, opened(code)))

        response = Client().post("/u/trekk/", {"code": f" {receipt.lower().replace('-', ' ')} "})

        assert response.status_code == 200
        assert "Svaret er slettet" in response.content.decode()
        assert answers_of(lyngvaer) == []
        with tenant(lyngvaer.pk):
            assert not AlsoSeen.objects.exists()

    def test_is_not_undone_by_loading_the_thank_you_page_again(self, lyngvaer, code):
        answer = opened(code)
        Client().post("/u/trekk/", {"code": receipt_in(send(code, answer))})

        response = send(code, answer)

        assert response.status_code == 410
        assert answers_of(lyngvaer) == []

    @pytest.mark.parametrize("wrong", ["", "ABCD", "K7M2-P4TD-W9QX-B3NF", "\0" * 16, "å" * 16, "x" * 5000])
    def test_with_a_wrong_code_says_so_at_the_field_and_deletes_nothing(self, lyngvaer, code, wrong):
        send(code, opened(code))

        response = Client().post("/u/trekk/", {"code": wrong})

        assert response.status_code == 422
        assert len(answers_of(lyngvaer)) == 1

    def test_with_the_right_survey_and_a_guessed_secret_deletes_nothing(self, lyngvaer, code):
        send(code, opened(code))

        assert Client().post("/u/trekk/", {"code": code + "2" * 8}).status_code == 422
        assert len(answers_of(lyngvaer)) == 1

    def test_cannot_be_guessed_at_speed_p25(self, code):
        assert {Client().post("/u/trekk/", {"code": "x"}).status_code for _ in range(22)} == {422, 429}

    def test_page_sets_no_cookie(self):
        assert not Client().get("/u/trekk/").cookies
