"""Demonstration data: only in a demonstration, once, invented, behind the same walls, and never a default password."""

import io
import json
import stat
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from analytics import figure_texts
from analytics.actions import rollups
from analytics.models import (
    AnswerMonth,
    ChannelDay,
    Cost,
    FetchRun,
    JobCount,
    Measurement,
    ObjectKind,
    Outcome,
    Reassignment,
    Release,
    Restatement,
    SharedCost,
    SurveyAnswer,
)
from analytics.queries import pulse
from channels.models import Account, Campaign, Connection, Delivery, Due, LinkHour, PaidCampaign, Post, TrackedLink
from channels.queries import comments, obstacles
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass.demo import loading, secret
from kanalkompass.demo.pages import PAGES
from kanalkompass.demo.people import TOWNS, RealMunicipality
from recruitment.actions.reference import load_reference
from recruitment.models import (
    Invitation,
    JobPosting,
    Membership,
    Municipality,
    MunicipalitySettings,
    Source,
    User,
    Workplace,
)
from recruitment.queries import people

PASSWORD = "bare for denne prøven"


@pytest.fixture(scope="class")
def loaded(django_db_setup, django_db_blocker):
    """The demonstration as it is loaded, once for all tests of a class; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        shown = loading.load(password=PASSWORD, now=clock.now())
        # What waits for the commit is done here, and not at the end of every test.
        connection.check_constraints()
        yield shown
        transaction.set_rollback(True)


def inside(number):
    return tenant(Municipality.objects.get(number=number).pk)


def census():
    """Count the rows of every municipality, and sum what could drift."""
    counts = {}
    for town in TOWNS:
        with inside(town.number):
            for model in (JobPosting, TrackedLink, LinkHour, SurveyAnswer, Outcome, Cost, Account, Measurement):
                counts[town.number, model.__name__] = model.objects.count()
            counts[town.number, "views"] = sum(ChannelDay.objects.values_list("impressions", flat=True))
    return counts


@pytest.mark.django_db
class TestLoad:
    def test_changes_nothing_the_second_time(self, loaded):
        before, passwords = census(), set(User.objects.values_list("email", "password"))

        again = loading.load(password=PASSWORD, now=clock.now())

        assert census() == before
        assert set(User.objects.values_list("email", "password")) == passwords
        assert {each.n_jobs for each in again} == {0}
        assert Municipality.objects.filter(number__startswith="99").count() == len(TOWNS)

    def test_lets_the_nights_between_pass_when_it_is_started_again_later(self, loaded, settings):
        later = clock.now() + timedelta(days=9)
        settings.KK_DEMO_ACCESS = json.dumps({PAGES[0].urn: "ny-tilgang"})
        with inside("9901"):
            known = {row.pk: row.followers for row in Measurement.objects.filter(kind=ObjectKind.FOLLOWERS)}

        loading.load(password=PASSWORD, now=later)

        for town in TOWNS[:2]:
            with inside(town.number):
                page = Account.objects.get(external_id=town.pages[0].urn)
                light = pulse.pulses(connections=Connection.objects.filter(account=page), now=later)[page.pk]
                ends = Connection.objects.get(account=page).ends_at
                assert figure_texts.light(light.worst).colour == "green"
                assert ends.date() - later.date() == timedelta(days=town.pages[0].expires_in_days)
                assert comments.unanswered(now=later)
                assert rollups.compare().differences == []
        with inside("9901"):
            assert Connection.objects.get().access_token == "ny-tilgang"
            told = Measurement.objects.filter(kind=ObjectKind.FOLLOWERS)
            assert told.count() == len(known) + 9
            assert {row.pk: row.followers for row in told if row.pk in known} == known
            spent = Measurement.objects.filter(kind=ObjectKind.PAID_CAMPAIGN)
            # What was of yesterday comes in the small hours.
            assert spent.latest("day").day >= later.date() - timedelta(days=2)

    def test_lies_outside_the_real_series_and_says_that_it_is_invented(self, loaded):
        invented = Municipality.objects.filter(number__in=[town.number for town in TOWNS])

        assert invented.count() == len(TOWNS) == 4
        assert all(each.is_demo for each in invented)
        assert Municipality.objects.filter(is_demo=False).count() == 357

    def test_uses_hosts_that_nobody_can_own(self, loaded):
        assert all(email.endswith(".example") for email in User.objects.values_list("email", flat=True))
        for town in TOWNS:
            with inside(town.number):
                hosts = {url.split("/")[2] for url in TrackedLink.objects.values_list("target_url", flat=True)}
            assert all(host.endswith(".example") for host in hosts)

    def test_has_two_years_behind_it_and_vacancies_open_today(self, loaded):
        today = clock.today()
        with inside("9901"):
            deadlines = list(JobPosting.objects.values_list("deadline_date", flat=True))
            slugs = set(Cost.objects.values_list("source__slug", flat=True))
            latest = LinkHour.objects.order_by("hour").last().hour

        assert min(deadlines) < today - timedelta(days=700)
        assert sum(deadline >= today for deadline in deadlines) >= 4
        assert {"print", "cinema", "job-fair", "own-web", "finn"} <= slugs
        assert latest <= clock.now()

    def test_leaves_the_main_journey_to_be_done(self, loaded):
        with inside("9901"):
            own = Account.objects.get(channel__slug="linkedin", name="Lyngvær kommune")
            assert not own.external_id
            assert own.responsible is None
            assert not Connection.objects.filter(account=own).exists()
            assert Workplace.objects.filter(name="Solbakken omsorgssenter").exists()
            assert not JobPosting.objects.filter(title="Sykepleier, Solbakken omsorgssenter").exists()

    def test_counts_nobody_further_than_she_came(self, loaded):
        for town in TOWNS:
            with inside(town.number):
                for row in Outcome.objects.filter(hired__isnull=False):
                    steps = [row.applied, row.qualified, row.interviewed, row.offered, row.hired]
                    assert steps == sorted(steps, reverse=True)
                    assert row.best_qualified <= row.qualified

    def test_adds_up_and_has_nothing_before_its_time(self, loaded):
        now, today = clock.now(), clock.today()
        for town in TOWNS:
            with inside(town.number):
                assert rollups.compare().differences == []
                assert not Measurement.objects.filter(fetched_at__gt=now).exists()
                assert not Cost.objects.filter(day__gt=today).exists()
                assert not SurveyAnswer.objects.filter(answered_hour__gt=now).exists()
                assert not Outcome.objects.filter(counted_date__gt=today).exists()
                assert not Post.objects.filter(job__created_at__gt=F("created_at")).exists()
                assert not Delivery.objects.filter(published_at__lt=F("post__created_at")).exists()
                assert not Delivery.objects.filter(published_at__gt=now).exists()
                early = LinkHour.objects.filter(hour__lt=F("link__created_at") - timedelta(hours=1))
                assert not early.exists()

    @pytest.mark.parametrize("number", ["9901", "9902"])
    def test_has_a_vacancy_with_everything_in_each_town_that_has_a_page(self, loaded, number):
        today, now = clock.today(), clock.now()
        with inside(number):
            job = JobPosting.objects.get(deadline_date=today + timedelta(days=9))
            assert set(Delivery.objects.values_list("state", flat=True)) == {*Delivery.State.values} - {"sending"}
            of_job = Delivery.objects.filter(post__job=job)
            assert set(of_job.values_list("state", flat=True)) == {*Delivery.State.values} - {"sending"}
            due = Delivery.objects.filter(pk__in=Due.objects.values("delivery_id"))
            assert set(due.values_list("state", flat=True)) == {"scheduled"}
            blocked = Delivery.objects.get(state="blocked")
            assert obstacles.publishing_obstacle(blocked.account, today=today) == blocked.reason == "not_connected"
            ends = set(Campaign.objects.filter(jobs=job).values_list("end_date", flat=True))
            assert min(ends) < today < max(ends)
            corrected = of_job.get(edits__state="done")
            assert corrected.edits.get().previous_text != corrected.approved_text == corrected.edits.get().text
            followed = {link.label: link.hours.exists() for link in job.tracked_links.exclude(place="")}
            assert sorted(followed.values()) == [False, True]
            assert SurveyAnswer.objects.filter(survey__job=job).count() == 6
            assert SurveyAnswer.objects.filter(survey__job=job, first_source__kind="elsewhere").count() == 2
            counted = Outcome.objects.filter(job=job)
            assert 0 < counted.exclude(qualified=None).count() < counted.count() < Source.objects.count()
            assert Cost.objects.filter(job=job, kind="kroner").exists()
            assert [each.n_comments for each in comments.unanswered(now=now)] == [2]
            assert PaidCampaign.objects.filter(status="ACTIVE").count() == 2
            yesterday = now.date() - timedelta(days=1 if now.hour > 4 else 2)
            for kind in (ObjectKind.DELIVERY, ObjectKind.PAGE_VIEWS, ObjectKind.PAID_CAMPAIGN):
                assert Measurement.objects.filter(kind=kind).latest("day").day >= yesterday

    def test_has_everything_that_a_page_can_show(self, loaded):
        today, now = clock.today(), clock.now()
        with inside("9902"):
            assert {each.ends_at.date() - now.date() for each in Connection.objects.all()} == {
                timedelta(days=5), timedelta(days=60),
            }  # fmt: skip
            assert set(Measurement.objects.values_list("kind", flat=True)) == set(ObjectKind.values)
            assert Restatement.objects.filter(reason="restated").exists()
            assert {"failed", "partly", "done"} <= set(FetchRun.objects.values_list("state", flat=True))
            running = PaidCampaign.objects.filter(job__deadline_date__range=(today - timedelta(days=5), today))
            spent = Measurement.objects.filter(object_id=running.get().pk, kind=ObjectKind.PAID_CAMPAIGN)
            assert spent.latest("day").day >= today - timedelta(days=2)
            assert SurveyAnswer.objects.exclude(remembered=None).exists()
            assert Invitation.objects.filter(expires_at__lt=now).exists()
            assert "failed" in {each.letter_state for each in people.pending_invitations()}
            assert MunicipalitySettings.objects.get().accent
            silent = Delivery.objects.filter(account__name="Storvika helsetun")
            assert set(silent.values_list("state", flat=True)) == {"draft", "published"}
            assert silent.get(state="published").published_at < now - timedelta(days=19)
            assert JobPosting.objects.filter(deadline_date__lt=today, outcomes=None).count() >= 6
        with inside("9901"):
            n_answers = {
                days: SurveyAnswer.objects.filter(survey__job__deadline_date=today + timedelta(days=days)).count()
                for days in (2, 9)
            }
            assert n_answers == {2: 0, 9: 6}
            assert JobPosting.objects.filter(announced_date=None, deadline_date__gt=today).count() == 1
            assert SurveyAnswer.objects.filter(first_source__kind="elsewhere").exclude(elsewhere="").exists()
            assert AnswerMonth.objects.exists()
            assert not SurveyAnswer.objects.filter(answered_hour__lt=now - timedelta(days=400)).exists()
            assert Cost.objects.filter(job=None).exists()
            assert SharedCost.objects.count() == 2
            assert JobCount.objects.exists()
            assert Reassignment.objects.filter(undone_at=None).exists()
            assert Reassignment.objects.exclude(undone_at=None).exists()
            assert Source.objects.filter(is_own_account=True).exists()
            assert Source.objects.exclude(merged_into=None).exists()
            assert TrackedLink.objects.exclude(place="").count() == 2
            told = Release.objects.filter(first_deadline__gt=today - timedelta(days=365))
            assert {"said", "qualified", "hired"} <= set(told.values_list("question", flat=True))
        with inside("9903"):
            assert set(Cost.objects.values_list("source__slug", flat=True)) <= {"print", "job-fair"}
            assert not Measurement.objects.exists()
            assert Outcome.objects.exists()
            assert not Outcome.objects.filter(job__created_at__gte=now - timedelta(days=300)).exists()
        with inside("9904"):
            assert not JobPosting.objects.exists()
            assert not Account.objects.exists()

    def test_speaks_the_municipalitys_written_language(self, loaded):
        with inside("9902"):
            titles = " ".join(JobPosting.objects.values_list("title", flat=True))

        assert "Sjukepleiar" in titles or "Helsefagarbeidar" in titles
        assert "Sykepleier" not in titles

    def test_keeps_the_municipalities_apart(self, loaded):
        """P13, P14."""
        with inside("9901"):
            ours = set(JobPosting.objects.values_list("pk", flat=True))
        with inside("9902"):
            assert not JobPosting.objects.filter(pk__in=ours).exists()
            assert not TrackedLink.objects.filter(job_id__in=ours).exists()
            assert Source.objects.count() == 15

    def test_gives_people_the_roles_and_rights_that_the_journey_needs(self, loaded):
        with inside("9901"):
            members = {each.user.full_name: each for each in Membership.objects.select_related("user")}

        ola = members["Ola Berge"]
        assert (ola.role, ola.may_approve, ola.may_publish, ola.may_connect) == ("adviser", True, True, True)
        assert members["Kari Moen"].role == "hr"
        assert {each.role for each in members.values()} == {"hr", "adviser", "reader", "administrator"}

    def test_asks_everybody_for_a_one_time_code_whose_secret_is_sealed(self, loaded):
        """P17, P26."""
        without = User.objects.exclude(authenticator__type=Authenticator.Type.TOTP)
        assert [user.full_name for user in without] == ["Nils Vold"]
        for authenticator in Authenticator.objects.all():
            assert len(decrypt(authenticator.data["secret"])) == 32
            assert decrypt(authenticator.data["secret"]) not in str(authenticator.data)

    def test_gives_people_the_installations_password_when_it_has_changed(self, loaded):
        loading.load(password="et helt annet passord", now=clock.now())

        assert all(user.check_password("et helt annet passord") for user in User.objects.all())

    def test_gives_users_whose_password_and_code_are_shown_and_work(self, loaded, settings):
        settings.DEMO_PASSWORD = PASSWORD
        out = io.StringIO()

        call_command("demo_users", "--json", stdout=out)

        users = {user["email"]: user for user in json.loads(out.getvalue())}
        ola = users["ola.berge@lyngvaer.example"]
        authenticator = Authenticator.objects.get(user__email="ola.berge@lyngvaer.example")
        assert len(users) == 20
        assert users["nils.vold@lyngvaer.example"]["code"] == ""
        assert User.objects.get(email=ola["email"]).check_password(ola["password"])
        assert ola["municipality"] == "Lyngvær kommune"
        assert 1 <= ola["seconds_left"] <= 30
        if ola["seconds_left"] > 1 or time.time() % 30 > 1:
            assert validate_totp_code(decrypt(authenticator.data["secret"]), ola["code"])


class TestCommands:
    @pytest.mark.parametrize("command", ["load_demo", "demo_users"])
    def test_refuse_outside_a_demonstration(self, db, settings, command):
        """P26."""
        settings.KK_DEMO = False

        with pytest.raises(CommandError, match="KK_DEMO=1"):
            call_command(command)

        assert not User.objects.exists()


class TestRealMunicipality:
    def test_is_left_alone(self, db):
        load_reference()
        Municipality.objects.create(number="9901", name="Ekte kommune", name_official="Ekte kommune")

        with pytest.raises(RealMunicipality):
            loading.load(password=PASSWORD, now=clock.now())

        assert not User.objects.exists()


class TestPassword:
    def test_is_made_once_for_each_installation_and_readable_by_its_owner_alone(self, settings, tmp_path):
        settings.DEMO_PASSWORD = settings.KK_DEMO_SECRET = ""
        settings.VAR = tmp_path / "one"
        first, again = secret.password(), secret.password()
        mode = stat.S_IMODE((tmp_path / "one" / "demo.json").stat().st_mode)
        settings.VAR = tmp_path / "other"

        assert first == again != secret.password()
        assert mode == 0o600
        assert len(first) >= 16

    def test_follows_the_secret_that_the_launcher_gives(self, settings, tmp_path):
        settings.DEMO_PASSWORD, settings.VAR = "", tmp_path
        settings.KK_DEMO_SECRET = "a" * 40
        first = secret.password()
        settings.KK_DEMO_SECRET = "b" * 40

        assert first != secret.password()
        assert not (tmp_path / "demo.json").exists()
