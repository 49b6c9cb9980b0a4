"""One delivery from draft to its channel: approval, schedule, claim, gate, send, record (P1-P6, T1-T10)."""

import hashlib
import time
from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from channels import checks
from channels.actions import publishing
from channels.actions.publishing import claiming, recording, sending
from channels.models import Attempt, Connection, Delivery, Due, MediaItem, Post, RiskAssessment
from channels.queries import contents
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Occupation, Workplace
from tests.channels.deliveries import Press

State = Delivery.State
HOUR = timedelta(hours=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def wall(moment: datetime) -> datetime:
    """Return the wall clock in Norway at a moment."""
    return moment.astimezone(clock.OSLO).replace(tzinfo=None)


def make_job(press: Press, **facts: object) -> JobPosting:
    today = clock.today()
    announced = {"announced_date": today, "announced_where": "lyngvaer.example", "internal_notice_date": today}
    with tenant(press.town.pk):
        return JobPosting.objects.create(
            **{
                "reference": "ST-2026-0001",
                "title": "Sykepleier",
                "occupation": Occupation.objects.first(),
                "workplace": Workplace.objects.first(),
                "deadline_date": today + timedelta(days=14),
                "apply_url": "https://soknad.example/1",
                **announced,
                **facts,
            }
        )


def make_picture(press: Press, alt_text: str = "Grønn åker i vind") -> MediaItem:
    with tenant(press.town.pk):
        return MediaItem.objects.create(
            file=ContentFile(PNG, name="aker.png"),
            sha256=hashlib.sha256(PNG).hexdigest(),
            width=1,
            height=1,
            alt_text=alt_text,
            people="none",
            created_by=press.town.adviser,
        )


def schedule(press: Press, delivery: Delivery, **how: object) -> None:
    with tenant(press.town.pk):
        publishing.schedule(**{"delivery": delivery, "by": press.town.adviser, "now": press.now, **how})


def problems(refusal: pytest.ExceptionInfo) -> dict[str, str]:
    return {problem.field: problem.message for problem in refusal.value.problems}


@pytest.fixture(autouse=True)
def _media_elsewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


class TestSchedule:
    def test_freezes_what_is_approved_and_puts_it_in_the_queue(self, press):
        delivery = press.draft()

        schedule(press, delivery, wall=wall(press.now + HOUR))

        stored = press.fresh(delivery)
        assert (stored.state, stored.approved_by) == (State.SCHEDULED, press.town.adviser)
        assert stored.link.code in stored.approved_text
        assert stored.due_at == (press.now + HOUR).replace(second=0, microsecond=0)
        assert stored.due_wall == wall(stored.due_at).strftime("%Y-%m-%dT%H:%M")
        row = Due.objects.get(delivery_id=delivery.pk)
        assert (row.kind, row.due_at, row.municipality_id) == ("send", stored.due_at, press.town.pk)
        assert press.events(delivery) == ["scheduled"]

    def test_puts_the_link_where_the_writer_wants_it(self, press):
        delivery = press.draft(text="Søk her: {lenke} innen fristen.")

        schedule(press, delivery)

        stored = press.fresh(delivery)
        assert stored.approved_text.startswith(f"Søk her: http://localhost/s/{stored.link.code} innen fristen.")
        assert stored.approved_text.count(stored.link.code) == 1

    def test_accepts_the_minute_that_runs_and_sends_at_once(self, press):
        delivery = press.draft()

        schedule(press, delivery, wall=wall(press.now))

        assert press.fresh(delivery).next_at == press.now

    @pytest.mark.parametrize("minutes", [-1, -60, -60 * 24 * 900])
    def test_refuses_a_time_that_has_passed(self, press, minutes):
        with pytest.raises(publishing.NotReady) as refusal:
            schedule(press, press.draft(), wall=wall(press.now + timedelta(minutes=minutes)))

        assert list(problems(refusal)) == ["when"]

    @pytest.mark.parametrize("when", [datetime(9999, 12, 31, 23, 59), datetime(1, 1, 1)])
    def test_refuses_impossible_years(self, press, when):
        """B44."""
        with pytest.raises(publishing.NotReady) as refusal:
            schedule(press, press.draft(), wall=when)

        assert list(problems(refusal)) == ["when"]

    def test_refuses_the_hour_that_spring_skips_and_asks_about_the_one_that_autumn_repeats(self, press):
        """P4."""
        now = datetime(2027, 3, 20, 12, tzinfo=clock.OSLO)
        with pytest.raises(clock.ImpossibleTime):
            schedule(press, press.draft(), wall=datetime(2027, 3, 28, 2, 30), now=now)

        autumn, repeated = datetime(2027, 10, 25, 12, tzinfo=clock.OSLO), datetime(2027, 10, 31, 2, 30)
        with pytest.raises(clock.DoubtfulTime):
            schedule(press, press.draft(), wall=repeated, now=autumn)

    def test_refuses_text_over_the_channels_own_count(self, press):
        """B39."""
        with pytest.raises(publishing.NotReady) as refusal:
            schedule(press, press.draft(text="æ" * 3000))

        assert "3000" in problems(refusal)["text"]

    def test_refuses_empty_text(self, press):
        delivery = press.draft()
        with tenant(press.town.pk):
            Post.objects.filter(pk=delivery.post_id).update(text=" \n ")

        with pytest.raises(publishing.NotReady) as refusal:
            schedule(press, press.fresh(delivery))

        assert list(problems(refusal)) == ["text"]

    @pytest.mark.parametrize(
        "facts", [{"announced_date": None}, {"internal_notice_date": None}, {"deadline_date": "2020-01-01"}]
    )
    def test_refuses_a_vacancy_that_may_not_be_marketed_or_is_closed(self, press, facts):
        """R5."""
        with pytest.raises(publishing.NotReady) as refusal:
            schedule(press, press.draft(job=make_job(press, **facts)))

        assert list(problems(refusal)) == ["job"]

    def test_refuses_an_account_without_approved_risk_assessment(self, press):
        """R14."""
        with tenant(press.town.pk):
            RiskAssessment.objects.all().delete()

        with pytest.raises(publishing.NotReady) as refusal:
            schedule(press, press.draft())

        assert list(problems(refusal)) == ["account"]

    def test_stores_nothing_when_it_refuses(self, press):
        delivery = press.draft(text="æ" * 3000)

        with pytest.raises(publishing.NotReady):
            schedule(press, delivery)

        stored = press.fresh(delivery)
        assert (stored.state, stored.approved_hash, press.waits_for(delivery)) == (State.DRAFT, "", "")

    @pytest.mark.parametrize("who", ["novice", "hr", "administrator", "reader"])
    def test_takes_the_right_to_publish(self, press, who):
        with pytest.raises(publishing.LacksRight):
            schedule(press, press.draft(), by=getattr(press.town, who))

    def test_is_refused_to_the_neighbours_adviser(self, press, storvika):
        """P13."""
        with pytest.raises(publishing.LacksRight):
            schedule(press, press.draft(), by=storvika.adviser)


class TestApproval:
    def submit(self, press, **content):
        delivery = press.draft(**content)
        with tenant(press.town.pk):
            publishing.submit_for_approval(delivery=delivery, by=press.town.novice, now=press.now)
        return delivery

    def approve(self, press, delivery, who="adviser"):
        with tenant(press.town.pk):
            publishing.approve(delivery=press.fresh(delivery), by=getattr(press.town, who), now=press.now)

    def test_leads_from_draft_to_scheduled(self, press):
        delivery = self.submit(press)
        assert press.state(delivery) == State.AWAITING_APPROVAL
        assert press.waits_for(delivery) == ""

        self.approve(press, delivery)

        assert press.state(delivery) == State.SCHEDULED
        assert press.events(delivery) == ["sent_for_approval", "approved"]

    def test_takes_the_right_to_approve(self, press):
        with pytest.raises(publishing.LacksRight):
            self.approve(press, self.submit(press), who="novice")

    def test_is_refused_when_the_content_changed_since(self, press):
        """P3, T2."""
        delivery = self.submit(press)
        with tenant(press.town.pk):
            Post.objects.filter(pk=delivery.post_id).update(text="Noe annet")

        with pytest.raises(publishing.ChangedMeanwhile):
            self.approve(press, delivery)

        assert press.state(delivery) == State.AWAITING_APPROVAL

    def test_is_not_given_twice(self, press):
        delivery = self.submit(press)
        self.approve(press, delivery)

        with pytest.raises(publishing.ChangedMeanwhile):
            self.approve(press, delivery)

    def test_is_voided_by_an_edit(self, press):
        """P3."""
        delivery = press.due()

        with tenant(press.town.pk):
            n_voided = publishing.void_approval(post=delivery.post, by=press.town.novice, now=press.now)

        stored = press.fresh(delivery)
        assert n_voided == 1
        assert (stored.state, stored.approved_hash, stored.approved_text) == (State.DRAFT, "", "")
        assert press.waits_for(delivery) == ""


class TestLosingTheRace:
    """P5: cancel and edit win before sending starts, or are told plainly that they lost."""

    def test_cancelling_wins_before_sending(self, press):
        delivery = press.due()

        with tenant(press.town.pk):
            publishing.cancel(delivery=delivery, by=press.town.adviser, now=press.now)

        with pytest.raises(publishing.NotDue):
            press.publish(delivery)
        assert press.state(delivery) == State.CANCELLED
        assert press.n_posted() == 0

    @pytest.mark.parametrize("step", [publishing.cancel, publishing.take_back, publishing.schedule])
    def test_loses_once_sending_has_begun(self, press, step):
        delivery = press.due()
        publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)

        with tenant(press.town.pk), pytest.raises(publishing.AlreadySending) as refusal:
            step(delivery=delivery, by=press.town.adviser, now=press.now)

        assert press.state(delivery) == State.SENDING
        assert str(refusal.value)

    @pytest.mark.parametrize("state", ["sending", "unknown", "manual", "published", "removed"])
    def test_an_edit_loses_when_it_may_be_out(self, press, state):
        delivery = press.due()
        press.set(delivery, state=state, lease_until=press.now)

        with tenant(press.town.pk), pytest.raises(publishing.AlreadySending):
            publishing.void_approval(post=delivery.post, by=press.town.adviser, now=press.now)


class TestPublish:
    def test_publishes_once_exactly_what_was_approved(self, press):
        """P1, P3."""
        delivery = press.due(text="Bli med (oss) på laget! *Godt* miljø, 100 % #HelseNord {lenke} @alle _nå_ \\o/")

        assert press.publish(delivery) == State.PUBLISHED

        stored, [copy] = press.fresh(delivery), press.copies(delivery)
        assert copy["text"] == stored.approved_text
        assert (copy["id"], copy["author"]) == (stored.external_id, press.account.external_id)
        assert stored.external_id in stored.permalink
        assert press.waits_for(delivery) == ""
        assert press.events(delivery) == ["scheduled", "claimed", "sent", "published"]
        [attempt] = press.attempts(delivery)
        assert (attempt.outcome, attempt.marker, attempt.fence) == ("published", stored.link.code, 1)

    def test_publishes_the_picture_with_its_alternative_text(self, press):
        delivery = press.due(media=make_picture(press))

        assert press.publish(delivery) == State.PUBLISHED

        assert "media_uploaded" in press.events(delivery)

    def test_refuses_a_picture_that_is_not_the_approved_one(self, press):
        """P3."""
        picture = make_picture(press)
        delivery = press.due(media=picture)
        with open(picture.file.path, "ab") as file:
            file.write(b"!")

        assert press.publish(delivery) == State.REJECTED

        assert press.fresh(delivery).reason == "picture_changed"
        assert press.n_posted() == 0

    def test_does_not_send_before_its_time(self, press):
        delivery = press.draft()
        schedule(press, delivery, wall=wall(press.now + HOUR))

        with pytest.raises(publishing.NotDue):
            press.publish(delivery, later=timedelta(minutes=55))

        assert press.n_posted() == 0

    def test_does_not_send_what_it_sent(self, press):
        """F7."""
        delivery = press.due()
        press.publish(delivery)

        for _ in range(19):
            with pytest.raises(publishing.NotDue):
                press.publish(delivery)

        assert press.n_posted() == 1

    def test_does_not_send_content_that_was_changed_behind_our_back(self, press):
        """P3: whatever changed the post, what is sent is what was approved, or nothing."""
        delivery = press.due()
        with tenant(press.town.pk):
            Post.objects.filter(pk=delivery.post_id).update(text="Noe annet")

        with pytest.raises(publishing.NotDue):
            press.publish(delivery)

        assert press.state(delivery) == State.DRAFT
        assert press.n_posted() == 0

    def test_does_not_market_a_vacancy_whose_deadline_has_passed_meanwhile(self, press):
        job = make_job(press)
        delivery = press.due(job=job)
        with tenant(press.town.pk):
            JobPosting.objects.filter(pk=job.pk).update(deadline_date=clock.today() - timedelta(days=1))

        with pytest.raises(publishing.NotDue):
            press.publish(delivery)

        assert (press.state(delivery), press.fresh(delivery).reason) == (State.LATE, "job_closed")

    def test_of_the_neighbours_delivery_finds_nothing(self, press, storvika):
        """P13."""
        delivery = press.due()

        with pytest.raises(publishing.NotDue):
            publishing.publish(municipality_id=storvika.pk, delivery_id=delivery.pk, now=press.now)

        assert press.state(delivery) == State.SCHEDULED


class TestLate:
    def test_leaves_what_is_an_hour_late_to_a_person(self, press, settings):
        """P4, T5."""
        delivery = press.due()

        with pytest.raises(publishing.NotDue):
            press.publish(delivery, later=timedelta(seconds=settings.LATE_AFTER_S + 1))

        assert press.state(delivery) == State.LATE
        assert (press.n_posted(), press.waits_for(delivery)) == (0, "")

    def test_a_backlog_never_bursts_out(self, press):
        """F13: worker and beat were down for six hours over many due posts."""
        backlog = [press.due() for _ in range(6)]

        assert publishing.mark_late(now=press.now + 6 * HOUR) == 6

        assert {press.state(delivery) for delivery in backlog} == {State.LATE}
        assert press.n_posted() == 0

    def test_leaves_what_still_has_time(self, press):
        delivery = press.due()

        assert publishing.mark_late(now=press.now + timedelta(minutes=59)) == 0

        assert press.state(delivery) == State.SCHEDULED

    def test_is_sent_at_the_new_time_a_person_gives_it(self, press):
        delivery = press.due()
        publishing.mark_late(now=press.now + 2 * HOUR)

        schedule(press, press.fresh(delivery), now=press.now + 2 * HOUR)

        assert press.publish(delivery, later=2 * HOUR) == State.PUBLISHED


class TestProvedNotSent:
    """T8: only what is proved not to be stored is tried again by itself."""

    def test_is_tried_again_after_a_throttle_and_honours_its_time(self, press):
        """F6."""
        press.sandbox.fault("POST /rest/posts", kind="status_429", retry_after=120)
        delivery = press.due()

        assert press.publish(delivery) == State.SCHEDULED

        stored = press.fresh(delivery)
        assert stored.next_at >= press.now + timedelta(seconds=120)
        assert (stored.n_postponed, stored.reason) == (1, "throttled")
        with pytest.raises(publishing.NotDue):
            press.publish(delivery, later=timedelta(seconds=100))
        assert press.publish(delivery, later=stored.next_at - press.now) == State.PUBLISHED
        assert len(press.copies(delivery)) == 1

    def test_is_tried_again_when_no_connection_was_made(self, press, settings):
        settings.LINKEDIN_API_BASE = "http://127.0.0.1:9"
        delivery = press.due()

        assert press.publish(delivery) == State.SCHEDULED

        assert press.attempts(delivery)[0].outcome == "nothing_sent"

    def test_is_tried_again_when_the_picture_could_not_be_uploaded(self, press):
        press.sandbox.fault("POST /rest/images", kind="plain_500")
        delivery = press.due(media=make_picture(press))

        assert press.publish(delivery) == State.SCHEDULED

        assert press.n_posted() == 0

    def test_is_given_up_after_five_tries_and_becomes_late(self, press, settings):
        press.sandbox.fault("POST /rest/posts", kind="status_429", count=100, retry_after=1)
        delivery, later = press.due(), timedelta(0)

        for _ in range(6):
            assert press.publish(delivery, later=later) == State.SCHEDULED
            later = press.fresh(delivery).next_at - press.now

        assert later > timedelta(seconds=settings.LATE_AFTER_S)
        with pytest.raises(publishing.NotDue):
            press.publish(delivery, later=later)
        assert press.state(delivery) == State.LATE
        assert press.n_posted() == 6

    def test_waits_for_the_late_limit_when_the_channel_asks_for_longer(self, press, settings):
        press.sandbox.fault("POST /rest/posts", kind="status_429", retry_after=80_000)
        delivery = press.due()

        press.publish(delivery)

        assert press.fresh(delivery).next_at == press.now + timedelta(seconds=settings.LATE_AFTER_S + 1)

    @pytest.mark.parametrize("n", range(6))
    def test_waits_jittered_and_longer_each_time(self, press, n):
        delivery = press.due()
        delivery.n_postponed = n

        waits = {
            (recording.next_try(delivery, at=press.now, retry_after_s=None) - press.now).total_seconds()
            for _ in range(20)
        }

        least, most = (3601, 3601) if n == 5 else (22 * 2**n, 38 * 2**n)
        assert least <= min(waits) <= max(waits) <= min(most, 3601)
        assert len(waits) > 1 or n == 5


class TestRefused:
    def test_is_rejected_with_the_reason_and_not_tried_again(self, press):
        """T9."""
        body = {"status": 400, "code": "FIELD_LENGTH_TOO_LONG", "message": "commentary"}
        press.sandbox.fault("POST /rest/posts", kind="status", status=400, body=body)
        delivery = press.due()

        assert press.publish(delivery) == State.REJECTED

        stored = press.fresh(delivery)
        assert (stored.reason, press.waits_for(delivery)) == ("text_too_long", "")

    def test_goes_back_to_draft_and_out_when_a_person_has_changed_it(self, press):
        press.sandbox.fault("POST /rest/posts", kind="status", status=400, body={"status": 400, "message": "no"})
        delivery = press.due()
        press.publish(delivery)

        with tenant(press.town.pk):
            publishing.void_approval(post=delivery.post, by=press.town.adviser, now=press.now)
        schedule(press, press.fresh(delivery))

        assert press.publish(delivery) == State.PUBLISHED


class TestDeadAccess:
    """P6, T6: a dead channel burns no post."""

    @pytest.mark.parametrize("fault", ["token_expired", "token_revoked", "role_lost"])
    def test_blocks_this_delivery_and_the_accounts_others(self, press, fault):
        press.sandbox.fault("POST /rest/posts", kind=fault, count=100)
        delivery, other = press.due(), press.due()
        untouched = press.draft()
        schedule(press, untouched, wall=wall(press.now + HOUR))

        assert press.publish(delivery) == State.BLOCKED

        assert [press.state(each) for each in (other, untouched)] == [State.BLOCKED, State.BLOCKED]
        with tenant(press.town.pk):
            assert Connection.objects.get().state == "dead"
        assert press.attempts(delivery)[0].outcome == "access_dead"
        assert press.attempts(other) == []
        assert press.n_posted() == 1

    def heal(self, press, later=timedelta(0)):
        with tenant(press.town.pk):
            Connection.objects.update(state="ok")
            return publishing.unblock(press.account, now=press.now + later)

    def test_lets_them_go_on_after_reconnecting(self, press):
        press.sandbox.fault("POST /rest/posts", kind="token_expired")
        delivery = press.due()
        press.publish(delivery)

        assert self.heal(press) == 1

        assert press.publish(delivery) == State.PUBLISHED
        assert len(press.copies(delivery)) == 1

    def test_leaves_those_whose_time_has_passed_to_a_person(self, press):
        delivery = press.due()
        with tenant(press.town.pk):
            publishing.block_all(press.account, code="access_dead", now=press.now)

        self.heal(press, later=2 * HOUR)

        assert press.state(delivery) == State.LATE

    def test_is_noticed_at_the_claim_before_anything_is_sent(self, press):
        delivery = press.due()
        with tenant(press.town.pk):
            Connection.objects.update(state="dead")

        with pytest.raises(publishing.NotDue):
            press.publish(delivery)

        assert press.state(delivery) == State.BLOCKED
        assert press.n_posted() == 0

    def test_is_looked_at_again_when_nobody_says_that_it_is_healed(self, press):
        delivery = press.due()
        with tenant(press.town.pk):
            Connection.objects.update(state="dead")
        with pytest.raises(publishing.NotDue):
            press.publish(delivery)
        with tenant(press.town.pk):
            Connection.objects.update(state="ok")

        with pytest.raises(publishing.NotDue):
            press.publish(delivery, later=timedelta(seconds=61))

        assert press.publish(delivery, later=timedelta(seconds=61)) == State.PUBLISHED

    def test_stays_blocked_while_the_account_is_dead(self, press):
        delivery = press.due()
        with tenant(press.town.pk):
            Connection.objects.update(state="dead")

        for minutes in (0, 2, 200):
            with pytest.raises(publishing.NotDue):
                press.publish(delivery, later=timedelta(minutes=minutes))

        assert press.state(delivery) == State.BLOCKED
        assert press.events(delivery).count("blocked") == 1


class TestGate:
    """Nothing is sent without room for the whole send in a lease that is still ours."""

    def claim(self, press):
        delivery = press.due()
        return delivery, publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)

    def test_writes_fence_lease_and_attempt_before_anything_is_sent(self, press, settings):
        """T4."""
        delivery, claim = self.claim(press)

        stored = press.fresh(delivery)
        assert (stored.state, stored.fence, press.waits_for(delivery)) == (State.SENDING, 1, "lease")
        [attempt] = press.attempts(delivery)
        assert (attempt.outcome, attempt.sent_at, attempt.marker) == ("claimed", None, claim.marker)
        assert abs((stored.lease_until - clock.database_now()).total_seconds() - settings.PUBLISH_LEASE_S) < 5

    def test_lets_a_fresh_claim_through(self, press):
        delivery, claim = self.claim(press)

        publishing.pass_gate(claim)

        assert press.attempts(delivery)[0].sent_at is not None

    def test_stops_a_claim_whose_lease_has_no_room_by_the_databases_clock(self, press, settings):
        delivery, claim = self.claim(press)
        press.set(delivery, lease_until=Now() + timedelta(seconds=settings.PUBLISH_DEADLINE_S - 1))

        with pytest.raises(publishing.LeaseLost):
            publishing.pass_gate(claim)

        assert press.attempts(delivery)[0].sent_at is None

    def test_stops_a_worker_that_was_stopped_meanwhile_by_the_monotonic_clock(self, press, settings):
        _, claim = self.claim(press)
        slow = claiming.Claim(**{**vars(claim), "started": claiming.ticks() - settings.PUBLISH_LEASE_S})

        with pytest.raises(publishing.LeaseLost):
            publishing.pass_gate(slow)
        with pytest.raises(publishing.LeaseLost):
            claiming.check_room(slow)

    def test_counts_the_time_a_machine_was_suspended(self):
        before = time.clock_gettime(time.CLOCK_BOOTTIME)

        assert before <= claiming.ticks() <= time.clock_gettime(time.CLOCK_BOOTTIME)

    def test_stops_a_claim_that_a_newer_one_has_overtaken(self, press):
        delivery, claim = self.claim(press)
        press.set(delivery, fence=2)

        with pytest.raises(publishing.LeaseLost):
            publishing.pass_gate(claim)

    def test_sends_nothing_and_walks_away_when_preparing_took_too_long(self, press, settings):
        settings.PUBLISH_LEASE_S = settings.PUBLISH_DEADLINE_S
        delivery = press.due()

        assert press.publish(delivery) == State.SCHEDULED

        assert press.attempts(delivery)[0].outcome == "walked_away"
        assert press.n_posted() == 0


class TestLease:
    def test_that_ran_out_leads_to_unknown_and_never_back_to_scheduled(self, press):
        """T10, F1."""
        delivery = press.due()
        publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)
        self.run_out(press, delivery)

        assert publishing.expire_leases(now=press.now) == 1

        stored = press.fresh(delivery)
        assert (stored.state, stored.reason, press.waits_for(delivery)) == ("unknown", "lease_expired", "reconcile")
        assert press.attempts(delivery)[0].outcome == "unknown"

    def test_that_ran_out_is_found_beside_one_that_fails(self, press, monkeypatch):
        broken, sound = press.due(), press.due()
        for delivery in (broken, sound):
            publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)
            self.run_out(press, delivery)
        to_unknown = recording.to_unknown

        def fail_for_one(delivery_id, **more):
            if delivery_id == broken.pk:
                raise ValueError
            return to_unknown(delivery_id, **more)

        monkeypatch.setattr(recording, "to_unknown", fail_for_one)

        assert publishing.expire_leases(now=press.now) == 1
        assert [press.state(each) for each in (broken, sound)] == [State.SENDING, State.UNKNOWN]

    def test_that_still_runs_is_left_alone_whatever_the_workers_clock_says(self, press):
        """F22: the database's clock decides."""
        delivery = press.due()
        publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)

        assert publishing.expire_leases(now=press.now + 48 * HOUR) == 0

        assert press.state(delivery) == State.SENDING

    def test_that_ran_out_does_not_lose_a_clear_answer_that_comes_after_all(self, press):
        """T7: the worker of the same fence still knows best."""
        delivery = press.due()
        claim = publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)
        self.run_out(press, delivery)
        publishing.expire_leases(now=press.now)

        state = recording.mark_published(claim, sending.connectors.Receipt("urn:li:share:1", "https://x.example/1"))

        assert (state, press.state(delivery)) == (State.PUBLISHED, State.PUBLISHED)
        assert press.waits_for(delivery) == ""

    def test_outcome_of_an_overtaken_attempt_changes_nothing_but_its_own_row(self, press):
        delivery = press.due()
        claim = publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)
        press.set(delivery, fence=2)

        with pytest.raises(publishing.FenceLost):
            recording.mark_published(claim, sending.connectors.Receipt("urn:li:share:1", "https://x.example/1"))

        assert press.state(delivery) == State.SENDING
        assert press.attempts(delivery)[0].outcome == "published"

    def run_out(self, press, delivery):
        press.set(delivery, lease_until=Now() - timedelta(seconds=1))
        Due.objects.filter(delivery_id=delivery.pk).update(due_at=Now() - timedelta(seconds=1))


class TestDatabase:
    def test_binds_a_channels_post_to_one_delivery_only(self, press):
        first, second = press.due(), press.due()
        press.set(first, external_id="urn:li:share:1")

        with pytest.raises(IntegrityError), transaction.atomic():
            press.set(second, external_id="urn:li:share:1")

    def test_takes_an_id_that_another_delivery_holds_for_no_clear_answer(self, press):
        first, second = press.due(), press.due()
        press.set(first, external_id="urn:li:share:1")
        claim = publishing.claim(municipality_id=press.town.pk, delivery_id=second.pk, now=press.now)

        state = recording.mark_published(claim, sending.connectors.Receipt("urn:li:share:1", "https://x.example/1"))

        assert (state, press.fresh(second).reason) == (State.UNKNOWN, "id_taken")

    def test_knows_one_attempt_for_each_fence(self, press):
        delivery = press.due()
        publishing.claim(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)

        with pytest.raises(IntegrityError), tenant(press.town.pk):
            Attempt.objects.create(delivery=delivery, fence=1, marker="x", claimed_at=press.now)


class TestMarker:
    @pytest.mark.parametrize(
        ("text", "is_there"),
        [
            ("Se http://localhost/s/abcd2345 her", True),
            ("http://localhost/s/abcd2345", True),
            ("(lyngvaer.no/s/abcd2345)", True),
            ("http://localhost/s/abcd23456", False),
            ("http://localhost/s/xabcd2345", False),
            ("", False),
        ],
    )
    def test_is_recognised_as_a_word_of_its_own(self, text, is_there):
        assert contents.has_marker(text, "abcd2345") is is_there


class TestKnobs:
    def test_that_are_shipped_fit(self):
        assert checks.publishing_knobs_fit() == []

    @pytest.mark.parametrize(
        ("knob", "value", "code"),
        [("PUBLISH_LEASE_S", 30, "channels.W001"), ("RECONCILE_SETTLE_S", 100, "channels.W002")],
    )
    def test_that_leave_a_hole_are_warned_of(self, settings, knob, value, code):
        setattr(settings, knob, value)

        assert [problem.id for problem in checks.publishing_knobs_fit()] == [code]
