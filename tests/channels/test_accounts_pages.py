"""The pages of accounts: the list, who may do what, adding one, and its planned posts."""

import pytest
from django.test import Client

from channels.actions import publishing
from channels.models import Account, SetupStep
from channels.queries import accounts as queries
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.account_pages import A_DAY, assess, make_account, make_connection, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(lyngvaer) -> Account:
    """Lyngvær's LinkedIn account: the adviser is responsible, nothing is set up."""
    return make_account(lyngvaer, "linkedin")


class TestTheList:
    def test_without_channels_offers_one_next_step(self, client_of, lyngvaer):
        page = text(client_of(lyngvaer.adviser).get(url("accounts", lyngvaer)))

        assert "Ingen kanaler er lagt inn ennå" in page
        assert "Begynn med LinkedIn" in page

    def test_the_heading_says_what_is_missing(self, client_of, lyngvaer, account):
        page = text(client_of(lyngvaer.adviser).get(url("accounts", lyngvaer)))

        assert "LinkedIn kan ikke publisere ennå: to ting mangler" in page
        assert "0 av 7 steg gjort" in page

    def test_says_when_all_is_in_order(self, client_of, lyngvaer, account):
        make_connection(lyngvaer, account)
        assess(lyngvaer, account)

        page = text(client_of(lyngvaer.reader).get(url("accounts", lyngvaer)))

        assert "Alle kanalene er i orden" in page
        assert "Klar til publisering" in page

    def test_asks_four_questions_of_the_database_however_many_accounts(
        self, lyngvaer, account, django_assert_num_queries
    ):
        for slug in ("facebook", "print", "cinema", "job-fair"):
            make_account(lyngvaer, slug)

        with tenant(lyngvaer.pk), django_assert_num_queries(5):
            states = queries.account_states(now=clock.now())
            assert [state.headline for state in states]

    def test_p13_shows_nothing_of_another_municipality(self, client_of, lyngvaer, storvika, account):
        make_account(storvika, "print", name="Storvikværingen")

        page = text(client_of(lyngvaer.adviser).get(url("accounts", lyngvaer)))

        assert "Storvikværingen" not in page
        assert client_of(storvika.adviser).get(url("accounts", lyngvaer)).status_code == 404


class TestWhoMayWhat:
    """Table M: everybody reads; an adviser sets up; adviser and administrator record the risk assessment."""

    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "novice", "administrator"])
    def test_every_member_reads(self, client_of, lyngvaer, account, role):
        client = client_of(getattr(lyngvaer, role))

        assert client.get(url("accounts", lyngvaer)).status_code == 200
        assert client.get(url("account", lyngvaer, account)).status_code == 200

    @pytest.mark.parametrize(
        ("role", "may_edit", "may_assess"),
        [
            ("reader", False, False),
            ("hr", False, False),
            ("novice", True, True),
            ("adviser", True, True),
            ("administrator", False, True),
        ],
    )
    def test_the_others_find_no_form_and_no_button(self, client_of, lyngvaer, account, role, may_edit, may_assess):
        client = client_of(getattr(lyngvaer, role))

        edit = client.get(url("account_edit", lyngvaer, account)).status_code
        new = client.get(url("account_new", lyngvaer, channel="print")).status_code
        step = client.post(url("account_step", lyngvaer, account, kind="page"), {"action": "done"}).status_code
        risk = client.get(url("account_risk", lyngvaer, account)).status_code
        page = client.get(url("account", lyngvaer, account)).content.decode()

        assert (edit, new, step) == ((200, 200, 302) if may_edit else (404, 404, 404))
        assert risk == (200 if may_assess else 404)
        assert (f"/kanaler/{account.pk}/oppsett/" in page) == may_edit
        assert ("/risiko/" in page) == may_assess

    @pytest.mark.parametrize("name", ["account", "account_edit", "account_risk"])
    def test_p13_another_municipality_finds_nothing_by_either_address(
        self, client_of, lyngvaer, storvika, account, name
    ):
        client = client_of(storvika.adviser)

        foreign = client.get(url(name, lyngvaer, account))
        guessed = client.get(url(name, storvika, account))
        missing = client.get(url(name, storvika, Account(pk=999_999)))

        assert (foreign.status_code, guessed.status_code, missing.status_code) == (404, 404, 404)
        assert guessed.content == missing.content

    def test_p13_another_municipality_ticks_nothing(self, client_of, lyngvaer, storvika, account):
        client = client_of(storvika.adviser)

        for town in (lyngvaer, storvika):
            answer = client.post(url("account_step", town, account, kind="page"), {"action": "done"})
            assert answer.status_code == 404
        with tenant(lyngvaer.pk):
            assert not SetupStep.objects.exclude(done_date=None).exists()

    def test_an_anonymous_visitor_is_asked_to_log_in(self, lyngvaer, account):
        assert Client().get(url("account", lyngvaer, account)).url.startswith("/konto/login/")


class TestAdding:
    FORM = {"form_key": "key-1", "name": "Lyngvær på LinkedIn", "responsible": "", "deputy": "", "notes": ""}

    def test_a_channel_that_can_be_connected_gets_its_checklist(self, client_of, lyngvaer):
        client = client_of(lyngvaer.adviser)

        answer = client.post(
            url("account_new", lyngvaer, channel="linkedin"), {**self.FORM, "responsible": lyngvaer.adviser.pk}
        )

        with tenant(lyngvaer.pk):
            made = Account.objects.get()
            assert answer.url == url("account", lyngvaer, made)
            assert [step.kind for step in made.steps.all()] == SetupStep.Kind.values
            assert made.responsible == lyngvaer.adviser

    def test_a_channel_served_by_hand_has_people_and_notes_only(self, client_of, lyngvaer):
        client = client_of(lyngvaer.adviser)

        answer = client.post(
            url("account_new", lyngvaer, channel="print"),
            {**self.FORM, "name": "Lyngværingen", "page_url": "avis.example", "notes": "Ring onsdag"},
        )
        page = client.get(answer.url)

        assert "Ring onsdag" in text(page)
        assert "Oppsett" not in text(page)
        assert "Tilkobling" not in text(page)
        with tenant(lyngvaer.pk):
            assert Account.objects.get().page_url == "https://avis.example"
            assert not SetupStep.objects.exists()

    def test_twice_is_once(self, client_of, lyngvaer):
        client = client_of(lyngvaer.adviser)
        address = url("account_new", lyngvaer, channel="linkedin")

        answers = [client.post(address, self.FORM) for _ in range(2)]

        assert answers[0].url == answers[1].url
        with tenant(lyngvaer.pk):
            assert Account.objects.count() == 1

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"name": ""}, "Fyll ut dette feltet."),
            ({"name": "   "}, "Fyll ut dette feltet."),
            ({"name": "!!!"}, "Skriv minst én bokstav."),
            ({"name": "a" * 151}, "Skriv høyst"),
            ({"name": "a\0b"}, ""),
            ({"name": "\u202egnort"}, ""),
            ({"responsible": "999999"}, ""),
            ({"responsible": "x' OR 1=1"}, ""),
            ({"page_url": "javascript:alert(1)"}, "Skriv en nettadresse"),
            ({"page_url": "http://" + "a" * 400 + ".no"}, ""),
            ({"notes": "a" * 2001}, ""),
            ({"form_key": ""}, ""),
        ],
    )
    def test_bad_input_is_told_at_the_field_and_stores_nothing(self, client_of, lyngvaer, fields, message):
        client = client_of(lyngvaer.adviser)

        answer = client.post(url("account_new", lyngvaer, channel="print"), {**self.FORM, **fields})

        assert answer.status_code == 422
        assert message in text(answer)
        with tenant(lyngvaer.pk):
            assert not Account.objects.exists()

    def test_b24_a_person_of_another_municipality_cannot_be_chosen(self, client_of, lyngvaer, storvika):
        client = client_of(lyngvaer.adviser)

        answer = client.post(
            url("account_new", lyngvaer, channel="print"), {**self.FORM, "responsible": storvika.adviser.pk}
        )

        assert answer.status_code == 422
        assert storvika.adviser.email not in answer.content.decode()

    def test_the_same_name_twice_on_a_channel_is_refused(self, client_of, lyngvaer, account):
        answer = client_of(lyngvaer.adviser).post(
            url("account_new", lyngvaer, channel="linkedin"), {**self.FORM, "name": "SIDEN  vår"}
        )

        assert answer.status_code == 422
        assert "Dere har allerede en konto med dette navnet" in text(answer)

    def test_a_channel_that_does_not_exist_is_not_found(self, client_of, lyngvaer):
        assert client_of(lyngvaer.adviser).get(url("account_new", lyngvaer, channel="myspace")).status_code == 404

    def test_the_deputy_is_somebody_else(self, client_of, lyngvaer, account):
        same = {"name": "Siden vår", "responsible": lyngvaer.adviser.pk, "deputy": lyngvaer.adviser.pk}

        answer = client_of(lyngvaer.adviser).post(url("account_edit", lyngvaer, account), same)

        assert answer.status_code == 422
        assert "Velg en annen enn den som er ansvarlig." in text(answer)

    def test_a3_choosing_both_people_does_that_step(self, client_of, lyngvaer, account):
        both = {"name": "Siden vår", "responsible": lyngvaer.adviser.pk, "deputy": lyngvaer.novice.pk}

        client_of(lyngvaer.adviser).post(url("account_edit", lyngvaer, account), both)

        with tenant(lyngvaer.pk):
            assert account.steps.get(kind="responsible").done_date == clock.today()

    def test_a3_nobody_responsible_is_said(self, client_of, lyngvaer):
        made = make_account(lyngvaer, "print", responsible=None)

        page = text(client_of(lyngvaer.reader).get(url("account", lyngvaer, made)))

        assert "Ingen har ansvaret for Lokalavisa" in page


class TestPlannedPosts:
    def test_r14_t6_wait_while_the_assessment_is_not_approved_and_go_on_afterwards(self, press):
        planned = press.draft()
        with tenant(press.town.pk):
            when = (clock.now() + A_DAY).astimezone(clock.OSLO).replace(tzinfo=None, second=0, microsecond=0)
            publishing.schedule(delivery=planned, by=press.town.adviser, now=press.now, wall=when)

        assess(press.town, press.account, status="rejected")
        held = press.state(planned)
        assess(press.town, press.account)

        assert (held, press.state(planned)) == ("blocked", "scheduled")
