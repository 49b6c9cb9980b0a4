"""The front page tells each member what needs her, and readers nothing of drafts (table M)."""

import datetime

import pytest

from channels.actions import access
from channels.connectors import AccessDead
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting
from tests.channels.deliveries import Press, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(lyngvaer, linkedin_sandbox) -> Press:
    """Lyngvær's connected LinkedIn page."""
    return connect(lyngvaer, linkedin_sandbox)


def page_of(client_of, town, role: str) -> str:
    return client_of(getattr(town, role)).get(f"/{town.number}/").content.decode()


class TestOverview:
    def test_with_nothing_to_do_it_says_so_and_gives_one_next_step(self, client_of, lyngvaer):
        assert "Ingenting venter på deg" in page_of(client_of, lyngvaer, "hr")

    def test_hr_is_told_of_a_vacancy_that_is_not_announced_and_the_adviser_is_not(self, client_of, lyngvaer, make_job):
        with tenant(lyngvaer.pk):
            make_job(announced_date=None)

        assert "Ikke utlyst" in page_of(client_of, lyngvaer, "hr")
        assert "Ikke utlyst" not in page_of(client_of, lyngvaer, "adviser")

    def test_hr_is_asked_for_the_outcome_of_a_vacancy_whose_deadline_has_passed(self, client_of, lyngvaer, make_job):
        with tenant(lyngvaer.pk):
            job = make_job(deadline_date=clock.today() - datetime.timedelta(days=10))

        assert f"/stillinger/{job.pk}/utfall/" in page_of(client_of, lyngvaer, "hr")

    def test_the_neighbours_work_is_not_there(self, client_of, lyngvaer, storvika, make_job):
        with tenant(storvika.pk):
            make_job(title="Rektor ved Storvika skule", announced_date=None)

        assert "Rektor" not in page_of(client_of, lyngvaer, "hr")
        assert client_of(lyngvaer.hr).get(f"/{storvika.number}/").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_vacancies(
        self, client_of, lyngvaer, make_job, django_assert_max_num_queries
    ):
        with tenant(lyngvaer.pk):
            for _ in range(12):
                make_job(announced_date=None)
        client = client_of(lyngvaer.hr)
        client.get(f"/{lyngvaer.number}/")

        with django_assert_max_num_queries(40):
            client.get(f"/{lyngvaer.number}/")

        with tenant(lyngvaer.pk):
            assert JobPosting.objects.count() == 12


class TestDeliveries:
    def test_p6_a_lost_access_is_told_to_whoever_may_connect_and_a_missing_role_too(self, client_of, press):
        access.refused(press.account, AccessDead("access_denied"), doing="figures", now=press.now)
        missing = [page_of(client_of, press.town, role) for role in ("adviser", "administrator", "reader")]
        access.mark_dead(press.account, reason="token_dead")
        dead = [page_of(client_of, press.town, role) for role in ("adviser", "administrator", "reader")]

        assert ["lar oss ikke gjøre alt" in page for page in missing] == [True, True, False]
        assert ["Lyngvær kommune må kobles til på nytt" in page for page in dead] == [True, True, False]

    def test_what_waits_for_a_person_is_urgent_for_those_who_may_publish_and_for_nobody_else(self, client_of, press):
        late = press.due()
        press.set(late, state="late", reason="too_late")
        address = f"/{press.town.number}/leveringer/{late.pk}/"

        for role, is_told in {"adviser": True, "novice": False, "hr": False, "reader": False}.items():
            text = page_of(client_of, press.town, role)

            assert (address in text.split('id="channels"')[0]) is is_told, role
