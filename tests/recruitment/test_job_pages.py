"""The list of vacancies and the form that registers one: its answers to bad input, and who may come through."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting
from tests.recruitment.test_jobs import jobs_of, register, typed


class TestNewVacancyPage:
    def address(self, town):
        return reverse("job_new", kwargs={"number": town.number})

    def post(self, town, client_of, **changes):
        return client_of(town.hr).post(self.address(town), typed(**changes))

    def test_registers_the_vacancy_and_leads_to_it(self, lyngvaer, client_of):
        response = self.post(lyngvaer, client_of)

        (job,) = jobs_of(lyngvaer)
        assert response.status_code == 302
        assert response["Location"] == reverse("job", kwargs={"number": "9901", "job_id": job.pk})
        assert (job.positions, job.occupation.code, job.created_by_id) == (2, "2223", lyngvaer.hr.pk)

    def test_takes_the_announcement_along(self, lyngvaer, client_of):
        """R5."""
        today = f"{clock.today():%d.%m.%Y}"
        ticked = {"is_announced": "on", "announced_date": today, "announced_where": "NAV", "is_noticed": "on"}

        self.post(lyngvaer, client_of, **ticked)

        (job,) = jobs_of(lyngvaer)
        assert job.may_be_marketed
        assert (job.announced_date, job.internal_notice_date) == (clock.today(), clock.today())

    def test_registers_once_when_the_form_is_sent_twice(self, lyngvaer, client_of):
        first, second = self.post(lyngvaer, client_of), self.post(lyngvaer, client_of)

        assert len(jobs_of(lyngvaer)) == 1
        assert first["Location"] == second["Location"]

    def test_refuses_the_same_form_with_other_content(self, lyngvaer, client_of):
        self.post(lyngvaer, client_of)
        response = self.post(lyngvaer, client_of, title="Noe helt annet")

        assert response.status_code == 422
        assert len(jobs_of(lyngvaer)) == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("title", "x" * 151),
            ("title", "a\0b"),
            ("title", "\u200b\u200b"),
            ("title", "ab\u202ecd"),
            ("occupation", ""),
            ("occupation", "romskipskaptein"),
            ("occupation", "9" * 300),
            ("workplace", ""),
            ("workplace", "..."),
            ("kind", "volunteer"),
            ("percentage", "0"),
            ("percentage", "101"),
            ("percentage", "1e3"),
            ("percentage", "9" * 5000),
            ("positions", "0"),
            ("positions", "-1"),
            ("positions", "99999999999999999999"),
            ("deadline_date", ""),
            ("deadline_date", "31.02.2027"),
            ("deadline_date", "i morgen"),
            ("deadline_date", "01.01.9999"),
            ("deadline_date", "01.01.2020"),
            ("apply_url", ""),
            ("apply_url", "ikke en adresse"),
            ("apply_url", "javascript:alert(1)"),
            ("apply_url", "https://user@lyngvaer.example/"),
            ("apply_url", "https://evil.example/"),
            ("apply_url", "https://lyngvaer.example/" + "x" * 600),
            ("language", "en"),
            ("requirements", "x" * 4001),
            ("form_key", ""),
        ],
    )
    def test_says_at_the_field_what_is_wrong_and_stores_nothing(self, lyngvaer, client_of, field, value):
        response = self.post(lyngvaer, client_of, **{field: value})

        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert jobs_of(lyngvaer) == []

    def test_refuses_a_deadline_before_today(self, lyngvaer, client_of):
        yesterday = f"{clock.today() - timedelta(days=1):%d.%m.%Y}"

        response = self.post(lyngvaer, client_of, deadline_date=yesterday)

        assert response.status_code == 422
        assert "Fristen har gått ut. Velg i dag eller en senere dag." in response.content.decode()

    def test_takes_a_deadline_today_and_the_form_of_a_browsers_own_date_field(self, lyngvaer, client_of):
        assert self.post(lyngvaer, client_of, deadline_date=clock.today().isoformat()).status_code == 302

    def test_tells_who_can_let_links_lead_to_a_new_host(self, lyngvaer, client_of):
        """P21."""
        text = self.post(lyngvaer, client_of, apply_url="https://www.webcruiter.example/1").content.decode()

        assert "Be en administrator i kommunen" in text
        assert "lyngvaer.example" in text

    @pytest.mark.parametrize(
        ("ticked", "field"),
        [
            ({"is_announced": "on", "announced_where": ""}, "announced_where"),
            (
                {"is_announced": "on", "announced_where": "NAV", "announced_date": "01.01.2999"},
                "announced_date",
            ),
            ({"is_noticed": "on", "internal_notice_date": "31.02.2026"}, "internal_notice_date"),
        ],
    )
    def test_refuses_half_an_announcement(self, lyngvaer, client_of, ticked, field):
        response = self.post(lyngvaer, client_of, **ticked)

        assert response.status_code == 422
        assert field in response.context["announced"].errors
        assert jobs_of(lyngvaer) == []

    def test_does_not_care_about_the_date_of_what_is_not_ticked(self, lyngvaer, client_of):
        assert self.post(lyngvaer, client_of, announced_date="tull").status_code == 302

    def test_escapes_markup(self, lyngvaer, client_of):
        response = self.post(lyngvaer, client_of, title="<script>alert(1)</script>")

        page = client_of(lyngvaer.hr).get(response["Location"]).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page

    @pytest.mark.parametrize("role", ["reader", "adviser", "novice", "administrator"])
    def test_is_closed_to_all_but_hr(self, lyngvaer, client_of, role):
        """Table M: vacancies are written by HR."""
        client = client_of(getattr(lyngvaer, role))

        assert client.get(self.address(lyngvaer)).status_code == 404
        assert client.post(self.address(lyngvaer), typed()).status_code == 404
        assert jobs_of(lyngvaer) == []

    def test_is_not_there_for_another_municipality(self, lyngvaer, storvika, client_of):
        """P13."""
        assert client_of(storvika.hr).post(self.address(lyngvaer), typed()).status_code == 404


class TestVacancyList:
    def address(self, town):
        return reverse("jobs", kwargs={"number": town.number})

    def test_is_empty_with_one_next_step(self, lyngvaer, client_of):
        page = client_of(lyngvaer.hr).get(self.address(lyngvaer)).content.decode()

        assert "Ingen stillinger ennå" in page
        assert "Registrer den første stillingen" in page

    def test_tells_its_news_in_the_heading_and_lists_open_vacancies_first(self, lyngvaer, client_of):
        today = clock.today()
        for title, days in [("Lærer", 90), ("Kokk", 0)]:
            register(lyngvaer, now=clock.now(), title=title, deadline_date=today + timedelta(days=days))
        old = register(lyngvaer, now=clock.now() - timedelta(days=90), title="Renholder", deadline_date=today)
        with tenant(lyngvaer.pk):
            JobPosting.objects.filter(pk=old.pk).update(deadline_date=today - timedelta(days=60))

        response = client_of(lyngvaer.reader).get(self.address(lyngvaer))

        page = response.content.decode()
        assert "To åpne stillinger, én frist denne uka" in page
        assert page.index("Kokk") < page.index("Lærer") < page.index("Renholder")
        assert "Siste dag i dag" in page
        assert "Registrer en stilling" not in page

    def test_asks_the_database_as_often_however_many_vacancies(self, lyngvaer, client_of, django_assert_num_queries):
        client = client_of(lyngvaer.reader)
        register(lyngvaer, now=clock.now(), deadline_date=clock.today())
        client.get(self.address(lyngvaer))  # A session's first request also writes where its person is logged in.
        with CaptureQueriesContext(connection) as few:
            client.get(self.address(lyngvaer))
        for _ in range(5):
            register(lyngvaer, now=clock.now(), deadline_date=clock.today())

        with django_assert_num_queries(len(few.captured_queries)):
            client.get(self.address(lyngvaer))

    @pytest.mark.parametrize("page_number", ["0", "-1", "999999999999999999999", "x", "１"])
    def test_bears_any_page_number(self, lyngvaer, client_of, page_number):
        assert client_of(lyngvaer.hr).get(self.address(lyngvaer), {"side": page_number}).status_code == 200

    def test_shows_nothing_of_another_municipality(self, lyngvaer, storvika, client_of):
        """P13."""
        register(lyngvaer, now=clock.now(), deadline_date=clock.today())

        assert client_of(storvika.hr).get(self.address(lyngvaer)).status_code == 404
        assert "Sykepleier" not in client_of(storvika.hr).get(self.address(storvika)).content.decode()
