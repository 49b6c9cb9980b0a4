"""
Break-glass (table M): a system administrator looks in for an hour, with a reason, for reading; the municipality knows.
"""

import datetime
import re
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from foundation import clock
from foundation.tenancy import acting_user, tenant
from recruitment import doors
from recruitment.actions import entries, mail
from recruitment.models import Membership, SystemEntry, User
from tests.fixtures import give_app

REASON = "Feilmelding 4711 om tall som mangler på «Kilder»"
HOUR = datetime.timedelta(hours=1)


def enter(client: Any, town: Any, reason: str = REASON) -> Any:
    return client.post(f"/system/{town.number}/inn/", {"reason": reason})


def acts_of(town: Any) -> list[tuple[str, str, Any]]:
    with tenant(town.pk):
        found = AuditEvent.objects.filter(act__startswith="break_glass").order_by("sequence")
        return list(found.values_list("act", "reason", "detail"))


def move_back(town: Any, by: datetime.timedelta) -> None:
    """Let the entries of a municipality have begun earlier."""
    with tenant(town.pk):
        for entry in SystemEntry.objects.filter(municipality=town.municipality):
            SystemEntry.objects.filter(pk=entry.pk).update(entered_at=entry.entered_at - by, ends_at=entry.ends_at - by)


@pytest.mark.django_db
class TestTheList:
    def test_tells_that_municipalities_are_there_and_nothing_they_have(self, client_of, operator, lyngvaer, make_job):
        with tenant(lyngvaer.pk):
            make_job(title="Hemmelig stilling")
        client = client_of(operator)
        enter(client, lyngvaer)

        page = client.get("/system/").content.decode()

        assert "Lyngvær kommune" in page
        assert "fem personer har tilgang" in page or "5 personer har tilgang" in page
        assert "Drifta Drift gikk inn" in page
        for content in ["Hemmelig stilling", "Solbakken", "hr@lyngvaer.example", REASON]:
            assert content not in page

    def test_finds_a_municipality_that_is_not_in_use_yet(self, client_of, operator, lyngvaer):
        page = client_of(operator).get("/system/?q=Tromsø").content.decode()

        assert "ingen har tilgang" in page
        assert "Inviter den første administratoren" in page

    @pytest.mark.parametrize(
        "query", ["?q=%00", "?q=%27%3B--", "?side=0", "?side=99999999999999999999", "?side=x", "?q=" + "å" * 5000]
    )
    def test_survives_odd_questions(self, client_of, operator, lyngvaer, query):
        assert client_of(operator).get(f"/system/{query}").status_code == 200

    def test_shows_the_letters_that_do_not_get_through(self, client_of, operator, lyngvaer):
        letter = mail.post(to="borte@lyngvaer.example", template="invitation", context={}, language="nb")
        letter.state, letter.problem, letter.body = "failed", "SMTPDataError 554", ""
        letter.save()

        page = client_of(operator).get("/system/").content.decode()

        assert "borte@lyngvaer.example" in page
        assert "SMTPDataError 554" in page


@pytest.mark.django_db
class TestEntering:
    def test_without_it_nothing_of_the_municipality_exists(self, client_of, operator, lyngvaer):
        client = client_of(operator)

        answers = [client.get(f"/{lyngvaer.number}/{page}").status_code for page in ["", "stillinger/", "brukere/"]]

        assert answers == [404, 404, 404]

    def test_lets_a_system_administrator_read_what_an_administrator_reads(self, client_of, operator, lyngvaer):
        client = client_of(operator)

        answer = enter(client, lyngvaer)
        page = client.get(answer.url).content.decode()

        assert answer.url == f"/{lyngvaer.number}/"
        assert "Du er inne som systemadministrator og kan bare lese." in page
        assert re.search(r"Til kl\. \d\d\.\d\d: (59|60) minutter igjen", page)
        assert "Avslutt tilgangen" in page
        for place in ["stillinger/", "kampanjer/", "kanaler/", "kilder/", "brukere/"]:
            seen = client.get(f"/{lyngvaer.number}/{place}")
            assert seen.status_code == 200
            assert "Du er inne som systemadministrator" in seen.content.decode()

    @pytest.mark.parametrize("reason", ["", "for kort", " " * 40, "a b c" + " " * 40, "x" * 501, "feil\0" * 10])
    def test_asks_for_a_reason_of_twenty_characters(self, client_of, operator, lyngvaer, reason):
        client = client_of(operator)

        page = enter(client, lyngvaer, reason)

        assert page.status_code == 422
        assert client.get(f"/{lyngvaer.number}/").status_code == 404

    def test_is_for_system_administrators_alone(self, lyngvaer, storvika):
        with pytest.raises(entries.NotSystemAdministrator):
            entries.enter(
                municipality=storvika.municipality, user=lyngvaer.administrator, reason=REASON, now=clock.now()
            )

    def test_opens_one_municipality_and_no_other_p13(self, client_of, operator, lyngvaer, storvika):
        client = client_of(operator)

        enter(client, lyngvaer)

        assert client.get(f"/{storvika.number}/").status_code == 404

    def test_is_the_persons_own_another_operator_does_not_come_along(self, client_of, operator, lyngvaer):
        other = User.objects.create_superuser("annen@kanalkompass.example", None, full_name="Annen Drift")
        give_app(other)
        enter(client_of(operator), lyngvaer)

        assert client_of(other).get(f"/{lyngvaer.number}/").status_code == 404

    def test_asks_who_one_is_when_it_is_long_since(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        session = client.session
        session["confirmed_at"] -= 3600
        session.save()

        enter(client, lyngvaer)

        assert client.get(f"/{lyngvaer.number}/").status_code == 404

    def test_does_not_get_longer_by_asking_again(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        enter(client, lyngvaer)
        enter(client, lyngvaer, "En helt annen grunn enn den første")

        with tenant(lyngvaer.pk):
            assert SystemEntry.objects.filter(municipality=lyngvaer.municipality).count() == 1

    def test_a_member_comes_in_by_her_role_instead(self, client_of, operator, lyngvaer):
        with tenant(lyngvaer.pk):
            Membership.objects.create(municipality=lyngvaer.municipality, user=operator, role="reader")

        enter(client_of(operator), lyngvaer)

        with tenant(lyngvaer.pk):
            assert not SystemEntry.objects.filter(municipality=lyngvaer.municipality).exists()


@pytest.mark.django_db
class TestWhatTheEntryIsNot:
    @pytest.fixture
    def inside(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        enter(client, lyngvaer)
        return client

    def test_nothing_can_be_sent_through_any_members_door(self, inside, lyngvaer):
        from django.urls import NoReverseMatch, reverse

        tried = 0
        for name, rule in doors.RULES.items():
            if rule.kind != "member":
                continue
            try:
                address = reverse(name, kwargs={"number": lyngvaer.number})
            except NoReverseMatch:
                continue
            tried += 1
            assert inside.post(address, {"role": "administrator"}).status_code in (403, 404), name
        assert tried >= 10

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_a_members_page_is_only_read(self, inside, lyngvaer, method):
        with tenant(lyngvaer.pk):
            pk = Membership.objects.get(user=lyngvaer.reader, municipality=lyngvaer.municipality).pk

        answer = getattr(inside, method)(f"/{lyngvaer.number}/brukere/{pk}/")

        assert answer.status_code in (403, 405)
        assert method != "post" or "Du kan bare lese her" in answer.content.decode()

    def test_it_has_no_rights_and_does_not_read_what_hr_reads(self, inside, lyngvaer, make_job):
        with tenant(lyngvaer.pk):
            job = make_job()

        for page in ["stillinger/ny/", f"stillinger/{job.pk}/endre/", "kampanjer/ny/"]:
            assert inside.get(f"/{lyngvaer.number}/{page}").status_code == 404

    def test_the_administration_stays_closed(self, inside, lyngvaer):
        assert inside.get(f"/{lyngvaer.number}/administrasjon/").status_code == 403
        assert inside.get("/admin/recruitment/workplace/").status_code in (403, 404)

    def test_its_passing_role_is_never_stored(self, lyngvaer, operator):
        passing = Membership(municipality=lyngvaer.municipality, user=operator, role="administrator")
        passing.system_entry = SystemEntry()

        with tenant(lyngvaer.pk), pytest.raises(ValueError, match="passing"):
            passing.save()


@pytest.mark.django_db
class TestItsEnd:
    def test_comes_after_an_hour_and_then_everything_is_404_again(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        enter(client, lyngvaer)
        move_back(lyngvaer, HOUR - datetime.timedelta(minutes=1))
        before = client.get(f"/{lyngvaer.number}/").status_code

        move_back(lyngvaer, datetime.timedelta(minutes=1))

        assert (before, client.get(f"/{lyngvaer.number}/").status_code) == (200, 404)

    def test_can_come_earlier_by_the_button(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        enter(client, lyngvaer)

        client.post(f"/system/{lyngvaer.number}/ut/")

        assert client.get(f"/{lyngvaer.number}/").status_code == 404

    def test_comes_at_once_when_she_is_no_system_administrator_any_more_p15(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        enter(client, lyngvaer)

        User.objects.filter(pk=operator.pk).update(is_staff=False)

        assert client.get(f"/{lyngvaer.number}/").status_code == 404

    def test_an_entry_of_more_than_an_hour_cannot_be_stored(self, operator, lyngvaer):
        now = clock.now()

        with tenant(lyngvaer.pk), pytest.raises(IntegrityError), transaction.atomic():
            SystemEntry.objects.create(
                municipality=lyngvaer.municipality, user=operator, reason=REASON, entered_at=now, ends_at=now + 2 * HOUR
            )


@pytest.mark.django_db(transaction=True)
class TestTheTraceInTheLog:
    def test_tells_of_entering_each_page_and_leaving_p16(self, client_of, operator, lyngvaer):
        client = client_of(operator)
        enter(client, lyngvaer)
        client.get(f"/{lyngvaer.number}/stillinger/")
        client.post(f"/system/{lyngvaer.number}/ut/")

        acts = acts_of(lyngvaer)

        assert [act for act, _, _ in acts] == ["break_glass_entered", "break_glass_read", "break_glass_left"]
        assert acts[0][1] == REASON
        assert acts[1][2] == {"address": f"/{lyngvaer.number}/stillinger/"}
        with tenant(lyngvaer.pk):
            assert set(AuditEvent.objects.filter(act__startswith="break").values_list("actor", flat=True)) != {""}


@pytest.mark.django_db
class TestWhatTheMunicipalityIsTold:
    def test_every_administrator_gets_a_letter_with_the_reason(self, client_of, operator, storvika):
        enter(client_of(operator), storvika)
        mail.send_due(now=clock.now())

        letter = outbox.outbox[0]
        assert [each.to for each in outbox.outbox] == [[storvika.administrator.email]]
        assert letter.subject == "Ein systemadministrator har gått inn i Storvika kommune i Kanalkompass"
        assert REASON in letter.body
        assert "Drifta Drift, systemadministrator" in letter.body

    def test_it_stands_on_the_overview_until_it_is_ticked_off_and_among_the_users_for_good(
        self, client_of, operator, lyngvaer
    ):
        enter(client_of(operator), lyngvaer)
        client = client_of(lyngvaer.administrator)
        with tenant(lyngvaer.pk):
            pk = SystemEntry.objects.get(municipality=lyngvaer.municipality).pk

        before = client.get(f"/{lyngvaer.number}/").content.decode()
        client.post(f"/{lyngvaer.number}/brukere/innsyn/{pk}/sett/")
        after, users = client.get(f"/{lyngvaer.number}/"), client.get(f"/{lyngvaer.number}/brukere/")

        assert "Drifta Drift er inne nå" in before
        assert "Drifta Drift er inne nå" not in after.content.decode()
        assert REASON in users.content.decode()
        assert "Sett av Administrator Hansen" in users.content.decode()

    def test_another_municipality_is_told_nothing_and_ticks_nothing_off_p13(
        self, client_of, operator, lyngvaer, storvika
    ):
        enter(client_of(operator), lyngvaer)
        with tenant(lyngvaer.pk):
            pk = SystemEntry.objects.get(municipality=lyngvaer.municipality).pk
        client = client_of(storvika.administrator)

        assert "Drifta Drift" not in client.get(f"/{storvika.number}/brukere/").content.decode()
        assert client.post(f"/{storvika.number}/brukere/innsyn/{pk}/sett/").status_code == 404

    def test_the_wall_hides_it_from_who_has_not_entered_p14(self, operator, lyngvaer, storvika):
        entries.enter(municipality=lyngvaer.municipality, user=operator, reason=REASON, now=clock.now())

        def seen() -> int:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM recruitment_systementry")
                return cursor.fetchone()[0]

        with tenant(storvika.pk):
            foreign = seen()
        with acting_user(storvika.administrator.pk):
            others = seen()
        with acting_user(operator.pk):
            own = seen()
        assert (foreign, others, own) == (0, 0, 1)
