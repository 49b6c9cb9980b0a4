"""A channel that answers badly: lost, late, garbled, throttled, with lists that lag (F3-F6, F16, F17, P1, P2)."""

from __future__ import annotations

from collections import Counter

from tests.faults.scenarios.scene import Scene, State, scenario
from tests.faults.staff import worker

STORED = [
    ("F3", "answer_lost", {}),
    ("F4", "stored_500", {}),
    ("F5", "late", {"delay_s": 2}),
    ("F5", "late_before", {"delay_s": 2}),
    ("F17", "garbage", {}),
    ("F17", "empty_2xx", {}),
    ("F17", "other_shape", {}),
    ("F17", "no_id", {}),
    ("F17", "big_body", {}),
    ("F17", "slow_bytes", {"delay_s": 1}),
]


@scenario("F3 F4 F5 F17", "stored, and the answer is lost, 500, too late, HTML, empty, odd, 10 MB, 1 byte/s")
def stored_with_a_bad_answer(scene: Scene) -> str:
    """Ten deliveries meet ten bad answers: each was asked for once, and is found."""
    for _, kind, options in STORED:
        scene.rig.sandbox.fault("POST /rest/posts", kind=kind, **options)
    some = [scene.due() for _ in STORED]
    scene.worker("publish", worker())
    scene.ring_until_ended()

    verdict = scene.require_published()
    # A late answer may still be in time for the first ones: two slots at once do not wait for each other.
    assert verdict.n_unknown >= len(some) - 3, verdict.n_unknown
    return f"{verdict.n} published with one call each, {verdict.n_unknown} of them via an unknown outcome"


@scenario("F16", "the list lags, fails and is cut short after a lost answer", RECONCILE_SETTLE_S=10)
def a_list_that_cannot_be_trusted(scene: Scene) -> str:
    """The lag, 60 s at LinkedIn's worst, is scaled with the settle window: nothing is believed absent too early."""
    scene.rig.sandbox.switch(list_lag_s=5)
    scene.rig.sandbox.fault("GET /rest/posts", kind="plain_500", count=1000, probability=0.15, seed=1)
    scene.rig.sandbox.fault("GET /rest/posts", kind="list_truncated", count=1000, probability=0.3, seed=2)
    for _ in range(6):
        scene.rig.sandbox.fault("POST /rest/posts", kind="answer_lost")
    some = [scene.due() for _ in range(6)]
    scene.worker("publish", worker())
    scene.ring_until_ended()

    scene.require_published(n_posted=6)
    told = Counter(kind for each in some for kind in scene.events(each))
    assert told["found"] == 6, told
    return f"6 published with one call each, after {told['looked']} looks that proved nothing"


@scenario("F6", "100 times 429 without Retry-After, shared by two pages", n_towns=2, LATE_AFTER_S=6)
def throttled_for_the_day(scene: Scene) -> str:
    """LinkedIn's daily quota is used up: nobody hammers, and what comes too late waits for a person."""
    scene.rig.sandbox.fault("POST /rest/posts", kind="status_429", count=100)
    some = [scene.due(page=number % 2) for number in range(12)]
    scene.worker("publish", worker())
    scene.ring_until_ended()

    verdict = scene.judge()
    asked = scene.n_posted()
    assert verdict.states == {State.LATE: len(some)}, verdict.states
    assert asked <= MOST_CALLS_WHEN_THROTTLED, asked
    return f"{len(some)} late with a person, none sent; the channel was asked {asked} times"


# The slots of one worker may be under way at once on each page when the first refusal comes.
MOST_CALLS_WHEN_THROTTLED = 8


@scenario("F6", "429 with Retry-After in the middle of a queue", PUBLISH_SLOTS=1, PUBLISH_PROCESSES=1)
def throttled_for_a_moment(scene: Scene) -> str:
    """What waits goes out when it may, none of it twice, in the order of the times it was due."""
    scene.rig.sandbox.fault("POST /rest/posts", kind="status_429", count=1, retry_after=3)
    some = [scene.due(in_s=number / 100) for number in range(6)]
    scene.worker("publish", worker(slots=1))
    scene.ring_until_ended(within_s=120)

    verdict = scene.require_published(n_posted=7)
    order = [post["marker"] for post in scene.rig.sandbox.truth()]
    is_kept = order == [each.marker for each in some]
    return f"{verdict.n} published, the channel was asked {scene.n_posted()} times; order kept: {is_kept}"
