"""
The three writes of an attempt that goes well: take it (T4), pass the gate, bind the channel's id (T7).

Each is one message to the database and one commit: the state's conditional UPDATE, the attempt, the event and the queue
row together, as `trail.move` does it for every other change. Hundreds of posts may be due in the same minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.actions.publishing import trail
from channels.actions.publishing.trail import State
from channels.models import Delivery
from foundation.statements import Statement, Step, run

# Skipped when locked: whoever holds the row is claiming, cancelling or changing it at this moment. The hash and the
# fence stand for what was read before: approved anew or taken meanwhile, nothing is taken. Last use is shown to people:
# minutes are enough, and spare a write with every post.
TAKE = Statement(
    "kk_take",
    "bigint, bigint, int, text, timestamptz, double precision, text, bigint",
    """
    WITH free AS (
        SELECT id FROM channels_delivery
        WHERE municipality_id = $1 AND id = $2 AND state = 'scheduled' AND fence = $3 AND approved_hash = $4
            AND coalesce(next_at, $5) <= $5
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE channels_delivery delivery SET state = 'sending', fence = delivery.fence + 1,
            lease_until = statement_timestamp() + make_interval(secs => $6),
            next_at = statement_timestamp() + make_interval(secs => $6)
        FROM free WHERE delivery.id = free.id
        RETURNING delivery.id, delivery.fence, delivery.lease_until
    ), told AS (
        INSERT INTO channels_deliveryevent (municipality_id, delivery_id, at, kind, detail)
        SELECT $1, id, $5, 'claimed', '' FROM taken
    ), waits AS (
        INSERT INTO channels_due (delivery_id, municipality_id, kind, due_at)
        SELECT id, $1, 'lease', lease_until FROM taken
        ON CONFLICT (delivery_id) DO UPDATE SET kind = EXCLUDED.kind, due_at = EXCLUDED.due_at
    ), used AS (
        UPDATE channels_connection SET last_used_at = $5
        WHERE municipality_id = $1 AND account_id = $8 AND EXISTS (SELECT FROM taken)
            AND (last_used_at IS NULL OR last_used_at <= $5 - interval '5 minutes')
    )
    INSERT INTO channels_attempt (municipality_id, delivery_id, fence, marker, claimed_at, outcome, detail)
    SELECT $1, id, fence, $7, $5, 'claimed', '' FROM taken
    RETURNING id
    """,
)
# The row first, so that the next statement sees every stop that was committed before it was ours: whoever stops
# publishing either keeps this attempt from going on, or is told of it.
HOLD = Statement(
    "kk_hold",
    "bigint, bigint, int, double precision",
    """
    SELECT id FROM channels_delivery
    WHERE municipality_id = $1 AND id = $2 AND state = 'sending' AND fence = $3
        AND lease_until >= statement_timestamp() + make_interval(secs => $4)
    FOR UPDATE
    """,
)
GATE = Statement(
    "kk_gate",
    "bigint, bigint, int, double precision, bigint, timestamptz",
    """
    WITH stop AS (
        SELECT CASE WHEN EXISTS (SELECT FROM channels_freezeforall WHERE ended_at IS NULL) THEN 'frozen_all'
                    WHEN EXISTS (SELECT FROM channels_freeze WHERE municipality_id = $1 AND ended_at IS NULL)
                    THEN 'frozen' ELSE '' END AS code
    ), passed AS (
        UPDATE channels_delivery SET next_at = NULL
        WHERE municipality_id = $1 AND id = $2 AND state = 'sending' AND fence = $3
            AND lease_until >= statement_timestamp() + make_interval(secs => $4) AND (SELECT code = '' FROM stop)
        RETURNING id
    ), sent AS (
        UPDATE channels_attempt SET sent_at = $6 WHERE municipality_id = $1 AND id = $5 AND EXISTS (SELECT FROM passed)
    ), told AS (
        INSERT INTO channels_deliveryevent (municipality_id, delivery_id, at, kind, detail)
        SELECT $1, id, $6, 'sent', '' FROM passed
    )
    SELECT EXISTS (SELECT FROM passed), (SELECT code FROM stop)
    """,
)
# The attempt's own row tells the outcome also when the delivery has gone on without it.
BIND = Statement(
    "kk_bind",
    "bigint, bigint, int, text[], bigint, bigint, timestamptz, text, text",
    """
    WITH elsewhere AS (
        SELECT id FROM channels_delivery
        WHERE municipality_id = $1 AND account_id = $6 AND external_id = $8 AND id <> $2 LIMIT 1
    ), bound AS (
        UPDATE channels_delivery SET state = 'published', external_id = $8, permalink = $9, published_at = $7,
            lease_until = NULL, next_at = NULL, reason = '', reason_detail = ''
        WHERE municipality_id = $1 AND id = $2 AND fence = $3 AND state = ANY ($4)
            AND NOT EXISTS (SELECT FROM elsewhere)
        RETURNING id
    ), ended AS (
        UPDATE channels_attempt SET outcome = 'published', ended_at = $7, detail = left($8, 500)
        WHERE municipality_id = $1 AND id = $5 AND NOT EXISTS (SELECT FROM elsewhere)
    ), told AS (
        INSERT INTO channels_deliveryevent (municipality_id, delivery_id, at, kind, detail)
        SELECT $1, id, $7, 'published', left($8, 500) FROM bound
    ), done AS (
        DELETE FROM channels_due WHERE municipality_id = $1 AND delivery_id IN (SELECT id FROM bound)
    )
    SELECT EXISTS (SELECT FROM bound), EXISTS (SELECT FROM elsewhere)
    """,
)

# Only the claim waits for the disk: it must survive a crash of the database, or the post would be due again after it
# was sent. Gate and binding are seen by everybody at once and reach the disk with the next claim, or within half a
# second. A crash before that finds the row as after a kill between sending and recording: being sent, with its lease.
_UNHURRIED = ("SELECT set_config('synchronous_commit', 'off', true)", ())


def take(delivery: Delivery, *, municipality_id: int, now: datetime, lease_s: float) -> int | None:
    """
    Take a due delivery whose facts were read before; return the id of the new attempt, or None.

    :param delivery: as it was read, with its link
    """
    trail.check(rule="T4", sources={State.SCHEDULED}, to=State.SENDING)
    parameters = (
        delivery.pk, delivery.fence, delivery.approved_hash, now, lease_s, delivery.link.code, delivery.account_id
    )  # fmt: skip
    rows = run(municipality_id, Step(TAKE, parameters))
    return rows[0][0] if rows else None


def pass_gate(
    *, municipality_id: int, delivery_id: int, fence: int, attempt_id: int, needed_s: float, at: datetime
) -> tuple[bool, str]:
    """Note that sending begins, and return whether it may; and the code of the stop that forbids it, if any."""
    ours = (delivery_id, fence, needed_s)
    rows = run(municipality_id, Step(HOLD, ours), Step(GATE, (*ours, attempt_id, at)), before=[_UNHURRIED])
    return rows[0]


def bind(
    delivery: tuple[int, int, int],
    *,
    municipality_id: int,
    attempt_id: int,
    external_id: str,
    permalink: str,
    at: datetime,
    before: Sequence[tuple[str, Sequence[Any]]] = (),
) -> tuple[bool, bool]:
    """
    Bind the channel's id; return whether that was done, and whether another delivery holds the id already.

    :param delivery: its id, the fence of the attempt, its account's id
    :param before: plain SQL of the same transaction
    """
    trail.check(rule="T7", sources=trail.OPEN, to=State.PUBLISHED)
    delivery_id, fence, account_id = delivery
    sources = sorted(trail.OPEN)
    parameters = (delivery_id, fence, sources, attempt_id, account_id, at, external_id, permalink)
    return run(municipality_id, Step(BIND, parameters), before=[_UNHURRIED, *before])[0]
