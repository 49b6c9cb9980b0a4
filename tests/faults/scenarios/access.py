"""Access that dies in the middle of a batch (F12, P6)."""

from __future__ import annotations

from channels.models import Connection
from foundation.tenancy import tenant
from tests.faults.scenarios.scene import Scene, State, scenario
from tests.faults.staff import worker


@scenario("F12", "the token dies in the middle of a batch", n_towns=2)
def token_dies(scene: Scene) -> str:
    """The rest of that page is held back, each page stands alone, and nothing is burnt."""
    scene.due()
    scene.worker("publish", worker())
    scene.ring_until_ended()
    scene.rig.sandbox.revoke(member=scene.rig.sandbox.announced["members"][0]["id"])
    for number in range(9):
        scene.due(page=number % 3)
    scene.ring_until_ended()

    verdict = scene.judge()
    assert verdict.states == {State.PUBLISHED: 7, State.BLOCKED: 3}, verdict.states
    with tenant(scene.presses[0].town.pk):
        states = dict(Connection.objects.values_list("account_id", "state"))
    assert states[scene.presses[0].account.pk] == Connection.State.DEAD
    assert states[scene.presses[1].account.pk] == Connection.State.OK
    return "3 held back with their reason, 6 of the neighbours' published"
