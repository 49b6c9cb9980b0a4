"""The daily look at a connection, before the next post is due (P6): token, scopes, role on the page, expiry."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from channels import connectors
from channels.actions import access, notices, pauses, quotas
from channels.connectors import AccessDead, Connector, ConnectorError, Health, NothingSent
from channels.models import Account, Connection
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

# Beyond this a clock is wrong, not slow: expiries and posts' times would be.
CLOCKS_MAY_DIFFER_S = 300
# A token that ends so much earlier than we thought is believed; smaller differences are rounding.
WORTH_NOTING = timedelta(hours=1)


def check(*, municipality_id: int, account_id: int, now: datetime) -> str:
    """
    Ask the channel whether an account could publish, note the answer, and tell those concerned once for each cause.

    Call it outside `tenant()`: the channel is asked. Return "ok", or the code of what is wrong or could not be asked.

    :raises Account.DoesNotExist: there is none in the municipality
    """
    with tenant(municipality_id):
        account = Account.objects.select_related("channel").get(pk=account_id)
    kind = connectors.by_slug(account.channel.connector)
    if kind is None:
        return "no_connector"
    connector, outcome = kind(), "ok"
    try:
        connector.access = access.access_for(account, now=now)
        health = connector.probe(now=now)
    except AccessDead as problem:
        access.refused(account, problem, doing="publish", access=connector.access, now=now)
        outcome = problem.code
    except ConnectorError as problem:
        outcome = problem.code
        _note_unclear(account, problem, now=now)
    else:
        _note_fine(account, connector, health, now=now)
    with tenant(municipality_id):
        quotas.note(account, connector.calls, now=now)
        connection = Connection.objects.filter(account=account, state=Connection.State.OK).first()
        if connection is not None:
            notices.access_ends(account, connection, now=now)
    return outcome


def _note_fine(account: Account, connector: Connector, health: Health, *, now: datetime) -> None:
    slug = account.channel.connector
    with tenant(account.municipality_id):
        used = access.fingerprint(connector.access.access_token) if connector.access else ""
        row = Connection.objects.filter(account=account, fingerprint=used)
        row.update(probed_at=now, probe_problem="")
        if health.expires_at:
            row.filter(expires_at__gt=health.expires_at + WORTH_NOTING).update(expires_at=health.expires_at)
        pauses.version_lives(slug)
        if health.clock_skew_s is not None and abs(health.clock_skew_s) > CLOCKS_MAY_DIFFER_S:
            notices.clock_is_wrong(slug, skew_s=health.clock_skew_s, now=now)


def _note_unclear(account: Account, problem: ConnectorError, *, now: datetime) -> None:
    """Nothing is known: the connection stays as it is, and its page says that it could not be looked at."""
    logger.warning("Account %s could not be looked at: %s", account.pk, problem.code)
    with tenant(account.municipality_id):
        Connection.objects.filter(account=account).update(probe_problem=problem.code[:60])
        if isinstance(problem, NothingSent) and problem.code == "throttled":
            pauses.throttled(account, problem, doing="reading", now=now)
