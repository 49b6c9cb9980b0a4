"""
Videos (P22): the type is read from the content, and everything but picture and sound is blanked before it is stored.

Refused: what is no MP4, files and films beyond the caps below, and files that end too early. A video is never decoded.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from channels import mp4
from channels.actions.media import Shown
from channels.models import MediaItem
from foundation.tenancy import current_municipality_id
from recruitment.models import User

MAX_BYTES = settings.VIDEO_MAX_BYTES
# LinkedIn's own limits.
MIN_BYTES = 75_000
MIN_S, MAX_S = 3, 30 * 60
CHUNK_BYTES = 1024 * 1024


class NotAVideo(ValueError):
    """The file cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Filmed:
    """A video whose metadata is blanked: its open file, length in milliseconds and size in pixels."""

    file: Any = field(repr=False)
    sha256: str
    n_bytes: int
    duration_ms: int
    width: int
    height: int


@dataclass(frozen=True)
class ShownInVideo(Shown):
    """What a video shows, and how those who do not hear follow it (R20)."""

    captions: str = ""


def read_video(upload: Any) -> Filmed:
    """
    Judge an uploaded file and blank its metadata in place, where Django has put it for the time of the request.

    :raises NotAVideo: it is no video that we take, it is too large, too long, or damaged
    """
    if upload.size > MAX_BYTES:
        raise NotAVideo(_("The video is larger than %(most)s MB. Save it smaller and try again.") % {"most": _max_mb()})
    if upload.size == 0:
        raise NotAVideo(_("The file is empty. Choose another video."))
    try:
        film = mp4.inspect(upload.file)
    except mp4.NotReadable as problem:
        raise NotAVideo(_not_taken(problem.code)) from None
    except mp4.Damaged:
        raise NotAVideo(
            _("The file is not an MP4 video, or it is damaged. Save the video again as MP4 and try once more.")
        ) from None
    if not MIN_S * 1000 <= film.duration_ms <= MAX_S * 1000:
        raise NotAVideo(_("The video must last between 3 seconds and 30 minutes."))
    if upload.size < MIN_BYTES:
        raise NotAVideo(_("The video is smaller than 75 kB, and LinkedIn does not take it. Save it in better quality."))
    mp4.blank(upload.file, film.patches)
    return Filmed(upload.file, _digest(upload.file), upload.size, film.duration_ms, film.width, film.height)


def store_video(*, video: Filmed, shown: ShownInVideo, user: User, now: datetime) -> MediaItem:
    """Store a video under a name of ours; the same video with the same description is stored once."""
    known = MediaItem.objects.filter(kind=MediaItem.Kind.VIDEO, sha256=video.sha256, **vars(shown)).first()
    if known:
        return known
    item = MediaItem(
        kind=MediaItem.Kind.VIDEO,
        sha256=video.sha256,
        width=video.width,
        height=video.height,
        duration_ms=video.duration_ms,
        created_at=now,
        created_by=user,
        **vars(shown),
    )
    name = f"{current_municipality_id()}/{uuid.uuid4().hex}.mp4"
    try:
        video.file.seek(0)
        item.file.save(name, File(video.file, name=name), save=False)
        with transaction.atomic():
            item.save()
    except BaseException:
        # As for pictures: neither half a file nor a whole one that nobody knows is left behind.
        item.file.storage.delete(name)
        raise
    return item


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _max_mb() -> int:
    return MAX_BYTES // 1024 // 1024


def _not_taken(code: str) -> str:
    if code == "quicktime":
        return _("This is a QuickTime video (MOV). Save it as MP4 and try again.")
    return _("The video does not say how long it is, as screen recordings may do. Save it again as a whole MP4 video.")
