"""
A small film made from numbers alone: a sun that climbs over the fjord. MP4 with H.264 that any browser plays.

Each picture is sent as it is, block by block (I_PCM), so that nothing has to be compressed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# A picture is a row of blocks of 16 x 16 pixels.
BLOCK = 16
SCALE = 1000
IDENTITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
# Brightness and the two colours of sky, sea and sun.
SKY, SEA, SUN = (200, 140, 110), (80, 150, 105), (210, 60, 165)


@dataclass(frozen=True)
class FilmPlan:
    """How large (in blocks), how long, and what a camera would have added: boxes in the film, more tracks."""

    n_across: int = 10
    n_down: int = 6
    seconds: int = 4
    in_movie: bytes = b""
    more_tracks: bytes = b""
    at_end: bytes = b""
    brand: bytes = b"isom"
    more_content: bytes = b""


def make_film(plan: FilmPlan | None = None) -> bytes:
    """Return the bytes of a film with one picture a second."""
    plan = plan or FilmPlan()
    pictures = [_sample(plan, number) for number in range(plan.seconds)]
    start = box(b"ftyp", plan.brand + struct.pack(">I", 0) + (b"" if plan.brand == b"qt  " else b"isomavc1"))
    content = box(b"mdat", b"".join(pictures) + plan.more_content)
    sizes = [len(picture) for picture in pictures]
    return start + content + _movie(plan, sizes, first_at=len(start) + 8) + plan.at_end


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return one box."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full_box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box that begins with version and flags, both 0."""
    return box(kind, bytes(4), *parts)


def table(kind: bytes, form: str, *rows: tuple[int, ...]) -> bytes:
    """Return a box that holds a table."""
    return full_box(kind, struct.pack(">I", len(rows)), *(struct.pack(form, *row) for row in rows))


def track(
    *,
    number: int,
    handler: bytes,
    n_ticks: int,
    size: tuple[int, int],
    description: bytes,
    places: list[tuple[int, int]],
) -> bytes:
    """Return a track; `places` are where each sample begins and its length, and each sample lasts a second."""
    n_samples = len(places)
    header = full_box(
        b"tkhd",
        struct.pack(">IIIII8xhhhxx", 3_900_000_000, 3_900_000_000, number, 0, n_ticks, 0, 0, 0),
        IDENTITY,
        struct.pack(">II", size[0] << 16, size[1] << 16),
    )
    stored = box(
        b"stbl",
        full_box(b"stsd", struct.pack(">I", 1), description),
        table(b"stts", ">II", (n_samples, SCALE)),
        table(b"stsc", ">III", (1, 1, 1)),
        full_box(b"stsz", struct.pack(">II", 0, n_samples), *(struct.pack(">I", length) for _at, length in places)),
        table(b"stco", ">I", *((at,) for at, _length in places)),
    )
    reference = full_box(b"dref", struct.pack(">I", 1), box(b"url ", struct.pack(">I", 1)))
    media = box(
        b"mdia",
        full_box(b"mdhd", struct.pack(">IIIIHH", 3_900_000_000, 3_900_000_000, SCALE, n_ticks, 0x55C4, 0)),
        full_box(b"hdlr", bytes(4), handler, bytes(12), b"Kamera 3000\0"),
        box(b"minf", full_box(b"vmhd", bytes(8)), box(b"dinf", reference), stored),
    )
    return box(b"trak", header, media)


def _movie(plan: FilmPlan, sizes: list[int], *, first_at: int) -> bytes:
    n_ticks = plan.seconds * SCALE
    places = [(first_at + sum(sizes[:number]), size) for number, size in enumerate(sizes)]
    header = full_box(
        b"mvhd",
        struct.pack(">IIIIIH10x", 3_900_000_000, 3_900_000_000, SCALE, n_ticks, 0x10000, 0x100),
        IDENTITY,
        bytes(24),
        struct.pack(">I", 9),
    )
    size = plan.n_across * BLOCK, plan.n_down * BLOCK
    own = track(
        number=1, handler=b"vide", n_ticks=n_ticks, size=size, description=_description(plan, size), places=places
    )
    return box(b"moov", header, own, plan.more_tracks, plan.in_movie)


# --- H.264 -----------------------------------------------------------------------------------------------------------


def _description(plan: FilmPlan, size: tuple[int, int]) -> bytes:
    """Return the sample description with the two sets of parameters that a decoder needs first."""
    sequence = _unit(
        0x67, "010000101100000000011110" + _ue(0, 0, 2, 1) + "0" + _ue(plan.n_across - 1, plan.n_down - 1) + "1100"
    )
    picture = _unit(0x68, _ue(0, 0) + "00" + _ue(0, 0, 0) + "000" + _ue(0, 0, 0) + "000")
    settings = b"\x01\x42\xc0\x1e\xff\xe1" + _counted(sequence) + b"\x01" + _counted(picture)
    fields = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", *size)
    fields += struct.pack(">IIIH32xHh", 0x480000, 0x480000, 0, 1, 24, -1)
    return box(b"avc1", fields, box(b"avcC", settings))


def _sample(plan: FilmPlan, number: int) -> bytes:
    """Return one picture: a slice that stands alone."""
    bits = _ue(0, 7, 0) + "0000" + _ue(number % 2) + "00" + _ue(0)
    content = bytearray()
    for block in _blocks(plan, number):
        bits += _ue(25)
        bits += "0" * (-len(bits) % 8)
        content += _bytes(bits) + block
        bits = ""
    unit = b"\x65" + bytes(content) + b"\x80"
    return struct.pack(">I", len(unit)) + unit


def _blocks(plan: FilmPlan, number: int) -> Iterator[bytes]:
    """Return each block's 256 pixels of brightness and 64 of each colour, row by row."""
    sun_down = plan.n_down * 2 // 3 - number % max(1, plan.n_down // 2)
    for down in range(plan.n_down):
        for across in range(plan.n_across):
            is_sun = (across, down) == (plan.n_across * 2 // 3, sun_down)
            bright, blue, red = SUN if is_sun else SKY if down < plan.n_down * 2 / 3 else SEA
            yield bytes([bright]) * 256 + bytes([blue]) * 64 + bytes([red]) * 64


def _unit(head: int, bits: str) -> bytes:
    bits += "1"
    return bytes([head]) + _bytes(bits + "0" * (-len(bits) % 8))


def _counted(unit: bytes) -> bytes:
    return struct.pack(">H", len(unit)) + unit


def _ue(*values: int) -> str:
    """Return numbers in H.264's code of growing length."""
    codes = [bin(value + 1)[2:] for value in values]
    return "".join("0" * (len(code) - 1) + code for code in codes)


def _bytes(bits: str) -> bytes:
    return int(bits, 2).to_bytes(len(bits) // 8, "big") if bits else b""
