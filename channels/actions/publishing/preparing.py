"""
What happens before the one irreversible call, and publishes nothing: reading the approved file, uploading it.

A platform may take longer over a video than an attempt may last. So it is uploaded ahead, from half an hour before the
post is due, and what the platform calls it is kept. The send uses that, or uploads by itself when there is nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import mimetypes
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from channels import connectors
from channels.actions.publishing import errands, reaching, recording, trail
from channels.actions.publishing.claiming import Claim, LeaseLost
from channels.actions.publishing.trail import State
from channels.models import Account, Delivery, MediaItem, PreparedMedia
from channels.queries import contents
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

# How much of the lease the steps before the send may take, so that the whole send still fits.
SHARE_FOR_PREPARING = 0.9
AHEAD = timedelta(minutes=30)
LOOK_AGAIN = timedelta(seconds=30)
# Uploading ahead holds nobody's lease; below the time a task may take.
UPLOAD_DEADLINE_S = 300.0
# No source says how long an unused video is kept there; a day is far longer than we need it.
KEPT = timedelta(hours=24)
CHUNK_BYTES = 1024 * 1024


def prepare(claim: Claim, connector: connectors.Connector) -> connectors.Prepared:
    """
    Return the claim's content, uploaded and ready to be published.

    :raises LeaseLost: there is no room for it
    :raises connectors.ConnectorError: see Connector.prepare
    """
    room_s = (claim.room_s - settings.PUBLISH_DEADLINE_S) * SHARE_FOR_PREPARING
    if room_s <= 0:
        raise LeaseLost("no room left for preparing")
    draft = draft_of(text=claim.text, marker=claim.marker, media=claim.media, card=claim.card)
    if draft.video and claim.media:
        draft = _with_video(claim, draft, claim.media, connector, room_s=room_s)
        room_s = (claim.room_s - settings.PUBLISH_DEADLINE_S) * SHARE_FOR_PREPARING
    try:
        prepared = connector.prepare(draft, deadline_s=max(room_s, 0.0))
    except connectors.Refused as problem:
        if draft.video and claim.media:
            _note_refusal(claim.municipality_id, claim.account, claim.media, problem, at=claim.moment)
        if problem.code == "video_gone":
            raise connectors.NothingSent(problem.code, problem.detail) from None
        raise
    if draft.video:
        with tenant(claim.municipality_id):
            trail.write(claim.delivery_id, kind=trail.Kind.MEDIA_UPLOADED, at=claim.moment, detail="video")
    elif prepared.media_id:
        recording.note_picture(claim)
    return prepared


def plan_upload(delivery: Delivery, *, now: datetime) -> None:
    """Have a scheduled delivery's video uploaded ahead, inside an entered municipality; nothing for other content."""
    media = delivery.approved_media
    if media is not None and media.is_video:
        errands.put(delivery.pk, kind=errands.Kind.UPLOAD, at=max(now, (delivery.due_at or now) - AHEAD))
    else:
        errands.drop(delivery.pk, kind=errands.Kind.UPLOAD)


def upload_ahead(*, municipality_id: int, delivery_id: int, now: datetime) -> str:
    """
    Upload a scheduled delivery's video, or look whether the platform is done with it; return how it stands.

    Called outside `tenant()`. Publishes nothing and may be repeated. What fails is left to the send, which tells it.
    """
    with tenant(municipality_id):
        delivery = (
            Delivery.objects.select_related("account__channel", "approved_media", "link")
            .filter(pk=delivery_id, state__in=[State.SCHEDULED, State.BLOCKED])
            .first()
        )
        media = delivery.approved_media if delivery else None
        if delivery is None or media is None or not media.is_video:
            errands.drop(delivery_id, kind=errands.Kind.UPLOAD)
            return "nothing_to_do"
        known = _known(delivery.account, media, now=now)
        if known and known.state != PreparedMedia.State.UPLOADED:
            errands.drop(delivery_id, kind=errands.Kind.UPLOAD)
            return known.state
    try:
        state = _one_step(municipality_id, delivery, media, known=known, now=now)
    except connectors.Refused as problem:
        _note_refusal(municipality_id, delivery.account, media, problem, at=now)
        state = PreparedMedia.State.FAILED
    except connectors.ConnectorError as problem:
        state = problem.code
    with tenant(municipality_id):
        if state in (PreparedMedia.State.AVAILABLE, PreparedMedia.State.FAILED):
            errands.drop(delivery_id, kind=errands.Kind.UPLOAD)
        else:
            errands.put(delivery_id, kind=errands.Kind.UPLOAD, at=now + LOOK_AGAIN)
    return state


def _one_step(
    municipality_id: int, delivery: Delivery, media: MediaItem, *, known: PreparedMedia | None, now: datetime
) -> str:
    account = delivery.account
    connector = reaching.connector_of(account, now=now)
    if known is None:
        draft = draft_of(
            text=delivery.approved_text,
            marker=delivery.link.code,
            media=media,
            card=contents.approved_card_of(delivery),
        )
        media_id = connector.upload_ahead(draft, deadline_s=UPLOAD_DEADLINE_S)
        state = PreparedMedia.State.UPLOADED
    else:
        media_id = known.external_id
        is_ready = connector.is_uploaded_ready(media_id)
        state = PreparedMedia.State.AVAILABLE if is_ready else PreparedMedia.State.UPLOADED
    _note(municipality_id, account, media, state=state, external_id=media_id, at=now)
    return state


def _with_video(
    claim: Claim, draft: connectors.Draft, media: MediaItem, connector: connectors.Connector, *, room_s: float
) -> connectors.Draft:
    """Return the draft with the platform's id of its video; uploaded now when that was not done ahead."""
    with tenant(claim.municipality_id):
        known = _known(claim.account, media, now=claim.moment)
    if known and known.state == PreparedMedia.State.FAILED:
        raise connectors.Refused(known.reason, known.reason_detail)
    media_id = known.external_id if known else ""
    if not media_id:
        media_id = connector.upload_ahead(draft, deadline_s=room_s)
        _note(
            claim.municipality_id,
            claim.account,
            media,
            state=PreparedMedia.State.UPLOADED,
            external_id=media_id,
            at=claim.moment,
        )
    return dataclasses.replace(draft, media_id=media_id)


def _known(account: Account, media: MediaItem, *, now: datetime) -> PreparedMedia | None:
    return PreparedMedia.objects.filter(account=account, media=media, expires_at__gt=now).first()


def _note(
    municipality_id: int, account: Account, media: MediaItem, *, state: str, external_id: str, at: datetime
) -> None:
    values = {"state": state, "external_id": external_id, "reason": "", "reason_detail": ""}
    with tenant(municipality_id):
        PreparedMedia.objects.update_or_create(
            account=account, media=media, defaults={**values, "prepared_at": at, "expires_at": at + KEPT}
        )


def _note_refusal(
    municipality_id: int, account: Account, media: MediaItem, problem: connectors.Refused, *, at: datetime
) -> None:
    """Keep that the platform never takes this video; after any other refusal the next try begins anew."""
    with tenant(municipality_id):
        if problem.code != "video_refused":
            PreparedMedia.objects.filter(account=account, media=media).delete()
            return
        values = {"state": PreparedMedia.State.FAILED, "external_id": "", "reason": problem.code}
        PreparedMedia.objects.update_or_create(
            account=account,
            media=media,
            defaults={**values, "reason_detail": problem.detail, "prepared_at": at, "expires_at": at + KEPT},
        )


def draft_of(*, text: str, marker: str, media: MediaItem | None, card: connectors.Card | None) -> connectors.Draft:
    """
    Return the approved content, byte for byte (P3).

    :raises connectors.Refused: the file is gone, or not the one that was approved
    """
    if media is None:
        return connectors.Draft(text=text, marker=marker, card=card)
    if media.is_video:
        return connectors.Draft(text=text, marker=marker, card=card, video=_video(media))
    return connectors.Draft(text=text, marker=marker, card=card, picture=_picture(media))


def _picture(media: MediaItem) -> connectors.Picture:
    try:
        with media.file.open("rb") as file:
            content = file.read()
    except OSError:
        raise connectors.Refused("picture_missing") from None
    if hashlib.sha256(content).hexdigest() != media.sha256:
        raise connectors.Refused("picture_changed")
    content_type = mimetypes.guess_type(media.file.name or "")[0] or "application/octet-stream"
    return connectors.Picture(content=content, content_type=content_type, alt_text=media.alt_text)


def _video(media: MediaItem) -> connectors.Video:
    """Return where the video lies; its bytes are read part by part when they are sent."""
    digest, n_bytes = hashlib.sha256(), 0
    try:
        with media.file.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                n_bytes += len(chunk)
    except OSError:
        raise connectors.Refused("video_missing") from None
    if digest.hexdigest() != media.sha256:
        raise connectors.Refused("video_changed")
    return connectors.Video(path=Path(media.file.path), n_bytes=n_bytes, alt_text=media.alt_text)
