"""
The sixteen steps of an accent colour in the light and the dark scheme, and the stylesheet that carries them.

Each step keeps the luminance of our own scale (static/css/kk.css) and takes the accent's hue. What one may read on what
is then as true for every municipality's colour as for ours; `faults` measures it all the same.
"""

from __future__ import annotations

from functools import lru_cache

from kanalkompass.theme import colour
from kanalkompass.theme.colour import FOR_MARKS, FOR_TEXT, Hue

# Our own accent and its steps, light and dark, as they stand in kk.css.
OWN = "12606e"
STEPS: dict[str, tuple[str, str]] = {
    "background-default": ("ffffff", "0f1719"),
    "background-tinted": ("eef5f6", "12262b"),
    "surface-default": ("ffffff", "151f22"),
    "surface-tinted": ("e2eef0", "16343b"),
    "surface-hover": ("cfe2e5", "1c424b"),
    "surface-active": ("b6d3d8", "23525d"),
    "border-subtle": ("a6c8ce", "2c5d68"),
    "border-default": ("2f7f8c", "5ba3b0"),
    "border-strong": ("1a626e", "86c3cf"),
    "text-subtle": ("125664", "8ccad6"),
    "text-default": ("0a2f37", "d8eef2"),
    "base-default": ("12606e", "7fc4d1"),
    "base-hover": ("0e4d58", "99d2dd"),
    "base-active": ("0a3c45", "b2dfe7"),
    "base-contrast-subtle": ("d7ebee", "0b3139"),
    "base-contrast-default": ("ffffff", "06191d"),
}
# The dark bar on top, what is marked in it, and its quieter text.
BAR, BAR_MARK, BAR_INK = ("0b3640", "0a252c"), ("7fd0de", "7fd0de"), ("bcd6db", "bcd6db")
ALIKE = {"background-default", "surface-default"}
WHITE = "ffffff"
# Neutral grounds that coloured text stands on, light and dark.
GROUNDS = (("f6f8f8", "ffffff", "eef2f2"), ("0e1517", "151f22", "1c282b"))
STRONGEST = 0.26
Pair = tuple[str, str]


@lru_cache(maxsize=256)
def scale_of(accent: str) -> dict[str, Pair]:
    """Return (light, dark) of each step for an accent (six hexadecimal digits) that `is_readable`."""
    hue, own = colour.hue_of(accent), colour.hue_of(OWN)
    strength = hue.chroma / own.chroma
    scale = {name: _pair(of_ours, hue=hue, strength=strength) for name, of_ours in STEPS.items() if name not in ALIKE}
    scale |= {name: STEPS[name] for name in ALIKE}
    # The colour itself, exactly as the municipality writes it, is what buttons have in the light scheme.
    lighter = colour.luminance(accent) / colour.luminance(OWN)
    for name in ("base-hover", "base-active"):
        of_ours = STEPS[name][0]
        chroma = colour.hue_of(of_ours).chroma * strength
        darker = colour.at_luminance(Hue(hue.angle, chroma), colour.luminance(of_ours) * lighter)
        scale[name] = (darker, scale[name][1])
    scale["base-default"] = (accent, scale["base-default"][1])
    quiet = max(colour.luminance(STEPS["base-contrast-subtle"][0]), _readable_on(accent))
    scale["base-contrast-subtle"] = (
        colour.at_luminance(Hue(hue.angle, hue.chroma * 0.2), quiet),
        scale["base-contrast-subtle"][1],
    )
    return {name: scale[name] for name in STEPS}


def _readable_on(accent: str) -> float:
    """Return the luminance that text on the colour needs at least."""
    return min(1.0, FOR_TEXT * 1.01 * (colour.luminance(accent) + 0.05) - 0.05)


def _pair(of_ours: Pair, *, hue: Hue, strength: float) -> Pair:
    light, dark = (
        colour.at_luminance(
            Hue(hue.angle, min(colour.hue_of(each).chroma * strength, STRONGEST)), colour.luminance(each)
        )
        for each in of_ours
    )
    return light, dark


def is_readable(accent: str) -> bool:
    """Whether white text on the colour can be read."""
    return colour.contrast(accent, WHITE) >= FOR_TEXT


def nearest_readable(accent: str) -> str:
    """Return the colour of the same hue, as light as it may be, that white text can be read on."""
    if is_readable(accent):
        return accent
    hue, most = colour.hue_of(accent), (1.05 / FOR_TEXT) - 0.05
    # Rounding to whole steps of a screen may land on the wrong side.
    for share in (1.0, 0.99, 0.97, 0.94, 0.9):
        found = colour.at_luminance(hue, most * share)
        if is_readable(found):
            return found
    return OWN


def looks_like_a_warning(accent: str) -> bool:
    """Whether the colour is near the red or the amber that mean error and act now everywhere else in the product."""
    hue = colour.hue_of(accent)
    return hue.chroma > 0.08 and 0.2 <= hue.angle <= 1.65


def faults(accent: str) -> list[str]:
    """Return each place where the scale of an accent cannot be read, in both schemes; none for one that is taken."""
    scale, found = scale_of(accent), []
    for at, scheme in enumerate(("light", "dark")):
        shown = {name: pair[at] for name, pair in scale.items()}
        grounds = [*GROUNDS[at], shown["background-tinted"], shown["surface-tinted"]]
        pairs = [(text, ground, FOR_TEXT) for text in ("text-subtle", "text-default") for ground in grounds]
        pairs += [("base-contrast-default", shown[f"base-{each}"], FOR_TEXT) for each in ("default", "hover", "active")]
        pairs += [("base-contrast-subtle", shown["base-default"], FOR_TEXT)]
        pairs += [(mark, ground, FOR_MARKS) for mark in ("base-default", "border-default") for ground in GROUNDS[at]]
        found += [
            f"{scheme}: {name} {shown[name]} on {ground} has {colour.contrast(shown[name], ground):.2f}"
            for name, ground, needed in pairs
            if colour.contrast(shown[name], ground) < needed
        ]
    return found


@lru_cache(maxsize=256)
def stylesheet(accent: str) -> str:
    """Return the stylesheet that puts a municipality's accent in place of ours."""
    hue = colour.hue_of(accent)
    strength = hue.chroma / colour.hue_of(OWN).chroma
    lines = [
        f"--ds-color-accent-{name}: light-dark(#{light}, #{dark});" for name, (light, dark) in scale_of(accent).items()
    ]
    for name, of_ours in (("bar", BAR), ("bar-mark", BAR_MARK), ("bar-ink", BAR_INK)):
        light, dark = _pair(of_ours, hue=hue, strength=strength)
        lines.append(f"--kk-{name}: light-dark(#{light}, #{dark});")
    return "@layer kk {\n:root, [data-color-scheme] {\n" + "\n".join(lines) + "\n}\n}\n"
