"""What needs somebody, subject by subject: told to those who can do it, in words, and never of another municipality."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from analytics.actions import measurements
from analytics.models import Cost, JobCount, ObjectKind, Outcome, Survey, SurveyAnswer
from channels.actions.links import make_delivery_link
from channels.models import (
    Account,
    AdAccount,
    Campaign,
    Comment,
    Connection,
    Delivery,
    PaidCampaign,
    Post,
    RiskAssessment,
)
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass import attention
from kanalkompass.attention import vacancies
from recruitment.models import Channel, Invitation, Membership, MunicipalitySettings, Source
from tests.fixtures import Town

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    """Noon today in Norway: no test is near midnight."""
    return clock.now().astimezone(clock.OSLO).replace(hour=12, minute=0, second=0, microsecond=0)


def told_to(town: Town, role: str, now: datetime) -> list[attention.Task]:
    """Return the tasks of the town's member with this role, in bokmål; call it inside tenant()."""
    user = town.people[role]
    membership = Membership.objects.select_related("municipality", "user").get(user=user, municipality_id=town.pk)
    with translation.override("nb"):
        return attention.attention(membership=membership, now=now).tasks


def titles(tasks: list[attention.Task], kind: str) -> list[str]:
    return [task.title for task in tasks if task.kind == kind]


def connected(town: Town, now: datetime, *, name: str = "Lyngvær på LinkedIn", ends_in: int = 200) -> Account:
    """Make an approved page that is connected since a month and has figures of last night nowhere."""
    account = Account.objects.create(channel=Channel.objects.get(slug="linkedin"), name=name, external_id=name)
    Connection.objects.create(
        account=account,
        access_token="x",
        fingerprint="abcdef",
        scopes="",
        expires_at=now + ends_in * DAY,
        connected_at=now - 30 * DAY,
        connected_by=town.adviser,
    )
    RiskAssessment.objects.create(
        account=account,
        status="approved",
        assessed_date=now.date(),
        responsible_name="Rådmannen",
        next_review_date=now.date() + 100 * DAY,
        recorded_by=town.administrator,
    )
    return account


def posted(town: Town, account: Account, at: datetime, **fields: Any) -> Delivery:
    """Make a post on the account, published at a moment unless `state` says otherwise."""
    campaign, _ = Campaign.objects.get_or_create(
        name="Høst", defaults={"start_date": at.date(), "end_date": at.date() + DAY, "created_by": town.adviser}
    )
    source = Source.objects.get(slug="linkedin")
    number = Delivery.objects.count()
    post = Post.objects.create(campaign=campaign, title=f"Natt {number}", text="Tekst", created_by=town.adviser)
    link = make_delivery_link(
        source=source, job=None, campaign=campaign, target_url="https://soknad.example/1", label=f"L{number}"
    )
    state = fields.pop("state", "published")
    more = {"published_at": at, "external_id": f"urn:{number}"} if state == "published" else {}
    return Delivery.objects.create(post=post, account=account, link=link, state=state, **more, **fields)


def comment(delivery: Delivery, name: str, at: datetime, **fields: Any) -> None:
    fields = {"is_ours": False, "parent_external_id": "", "keep_until": at + 2 * DAY} | fields
    Comment.objects.create(
        delivery=delivery, external_id=f"{delivery.pk}-{name}", text="Hei", written_at=at, read_at=at, **fields
    )


class TestAdviser:
    def test_is_told_of_unanswered_comments_by_post_with_the_oldest_first(
        self, lyngvaer, storvika, now, django_assert_max_num_queries
    ):
        with tenant(storvika.pk):
            comment(posted(storvika, connected(storvika, now, name="Storvika"), now), "their", now - 9 * DAY / 24)
        with tenant(lyngvaer.pk):
            account = connected(lyngvaer, now)
            one, two, answered = (posted(lyngvaer, account, now - DAY) for _ in range(3))
            comment(one, "a", now - timedelta(hours=5))
            comment(two, "b", now - timedelta(hours=26))
            comment(two, "c", now - timedelta(hours=1))
            comment(answered, "d", now - timedelta(hours=9))
            comment(answered, "e", now, is_ours=True, parent_external_id=f"{answered.pk}-d")
            comment(answered, "own", now, is_ours=True)
            comment(answered, "past", now, keep_until=now - DAY)

            for _ in range(7):
                posted(lyngvaer, account, now, state="draft")

            with django_assert_max_num_queries(30):
                told = told_to(lyngvaer, "novice", now)
            found = [task for task in told if task.kind == "Ubesvart"]

            assert [(task.title, task.where) for task in found] == [
                (f"To kommentarer til «{two.post.title}» er ubesvart", "LinkedIn · eldst 26 timer"),
                (f"En kommentar til «{one.post.title}» er ubesvart", "LinkedIn · eldst 5 timer"),
            ]
            assert found[0].url == f"/{lyngvaer.number}/leveringer/{two.pk}/kommentarer/"
            assert titles(told, "Utkast")[3:] == ["Utkast: «Natt 6»", "Tre utkast til"]
            assert titles(told_to(lyngvaer, "hr", now), "Ubesvart") == []

    def test_is_told_of_an_ad_that_is_shown_after_the_deadline_and_asked_before_it(self, lyngvaer, make_job, now):
        today = now.date()
        with tenant(lyngvaer.pk):
            ads = AdAccount.objects.create(
                account=connected(lyngvaer, now), external_id="1", name="A", currency="NOK", chosen_by=lyngvaer.adviser
            )
            cases = {"over": -4, "near": 2, "later": 9, "stopped": -9, "euro": -4}
            for number, (name, days) in enumerate(cases.items()):
                job = make_job(title=name, deadline_date=today + days * DAY)
                paid = PaidCampaign.objects.create(
                    ad_account=ads, external_id=name, name=name, status="X", job=job, seen_at=now
                )
                last = 6 if name == "stopped" else 1
                measurements.store(
                    [
                        measurements.Figures(
                            kind=ObjectKind.PAID_CAMPAIGN,
                            object_id=paid.pk,
                            day=today - age * DAY,
                            fetched_at=now,
                            is_paid=True,
                            impressions=10 + number,
                            spend_ore=31_000,
                        )
                        for age in (last, last + 1, last + 6)
                    ],
                    now=now,
                )

            found = [task for task in told_to(lyngvaer, "adviser", now) if task.kind == "Annonse"]

            assert {task.title: task.urgency for task in found} == {
                "«over»: annonsen vises etter fristen": "now",
                "«euro»: annonsen vises etter fristen": "now",
                "«near»: slutter annonsen når fristen går ut?": "today",
            }
            assert found[0].reason.startswith("Den har kostet kr 620 siden")
            AdAccount.objects.update(currency="EUR")
            assert told_to(lyngvaer, "adviser", now)[0].reason.startswith("Den ble sist vist")

    def test_is_told_of_a_page_that_has_been_silent_with_nothing_planned_and_of_an_access_that_ends(
        self, lyngvaer, now
    ):
        with tenant(lyngvaer.pk):
            silent = connected(lyngvaer, now, name="Stille", ends_in=5)
            posted(lyngvaer, silent, now - 17 * DAY)
            posted(lyngvaer, silent, now, state="draft")
            planned = connected(lyngvaer, now, name="Planlagt", ends_in=60)
            posted(lyngvaer, planned, now - 17 * DAY)
            posted(lyngvaer, planned, now, state="unknown")
            lately = connected(lyngvaer, now, name="Nylig", ends_in=29)
            posted(lyngvaer, lately, now - 13 * DAY)
            connected(lyngvaer, now, name="Aldri")

            to_adviser, to_administrator = (told_to(lyngvaer, role, now) for role in ("adviser", "administrator"))

            quiet = [task for task in to_adviser if task.kind == "Stille kanal"]
            assert [task.title[:46] for task in quiet] == [
                "Ingenting er lagt ut på LinkedIn (Aldri) ennå",
                "Ingen innlegg på LinkedIn (Stille) siden " + clock_day(now - 17 * DAY)[:5],
            ]
            assert quiet[1].reason == "Ingenting er planlagt. Ett utkast ligger klart."
            assert {task.title: task.urgency for task in to_adviser if task.kind == "Tilgang utløper"} == {
                "Forny tilgangen til LinkedIn (Stille) innen fem dager": "today",
                "Forny tilgangen til LinkedIn (Nylig) innen 29 dager": "soon",
            }
            assert "Forny tilgangen til LinkedIn (Planlagt) innen 60 dager" in titles(
                to_administrator, "Tilgang utløper"
            )
            assert titles(to_administrator, "Stille kanal") == []

    def test_sees_what_waits_for_somebody_else_and_never_her_own_where_two_are_needed(self, lyngvaer, now):
        with tenant(lyngvaer.pk):
            waiting = posted(lyngvaer, connected(lyngvaer, now), now, state="awaiting_approval", due_at=now)
            title = waiting.post.title
            kind = "Til godkjenning"

            assert titles(told_to(lyngvaer, "adviser", now), kind) == [f"«{title}» venter på deg"]
            assert titles(told_to(lyngvaer, "novice", now), kind) == [f"«{title}» venter på noen andre"]
            MunicipalitySettings.objects.update(needs_two_people=True)
            own = next(task for task in told_to(lyngvaer, "adviser", now) if task.kind == kind)
            assert (own.title, own.action) == (f"«{title}» venter på noen andre", "Se innlegget")
            assert own.reason.startswith("Ingen andre kan godkjenne det")


def clock_day(moment: datetime) -> str:
    from foundation import formats

    with translation.override("nb"):
        return formats.day(moment)


class TestHr:
    def test_is_told_what_each_vacancy_lacks_with_the_page_where_it_is_done(
        self, lyngvaer, storvika, make_job, now, django_assert_num_queries
    ):
        today = now.date()
        with tenant(storvika.pk):
            make_job(title="Rektor", deadline_date=today - 10 * DAY)
        with tenant(lyngvaer.pk):
            source = Source.objects.get(slug="linkedin")
            jobs = {
                "Ny": make_job(title="Ny", announced_date=None),
                "Stille": make_job(title="Stille", deadline_date=today + 2 * DAY),
                "Svart": make_job(title="Svart", deadline_date=today + 3 * DAY),
                "Lav": make_job(title="Lav", deadline_date=today - 5 * DAY),
                "Uten": make_job(title="Uten", deadline_date=today - 9 * DAY),
                "Gratis": make_job(title="Gratis", deadline_date=today - 8 * DAY),
                "Gammel": make_job(title="Gammel", deadline_date=today - 370 * DAY),
            }
            surveys = {
                name: Survey.objects.create(job=jobs[name], code=f"kode{name.lower()}", closes_date=today + 9 * DAY)
                for name in ("Stille", "Svart", "Lav")
            }
            for number, name in enumerate(["Svart", "Svart", "Lav", "Lav", "Lav"]):
                SurveyAnswer.objects.create(
                    survey=surveys[name],
                    first_source=source,
                    language="nb",
                    answered_hour=now.replace(minute=0),
                    token_hash=f"t{number}",
                    receipt_hash=f"r{number}",
                )
            for name, applied in (("Lav", 22), ("Gratis", 3)):
                Outcome.objects.create(job=jobs[name], source=source, applied=applied, qualified=1, counted_date=today)
            Cost.objects.create(job=jobs["Lav"], source=source, day=today, kind="kroner", amount_ore=0, note="x")

            JobCount.objects.create(job=jobs["Lav"], applied=24, n_missing=3)

            found = {(task.kind, task.title): task for task in told_to(lyngvaer, "hr", now)}
            with django_assert_num_queries(6):
                open_ones, closed = vacancies.vacancy_states(today=today)

        here = f"/{lyngvaer.number}/stillinger/"
        assert {key: task.url for key, task in found.items()} == {
            ("Ikke utlyst", "Ny"): f"{here}{jobs['Ny'].pk}/",
            ("Ingen svar", "Stille"): f"{here}{jobs['Stille'].pk}/undersokelse/",
            ("Frist", "Svart"): f"{here}{jobs['Svart'].pk}/",
            ("Utfall", "Uten"): f"{here}{jobs['Uten'].pk}/utfall/",
            ("Utfall", "Lav"): f"{here}{jobs['Lav'].pk}/utfall/",
            ("Kostnad", "Gratis"): f"{here}{jobs['Gratis'].pk}/kostnader/",
            ("Få svar", "Lav"): f"{here}{jobs['Lav'].pk}/undersokelse/",
        }
        assert found["Utfall", "Uten"].reason.endswith("Kostnad er heller ikke registrert.")
        assert found["Utfall", "Lav"].reason.startswith("Antall kvalifiserte mangler for tre kilder.")
        assert found["Få svar", "Lav"].where == "3 av 24 har svart"
        assert [(each.job.title, each.n_answers) for each in open_ones] == [("Stille", 0), ("Svart", 2), ("Ny", None)]
        assert [each.job.title for each in closed] == ["Uten", "Gratis", "Lav"]

    def test_has_the_many_gathered_in_one_line(self, lyngvaer, make_job, now):
        with tenant(lyngvaer.pk):
            for number in range(9):
                make_job(title=f"Stilling {number}", deadline_date=now.date() - (20 - number) * DAY)

            found = titles(told_to(lyngvaer, "hr", now), "Utfall")

        assert found == [*[f"Stilling {number}" for number in range(4)], "Fem stillinger til mangler utfall"]


class TestAdministrator:
    def test_is_told_of_people_channels_and_settings_that_lack_something(self, lyngvaer, storvika, now, settings):
        with tenant(storvika.pk):
            Account.objects.create(channel=Channel.objects.get(slug="print"), name="Storvikposten")
        with tenant(lyngvaer.pk):
            Account.objects.create(channel=Channel.objects.get(slug="print"), name="Lokalavisa")
            RiskAssessment.objects.filter(account=connected(lyngvaer, now, name="Siden")).delete()
            for number, days in enumerate((-1, 3)):
                Invitation.objects.create(
                    email=f"ny{number}@lyngvaer.example",
                    role="hr",
                    token_hash=str(number),
                    invited_by=lyngvaer.administrator,
                    expires_at=now + days * DAY,
                )
            lyngvaer.hr.authenticator_set.all().delete()

            found = told_to(lyngvaer, "administrator", now)
            told = {task.kind: task.title for task in found}

            assert told["Invitasjon"] == "ny0@lyngvaer.example"
            assert told["Totrinnsinnlogging"] == "Hr Hansen har ikke totrinnsinnlogging ennå"
            assert told["Ansvarlig"] == "Ingen er ansvarlig for LinkedIn og Lokalavisa"
            assert told["Risikovurdering"] == "LinkedIn: ingen godkjent risikovurdering gjelder"
            assert told["Innstilling"] == "Tilgjengelighetserklæringen mangler"
            MunicipalitySettings.objects.update(accessibility_url="https://uustatus.example/1")
            Account.objects.update(responsible=lyngvaer.adviser)
            lyngvaer.novice.authenticator_set.all().delete()
            after = {task.kind for task in told_to(lyngvaer, "administrator", now)}
            assert {"Innstilling", "Ansvarlig"}.isdisjoint(after)
            urgencies = []
            for days in (91, 90, 30, 7):
                end = now.astimezone(UTC).date() + days * DAY
                settings.LINKEDIN_VERSION, settings.LINKEDIN_VERSION_SUNSETS = "203001", {"203001": end}
                ending = [task for task in told_to(lyngvaer, "administrator", now) if task.kind == "Versjon utløper"]
                urgencies.append([task.urgency for task in ending])
            assert urgencies == [[], ["soon"], ["today"], ["now"]]
            assert ending[0].title.startswith("LinkedIn svarer på versjon 203001 til")
