"""What is past its time is deleted at night, in every municipality, once, and the log says so (P10, R11)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from analytics.actions import retention as answer_retention
from analytics.actions import survey_tokens, surveys
from analytics.models import AlsoSeen, AnswerMonth, SurveyAnswer
from channels.models import OAuthState
from foundation.tenancy import tenant
from kanalkompass.models import RetentionRun
from kanalkompass.privacy import retention
from recruitment.models import MunicipalitySettings, SubmittedForm
from tests.kanalkompass import leftovers

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 6, 15, 1, 40, tzinfo=UTC)
What = RetentionRun.What


@pytest.fixture
def answered(make_job):
    """Return a function that stores an answer given at a moment, and its receipt."""

    def store(town, at: datetime, words: str = "", first: str = "linkedin") -> str:
        with tenant(town.pk):
            job = make_job(deadline_date=date(2030, 1, 1))
            survey = surveys.ensure_survey(job=job)
        token = survey_tokens.new_token(survey.code)
        given = surveys.Given(first=first, also=("print",), own_words=words)
        surveys.store_answer(
            municipality_id=town.pk, survey_id=survey.pk, token=token, given=given, now=at, today=at.date()
        )
        return token.receipt

    return store


def answers_of(town) -> int:
    with tenant(town.pk):
        return SurveyAnswer.objects.count()


def log_of(town) -> dict[str, int]:
    with tenant(town.pk):
        return dict(RetentionRun.objects.values_list("what", "n_deleted"))


class TestAnswers:
    def test_older_than_twelve_months_go_and_younger_ones_stay_p10_r11(self, lyngvaer, answered):
        answered(lyngvaer, NOW - timedelta(days=367))
        answered(lyngvaer, NOW - timedelta(days=364))

        retention.tidy_all(now=NOW)

        assert answers_of(lyngvaer) == 1
        assert log_of(lyngvaer)[What.ANSWERS] == 1

    @pytest.mark.parametrize(("months", "days_old", "is_kept"), [(1, 33, False), (1, 28, True), (24, 700, True)])
    def test_follow_what_each_municipality_decided_r11(self, lyngvaer, answered, months, days_old, is_kept):
        with tenant(lyngvaer.pk):
            MunicipalitySettings.objects.update(retention_months=months)
        answered(lyngvaer, NOW - timedelta(days=days_old))

        retention.tidy_all(now=NOW)

        assert answers_of(lyngvaer) == int(is_kept)

    def test_leave_counts_by_source_and_month_of_norway_and_nothing_else_r11(self, lyngvaer, answered):
        answered(lyngvaer, datetime(2025, 1, 31, 23, 30, tzinfo=UTC), "Fjellet lokket")
        answered(lyngvaer, datetime(2025, 2, 2, 12, 0, tzinfo=UTC))
        answered(lyngvaer, datetime(2025, 2, 2, 12, 0, tzinfo=UTC), first="print")

        retention.tidy_all(now=NOW)

        with tenant(lyngvaer.pk):
            kept = {(str(row.month), row.source.slug): row.n_answers for row in AnswerMonth.objects.all()}
            assert not AlsoSeen.objects.exists()
        assert kept == {("2025-02-01", "linkedin"): 2, ("2025-02-01", "print"): 1}

    def test_are_counted_once_though_the_night_comes_twice(self, lyngvaer, answered):
        answered(lyngvaer, NOW - timedelta(days=500))

        retention.tidy_all(now=NOW)
        answered(lyngvaer, NOW - timedelta(days=500))
        retention.tidy_all(now=NOW)
        retention.tidy_all(now=NOW)

        with tenant(lyngvaer.pk):
            assert sum(AnswerMonth.objects.values_list("n_answers", flat=True)) == 2
        assert log_of(lyngvaer)[What.ANSWERS] == 2

    def test_of_one_municipality_fail_and_the_others_go_all_the_same(self, lyngvaer, storvika, answered, monkeypatch,
                                                                     caplog):  # fmt: skip
        for town in (lyngvaer, storvika):
            answered(town, NOW - timedelta(days=500), "hemmelige ord")
        forget = answer_retention.forget_old_answers

        def failing(*, months, now):
            from foundation.tenancy import current_municipality_id

            if current_municipality_id() == lyngvaer.pk:
                raise ValueError("hemmelige ord")
            return forget(months=months, now=now)

        monkeypatch.setattr(retention.answers, "forget_old_answers", failing)

        retention.tidy_all(now=NOW)

        assert (answers_of(lyngvaer), answers_of(storvika)) == (1, 0)
        assert What.ANSWERS not in log_of(lyngvaer)
        assert "hemmelige" not in caplog.text

    def test_can_be_withdrawn_until_then_and_are_gone_afterwards(self, lyngvaer, answered):
        young, old = answered(lyngvaer, NOW - timedelta(days=10)), answered(lyngvaer, NOW - timedelta(days=500))
        retention.tidy_all(now=NOW)

        surveys.withdraw(receipt=young)
        with pytest.raises(surveys.NoSuchAnswer):
            surveys.withdraw(receipt=old)

        assert answers_of(lyngvaer) == 0

    @pytest.mark.django_db(transaction=True)
    def test_are_counted_once_by_two_nights_at_the_same_moment(self, lyngvaer, answered):
        for _ in range(20):
            answered(lyngvaer, NOW - timedelta(days=500))
        gate = threading.Barrier(2, timeout=10)

        def night() -> None:
            gate.wait()
            retention.tidy(municipality_id=lyngvaer.pk, now=NOW)
            connection.close()

        nights = [threading.Thread(target=night) for _ in range(2)]
        for each in nights:
            each.start()
        for each in nights:
            each.join(20)

        with tenant(lyngvaer.pk):
            assert sum(AnswerMonth.objects.values_list("n_answers", flat=True)) == 20
        assert log_of(lyngvaer)[What.ANSWERS] == 20


class TestWithdrawnAnswer:
    @pytest.mark.django_db(transaction=True)
    def test_leaves_nothing_but_that_its_form_is_used_p10(self, lyngvaer, answered, client, caplog):
        receipt = answered(lyngvaer, datetime.now(UTC), "Fjellet lokket meg hit")
        with tenant(lyngvaer.pk):
            stored = SurveyAnswer.objects.get()
        assert leftovers.in_database("Fjellet lokket")

        page = client.post("/u/trekk/", {"code": receipt})

        assert page.status_code == 200
        assert leftovers.in_database("Fjellet lokket", stored.token_hash, stored.receipt_hash, receipt) == []
        assert leftovers.in_redis("Fjellet", stored.receipt_hash, receipt) == []
        # One-way, and gone after a day: a thank-you page that is loaded again must not bring the answer back.
        assert len(leftovers.in_redis(stored.token_hash)) == 1
        assert "Fjellet" not in caplog.text
        assert receipt not in caplog.text


class TestOwnWords:
    def test_are_emptied_after_twelve_months_though_the_answers_stay_p10(self, lyngvaer, answered):
        with tenant(lyngvaer.pk):
            MunicipalitySettings.objects.update(retention_months=24)
        answered(lyngvaer, NOW - timedelta(days=400), "Fjellet lokket")
        answered(lyngvaer, NOW - timedelta(days=300), "Havet lokket")

        retention.tidy_all(now=NOW)

        with tenant(lyngvaer.pk):
            assert sorted(SurveyAnswer.objects.values_list("free_text", flat=True)) == ["", "Havet lokket"]
        assert log_of(lyngvaer)[What.OWN_WORDS] == 1


class TestTheRest:
    def test_sessions_and_one_time_states_that_ended_go(self, lyngvaer):
        for key, ends in (("gammel", NOW - timedelta(hours=1)), ("ny", NOW + timedelta(hours=1))):
            Session.objects.create(session_key=key, session_data="x", expire_date=ends)
            OAuthState.objects.create(
                state_hash=key,
                session_hash="s",
                user=lyngvaer.adviser,
                municipality=lyngvaer.municipality,
                account_id=1,
                connector="linkedin",
                valid_until=ends,
            )

        retention.tidy_all(now=NOW)

        assert list(Session.objects.values_list("session_key", flat=True)) == ["ny"]
        assert list(OAuthState.objects.values_list("state_hash", flat=True)) == ["ny"]

    def test_marks_of_forms_go_after_a_month(self, lyngvaer):
        with tenant(lyngvaer.pk):
            for key, age in (("gammel", 31), ("ny", 29)):
                SubmittedForm.objects.create(key=key, content_hash="h", submitted_at=NOW - timedelta(days=age))

        retention.tidy_all(now=NOW)

        with tenant(lyngvaer.pk):
            assert list(SubmittedForm.objects.values_list("key", flat=True)) == ["ny"]

    def test_a_night_without_anything_to_delete_is_logged_too(self, lyngvaer):
        retention.tidy_all(now=NOW)

        assert log_of(lyngvaer) == dict.fromkeys(What.values, 0)
