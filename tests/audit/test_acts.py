"""Acts that change no row and stand in the log all the same (P16)."""

import pytest
from django.db import connection
from django.urls import reverse

from analytics.actions import surveys
from analytics.models import SurveyAnswer
from audit.acts import Act
from audit.models import AuditEvent, Person
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Source


def acts_of(town, act: Act) -> list[AuditEvent]:
    connection.check_constraints()
    with tenant(town.pk):
        return list(AuditEvent.objects.filter(act=act))


@pytest.fixture
def answered_job(lyngvaer, make_job):
    with tenant(lyngvaer.pk):
        job = make_job()
        survey = surveys.ensure_survey(job=job)
        SurveyAnswer.objects.create(
            survey=survey,
            first_source=Source.objects.first(),
            free_text="En hemmelighet",
            language="nb",
            answered_hour=clock.now().replace(minute=0, second=0, microsecond=0),
            token_hash="a" * 64,
            receipt_hash="b" * 64,
        )
    return job


class TestP16Reading:
    def test_of_what_applicants_wrote_is_logged_by_name_of_the_vacancy_alone(self, lyngvaer, answered_job, client_of):
        place = reverse("survey_preview", kwargs={"number": lyngvaer.number, "job_id": answered_job.pk})
        client_of(lyngvaer.hr).get(place)

        (event,) = acts_of(lyngvaer, Act.ANSWERS_READ)
        assert (event.table_name, event.object_id) == ("recruitment_jobposting", answered_job.pk)
        assert event.detail is None
        with tenant(lyngvaer.pk):
            assert event.actor == Person.objects.get(user_id=lyngvaer.hr.pk).pseudonym

    def test_by_those_who_see_no_answers_is_not(self, lyngvaer, answered_job, client_of):
        place = reverse("survey_preview", kwargs={"number": lyngvaer.number, "job_id": answered_job.pk})
        client_of(lyngvaer.adviser).get(place)

        assert acts_of(lyngvaer, Act.ANSWERS_READ) == []

    def test_of_a_file_is_logged(self, lyngvaer, client_of):
        client_of(lyngvaer.reader).get(reverse("sources_csv", kwargs={"number": lyngvaer.number}))

        (event,) = acts_of(lyngvaer, Act.EXPORTED)
        assert event.detail["file"].startswith("kilder-lyngvaer-kommune-")


class TestP16AnApplicantsAnswer:
    def test_is_never_in_the_log(self, lyngvaer, answered_job):
        with tenant(lyngvaer.pk):
            SurveyAnswer.objects.update(free_text="En annen hemmelighet")
            SurveyAnswer.objects.all().delete()
        connection.check_constraints()

        with tenant(lyngvaer.pk), connection.cursor() as cursor:
            cursor.execute("SELECT count(*), string_agg(e::text, ' ') FROM audit_auditevent e")
            n_events, everything = cursor.fetchone()
        assert n_events
        assert "hemmelighet" not in everything
        assert "surveyanswer" not in everything
