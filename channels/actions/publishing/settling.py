"""What a person settles: whether a post is out (T13), and taking it away again (T14). Each is logged with the name."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from channels import connectors
from channels.actions.publishing import matching, reaching, recording, scheduling, sighting, trail
from channels.actions.publishing.trail import Kind, State
from channels.models import Account, Attempt, Delivery, Due
from foundation import formats
from foundation.tenancy import tenant
from recruitment.models import User

logger = logging.getLogger(__name__)


class AddressRefused(Exception):
    """What was pasted does not lead to the post. The text says why and can be shown."""


class NotToBeSettled(Exception):
    """Nobody has to decide this: its state is clear, or it is too early to. The text can be shown."""


class NotRemoved(Exception):
    """The channel did not remove the post now. The text can be shown."""


def settle_as_published(*, municipality_id: int, delivery_id: int, address: str, by: User, now: datetime) -> None:
    """
    Bind the post that a person found on the channel, after reading it there (T13). Called outside `tenant()`.

    :raises AddressRefused: no post's address, not readable with our access, another page's, or bound to another
        delivery
    :raises NotToBeSettled: its outcome is not in doubt
    """
    with tenant(municipality_id):
        delivery = _in_doubt(delivery_id, by=by)
        account = delivery.account
    post = _read(account, address, now=now)
    with tenant(municipality_id):
        delivery = _in_doubt(delivery_id, by=by)
        if recording.is_bound_elsewhere(delivery_id, external_id=post.external_id, account_id=account.pk):
            raise AddressRefused(_("This address belongs to another of the municipality's posts."))
        _to_manual(delivery, by=by, now=now)
        is_moved = trail.move(
            delivery_id,
            rule="T13",
            sources={State.MANUAL},
            to=State.PUBLISHED,
            where={"fence": delivery.fence},
            at=now,
            kind=Kind.SETTLED,
            actor=by,
            detail=f"published: {post.external_id}",
            external_id=post.external_id,
            permalink=post.permalink,
            published_at=post.published_at or now,
            reason="",
            reason_detail="",
        )
        _require(is_moved)
        sighting.settle(delivery_id)


def settle_as_absent(
    *, delivery: Delivery, by: User, now: datetime, wall: datetime | None = None, is_second: bool | None = None
) -> None:
    """
    A person has looked: it is not there, and is to be published at a time that she confirms anew (T13).

    The approved content stands. Called inside `tenant()`. Errors of the time and of what stands in the way as for
    `schedule`.

    :raises NotToBeSettled: its outcome is not in doubt, or it is too early to believe that it is not there
    """
    due_at = scheduling.moment(wall, is_second=is_second, now=now)
    stored = _in_doubt(delivery.pk, by=by)
    _require_visible(stored, now=now)
    scheduling.check(stored, due_at=due_at, now=now)
    _to_manual(stored, by=by, now=now)
    is_moved = trail.move(
        stored.pk,
        rule="T13",
        sources={State.MANUAL},
        to=State.SCHEDULED,
        where={"fence": stored.fence},
        at=now,
        kind=Kind.SETTLED,
        actor=by,
        detail="absent",
        wait=(Due.Kind.SEND, max(due_at, now)),
        due_at=due_at,
        due_wall=scheduling.wall_clock(due_at),
        n_postponed=0,
        unknown_since=None,
        reason="",
        reason_detail="",
    )
    _require(is_moved)
    sighting.settle(stored.pk)
    delivery.refresh_from_db()


def settle_as_dropped(*, delivery: Delivery, by: User, now: datetime) -> None:
    """
    A person lets it be: nothing more is sent (T13). Called inside `tenant()`.

    :raises NotToBeSettled: its outcome is not in doubt, or the machine still looks and it is too early to give it up
    """
    stored = _in_doubt(delivery.pk, by=by)
    if stored.state == State.UNKNOWN:
        _require_visible(stored, now=now)
    _to_manual(stored, by=by, now=now)
    is_moved = trail.move(
        stored.pk,
        rule="T13",
        sources={State.MANUAL},
        to=State.CANCELLED,
        where={"fence": stored.fence},
        at=now,
        kind=Kind.SETTLED,
        actor=by,
        detail="dropped",
    )
    _require(is_moved)
    sighting.settle(stored.pk)
    delivery.refresh_from_db()


def remove(*, municipality_id: int, delivery_id: int, by: User, now: datetime) -> None:
    """
    Take a published post away from its channel (T14). Called outside `tenant()`; may be repeated.

    :raises NotRemoved: the channel did not do it now, or there is nothing of ours to remove
    """
    with tenant(municipality_id):
        scheduling.require_right(by, "may_publish")
        delivery = Delivery.objects.select_related("account__channel").get(pk=delivery_id)
        if delivery.state != State.PUBLISHED or not delivery.external_id:
            raise NotRemoved(_("Only a post that is published can be removed."))
    try:
        reaching.connector_of(delivery.account, now=now).delete(delivery.external_id)
    except connectors.AccessDead:
        raise NotRemoved(_("Access to the account is gone. Connect it again, or remove the post by hand.")) from None
    except Exception as problem:
        _log_unexpected(problem)
        raise NotRemoved(_("The channel did not remove the post. Try again in a while.")) from None
    with tenant(municipality_id):
        trail.move(
            delivery_id,
            rule="T14",
            sources={State.PUBLISHED},
            to=State.REMOVED,
            where={"external_id": delivery.external_id},
            at=now,
            kind=Kind.REMOVED,
            actor=by,
        )


def may_be_believed_absent_at(delivery: Delivery) -> datetime:
    """Return from when on (UTC) a person may say that it is not there: new posts can take a while to be seen."""
    last = Attempt.objects.filter(delivery=delivery).order_by("-fence").first()
    began_at = (last.sent_at or last.claimed_at) if last else delivery.created_at
    return began_at + timedelta(seconds=settings.RECONCILE_SETTLE_S)


def _in_doubt(delivery_id: int, *, by: User) -> Delivery:
    scheduling.require_right(by, "may_publish")
    Delivery.objects.select_for_update().values_list("pk").get(pk=delivery_id)
    delivery = Delivery.objects.select_related("account__channel", "post", "link").get(pk=delivery_id)
    _require(delivery.state in (State.UNKNOWN, State.MANUAL))
    return delivery


def _require_visible(delivery: Delivery, *, now: datetime) -> None:
    """What a person does not see yet may be out all the same, whoever looks: the machine (T11) or she."""
    earliest = may_be_believed_absent_at(delivery)
    if now < earliest:
        too_early = _("New posts can take a while to be seen. You can decide this from %(time)s on.")
        raise NotToBeSettled(too_early % {"time": formats.clock(earliest)})


def _to_manual(delivery: Delivery, *, by: User, now: datetime) -> None:
    """Take the matter over from the machine, where it still looks (T12), so that the decision is a person's (T13)."""
    if delivery.state == State.UNKNOWN:
        trail.move(
            delivery.pk,
            rule="T12",
            sources={State.UNKNOWN},
            to=State.MANUAL,
            where={"fence": delivery.fence},
            at=now,
            kind=Kind.MANUAL,
            actor=by,
            detail="taken_over",
            reason="taken_over",
        )


def _read(account: Account, address: str, *, now: datetime) -> connectors.SeenPost:
    """Return the post that an address leads to. A refusal tells about the post, not about our access: that stays."""
    kind = connectors.by_slug(account.channel.connector)
    external_id = kind().external_id_in(address.strip()) if kind else ""
    if not external_id:
        raise AddressRefused(_("This is not the address of a post. Open the post on the channel and copy its address."))
    try:
        post = reaching.connector_of(account, now=now).read(external_id)
    except Exception as problem:
        _log_unexpected(problem)
        raise AddressRefused(
            _(
                "We could not read the post at this address. Check that it is the account's own, "
                "or try again in a while."
            )
        ) from None
    if post is None:
        raise AddressRefused(_("There is no post at this address."))
    if not matching.is_by(post, account):
        raise AddressRefused(
            _("Another page wrote the post at this address. It must be one of %(name)s' own.") % {"name": account.name}
        )
    return post


def _log_unexpected(problem: Exception) -> None:
    """Name a fault that no connector foresees; its text may hold secrets."""
    if not isinstance(problem, connectors.ConnectorError):
        logger.error("%s while a person settled a delivery", type(problem).__name__)


def _require(is_in_doubt: bool) -> None:
    if not is_in_doubt:
        raise NotToBeSettled(_("The outcome is no longer in doubt. Load the page again to see what happened."))
