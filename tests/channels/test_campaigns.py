"""Campaigns: started for vacancies that may be marketed (R5), listed, shown; and the form's answers to bad input."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from channels.actions import campaigns as actions
from channels.models import Campaign, CampaignJob, Delivery
from channels.queries import campaigns as queries
from foundation import clock
from foundation.tenancy import tenant
from recruitment.actions.jobs import Announcement
from tests.channels.deliveries import connect
from tests.recruitment.test_jobs import register


def announced():
    return Announcement(announced_date=clock.today(), announced_where="NAV", internal_notice_date=clock.today())


def job_of(town, **changes):
    deadline = clock.today() + timedelta(days=14)
    return register(town, **{"now": clock.now(), "deadline_date": deadline, "announcement": announced(), **changes})


def typed(*jobs, **changes):
    first, last = clock.today(), clock.today() + timedelta(days=30)
    return {
        "name": "Sykepleiere, høst",
        "jobs": [str(job.pk) for job in jobs],
        "start_date": f"{first:%d.%m.%Y}",
        "end_date": f"{last:%d.%m.%Y}",
        "budget_ore": "4 500",
        "form_key": "k" * 32,
        **changes,
    }


def new_url(number="9901"):
    return reverse("campaign_new", kwargs={"number": number})


def stored(town):
    with tenant(town.pk):
        return list(Campaign.objects.all())


class TestStarting:
    def test_stores_a_campaign_for_several_vacancies(self, lyngvaer, client_of):
        jobs = [job_of(lyngvaer), job_of(lyngvaer, title="Vernepleier, Solbakken")]

        response = client_of(lyngvaer.adviser).post(new_url(), typed(*jobs))

        (campaign,) = stored(lyngvaer)
        assert response.status_code == 302
        assert response.url == f"/9901/kampanjer/{campaign.pk}/"
        assert campaign.budget_ore == 450_000
        with tenant(lyngvaer.pk):
            assert set(campaign.jobs.all()) == set(jobs)

    def test_stores_a_campaign_without_a_vacancy_and_without_a_budget(self, lyngvaer, client_of):
        client_of(lyngvaer.adviser).post(new_url(), typed(budget_ore=""))

        (campaign,) = stored(lyngvaer)
        assert campaign.budget_ore is None

    def test_a_double_click_starts_it_once(self, lyngvaer, client_of):
        client = client_of(lyngvaer.adviser)

        first, second = (client.post(new_url(), typed()) for _ in range(2))

        assert first.url == second.url
        assert len(stored(lyngvaer)) == 1

    def test_the_same_key_in_another_users_hands_is_another_form(self, lyngvaer, client_of):
        first, second = (client_of(user).post(new_url(), typed()) for user in (lyngvaer.adviser, lyngvaer.novice))

        assert (first.status_code, second.status_code) == (302, 302)
        assert first.url != second.url
        assert len(stored(lyngvaer)) == 2

    def test_the_same_form_with_other_content_is_told(self, lyngvaer, client_of):
        client = client_of(lyngvaer.adviser)
        client.post(new_url(), typed())

        response = client.post(new_url(), typed(name="Noe annet"))

        assert response.status_code == 422
        assert len(stored(lyngvaer)) == 1

    @pytest.mark.parametrize(
        "announcement",
        [
            Announcement(),
            Announcement(announced_date=date(2026, 11, 1), announced_where="NAV"),
            Announcement(internal_notice_date=date(2026, 11, 1)),
        ],
        ids=["nothing", "no internal notice", "no open announcement"],
    )
    def test_r5_refuses_a_vacancy_that_is_not_announced_and_explains(self, lyngvaer, client_of, announcement):
        job = job_of(lyngvaer, announcement=announcement)

        response = client_of(lyngvaer.adviser).post(new_url(), typed(job))

        assert response.status_code == 422
        assert "kunngjøres offentlig og internt" in response.content.decode()
        assert stored(lyngvaer) == []

    def test_r5_takes_a_vacancy_that_a_named_person_exempted(self, lyngvaer, client_of):
        job = job_of(lyngvaer, announcement=Announcement())
        with tenant(lyngvaer.pk):
            from recruitment.actions import jobs

            jobs.exempt(job=job, reason="Overtallig arbeidstaker har fortrinnsrett.", user=lyngvaer.hr)

        client_of(lyngvaer.adviser).post(new_url(), typed(job))

        assert len(stored(lyngvaer)) == 1

    def test_r5_holds_in_the_action_too(self, lyngvaer):
        job = job_of(lyngvaer, announcement=Announcement())
        plan = actions.Plan("Kampanje", clock.today(), clock.today())

        with tenant(lyngvaer.pk), pytest.raises(actions.NotAnnounced):
            actions.start_campaign(plan=plan, jobs=[job], user=lyngvaer.adviser, now=clock.now())
        assert stored(lyngvaer) == []

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"name": ""}, "Navn: "),
            ({"name": "   "}, "Navn: "),
            ({"name": "a" * 151}, "150"),
            ({"name": "Navn\u202e"}, "tegn"),
            ({"start_date": "31.02.2027"}, "dato"),
            ({"start_date": "i morgen"}, "dato"),
            ({"end_date": f"{date.today() - timedelta(days=1):%d.%m.%Y}"}, "før første dag"),
            ({"end_date": "01.01.9999"}, "to år"),
            ({"start_date": "01.01.2020", "end_date": "01.02.2020"}, "passert"),
            ({"budget_ore": "-5"}, "negativ"),
            ({"budget_ore": "NaN"}, "beløp"),
            ({"budget_ore": "1e309"}, "beløp"),
            ({"jobs": ["0"]}, "listen"),
            ({"jobs": ["9223372036854775808"]}, "listen"),
            ({"jobs": ["1e3"]}, "listen"),
        ],
    )
    def test_says_what_is_wrong_and_stores_nothing(self, lyngvaer, client_of, changes, message):
        job_of(lyngvaer)

        response = client_of(lyngvaer.adviser).post(new_url(), typed(**changes))

        assert response.status_code == 422
        assert message in response.content.decode()
        assert stored(lyngvaer) == []

    def test_refuses_another_municipalitys_vacancy(self, lyngvaer, storvika, client_of):
        theirs = job_of(storvika)

        response = client_of(lyngvaer.adviser).post(new_url(), typed(theirs))

        assert response.status_code == 422
        assert stored(lyngvaer) == []
        with tenant(storvika.pk):
            assert not CampaignJob.objects.exists()

    def test_offers_the_vacancy_it_was_opened_from(self, lyngvaer, client_of):
        job = job_of(lyngvaer)

        response = client_of(lyngvaer.adviser).get(f"{new_url()}?stilling={job.pk}")

        assert f'value="{job.pk}"' in response.content.decode()
        assert "checked" in response.content.decode()

    @pytest.mark.parametrize("role", ["reader", "hr", "administrator"])
    def test_is_for_advisers(self, lyngvaer, client_of, role):
        client = client_of(getattr(lyngvaer, role))

        assert client.get(new_url()).status_code == 404
        assert client.post(new_url(), typed()).status_code == 404
        assert stored(lyngvaer) == []

    def test_is_not_there_for_another_municipality(self, lyngvaer, storvika, client_of):
        assert client_of(storvika.adviser).post(new_url(), typed()).status_code == 404
        assert stored(lyngvaer) == []


@pytest.fixture
def campaign(lyngvaer):
    job = job_of(lyngvaer)
    plan = actions.Plan("Sykepleiere", clock.today(), clock.today() + timedelta(days=30))
    with tenant(lyngvaer.pk):
        return actions.start_campaign(plan=plan, jobs=[job], user=lyngvaer.adviser, now=clock.now())


class TestShowing:
    def page(self, campaign, number="9901"):
        return reverse("campaign", kwargs={"number": number, "campaign_id": campaign.pk})

    def test_says_the_news_in_the_heading(self, lyngvaer, campaign, client_of):
        client = client_of(lyngvaer.reader)

        listed = client.get(reverse("campaigns", kwargs={"number": "9901"})).content.decode()
        shown = client.get(self.page(campaign)).content.decode()

        assert "<h1>Én kampanje pågår</h1>" in listed
        assert "<h1>Sykepleiere</h1>" in shown
        assert "ikke bestemt" in shown

    def test_an_empty_list_has_one_next_step(self, lyngvaer, client_of):
        page = client_of(lyngvaer.adviser).get(reverse("campaigns", kwargs={"number": "9901"})).content.decode()

        assert "Ingen kampanjer ennå" in page
        assert page.count("/9901/kampanjer/ny/") == 1

    def test_is_not_there_for_another_municipality(self, storvika, campaign, client_of):
        client = client_of(storvika.adviser)

        assert client.get(self.page(campaign)).status_code == 404
        assert client.get(self.page(campaign, "9902")).status_code == 404
        assert "Sykepleiere" not in client.get(reverse("campaigns", kwargs={"number": "9902"})).content.decode()

    def test_a_reader_sees_no_drafts(self, lyngvaer, client_of, linkedin_sandbox):
        """Table M."""
        press = connect(lyngvaer, linkedin_sandbox)
        hidden, public = press.draft(text="Dette er et utkast"), press.draft(text="Dette er ute")
        press.set(public, state="published", published_at=clock.now(), external_id="urn:li:share:1")
        with tenant(lyngvaer.pk):
            campaign = Delivery.objects.select_related("post__campaign").get(pk=hidden.pk).post.campaign

        seen = {
            role: client_of(getattr(lyngvaer, role)).get(self.page(campaign)).content.decode()
            for role in ("reader", "hr", "adviser", "administrator")
        }

        assert "Dette er ute" in seen["reader"]
        assert "Dette er et utkast" not in seen["reader"]
        assert all("Dette er et utkast" in seen[role] for role in ("hr", "adviser", "administrator"))

    def test_the_list_costs_four_queries_however_many_campaigns(
        self, lyngvaer, campaign, linkedin_sandbox, django_assert_num_queries
    ):
        connect(lyngvaer, linkedin_sandbox).draft()
        with tenant(lyngvaer.pk):
            for number in range(3):
                plan = actions.Plan(f"Kampanje {number}", clock.today(), clock.today())
                actions.start_campaign(plan=plan, jobs=[], user=lyngvaer.adviser, now=clock.now())

            with django_assert_num_queries(4):
                listed = queries.campaign_list(today=clock.today())

        assert len(listed.running) == 4
