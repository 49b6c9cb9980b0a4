"""A vacancy's workspace and its change: what each role sees and may do (table M, R5-R7, R10)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import Cost, Survey, SurveyAnswer
from channels.actions.visits import Visit, follow
from channels.models import TrackedLink
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass import vacancies
from recruitment.actions.jobs import Announcement, fingerprint
from recruitment.models import JobPosting, Source
from tests.recruitment.test_jobs import details, typed

EVERYBODY = ["reader", "hr", "adviser", "novice", "administrator"]
BUT_HR = [role for role in EVERYBODY if role != "hr"]
PERSON = Visit("GET", {"User-Agent": "Mozilla/5.0 Firefox/140.0"})


@pytest.fixture
def job(lyngvaer):
    with tenant(lyngvaer.pk):
        return vacancies.register(
            details=details(deadline_date=clock.today() + timedelta(days=2), requirements="Autorisasjon."),
            announcement=Announcement(),
            user=lyngvaer.hr,
            now=clock.now(),
        )


def address(town, job, name="job"):
    return reverse(name, kwargs={"number": town.number, "job_id": job.pk})


def stored(town):
    with tenant(town.pk):
        return JobPosting.objects.select_related("workplace", "occupation").get()


def text_of(response):
    return response.content.decode()


class TestRegister:
    def test_gives_the_vacancy_its_links_and_its_survey(self, lyngvaer, job):
        with tenant(lyngvaer.pk):
            assert TrackedLink.objects.filter(job=job, source__slug="linkedin").count() == 1
            assert Survey.objects.get(job=job).closes_date >= job.deadline_date


class TestWorkspace:
    def test_shows_facts_links_and_qr_codes_with_visits_so_far(self, lyngvaer, client_of, job):
        with tenant(lyngvaer.pk):
            link = TrackedLink.objects.get(source__slug="linkedin")
        for _ in range(3):
            follow(code=link.code, visit=PERSON, now=clock.now())
        follow(code=link.code, visit=Visit("GET", {"User-Agent": "LinkedInBot"}), now=clock.now())

        response = client_of(lyngvaer.hr).get(address(lyngvaer, job))

        page = text_of(response)
        row = next(row for row in response.context["workspace"].links if row.link.pk == link.pk)
        assert (row.visits.n_persons, row.visits.n_previews) == (3, 1)
        assert f"/s/{link.code}" in page
        assert reverse("link_qr", kwargs={"number": "9901", "link_id": link.pk, "kind": "svg"}) in page
        assert "To dager igjen" in page
        assert 'title="STYRK-08: 2223">Sykepleiere<' in page

    @pytest.mark.parametrize("role", EVERYBODY)
    def test_is_open_to_every_member(self, lyngvaer, client_of, job, role):
        """Table M: vacancies are read by all roles."""
        assert client_of(getattr(lyngvaer, role)).get(address(lyngvaer, job)).status_code == 200

    def test_is_not_there_for_another_municipality(self, lyngvaer, storvika, client_of, job):
        """P13."""
        client = client_of(storvika.hr)
        nowhere = client.get(reverse("job", kwargs={"number": storvika.number, "job_id": 999_999_999}))
        foreign = client.get(reverse("job", kwargs={"number": storvika.number, "job_id": job.pk}))

        assert client.get(address(lyngvaer, job)).status_code == 404
        assert (foreign.status_code, nowhere.status_code) == (404, 404)
        assert foreign.headers == nowhere.headers

    def test_bears_a_number_larger_than_the_database_knows(self, lyngvaer, client_of):
        assert client_of(lyngvaer.hr).get(f"/9901/stillinger/{2**63}/").status_code == 404

    def test_tells_only_hr_how_many_have_answered(self, lyngvaer, client_of, job):
        """R10: the others meet a text in place of the count."""
        with tenant(lyngvaer.pk):
            SurveyAnswer.objects.create(
                survey=Survey.objects.get(),
                first_source=Source.objects.get(slug="linkedin"),
                language="nb",
                answered_hour=clock.now().replace(minute=0, second=0, microsecond=0),
                token_hash="a" * 64,
                receipt_hash="b" * 64,
            )

        pages = {role: text_of(client_of(getattr(lyngvaer, role)).get(address(lyngvaer, job))) for role in EVERYBODY}

        assert "1 søker har svart" in pages["hr"]
        for role in BUT_HR:
            assert "har svart" not in pages[role]
            assert "Nye svar vises når minst 5 kan vises samlet" in pages[role]

    def test_shows_money_and_hours_that_are_registered_and_says_when_none_are(self, lyngvaer, client_of, job):
        client = client_of(lyngvaer.reader)
        before = text_of(client.get(address(lyngvaer, job)))
        with tenant(lyngvaer.pk):
            source = Source.objects.get(slug="print")
            day = clock.today()
            Cost.objects.create(source=source, job=job, day=day, kind="kroner", amount_ore=720_000, note="Annonse")
            Cost.objects.create(source=source, job=job, day=day, kind="hours", minutes=90, note="Bestilling")

        after = text_of(client.get(address(lyngvaer, job)))

        assert "Ingen kroner eller timer er registrert ennå" in before
        assert "kr 7\N{NO-BREAK SPACE}200 · 1,5 timer" in after

    def test_asks_the_database_as_often_however_many_links(self, lyngvaer, client_of, job, django_assert_num_queries):
        client = client_of(lyngvaer.reader)
        client.get(address(lyngvaer, job))  # A session's first request also writes where its person is logged in.
        with CaptureQueriesContext(connection) as before:
            client.get(address(lyngvaer, job))
        with tenant(lyngvaer.pk):
            Source.objects.filter(slug__in=["radio", "referral"]).update(
                channel=Source.objects.get(slug="print").channel
            )
            vacancies.change(job=job, details=details(deadline_date=job.deadline_date), seen=fingerprint(job))

        with django_assert_num_queries(len(before.captured_queries)):
            client.get(address(lyngvaer, job))

    def test_runs_nothing_inline(self, lyngvaer, client_of, job):
        """P23."""
        page = text_of(client_of(lyngvaer.hr).get(address(lyngvaer, job)))

        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


class TestAnnouncing:
    def test_is_done_from_the_workspace_by_hr(self, lyngvaer, client_of, job):
        """R5."""
        form = {"is_announced": "on", "announced_where": "NAV og nettstedet vårt", "is_noticed": "on"}

        response = client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_announce"), form, follow=True)

        assert "Stillingen kan markedsføres." in text_of(response)
        assert stored(lyngvaer).may_be_marketed

    def test_is_refused_with_a_date_that_is_still_ahead(self, lyngvaer, client_of, job):
        tomorrow = f"{clock.today() + timedelta(days=1):%d.%m.%Y}"
        form = {"is_announced": "on", "announced_where": "NAV", "announced_date": tomorrow}

        response = client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_announce"), form)

        assert response.status_code == 422
        assert "Denne dagen har ikke vært ennå" in text_of(response)
        assert stored(lyngvaer).announced_date is None

    def test_is_replaced_by_a_reason_with_a_name(self, lyngvaer, client_of, job):
        """R5."""
        form = {"exemption_reason": "Vikariat under to måneder."}

        response = client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_exempt"), form, follow=True)

        assert f"sier {lyngvaer.hr.full_name}" in text_of(response)
        assert stored(lyngvaer).may_be_marketed

    def test_is_asked_for_again_when_the_exemption_is_taken_back(self, lyngvaer, client_of, job):
        client = client_of(lyngvaer.hr)
        client.post(address(lyngvaer, job, "job_exempt"), {"exemption_reason": "Vikariat."})
        client.post(address(lyngvaer, job, "job_exempt"), {"withdraw": "1"})

        assert not stored(lyngvaer).may_be_marketed

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
    def test_is_not_replaced_by_nothing(self, lyngvaer, client_of, job, reason):
        response = client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_exempt"), {"exemption_reason": reason})

        assert response.status_code == 422
        assert not stored(lyngvaer).may_be_marketed

    @pytest.mark.parametrize("role", BUT_HR)
    @pytest.mark.parametrize("name", ["job_announce", "job_exempt", "job_edit"])
    def test_is_for_hr_alone(self, lyngvaer, client_of, job, role, name):
        """Table M."""
        form = {"exemption_reason": "Vikariat.", "is_noticed": "on"}

        assert client_of(getattr(lyngvaer, role)).post(address(lyngvaer, job, name), form).status_code == 404

    @pytest.mark.parametrize("name", ["job_announce", "job_exempt", "job_edit"])
    def test_is_not_there_for_another_municipality(self, lyngvaer, storvika, client_of, job, name):
        """P13."""
        foreign = reverse(name, kwargs={"number": storvika.number, "job_id": job.pk})

        assert client_of(storvika.hr).post(address(lyngvaer, job, name), {"is_noticed": "on"}).status_code == 404
        assert client_of(storvika.hr).post(foreign, {"is_noticed": "on"}).status_code == 404
        assert stored(lyngvaer).internal_notice_date is None


class TestChanging:
    def form(self, job, **changes):
        deadline = f"{job.deadline_date:%d.%m.%Y}"
        return typed(seen=fingerprint(job), deadline_date=deadline, requirements="Autorisasjon.", **changes)

    def test_leads_the_links_to_the_new_form(self, lyngvaer, client_of, job):
        """R7."""
        new = "https://www.lyngvaer.example/jobb/ny"

        client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_edit"), self.form(job, apply_url=new))

        with tenant(lyngvaer.pk):
            assert set(TrackedLink.objects.values_list("target_url", flat=True)) == {new}

    def test_asks_for_a_new_announcement_when_something_binding_changed(self, lyngvaer, client_of, job):
        """R6."""
        client = client_of(lyngvaer.hr)
        form = {"is_announced": "on", "announced_where": "NAV", "is_noticed": "on"}
        client.post(address(lyngvaer, job, "job_announce"), form)

        response = client.post(address(lyngvaer, job, "job_edit"), self.form(job, percentage="80"), follow=True)

        assert "Kunngjør på nytt" in text_of(response)

    def test_shows_what_is_stored(self, lyngvaer, client_of, job):
        page = text_of(client_of(lyngvaer.hr).get(address(lyngvaer, job, "job_edit")))

        assert f'value="{job.deadline_date:%d.%m.%Y}"' in page
        assert "Sykepleier (2223)" in page

    def test_tells_when_somebody_else_was_first_and_stores_nothing(self, lyngvaer, client_of, job):
        client = client_of(lyngvaer.hr)
        stale = self.form(job, title="Min endring")
        client.post(address(lyngvaer, job, "job_edit"), self.form(job, title="Deres endring"))

        response = client.post(address(lyngvaer, job, "job_edit"), stale)

        assert response.status_code == 422
        assert "Noen andre endret stillingen" in text_of(response)
        assert "Min endring" in text_of(response)
        assert stored(lyngvaer).title == "Deres endring"

    def test_keeps_a_deadline_that_has_passed(self, lyngvaer, client_of, job):
        with tenant(lyngvaer.pk):
            JobPosting.objects.update(deadline_date=clock.today() - timedelta(days=3))
        passed = stored(lyngvaer)

        response = client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_edit"), self.form(passed, title="Rettet"))

        assert response.status_code == 302
        assert stored(lyngvaer).title == "Rettet"

    @pytest.mark.parametrize("changes", [{"seen": ""}, {"seen": "x" * 400}, {"title": ""}, {"percentage": "0"}])
    def test_refuses_what_is_wrong(self, lyngvaer, client_of, job, changes):
        response = client_of(lyngvaer.hr).post(address(lyngvaer, job, "job_edit"), {**self.form(job), **changes})

        assert response.status_code == 422
        assert stored(lyngvaer).title == job.title
