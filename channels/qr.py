"""QR codes of addresses: for posters and print, drawn by us, so that no other service learns who prints what."""

import io

import segno

# Medium correction bears a smudge or a fold; four modules of white around are what readers ask for.
CORRECTION, QUIET_ZONE, PNG_SCALE = "m", 4, 20


def svg(address: str) -> bytes:
    """Return the code as a picture that can be printed at any size."""
    return _draw(address, kind="svg", xmldecl=True, svgclass=None, lineclass=None, omitsize=True, light="#fff")


def png(address: str) -> bytes:
    """Return the code as pixels, about 700 across: sharp in print up to six centimetres."""
    return _draw(address, kind="png", scale=PNG_SCALE)


def _draw(address: str, *, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    segno.make(address, error=CORRECTION, micro=False, boost_error=False).save(
        out, kind=kind, border=QUIET_ZONE, dark="#000", **how
    )
    return out.getvalue()
