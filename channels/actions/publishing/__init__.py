"""
The publishing engine: a delivery appears at most once on its channel, and is never silently lost (P1).

scheduling: what people decide beforehand (T1-T3) · claiming, sending, recording: one attempt (T4, T6-T10) ·
blocking: holding back and letting go on (T5, T6) · sweeping: what time decides (T5, T6, T10) · stopping: all
publishing at once · reconciling, with matching and sighting: asking the channel (T7, T11, T12) · settling, copies:
what people decide afterwards (T13, T14) · watching: what is out, day by day (T7, T14) · trail: the table of
transitions, through which every change goes · queue: what waits.
"""

from channels.actions.publishing import queue, trail
from channels.actions.publishing.blocking import unblock
from channels.actions.publishing.claiming import Claim, LeaseLost, NotDue, claim, pass_gate
from channels.actions.publishing.copies import remove_copy
from channels.actions.publishing.reconciling import NotUnknown, reconcile
from channels.actions.publishing.recording import FenceLost
from channels.actions.publishing.scheduling import (
    AlreadySending,
    ChangedMeanwhile,
    LacksRight,
    NotReady,
    Problem,
    approve,
    cancel,
    schedule,
    submit_for_approval,
    take_back,
    void_approval,
)
from channels.actions.publishing.sending import publish
from channels.actions.publishing.settling import (
    AddressRefused,
    NotRemoved,
    NotToBeSettled,
    may_be_believed_absent_at,
    remove,
    settle_as_absent,
    settle_as_dropped,
    settle_as_published,
)
from channels.actions.publishing.stopping import (
    AlreadyStopped,
    Lifted,
    lift,
    lift_for_everybody,
    on_their_way,
    stop,
    stop_everybody,
)
from channels.actions.publishing.sweeping import block_all, expire_leases, mark_late
from channels.actions.publishing.watching import look_after

__all__ = [
    "AddressRefused",
    "AlreadySending",
    "AlreadyStopped",
    "ChangedMeanwhile",
    "Claim",
    "FenceLost",
    "LacksRight",
    "LeaseLost",
    "Lifted",
    "NotDue",
    "NotReady",
    "NotRemoved",
    "NotToBeSettled",
    "NotUnknown",
    "Problem",
    "approve",
    "block_all",
    "cancel",
    "claim",
    "expire_leases",
    "lift",
    "lift_for_everybody",
    "look_after",
    "mark_late",
    "may_be_believed_absent_at",
    "on_their_way",
    "pass_gate",
    "publish",
    "queue",
    "reconcile",
    "remove",
    "remove_copy",
    "schedule",
    "settle_as_absent",
    "settle_as_dropped",
    "settle_as_published",
    "stop",
    "stop_everybody",
    "submit_for_approval",
    "take_back",
    "trail",
    "unblock",
    "void_approval",
]
