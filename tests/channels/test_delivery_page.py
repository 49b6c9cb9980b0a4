"""The delivery page: what happened, what happens next, who can act; and acting (P1, P2, P5, T3, T13, T14)."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse

from channels.actions import publishing
from channels.models import Attempt, Connection, Delivery
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.deliveries import connect

State = Delivery.State


@pytest.fixture
def press(lyngvaer, linkedin_sandbox):
    return connect(lyngvaer, linkedin_sandbox)


@pytest.fixture
def planned(press):
    """A delivery that is planned an hour ahead."""
    delivery = press.draft()
    wall = (clock.now() + timedelta(hours=1)).astimezone(clock.OSLO).replace(tzinfo=None)
    with tenant(press.town.pk):
        publishing.schedule(delivery=delivery, by=press.town.adviser, now=clock.now(), wall=wall)
    return delivery


@pytest.fixture
def in_doubt(press, linkedin_sandbox):
    """A delivery whose answer was lost: the channel has it, we do not know."""
    delivery = press.due()
    linkedin_sandbox.fault("POST /rest/posts", kind="answer_lost", count=1)
    press.publish(delivery)
    assert press.state(delivery) == State.UNKNOWN
    return delivery


def url(delivery, name="delivery", number="9901"):
    return reverse(name, kwargs={"number": number, "delivery_id": delivery.pk})


def long_ago(press, delivery):
    """Let its last attempt lie so far back that whatever is out can be seen."""
    with tenant(press.town.pk):
        Attempt.objects.filter(delivery=delivery).update(sent_at=clock.now() - timedelta(hours=1))


def lose_key(settings):
    """Put another key in the place of the one that sealed the tokens."""
    settings.CHANNEL_TOKEN_KEYS = [Fernet.generate_key().decode()]


def page_of(response):
    return response.content.decode()


class TestTelling:
    def test_says_what_happened_what_happens_next_and_who_can_act(self, press, planned, client_of):
        page = page_of(client_of(press.town.adviser).get(url(planned)))

        for words in ("Hva skjedde", "Hva skjer nå", "Hvem kan avgjøre", "Sporet", "Det som ble godkjent"):
            assert words in page
        assert "Adviser Hansen" in page

    def test_p2_offers_no_plain_retry_while_the_outcome_is_unknown(self, press, in_doubt, client_of):
        page = page_of(client_of(press.town.adviser).get(url(in_doubt)))

        assert "Det ligger ute: lim inn adressen" in page
        assert "Det ligger ikke ute: bekreft et nytt tidspunkt" in page
        assert "røv igjen" not in page
        assert "Endre tekst eller tidspunkt" not in page

    def test_shows_exactly_what_was_approved(self, press, planned, client_of):
        page = page_of(client_of(press.town.adviser).get(url(planned)))

        assert press.fresh(planned).link.code in page
        assert "Godkjent av Adviser Hansen" in page

    def test_leads_to_the_post_on_the_channel(self, press, client_of):
        delivery = press.due()
        press.publish(delivery)

        page = page_of(client_of(press.town.reader).get(url(delivery)))

        assert press.fresh(delivery).permalink in page
        assert "Se det på LinkedIn" in page

    def test_works_without_script(self, press, planned, client_of):
        page = page_of(client_of(press.town.adviser).get(url(planned)))

        assert "Oppdater siden" in page


class TestStatus:
    def ask(self, client, delivery, seen=""):
        return client.get(url(delivery, "delivery_status"), {"sett": seen})

    def test_answers_nothing_when_nothing_has_happened(self, press, planned, client_of):
        client = client_of(press.town.adviser)
        seen = client.get(url(planned)).context["fingerprint"]

        response = self.ask(client, planned, seen)

        assert (response.status_code, response.content) == (204, b"")

    def test_answers_the_new_part_and_its_news_when_something_has(self, press, client_of):
        delivery = press.due()
        client = client_of(press.town.adviser)
        seen = client.get(url(delivery)).context["fingerprint"]
        press.publish(delivery)

        response = self.ask(client, delivery, seen)

        page = page_of(response)
        assert response.status_code == 200
        assert "<html" not in page
        assert 'id="delivery-news"' in page
        assert "ligger ute på LinkedIn" in page or "er ute på LinkedIn" in page

    @pytest.mark.parametrize("state", ["published", "cancelled", "removed", "rejected", "manual", "draft", "late"])
    def test_stops_asking_when_nothing_changes_by_itself(self, press, planned, client_of, state):
        press.set(planned, state=state, published_at=clock.now())

        page = page_of(client_of(press.town.adviser).get(url(planned)))

        assert "delivery_status" not in page
        assert "/status/" not in page

    def test_asks_often_only_when_something_is_close(self, press, planned, client_of):
        client = client_of(press.town.adviser)
        far = page_of(client.get(url(planned)))
        press.set(planned, due_at=clock.now() + timedelta(seconds=60))
        near = page_of(client.get(url(planned)))

        assert 'hx-trigger="every 30s"' in far
        assert 'hx-trigger="every 2s"' in near


class TestActing:
    def test_takes_a_planned_post_back(self, press, planned, client_of):
        response = client_of(press.town.novice).post(url(planned, "delivery_back"))

        assert response.status_code == 302
        assert press.state(planned) == State.DRAFT

    def test_cancels_after_asking(self, press, planned, client_of):
        client = client_of(press.town.adviser)

        asked = client.get(url(planned, "delivery_cancel"))
        assert press.state(planned) == State.SCHEDULED
        client.post(url(planned, "delivery_cancel"))

        assert "Avlyse «" in page_of(asked)
        assert press.state(planned) == State.CANCELLED

    @pytest.mark.parametrize("name", ["delivery_back", "delivery_cancel"])
    def test_p5_says_plainly_that_it_came_too_late(self, press, planned, client_of, name):
        press.set(planned, state="sending", lease_until=clock.now() + timedelta(minutes=1))

        response = client_of(press.town.adviser).post(url(planned, name))

        assert response.status_code == 422
        assert "ingenting ble endret" in page_of(response) or "ingenting er endret" in page_of(response)
        assert press.state(planned) == State.SENDING

    def test_approves_what_was_sent_for_approval(self, press, client_of):
        delivery = press.draft()
        wall = (clock.now() + timedelta(hours=1)).astimezone(clock.OSLO).replace(tzinfo=None)
        with tenant(press.town.pk):
            publishing.submit_for_approval(delivery=delivery, by=press.town.novice, now=clock.now(), wall=wall)

        assert client_of(press.town.novice).post(url(delivery, "delivery_approve")).status_code == 404
        page = page_of(client_of(press.town.adviser).get(url(delivery)))
        client_of(press.town.adviser).post(url(delivery, "delivery_approve"))

        assert "Godkjenn og planlegg" in page
        assert press.state(delivery) == State.SCHEDULED

    def test_removes_from_the_channel_after_asking(self, press, client_of):
        delivery = press.due()
        press.publish(delivery)
        client = client_of(press.town.adviser)

        asked = client.get(url(delivery, "delivery_remove"))
        response = client.post(url(delivery, "delivery_remove"))

        assert "kan ikke hentes tilbake" in page_of(asked)
        assert response.status_code == 302
        assert press.state(delivery) == State.REMOVED
        assert press.copies(delivery)[0]["deleted_at"]

    def test_says_so_when_the_channel_does_not_remove_it_now(self, press, client_of):
        delivery = press.due()
        press.publish(delivery)
        with tenant(press.town.pk):
            Connection.objects.update(state="dead")

        response = client_of(press.town.adviser).post(url(delivery, "delivery_remove"))

        assert response.status_code == 422
        assert press.state(delivery) == State.PUBLISHED

    def test_says_so_when_no_key_opens_the_access(self, press, client_of, settings):
        delivery = press.due()
        press.publish(delivery)
        lose_key(settings)

        response = client_of(press.town.adviser).post(url(delivery, "delivery_remove"))

        assert response.status_code == 422
        assert "Tilgangen til kontoen er borte. Koble den til på nytt" in page_of(response)
        assert press.state(delivery) == State.PUBLISHED


class TestSettling:
    """T13: a person gives the address, or has looked and it is not there, or lets it be."""

    def test_binds_the_post_whose_address_is_given(self, press, in_doubt, client_of):
        (copy,) = press.copies(in_doubt)
        address = f"https://www.linkedin.com/feed/update/{copy['id']}/"

        response = client_of(press.town.adviser).post(url(in_doubt, "delivery_found"), {"address": address})

        assert response.status_code == 302
        fresh = press.fresh(in_doubt)
        assert (fresh.state, fresh.external_id) == (State.PUBLISHED, copy["id"])

    @pytest.mark.parametrize(
        "address",
        ["", "hei", "https://ond.example/feed/update/urn:li:share:1/", "javascript:alert(1)", "a" * 401, "x\u202ey"],
    )
    def test_refuses_what_is_no_address_of_a_post(self, press, in_doubt, client_of, address):
        response = client_of(press.town.adviser).post(url(in_doubt, "delivery_found"), {"address": address})

        assert response.status_code == 422
        assert press.state(in_doubt) == State.UNKNOWN

    def test_says_so_when_no_key_opens_the_access_to_read_the_post_with(self, press, in_doubt, client_of, settings):
        (copy,) = press.copies(in_doubt)
        lose_key(settings)

        response = client_of(press.town.adviser).post(url(in_doubt, "delivery_found"), {"address": copy["id"]})

        assert response.status_code == 422
        assert "Vi fikk ikke lest innlegget" in page_of(response)
        assert press.state(in_doubt) == State.UNKNOWN

    def test_does_not_believe_that_it_is_absent_too_early(self, press, in_doubt, client_of):
        wall = (clock.now() + timedelta(hours=1)).astimezone(clock.OSLO)
        typed = {"due_date": f"{wall:%d.%m.%Y}", "due_time": f"{wall:%H.%M}"}

        response = client_of(press.town.adviser).post(url(in_doubt, "delivery_absent"), typed)

        assert response.status_code == 422
        assert press.state(in_doubt) == State.UNKNOWN

    @pytest.mark.parametrize("state", ["unknown", "manual"])
    def test_says_from_when_absence_can_be_decided_instead_of_offering_it(self, press, in_doubt, client_of, state):
        press.set(in_doubt, state=state)
        client = client_of(press.town.adviser)
        early = page_of(client.get(url(in_doubt)))
        long_ago(press, in_doubt)
        late = page_of(client.get(url(in_doubt)))

        assert "Du kan avgjøre dette fra kl. " in early
        assert url(in_doubt, "delivery_absent") not in early
        assert "Du kan avgjøre dette fra" not in late
        assert url(in_doubt, "delivery_absent") in late

    def test_plans_anew_at_the_time_a_person_confirms(self, press, in_doubt, client_of):
        press.set(in_doubt, state="manual")
        long_ago(press, in_doubt)
        wall = (clock.now() + timedelta(hours=1)).astimezone(clock.OSLO)
        client = client_of(press.town.adviser)

        unconfirmed = client.post(url(in_doubt, "delivery_absent"), {"due_date": "", "due_time": ""})
        confirmed = client.post(
            url(in_doubt, "delivery_absent"), {"due_date": f"{wall:%d.%m.%Y}", "due_time": f"{wall:%H.%M}"}
        )

        assert unconfirmed.status_code == 422
        assert "Skriv datoen" in page_of(unconfirmed)
        assert confirmed.status_code == 302
        assert press.state(in_doubt) == State.SCHEDULED

    def test_lets_it_be(self, press, in_doubt, client_of):
        press.set(in_doubt, state="manual")

        client_of(press.town.adviser).post(url(in_doubt, "delivery_drop"))

        assert press.state(in_doubt) == State.CANCELLED

    def test_a_clear_state_is_nothing_to_settle(self, press, planned, client_of):
        response = client_of(press.town.adviser).post(url(planned, "delivery_drop"))

        assert response.status_code == 422
        assert press.state(planned) == State.SCHEDULED


class TestWhoMay:
    """Table M, P13."""

    ACTS = (
        "delivery_back",
        "delivery_cancel",
        "delivery_approve",
        "delivery_absent",
        "delivery_drop",
        "delivery_found",
        "delivery_remove",
    )

    def test_a_reader_sees_what_is_public_and_nothing_else(self, press, planned, client_of):
        client = client_of(press.town.reader)
        before = client.get(url(planned)).status_code
        press.set(planned, state="published", published_at=clock.now())

        assert (before, client.get(url(planned)).status_code) == (404, 200)
        assert "Fjern det fra kanalen" not in page_of(client.get(url(planned)))

    @pytest.mark.parametrize("role", ["reader", "hr", "administrator"])
    def test_acting_is_for_advisers(self, press, planned, client_of, role):
        client = client_of(getattr(press.town, role))

        assert {client.post(url(planned, name)).status_code for name in self.ACTS} == {404}
        assert press.state(planned) == State.SCHEDULED

    def test_acting_takes_the_right(self, press, planned, client_of):
        client = client_of(press.town.novice)
        acts = [name for name in self.ACTS if name != "delivery_back"]

        assert {client.post(url(planned, name)).status_code for name in acts} == {404}
        assert press.state(planned) == State.SCHEDULED

    def test_is_not_there_for_another_municipality(self, press, planned, storvika, client_of):
        client = client_of(storvika.adviser)
        names = ["delivery", "delivery_status", *self.ACTS]
        typed = {"address": "https://www.linkedin.com/feed/update/urn:li:share:1/"}

        assert {client.post(url(planned, name), typed).status_code for name in names} == {404}
        assert {client.get(url(planned, name)).status_code for name in names} == {404}
        assert {client.post(url(planned, name, "9902"), typed).status_code for name in names} <= {404, 405}
        assert {client.get(url(planned, name, "9902")).status_code for name in names} <= {404, 405}
        assert press.state(planned) == State.SCHEDULED
