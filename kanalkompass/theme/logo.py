"""
The municipality's logo: drawn anew as every picture is (P22), cut to what is drawn, and small.

A vector drawing is refused: it can carry scripts and addresses, and a picture of 480 points is sharp where we show it.
The logo always stands on white, so that it is seen in the dark scheme as well.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageChops

from channels.actions.media import NotAPicture, draw_anew

LARGEST = (480, 160)
# How far from white something is that can be seen, of 255.
SEEN = 24


@dataclass(frozen=True)
class DrawnLogo:
    """A logo as it is stored: a PNG, its size in pixels, and a name that changes when it does."""

    content: bytes = field(repr=False)
    width: int
    height: int

    @property
    def version(self) -> str:
        """Return the name of this very picture: its fingerprint and its size."""
        return f"{hashlib.sha256(self.content).hexdigest()[:12]}-{self.width}x{self.height}"


def draw_logo(upload: BinaryIO) -> DrawnLogo:
    """
    Return the logo in a picture file, without the white around it.

    :raises NotAPicture: it is no picture that we take, or nothing of it is seen on white
    """
    drawn = draw_anew(upload)
    with Image.open(io.BytesIO(drawn.content)) as picture:
        rgb = picture.convert("RGB")
    white = Image.new("RGB", rgb.size, "white")
    seen = ImageChops.difference(rgb, white).convert("L").point(lambda value: 255 if value > SEEN else 0)
    box = seen.getbbox()
    if box is None:
        raise NotAPicture(_("Nothing of the logo is seen on white. Choose the one that is made for a light ground."))
    rgb = rgb.crop(box)
    rgb.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    content = io.BytesIO()
    rgb.quantize(256, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return DrawnLogo(content=content.getvalue(), width=rgb.width, height=rgb.height)
