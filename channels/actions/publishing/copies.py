"""Taking a copy of one of our posts away from its channel. What is bound to the delivery is never taken for a copy."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils.translation import gettext as _

from channels import connectors
from channels.actions.publishing import matching, reaching, scheduling, trail
from channels.actions.publishing.settling import NotRemoved
from channels.actions.publishing.trail import Kind, State
from channels.models import Delivery, Sighting
from channels.queries import contents
from foundation.tenancy import tenant
from recruitment.models import User

logger = logging.getLogger(__name__)


def remove_copy(*, municipality_id: int, sighting_id: int, by: User, now: datetime) -> None:
    """
    Remove one copy from the channel, after reading it there: it must still carry our link and be our page's (T14).

    Called outside `tenant()`; may be repeated.

    :raises NotRemoved: it is no copy for certain, or the channel did not do it now
    :raises Sighting.DoesNotExist: there is no such copy here
    """
    with tenant(municipality_id):
        scheduling.require_right(by, "may_publish")
        copy = _copy(sighting_id)
        delivery = copy.delivery
    try:
        connector = reaching.connector_of(delivery.account, now=now)
        post = connector.read(copy.external_id)
        if post is not None:
            _require_certain(delivery, post)
            connector.delete(copy.external_id)
    except connectors.AccessDead:
        raise NotRemoved(_("Access to the account is gone. Connect it again, or remove the post by hand.")) from None
    except connectors.ConnectorError:
        raise NotRemoved(_("The channel did not remove the post. Try again in a while.")) from None
    with tenant(municipality_id):
        rows = Sighting.objects.filter(pk=sighting_id, gone_at__isnull=True)
        if rows.update(gone_at=now, removed_by=by, text=""):
            trail.write(delivery.pk, kind=Kind.COPY_REMOVED, at=now, actor=by, detail=copy.external_id)


def _copy(sighting_id: int) -> Sighting:
    related = ("delivery__account__channel", "delivery__link")
    copy = Sighting.objects.select_related(*related).get(pk=sighting_id, kind=Sighting.Kind.MARKED)
    if copy.delivery.state not in (State.PUBLISHED, State.REMOVED) or not copy.delivery.external_id:
        raise NotRemoved(_("First tell which post is to stay. Then the copies can be removed."))
    if copy.external_id == copy.delivery.external_id:
        raise NotRemoved(_("This is the post that stays. It is not a copy."))
    return copy


def _require_certain(delivery: Delivery, post: connectors.SeenPost) -> None:
    """What is removed cannot be brought back: only a post that is ours for certain."""
    is_certain = matching.is_by(post, delivery.account) and contents.is_marked(post, delivery.link.code)
    if not is_certain:
        raise NotRemoved(_("What stands there no longer carries our link, so it is not ours to remove."))
