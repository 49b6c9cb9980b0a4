"""
What an MP4 file says of itself, and what must be blanked in it before anybody else gets it (P22).

A file is a row of boxes: size, kind, content; some hold boxes themselves. Only the few kinds that playing needs are
kept. All others (places, cameras, programs, names) become empty boxes of the same length, so that nothing moves and
every offset stays true. Tracks other than picture and sound go with the bytes they point to: drones and action cameras
write their place there, second by second, some of them as subtitles. Nothing is decoded, and how much is read and how
deep is bounded.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_BOXES = 20_000
MAX_TABLE_BYTES = 8 * 1024 * 1024
MAX_SPANS = 400_000
BRANDS = {
    *(b"isom", b"avc1", b"mp41", b"mp42", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"f4v ", b"XAVC"),
    *(b"iso%d" % number for number in range(1, 10)),
}
QUICKTIME = b"qt  "
KEPT_TRACKS = {b"vide", b"soun"}
# What playing needs, by the box it stands in. Padding is kept as a box, and emptied.
KEPT = {
    b"": {b"ftyp", b"moov", b"mdat", b"sidx", b"styp"},
    b"moov": {b"mvhd", b"trak", b"iods"},
    b"trak": {b"tkhd", b"edts", b"mdia"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"dinf", b"stbl"},
    b"stbl": {
        *(b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"sdtp"),
        *(b"sbgp", b"sgpd", b"stsh", b"subs"),
    },
}
PADDING = {b"free", b"skip", b"wide"}


class Damaged(ValueError):
    """The file is no MP4, breaks off, or contradicts itself."""


class NotReadable(ValueError):
    """It is a film of a kind that we do not take. `code` says which: "quicktime" or "fragmented"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Patch:
    """Bytes to write at `start`; `content` None writes `length` zeros."""

    start: int
    length: int
    content: bytes | None = None


@dataclass(frozen=True)
class Film:
    """A film's length in milliseconds, its size in pixels as it is shown, and what must be blanked in its file."""

    duration_ms: int
    width: int
    height: int
    patches: list[Patch] = field(repr=False)


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    content: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.content


def inspect(file: BinaryIO) -> Film:
    """
    Return what a file says of itself.

    :raises Damaged: it is no MP4, or cannot be read to its end
    :raises NotReadable: it is a film, but not of a kind that we take
    """
    return _Reader(file).film()


def blank(file: BinaryIO, patches: list[Patch]) -> None:
    """Carry the patches out, in place."""
    for patch in patches:
        file.seek(patch.start)
        left = patch.length
        if patch.content is not None:
            file.write(patch.content)
            continue
        while left:
            n_bytes = min(left, 65_536)
            file.write(bytes(n_bytes))
            left -= n_bytes


class _Reader:
    """One pass over one file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.n_boxes = 0
        self.patches: list[Patch] = []

    def film(self) -> Film:
        top = list(self._boxes(0, self.size))
        self._check_kind(top)
        movies = [box for box in top if box.kind == b"moov"]
        if len(movies) != 1:
            raise Damaged("not one film")
        media = [box for box in top if box.kind == b"mdat"]
        if not media:
            raise Damaged("no content")
        self._blank_all_but(KEPT[b""], top)
        parts = list(self._boxes(movies[0].content, movies[0].end))
        if any(part.kind == b"mvex" for part in parts):
            raise NotReadable("fragmented")
        self._blank_all_but(KEPT[b"moov"], parts)
        duration_ms = self._duration_ms(_one(parts, b"mvhd"))
        sizes = [self._track(part, media) for part in parts if part.kind == b"trak"]
        width, height = next((size for size in sizes if size), (0, 0))
        if not width or not height:
            raise Damaged("no picture")
        return Film(duration_ms, width, height, self.patches)

    # --- boxes -------------------------------------------------------------------------------------------------------

    def _boxes(self, start: int, end: int) -> Iterator[_Box]:
        at = start
        while at < end:
            self.n_boxes += 1
            if self.n_boxes > MAX_BOXES:
                raise Damaged("too many boxes")
            size, kind = struct.unpack(">I4s", self._read(at, 8))
            content = at + 8
            if size == 1:
                (size,) = struct.unpack(">Q", self._read(content, 8))
                content += 8
            elif size == 0 and end == self.size:
                size = end - at
            if size < content - at or at + size > end:
                raise Damaged("a box that does not fit")
            yield _Box(kind, at, content, at + size)
            at += size

    def _read(self, at: int, n_bytes: int) -> bytes:
        self.file.seek(at)
        found = self.file.read(n_bytes)
        if len(found) < n_bytes:
            raise Damaged("it ends too early")
        return found

    def _check_kind(self, top: list[_Box]) -> None:
        if not top or top[0].kind != b"ftyp" or not 8 <= top[0].length <= 1024:
            raise Damaged("no MP4")
        said = self._read(top[0].content, top[0].length)
        major, brands = said[:4], {said[at : at + 4] for at in range(8, len(said) - 3, 4)}
        if major == QUICKTIME:
            raise NotReadable("quicktime")
        if not {major, *brands} & BRANDS:
            raise Damaged("no MP4")
        if any(box.kind == b"moof" for box in top):
            raise NotReadable("fragmented")

    # --- blanking ----------------------------------------------------------------------------------------------------

    def _blank_all_but(self, kept: set[bytes], boxes: list[_Box]) -> None:
        for box in boxes:
            if box.kind not in kept:
                self._blank(box)

    def _blank(self, box: _Box) -> None:
        """Make an empty box of it, in place."""
        if box.kind not in PADDING:
            self.patches.append(Patch(box.start + 4, 4, b"free"))
        if box.length:
            self.patches.append(Patch(box.content, box.length))

    def _blank_times(self, box: _Box) -> int:
        """Take the moments away at which it was filmed and changed; return how long each was, 4 or 8 bytes."""
        length = 8 if self._read(box.content, 1) == b"\1" else 4
        if box.length < 4 + 2 * length:
            raise Damaged("a header that is too short")
        self.patches.append(Patch(box.content + 4, 2 * length))
        return length

    # --- what it says ------------------------------------------------------------------------------------------------

    def _duration_ms(self, header: _Box) -> int:
        length = self._blank_times(header)
        at = header.content + 4 + 2 * length
        form = ">IQ" if length == 8 else ">II"
        scale, duration = struct.unpack(form, self._read(at, struct.calcsize(form)))
        if not scale or duration in (0, 2**32 - 1, 2**64 - 1):
            raise NotReadable("fragmented")
        return round(duration * 1000 / scale)

    def _track(self, track: _Box, media: list[_Box]) -> tuple[int, int] | None:
        """Return the size of a track that shows pictures, None for sound; blank a track that is neither."""
        parts = list(self._boxes(track.content, track.end))
        inner_box = _one(parts, b"mdia")
        inner = list(self._boxes(inner_box.content, inner_box.end))
        handler = _one(inner, b"hdlr")
        kind = self._read(handler.content + 8, 4)
        if handler.length < 24:
            raise Damaged("a handler that is too short")
        information = _one(inner, b"minf")
        tables = list(self._boxes(information.content, information.end))
        stored = _one(tables, b"stbl")
        table = list(self._boxes(stored.content, stored.end))
        if kind not in KEPT_TRACKS:
            self._blank_samples(table, media)
            self._blank(track)
            return None
        for name, boxes in ((b"trak", parts), (b"mdia", inner), (b"minf", tables), (b"stbl", table)):
            self._blank_all_but(KEPT[name], boxes)
        self._blank_times(_one(inner, b"mdhd"))
        # The name that the camera gave the track.
        if handler.length > 24:
            self.patches.append(Patch(handler.content + 24, handler.length - 24))
        header = _one(parts, b"tkhd")
        self._blank_times(header)
        return self._shown_size(header) if kind == b"vide" else None

    def _shown_size(self, header: _Box) -> tuple[int, int]:
        if header.length < 84:
            raise Damaged("a header that is too short")
        a, b = struct.unpack(">ii", self._read(header.end - 44, 8))
        width, height = (value >> 16 for value in struct.unpack(">II", self._read(header.end - 8, 8)))
        is_turned = a == 0 and b != 0
        return (height, width) if is_turned else (width, height)

    # --- bytes of tracks that go ------------------------------------------------------------------------------------

    def _blank_samples(self, table: list[_Box], media: list[_Box]) -> None:
        """Zero the bytes that a track points to."""
        chunks = self._chunks(table)
        runs = self._numbers(_one(table, b"stsc"), skip=8, form=">III")
        sizes = self._sizes(table)
        if len(chunks) + len(sizes) > MAX_SPANS:
            raise Damaged("too many parts")
        sample = run = 0
        for number, at in enumerate(chunks, start=1):
            while run + 1 < len(runs) and runs[run + 1][0] <= number:
                run += 1
            n_samples = runs[run][1] if runs else 0
            length = sum(sizes[sample : sample + n_samples])
            sample += n_samples
            if not any(box.content <= at and at + length <= box.end for box in media):
                raise Damaged("a track that points out of the file")
            if length:
                self.patches.append(Patch(at, length))

    def _chunks(self, table: list[_Box]) -> list[int]:
        wide = [box for box in table if box.kind == b"co64"]
        box, form = (wide[0], ">Q") if wide else (_one(table, b"stco"), ">I")
        return [at for (at,) in self._numbers(box, skip=8, form=form)]

    def _sizes(self, table: list[_Box]) -> list[int]:
        box = _one(table, b"stsz")
        same, count = struct.unpack(">II", self._read(box.content + 4, 8))
        if same:
            if count > MAX_SPANS:
                raise Damaged("too many parts")
            return [same] * count
        return [size for (size,) in self._numbers(box, skip=12, form=">I")]

    def _numbers(self, box: _Box, *, skip: int, form: str) -> list[tuple[int, ...]]:
        """Return a table's rows; the count stands right before them."""
        (count,) = struct.unpack(">I", self._read(box.content + skip - 4, 4))
        n_bytes = count * struct.calcsize(form)
        if n_bytes > min(MAX_TABLE_BYTES, box.length - skip):
            raise Damaged("a table that does not fit")
        return list(struct.iter_unpack(form, self._read(box.content + skip, n_bytes))) if n_bytes else []


def _one(boxes: list[_Box], kind: bytes) -> _Box:
    found = [box for box in boxes if box.kind == kind]
    if len(found) != 1:
        raise Damaged(f"not one {kind.decode()}")
    return found[0]
