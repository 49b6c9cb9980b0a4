"""Who may what, decided by an administrator: at once, never about herself, and never the last of them (P15, B52)."""

import threading
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from foundation.tenancy import tenant
from recruitment.actions import members
from recruitment.actions.members import Grant
from recruitment.models import Membership, User
from tests.fixtures import give_app, make_town


def membership_of(town: Any, person: str | User) -> Membership:
    user = getattr(town, person) if isinstance(person, str) else person
    with tenant(town.pk):
        return Membership.objects.get(municipality=town.municipality, user=user)


def second_administrator(town: Any) -> User:
    user = User.objects.create_user(f"second@{town.number}.example", None, full_name="Anna Andre")
    give_app(user)
    with tenant(town.pk):
        Membership.objects.create(municipality=town.municipality, user=user, role="administrator")
    return user


def page_of(town: Any, person: str = "", act: str = "") -> str:
    middle = f"{membership_of(town, person).pk}/" if person else ""
    return f"/{town.number}/brukere/{middle}{act}"


@pytest.mark.django_db
class TestThePage:
    def test_tells_of_everybody_in_words(self, client_of, lyngvaer):
        page = client_of(lyngvaer.administrator).get(page_of(lyngvaer)).content.decode()

        assert "Fem personer har tilgang, to uten totrinnsinnlogging" in page
        assert "Kommunikasjonsrådgiver, godkjenner, publiserer, kobler til kanaler" in page
        assert "hr@lyngvaer.example" in page
        assert "Har aldri logget inn" in page

    def test_takes_as_many_queries_for_thirty_people_as_for_five(self, client_of, lyngvaer, django_assert_num_queries):
        client = client_of(lyngvaer.administrator)
        client.get(page_of(lyngvaer))
        with CaptureQueriesContext(connection) as few:
            client.get(page_of(lyngvaer))
        with tenant(lyngvaer.pk):
            for number in range(30):
                user = User.objects.create_user(f"n{number}@lyngvaer.example", None, full_name=f"Nr. {number}")
                Membership.objects.create(municipality=lyngvaer.municipality, user=user, role="reader")

        with django_assert_num_queries(len(few)):
            client.get(page_of(lyngvaer))

    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "novice"])
    def test_does_not_exist_for_others(self, client_of, lyngvaer, role):
        client = client_of(getattr(lyngvaer, role))

        for address in [page_of(lyngvaer), page_of(lyngvaer, act="inviter/"), page_of(lyngvaer, "reader")]:
            assert client.get(address).status_code == client.post(address).status_code == 404

    def test_another_municipalitys_people_are_not_there_p13(self, client_of, lyngvaer, storvika):
        client = client_of(lyngvaer.administrator)
        foreign = membership_of(storvika, "reader").pk

        for act in ["", "steng/", "apne/"]:
            assert client.post(f"/{lyngvaer.number}/brukere/{foreign}/{act}", {"role": "hr"}).status_code == 404
        assert client.get(page_of(storvika)).status_code == 404
        assert "storvika.example" not in client.get(page_of(lyngvaer)).content.decode()
        assert membership_of(storvika, "reader").is_active

    def test_ones_own_role_in_another_municipality_does_not_mix_in(self, client_of, lyngvaer, storvika):
        with tenant(storvika.pk):
            Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.administrator, role="reader")

        page = client_of(lyngvaer.administrator).get(page_of(lyngvaer)).content.decode()

        assert "Fem personer har tilgang" in page


@pytest.mark.django_db
class TestChangingARole:
    def test_counts_from_the_next_request_p15(self, client_of, lyngvaer):
        novice, administrator = client_of(lyngvaer.novice), client_of(lyngvaer.administrator)
        before = novice.get(f"/{lyngvaer.number}/stillinger/ny/").status_code

        answer = administrator.post(page_of(lyngvaer, "novice"), {"role": "hr"})
        give_app(lyngvaer.novice)

        assert answer.url == page_of(lyngvaer)
        assert (before, novice.get(f"/{lyngvaer.number}/stillinger/ny/").status_code) == (404, 200)

    def test_gives_and_takes_rights(self, client_of, lyngvaer):
        client = client_of(lyngvaer.administrator)

        client.post(page_of(lyngvaer, "novice"), {"role": "adviser", "rights": ["publish", "connect"]})
        client.post(page_of(lyngvaer, "adviser"), {"role": "adviser"})

        novice, adviser = membership_of(lyngvaer, "novice"), membership_of(lyngvaer, "adviser")
        assert (novice.may_publish, novice.may_connect, novice.may_approve) == (True, True, False)
        assert (adviser.may_publish, adviser.may_connect, adviser.may_approve) == (False, False, False)

    @pytest.mark.parametrize("role", ["reader", "hr", "administrator"])
    def test_refuses_rights_that_belong_to_another_role(self, client_of, lyngvaer, role):
        page = client_of(lyngvaer.administrator).post(
            page_of(lyngvaer, "novice"), {"role": role, "rights": ["approve"]}
        )

        assert page.status_code == 422
        assert "Bare en kommunikasjonsrådgiver kan ha disse" in page.content.decode()
        assert membership_of(lyngvaer, "novice").role == "adviser"

    @pytest.mark.parametrize(
        "sent", [{}, {"role": ""}, {"role": "system"}, {"role": "HR"}, {"role": "adviser", "rights": ["administer"]}]
    )
    def test_refuses_what_was_not_offered(self, client_of, lyngvaer, sent):
        page = client_of(lyngvaer.administrator).post(page_of(lyngvaer, "reader"), sent)

        assert page.status_code == 422
        assert membership_of(lyngvaer, "reader").role == "reader"

    def test_asks_who_one_is_when_it_is_long_since(self, client_of, lyngvaer):
        client = client_of(lyngvaer.administrator)
        session = client.session
        session["confirmed_at"] = session["confirmed_at"] - 3600
        session.save()

        answer = client.post(page_of(lyngvaer, "reader"), {"role": "administrator"})

        assert answer.status_code in (302, 403)
        assert membership_of(lyngvaer, "reader").role == "reader"


@pytest.mark.django_db
class TestOnesOwnRole:
    """B52: own role raised."""

    @pytest.mark.parametrize("act", ["", "steng/", "apne/"])
    def test_cannot_be_reached_not_even_with_a_forged_form_b52(self, client_of, lyngvaer, act):
        second_administrator(lyngvaer)
        client = client_of(lyngvaer.administrator)
        sent = {"role": "adviser", "rights": ["approve", "publish"]}

        answer = client.post(page_of(lyngvaer, "administrator", act), sent)

        own = membership_of(lyngvaer, "administrator")
        assert answer.status_code == 404
        assert (own.role, own.may_approve, own.is_active) == ("administrator", False, True)

    def test_is_refused_by_the_action_itself_b52(self, lyngvaer):
        own = membership_of(lyngvaer, "administrator")

        with tenant(lyngvaer.pk), pytest.raises(members.OwnMembership):
            members.change_member(membership_id=own.pk, by=lyngvaer.administrator, grant=Grant("hr"))

    def test_cannot_be_changed_in_the_administration_and_nobody_elses_either_b52(self, client_of, lyngvaer):
        client = client_of(lyngvaer.administrator)
        client.get(f"/{lyngvaer.number}/administrasjon/")

        for person in ["administrator", "reader"]:
            pk = membership_of(lyngvaer, person).pk
            sent = {"role": "adviser", "may_approve": "on", "is_active": "on"}
            assert client.post(f"/admin/recruitment/membership/{pk}/change/", sent).status_code == 403
        client.post(
            "/admin/recruitment/membership/",
            {"action": "delete_selected", "_selected_action": [membership_of(lyngvaer, "reader").pk], "post": "yes"},
        )

        assert membership_of(lyngvaer, "administrator").role == "administrator"
        assert membership_of(lyngvaer, "reader").role == "reader"

    @pytest.mark.parametrize("role", ["reader", "hr", "adviser", "novice"])
    def test_nobody_without_the_role_makes_herself_administrator_b52(self, client_of, lyngvaer, role):
        answer = client_of(getattr(lyngvaer, role)).post(page_of(lyngvaer, role), {"role": "administrator"})

        assert answer.status_code == 404
        assert membership_of(lyngvaer, role).role != "administrator"


@pytest.mark.django_db
class TestTakingAwayAccess:
    def test_shuts_out_at_once_and_ends_the_sessions_p15(self, client_of, lyngvaer):
        hr = client_of(lyngvaer.hr)
        session = hr.session
        session["seen_at"] -= 120  # the middleware looks anew at who is here once a minute
        session.save()
        hr.get(f"/{lyngvaer.number}/")
        key = hr.session.session_key

        client_of(lyngvaer.administrator).post(page_of(lyngvaer, "hr", "steng/"))

        assert hr.get(f"/{lyngvaer.number}/").url.startswith("/konto/login/")
        assert not Session.objects.filter(session_key=key).exists()

    def test_leaves_other_municipalities_and_their_sessions_p15(self, client_of, lyngvaer, storvika):
        with tenant(storvika.pk):
            Membership.objects.create(municipality=storvika.municipality, user=lyngvaer.reader, role="reader")
        reader = client_of(lyngvaer.reader)

        client_of(lyngvaer.administrator).post(page_of(lyngvaer, "reader", "steng/"))

        assert reader.get(f"/{lyngvaer.number}/").status_code == 404
        assert reader.get(f"/{storvika.number}/").status_code == 200

    def test_can_be_undone_with_the_same_rights(self, client_of, lyngvaer):
        client = client_of(lyngvaer.administrator)
        client.post(page_of(lyngvaer, "adviser", "steng/"))

        client.post(page_of(lyngvaer, "adviser", "apne/"))

        again = membership_of(lyngvaer, "adviser")
        assert (again.is_active, again.may_publish) == (True, True)

    def test_asks_first_and_says_what_happens(self, client_of, lyngvaer):
        page = client_of(lyngvaer.administrator).get(page_of(lyngvaer, "hr", "steng/"))

        assert "Ta fra Hr Hansen tilgangen?" in page.content.decode()
        assert membership_of(lyngvaer, "hr").is_active


@pytest.mark.django_db(transaction=True)
class TestTheLastAdministrator:
    def test_is_left_when_two_remove_each_other_at_the_same_time_b52(self):
        town = make_town("9901", "Lyngvær kommune")
        pair = [town.administrator, second_administrator(town)]
        together, ends = threading.Barrier(2), []

        def remove(by: User, other: User) -> None:
            pk = membership_of(town, other).pk
            together.wait(timeout=10)
            try:
                with tenant(town.pk):
                    members.deactivate(membership_id=pk, by=by)
                ends.append("done")
            except members.NotAdministrator:
                ends.append("too late")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=remove, args=each) for each in [pair, pair[::-1]]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

        assert sorted(ends) == ["done", "too late"]
        with tenant(town.pk):
            assert len(members.active_administrators()) == 1

    def test_waits_for_a_change_under_way_and_then_sees_it_b52(self):
        town = make_town("9901", "Lyngvær kommune")
        other = second_administrator(town)
        pk, raised, started = membership_of(town, other).pk, [], threading.Event()

        def demote() -> None:
            started.set()
            try:
                with tenant(town.pk):
                    members.change_member(membership_id=pk, by=town.administrator, grant=Grant("reader"))
            except members.NotAdministrator:
                raised.append("too late")
            finally:
                connections.close_all()

        thread = threading.Thread(target=demote)
        own = membership_of(town, "administrator").pk
        with tenant(town.pk):
            members.change_member(membership_id=own, by=other, grant=Grant("hr"))
            thread.start()
            started.wait(timeout=10)
            thread.join(timeout=0.3)
            is_waiting = thread.is_alive()
        thread.join(timeout=30)

        assert is_waiting
        assert raised == ["too late"]
        assert membership_of(town, other).role == "administrator"


@pytest.mark.django_db
class TestTheCommandOfTheInstallation:
    def test_cannot_degrade_the_last_administrator_b52(self, lyngvaer):
        person = lyngvaer.administrator

        with pytest.raises(members.LastAdministrator):
            members.add_member(
                municipality=lyngvaer.municipality, email=person.email, full_name="", role="reader", rights=set()
            )

        assert membership_of(lyngvaer, "administrator").role == "administrator"

    def test_an_account_that_is_closed_is_no_administrator_b52(self, lyngvaer):
        other = second_administrator(lyngvaer)
        User.objects.filter(pk=other.pk).update(is_active=False)

        with tenant(lyngvaer.pk), pytest.raises(members.LastAdministrator):
            members.keep_an_administrator(without=membership_of(lyngvaer, "administrator"))

    def test_rights_are_given_to_nobody_but_advisers(self):
        with pytest.raises(members.RightsWithoutRole):
            Grant("administrator", frozenset({"publish"}))

    def test_a_missing_member_is_missing(self, lyngvaer):
        with tenant(lyngvaer.pk), pytest.raises(ObjectDoesNotExist):
            members.reactivate(membership_id=10**9, by=lyngvaer.administrator)
