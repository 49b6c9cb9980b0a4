"""The daily look at connections (P6), versions with their ends, and one letter for each cause."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.checks import Error, Warning

from channels import checks, tasks
from channels.actions import access, health, notices, pauses, versions
from channels.connectors import AccessDead
from channels.connectors.linkedin import LinkedIn
from channels.connectors.linkedin import versions as table
from channels.models import AccountNotice, CallCount, Connection, PageClaim, PlatformNotice
from channels.queries import accounts
from foundation.tenancy import tenant
from recruitment.models import OutgoingMail

pytestmark = pytest.mark.django_db

ACLS, INTROSPECT = "GET /rest/organizationAcls", "POST /oauth/v2/introspectToken"


def look(press, *, later: timedelta = timedelta(0)) -> str:
    return health.check(municipality_id=press.town.pk, account_id=press.account.pk, now=press.now + later)


def stored(press) -> Connection:
    with tenant(press.town.pk):
        return Connection.objects.get(account=press.account)


def letters(template: str) -> list[str]:
    return sorted(OutgoingMail.objects.filter(template=template).values_list("recipient", flat=True))


def take_responsibility(press) -> None:
    with tenant(press.town.pk):
        press.account.responsible, press.account.deputy = press.town.adviser, press.town.hr
        press.account.save()


class TestProbe:
    def test_finds_a_healthy_connection_healthy_and_notes_when_it_looked(self, press):
        assert look(press) == "ok"

        assert stored(press).probed_at == press.now
        assert CallCount.objects.get(endpoint=ACLS).n_calls >= 1
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ({"endpoint": INTROSPECT, "kind": "fields", "set": {"active": False}}, "token_dead"),
            ({"endpoint": INTROSPECT, "kind": "fields", "set": {"scope": "openid,profile"}}, "scope_lost"),
            ({"endpoint": ACLS, "kind": "token_revoked"}, "token_dead"),
            ({"endpoint": ACLS, "kind": "role_lost"}, "access_denied"),
            ({"endpoint": ACLS, "kind": "fields", "set": {"elements": []}}, "role_lost"),
        ],
    )
    def test_p6_sees_what_is_lost_before_a_post_is_due_and_tells_once(self, press, fault, code):
        take_responsibility(press)
        press.sandbox.fault(**fault)

        found, again = look(press), look(press, later=timedelta(days=1))

        assert (found, again) == (code, code)
        assert (stored(press).state, stored(press).dead_reason) == ("dead", code)
        people = [press.town.adviser, press.town.hr, press.town.administrator]
        assert letters("access_dead") == sorted(person.email for person in people)

    @pytest.mark.parametrize("kind", ["answer_lost", "plain_500", "garbage", "other_shape", "status_429", "big_body"])
    def test_an_unclear_answer_proves_nothing(self, press, kind):
        press.sandbox.fault(ACLS, kind=kind)

        assert look(press) in ("answer_lost", "server_error", "unclear_answer", "throttled")

        assert stored(press).state == "ok"
        assert stored(press).probe_problem
        assert not OutgoingMail.objects.exists()

    def test_believes_the_channel_when_it_says_that_the_token_ends_earlier(self, press):
        ends = press.now + timedelta(days=10)
        press.sandbox.fault(INTROSPECT, kind="fields", set={"expires_at": str(int(ends.timestamp()))})

        look(press)

        assert abs(stored(press).expires_at - ends) < timedelta(seconds=2)
        assert letters("access_ends")

    def test_tells_the_system_administrators_of_a_clock_that_is_wrong_once_a_day(self, press, operator):
        for hours in (0, 1):
            health.check(
                municipality_id=press.town.pk,
                account_id=press.account.pk,
                now=press.now.replace(hour=3) + timedelta(hours=hours, days=-3),
            )

        assert letters("clock_wrong") == [operator.email]


class TestLettersAheadOfTheEnd:
    def test_p6_leave_14_7_and_1_days_ahead_once_each(self, press):
        ends_at = stored(press).ends_at
        told = {}

        with tenant(press.town.pk):
            connection = Connection.objects.get()
            for n_days in (40, 20, 14, 13, 8, 7, 6, 2, 1, 1, 0):
                told[n_days] = notices.access_ends(press.account, connection, now=ends_at - timedelta(days=n_days))

        assert [n_days for n_days, was_told in told.items() if was_told] == [14, 7]
        assert letters("access_ends") == [press.town.administrator.email] * 3
        with tenant(press.town.pk):
            assert AccountNotice.objects.count() == 3

    def test_leave_on_day_334_too_where_a_refresh_token_ends_with_its_year(self, press):
        with tenant(press.town.pk):
            connection = Connection.objects.get()
            # At noon: days are Norwegian ones, and summer time lies between the two.
            noon = press.now.replace(hour=11)
            connection.refresh_token, connection.refresh_expires_at = "x", noon + timedelta(days=365)
            day_333, day_334 = (noon + timedelta(days=n) for n in (333, 334))

            told = [notices.access_ends(press.account, connection, now=now) for now in (day_333, day_334, day_334)]

        assert told == [False, True, False]

    def test_are_in_words_and_lead_to_the_account(self, press):
        with tenant(press.town.pk):
            connection = Connection.objects.get()
            notices.access_ends(press.account, connection, now=connection.ends_at - timedelta(days=7))
        letter = OutgoingMail.objects.get()

        assert letter.subject.startswith("Tilgangen til Lyngvær kommune går ut")
        assert f"/9901/kanaler/{press.account.pk}/" in letter.body


class TestRefused:
    def refused(self, press, code: str, doing: str) -> bool:
        return access.refused(press.account, AccessDead(code), doing=doing, now=press.now)

    @pytest.mark.parametrize("doing", ["figures", "comments", "reading", "ads"])
    def test_p6_a_403_for_one_thing_takes_only_that_and_is_told_once(self, press, doing):
        news = [self.refused(press, "access_denied", doing) for _ in range(2)]

        assert news == [True, False]
        assert (stored(press).state, stored(press).lacks) == ("ok", {doing})
        assert letters("access_missing") == [press.town.administrator.email]
        assert press.publish(press.due()) == "published"
        with tenant(press.town.pk):
            needs = accounts.account_state(press.account.pk, now=press.now).needs
        assert f"missing_{doing}" in [need.code for need in needs]

    def test_what_is_allowed_again_is_no_longer_missing(self, press):
        self.refused(press, "access_denied", "figures")
        self.refused(press, "role_lost", "comments")

        access.allowed(press.account, doing="figures")

        assert stored(press).lacks == {"comments"}

    def test_p6_a_401_is_dead_for_everything_and_told_once_whoever_meets_it(self, press):
        news = [self.refused(press, "token_dead", doing) for doing in ("figures", "publish", "reading")]

        assert news == [True, False, False]
        assert stored(press).state == "dead"
        assert letters("access_dead") == [press.town.administrator.email]

    def test_a_403_on_publishing_is_dead(self, press):
        assert self.refused(press, "access_denied", "publish")
        assert stored(press).state == "dead"

    def test_f12_many_posts_on_a_dead_token_make_one_letter(self, press):
        posts = [press.due() for _ in range(3)]
        press.sandbox.fault("POST /rest/posts", kind="token_revoked", count=9)

        press.publish(posts[0])

        assert [press.state(post) for post in posts] == ["blocked"] * 3
        assert len(letters("access_dead")) == 1
        assert press.n_posted() == 1


class TestVersions:
    def test_warns_90_30_and_7_days_ahead_and_at_the_end_once_each(self, operator, settings):
        ends = datetime.combine(table.ends_on(settings.LINKEDIN_VERSION), datetime.min.time(), tzinfo=UTC)

        told = [
            n_days
            for n_days in (120, 90, 60, 30, 29, 7, 3, 1, 0, -1)
            if versions.warn(now=ends - timedelta(days=n_days))
        ]

        assert told == [90, 30, 7, 0]
        assert letters("version_ends") == [operator.email] * 3
        assert letters("version_dead") == [operator.email]

    def test_a_426_is_told_at_once_and_only_once_for_all_accounts(self, press, operator, settings):
        settings.LINKEDIN_VERSION = "202511"
        dead = AccessDead("version_sunset")

        news = [access.refused(press.account, dead, doing=doing, now=press.now) for doing in ("figures", "publish")]

        assert news == [True, False]
        assert letters("version_dead") == [operator.email]
        assert PlatformNotice.objects.count() == 1
        assert stored(press).state == "ok"

    def test_a_look_that_succeeds_forgets_a_version_that_was_refused(self, press):
        pauses.version_died("linkedin")

        look(press)

        with tenant(press.town.pk):
            assert accounts.account_state(press.account.pk, now=press.now).obstacle == ""

    @pytest.mark.parametrize(
        ("version", "kinds"),
        [("202608", []), ("202511", [Warning]), ("202412", [Error]), ("abc", [Error]), ("202608.01", [])],
    )
    def test_the_check_of_settings_knows_them(self, settings, version, kinds):
        settings.LINKEDIN_VERSION = version

        assert [type(problem) for problem in checks.versions_are_alive()] == kinds

    def test_a_new_one_can_be_added_by_the_installation(self, settings):
        settings.LINKEDIN_VERSION, settings.LINKEDIN_VERSION_SUNSETS = "203001", {"203001": date(2031, 1, 15)}

        assert checks.versions_are_alive() == []
        assert LinkedIn.version_ends_on() == date(2031, 1, 15)


class TestTheDailyTask:
    def test_warns_and_looks_at_every_connected_account(self, press, monkeypatch):
        PageClaim.objects.create(
            channel=press.account.channel, external_id="x", municipality_id=press.town.pk, account_id=press.account.pk
        )
        rung = []
        monkeypatch.setattr(tasks.probe_account, "apply_async", lambda **how: rung.append(how))

        tasks.look_at_platforms()
        tasks.probe_account(**rung[0]["kwargs"])
        tasks.probe_account(municipality_id=press.town.pk, account_id=0)

        assert [how["queue"] for how in rung] == ["pull"]
        assert stored(press).probed_at
