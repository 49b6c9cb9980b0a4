"""Invitations: one link, one address, one municipality, one week; nobody learns who has an account (P15, P24, B57)."""

import datetime
import hashlib
import re
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from foundation import clock
from foundation.tenancy import acting_user, tenant
from recruitment.actions import invitations, mail
from recruitment.actions.members import Grant
from recruitment.models import Invitation, Membership, OutgoingMail, User

pytestmark = pytest.mark.django_db

PASSWORD = "fjellrype med egen hage"
ACCOUNT = {"full_name": "Ny Nilsen", "password1": PASSWORD, "password2": PASSWORD}
WEEK = datetime.timedelta(days=7)


def invite(town: Any, email: str = "ny@lyngvaer.example", grant: Grant | None = None) -> str:
    """Invite an address, let the letter leave, and return the path of the link in it."""
    with tenant(town.pk):
        invitations.invite(email=email, grant=grant or Grant("reader"), by=town.administrator, now=clock.now())
    return link_in_letter()


def link_in_letter() -> str:
    mail.send_due(now=clock.now())
    return re.search(r"http://localhost(/invitasjon/\S+)", outbox.outbox[-1].body).group(1)


def form_key(client: Client, address: str) -> str:
    return re.search(r'name="form_key" value="(\w+)"', client.get(address).content.decode()).group(1)


def send_form(client: Client, town: Any, **fields: Any) -> Any:
    address = f"/{town.number}/brukere/inviter/"
    return client.post(address, {"form_key": form_key(client, address), "role": "reader", **fields})


def memberships_of(user: User) -> set[tuple[str, str]]:
    with acting_user(user.pk):
        found = Membership.objects.filter(user=user, is_active=True).select_related("municipality")
        return {(each.municipality.number, each.role) for each in found}


class TestInviting:
    def test_writes_a_letter_in_the_municipalitys_language(self, client_of, storvika):
        send_form(client_of(storvika.administrator), storvika, email="Ny@Storvika.example", role="hr")
        path = link_in_letter()

        letter = outbox.outbox[-1]
        assert letter.to == ["ny@storvika.example"]
        assert "Administrator Hansen inviterer deg" in letter.body
        assert "i rolla HR-rådgivar" in letter.body
        assert path.startswith("/invitasjon/9902/")

    def test_answers_alike_whether_or_not_the_address_has_an_account(self, client_of, lyngvaer, storvika):
        client = client_of(lyngvaer.administrator)

        pages = []
        for email in ["aaaa@storvika.example", storvika.hr.email]:
            answer = send_form(client, lyngvaer, email=email)
            pages.append((answer.status_code, answer.url, client.get(answer.url).content.decode()))
            with tenant(lyngvaer.pk):
                Invitation.objects.all().delete()

        plain = [re.sub(r'value="\w{64}"|invitasjoner/\d+', "", page[2]) for page in pages]
        assert pages[0][:2] == pages[1][:2]
        assert plain[0].replace("aaaa@storvika.example", "X") == plain[1].replace(storvika.hr.email, "X")

    def test_twice_the_same_form_invites_once(self, client_of, lyngvaer):
        client = client_of(lyngvaer.administrator)
        address = f"/{lyngvaer.number}/brukere/inviter/"
        sent = {"form_key": form_key(client, address), "role": "reader", "email": "ny@lyngvaer.example"}

        answers = [client.post(address, sent) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert OutgoingMail.objects.count() == 1

    @pytest.mark.parametrize(
        "email",
        ["", "kari", "a@b.no\r\nBcc: c@d.no", "a@b.no,c@d.no", "Kari <a@b.no>", "a@b.no\0", "x" * 250 + "@b.no", "a@b"],
    )
    def test_refuses_what_is_not_one_address_b57(self, client_of, lyngvaer, email):
        page = send_form(client_of(lyngvaer.administrator), lyngvaer, email=email)

        assert page.status_code == 422
        assert not OutgoingMail.objects.exists()

    def test_says_so_at_the_field_when_the_person_is_here_or_invited(self, client_of, lyngvaer):
        invite(lyngvaer)
        client = client_of(lyngvaer.administrator)

        member = send_form(client, lyngvaer, email="HR@lyngvaer.example")
        invited = send_form(client, lyngvaer, email="ny@lyngvaer.example")

        assert (member.status_code, invited.status_code) == (422, 422)
        assert "har allerede en rolle her" in member.content.decode()
        assert "er allerede invitert" in invited.content.decode()

    def test_the_name_of_the_inviter_cannot_make_a_header_b57(self, lyngvaer):
        lyngvaer.administrator.full_name = "Kari\r\nBcc: spy@evil.example"
        lyngvaer.administrator.save()
        invite(lyngvaer)

        message = outbox.outbox[-1].message()
        assert "Bcc" not in message
        assert "Kari Bcc: spy@evil.example inviterer" in outbox.outbox[-1].body

    def test_the_secret_of_the_link_is_kept_as_a_hash_alone_p17(self, lyngvaer):
        token = invite(lyngvaer).split("/")[3]

        with tenant(lyngvaer.pk):
            stored = Invitation.objects.values().get()
        assert stored["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
        assert token not in str(stored) + str(list(OutgoingMail.objects.values()))

    def test_tells_the_administrator_when_the_letter_could_not_be_sent(self, client_of, lyngvaer):
        invite(lyngvaer)
        OutgoingMail.objects.update(state="failed", problem="SMTPDataError 554")

        page = client_of(lyngvaer.administrator).get(f"/{lyngvaer.number}/brukere/").content.decode()

        assert "E-posten kunne ikke sendes" in page


class TestAcceptingWithAnAccount:
    def test_leads_by_the_login_and_gives_the_role_in_a_second_municipality(
        self, client, client_of, lyngvaer, storvika
    ):
        path = invite(lyngvaer, storvika.reader.email, Grant("adviser", frozenset({"connect"})))
        stranger = client.get(path).content.decode()
        reader = client_of(storvika.reader)

        before, answer = reader.get(path), reader.post(path)

        assert f"/konto/login/?next={path}" in stranger
        assert "password1" not in stranger
        assert "Ta imot invitasjonen" in before.content.decode()
        assert answer.url == f"/{lyngvaer.number}/"
        assert memberships_of(storvika.reader) == {("9901", "adviser"), ("9902", "reader")}

    def test_looking_alone_accepts_nothing(self, client_of, lyngvaer, storvika):
        path = invite(lyngvaer, storvika.reader.email)

        client_of(storvika.reader).get(path)

        assert memberships_of(storvika.reader) == {("9902", "reader")}

    def test_another_person_with_the_link_gets_nothing(self, client_of, lyngvaer, storvika):
        path = invite(lyngvaer, storvika.reader.email, Grant("administrator"))
        other = client_of(storvika.hr)

        looked, sent = other.get(path), other.post(path)

        assert (looked.status_code, sent.status_code) == (200, 403)
        assert memberships_of(storvika.hr) == {("9902", "hr")}

    def test_the_action_itself_asks_whom_the_link_is_for(self, lyngvaer, storvika):
        token = invite(lyngvaer, storvika.reader.email, Grant("administrator")).split("/")[3]

        with tenant(lyngvaer.pk), pytest.raises(invitations.WrongPerson):
            invitations.accept(token=token, user=storvika.hr, now=clock.now())

    def test_a_password_for_an_address_that_has_an_account_is_not_taken(self, client, lyngvaer, storvika):
        path = invite(lyngvaer, storvika.reader.email)

        answer = client.post(path, ACCOUNT)

        assert answer.status_code == 403
        assert not User.objects.get(pk=storvika.reader.pk).check_password(PASSWORD)
        assert memberships_of(storvika.reader) == {("9902", "reader")}

    def test_a_role_one_has_is_not_changed_by_an_old_link_b52(self, client_of, lyngvaer, storvika):
        path = invite(lyngvaer, storvika.reader.email, Grant("administrator"))
        with tenant(lyngvaer.pk):
            Membership.objects.create(municipality=lyngvaer.municipality, user=storvika.reader, role="reader")

        client_of(storvika.reader).post(path)

        assert ("9901", "reader") in memberships_of(storvika.reader)


class TestAcceptingWithoutAnAccount:
    def test_makes_one_and_leads_to_the_second_step_when_the_role_demands_it_p26(self, client, lyngvaer):
        path = invite(lyngvaer, grant=Grant("hr"))

        answer = client.post(path, ACCOUNT)
        page = client.get(answer.url)

        user = User.objects.get(email="ny@lyngvaer.example")
        assert memberships_of(user) == {("9901", "hr")}
        assert user.full_name == "Ny Nilsen"
        assert answer.url == "/9901/"
        assert page.url == "/konto/totrinn/app/"

    def test_a_reader_goes_straight_in(self, client, lyngvaer):
        answer = client.post(invite(lyngvaer), ACCOUNT)

        assert client.get(answer.url).status_code == 200

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"full_name": ""}, "Fyll ut"),
            ({"full_name": "Kari\r\nBcc: x@y.no"}, "Skriv det på én linje"),
            ({"full_name": "Kari\u2028Hansen"}, "Skriv det på én linje"),
            ({"full_name": "Kari\0"}, "tegn"),
            ({"full_name": "x" * 151}, "150"),
            ({"password1": "kort", "password2": "kort"}, "minst 12 tegn"),
            ({"password2": "noe annet som er langt"}, "De to passordene er ikke like"),
            ({"password1": "ny@lyngvaer.example", "password2": "ny@lyngvaer.example"}, "ligner"),
        ],
    )
    def test_says_at_the_field_what_is_wrong_and_stores_nothing_b57(self, client, lyngvaer, changed, says):
        page = client.post(invite(lyngvaer), ACCOUNT | changed)

        assert page.status_code == 422
        assert says in page.content.decode()
        assert not User.objects.filter(email="ny@lyngvaer.example").exists()


class TestTheLink:
    def test_works_once(self, client, lyngvaer):
        path = invite(lyngvaer)
        client.post(path, ACCOUNT)

        again = Client().get(path)

        assert again.status_code == 410
        assert "Invitasjonen virker ikke lenger" in again.content.decode()

    def test_works_for_a_week(self, client, lyngvaer):
        path = invite(lyngvaer)
        with tenant(lyngvaer.pk):
            Invitation.objects.update(expires_at=clock.now() - datetime.timedelta(seconds=1))

        assert client.get(path).status_code == client.post(path, ACCOUNT).status_code == 410
        assert not User.objects.filter(email="ny@lyngvaer.example").exists()

    def test_belongs_to_its_municipality_p13(self, client, lyngvaer, storvika):
        token = invite(lyngvaer).split("/")[3]

        foreign, guessed = client.get(f"/invitasjon/9902/{token}/"), client.get("/invitasjon/9902/gjettet/")

        assert foreign.status_code == guessed.status_code == 410
        assert client.get(f"/invitasjon/0000/{token}/").status_code == 404

    def test_dies_when_it_is_withdrawn(self, client, client_of, lyngvaer):
        path = invite(lyngvaer)
        with tenant(lyngvaer.pk):
            pk = Invitation.objects.get().pk

        client_of(lyngvaer.administrator).post(f"/{lyngvaer.number}/brukere/invitasjoner/{pk}/trekk/")

        assert client.get(path).status_code == 410

    def test_is_replaced_when_it_is_sent_again(self, client, client_of, lyngvaer):
        old = invite(lyngvaer)
        with tenant(lyngvaer.pk):
            pk = Invitation.objects.get().pk

        client_of(lyngvaer.administrator).post(f"/{lyngvaer.number}/brukere/invitasjoner/{pk}/send/")
        new = link_in_letter()

        assert (client.get(old).status_code, client.get(new).status_code) == (410, 200)

    def test_another_municipality_can_neither_send_nor_withdraw_it_p13(self, client_of, lyngvaer, storvika):
        path = invite(lyngvaer)
        with tenant(lyngvaer.pk):
            pk = Invitation.objects.get().pk
        client = client_of(storvika.administrator)

        for act in ["trekk", "send"]:
            assert client.post(f"/{storvika.number}/brukere/invitasjoner/{pk}/{act}/").status_code == 404
        assert Client().get(path).status_code == 200

    def test_tells_no_page_that_is_opened_from_it(self, client, lyngvaer):
        page = client.get(invite(lyngvaer))

        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]

    def test_is_forgotten_a_month_after_it_ended(self, lyngvaer):
        invite(lyngvaer)

        with tenant(lyngvaer.pk):
            early = invitations.forget_old(now=clock.now() + WEEK)
            late = invitations.forget_old(now=clock.now() + WEEK + datetime.timedelta(days=31))

        assert (early, late) == (0, 1)


class TestTheFirstAdministrator:
    """Table M: users, roles, rights. A system administrator invites the first one only."""

    @pytest.fixture
    def empty(self, lyngvaer, storvika):
        with tenant(storvika.pk):
            Membership.objects.update(is_active=False)
        return storvika

    def test_is_invited_by_the_system_administrator_and_comes_in(self, client, client_of, operator, empty):
        operators = client_of(operator)
        address = f"/system/{empty.number}/forste/"

        answer = operators.post(address, {"form_key": form_key(operators, address), "email": "leder@storvika.example"})
        client.post(link_in_letter(), ACCOUNT)

        assert answer.url == "/system/"
        assert memberships_of(User.objects.get(email="leder@storvika.example")) == {("9902", "administrator")}

    def test_is_the_only_one_that_the_system_administrator_invites(self, client_of, operator, lyngvaer):
        client = client_of(operator)

        for answer in [client.get, client.post]:
            assert answer(f"/system/{lyngvaer.number}/forste/").status_code == 404

    def test_the_next_one_is_refused_by_the_action_too(self, operator, lyngvaer):
        with tenant(lyngvaer.pk), pytest.raises(invitations.NotFirst):
            invitations.invite_first_administrator(
                municipality=lyngvaer.municipality, email="x@y.no", by=operator, now=clock.now()
            )

    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "administrator"])
    def test_the_systems_pages_do_not_exist_for_others(self, client_of, lyngvaer, role):
        client = client_of(getattr(lyngvaer, role))

        for address in ["/system/", "/system/9901/inn/", "/system/9901/ut/", "/system/9901/forste/"]:
            assert client.get(address).status_code == client.post(address).status_code == 404, address
