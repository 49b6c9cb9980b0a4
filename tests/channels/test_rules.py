"""The text checks: wordings (R2), deadline (R7), hashtags (R20)."""

from datetime import date

import pytest

from channels.rules import Verdict, check_text
from channels.rules.deadline import days_in
from channels.rules.wording import wordings_in

DEADLINE = date(2026, 12, 9)


def phrases(text):
    return [each.phrase for each in wordings_in(text)]


class TestWordings:
    @pytest.mark.parametrize(
        ("text", "phrase"),
        [
            ("Vi søker unge barnehagelærere til Fjæra.", "unge barnehagelærere"),
            ("Me søkjer vaksne damer", "vaksne damer"),
            ("Passer for deg mellom 18 og 26 år", "mellom 18 og 26 år"),
            ("Du er 18-26 år.", "18-26 år"),
            ("Du er 18–26 år.", "18–26 år"),
            ("over 25 år og førerkort", "over 25 år"),
            ("Du er i 20-årene", "i 20-årene"),
            ("Vi er et ungt og dynamisk team", "ungt og dynamisk team"),
            ("gjerne mann", "gjerne mann"),
            ("Vi søker en erfaren kvinne", "kvinne"),
            ("norsk som morsmål", "norsk som morsmål"),
            ("Vi trenger en helsesøster", "helsesøster"),
            ("BRANNMANN", "BRANNMANN"),
        ],
    )
    def test_finds_what_may_be_unlawful(self, text, phrase):
        assert phrase in phrases(text)

    @pytest.mark.parametrize(
        "text",
        [
            "Vi søker deg som vil jobbe med barn og unge.",
            "Vi søker miljøterapeut for unge voksne.",
            "Vi søkjer sjukepleiar til eldre på Solbakken.",
            "Krav: 10–15 års erfaring. Minst 20 års praksis.",
            "Vi har over 20 år med erfaring.",
            "Vi oppfordrer menn til å søke.",
            "Vi søker erfarne menn og kvinner.",
            "Formannskapet vedtar budsjettet. Vi søker lærer til mannskor.",
            "100 prosent stilling, 37–40 timer i uka.",
        ],
    )
    def test_lets_everyday_municipal_language_pass(self, text):
        assert phrases(text) == []

    def test_names_the_same_wording_once(self):
        assert phrases("Helsesøster, helsesøster og HELSESØSTER") == ["Helsesøster"]

    def test_proposes_the_title_of_the_posts_own_language(self):
        advice = {language: next(wordings_in("helsesøster", language=language)).advice for language in ("nb", "nn")}

        assert "helsesykepleier" in advice["nb"]
        assert "helsesjukepleiar" in advice["nn"]

    def test_names_the_rule_and_is_closed_by_a_reason(self):
        (found,) = check_text("gjerne mann", deadline_date=None)
        (kept,) = check_text("gjerne mann", deadline_date=None, kept={("sex", "gjerne mann"): "Intim pleie av menn."})

        assert found.verdict == Verdict.NEEDS_REASON
        assert "diskrimineringsloven" in found.explanation
        assert found.is_open
        assert not kept.is_open


class TestDeadline:
    @pytest.mark.parametrize(
        "text",
        ["Søk innen 9. desember.", "Frist 9.12.", "Frist 09.12.2026!", "9.12.26", "Frist: 9 des", "9. Desember 2026"],
    )
    def test_recognises_the_deadline_as_people_write_it(self, text):
        (found,) = check_text(text, deadline_date=DEADLINE)

        assert found.verdict == Verdict.FINE

    @pytest.mark.parametrize(
        ("text", "words"),
        [("Søk innen 12. desember.", "en annen dag"), ("Søk nå.", "nevner ikke"), ("Frist 31.02.2026", "nevner ikke")],
    )
    def test_warns_when_it_differs_or_is_missing(self, text, words):
        """R7."""
        (found,) = check_text(text, deadline_date=DEADLINE)

        assert found.verdict == Verdict.ADVICE
        assert words in found.title

    def test_a_day_without_a_year_is_the_one_close_by(self):
        assert days_in("frist 3. januar", near=date(2026, 12, 20)) == {date(2027, 1, 3)}


class TestHashtags:
    def test_can_be_read_out_when_each_word_has_its_capital(self):
        """R20."""
        (fine,) = check_text("#LedigStilling #Barnehagelærer #NAV", deadline_date=None)
        (advice,) = check_text("#ledigstilling", deadline_date=None)

        assert fine.verdict == Verdict.FINE
        assert advice.verdict == Verdict.ADVICE
        assert "ledigstilling" in advice.title

    def test_refuses_more_than_thirty(self):
        """B39."""
        found = check_text(" ".join(f"#Ord{n}" for n in range(31)), deadline_date=None)

        assert found[0].verdict == Verdict.REFUSED

    def test_an_address_is_no_hashtag(self):
        assert check_text("https://x.example/#del og C#", deadline_date=None) == []
