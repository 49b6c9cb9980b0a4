"""What every named fault needs: a house with short knobs, its staff, pages to publish to, and questions about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import connections
from django.test.utils import override_settings

from channels import tasks
from channels.models import Delivery, DeliveryEvent
from foundation import clock
from foundation.tenancy import tenant
from tests.channels.deliveries import Press
from tests.faults import batches
from tests.faults.batches import Planned
from tests.faults.dice import CREATE
from tests.faults.rig import Rig
from tests.faults.staff import Member, Staff, staff_of
from tests.faults.verdict import ENDED, Verdict, judge
from tests.faults.workers import KNOBS, until

State = Delivery.State
USUAL = {"LATE_AFTER_S": 3600, "PUBLISH_SLOTS": 8, "PUBLISH_PROCESSES": 2}
# Doorbells that a scene rings in beat's place.
RING_EVERY_S = 0.4
# What a busy machine takes on top of lease and sweep.
SLACK_S = 4


@dataclass
class Scene:
    """One named fault on its way."""

    rig: Rig
    staff: Staff
    presses: list[Press]
    planned: list[Planned] = field(default_factory=list)

    def due(self, *, page: int = 0, in_s: float = 0) -> Planned:
        """Schedule a delivery for a moment from now."""
        at = clock.database_now() + timedelta(seconds=in_s)
        self.planned.append(batches.due(self.presses[page], at=at))
        return self.planned[-1]

    def worker(self, name: str, command: list[str], **environ: object) -> Member:
        """Start a worker and wait until it listens."""
        [member] = self.workers((name, command, environ))
        return member

    def workers(self, *some: tuple[str, list[str], dict]) -> list[Member]:
        """Start several workers at once and wait until all listen."""
        members = [
            self.staff.take_on(name, command, **{key: str(value) for key, value in environ.items()})
            for name, command, environ in some
        ]
        for member in members:
            until(lambda member=member: " ready." in member.said, what=f"worker {member.log}", within_s=60)
        return members

    def state(self, planned: Planned) -> str:
        """Return a delivery's state, "" while the database does not say."""
        try:
            return planned.press.fresh(Delivery(pk=planned.delivery_id)).state
        except DatabaseError:
            connections["default"].close()
            return ""

    def states(self) -> list[str]:
        """Return the states of all deliveries of the scene."""
        return [self.state(each) for each in self.planned]

    def copies(self, planned: Planned) -> int:
        """Return how often a delivery stands on the channel."""
        return sum(post["marker"] == planned.marker for post in self.rig.sandbox.truth())

    def n_posted(self) -> int:
        """Return how often the channel was asked to publish something."""
        return sum(f"{call['method']} {call['path']}" == CREATE for call in self.rig.sandbox.calls())

    def events(self, planned: Planned) -> list[str]:
        """Return the kinds of a delivery's events."""
        return planned.press.events(Delivery(pk=planned.delivery_id))

    def seconds_in_sending(self, planned: Planned) -> float:
        """Return how long a delivery was in the state sending before it became unknown, by its own trail."""
        with tenant(planned.press.town.pk):
            events = DeliveryEvent.objects.filter(delivery_id=planned.delivery_id).order_by("-id")
            at = dict(events.values_list("kind", "at"))
        return (at["unknown"] - at["claimed"]).total_seconds()

    def ring(self) -> None:
        """Ring all doorbells once, as beat does."""
        tasks.tick.delay()
        tasks.sweep.delay()
        tasks.reconcile.delay()

    def ring_until_ended(self, *, within_s: float = 60) -> None:
        """Ring until every delivery of the scene is out or with a person."""

        def is_over() -> bool:
            self.ring()
            return set(self.states()) <= ENDED

        until(is_over, what="every delivery to end", within_s=within_s, every_s=RING_EVERY_S)

    def wait_until_ended(self, *, within_s: float = 60) -> None:
        """Wait while beat rings."""
        until(lambda: set(self.states()) <= ENDED, what="every delivery to end", within_s=within_s, every_s=0.3)

    def judge(self) -> Verdict:
        """
        Hold every delivery against the channel's own list.

        :raises AssertionError: an invariant broke
        """
        verdict = judge(self.planned, self.rig.sandbox)
        assert verdict.is_clean, verdict.problems
        return verdict

    def require_published(self, *, n_posted: int | None = None) -> Verdict:
        """Every delivery is out, once; and the channel was asked no more often than once each, or as told."""
        verdict = self.judge()
        assert verdict.states == {State.PUBLISHED: len(self.planned)}, (verdict.states, verdict.stories)
        asked = self.n_posted()
        assert asked == (len(self.planned) if n_posted is None else n_posted), asked
        return verdict


@dataclass(frozen=True)
class Scenario:
    """A fault of table F. `is_quick`: also part of the test suite."""

    number: str
    title: str
    act: Callable[[Scene], str]
    is_quick: bool
    n_towns: int
    knobs: dict[str, int]

    @property
    def name(self) -> str:
        """What pytest calls it."""
        return f"{self.number.replace(' ', '-')}-{self.act.__name__}"


ALL: list[Scenario] = []


def scenario(
    number: str, title: str, *, is_quick: bool = False, n_towns: int = 1, **knobs: int
) -> Callable[[Callable[[Scene], str]], Callable[[Scene], str]]:
    """Register a fault: its function plays it, raises AssertionError, and returns what it saw in a few words."""

    def register(act: Callable[[Scene], str]) -> Callable[[Scene], str]:
        ALL.append(Scenario(number, title, act, is_quick, n_towns, knobs))
        return act

    return register


@contextmanager
def _scene(rig: Rig, told: Scenario) -> Iterator[Scene]:
    knobs = {**USUAL, **KNOBS, **told.knobs}
    with override_settings(**knobs), staff_of(rig.house, rig.folder, {k: str(v) for k, v in knobs.items()}) as staff:
        yield Scene(rig, staff, batches.presses(rig.house, rig.sandbox, n_towns=told.n_towns))


def play(told: Scenario, rig: Rig) -> str:
    """
    Play one named fault and return what was seen.

    :raises AssertionError: something that must hold did not
    """
    try:
        with _scene(rig, told) as scene:
            return told.act(scene)
    finally:
        connections["default"].close()
