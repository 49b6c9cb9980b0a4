"""What the first bytes of an upload say it is, and how many pixels a picture has."""

from __future__ import annotations

import struct

MAX_PIXELS = 36_152_320
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def picture_type(content: bytes) -> str | None:
    """Return the media type the first bytes tell, None when they are no picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return None


def document_type(content: bytes) -> str | None:
    """PDF, or an office file: zipped (new) or OLE (old)."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return "application/vnd.openxmlformats-officedocument"
    return "application/msword" if content.startswith(OLE) else None


def is_mp4(content: bytes) -> bool:
    """An MP4 file starts with a box of the type `ftyp`."""
    return content[4:8] == b"ftyp"


def picture_trouble(content: bytes) -> str | None:
    """Return why LinkedIn cannot use a picture, None when it can."""
    content_type = picture_type(content)
    pixels = pixel_count(content, content_type)
    if content_type is None or pixels is None:
        return "The file is no picture"
    return "The picture has too many pixels" if pixels > MAX_PIXELS else None


def pixel_count(content: bytes, content_type: str | None) -> int | None:
    """Return width times height from the picture's header, None when it cannot be read or is 0."""
    try:
        if content_type == "image/png":
            width, height = struct.unpack(">II", content[16:24])
        elif content_type == "image/gif":
            width, height = struct.unpack("<HH", content[6:10])
        elif content_type == "image/jpeg":
            height, width = _jpeg_size(content)
        else:
            return None
    except struct.error:
        return None
    return width * height or None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """:raises struct.error: the file ends before its frame header"""
    position = 2
    while True:
        marker, length = struct.unpack(">HH", content[position : position + 4])
        if marker < 0xFF00:
            raise struct.error("not a marker")
        is_frame = 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC)
        if is_frame:
            return struct.unpack(">HH", content[position + 5 : position + 9])
        # A fill byte before a marker is legal: step one byte on.
        position += 1 if marker == 0xFFFF else 2 + length
