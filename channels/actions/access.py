"""The access a connector needs, renewed before it expires (P19), and marked dead when the channel says so (P6)."""

from __future__ import annotations

import hmac
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from channels import connectors
from channels.actions import notices, pauses
from channels.connectors import Access, AccessDead, ConnectorError, Grant, NothingSent
from channels.models import Account, Connection
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

RENEW_AHEAD = timedelta(days=7)
# Longer than the call may take: nobody else renews meanwhile. A worker that dies holds the others up for this long.
RENEW_LEASE = timedelta(seconds=30)
LOOK_EVERY_S = 0.1
# Last use is shown to people: minutes are enough, and spare a write with every call.
USE_NOTED_EVERY = timedelta(minutes=5)
# What can be missing while the rest goes on, and the answers that mean one thing alone.
CAPABILITIES = frozenset({"figures", "comments", "reading", "ads"})
FOR_ONE_THING = frozenset({"access_denied", "role_lost", "scope_lost"})
VERSION_SUNSET = "version_sunset"
# Why a connection is dead when the key that sealed its tokens is lost.
UNOPENED = "token_unopened"


@dataclass(frozen=True)
class Turn:
    """Who renews: whoever holds the `lease` (a moment of the database's clock); `is_taken` when it is somebody else."""

    connection: Connection
    lease: datetime | None = None
    is_taken: bool = False


def access_for(account: Account, *, now: datetime) -> Access:
    """
    Return the access of an account, renewed when it expires within a week. Call it outside `tenant()`.

    Renewal is single-flight (P19): one worker takes a lease, asks the channel with no transaction open, and stores the
    answer while the lease is still its own. Meanwhile the others use the token while it lives, and wait when it does
    not. A lease whose worker died runs out.

    :raises AccessDead: there is no connection, it is dead, no key of ours opens it, or it expired and cannot be renewed
    :raises NothingSent: it expired, and renewing did not succeed now
    """
    try:
        return _living_access(account, now=now)
    except InvalidToken:
        _mark_unopened(account)
        raise AccessDead(UNOPENED) from None


def _living_access(account: Account, *, now: datetime) -> Access:
    with tenant(account.municipality_id):
        connection = _living(account)
        is_enough = not _needs_renewal(connection, now=now)
        if is_enough:
            _note_use(connection, now=now)
    return _access(connection, account) if is_enough else _renewed_access(account, now=now)


def _renewed_access(account: Account, *, now: datetime) -> Access:
    gives_up_at = time.monotonic() + RENEW_LEASE.total_seconds()
    turn = _take_turn(account, now=now)
    while turn.is_taken and turn.connection.expires_at <= now:
        if time.monotonic() > gives_up_at:
            raise NothingSent("not_renewed", "busy")
        time.sleep(LOOK_EVERY_S)
        turn = _take_turn(account, now=now)
    if turn.lease is None:
        return _access(turn.connection, account)
    outcome = _ask(turn.connection, account=account, now=now)
    connection, problem = _settle(account, outcome, lease=turn.lease, now=now)
    # The outcome is committed before anybody hears of it.
    if problem is not None and (isinstance(problem, AccessDead) or connection.expires_at <= now):
        raise problem
    return _access(connection, account)


def _access(connection: Connection, account: Account) -> Access:
    return Access(connection.access_token, account.external_id)


def _take_turn(account: Account, *, now: datetime) -> Turn:
    """Take the lease when there is something to renew and nobody has it; commit that before the channel is asked."""
    with tenant(account.municipality_id):
        connection = _living(account, is_locked=True)
        if not _needs_renewal(connection, now=now):
            return Turn(connection)
        row = Connection.objects.filter(pk=connection.pk)
        free = row.filter(Q(renewing_until=None) | Q(renewing_until__lte=Now()))
        if not free.update(renewing_until=Now() + RENEW_LEASE):
            return Turn(connection, is_taken=True)
        return Turn(connection, lease=row.values_list("renewing_until", flat=True).get())


def _settle(
    account: Account, outcome: Grant | ConnectorError, *, lease: datetime, now: datetime
) -> tuple[Connection, ConnectorError | None]:
    """Store what the channel said, unless the lease was lost: then what is stored meanwhile counts."""
    with tenant(account.municipality_id):
        connection = _living(account, is_locked=True)
        if connection.renewing_until != lease:
            return connection, None
        connection.renewing_until = None
        connection.save(update_fields=["renewing_until"])
        problem = None
        if isinstance(outcome, Grant):
            _store(connection, outcome)
        elif isinstance(outcome, AccessDead):
            problem = _refused(connection, outcome, now=now)
        else:
            logger.warning("Access of account %s was not renewed: %s", account.pk, outcome.code)
            problem = NothingSent("not_renewed", outcome.code)
        _note_use(connection, now=now)
    return connection, problem


def refused(account: Account, problem: AccessDead, *, doing: str, now: datetime, access: Access | None = None) -> bool:
    """
    Note that the channel did not let us in, and return whether that is news (P6). Call it outside `tenant()`.

    A token that is gone is gone for everything. A role or scope that is missing for figures or comments takes only
    those: the connection lacks them from then on, and publishing goes on. A version of the channel's interface that no
    longer answers is nobody's access: the account stays as it is.

    :param doing: "publish", or one of `CAPABILITIES`
    :param access: what the channel refused; a newer connection, made meanwhile, stays as it is
    """
    if problem.code == VERSION_SUNSET:
        return _version_died(account)
    if doing not in CAPABILITIES or problem.code not in FOR_ONE_THING:
        return mark_dead(account, reason=problem.code, access=access)
    with tenant(account.municipality_id):
        return _add_missing(account, doing, access=access)


def allowed(account: Account, *, doing: str) -> None:
    """Note that the channel lets us do again what was missing. Call it outside `tenant()`; one query as a rule."""
    with tenant(account.municipality_id):
        lacking = _alive(account, None).filter(missing__contains=doing)
        for connection in lacking.select_for_update(of=("self",)).defer("access_token", "refresh_token"):
            connection.missing = " ".join(sorted(connection.lacks - {doing}))
            connection.save(update_fields=["missing"])


def _version_died(account: Account) -> bool:
    slug = account.channel.connector
    with tenant(account.municipality_id):
        is_news = pauses.version_died(slug)
        return notices.version_dead(slug) or is_news


def _add_missing(account: Account, doing: str, *, access: Access | None) -> bool:
    locked = _alive(account, access).select_for_update(of=("self",)).defer("access_token", "refresh_token")
    connection = locked.first()
    if connection is None or doing in connection.lacks:
        return False
    connection.missing = " ".join(sorted(connection.lacks | {doing}))
    connection.save(update_fields=["missing"])
    notices.capability_missing(account, connection, doing=doing)
    return True


def mark_dead(account: Account, *, reason: str, access: Access | None = None) -> bool:
    """
    Note that an account's access is gone, and return whether that is news: one message for one cause.

    :param reason: the code of the `AccessDead`
    :param access: what the channel refused; a newer connection, made meanwhile, stays alive
    """
    with tenant(account.municipality_id):
        is_news = bool(_alive(account, access).update(state=Connection.State.DEAD, dead_reason=reason[:100]))
        if is_news:
            _tell_dead(account)
        return is_news


def _tell_dead(account: Account) -> None:
    notices.access_dead(account, Connection.objects.defer("access_token", "refresh_token").get(account=account))


def _alive(account: Account, access: Access | None) -> QuerySet[Connection]:
    alive = Connection.objects.filter(account=account, state=Connection.State.OK)
    return alive if access is None else alive.filter(fingerprint=fingerprint(access.access_token))


def can_be_opened(account: Account) -> bool:
    """Whether our keys open what is stored of the account's access, if anything. Called inside `tenant()`."""
    try:
        Connection.objects.filter(account=account).first()
    except InvalidToken:
        return False
    return True


def _mark_unopened(account: Account) -> None:
    """Only a person who connects again can mend a token that no key opens; one stored meanwhile stays alive."""
    with tenant(account.municipality_id):
        connections = Connection.objects.filter(account=account)
        try:
            connections.select_for_update(of=("self",)).first()
        except InvalidToken:
            connections.update(state=Connection.State.DEAD, dead_reason=UNOPENED)
            _tell_dead(account)
            logger.error("No key opens the access of account %s", account.pk)


def _living(account: Account, *, is_locked: bool = False) -> Connection:
    connections = Connection.objects.select_for_update(of=("self",)) if is_locked else Connection.objects.all()
    connection = connections.filter(account=account).first()
    if connection is None:
        raise AccessDead("not_connected")
    if connection.state == Connection.State.DEAD:
        raise AccessDead(connection.dead_reason or "token_dead")
    return connection


def fingerprint(token: str) -> str:
    """Return six characters that tell two tokens apart and give nothing of either away."""
    return hmac.digest(b"kanalkompass fingerprint", token.encode(), "sha256").hex()[:6]


def _needs_renewal(connection: Connection, *, now: datetime) -> bool:
    if connection.expires_at <= now:
        return True
    return connection.is_renewable(now) and connection.expires_at <= now + RENEW_AHEAD


def _ask(connection: Connection, *, account: Account, now: datetime) -> Grant | ConnectorError:
    """Ask the channel for a new token, once, and return what it gave or what went wrong."""
    connector = connectors.by_slug(account.channel.connector)
    if connector is None or not connection.is_renewable(now):
        return AccessDead("expired")
    try:
        return connector().refresh(refresh_token=connection.refresh_token, now=now)
    except ConnectorError as problem:
        return problem


def _refused(connection: Connection, problem: AccessDead, *, now: datetime) -> ConnectorError:
    """The token itself may still work for some days; once it has expired too, the connection is dead."""
    if connection.expires_at > now:
        # Not asked for again, and the page warns of the day the token itself expires.
        connection.refresh_expires_at = now
        connection.save(update_fields=["refresh_expires_at"])
        return NothingSent("not_renewed", problem.code)
    connection.state, connection.dead_reason = Connection.State.DEAD, problem.code
    connection.save(update_fields=["state", "dead_reason"])
    notices.access_dead(connection.account, connection)
    return problem


def _store(connection: Connection, grant: Grant) -> None:
    connection.access_token = grant.access_token
    connection.fingerprint = fingerprint(grant.access_token)
    connection.expires_at = grant.expires_at
    connection.scopes = " ".join(sorted(grant.scopes)) or connection.scopes
    # An answer without a refresh token says nothing about the one we hold (B27, F12).
    if grant.refresh_token:
        connection.refresh_token = grant.refresh_token
        connection.refresh_expires_at = grant.refresh_expires_at or connection.refresh_expires_at
    connection.save(
        update_fields=["access_token", "fingerprint", "expires_at", "scopes", "refresh_token", "refresh_expires_at"]
    )


def _note_use(connection: Connection, *, now: datetime) -> None:
    if connection.last_used_at is None or now - connection.last_used_at >= USE_NOTED_EVERY:
        connection.last_used_at = now
        Connection.objects.filter(pk=connection.pk).update(last_used_at=now)
