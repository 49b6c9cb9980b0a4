"""Vacancies: registered, numbered, changed and announced (R5); occupations found; targets allowed (P21)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

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

    @pytest.mark.parametrize("slip", [".lyngvaer.example", "lyngvaer..example", "ø" * 80])
    def test_a_slip_in_the_list_allows_nothing_and_stops_no_other_host(self, slip):
        assert not hosts.is_allowed_target("https://lyngvaer.example", hosts=[slip])
        assert hosts.is_allowed_target("https://lyngvaer.example", hosts=[slip, "lyngvaer.example"])

    def test_may_be_written_with_norwegian_letters(self):
        assert hosts.is_allowed_target("https://søknad.lyngvær.example/", hosts=["lyngvær.example"])
