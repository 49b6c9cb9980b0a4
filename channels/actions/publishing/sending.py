"""One attempt from beginning to end: claim, prepare, gate, send once, record. No transaction is open while we wait."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.conf import settings

from channels import connectors
from channels.actions.publishing import claiming, preparing, reaching, reconciling, recording, sweeping
from channels.actions.publishing.claiming import Claim, LeaseLost, Stopped
from channels.actions.publishing.pauses import pause_at
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)


def publish(
    *, municipality_id: int, delivery_id: int, now: datetime, place: AbstractContextManager[object] | None = None
) -> str:
    """
    Send one due delivery to its channel, at most once, and return the state it reached.

    Each step is its own `with tenant(municipality_id):` transaction; none is open while the platform is called.

    :param place: held from the gate to the answer, where only so many may speak with platforms at once
    :raises NotDue: there is nothing to send now
    :raises FenceLost: the delivery went on without this attempt
    """
    claim = claiming.claim(municipality_id=municipality_id, delivery_id=delivery_id, now=now)
    pause_at("claimed")
    connector = None
    try:
        connector = reaching.connector_of(claim.account, now=now, at_hand=claim.access)
        connector.calls = claim.calls
        prepared = preparing.prepare(claim, connector)
        with place or nullcontext():
            claiming.pass_gate(claim)
            pause_at("gate")
            claiming.check_room(claim)
            answer = _send(claim, connector, prepared)
    except connectors.Refused as problem:
        return recording.reject(claim, problem)
    except connectors.AccessDead as problem:
        return _access_lost(claim, problem, connector)
    except Stopped as problem:
        return recording.hold_stopped(claim, code=problem.code)
    except LeaseLost as problem:
        gone = connectors.NothingSent("lease_lost", str(problem))
        return recording.postpone(claim, gone, outcome=recording.Outcome.WALKED_AWAY)
    except connectors.ConnectorError as problem:
        # Nothing is published before `publish` is called, so whatever failed here, nothing was sent.
        if isinstance(problem, connectors.NothingSent):
            return recording.postpone(claim, problem)
        return recording.postpone(claim, connectors.NothingSent(problem.code, problem.detail))
    return _record(claim, connector, answer)


def _send(
    claim: Claim, connector: connectors.Connector, prepared: connectors.Prepared
) -> connectors.Receipt | Exception:
    """Make the one irreversible call, once, and return the answer, or what went wrong: from here on it may be out."""
    try:
        return connector.publish(prepared, deadline_s=settings.PUBLISH_DEADLINE_S)
    except Exception as problem:
        return problem


def _record(claim: Claim, connector: connectors.Connector, answer: connectors.Receipt | Exception) -> str:
    """Record what came of the call."""
    if isinstance(answer, connectors.Receipt):
        pause_at("sent")
        return recording.mark_published(claim, answer)
    if isinstance(answer, connectors.NothingSent):
        return recording.postpone(claim, answer)
    if isinstance(answer, connectors.Refused):
        if answer.code != "duplicate":
            return recording.reject(claim, answer)
        # A refusal for likeness may mean that it is out already: by an attempt whose answer was lost.
        recording.mark_unknown(claim, code="duplicate", detail=answer.duplicate_of)
        return _look_at_named(claim, answer.duplicate_of)
    if isinstance(answer, connectors.AccessDead):
        return _access_lost(claim, answer, connector)
    if isinstance(answer, connectors.OutcomeUnknown):
        return recording.mark_unknown(claim, code=answer.code, detail=answer.detail)
    # A fault of our own while the request may have been on its way. Its text may hold what was sent: not logged.
    logger.error("Delivery %s: %s while sending", claim.delivery_id, type(answer).__name__)
    return recording.mark_unknown(claim, code="unexpected", detail=type(answer).__name__)


def _look_at_named(claim: Claim, external_id: str) -> str:
    """Read the post that a duplicate refusal names: with our marker it is ours, and published (T7)."""
    return reconciling.look_at_named(
        municipality_id=claim.municipality_id,
        delivery_id=claim.delivery_id,
        external_id=external_id,
        now=claim.moment,
    )


def _access_lost(claim: Claim, problem: connectors.AccessDead, connector: connectors.Connector | None) -> str:
    """Hold this delivery back, and the account's others with it: none is burnt on a dead channel (P6)."""
    state = recording.hold_back(claim, problem)
    reaching.lost(claim.account, problem, connector, doing="publish")
    with tenant(claim.municipality_id):
        sweeping.block_all(claim.account, code=recording.obstacle_of(problem), now=claim.moment)
    return state
