"""Many posts due at once: each municipality in turn, each post to one slot, and nothing sent that the rules forbid."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from channels.actions import publishing
from channels.actions.publishing import facts, slots, writes
from channels.connectors.linkedin import LinkedIn
from channels.models import (
    Connection,
    Delivery,
    Due,
    Freeze,
    FreezeForAll,
    PlatformPause,
    Post,
    RiskAssessment,
)
from channels.queries import pauses
from foundation import clock
from foundation.tenancy import tenant
from tests.channels import deliveries
from tests.channels.deliveries import Press
from tests.channels.test_publishing import make_job
from tests.fixtures import Town, make_town
from tests.linkedin_sandbox import LinkedInSandbox

State = Delivery.State
HOUR = timedelta(hours=1)


def reserve(press: Press, *, limit: int = 9, ahead_s: float = 0) -> list[int]:
    now = press.now
    again = now + timedelta(seconds=5)
    rows = publishing.queue.reserve(now=now, until=now + timedelta(seconds=ahead_s), ring_again_at=again, limit=limit)
    return [delivery_id for _, delivery_id, _ in rows]


def read(press: Press, delivery: Delivery) -> facts.Facts:
    found = facts.read(municipality_id=press.town.pk, delivery_id=delivery.pk, now=press.now)
    assert found is not None
    return found


class TestTheQueue:
    def test_gives_a_due_row_to_one_worker_only_and_rings_again_later(self, press):
        delivery = press.due()

        assert (reserve(press), reserve(press)) == ([delivery.pk], [])
        assert Due.objects.get(delivery_id=delivery.pk).due_at == press.now + timedelta(seconds=5)

    def test_is_bounded_and_oldest_first(self, press):
        some = [press.due() for _ in range(3)]
        Due.objects.filter(delivery_id=some[2].pk).update(due_at=press.now - HOUR)

        assert reserve(press, limit=2) == [some[2].pk, some[0].pk]

    def test_takes_each_municipality_in_turn_and_counts_what_is_on_its_way(self, press, storvika, linkedin_sandbox):
        theirs = deliveries.connect(storvika, linkedin_sandbox)
        many, one = [press.due() for _ in range(4)], theirs.due()
        Due.objects.filter(delivery_id=one.pk).update(due_at=press.now)
        under_way = [press.due() for _ in range(2)]
        Due.objects.filter(delivery_id__in=[each.pk for each in under_way]).update(kind=Due.Kind.LEASE)

        assert reserve(press) == [one.pk, *(each.pk for each in many)]

    def test_puts_the_next_second_aside_after_what_is_due_and_leaves_what_is_later(self, press):
        soon, now, later = (press.due() for _ in range(3))
        Due.objects.filter(delivery_id=soon.pk).update(due_at=press.now + timedelta(seconds=0.5))
        Due.objects.filter(delivery_id=later.pk).update(due_at=press.now + timedelta(seconds=2))

        assert reserve(press, ahead_s=1) == [now.pk, soon.pk]


class TestWhatIsReadInOneGo:
    """The claim reads everything in one statement; whoever changes a rule changes it for both ways."""

    def forbid(self, press, what: str, delivery: Delivery) -> None:
        account, now = press.account, press.now
        connected, assessed = Connection.objects.filter(account=account), RiskAssessment.objects.filter(account=account)
        by, pause = press.town.administrator, {"connector": "linkedin", "until": now + HOUR, "reason": "asked"}
        {
            "a stop": lambda: Freeze.objects.create(reason="x", began_by=by),
            "a stop for all": lambda: FreezeForAll.objects.create(reason="x", began_by=by),
            "dead access": lambda: connected.update(state="dead"),
            "no access": lambda: connected.delete(),
            "access that is over": lambda: connected.update(expires_at=now - 48 * HOUR),
            "no assessment": lambda: assessed.delete(),
            "an assessment in work": lambda: assessed.update(status="ongoing"),
            "a newer refusal": lambda: self.assess(assessed, status="rejected"),
            "an overdue assessment": lambda: assessed.update(next_review_date="2020-01-01"),
            "no connector": lambda: type(account.channel).objects.filter(pk=account.channel_id).update(connector=""),
            "a closed vacancy": lambda: Post.objects.filter(pk=delivery.post_id).update(
                job=make_job(press, deadline_date="2020-01-01")
            ),
            "another text": lambda: Post.objects.filter(pk=delivery.post_id).update(text="Noe annet"),
            "a late hour": lambda: Delivery.objects.filter(pk=delivery.pk).update(due_at=now - 2 * HOUR),
            "a pause": lambda: PlatformPause.objects.create(scope_key=pauses.scope(account.pk, "publish"), **pause),
            "a pause for all": lambda: PlatformPause.objects.create(scope_key=pauses.scope(None, "publish"), **pause),
            "a dead version": lambda: PlatformPause.objects.create(
                connector="linkedin", scope_key=pauses.version_scope(LinkedIn.version()), reason="version"
            ),
            "a later time": lambda: Delivery.objects.filter(pk=delivery.pk).update(next_at=now + HOUR),
        }[what]()  # fmt: skip

    def assess(self, assessed, **fields: object) -> None:
        newer = assessed.get()
        newer.pk, newer.recorded_at = None, timezone.now()
        for name, value in fields.items():
            setattr(newer, name, value)
        newer.save()

    @pytest.mark.parametrize(
        "what",
        [
            *["a stop", "a stop for all", "dead access", "no access", "access that is over", "no assessment"],
            *["an assessment in work", "a newer refusal", "an overdue assessment", "no connector"],
            *["a closed vacancy", "another text", "a late hour", "a pause", "a pause for all", "a dead version"],
            "a later time",
        ],
    )
    def test_forbids_what_the_rules_forbid(self, press, what):
        """P3, P4, P6, R5, R14, F6."""
        delivery = press.due()
        assert read(press, delivery).is_clear(now=press.now)

        with tenant(press.town.pk):
            self.forbid(press, what, delivery)

        assert not read(press, delivery).is_clear(now=press.now)
        with pytest.raises(publishing.NotDue):
            press.publish(delivery)
        assert (press.n_posted(), press.attempts(delivery)) == (0, [])

    def test_is_not_held_up_by_what_concerns_others(self, press):
        with tenant(press.town.pk):
            self.assess(RiskAssessment.objects.filter(account=press.account), status="ongoing")
            ended = {"reason": "x", "began_by": press.town.administrator, "ended_at": press.now}
            Freeze.objects.create(**ended), FreezeForAll.objects.create(**ended)
        keys = [pauses.scope(press.account.pk, "figures"), pauses.scope(press.account.pk + 1, "publish")]
        for key in keys:
            PlatformPause.objects.create(connector="linkedin", scope_key=key, until=press.now + HOUR, reason="asked")
        PlatformPause.objects.create(connector="linkedin", scope_key=pauses.version_scope("199901"), reason="version")

        assert press.publish(press.due()) == State.PUBLISHED

    def test_leaves_sealed_tokens_sealed(self, press):
        found = read(press, press.due())

        assert press.sandbox.token not in repr(found) + str(vars(found.access))
        assert found.sealed_token not in repr(found)


class TestBetweenReadingAndTaking:
    @pytest.mark.parametrize(
        "meanwhile",
        [{"fence": 1}, {"approved_hash": "x"}, {"state": "draft"}, {"next_at": "2099-01-01T00:00Z"}],
        ids=["taken", "approved anew", "taken back", "moved"],
    )
    def test_whoever_changes_the_delivery_wins(self, press, meanwhile):
        """P3, P5, T4."""
        delivery = press.due()
        found = read(press, delivery)
        press.set(delivery, **meanwhile)

        assert writes.take(found.delivery, municipality_id=press.town.pk, now=press.now, lease_s=90) is None
        assert press.attempts(delivery) == []


@pytest.mark.django_db(transaction=True)
class TestSlots:
    """Threads of one process, on committed rows."""

    @pytest.fixture
    def press(self, transactional_db: None, linkedin_sandbox: LinkedInSandbox) -> Press:
        town: Town = make_town("9901", "Lyngvær kommune")
        return deliveries.connect(town, linkedin_sandbox)

    def work(self, running: slots.Slots) -> None:
        running.wake()
        assert running.join(within_s=20)

    def n_connections(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0]

    def test_send_everything_once_with_one_connection_each_end_calls_in_time_and_stop_when_asked(self, press, settings):
        """P1, T10, F20: a thread knows no time limit, so the call's own deadline ends it."""
        settings.PUBLISH_DEADLINE_S = 1
        running, n_before = slots.Slots(n_slots=3), self.n_connections()
        silent, some = press.due(), [press.due() for _ in range(7)]
        press.sandbox.fault("POST /rest/posts", kind="late_before", delay_s=6)

        began = time.monotonic()
        self.work(running)

        assert time.monotonic() - began < 5
        states = [press.state(each) for each in (silent, *some)]
        assert sorted(states) == [State.PUBLISHED] * 7 + [State.UNKNOWN]
        assert {len(press.attempts(each)) for each in (silent, *some)} == {1}
        assert self.n_connections() - n_before <= running.n_threads

        due = press.due()
        running.stop()
        self.work(running)

        assert press.state(due) == State.SCHEDULED
        running._pool.shutdown()

    def test_let_only_so_many_speak_with_platforms_at_once(self, press):
        """Threads beyond the slots claim and record; what is claimed waits for its turn."""
        some = [press.due() for _ in range(6)]
        press.sandbox.fault("POST /rest/posts", kind="late", delay_s=0.3, count=6)
        running = slots.Slots(n_slots=2)

        self.work(running)

        assert {press.state(each) for each in some} == {State.PUBLISHED}
        received = sorted(post["received_at"] for post in press.sandbox.truth())
        third_after = [later - earlier for earlier, later in zip(received, received[2:], strict=False)]
        assert len(received) == 6
        assert min(third_after) > 0.28
        running._pool.shutdown()

    def test_wait_for_the_moment_of_a_post_that_is_due_in_a_moment(self, press):
        delivery = press.due()
        due_at = clock.database_now() + timedelta(seconds=0.6)
        press.set(delivery, due_at=due_at, next_at=due_at)
        Due.objects.filter(delivery_id=delivery.pk).update(due_at=due_at)
        running = slots.Slots(n_slots=2)

        self.work(running)

        [attempt] = press.attempts(delivery)
        assert timedelta(0) <= attempt.claimed_at - due_at < timedelta(seconds=0.5)
        running._pool.shutdown()
