"""
Pictures (P22): the type is read from the content, the picture is drawn anew, and everything else in the file is gone.

Refused: what is no JPEG, PNG, WebP or GIF (so SVG and HTML whatever they are called), files and pictures beyond the
caps below, and files that end too early. Sizes are read and judged before anything is decoded.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from channels.models import Delivery, MediaItem
from foundation.tenancy import current_municipality_id
from recruitment.models import User

MAX_BYTES = settings.UPLOAD_MAX_BYTES
MAX_PIXELS = 50_000_000
MAX_FRAMES = 100
# LinkedIn takes at most 36 152 320 pixels; a picture no longer than this on either side stays below.
MAX_SIDE = 4096
# A PNG keeps the sharp edges of a poster; beyond this size it is a photograph and becomes a JPEG.
MAX_PNG_BYTES = 5 * 1024 * 1024
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4"}

# Pillow itself then refuses what is twice as large; between the two our own question below decides.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class NotAPicture(ValueError):
    """The file cannot be used; the text says why and what to do."""


class InUse(Exception):
    """The picture belongs to a delivery that has left draft: what was approved is what is published (P3)."""


@dataclass(frozen=True)
class Drawn:
    """A picture drawn anew: its bytes, type and size in pixels."""

    content: bytes = field(repr=False)
    content_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Shown:
    """What a picture shows: its alternative text, whom it shows, and where the consent is kept (R22)."""

    alt_text: str
    people: str
    consent_reference: str = ""


def draw_anew(upload: BinaryIO) -> Drawn:
    """
    Return the picture in a file, upright, without metadata, at most `MAX_SIDE` pixels long, as JPEG or PNG.

    :raises NotAPicture: it is no picture that we take, it is too large, or it is damaged
    """
    source = upload.read(MAX_BYTES + 1)
    if not source:
        raise NotAPicture(_("The file is empty. Choose another picture."))
    if len(source) > MAX_BYTES:
        raise NotAPicture(_("The picture is larger than 20 MB. Save it smaller and try again."))
    try:
        with Image.open(io.BytesIO(source), formats=FORMATS) as picture:
            _check_size(picture)
            picture.seek(0)
            is_photograph = picture.format in {"JPEG", "MPO"}
            return _encoded(_upright_rgb(picture), is_photograph=is_photograph)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(_too_many_pixels()) from None
    except Image.UnidentifiedImageError:
        raise NotAPicture(
            _("The file is not a picture that we can use. Choose a JPEG, PNG, WebP or GIF picture.")
        ) from None
    except Exception as problem:
        # A damaged file can fail in any of the decoders' ways; none of them is an error of ours.
        raise NotAPicture(
            _("The file is damaged or incomplete. Save the picture again and try once more.")
        ) from problem


def store_picture(*, picture: Drawn, shown: Shown, user: User, now: datetime) -> MediaItem:
    """Store a picture under a name of ours; the same picture with the same description is stored once."""
    sha256 = hashlib.sha256(picture.content).hexdigest()
    known = MediaItem.objects.filter(kind=MediaItem.Kind.PICTURE, sha256=sha256, **vars(shown)).first()
    if known:
        return known
    item = MediaItem(
        sha256=sha256,
        width=picture.width,
        height=picture.height,
        created_at=now,
        created_by=user,
        **vars(shown),
    )
    name = f"{current_municipality_id()}/{uuid.uuid4().hex}.{SUFFIXES[picture.content_type]}"
    try:
        item.file.save(name, ContentFile(picture.content), save=False)
        with transaction.atomic():
            item.save()
    except BaseException:
        # A disk that is full leaves half a file behind; a database that is away leaves a whole one that nobody knows.
        item.file.storage.delete(name)
        raise
    return item


def is_in_use(item: MediaItem) -> bool:
    """Whether a delivery that has left draft carries the picture."""
    return Delivery.objects.filter(approved_media=item).exclude(state=Delivery.State.DRAFT).exists()


def describe(*, item: MediaItem, shown: Shown) -> MediaItem:
    """
    Change what is said of a picture.

    :raises InUse: a delivery that has left draft carries it
    """
    with transaction.atomic():
        locked = MediaItem.objects.select_for_update().get(pk=item.pk)
        if is_in_use(locked):
            raise InUse
        for name, value in vars(shown).items():
            setattr(locked, name, value)
        locked.save(update_fields=list(vars(shown)))
    return locked


def _check_size(picture: Image.Image) -> None:
    """Judge what the header says, before a pixel is decoded."""
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise NotAPicture(_too_many_pixels())
    if getattr(picture, "n_frames", 1) > MAX_FRAMES:
        raise NotAPicture(_("The picture has more than 100 frames. Choose a still picture."))


def _too_many_pixels() -> str:
    return _("The picture has more than 50 million pixels. Save it smaller and try again.")


def _upright_rgb(picture: Image.Image) -> Image.Image:
    """Return the picture turned as its camera meant, in the web's colours, on white where it is see-through."""
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    is_see_through = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    if upright.mode.startswith("I;16"):
        upright = upright.convert("L")
    if is_see_through or upright.mode not in {"RGB", "CMYK", "L"}:
        upright = upright.convert("RGBA" if is_see_through else "RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    if is_see_through:
        layer = upright
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    if profile:
        # A profile that cannot be read costs some colour, not the picture.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(upright, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            upright = converted or upright
    return upright.convert("RGB")


def _encoded(picture: Image.Image, *, is_photograph: bool) -> Drawn:
    """Return the pixels alone, without anything the source carried beside them."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    if not is_photograph:
        png = io.BytesIO()
        bare.save(png, "PNG")
        if png.tell() <= MAX_PNG_BYTES:
            return Drawn(png.getvalue(), "image/png", *bare.size)
    jpeg = io.BytesIO()
    bare.save(jpeg, "JPEG", quality=90, progressive=True)
    return Drawn(jpeg.getvalue(), "image/jpeg", *bare.size)
