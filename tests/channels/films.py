"""Films that tell: made from numbers, with place, person and camera in every pocket that MP4 has."""

from __future__ import annotations

import struct

from kanalkompass.demo.film import BLOCK, FilmPlan, box, full_box, make_film, track

GPS = b"+59.9139+010.7522/"
PERSON = b"Kari Moen"
SECRETS = [GPS, PERSON, b"Kamera 3000", b"GPSTRACK"]


def film_that_tells() -> bytes:
    """Return a film whose user data, tags, packets, padding, second track and names hold what nobody must get."""
    sample = b"GPSTRACK" + GPS
    plain = FilmPlan()
    # The second track's samples lie behind the pictures, in the same box.
    at = len(make_film(plain)[: make_film(plain).index(b"moov") - 4])
    metadata = track(
        number=2,
        handler=b"meta",
        n_ticks=4000,
        size=(0, 0),
        description=box(b"mebx", bytes(8)),
        places=[(at, len(sample))],
    )
    tags = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(GPS), 0x15C7), GPS), box(b"auth", PERSON))
    return make_film(
        FilmPlan(
            more_content=sample,
            more_tracks=metadata,
            in_movie=tags + full_box(b"meta", full_box(b"hdlr", bytes(4), b"mdta", bytes(12)), PERSON),
            at_end=box(b"uuid", bytes(16), b"<x:xmpmeta>", PERSON) + box(b"free", GPS) + box(b"skip", PERSON),
        )
    )


def film(seconds: int = 4, **how: object) -> bytes:
    """Return a plain film."""
    return make_film(FilmPlan(seconds=seconds, **how))  # type: ignore[arg-type]


__all__ = ["BLOCK", "GPS", "SECRETS", "film", "film_that_tells"]
