"""The way to an account's platform: its connector, with living access."""

from datetime import datetime

from cryptography.fernet import InvalidToken

from channels import connectors
from channels.actions import access
from channels.actions.publishing.facts import Facts
from channels.models import Account
from foundation import clock
from foundation.sealed import unseal


def connector_of(account: Account, *, now: datetime, at_hand: connectors.Access | None = None) -> connectors.Connector:
    """
    Return the account's connector; a token that is about to expire is renewed first. Called outside `tenant()`.

    :param at_hand: access that was read this moment and needs no renewal; it is not read again

    :raises connectors.AccessDead: a person must connect again
    :raises connectors.NothingSent: the token has expired and could not be renewed now
    :raises connectors.Refused: the channel is served by hand
    """
    kind = connectors.by_slug(account.channel.connector)
    if kind is None or not kind.can_publish:
        raise connectors.Refused("no_connector")
    return kind(at_hand or access.access_for(account, now=now))


def at_hand(found: Facts, *, now: datetime) -> connectors.Access | None:
    """Return the access as it was read with the delivery, or None when it has to be looked at first."""
    account = found.delivery.account
    if found.access is None or found.access.expires_at <= now + access.RENEW_AHEAD:
        return None
    try:
        return connectors.Access(unseal(found.sealed_token), account.external_id)
    except InvalidToken:
        return None


def lost(
    account: Account, problem: connectors.AccessDead, connector: connectors.Connector | None, *, doing: str = "reading"
) -> None:
    """Note that the channel refused us, unless the account was connected anew in the meantime (P6)."""
    used = connector.access if connector else None
    access.refused(account, problem, doing=doing, access=used, now=clock.now())
