"""Paid campaigns: the channel's own figures, kept apart, in øre, and never made up (P7, P8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from analytics.actions import paid as actions
from analytics.models import ChannelDay, Measurement, ObjectKind
from analytics.queries import paid as queries
from channels.actions.access import fingerprint
from channels.models import AdAccount, Campaign, CampaignJob, Connection, PaidCampaign
from foundation.tenancy import tenant
from tests.analytics import vacancies
from tests.channels import deliveries


class TestMoney:
    @pytest.mark.parametrize(
        ("spend", "currency", "ore"),
        [
            (Decimal("151.20"), "NOK", 15120),
            (Decimal("0"), "NOK", 0),
            (Decimal("0.005"), "NOK", 1),
            (Decimal("-3.5"), "NOK", -350),
            (None, "NOK", None),
            (Decimal("151.20"), "USD", None),
        ],
    )
    def test_spend_is_whole_ore_and_other_currencies_are_not_converted(self, spend, currency, ore):
        assert actions._ore(spend, currency=currency) == ore

    def test_rates_are_computed_without_dividing_by_nothing(self):
        row = queries.PaidRow(PaidCampaign(), impressions=0, clicks=0, spend_ore=500)

        assert row.click_rate is None
        assert row.ore_per_click is None
        assert queries.PaidRow(PaidCampaign(), impressions=1000, clicks=4, spend_ore=1000).per_thousand == 4
        assert queries.PaidRow(PaidCampaign(), impressions=1000, clicks=4, spend_ore=1000).ore_per_click == 250


@pytest.fixture
def press(lyngvaer, linkedin_sandbox):
    """A page whose grant covers advertising, as the connect flow asks for on the first day."""
    press = deliveries.connect(lyngvaer, linkedin_sandbox)
    member = linkedin_sandbox.announced["members"][0]["id"]
    token = linkedin_sandbox.mint(member=member, scope="rw_organization_admin r_ads r_ads_reporting")
    with tenant(lyngvaer.pk):
        Connection.objects.update(access_token=token, fingerprint=fingerprint(token))
    return press


def read_all(press, *, name: str = "NOK", now: datetime | None = None) -> AdAccount:
    """Choose the page's ad account in one currency and read it."""
    now = now or press.now
    offered = actions.offered(account=press.account, now=now)
    chosen = next(each for each in offered if each.currency == name)
    with tenant(press.town.pk):
        row = actions.choose(
            account=press.account, offered=offered, external_id=chosen.external_id, by=press.town.adviser, now=now
        )
    return actions.read(municipality_id=press.town.pk, ad_account_id=row.pk, now=now)


def stored(press) -> list[Measurement]:
    with tenant(press.town.pk):
        return list(Measurement.objects.filter(kind=ObjectKind.PAID_CAMPAIGN).order_by("day", "object_id"))


class TestReading:
    def test_p7_p8_campaign_figures_are_stored_once_as_paid_in_ore_and_rolled_up(self, press):
        row = read_all(press)
        first = [(each.day, each.object_id, each.impressions, each.clicks, each.spend_ore) for each in stored(press)]

        again = actions.read(municipality_id=press.town.pk, ad_account_id=row.pk, now=press.now + timedelta(minutes=5))

        figures = stored(press)
        assert row.problem == again.problem == ""
        assert first == [(each.day, each.object_id, each.impressions, each.clicks, each.spend_ore) for each in figures]
        assert all(each.is_paid and not each.is_implied_zero for each in figures)
        assert sum(each.spend_ore for each in figures) > 100_00
        with tenant(press.town.pk):
            rolled = list(ChannelDay.objects.filter(is_paid=True))
            assert sum(each.spend_ore for each in rolled) == sum(each.spend_ore for each in figures)
            assert {each.name for each in PaidCampaign.objects.all()} >= {"Jobb hos oss", "Barnevernspedagog"}

    def test_a_test_account_is_never_offered_and_dollars_are_not_taken_for_kroner(self, press):
        offered = actions.offered(account=press.account, now=press.now)
        read_all(press, name="USD")

        assert {each.currency for each in offered} == {"NOK", "USD"}
        assert not any("test" in each.name for each in offered)
        assert {each.spend_ore for each in stored(press)} == {None}
        assert any(each.impressions for each in stored(press))

    def test_p6_a_missing_role_for_ads_takes_ads_alone_and_keeps_what_was_read(self, press):
        row = read_all(press)
        n_before = len(stored(press))
        press.sandbox.fault("GET /rest/adAccounts/*/adCampaigns", kind="role_lost", count=5)

        ended = actions.read(municipality_id=press.town.pk, ad_account_id=row.pk, now=press.now + timedelta(minutes=5))

        assert ended.problem == "access_denied"
        assert ended.read_at == row.read_at
        assert len(stored(press)) == n_before
        with tenant(press.town.pk):
            connection = Connection.objects.get(account=press.account)
        assert connection.state == Connection.State.OK
        assert connection.lacks == {"ads"}

    def test_two_at_once_ask_once(self, press):
        row = read_all(press)

        with pytest.raises(actions.TooSoon):
            actions.read(municipality_id=press.town.pk, ad_account_id=row.pk, now=press.now + timedelta(seconds=30))

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "garbage"},
            {"kind": "other_shape"},
            {"kind": "plain_500"},
            {"kind": "answer_lost"},
            {"kind": "fields", "set": {"elements": [{"pivotValues": None, "dateRange": 7, "impressions": "12"}, None]}},
        ],
        ids=lambda fault: fault["kind"],
    )
    def test_odd_answers_store_nothing_and_leave_a_clean_state(self, press, fault):
        press.sandbox.fault("GET /rest/adAnalytics", count=50, **fault)

        row = read_all(press)

        assert stored(press) == []
        assert row.problem or fault["kind"] == "fields"


class TestPages:
    def test_the_page_shows_the_figures_and_ties_a_paid_campaign_to_ours(self, press, client_of):
        row = read_all(press)
        with tenant(press.town.pk):
            job = vacancies.make_job(press.town)
            campaign = Campaign.objects.create(
                name="Sykepleiere", start_date="2026-01-01", end_date="2036-12-31", created_by=press.town.adviser
            )
            CampaignJob.objects.create(campaign=campaign, job=job)
            paid = PaidCampaign.objects.filter(ad_account=row).order_by("name").first()
        adviser = client_of(press.town.adviser)

        tied = adviser.post(f"/9901/annonser/{paid.pk}/kampanje/", {"campaign": campaign.pk})
        foreign = adviser.post(f"/9901/annonser/{paid.pk}/kampanje/", {"campaign": 987654})
        page = adviser.get("/9901/annonser/").content.decode()
        of_campaign = adviser.get(f"/9901/annonser/?kampanje={campaign.pk}")

        assert tied.status_code == 302
        assert foreign.status_code == 422
        assert "Velg en av kommunens kampanjer." in foreign.content.decode()
        assert "annonsekampanjer, kr" in page
        assert paid.name in of_campaign.content.decode()
        assert adviser.get("/9901/annonser/?kampanje=8000001").status_code == 404
        with tenant(press.town.pk):
            paid.refresh_from_db()
            assert (paid.campaign_id, paid.job_id) == (campaign.pk, job.pk)

    def test_an_empty_page_has_one_next_step(self, lyngvaer, client_of):
        page = client_of(lyngvaer.adviser).get("/9901/annonser/").content.decode()

        assert "Ingen annonsekampanjer ennå" in page
