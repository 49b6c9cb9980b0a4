"""The faults of table F one by one, each a function on a scene; the fault run plays all, the test suite the quick."""

from tests.faults.scenarios import access, channel, clocks, doorbells, figures, killing, storage
from tests.faults.scenarios.scene import ALL, Scenario, play

__all__ = [
    "ALL",
    "Scenario",
    "access",
    "channel",
    "clocks",
    "doorbells",
    "figures",
    "killing",
    "play",
    "storage",
]
