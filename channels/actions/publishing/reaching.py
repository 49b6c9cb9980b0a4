"""The way to an account's platform: its connector, with living access."""

from datetime import datetime

from channels import connectors
from channels.actions import access
from channels.models import Account
from foundation import clock


def connector_of(account: Account, *, now: datetime) -> connectors.Connector:
    """
    Return the account's connector; a token that is about to expire is renewed first. Called outside `tenant()`.

    :raises connectors.AccessDead: a person must connect again
    :raises connectors.NothingSent: the token has expired and could not be renewed now
    :raises connectors.Refused: the channel is served by hand
    """
    kind = connectors.by_slug(account.channel.connector)
    if kind is None or not kind.can_publish:
        raise connectors.Refused("no_connector")
    return kind(access.access_for(account, now=now))


def lost(
    account: Account, problem: connectors.AccessDead, connector: connectors.Connector | None, *, doing: str = "reading"
) -> None:
    """Note that the channel refused us, unless the account was connected anew in the meantime (P6)."""
    used = connector.access if connector else None
    access.refused(account, problem, doing=doing, access=used, now=clock.now())
