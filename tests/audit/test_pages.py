"""The log on the screen and as a file (P16, table M)."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import Outcome
from audit import actions, record
from audit.acts import Act
from audit.models import AuditEvent, Person
from foundation.acting import acting_as
from foundation.tenancy import tenant
from kanalkompass import checks
from kanalkompass.audited import AUDITED, BOOKKEEPING, NOT_AUDITED, columns_never, tenant_models
from kanalkompass.logbook import texts
from kanalkompass.logbook.things import things
from recruitment.login_sessions import CONFIRMED_AT
from recruitment.models import JobPosting, Membership, Source, Workplace


def do(town, person, act) -> None:
    """Let a person do something in the town, and commit as far as a test can."""
    with acting_as(person.pk), tenant(town.pk):
        act()
    connection.check_constraints()


def address(town, name: str = "log", **kwargs) -> str:
    return reverse(name, kwargs={"number": town.number, **kwargs})


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def renamed(lyngvaer):
    """HR has renamed the workplace."""
    do(lyngvaer, lyngvaer.hr, lambda: Workplace.objects.update(name="Nye Solbakken"))
    return lyngvaer


class TestTheLog:
    def test_says_who_changed_what_from_what_to_what(self, renamed, client_of):
        page = text_of(client_of(renamed.administrator).get(address(renamed)))

        assert "Hr Hansen" in page
        assert "Endret arbeidssted «Nye Solbakken»" in page
        assert "<del>Solbakken omsorgssenter</del>" in page
        assert "<ins>Nye Solbakken</ins>" in page

    def test_shows_words_for_codes(self, lyngvaer, client_of, make_job):
        do(lyngvaer, lyngvaer.hr, lambda: make_job())
        do(lyngvaer, lyngvaer.hr, lambda: JobPosting.objects.update(kind="summer", percentage=50))
        do(
            lyngvaer,
            lyngvaer.administrator,
            lambda: Membership.objects.filter(user=lyngvaer.novice, municipality_id=lyngvaer.pk).update(role="hr"),
        )

        page = text_of(client_of(lyngvaer.administrator).get(address(lyngvaer)))

        assert "<ins>Sommerjobb</ins>" in page
        assert "Endret rolle «Novice Hansen»" in page or "Novice Hansen" in page
        assert ">summer<" not in page
        assert ">adviser<" not in page

    def test_shows_fifty_on_a_page_and_the_rest_behind_a_link(self, lyngvaer, client_of):
        do(lyngvaer, lyngvaer.hr, lambda: [record(Act.EXPORTED) for _ in range(60)])
        client = client_of(lyngvaer.administrator)

        first = client.get(address(lyngvaer), {"handling": "exported"})
        second = client.get(address(lyngvaer), {"handling": "exported", "eldre_enn": first.context["older_than"]})

        numbers = [line.number for response in (first, second) for line in response.context["lines"]]
        assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 10)
        assert numbers == sorted(set(numbers), reverse=True)

    @pytest.mark.parametrize(
        ("asked", "is_found"),
        [
            ({"gjelder": "arbeidssted", "handling": "changed"}, True),
            ({"gjelder": "kilde", "handling": "changed"}, False),
            ({"fra": "2020-01-01", "til": "2020-12-31"}, False),
            ({"fra": "2020-01-01", "gjelder": "arbeidssted"}, True),
            ({"hvem": "systemet", "handling": "changed"}, False),
        ],
    )
    def test_is_filtered_by_the_address(self, renamed, client_of, asked, is_found):
        page = text_of(client_of(renamed.administrator).get(address(renamed), asked))

        assert ("<ins>Nye Solbakken</ins>" in page) == is_found

    @pytest.mark.parametrize(
        "asked",
        [
            {"fra": "31.02.2026"},
            {"fra": "2026-05-02", "til": "2026-05-01"},
            {"fra": "0001-01-01"},
            {"til": "9999-12-31"},
            {"hvem": "P-FFFFFF"},
            {"handling": "<b>"},
            {"gjelder": "passord"},
            {"eldre_enn": "0"},
            {"eldre_enn": "-1"},
            {"eldre_enn": str(2**63)},
            {"eldre_enn": "1e3"},
            {"fra": "a\0b"},
        ],
    )
    def test_b56_refuses_an_address_that_cannot_be_meant(self, renamed, client_of, asked):
        response = client_of(renamed.administrator).get(address(renamed), asked)

        assert response.status_code == 422
        assert response.context["lines"] == []

    def test_asks_the_database_as_often_for_many_events_as_for_few(self, lyngvaer, client_of):
        client = client_of(lyngvaer.administrator)
        client.get(address(lyngvaer))  # A session's first request also writes where its person is logged in.
        counts = []
        for start in (0, 45):
            do(
                lyngvaer,
                lyngvaer.hr,
                lambda start=start: [Workplace.objects.create(name=f"Skole {start + n}") for n in range(start + 2)],
            )
            with CaptureQueriesContext(connection) as asked:
                client.get(address(lyngvaer), {"gjelder": "arbeidssted"})
            counts.append(len(asked))

        assert counts[0] == counts[1]

    def test_escapes_what_people_wrote(self, lyngvaer, client_of):
        do(lyngvaer, lyngvaer.hr, lambda: Workplace.objects.update(name="<script>alert(1)</script>"))

        page = client_of(lyngvaer.administrator).get(address(lyngvaer)).content.decode()

        assert "<script>alert" not in page


class TestTableM:
    def test_is_closed_to_a_reader_and_to_another_municipality(self, renamed, storvika, client_of):
        with tenant(renamed.pk):
            workplace = Workplace.objects.get().pk
        places = [address(renamed), address(renamed, "history", kind="arbeidssted", object_id=workplace)]

        for person in (renamed.reader, storvika.administrator):
            assert {client_of(person).get(place).status_code for place in places} == {404}

    def test_shows_hr_and_communications_their_own_acts_alone(self, renamed, client_of):
        do(renamed, renamed.adviser, lambda: record(Act.EXPORTED))

        of_hr = client_of(renamed.hr).get(address(renamed)).context["lines"]
        of_adviser = client_of(renamed.adviser).get(address(renamed)).context["lines"]
        of_novice = client_of(renamed.novice).get(address(renamed)).context["lines"]

        assert [line.what for line in of_hr] == ["Endret arbeidssted «Nye Solbakken»"]
        assert [line.who for line in of_adviser] == ["Adviser Hansen"]
        assert of_novice == []

    def test_does_not_let_them_ask_for_others(self, renamed, client_of):
        with tenant(renamed.pk):
            of_hr = Person.objects.get(user_id=renamed.hr.pk).pseudonym

        response = client_of(renamed.adviser).get(address(renamed), {"hvem": of_hr})

        assert response.status_code == 422

    def test_shows_a_system_administrator_who_looks_in_her_own_acts_alone(self, renamed, operator, client_of):
        client = client_of(operator)
        client.post(f"/system/{renamed.number}/inn/", {"reason": "Feilmelding 4711 om tall som mangler"})
        connection.check_constraints()

        page = client.get(address(renamed))

        assert {line.who for line in page.context["lines"]} == {operator.full_name}
        assert client.get(address(renamed, "log_csv")).status_code == 404

    def test_lets_nobody_but_an_administrator_download(self, renamed, client_of):
        for person in (renamed.hr, renamed.adviser, renamed.reader):
            assert client_of(person).get(address(renamed, "log_csv")).status_code == 404

    def test_shows_counts_of_outcomes_to_hr_alone(self, lyngvaer, client_of, make_job):
        def register() -> None:
            job = make_job()
            source = Source.objects.first()
            Outcome.objects.create(job=job, source=source, qualified=7331, counted_date="2026-11-01")

        do(lyngvaer, lyngvaer.hr, register)

        assert "7331" in text_of(client_of(lyngvaer.hr).get(address(lyngvaer)))
        for_administrator = text_of(client_of(lyngvaer.administrator).get(address(lyngvaer)))
        assert "7331" not in for_administrator
        assert "vises bare for HR" in for_administrator


class TestTheFile:
    def test_holds_what_is_chosen_and_is_logged_itself(self, renamed, client_of):
        response = client_of(renamed.administrator).get(address(renamed, "log_csv"), {"gjelder": "arbeidssted"})

        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
        assert [row[4] for row in rows[1:]] == [
            "Endret arbeidssted «Nye Solbakken»",
            "La til arbeidssted «Nye Solbakken»",
        ]
        connection.check_constraints()
        with tenant(renamed.pk):
            assert AuditEvent.objects.get(act=Act.LOG_EXPORTED).detail["rows"] == 2

    def test_p24_runs_nothing_that_people_wrote(self, lyngvaer, client_of):
        with acting_as(lyngvaer.hr.pk, reason="=HYPERLINK(1)"), tenant(lyngvaer.pk):
            record(Act.EXPORTED)
        connection.check_constraints()

        response = client_of(lyngvaer.administrator).get(address(lyngvaer, "log_csv"), {"handling": "exported"})

        assert "'=HYPERLINK(1)" in response.content.decode()

    def test_is_given_only_to_who_has_just_confirmed_who_she_is(self, renamed, client_of):
        client = client_of(renamed.administrator)
        session = client.session
        session[CONFIRMED_AT] = 0
        session.save()

        response = client.get(address(renamed, "log_csv"))

        assert response.status_code == 302
        assert "Content-Disposition" not in response.headers


class TestHistory:
    def test_of_a_vacancy_tells_of_what_belongs_to_it_too(self, lyngvaer, client_of, make_job):
        made = []
        do(lyngvaer, lyngvaer.hr, lambda: made.append(make_job()))
        do(
            lyngvaer,
            lyngvaer.hr,
            lambda: Outcome.objects.create(
                job=made[0], source=Source.objects.first(), qualified=3, counted_date="2026-11-01"
            ),
        )
        do(lyngvaer, lyngvaer.hr, lambda: Outcome.objects.all().delete())
        do(lyngvaer, lyngvaer.hr, lambda: make_job(title="En annen stilling"))

        page = client_of(lyngvaer.administrator).get(
            address(lyngvaer, "history", kind="stilling", object_id=made[0].pk)
        )

        acts = [line.what.split(" ")[0] for line in page.context["lines"]]
        assert acts == ["Slettet", "La", "La"]
        assert "En annen stilling" not in text_of(page)

    def test_of_what_is_deleted_is_kept(self, lyngvaer, client_of):
        with tenant(lyngvaer.pk):
            workplace = Workplace.objects.get().pk
        do(lyngvaer, lyngvaer.hr, lambda: Workplace.objects.all().delete())

        page = client_of(lyngvaer.administrator).get(
            address(lyngvaer, "history", kind="arbeidssted", object_id=workplace)
        )

        assert "Slettet arbeidssted «Solbakken omsorgssenter»" in text_of(page)

    @pytest.mark.parametrize("object_id", [0, 999_999_999, 2**63, 10**30])
    @pytest.mark.parametrize("kind", ["stilling", "passord"])
    def test_of_what_never_was_is_a_404(self, lyngvaer, client_of, kind, object_id):
        place = address(lyngvaer, "history", kind=kind, object_id=object_id)

        assert client_of(lyngvaer.administrator).get(place).status_code == 404

    def test_of_rights_is_the_administrators(self, lyngvaer, client_of):
        with tenant(lyngvaer.pk):
            membership = Membership.objects.get(user=lyngvaer.novice, municipality_id=lyngvaer.pk).pk
        place = address(lyngvaer, "history", kind="rolle", object_id=membership)

        answers = [client_of(person).get(place).status_code for person in (lyngvaer.administrator, lyngvaer.hr)]

        assert answers == [200, 404]

    def test_is_a_404_on_a_page_that_cannot_be(self, lyngvaer, client_of, make_job):
        with tenant(lyngvaer.pk):
            job = make_job()
        place = address(lyngvaer, "history", kind="stilling", object_id=job.pk)

        assert client_of(lyngvaer.administrator).get(place, {"eldre_enn": "-1"}).status_code == 404

    def test_is_reached_from_the_vacancy_by_those_who_may_see_it(self, lyngvaer, client_of, make_job):
        made = []
        do(lyngvaer, lyngvaer.hr, lambda: made.append(make_job()))
        job = address(lyngvaer, "job", job_id=made[0].pk)
        history = address(lyngvaer, "history", kind="stilling", object_id=made[0].pk)

        assert history in text_of(client_of(lyngvaer.hr).get(job))
        assert history not in text_of(client_of(lyngvaer.reader).get(job))


class TestAForgottenPerson:
    def test_stands_under_her_pseudonym_on_every_page(self, renamed, client_of):
        pseudonym = actions.forget_person(municipality_id=renamed.pk, user_id=renamed.hr.pk)
        connection.check_constraints()

        page = text_of(client_of(renamed.administrator).get(address(renamed)))

        assert f"Person {pseudonym}" in page
        assert "Hr Hansen" not in page


class TestWhatIsFollowed:
    def test_every_field_that_is_shown_has_a_name_for_the_screen(self):
        nameless = [
            f"{thing.label}.{field.name}"
            for thing in things()
            for field in thing.model._meta.concrete_fields
            if field.column not in columns_never(thing.model, AUDITED[thing.label])
            and field.name not in ("id", "municipality")
            and not texts.has_label(field)
        ]

        assert nameless == []

    def test_no_kind_stands_in_both_lists_and_every_field_named_exists(self):
        assert not AUDITED.keys() & NOT_AUDITED.keys()
        for thing in things():
            how = AUDITED[thing.label]
            for name in (*how.never, *how.withheld, *how.hr_only):
                thing.model._meta.get_field(name)

    def test_holds_no_token_hash_or_applicants_answer(self):
        recorded = {
            f"{thing.label}.{field.name}"
            for thing in things()
            for field in thing.model._meta.concrete_fields
            if field.column not in columns_never(thing.model, AUDITED[thing.label])
        }

        assert not [each for each in recorded if any(word in each for word in ("token", "hash", "password", "secret"))]
        assert not {"analytics.SurveyAnswer", "analytics.AlsoSeen"} & AUDITED.keys()

    def test_is_declared_for_every_tenants_table(self):
        labels = {model._meta.label for model in tenant_models()}

        assert {"recruitment.Membership", "analytics.SurveyAnswer", "channels.Delivery"} <= labels
        assert labels <= AUDITED.keys() | NOT_AUDITED.keys()
        assert "changed_by" in BOOKKEEPING

    def test_a_table_that_is_declared_nowhere_fails_the_build(self, monkeypatch):
        monkeypatch.delitem(AUDITED, "channels.Delivery")

        assert [problem.id for problem in checks.every_tenant_table_is_audited_or_says_why_not()] == [
            "kanalkompass.E005"
        ]
