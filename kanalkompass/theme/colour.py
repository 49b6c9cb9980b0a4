"""
Colours as the eye sees them: hue and strength (OKLCH), and the contrast that WCAG measures.

Source: Björn Ottosson, "A perceptual color space for image processing" (Oklab, 2020); WCAG 2.2, relative luminance and
contrast ratio.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

HEX = re.compile(r"#?([0-9a-fA-F]{6})")
# Text needs this much against what lies behind it (WCAG 1.4.3); marks and edges need the other (1.4.11).
FOR_TEXT, FOR_MARKS = 4.5, 3.0
STEPS = 18

Linear = tuple[float, float, float]


@dataclass(frozen=True)
class Hue:
    """What stays of a colour when it is made lighter or darker: its hue in radians, and its strength (chroma)."""

    angle: float
    chroma: float


def parse(text: str) -> str | None:
    """Return six small hexadecimal digits, or None when the text is no colour."""
    found = HEX.fullmatch(text.strip())
    return found[1].lower() if found else None


def linear(colour: str) -> Linear:
    """Return red, green and blue of a colour (six hexadecimal digits) as light, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return red, green, blue


def digits(light: Linear) -> str:
    """Return the six hexadecimal digits of light, 0 to 1."""
    parts = (12.92 * each if each <= 0.0031308 else 1.055 * each ** (1 / 2.4) - 0.055 for each in light)
    return "".join(f"{round(min(max(each, 0.0), 1.0) * 255):02x}" for each in parts)


def luminance_of(light: Linear) -> float:
    """Return WCAG's relative luminance."""
    red, green, blue = light
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def luminance(colour: str) -> float:
    """Return WCAG's relative luminance of a colour."""
    return luminance_of(linear(colour))


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def hue_of(colour: str) -> Hue:
    """Return hue and strength of a colour."""
    red, green, blue = linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Hue(angle=math.atan2(b, a), chroma=math.hypot(a, b))


def _light_of(lightness: float, chroma: float, angle: float) -> Linear:
    a, b = chroma * math.cos(angle), chroma * math.sin(angle)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(lightness: float, hue: Hue) -> Linear:
    """Return the light of a hue at a lightness, as strong as a screen can show it but no stronger than asked for."""
    light = _light_of(lightness, hue.chroma, hue.angle)
    if all(-0.0001 <= each <= 1.0001 for each in light):
        return light
    least, most = 0.0, hue.chroma
    for _ in range(STEPS):
        middle = (least + most) / 2
        light = _light_of(lightness, middle, hue.angle)
        least, most = (middle, most) if all(-0.0001 <= each <= 1.0001 for each in light) else (least, middle)
    return _light_of(lightness, least, hue.angle)


def at_luminance(hue: Hue, wanted: float) -> str:
    """Return the colour of a hue that has this luminance, so that its contrast to everything is known beforehand."""
    least, most = 0.0, 1.0
    for _ in range(STEPS):
        middle = (least + most) / 2
        if luminance_of(_shown(middle, hue)) < wanted:
            least = middle
        else:
            most = middle
    return digits(_shown((least + most) / 2, hue))
