"""Vacancies: registered, changed, announced (R5), listed; and the form's answers to bad input."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation import clock
from foundation.tenancy import tenant
from recruitment.actions import jobs as actions
from recruitment.actions.jobs import Announcement, JobDetails
from recruitment.models import JobPosting, Occupation, Workplace
from recruitment.queries import hosts, occupations

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ALLOWED = ["lyngvaer.example"]


def details(**changes):
    return JobDetails(
        **{
            "title": "Sykepleier, Solbakken omsorgssenter",
            "occupation": Occupation.objects.get(code="2223"),
            "workplace": "Solbakken omsorgssenter",
            "deadline_date": TODAY + timedelta(days=14),
            "apply_url": "https://www.lyngvaer.example/jobb/1",
            **changes,
        }
    )


def register(town, *, now=NOON, announcement=None, **changes):
    with tenant(town.pk):
        return actions.register_job(
            details=details(**changes), announcement=announcement or Announcement(), user=town.hr, now=now
        )


def typed(**changes):
    """What a person types in the form; the deadline lies two weeks ahead of the real day."""
    return {
        "title": "Sykepleier, Solbakken omsorgssenter",
        "occupation": "Sykepleier (2223)",
        "workplace": "Solbakken omsorgssenter",
        "kind": "permanent",
        "percentage": "100",
        "positions": "2",
        "deadline_date": f"{clock.today() + timedelta(days=14):%d.%m.%Y}",
        "apply_url": "https://www.lyngvaer.example/jobb/1",
        "language": "nb",
        "requirements": "Autorisasjon som sykepleier.",
        "form_key": "a" * 32,
        **changes,
    }


def jobs_of(town):
    with tenant(town.pk):
        return list(JobPosting.objects.select_related("workplace", "occupation").order_by("id"))


class TestRegister:
    def test_numbers_vacancies_by_year_and_municipality_from_one(self, lyngvaer, storvika):
        in_lyngvaer = [register(lyngvaer).reference for _ in range(2)]
        next_year = register(lyngvaer, now=NOON + timedelta(days=60), deadline_date=date(2027, 3, 1)).reference

        assert in_lyngvaer == ["ST-2026-0001", "ST-2026-0002"]
        assert next_year == "ST-2027-0001"
        assert register(storvika).reference == "ST-2026-0001"

    def test_goes_on_past_nine_thousand_nine_hundred_and_ninety_nine(self, lyngvaer):
        with tenant(lyngvaer.pk):
            JobPosting.objects.filter(pk=register(lyngvaer).pk).update(reference="ST-2026-9999")

        assert [register(lyngvaer).reference for _ in range(2)] == ["ST-2026-10000", "ST-2026-10001"]

    def test_uses_the_workplace_of_the_same_name_and_makes_a_new_one_for_a_new_name(self, lyngvaer):
        old = register(lyngvaer, workplace="solbakken OMSORGSSENTER")
        new = register(lyngvaer, workplace="Fjordgløtt barnehage")

        with tenant(lyngvaer.pk):
            assert old.workplace.name == "Solbakken omsorgssenter"
            assert new.workplace.name == "Fjordgløtt barnehage"
            assert Workplace.objects.count() == 2

    def test_refuses_a_deadline_that_has_passed_in_norway(self, lyngvaer):
        just_past_midnight = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

        with pytest.raises(actions.DeadlinePassed):
            register(lyngvaer, now=just_past_midnight, deadline_date=TODAY)

        assert jobs_of(lyngvaer) == []


@pytest.mark.django_db(transaction=True)
class TestRegisterAtTheSameTime:
    def test_gives_every_vacancy_its_own_number_without_a_gap(self, lyngvaer):
        def one(_):
            try:
                return register(lyngvaer).reference
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            references = sorted(pool.map(one, range(12)))

        assert references == [f"ST-2026-{number:04d}" for number in range(1, 13)]


class TestEdit:
    def test_tells_which_binding_fields_must_be_announced_again(self, lyngvaer):
        """R6: title, requirements, scope and deadline bind; the link to the form does not."""
        job = register(lyngvaer, announcement=Announcement(TODAY, "NAV", TODAY))
        changes = details(deadline_date=TODAY + timedelta(days=20), apply_url="https://lyngvaer.example/ny")

        with tenant(lyngvaer.pk):
            changed, to_announce = actions.edit_job(job=job, details=changes, seen=actions.fingerprint(job))

        assert to_announce == ["deadline_date"]
        assert changed.apply_url == "https://lyngvaer.example/ny"

    def test_does_not_write_over_what_somebody_else_changed_meanwhile(self, lyngvaer):
        job = register(lyngvaer)
        seen = actions.fingerprint(job)
        with tenant(lyngvaer.pk):
            actions.edit_job(job=job, details=details(title="Sykepleier, natt"), seen=seen)

        with tenant(lyngvaer.pk), pytest.raises(actions.ChangedMeanwhile):
            actions.edit_job(job=job, details=details(title="Sykepleier, dag"), seen=seen)

        assert jobs_of(lyngvaer)[0].title == "Sykepleier, natt"


class TestAnnounce:
    def test_lets_a_vacancy_be_marketed_when_both_parts_are_recorded(self, lyngvaer):
        """R5."""
        job = register(lyngvaer)

        with tenant(lyngvaer.pk):
            half = actions.announce(job=job, announcement=Announcement(TODAY, "NAV", None)).may_be_marketed
            whole = actions.announce(job=job, announcement=Announcement(TODAY, "NAV", TODAY)).may_be_marketed

        assert (half, whole) == (False, True)

    def test_exempts_a_position_with_a_reason_and_a_person_and_takes_it_back(self, lyngvaer):
        """R5."""
        job = register(lyngvaer)

        with tenant(lyngvaer.pk):
            actions.exempt(job=job, reason="Vikariat under to måneder.", user=lyngvaer.hr)
            by, may_be_marketed = job.exempted_by_id, JobPosting.objects.get().may_be_marketed
            actions.withdraw_exemption(job=job)

            assert (by, may_be_marketed) == (lyngvaer.hr.pk, True)
            assert not JobPosting.objects.get().may_be_marketed

    def test_refuses_an_exemption_without_a_reason(self, lyngvaer):
        job = register(lyngvaer)

        with tenant(lyngvaer.pk), pytest.raises(actions.ReasonMissing):
            actions.exempt(job=job, reason="  ", user=lyngvaer.hr)


class TestOccupation:
    @pytest.mark.parametrize("text", ["2223", "Sykepleier (2223)", "sykepleier", "Sjukepleiar", "kode 2223 takk"])
    def test_is_found_by_code_and_by_title_in_both_written_languages(self, lyngvaer, text):
        assert [each.code for each in occupations.matching_occupations(text)] == ["2223"]

    @pytest.mark.parametrize("text", ["222", "99999", "0001", "romskipskaptein", "%", "2223'; --"])
    def test_is_not_guessed(self, lyngvaer, text):
        expected = ["2223"] if text.startswith("2223") else []

        assert [each.code for each in occupations.matching_occupations(text)] == expected


class TestAllowedTarget:
    @pytest.mark.parametrize(
        "url",
        [
            "https://lyngvaer.example",
            "https://www.lyngvaer.example/a?b=c#d",
            "http://lyngvaer.example/",
            "https://LYNGVAER.example/x",
        ],
    )
    def test_is_the_host_or_below_it(self, url):
        assert hosts.is_allowed_target(url, hosts=ALLOWED)

    @pytest.mark.parametrize(
        "url",
        [
            "//lyngvaer.example/x",
            "\\\\lyngvaer.example",
            "https:\\\\lyngvaer.example",
            "https://evil.example\\@lyngvaer.example",
            "javascript:alert(1)//lyngvaer.example",
            "data:text/html,lyngvaer.example",
            "ftp://lyngvaer.example/x",
            "https://user@lyngvaer.example/",
            "https://lyngvaer.example@evil.example/",
            "https://lyngvaer.example\r\nSet-Cookie: a=b",
            "https://lyngvaer.example/\tx",
            " https://lyngvaer.example",
            "https://evillyngvaer.example",
            "https://lyngvaer.example.evil.example",
            "https://lyngvaer.example:8443/",
            "https://lyngvaer.example:port/",
            "https://[::1",
            "https:///lyngvaer.example",
            "https://",
            "",
            "https://" + "a" * 70 + ".lyngvaer.example",
        ],
    )
    def test_is_nothing_that_browsers_read_in_more_than_one_way(self, url):
        """P21, B36."""
        assert not hosts.is_allowed_target(url, hosts=ALLOWED)

    def test_may_have_a_port_when_the_list_names_it(self):
        assert hosts.is_allowed_target("http://soknad.example:8000/x", hosts=["soknad.example:8000"])

    def test_is_nothing_when_the_list_is_empty_or_holds_an_empty_line(self):
        assert not hosts.is_allowed_target("https://lyngvaer.example", hosts=[])
        assert not hosts.is_allowed_target("https://lyngvaer.example", hosts=[""])

    def test_may_be_written_with_norwegian_letters(self):
        assert hosts.is_allowed_target("https://søknad.lyngvær.example/", hosts=["lyngvær.example"])


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
