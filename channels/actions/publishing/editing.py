"""
Correcting a published text: asked for and approved like the first (P3), then sent until the channel shows it.

An edit may be repeated, unlike a post: whoever does not know whether it arrived reads the post and sends it again. From
the moment it is sent it can no longer be dropped, and whoever tries is told so (P5).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from channels import connectors
from channels.actions.publishing import errands, reaching, scheduling, trail
from channels.actions.publishing.scheduling import ChangedMeanwhile, NotReady, Problem
from channels.actions.publishing.trail import Kind, State
from channels.models import Delivery, PostEdit
from channels.queries import approvals, contents, links, obstacles
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import User

logger = logging.getLogger(__name__)

AGAIN = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=24)
EditState = PostEdit.State
SENDABLE = (EditState.ASKED, EditState.UNKNOWN)


class NotToBeEdited(Exception):
    """The post cannot be corrected, or not now. The text says why and can be shown."""


class AlreadySent(Exception):
    """Dropping a correction came too late (P5). The text can be shown."""


def ask_for_edit(*, delivery: Delivery, text: str, by: User, now: datetime) -> PostEdit:
    """
    Ask for another text in the place of a published one; with the right to publish it is approved in the same step.

    :param text: as it was typed; the link is put in where it is missing
    :raises NotToBeEdited: the post is not out, the channel cannot do it, or another correction is under way
    :raises NotReady: the text is empty, too long, or the one that stands there
    """
    Delivery.objects.select_for_update().values_list("pk").get(pk=delivery.pk)
    stored = Delivery.objects.select_related("account__channel", "link", "approved_media").get(pk=delivery.pk)
    _require_editable(stored)
    whole = edited_text(stored, text)
    _check(stored, whole)
    is_approved = _holds(by, "may_publish") and not approvals.needs_two_people()
    edit = PostEdit(
        delivery=stored,
        state=EditState.ASKED if is_approved else EditState.AWAITING_APPROVAL,
        text=whole,
        text_hash=contents.hash_with_text(stored, whole),
        previous_text=stored.approved_text,
        asked_by=by,
        asked_at=now,
        approved_by=by if is_approved else None,
        approved_at=now if is_approved else None,
    )
    try:
        with transaction.atomic():
            edit.save()
    except IntegrityError:
        raise NotToBeEdited(_("Another correction of this post is under way. See how that goes first.")) from None
    trail.write(stored.pk, kind=Kind.EDIT_ASKED, at=now, actor=by, detail="" if is_approved else "awaits_approval")
    if is_approved:
        errands.put(stored.pk, kind=errands.Kind.EDIT, at=now)
    return edit


def approve_edit(*, edit: PostEdit, by: User, now: datetime) -> None:
    """
    Approve a correction that was asked for, unchanged.

    :raises ChangedMeanwhile: it no longer awaits approval
    :raises NotToBeEdited: the post is not out any more, or whoever asked for it may not approve it
    """
    scheduling.require_right(by, "may_approve")
    if approvals.needs_two_people() and edit.asked_by_id == by.pk:
        raise NotToBeEdited(_("Two people stand behind each post here: somebody else must approve the correction."))
    delivery = (
        Delivery.objects.select_for_update(of=("self",)).select_related("account__channel").get(pk=edit.delivery_id)
    )
    _require_editable(delivery)
    waiting = PostEdit.objects.filter(pk=edit.pk, state=EditState.AWAITING_APPROVAL)
    if not waiting.update(state=EditState.ASKED, approved_by=by, approved_at=now):
        raise ChangedMeanwhile(_("The correction no longer awaits approval. Load the page again."))
    trail.write(delivery.pk, kind=Kind.EDIT_ASKED, at=now, actor=by, detail="approved")
    errands.put(delivery.pk, kind=errands.Kind.EDIT, at=now)


def drop_edit(*, edit: PostEdit, by: User, now: datetime) -> None:
    """
    Drop a correction that has not been sent.

    :raises AlreadySent: it has been sent, or is settled
    """
    unsent = PostEdit.objects.filter(pk=edit.pk, state__in=[EditState.AWAITING_APPROVAL, EditState.ASKED])
    if not unsent.update(state=EditState.DROPPED, ended_at=now):
        raise AlreadySent(_("The correction had already been sent, so it was not dropped. See below how it went."))
    errands.drop(edit.delivery_id, kind=errands.Kind.EDIT)
    trail.write(edit.delivery_id, kind=Kind.EDIT_DROPPED, at=now, actor=by)


def carry_out_edit(*, municipality_id: int, delivery_id: int, now: datetime) -> str:
    """
    Send one approved correction, read the post, and return the state that the correction reached.

    Called outside `tenant()`; no transaction is open while the platform is called. Returns "" when there is none.
    """
    with tenant(municipality_id):
        taken = _take(delivery_id, now=now)
    if taken is None:
        return ""
    edit, was_sent = taken
    try:
        outcome, code, detail = _send(edit, was_sent=was_sent, now=now)
    except Exception as problem:
        # A fault of our own, after which nobody knows how far it came; its text may hold what was sent.
        logger.error("Delivery %s: %s while correcting its text", delivery_id, type(problem).__name__)
        outcome, code, detail = EditState.UNKNOWN, "unexpected", type(problem).__name__
    with tenant(municipality_id):
        return _record(edit, outcome, code=code, detail=detail, was_sent=was_sent, now=now)


def edited_text(delivery: Delivery, typed: str) -> str:
    """Return the typed text as it would be sent: with the delivery's link, in which its mark stands."""
    has_card = bool(delivery.approved_card_title)
    is_marked = contents.has_marker(typed, delivery.link.code)
    address = links.address_of(delivery.link)
    return contents.text_with_link(typed, address=address, has_card=has_card or is_marked)


def _holds(user: User, right: str) -> bool:
    try:
        scheduling.require_right(user, right)
    except scheduling.LacksRight:
        return False
    return True


def _require_editable(delivery: Delivery) -> None:
    connector = connectors.by_slug(delivery.account.channel.connector)
    if delivery.state != State.PUBLISHED or not delivery.external_id:
        raise NotToBeEdited(_("Only a post that is published can be corrected."))
    if connector is None or not connector.can_edit:
        raise NotToBeEdited(_("This channel cannot change a published post."))


def _check(delivery: Delivery, text: str) -> None:
    kind = connectors.by_slug(delivery.account.channel.connector)
    if not any(char.isalnum() for char in text):
        raise NotReady([Problem("text", _("The post has no text."))])
    if text == delivery.approved_text:
        raise NotReady([Problem("text", _("This is the text that stands there already."))])
    if kind and kind().length(text) > kind.text_rules.max_length:
        too_long = _("The text is %(length)s characters with its link. %(channel)s takes at most %(most)s.")
        most = kind.text_rules.max_length
        message = too_long % {"length": kind().length(text), "channel": kind.label, "most": most}
        raise NotReady([Problem("text", message)])


def _take(delivery_id: int, *, now: datetime) -> tuple[PostEdit, bool] | None:
    """
    Mark the open correction as sent, before a byte of it is; return it, and whether it had been sent before.

    None when there is nothing to send now; what can never be sent ends here.
    """
    edit = (
        PostEdit.objects.select_for_update(of=("self",))
        .select_related("delivery__account__channel", "delivery__link", "delivery__approved_media")
        .filter(delivery_id=delivery_id, state__in=SENDABLE)
        .first()
    )
    if edit is None or edit.approved_at is None:
        errands.drop(delivery_id, kind=errands.Kind.EDIT)
        return None
    delivery, was_sent = edit.delivery, edit.state == EditState.UNKNOWN
    if delivery.state != State.PUBLISHED:
        _end(edit, EditState.REFUSED, code="not_out", now=now)
        return None
    if contents.hash_with_text(delivery, edit.text) != edit.text_hash:
        _end(edit, EditState.REFUSED, code="changed_after_approval", now=now)
        return None
    if now >= edit.approved_at + GIVE_UP_AFTER:
        _end(edit, EditState.REFUSED, code="given_up", now=now)
        return None
    if code := obstacles.publishing_obstacle(delivery.account, today=now.astimezone(clock.OSLO).date()):
        PostEdit.objects.filter(pk=edit.pk).update(reason=code, reason_detail="")
        errands.put(delivery_id, kind=errands.Kind.EDIT, at=now + AGAIN)
        return None
    PostEdit.objects.filter(pk=edit.pk).update(state=EditState.UNKNOWN, n_tries=edit.n_tries + 1)
    return edit, was_sent


def _send(edit: PostEdit, *, was_sent: bool, now: datetime) -> tuple[str, str, str]:
    """Return the state it reached, a code and more about it. What is not clear stays unknown."""
    delivery = edit.delivery
    draft = connectors.Draft(text=edit.text, marker=delivery.link.code)
    unsure = EditState.UNKNOWN if was_sent else EditState.ASKED
    connector = None
    try:
        connector = reaching.connector_of(delivery.account, now=now)
        if was_sent and _stands_there(connector, edit):
            return EditState.DONE, "", ""
        connector.edit(delivery.external_id, draft)
    except connectors.Refused as problem:
        return EditState.REFUSED, problem.code, problem.detail
    except connectors.AccessDead as problem:
        reaching.lost(delivery.account, problem, connector)
        return unsure, "access_dead", problem.detail
    except connectors.NothingSent as problem:
        return unsure, problem.code, problem.detail
    except connectors.OutcomeUnknown as problem:
        return EditState.UNKNOWN, problem.code, problem.detail
    try:
        is_there = _stands_there(connector, edit)
    except connectors.ConnectorError as problem:
        return EditState.UNKNOWN, problem.code, problem.detail
    return (EditState.DONE, "", "") if is_there else (EditState.UNKNOWN, "not_shown_yet", "")


def _stands_there(connector: connectors.Connector, edit: PostEdit) -> bool:
    """
    Whether the channel shows the corrected text.

    :raises connectors.Refused: there is no such post any more
    """
    seen = connector.read(edit.delivery.external_id)
    if seen is None:
        raise connectors.Refused("not_found")
    return contents.as_read(seen.text) == contents.as_read(edit.text)


def _record(edit: PostEdit, outcome: str, *, code: str, detail: str, was_sent: bool, now: datetime) -> str:
    if outcome in (EditState.DONE, EditState.REFUSED):
        _end(edit, outcome, code=code, detail=detail, now=now)
        return outcome
    PostEdit.objects.filter(pk=edit.pk, state=EditState.UNKNOWN).update(
        state=outcome, reason=code, reason_detail=detail
    )
    errands.put(edit.delivery_id, kind=errands.Kind.EDIT, at=now + AGAIN)
    if outcome == EditState.UNKNOWN and not was_sent:
        trail.write(edit.delivery_id, kind=Kind.EDIT_UNKNOWN, at=now, detail=f"{code}: {detail}" if detail else code)
    return outcome


def _end(edit: PostEdit, outcome: str, *, code: str, now: datetime, detail: str = "") -> None:
    is_ended = PostEdit.objects.filter(pk=edit.pk, state__in=SENDABLE).update(
        state=outcome, reason=code, reason_detail=detail, ended_at=now
    )
    errands.drop(edit.delivery_id, kind=errands.Kind.EDIT)
    if not is_ended:
        return
    told = f"{code}: {detail}" if detail else code
    if outcome == EditState.REFUSED:
        trail.write(edit.delivery_id, kind=Kind.EDIT_REFUSED, at=now, detail=told)
        return
    # From now on this is what was approved and what stands there.
    Delivery.objects.filter(pk=edit.delivery_id).update(
        approved_text=edit.text, approved_hash=edit.text_hash, approved_by=edit.approved_by_id
    )
    trail.write(edit.delivery_id, kind=Kind.EDITED, at=now)
