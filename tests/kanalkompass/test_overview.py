"""The front page tells each member what needs her, and readers nothing of drafts (table M)."""

import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from analytics.actions import measurements
from analytics.models import Cost, ObjectKind, Outcome, Release
from channels.actions import access
from channels.connectors import AccessDead
from channels.models import Account, Campaign
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import Channel, JobPosting, Source
from tests.channels.deliveries import Press, connect
from tests.fixtures import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(lyngvaer, linkedin_sandbox) -> Press:
    """Lyngvær's connected LinkedIn page."""
    return connect(lyngvaer, linkedin_sandbox)


def page_of(client_of, town, role: str) -> str:
    return client_of(getattr(town, role)).get(f"/{town.number}/").content.decode()


class TestEmpty:
    def test_each_role_is_led_to_the_step_that_is_hers(self, client_of, lyngvaer):
        pages = {role: page_of(client_of, lyngvaer, role) for role in ("adviser", "hr", "administrator", "reader")}

        steps = ["Legg til en kanal", "Registrer en stilling", "Legg den ut, eller del lenken", "Se hva søkerne svarer"]
        for role in ("adviser", "hr", "administrator"):
            places = [pages[role].index(f"<h3>{step}") for step in steps]
            assert places == sorted(places), role
        assert f'href="/{lyngvaer.number}/kanaler/">Legg til en kanal' in pages["adviser"]
        assert f'href="/{lyngvaer.number}/stillinger/ny/">Registrer en stilling' in pages["hr"]
        assert "Det gjør kommunikasjonsrådgiveren." in pages["hr"]
        assert "Det gjør HR." in pages["adviser"]
        assert "Det gjør HR." not in pages["hr"]
        assert "Inviter HR og en kommunikasjonsrådgiver" in pages["administrator"]
        assert "Start her: noen få steg til de første tallene" in pages["hr"]
        assert "Ingen utlysninger har hatt søknadsfrist" in pages["reader"]
        assert "Det er ingenting å tegne ennå" in pages["reader"]

    def test_the_steps_go_when_there_is_a_channel_and_a_vacancy(self, client_of, lyngvaer, make_job):
        with tenant(lyngvaer.pk):
            make_job()
            assert "De første stegene" in page_of(client_of, lyngvaer, "hr")
            Account.objects.create(channel=Channel.objects.get(slug="print"), name="Lokalavisa")

        page = page_of(client_of, lyngvaer, "hr")

        assert "De første stegene" not in page
        assert "Ingenting venter på deg" in page


class TestOverview:
    def test_hr_is_told_of_her_vacancies_with_their_answers_and_the_adviser_is_not(
        self, client_of, lyngvaer, storvika, make_job
    ):
        with tenant(storvika.pk):
            make_job(title="Rektor ved Storvika skule", announced_date=None)
        with tenant(lyngvaer.pk):
            make_job(announced_date=None, title="Sjuøyane <b>čáhci</b> " + "å" * 100)
            closed = make_job(deadline_date=clock.today() - datetime.timedelta(days=10))

        hr, adviser = (page_of(client_of, lyngvaer, role) for role in ("hr", "adviser"))

        assert "Ikke utlyst" in hr
        assert "Sjuøyane &lt;b&gt;čáhci" in hr
        assert f"/stillinger/{closed.pk}/utfall/" in hr
        assert "Åpne stillinger" in hr
        assert "Kildene nå</h2><p>Kostnad per kvalifisert søker, de siste tolv månedene</p>" in hr
        assert "Ikke utlyst" not in adviser
        assert "Kildene nå" not in adviser
        assert "Rektor" not in hr + adviser
        assert client_of(lyngvaer.hr).get(f"/{storvika.number}/").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_vacancies(self, client_of, lyngvaer, make_job):
        counts = []
        client = client_of(lyngvaer.hr)
        for n_jobs in (2, 9):
            with tenant(lyngvaer.pk):
                for number in range(n_jobs):
                    make_job(announced_date=None)
                    make_job(deadline_date=clock.today() - datetime.timedelta(days=number + 1))
            client.get(f"/{lyngvaer.number}/")
            with CaptureQueriesContext(connection) as asked:
                client.get(f"/{lyngvaer.number}/")
            counts.append(len(asked))

        assert counts[0] == counts[1] < 60

    def test_an_adviser_begins_the_next_post_from_there(self, client_of, lyngvaer, make_job):
        with tenant(lyngvaer.pk):
            make_job()
            Account.objects.create(channel=Channel.objects.get(slug="print"), name="Lokalavisa")
        address = f"/{lyngvaer.number}/kampanjer/"

        def start(*campaigns: str) -> str:
            with tenant(lyngvaer.pk):
                today = clock.today()
                for name in campaigns:
                    Campaign.objects.create(name=name, start_date=today, end_date=today, created_by=lyngvaer.adviser)
                Campaign.objects.create(
                    name="Over", start_date="2024-01-01", end_date="2024-02-01", created_by=lyngvaer.adviser
                )
            return page_of(client_of, lyngvaer, "adviser")

        assert f'href="{address}ny/"' in start()
        assert re.search(rf'class="ds-button" href="{address}\d+/innlegg/ny/"', start("Høst"))
        several = start("Vår & <i>sommer</i>")
        assert several.count("/innlegg/ny/") == 2
        assert "Vår &amp; &lt;i&gt;sommer" in several
        assert "Over</a>" not in several


class TestLeader:
    def test_r10_a_readers_front_page_has_released_figures_alone_and_every_role_may_open_it_but_no_neighbour(
        self, client_of, lyngvaer, storvika, make_job
    ):
        today = clock.today()
        with tenant(lyngvaer.pk):
            job = make_job(deadline_date=today - datetime.timedelta(days=9))
            print_, nav = (Source.objects.get(slug=slug) for slug in ("print", "nav"))
            Cost.objects.create(job=job, source=print_, day=today, kind="kroner", amount_ore=9_680_000, note="x")
            Outcome.objects.create(job=job, source=nav, qualified=7919, hired=3967, counted_date=today)
            release(job, source=nav, qualified=41, hired=6)
            release(job, source=Source.objects.get(slug="finn"), qualified=9)
            release(job, source=Source.objects.get(slug="unknown"), qualified=7)
            release(job, source=Source.objects.get(slug="linkedin"), qualified=8)
            advertise(lyngvaer, day=today - datetime.timedelta(days=2))
        address = f"/{lyngvaer.number}/oversikt/leder/"

        own = page_of(client_of, lyngvaer, "reader")
        pages = {role: client_of(lyngvaer.people[role]).get(address).content.decode() for role in ("hr", "adviser")}

        for page in (own, *pages.values()):
            shown = unescape(strip_tags(page)).replace("\N{NO-BREAK SPACE}", " ")
            assert "Én utlysning har gitt over 60 kvalifiserte søkere og minst seks ansatte." in shown
            rests_on = "Av de 58 vi kan vise kilden til, kom sju av ti fra NAV (arbeidsplassen.no)"
            assert f"{rests_on}, uten at betaling er registrert." in shown
            assert "Lokalavisa kostet kr 96 800. Hva det ga, kan bare HR se så langt." in shown
            assert "Neste steg: Spør HR hva" in shown
            # With nothing registered only what costs nothing by itself is free: FINN and an ad on LinkedIn are not.
            assert "Pris ikke registrert" in shown
            assert "Minst 7 kvalifiserte søkere har ingen kjent kilde." in shown
            assert "7919" not in page.replace("\N{NO-BREAK SPACE}", "")
            assert "style=" not in page.partition("<main")[2]
        assert client_of(storvika.hr).get(address).status_code == 404
        assert "96" not in strip_tags(page_of(client_of, storvika, "reader"))


def advertise(town: Town, *, day: datetime.date) -> None:
    """Let an ad have been shown on the town's LinkedIn page, and nobody have registered what it cost."""
    account = Account.objects.create(channel=Channel.objects.get(slug="linkedin"), name="Siden")
    shown = measurements.Figures(
        kind=ObjectKind.ACCOUNT, object_id=account.pk, day=day, fetched_at=clock.now(), is_paid=True, impressions=10
    )
    measurements.store([shown], now=clock.now())


def release(job: JobPosting, *, source: Source, **counts: int) -> None:
    """Let the ledger have released a vacancy's counts of one source."""
    for question, count in counts.items():
        Release.objects.create(
            question=question,
            source=source,
            occupation=job.occupation,
            job=job,
            kind=job.kind,
            count=count,
            threshold=5,
            released_date=clock.today(),
            n_jobs=1,
            first_deadline=job.deadline_date,
            last_deadline=job.deadline_date,
            month=job.deadline_date.replace(day=1),
        )


class TestDeliveries:
    def test_p6_a_lost_access_is_told_to_whoever_may_connect_and_a_missing_role_too(self, client_of, press):
        access.refused(press.account, AccessDead("access_denied"), doing="figures", now=press.now)
        missing = [page_of(client_of, press.town, role) for role in ("adviser", "administrator", "reader")]
        access.mark_dead(press.account, reason="token_dead")
        dead = [page_of(client_of, press.town, role) for role in ("adviser", "administrator", "reader")]

        assert ["lar oss ikke gjøre alt" in page for page in missing] == [True, True, False]
        assert ["LinkedIn må kobles til på nytt" in page for page in dead] == [True, True, False]

    def test_what_waits_for_a_person_is_urgent_for_those_who_may_publish_and_for_nobody_else(self, client_of, press):
        late = press.due()
        press.set(late, state="late", reason="too_late")
        address = f"/{press.town.number}/leveringer/{late.pk}/"

        for role, is_told in {"adviser": True, "novice": False, "hr": False, "reader": False}.items():
            text = page_of(client_of, press.town, role)

            assert (address in text.split('id="channels"')[0]) is is_told, role
