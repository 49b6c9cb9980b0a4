"""One accent of the municipality's own: what may be read on what, in both schemes, whatever the hue."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from kanalkompass.theme import colour, scale

# Reds, oranges, greens, blues, purples and greys that municipalities use, and the ends of what is taken.
ACCENTS = ["12606e", "9e1b32", "8a3b00", "00622b", "004b87", "4b2e83", "5f5f5f", "000000", "0000ff", "767676", "a6206a"]


class TestScale:
    @pytest.mark.parametrize("accent", ACCENTS)
    def test_can_be_read_in_both_schemes_and_keeps_the_colour_itself(self, accent):
        assert scale.is_readable(accent)
        assert scale.faults(accent) == []
        assert scale.scale_of(accent)["base-default"][0] == accent
        assert len(scale.scale_of(accent)) == 16

    def test_of_our_own_colour_is_our_own_scale(self):
        made, text = scale.scale_of(scale.OWN), Path(settings.BASE_DIR, "static/css/kk.css").read_text()
        written = dict(re.findall(r"--ds-color-accent-([\w-]+): light-dark\(#(\w{6}, #\w{6})\)", text))

        assert {name: f"{light}, #{dark}" for name, (light, dark) in scale.STEPS.items()} == written
        for name, pair in made.items():
            for one, own in zip(pair, scale.STEPS[name], strict=True):
                parts = [abs(int(one[at : at + 2], 16) - int(own[at : at + 2], 16)) for at in (0, 2, 4)]
                assert max(parts) <= 12, (name, one, own)

    def test_faults_are_seen_where_there_are_some(self, monkeypatch):
        monkeypatch.setitem(scale.STEPS, "text-subtle", ("8fa9ad", "2c5d68"))
        scale.scale_of.cache_clear()

        found = scale.faults(scale.OWN)
        scale.scale_of.cache_clear()

        assert [each.split(":")[0] for each in found] == ["light"] * 5 + ["dark"] * 5

    @pytest.mark.parametrize("accent", ["ffff00", "ff6600", "00ff00", "ffffff", "7fc4d1", "ff80c0", "777777"])
    def test_what_cannot_be_read_gets_the_nearest_that_can(self, accent):
        nearest = scale.nearest_readable(accent)

        assert not scale.is_readable(accent)
        assert scale.is_readable(nearest)
        assert colour.contrast(nearest, scale.WHITE) < 5.2, "nearest, not merely dark"
        if colour.hue_of(accent).chroma > 0.05:
            assert abs(colour.hue_of(accent).angle - colour.hue_of(nearest).angle) < 0.12

    def test_says_which_colours_look_like_a_warning(self):
        near = ["b3261e", "9a5b00", "12606e", "004b87", "00622b", "5f5f5f", "4b2e83"]

        assert {each for each in near if scale.looks_like_a_warning(each)} == {"b3261e", "9a5b00"}


class TestColour:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [("#12606E", "12606e"), (" 12606e ", "12606e"), ("red", None), ("#1260", None), ("#12606g", None), ("", None)],
    )
    def test_is_read_with_and_without_its_sign(self, written, meant):
        assert colour.parse(written) == meant

    def test_contrast_is_that_of_wcag(self):
        assert colour.contrast("000000", "ffffff") == pytest.approx(21)
        assert colour.contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.01)
