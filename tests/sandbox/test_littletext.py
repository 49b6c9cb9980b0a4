"""Little text: escaped text comes out whole, anything reserved and bare cuts it off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.linkedin import littletext


def escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in littletext.RESERVED else character for character in text)


PLAIN = st.text(st.characters(exclude_characters="".join(littletext.RESERVED), exclude_categories=["Cs"]), max_size=40)
NOT_IN_URLS = PLAIN.filter(lambda text: "://" not in text)


class TestRender:
    @given(st.text(max_size=80))
    def test_gives_back_every_escaped_text_whole(self, text):
        shown = littletext.render(escaped(text))

        assert (shown.text, shown.cut_at) == (text, None)

    @given(NOT_IN_URLS, st.sampled_from(sorted(littletext.RESERVED)), NOT_IN_URLS)
    def test_cuts_at_the_first_bare_reserved_character(self, before, reserved, after):
        # A space behind it, so that no hashtag, mention or escape can arise.
        shown = littletext.render(f"{before}{reserved} {after}")

        assert (shown.text, shown.cut_at) == (before, len(before))

    @given(st.text(max_size=80))
    def test_never_shows_more_than_the_writer_meant(self, text):
        assert len(littletext.render(text).text) <= littletext.visible_length(text) <= len(text)

    @pytest.mark.parametrize(
        ("source", "shown"),
        [
            ("Vi søker (100 %)", "Vi søker "),
            (r"Vi søker \(100 %\)", "Vi søker (100 %)"),
            ("Lønn * etter avtale", "Lønn "),
            ("skriv til post@lyngvaer.example", "skriv til post"),
            ("Les mer: https://x.example/s/Ab_1~x#om nå", "Les mer: https://x.example/s/Ab_1~x#om nå"),
            (r"https://x.example/s/Ab\_1 nå", "https://x.example/s/Ab_1 nå"),
            ("https://x.example/a(b) nå", "https://x.example/a"),
            ("#ledigstilling i dag", "#ledigstilling i dag"),
            ("# nei", ""),
            ("nr. #1", "nr. #1"),
            (r"#ledig\_stilling", "#ledig_stilling"),
            ("#ledig_stilling", "#ledig"),
            (r"{hashtag|\#|sykepleier} her", "#sykepleier her"),
            (r"{hashtag\|\#\|sykepleier} her", "#sykepleier her"),
            ("Hei @[Lyngvær kommune](urn:li:organization:1001)!", "Hei Lyngvær kommune!"),
            ("Hei @[Lyngvær kommune](1001)!", "Hei "),
            ("slutt\\", "slutt"),
            ("C:\\mappe", "C:"),
        ],
    )
    def test_shows_what_the_platform_would(self, source, shown):
        assert littletext.render(source).text == shown
