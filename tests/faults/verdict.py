"""What a fault run left behind, judged by what really stands on the channel: copied, lost, stuck, early or late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from channels.models import Attempt, Delivery, DeliveryEvent
from foundation.tenancy import tenant
from tests.faults.batches import Planned
from tests.faults.dice import CREATE
from tests.faults.house import House
from tests.linkedin_sandbox import LinkedInSandbox

State = Delivery.State
# Where a delivery may end: out, or visibly with a person and the reason.
FOR_A_PERSON = frozenset({State.MANUAL, State.LATE, State.BLOCKED, State.REJECTED, State.CANCELLED})
ENDED = FOR_A_PERSON | {State.PUBLISHED}
LEFT_SENDING = frozenset({"published", "found", "unknown", "postponed", "rejected", "blocked"})
UNTOLD = frozenset({"created", "approved", "scheduled", "sent", "looked"})
# Beyond lease and sweep: the sweep's message may die with the worker that has it, and a new worker must start.
SWEEP_SLACK_S = 15
# Two clocks tell when a post was due and when it stands: the same machine's, rounded differently.
CLOCK_SLACK = timedelta(milliseconds=5)


@dataclass
class Verdict:
    """What was found. Each number must be 0; `problems` says which deliveries and why."""

    n: int
    states: Counter[str] = field(default_factory=Counter)
    duplicated: int = 0
    lost: int = 0
    stuck: int = 0
    early: int = 0
    too_late: int = 0
    resent: int = 0
    n_unknown: int = 0
    longest_sending_s: float = 0.0
    # What happened, in short, to those that a person is left with.
    stories: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every invariant held."""
        return not (self.duplicated or self.lost or self.stuck or self.early or self.too_late or self.resent)

    def blame(self, what: str, planned: Planned, told: object) -> None:
        """Count one broken invariant."""
        setattr(self, what, getattr(self, what) + 1)
        self.problems.append(f"{what}: delivery {planned.delivery_id}: {told}")


@dataclass
class _Trace:
    """What the database tells about one delivery."""

    row: Delivery
    attempts: list[Attempt]
    events: list[tuple[str, datetime]]


def n_open(house: House, planned: Iterable[Planned]) -> int:
    """Return how many of the deliveries still wait for a machine."""
    ids = [each.delivery_id for each in planned]
    ended = [str(state) for state in ENDED]
    return house.ask("SELECT count(*) FROM channels_delivery WHERE id = ANY(%s) AND state <> ALL(%s)", ids, ended)


def judge(planned: list[Planned], sandbox: LinkedInSandbox) -> Verdict:
    """Compare every delivery with the channel's own list of what was published."""
    posts = defaultdict(list)
    for post in sandbox.truth():
        posts[post["marker"]].append(post)
    traces = _traces(planned)
    verdict = Verdict(n=len(planned))
    for each in planned:
        trace = traces.get(each.delivery_id)
        if trace is None:
            verdict.blame("lost", each, "no longer in the database")
            continue
        verdict.states[trace.row.state] += 1
        if trace.row.state in FOR_A_PERSON:
            told = " ".join(kind for kind, _ in trace.events if kind not in UNTOLD)
            verdict.stories[f"{told} ({trace.row.reason})"] += 1
        _judge_copies(verdict, each, trace, posts[each.marker])
        _judge_time(verdict, each, trace, posts[each.marker])
        _judge_sending(verdict, each, trace)
    n_at_the_wire = sum(f"{call['method']} {call['path']}" == CREATE for call in sandbox.calls())
    # The gate does not wait for the disk: a crash of the database can forget it, and leaves an unknown outcome.
    n_sent = sum(
        attempt.sent_at is not None or attempt.outcome == "unknown"
        for trace in traces.values()
        for attempt in trace.attempts
    )
    if n_at_the_wire > n_sent:
        verdict.resent += n_at_the_wire - n_sent
        verdict.problems.append(f"resent: {n_at_the_wire} calls for {n_sent} attempts")
    return verdict


def _traces(planned: list[Planned]) -> dict[int, _Trace]:
    found: dict[int, _Trace] = {}
    for municipality_id in {each.press.town.pk for each in planned}:
        ids = [each.delivery_id for each in planned if each.press.town.pk == municipality_id]
        with tenant(municipality_id):
            for row in Delivery.objects.filter(pk__in=ids):
                found[row.pk] = _Trace(row, [], [])
            for attempt in Attempt.objects.filter(delivery_id__in=ids).order_by("fence"):
                found[attempt.delivery_id].attempts.append(attempt)
            events = DeliveryEvent.objects.filter(delivery_id__in=ids).order_by("id")
            for delivery_id, kind, at in events.values_list("delivery_id", "kind", "at"):
                found[delivery_id].events.append((kind, at))
    return found


def _judge_copies(verdict: Verdict, planned: Planned, trace: _Trace, posts: list[dict]) -> None:
    state, told = trace.row.state, [kind for kind, _ in trace.events]
    if len(posts) > 1:
        verdict.blame("duplicated", planned, f"{len(posts)} posts, {state}, {told}")
    if state not in ENDED:
        is_stranded = state in (State.SENDING, State.SCHEDULED, State.UNKNOWN)
        verdict.blame("stuck" if is_stranded else "lost", planned, f"{state}, {told}")
    elif state == State.PUBLISHED:
        if trace.row.external_id not in [post["id"] for post in posts]:
            verdict.blame("lost", planned, f"published as {trace.row.external_id!r}, {len(posts)} posts, {told}")
    elif state != State.MANUAL and posts:
        verdict.blame("lost", planned, f"on the channel, and said to be {state}, {told}")
    if state in FOR_A_PERSON - {State.CANCELLED} and not trace.row.reason:
        verdict.blame("stuck", planned, f"{state} without a reason, {told}")


def _judge_time(verdict: Verdict, planned: Planned, trace: _Trace, posts: list[dict]) -> None:
    sent = [attempt.sent_at for attempt in trace.attempts if attempt.sent_at]
    stands = [datetime.fromisoformat(post["at"]) for post in posts]
    if early := [at for at in sent + stands if at < planned.due_at - CLOCK_SLACK]:
        verdict.blame("early", planned, f"due {planned.due_at}, sent {early}")
    limit = planned.due_at + timedelta(seconds=settings.LATE_AFTER_S + settings.PUBLISH_LEASE_S)
    if late := [at for at in sent if at > limit]:
        verdict.blame("too_late", planned, f"due {planned.due_at}, sent {late}")


def _judge_sending(verdict: Verdict, planned: Planned, trace: _Trace) -> None:
    """Each stay in the state sending ended within lease and sweep, whoever was killed."""
    since: datetime | None = None
    for kind, at in trace.events:
        if kind == "claimed":
            since = at
        elif since is not None and kind in LEFT_SENDING:
            seconds = (at - since).total_seconds()
            verdict.longest_sending_s = max(verdict.longest_sending_s, seconds)
            allowed = settings.PUBLISH_LEASE_S + settings.PUBLISH_SWEEP_S + SWEEP_SLACK_S
            if seconds > allowed:
                verdict.blame("stuck", planned, f"sending for {seconds:.1f} s, {[kind for kind, _ in trace.events]}")
            since = None
        verdict.n_unknown += kind == "unknown"
