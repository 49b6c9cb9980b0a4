"""A database that fails while posts go out (F10, P1)."""

from __future__ import annotations

import random
import time

from django.db import connections

from tests.faults.scenarios.scene import Scene, scenario
from tests.faults.staff import worker


@scenario("F10", "sessions are terminated and PostgreSQL crashes while publishing", is_quick=True)
def the_database_fails(scene: Scene) -> str:
    """Sessions at random moments, then an immediate stop and recovery."""
    dice = random.Random(3)
    scene.worker("publish", worker())
    some = [scene.due() for _ in range(6)]
    connections["default"].close()
    n_ended = 0
    for _ in range(12):
        scene.ring()
        time.sleep(dice.uniform(0.02, 0.12))
        n_ended += scene.rig.house.hang_up()
    scene.rig.house.crash_database()
    scene.ring()
    scene.rig.house.restart_database()
    connections["default"].close()
    scene.ring_until_ended()

    verdict = scene.judge()
    assert n_ended > 0
    return f"{n_ended} sessions and the server; of {len(some)}: {dict(verdict.states)}"
