"""Whether an account is ready: the checklist, the risk assessment and the connection's health."""

import datetime

import pytest

from channels.models import Account, RiskAssessment
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.account_pages import A_DAY, assess, make_account, make_connection, obstacle, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(lyngvaer) -> Account:
    """Lyngvær's LinkedIn account: the adviser is responsible, nothing is set up."""
    return make_account(lyngvaer, "linkedin")


class TestTheChecklist:
    def test_a_step_is_one_click_and_can_be_taken_back(self, client_of, lyngvaer, account):
        client = client_of(lyngvaer.adviser)
        address = url("account_step", lyngvaer, account, kind="page")

        client.post(address, {"action": "done"})
        client.post(address, {"action": "done"})
        with tenant(lyngvaer.pk):
            done = account.steps.get(kind="page")
        client.post(address, {"action": "undo"})

        assert (done.done_date, done.owner) == (clock.today(), lyngvaer.adviser)
        with tenant(lyngvaer.pk):
            assert account.steps.get(kind="page").done_date is None

    def test_a_step_has_an_owner(self, client_of, lyngvaer, account):
        client = client_of(lyngvaer.adviser)

        client.post(
            url("account_step", lyngvaer, account, kind="details"), {"action": "owner", "owner": lyngvaer.hr.pk}
        )

        assert "Hr Hansen gjør dette" in text(client.get(url("account", lyngvaer, account)))

    @pytest.mark.parametrize(
        ("kind", "data", "status"),
        [
            ("page", {}, 422),
            ("page", {"action": "explode"}, 422),
            ("page", {"action": "owner", "owner": "999999"}, 422),
            ("risk", {"action": "done"}, 422),
            ("connect", {"action": "done"}, 422),
            ("no-such-step", {"action": "done"}, 404),
        ],
    )
    def test_bad_input_changes_nothing(self, client_of, lyngvaer, account, kind, data, status):
        answer = client_of(lyngvaer.adviser).post(url("account_step", lyngvaer, account, kind=kind), data)

        assert answer.status_code == status
        with tenant(lyngvaer.pk):
            assert not account.steps.exclude(done_date=None, owner=None).exists()

    def test_a_channel_served_by_hand_has_no_steps(self, client_of, lyngvaer):
        made = make_account(lyngvaer, "print")

        answer = client_of(lyngvaer.adviser).post(url("account_step", lyngvaer, made, kind="page"), {"action": "done"})

        assert answer.status_code == 404

    def test_a1_shows_purpose_tone_and_audience(self, client_of, lyngvaer, account):
        page = text(client_of(lyngvaer.reader).get(url("account", lyngvaer, account)))

        assert "Nå fagfolk" in page
        assert "Nærmere faget enn på Facebook" in page
        assert "Jo klarere målgruppe" in page


class TestRiskAssessment:
    def form(self, **more) -> dict:
        today = clock.today()
        return {
            "form_key": "risk-1",
            "status": "approved",
            "assessed_date": f"{today:%d.%m.%Y}",
            "responsible_name": "Kari Moen",
            "document_url": "https://arkiv.lyngvaer.example/123",
            "next_review_date": f"{today + 365 * A_DAY:%d.%m.%Y}",
            **more,
        }

    def test_r14_without_an_approved_one_publishing_is_stopped(self, lyngvaer, account):
        make_connection(lyngvaer, account)

        before = obstacle(lyngvaer, account)
        assess(lyngvaer, account)

        assert (before, obstacle(lyngvaer, account)) == ("risk_missing", "")

    def test_r14_one_due_for_review_stops_publishing(self, lyngvaer, account):
        make_connection(lyngvaer, account)
        assess(lyngvaer, account, next_review_date=clock.today())
        on_the_day = obstacle(lyngvaer, account)
        assess(lyngvaer, account, next_review_date=clock.today() - A_DAY)

        assert (on_the_day, obstacle(lyngvaer, account)) == ("", "risk_overdue")

    def test_r14_a_review_being_worked_on_takes_nothing_from_the_approved_one(self, lyngvaer, account):
        make_connection(lyngvaer, account)
        assess(lyngvaer, account)
        assess(lyngvaer, account, status="ongoing")
        while_working = obstacle(lyngvaer, account)
        assess(lyngvaer, account, status="rejected")

        assert (while_working, obstacle(lyngvaer, account)) == ("", "risk_missing")

    def test_offers_a_year_until_the_next_review(self, client_of, lyngvaer, account):
        page = client_of(lyngvaer.adviser).get(url("account_risk", lyngvaer, account)).content.decode()

        today = clock.today()
        assert f"{today:%d.%m.}{today.year + 1}" in page

    def test_is_recorded_once_however_often_it_is_sent(self, client_of, lyngvaer, account):
        client = client_of(lyngvaer.adviser)

        answers = [client.post(url("account_risk", lyngvaer, account), self.form()) for _ in range(2)]

        assert [answer.url for answer in answers] == [url("account", lyngvaer, account)] * 2
        with tenant(lyngvaer.pk):
            recorded = RiskAssessment.objects.get()
            assert recorded.recorded_by == lyngvaer.adviser
            assert account.steps.get(kind="risk").done_date == clock.today()
        assert "Kari Moen" in text(client.get(url("account", lyngvaer, account)))

    def test_the_same_form_with_other_content_is_refused(self, client_of, lyngvaer, account):
        client = client_of(lyngvaer.adviser)
        client.post(url("account_risk", lyngvaer, account), self.form())

        answer = client.post(url("account_risk", lyngvaer, account), self.form(status="rejected"))

        assert answer.status_code == 422

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"status": ""}, "Utfall: Fyll ut dette feltet."),
            ({"status": "perfect"}, "Utfall:"),
            ({"assessed_date": "31.02.2026"}, "Skriv en dato som finnes"),
            ({"assessed_date": "01.01.2999"}, "Denne dagen har ikke vært ennå"),
            ({"next_review_date": "01.01.2020"}, "Gjennomgangen må være senere enn vurderingen."),
            ({"next_review_date": "01.01.2999"}, "Velg en dag innen ett år etter vurderingen."),
            ({"responsible_name": ""}, "Fyll ut dette feltet."),
            ({"document_url": "javascript:alert(1)"}, "Skriv en nettadresse"),
            (
                {"assessed_date": "01.02.2024", "next_review_date": "01.02.2025"},
                "Denne gjennomgangen skulle vært gjort.",
            ),
        ],
    )
    def test_bad_input_is_told_at_the_field_and_stores_nothing(self, client_of, lyngvaer, account, fields, message):
        answer = client_of(lyngvaer.adviser).post(url("account_risk", lyngvaer, account), self.form(**fields))

        assert answer.status_code == 422
        assert message in text(answer)
        with tenant(lyngvaer.pk):
            assert not RiskAssessment.objects.exists()


class TestHealth:
    def test_p6_warns_two_weeks_before_the_access_ends(self, client_of, lyngvaer, account):
        make_connection(lyngvaer, account, expires_at=clock.now() + 10 * A_DAY)
        assess(lyngvaer, account)

        page = text(client_of(lyngvaer.adviser).get(url("account", lyngvaer, account)))

        assert "Tilgangen utløper" in page
        assert "LinkedIn er klar til publisering" in page

    def test_p6_a_token_that_is_renewed_by_itself_needs_no_warning(self, client_of, lyngvaer, account):
        renewable = {"refresh_token": "AQW-test", "refresh_expires_at": clock.now() + 200 * A_DAY}
        make_connection(lyngvaer, account, expires_at=clock.now() + 10 * A_DAY, **renewable)
        assess(lyngvaer, account)

        page = text(client_of(lyngvaer.adviser).get(url("account", lyngvaer, account)))

        assert "Tilgangen utløper" not in page

    @pytest.mark.parametrize(
        "state", [{"state": "dead"}, {"expires_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}]
    )
    def test_p6_dead_access_is_the_headline(self, client_of, lyngvaer, account, state):
        make_connection(lyngvaer, account, **state)
        assess(lyngvaer, account)

        page = text(client_of(lyngvaer.adviser).get(url("account", lyngvaer, account)))

        assert "LinkedIn må kobles til på nytt" in page
        assert obstacle(lyngvaer, account) == "access_dead"

    def test_p17_shows_scopes_expiry_last_use_and_fingerprint_and_no_token(self, client_of, lyngvaer, account):
        make_connection(lyngvaer, account, last_used_at=clock.now())

        page = client_of(lyngvaer.reader).get(url("account", lyngvaer, account)).content.decode()

        assert "abc123" in page
        assert "Publisere og fjerne innlegg i sidens navn" in page
        assert "Sist brukt" in page
        assert "AQX-test" not in page

    def test_nynorsk_is_complete(self, client_of, storvika):
        made = make_account(storvika, "linkedin")

        page = text(client_of(storvika.adviser).get(url("account", storvika, made)))

        assert "LinkedIn kan ikkje publisere enno: to ting manglar" in page
        assert "Fyll inn namn og e-postadresse" in page
