"""
Give an account access to its page, and take it away: the connect flow of P18.

Four steps, each with its own transaction, none open while the channel is called: `begin` makes a one-time state,
`finish` exchanges what the channel sent back, a person confirms the page by name in `confirm`, `disconnect` ends it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from audit import record
from audit.acts import Act
from channels import connectors
from channels.actions import publishing
from channels.actions.access import can_be_opened, fingerprint
from channels.connectors import Connector, Grant, Page
from channels.models import Account, Connection, OAuthState, PageClaim, PendingConnection, SetupStep
from foundation import clock
from foundation.tenancy import current_municipality_id, tenant
from recruitment.models import User

VALID_FOR = timedelta(minutes=10)
# Longer than any state the channel was given; anything beyond it is not ours.
MAX_STATE_LENGTH = 200


class StateRefused(Exception):
    """The state is missing, unknown, used, expired, or belongs to another session, user or channel (B25, B29)."""


class Denied(Exception):
    """The person or the channel said no. `code` is ours: "cancelled", "scopes_not_allowed" or "refused" (B26)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoPages(Exception):
    """The member administers no page on the channel."""


class PendingGone(Exception):
    """What was granted has not been confirmed within ten minutes, was confirmed already, or is another person's."""


class UnknownPage(Exception):
    """The page chosen is not among those that were found."""


class HeldElsewhere(Exception):
    """The page is connected to another municipality, or to another account of this one (B28)."""


class OtherPage(Exception):
    """The account held another page before; changing it has to be said in so many words (B28)."""


@dataclass(frozen=True)
class Started:
    """A state that was found and is now used up: whose connect flow it is."""

    municipality_id: int
    account_id: int
    connector: type[Connector]


def redirect_uri(connector: type[Connector]) -> str:
    """Return where the channel sends people back to: from the settings, never from a request's Host (B30)."""
    return settings.SITE_URL + reverse("oauth_return", kwargs={"connector": connector.slug})


def begin(*, account: Account, user: User, session_key: str, now: datetime) -> str:
    """Return the channel's address where the person grants access. Call it inside `tenant()`."""
    connector = _connector_of(account)
    state = secrets.token_urlsafe(32)
    OAuthState.objects.filter(valid_until__lt=now - timedelta(days=1)).delete()
    OAuthState.objects.create(
        state_hash=_hash(state),
        session_hash=_hash(session_key),
        user=user,
        municipality_id=current_municipality_id(),
        account_id=account.pk,
        connector=connector.slug,
        valid_until=now + VALID_FOR,
    )
    return connector().authorise_url(state=state, redirect_uri=redirect_uri(connector))


def take_state(*, connector_slug: str, state: str, user: User, session_key: str, now: datetime) -> Started:
    """
    Use a state up and return whose flow it is. Call it outside `tenant()`: the redirect names no municipality.

    :raises StateRefused: for each fault alike, and a state of somebody else stays usable for its owner
    """
    connector = connectors.by_slug(connector_slug)
    if connector is None or not state or len(state) > MAX_STATE_LENGTH:
        raise StateRefused
    row = OAuthState.objects.filter(state_hash=_hash(state), connector=connector_slug, user=user).first()
    if row is None or not session_key or not constant_time_compare(row.session_hash, _hash(session_key)):
        raise StateRefused
    unused = OAuthState.objects.filter(pk=row.pk, used_at=None, valid_until__gt=now)
    if not unused.update(used_at=now):
        raise StateRefused
    return Started(row.municipality_id, row.account_id, connector)


def finish(*, started: Started, code: str, error: str, user: User, now: datetime) -> int:
    """
    Exchange the channel's one-time code and return the id of the pending connection to confirm.

    Call it outside `tenant()`: the channel is called. `error` is what the channel sent in place of a code; its
    description is foreign text and is not even taken here.

    :raises Denied: see there
    :raises NoPages: nothing to connect to
    :raises channels.connectors.Refused: the code is used or old, the answer has no expiry, or scopes are missing (B27)
    :raises channels.connectors.NothingSent: the channel gave no clear answer; the person starts again
    """
    if error or not code:
        raise Denied(_denial(error))
    channel = started.connector()
    grant = channel.exchange(code=code, redirect_uri=redirect_uri(started.connector), now=now)
    pages = channel.pages(access_token=grant.access_token)
    if not pages:
        raise NoPages
    with tenant(started.municipality_id):
        account = Account.objects.get(pk=started.account_id)
        return _keep_pending(account, user=user, grant=grant, pages=pages, now=now).pk


def _keep_pending(account: Account, *, user: User, grant: Grant, pages: list[Page], now: datetime) -> PendingConnection:
    PendingConnection.objects.filter(account=account).delete()
    PendingConnection.objects.filter(valid_until__lte=now).delete()
    return PendingConnection.objects.create(
        account=account,
        user=user,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        scopes=" ".join(sorted(grant.scopes)),
        member_name=grant.member_name,
        expires_at=grant.expires_at,
        refresh_expires_at=grant.refresh_expires_at,
        pages=[{"external_id": page.external_id, "name": page.name, "url": page.url} for page in pages],
        valid_until=now + VALID_FOR,
    )


def _denial(error: str) -> str:
    if error in {"user_cancelled_login", "user_cancelled_authorize", "access_denied"}:
        return "cancelled"
    return "scopes_not_allowed" if error in {"unauthorized_scope_error", "invalid_scope"} else "refused"


def pending_of(*, account: Account, pending_id: int, user: User, now: datetime) -> PendingConnection:
    """
    Return what waits for the person's confirmation.

    :raises PendingGone: see there
    """
    pending = PendingConnection.objects.filter(pk=pending_id, account=account, user=user, valid_until__gt=now).first()
    if pending is None:
        raise PendingGone
    return pending


def confirm(
    *, account: Account, pending_id: int, external_id: str, user: User, is_change_meant: bool, now: datetime
) -> Connection:
    """
    Store the access for the page that the person confirmed by name. Call it inside `tenant()`.

    :param is_change_meant: the person said that the account is to have another page than before
    :raises PendingGone, UnknownPage, HeldElsewhere, OtherPage: nothing is stored; see there
    """
    # Two confirmations at the same time are ordered by the account's row.
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    pending = pending_of(account=account, pending_id=pending_id, user=user, now=now)
    page = next((page for page in pending.pages if page["external_id"] == external_id), None)
    if page is None:
        raise UnknownPage
    is_same_page = account.external_id in ("", external_id)
    if not is_same_page and not is_change_meant:
        raise OtherPage
    _claim(account, external_id)
    keeps_refresh = is_same_page and can_be_opened(account)
    connection = _store(account, pending=pending, keeps_refresh=keeps_refresh, user=user, now=now)
    _take_names(account, page)
    account.steps.filter(kind=SetupStep.Kind.CONNECT).update(done_date=now.astimezone(clock.OSLO).date())
    pending.delete()
    publishing.unblock(account, now=now)
    record(Act.CHANNEL_CONNECTED, obj=account)
    return connection


def _claim(account: Account, external_id: str) -> None:
    """:raises HeldElsewhere: somebody else holds the page"""
    PageClaim.objects.filter(channel=account.channel, account_id=account.pk).exclude(external_id=external_id).delete()
    try:
        with transaction.atomic():
            claim, _ = PageClaim.objects.get_or_create(
                channel=account.channel,
                external_id=external_id,
                defaults={"municipality_id": current_municipality_id(), "account_id": account.pk},
            )
    except IntegrityError as problem:
        raise HeldElsewhere from problem
    if (claim.municipality_id, claim.account_id) != (account.municipality_id, account.pk):
        raise HeldElsewhere


def _store(
    account: Account, *, pending: PendingConnection, keeps_refresh: bool, user: User, now: datetime
) -> Connection:
    """Write the connection. A stored refresh token is never overwritten with nothing (P18)."""
    values = {
        "state": Connection.State.OK,
        "dead_reason": "",
        "access_token": pending.access_token,
        "fingerprint": fingerprint(pending.access_token),
        "scopes": pending.scopes,
        "member_name": pending.member_name,
        "expires_at": pending.expires_at,
        "connected_at": now,
        "connected_by": user,
        "last_used_at": None,
        # What was missing, and what the last look said, was about the access of before.
        "missing": "",
        "probed_at": None,
        "probe_problem": "",
        # Whoever renews the access of before finds that it is no longer theirs to store.
        "renewing_until": None,
    }
    if pending.refresh_token or not keeps_refresh:
        values |= {"refresh_token": pending.refresh_token, "refresh_expires_at": pending.refresh_expires_at}
    # The tokens of before are not opened: connecting again is the way out when their key is lost.
    stored = Connection.objects.defer("access_token", "refresh_token")
    connection, _ = stored.update_or_create(account=account, defaults=values)
    return connection


def _take_names(account: Account, page: dict[str, str]) -> None:
    """Let the account carry the page's own name and address."""
    is_taken = Account.objects.filter(channel=account.channel, name=page["name"]).exclude(pk=account.pk).exists()
    account.name = account.name if is_taken else page["name"]
    account.external_id, account.page_url = page["external_id"], page["url"]
    account.save(update_fields=["name", "external_id", "page_url"])


def disconnect(*, account: Account, now: datetime) -> None:
    """
    Delete the access, let go of the page and hold planned posts back. Call it inside `tenant()`.

    The account remembers which page it had, so that a later connection to another one is noticed.
    """
    Connection.objects.filter(account=account).delete()
    PendingConnection.objects.filter(account=account).delete()
    PageClaim.objects.filter(channel=account.channel, account_id=account.pk).delete()
    account.steps.filter(kind=SetupStep.Kind.CONNECT).update(done_date=None)
    publishing.block_all(account, code="not_connected", now=now)
    record(Act.CHANNEL_DISCONNECTED, obj=account)


def _connector_of(account: Account) -> type[Connector]:
    connector = connectors.by_slug(account.channel.connector)
    if connector is None:
        raise ValueError(f"The channel {account.channel.slug} is served by hand")
    return connector


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
