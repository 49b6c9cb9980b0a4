"""How much our own styles and scripts weigh on the way to a browser, beside Designsystemet, htmx and the typeface."""

from __future__ import annotations

import gzip
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
LIMIT_BYTES = 40_000


def own_bytes() -> int:
    """Return the bytes of all own styles and scripts together, each compressed by itself as it is sent."""
    files = [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
