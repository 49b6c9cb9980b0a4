"""What a municipality looks like: its accent colour and its logo."""

from __future__ import annotations

from dataclasses import dataclass

from recruitment.models import Municipality, MunicipalitySettings

# A new way of computing the scale (kanalkompass.theme.scale) gets a new number: browsers keep a stylesheet for a year.
SCALE_VERSION = "1"


@dataclass(frozen=True)
class Look:
    """A municipality's accent (six hexadecimal digits) and the name of its logo's picture, "" where it has none."""

    number: str
    accent: str = ""
    logo_version: str = ""

    @property
    def stylesheet(self) -> str:
        """The name of the accent's stylesheet, "" where the municipality uses our own colour."""
        return f"{SCALE_VERSION}-{self.accent}" if self.accent else ""

    @property
    def logo_width(self) -> int:
        """The logo's width in pixels, 0 without one."""
        return self._size(0)

    @property
    def logo_height(self) -> int:
        """The logo's height in pixels, 0 without one."""
        return self._size(1)

    def _size(self, at: int) -> int:
        _, _, size = self.logo_version.partition("-")
        return int(size.split("x")[at]) if size else 0


def look_of(municipality: Municipality, decided: MunicipalitySettings) -> Look:
    """Return the look that a municipality has decided."""
    return Look(municipality.number, decided.accent, decided.logo_version)
