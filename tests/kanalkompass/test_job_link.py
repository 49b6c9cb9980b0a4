"""Asking whether a vacancy's application form answers: where a person is told, and what is never asked (P20, B46)."""

import pytest
from django.urls import reverse

from channels import link_answers, outbound
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass import vacancies
from recruitment.actions.jobs import Announcement
from recruitment.models import JobPosting
from tests.channels.web import page, web
from tests.recruitment.test_jobs import details

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(lyngvaer):
    with tenant(lyngvaer.pk):
        return vacancies.register(details=details(), announcement=Announcement(), user=lyngvaer.hr, now=clock.now())


def address(town, job, name="job_link"):
    return reverse(name, kwargs={"number": town.number, "job_id": job.pk})


def told(client, town, job, apply_url) -> str:
    """Let the vacancy have an address, ask it, and return the page that follows."""
    with tenant(town.pk):
        JobPosting.objects.filter(pk=job.pk).update(apply_url=apply_url)
    answer = client.post(address(town, job), follow=True)
    assert answer.redirect_chain == [(address(town, job, "job"), 302)]
    return answer.content.decode()


class TestTheQuestion:
    @pytest.mark.parametrize("role", ["hr", "adviser"])
    def test_stands_on_the_vacancys_page_for_those_who_use_the_link(self, lyngvaer, client_of, job, role):
        page = client_of(getattr(lyngvaer, role)).get(address(lyngvaer, job, "job")).content.decode()

        assert "Svarer adressen?" in page

    @pytest.mark.parametrize("role", ["reader", "administrator"])
    def test_p13_is_not_there_for_others(self, lyngvaer, client_of, job, role):
        client = client_of(getattr(lyngvaer, role))

        assert "Svarer adressen?" not in client.get(address(lyngvaer, job, "job")).content.decode()
        assert client.post(address(lyngvaer, job)).status_code == 404

    def test_p13_about_another_municipalitys_vacancy_finds_nothing(self, lyngvaer, storvika, client_of, job):
        client = client_of(storvika.hr)

        assert client.post(address(lyngvaer, job)).status_code == 404
        assert client.post(address(storvika, job)).status_code == 404

    def test_changes_nothing_when_it_is_only_looked_at(self, lyngvaer, client_of, job):
        assert client_of(lyngvaer.hr).get(address(lyngvaer, job)).status_code == 405

    def test_p25_may_be_asked_sixty_times_an_hour(self, lyngvaer, client_of, job):
        client = client_of(lyngvaer.hr)
        with tenant(lyngvaer.pk):
            JobPosting.objects.update(apply_url="http://127.0.0.1/")

        answers = [client.post(address(lyngvaer, job)).status_code for _ in range(61)]

        assert answers[:60] == [302] * 60
        assert answers[60] == 429


class TestTheAnswer:
    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1:6379/",
            "http://2130706433/",
            "http://[::1]/",
            "http://169.254.169.254/latest/",
            "https://localhost/",
        ],
    )
    def test_b46_b17_about_an_address_that_leads_inward_says_that_it_was_not_asked(self, lyngvaer, client_of, job, url):
        page = told(client_of(lyngvaer.hr), lyngvaer, job, url)

        assert "så vi spør den ikke" in page

    def test_names_the_page_that_answers_and_escapes_its_title(self, lyngvaer, client_of, job, monkeypatch):
        """B46: what a foreign page says of itself is text here."""
        title = b"<title>\n S\xc3\xb8k <script>alert(1)</script> her \n</title><title>en til</title>"
        with web(start=page(title), borte=page(status="404 Not Found"), feil=page(status="503 Down")) as site:
            monkeypatch.setattr(link_answers, "REACH", site.reach())
            client = client_of(lyngvaer.hr)
            good = told(client, lyngvaer, job, site.url())
            gone = told(client, lyngvaer, job, site.url("/borte"))
            down = told(client, lyngvaer, job, site.url("/feil"))

        assert "Adressen svarer: «Søk" in good
        assert "&lt;script&gt;alert(1)" in good
        assert "<script>alert(1)" not in good
        assert "en til" not in good
        assert "at siden ikke finnes (404)" in gone
        assert "at noe er galt der (503)" in down

    def test_every_refusal_has_a_sentence_of_its_own(self):
        codes = {
            *["scheme", "userinfo", "port", "malformed", "not_listed", "inward", "too_many_redirects"],
            *["unknown_name", "insecure", "too_slow", "too_large", "unreadable", "no_connection"],
        }
        documented = f"{outbound.Refused.__doc__} {outbound.Unreachable.__doc__}"

        assert all(f'"{code}"' in documented for code in codes)
        assert len({link_answers.sentence_of(code) for code in codes}) == len(codes)

    def test_comes_with_no_transaction_open(self, lyngvaer, client_of, job, monkeypatch):
        from django.db import connection

        depths = []
        outside = len(connection.savepoint_ids)

        def look_up(host, port):
            depths.append(len(connection.savepoint_ids))
            return ["10.0.0.1"]

        monkeypatch.setattr(link_answers, "REACH", outbound.Reach(look_up=look_up))
        monkeypatch.setattr("threading.Thread.start", lambda self: self.run())
        told(client_of(lyngvaer.hr), lyngvaer, job, "https://soknad.example/")

        assert depths == [outside]


class TestTheListOfHosts:
    def save(self, client, town, typed: str):
        client.get(reverse("admin_of_municipality", kwargs={"number": town.number}))
        with tenant(town.pk):
            from recruitment.models import MunicipalitySettings

            decided = MunicipalitySettings.objects.get()
        path = reverse("admin:recruitment_municipalitysettings_change", args=[decided.pk])
        shown = client.get(path)
        assert shown.status_code == 200
        values = {name: value for name, value in shown.context["adminform"].form.initial.items() if value is not None}
        answer = client.post(path, {**values, "link_hosts": typed})
        with tenant(town.pk):
            return answer, MunicipalitySettings.objects.get().link_hosts

    @pytest.mark.parametrize(
        "typed",
        [
            "https://soknad.example/", "soknad.example/jobb", "no", "localhost", "127.0.0.1", "[::1]", "a b.example",
            "kari@soknad.example", "*.example.no", ".example.no", "soknad.example:0", "soknad.example:x", "a..b.no",
            "-a.example", "x" * 64 + ".example", "javascript:alert(1)", "//soknad.example",
            "soknad.example,,annet.example",
        ],
    )  # fmt: skip
    def test_p21_refuses_what_is_no_host_at_the_field(self, lyngvaer, client_of, typed):
        answer, kept = self.save(client_of(lyngvaer.administrator), lyngvaer, typed)

        assert "soknad.example" in kept
        assert len(kept) == 3
        assert answer.status_code in (200, 422)
        assert answer.context["adminform"].form.errors["link_hosts"]

    def test_p21_keeps_hosts_as_addresses_are_compared(self, lyngvaer, client_of):
        _, kept = self.save(
            client_of(lyngvaer.administrator),
            lyngvaer,
            "Soknad.EXAMPLE, søknad.lyngvær.example,soknad.example, x.example:8443",
        )

        assert kept == ["soknad.example", "søknad.lyngvær.example", "x.example:8443"]
