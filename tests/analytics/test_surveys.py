"""The survey by link: its form, what is stored of an answer, its token, and when it is open."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client

from analytics.actions import survey_tokens, surveys
from analytics.models import AlsoSeen, SurveyAnswer, SurveyCode
from foundation.tenancy import tenant
from tests.analytics.answering import LANGUAGE_WORDS, answers_of, opened, receipt_in, send, token_in
from tests.analytics.vacancies import code_of, make_job


@pytest.fixture
def job(lyngvaer: Any) -> Any:
    return make_job(lyngvaer)


@pytest.fixture
def code(lyngvaer: Any, job: Any) -> str:
    return code_of(lyngvaer, job)


class TestForm:
    @pytest.mark.parametrize("language", ["nb", "nn", "en"])
    def test_speaks_the_language_that_is_asked_for_r21(self, code, language):
        response = Client().get(f"/u/{code}/", {"sprak": language})

        assert LANGUAGE_WORDS[language] in response.content.decode()
        assert response.headers["Content-Language"] == language
        assert f'<html lang="{language}"' in response.content.decode()

    def test_speaks_the_language_of_the_vacancy_when_none_or_nonsense_is_asked_for(self, lyngvaer, job, code):
        with tenant(lyngvaer.pk):
            job.language = "nn"
            job.save()

        assert LANGUAGE_WORDS["nn"] in Client().get(f"/u/{code}/").content.decode()
        assert LANGUAGE_WORDS["nn"] in Client().get(f"/u/{code}/?sprak=%00").content.decode()

    def test_sets_no_cookie_needs_no_script_and_tells_nobody_where_one_came_from_r13(self, code):
        response = Client().get(f"/u/{code}/")

        assert not response.cookies
        assert "<script" not in response.content.decode()
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"

    def test_asks_nothing_that_an_employer_must_not_ask_r3(self, code):
        html = Client().get(f"/u/{code}/").content.decode().lower()

        assert not re.search(r"\b(kjønn|alder|religion|etnisk|gravid|fagforening|funksjons)", html)

    def test_shuffles_the_answers_and_keeps_elsewhere_and_unknown_last(self, code):
        orders = set()
        for _ in range(12):
            html = Client().get(f"/u/{code}/").content.decode()
            order = re.findall(r'name="first" value="([^"]+)"', html)
            assert order[-2:] == ["elsewhere", "unknown"]
            assert re.findall(r'name="interests" value="([^"]+)"', html)[-1] == "other"
            orders.add(tuple(order))

        assert len(orders) > 6
        assert len({order[0] for order in orders}) > 2

    def test_keeps_its_order_and_its_answers_when_something_must_be_corrected(self, code):
        answer = opened(code) | {"first": ""}

        html = send(code, answer).content.decode()

        assert token_in(html) == answer["token"]
        assert re.search(r'value="tasks"[^>]*checked', html)


class TestAnswer:
    def test_is_stored_with_what_was_chosen_and_thanked_with_a_receipt(self, lyngvaer, code):
        response = send(code, opened(code))

        (answer,) = answers_of(lyngvaer)
        with tenant(lyngvaer.pk):
            also = set(AlsoSeen.objects.filter(answer=answer).values_list("source__slug", flat=True))
        assert response.status_code == 200
        assert re.fullmatch(r"(\w{4}-){3}\w{4}", receipt_in(response))
        assert answer.first_source.slug == "linkedin"
        assert also == {"own-web", "print"}
        assert answer.interests == ["tasks", "people"]
        assert not response.cookies

    def test_keeps_no_time_finer_than_the_hour_and_nothing_about_the_visitor_p9_r8(self, lyngvaer, code):
        send(code, opened(code), REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Kjenner-igjen/1.0")

        (answer,) = answers_of(lyngvaer)
        stored = " ".join(str(value) for value in vars(answer).values())
        assert (answer.answered_hour.minute, answer.answered_hour.second, answer.answered_hour.microsecond) == (0, 0, 0)
        assert "203.0.113.77" not in stored
        assert "Kjenner" not in stored
        assert {field.name for field in SurveyAnswer._meta.fields} == {
            "id", "municipality", "survey", "first_source", "elsewhere", "decisive_source", "interests", "remembered",
            "followed", "free_text", "is_released", "mode", "language",
            "answered_hour", "token_hash", "receipt_hash",
        }  # fmt: skip

    def test_keeps_neither_token_nor_receipt_in_the_clear(self, lyngvaer, code):
        answer = opened(code)
        receipt = receipt_in(send(code, answer)).replace("-", "").lower()

        (stored,) = answers_of(lyngvaer)
        assert receipt not in (stored.token_hash, stored.receipt_hash)
        assert signing.loads(answer["token"], salt=survey_tokens.SALT)[1] not in stored.token_hash

    def test_to_the_first_question_alone_is_enough(self, lyngvaer, code):
        response = send(code, {"token": opened(code)["token"], "first": "unknown"})

        assert response.status_code == 200
        assert answers_of(lyngvaer)[0].first_source.slug == "unknown"

    def test_sent_again_by_double_click_back_button_or_second_tab_counts_once_b1(self, lyngvaer, code):
        answer = opened(code)

        first, again, changed = send(code, answer), send(code, answer), send(code, answer | {"first": "finn"})

        assert len(answers_of(lyngvaer)) == 1
        assert answers_of(lyngvaer)[0].first_source.slug == "linkedin"
        assert receipt_in(first) == receipt_in(again) == receipt_in(changed)
        assert (again.status_code, changed.status_code) == (200, 200)

    def test_is_refused_with_a_message_when_the_text_is_too_long_b2(self, lyngvaer, code):
        for words in ("x" * 1_000_000, "\N{SMILING FACE WITH SUNGLASSES}" * 10_000):
            response = send(code, opened(code) | {"own_words": words})

            assert response.status_code == 422
            assert "høyst 280 tegn" in response.content.decode()
            assert len(response.content) < 60_000
        assert answers_of(lyngvaer) == []

    def test_of_280_emoji_fits(self, lyngvaer, code):
        assert send(code, opened(code) | {"own_words": "\N{SMILING FACE WITH SUNGLASSES}" * 280}).status_code == 200

    def test_with_markup_is_shown_as_text_to_hr_b3(self, lyngvaer, job, code, client_of):
        send(code, opened(code) | {"own_words": "<script>alert(1)</script><b>Fint</b>"})

        page = client_of(lyngvaer.hr).get(f"/9901/stillinger/{job.pk}/undersokelse/").content.decode()

        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert(1)" not in page

    def test_loses_personal_data_before_it_is_stored_and_says_so_b4_r8(self, lyngvaer, code):
        words = "Ring kari.moen@eksempel.no eller 912 34 567, fnr. 01019912345"

        response = send(code, opened(code) | {"own_words": words})

        stored = answers_of(lyngvaer)[0].free_text
        assert "eksempel" not in stored
        assert not re.search(r"\d", stored)
        assert "Det er ikke lagret" in response.content.decode()
        with connection.cursor() as cursor, tenant(lyngvaer.pk):
            cursor.execute("SELECT count(*) FROM analytics_surveyanswer WHERE free_text ~ '[0-9]{3}'")
            assert cursor.fetchone()[0] == 0

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("first", "", "Velg hvor du så stillingen først"),
            ("first", "finnes-ikke", "finnes ikke i dette skjemaet"),
            ("first", "9" * 30, "finnes ikke i dette skjemaet"),
            ("also", ["unknown"], "finnes ikke i dette skjemaet"),
            ("interests", ["lottery"], "finnes ikke i dette skjemaet"),
            ("interests", ["tasks", "people", "pay"], "høyst to"),
        ],
    )
    def test_with_a_choice_that_is_not_on_the_form_is_refused_at_the_field_b6(
        self, lyngvaer, code, field, value, message
    ):
        response = send(code, opened(code) | {field: value})

        assert response.status_code == 422
        assert message in response.content.decode()
        assert answers_of(lyngvaer) == []

    def test_elsewhere_without_words_is_a_full_answer_b6(self, lyngvaer, code):
        assert send(code, opened(code) | {"first": "elsewhere", "own_words": ""}).status_code == 200

    @pytest.mark.parametrize("words", ["a\0b", "a\u202eb", "abc\u2066d"])
    def test_with_characters_that_break_text_is_refused_b7(self, lyngvaer, code, words):
        response = send(code, opened(code) | {"own_words": words})

        assert response.status_code == 422
        assert answers_of(lyngvaer) == []

    @pytest.mark.parametrize("words", ["\u200b\u200d\ufeff", " \u2060 \n"])
    def test_of_invisible_characters_alone_is_stored_as_no_words_b7(self, lyngvaer, code, words):
        assert send(code, opened(code) | {"own_words": words}).status_code == 200
        assert answers_of(lyngvaer)[0].free_text == ""

    def test_of_bytes_that_are_no_text_never_breaks_the_page_b7(self, lyngvaer, code):
        body = b"token=" + opened(code)["token"].encode() + b"&first=linkedin&own_words=%ED%A0%80%FF%FE"

        response = Client().post(f"/u/{code}/", body, content_type="application/x-www-form-urlencoded")

        assert response.status_code in (200, 422)

    def test_needs_neither_script_nor_cookie_b8(self, lyngvaer, code):
        response = Client(enforce_csrf_checks=True).post(f"/u/{code}/", opened(code))

        assert response.status_code == 200
        assert len(answers_of(lyngvaer)) == 1

    def test_from_a_robot_that_fills_in_every_field_is_not_stored_b10(self, lyngvaer, code):
        response = send(code, opened(code) | {"website": "https://spam.example"})

        assert response.status_code == 422
        assert "må være tomt" in response.content.decode()
        assert answers_of(lyngvaer) == []

    @pytest.mark.django_db(transaction=True)
    def test_sent_by_eight_hands_at_once_counts_once_p9(self, lyngvaer, code):
        answer = opened(code)

        def one(_: int) -> str:
            try:
                return receipt_in(send(code, answer))
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as hands:
            receipts = set(hands.map(one, range(8)))

        assert len(receipts) == 1
        assert len(answers_of(lyngvaer)) == 1


class TestToken:
    @pytest.mark.parametrize("token", ["", "x", "WyJhIiwiYiJd:1abc:zzzz", "\0", "å" * 600])
    def test_that_we_did_not_make_gives_a_new_form_with_the_answers_kept(self, lyngvaer, code, token):
        response = send(code, opened(code) | {"token": token})

        html = response.content.decode()
        assert response.status_code == 422
        assert re.search(r'value="linkedin"[^>]*checked', html)
        assert answers_of(lyngvaer) == []
        assert send(code, opened(code) | {"token": token_in(html)}).status_code == 200

    def test_of_another_survey_is_of_no_use(self, lyngvaer, code):
        other = code_of(lyngvaer, make_job(lyngvaer, title="Lærer"))

        assert send(other, opened(code)).status_code == 422
        assert answers_of(lyngvaer) == []

    def test_older_than_a_day_asks_to_send_again_and_an_answer_already_given_is_still_thanked(
        self, lyngvaer, code, monkeypatch
    ):
        old, given = opened(code), opened(code)
        receipt = receipt_in(send(code, given))
        monkeypatch.setattr(survey_tokens, "VALID_S", -1)

        response, repeat = send(code, old), send(code, given)

        assert response.status_code == 422
        assert "mer enn ett døgn" in response.content.decode()
        assert receipt_in(repeat) == receipt
        assert len(answers_of(lyngvaer)) == 1


class TestSurvey:
    def test_is_made_once_with_a_code_of_its_own_and_closes_two_weeks_after_the_deadline(self, lyngvaer, job):
        with tenant(lyngvaer.pk):
            survey, again = surveys.ensure_survey(job=job), surveys.ensure_survey(job=job)

        assert survey.pk == again.pk
        assert survey.closes_date == job.deadline_date + timedelta(days=14)
        assert SurveyCode.objects.get(code=survey.code).municipality_id == lyngvaer.pk

    def test_stays_open_longer_when_the_deadline_is_moved_out(self, lyngvaer, job, code):
        with tenant(lyngvaer.pk):
            job.deadline_date += timedelta(days=30)
            job.save()
            assert surveys.ensure_survey(job=job).closes_date == job.deadline_date + timedelta(days=14)

    def test_that_is_over_says_so_plainly_and_takes_no_answer_b5(self, lyngvaer):
        job = make_job(lyngvaer, deadline_in_days=-15)
        code = code_of(lyngvaer, job)
        token = survey_tokens.new_token(code).text

        shown, sent = Client().get(f"/u/{code}/"), send(code, {"token": token, "first": "linkedin"})

        assert shown.status_code == sent.status_code == 410
        assert "Undersøkelsen er avsluttet" in shown.content.decode()
        assert "ikke lagret" in sent.content.decode()
        assert answers_of(lyngvaer) == []

    def test_is_open_on_its_last_day(self, lyngvaer):
        assert Client().get(f"/u/{code_of(lyngvaer, make_job(lyngvaer, deadline_in_days=-14))}/").status_code == 200

    def test_closed_by_hand_takes_no_answer_b5(self, lyngvaer, job, code):
        answer = opened(code)
        with tenant(lyngvaer.pk):
            survey = surveys.ensure_survey(job=job)
            survey.is_open = False
            survey.save()

        assert send(code, answer).status_code == 410
        assert answers_of(lyngvaer) == []

    @pytest.mark.parametrize("wrong", ["k7m2p4td", "x", "%00", "a" * 200, "æøå", "1' OR '1'='1", "‮abc"])
    def test_that_nobody_made_is_a_plain_page_b5(self, lyngvaer, wrong):
        response = Client().get(f"/u/{wrong}/")

        assert response.status_code == 404
        assert "Her er det ingen undersøkelse" in response.content.decode()

    def test_code_may_be_typed_in_capitals(self, code):
        assert Client().get(f"/u/{code.upper()}/").status_code == 200
