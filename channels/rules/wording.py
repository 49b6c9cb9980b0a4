"""
Wordings that may read as a demand for an age, a sex or a background (R2), in bokmål and nynorsk.

Each rule names why and where it stands. Sources: likestillings- og diskrimineringsloven and arbeidsmiljøloven chapter
13, with the Equality Ombud's cases 06/1325, 06/556, 06/295 and 2009 on job announcements. The patterns look for what
those cases were about, and let everyday municipal language pass («barn og unge», «10–15 års erfaring»). A word list
cannot judge: whoever writes may keep a wording with a reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

AGE_LAW = _("the Working Environment Act sections 13-1 and 13-2")
EQUALITY_LAW = _("the Equality and Anti-Discrimination Act")

SEEKS = r"\b(?:søk(?:er|jer|er vi|jer vi)|ønsk(?:er|jer)|vil ha|ser etter|trenger|treng|leter etter|leitar etter)\b"
AGE = r"(?:1[5-9]|[2-7]\d)"
NOT_EXPERIENCE = r"(?!\w*\s+(?:\w+\s+)?(?:erfaring|praksis|røynsle|fartstid|ansiennitet))"
# Whom the work is for, not who is sought.
SERVED = r"(?<!med )(?<!for )(?<!og )(?<!blant )(?<!til )(?<!mot )(?<!av )"
AGE_WORD = r"(?:ung|unge|ungt|yngre|ungdommelige?|ungdommeleg|(?:godt )?voks(?:en|ne)|(?:godt )?vaks(?:en|ne)|eldre)"
SEX = r"(?:mann|menn|mannfolk|kar|karer|karar|gutt|gutter|gutar|kvinne|kvinner|kvinnfolk|dame|damer|jente|jenter)"


@dataclass(frozen=True)
class WordingRule:
    """One kind of wording. A group `phrase` in the pattern is what is shown; without one it is the whole match."""

    slug: str
    pattern: re.Pattern[str]
    reason: Any
    law: Any
    advice: Any


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


PATTERNS = [
    WordingRule(
        slug="age_span",
        pattern=_compiled(
            rf"\b(?:mellom\s+)?{AGE}\s*(?:-|–|til|og)\s*{AGE}\s*år{NOT_EXPERIENCE}(?:ene)?\b"
            rf"|\b(?:under|over|maks(?:imalt)?|minst)\s+{AGE}\s+år{NOT_EXPERIENCE}\b"
            rf"|\b(?:i|først i|tidlig i|midt i|slutten av)\s+{AGE}-?\s?(?:årene|åra|årsalderen)\b"
        ),
        reason=_("It reads as a demand for an age. A lawful minimum age can be kept with a reason."),
        law=AGE_LAW,
        advice=_("Say what the work demands instead."),
    ),
    WordingRule(
        slug="age_word",
        pattern=_compiled(
            rf"{SEEKS}[^.!?\n]{{0,40}}?{SERVED}\b(?P<phrase>{AGE_WORD}\s+[^\W\d_]+)"
            r"|\b(?P<phrase_b>ungt (?:og \w+ )?(?:team|miljø|arbeidsmiljø|kollegium))\b"
        ),
        reason=_("It reads as a demand for an age."),
        law=AGE_LAW,
        advice=_("Write for example «newly qualified and experienced»."),
    ),
    WordingRule(
        slug="sex",
        pattern=_compiled(
            rf"\b(?:gjerne|helst|kun|bare|berre|fortrinnsvis)\s+(?:en\s+|ei\s+|ein\s+)?{SEX}\b"
            rf"|{SEEKS}\s+(?:vi\s+)?(?:en\s+|ei\s+|ein\s+|to\s+|flere\s+|fleire\s+)?(?:\w+\s+)?(?P<phrase>{SEX})\b(?!\s+og\s+{SEX})"
        ),
        reason=_("It reads as a wish for one sex. To encourage the sex that is under-represented to apply is allowed."),
        law=EQUALITY_LAW,
        advice=_("Address everybody who is qualified."),
    ),
    WordingRule(
        slug="background",
        pattern=_compiled(
            r"\betnisk norsk\w*|\bnorske? (?:av )?opphav\b"
            r"|\b(?:norsk som morsmål|morsmål(?:et)? (?:er |må være )?norsk)\b"
            r"|\b(?:uten|utan) (?:barn|omsorgs(?:ansvar|plikter))\b|\bikk?j?e (?:er )?gravid\b|\bfunksjonsfrisk\w*"
        ),
        reason=_("It touches background, belief, family or disability, which an announcement must not ask about."),
        law=EQUALITY_LAW,
        advice=_("Say which knowledge of the language or which skill the work demands."),
    ),
]

# Titles of one sex, and the titles in use today: bokmål, nynorsk.
TITLES = {
    "helsesøster": ("helsesykepleier", "helsesjukepleiar"),
    "helsesøstre": ("helsesykepleiere", "helsesjukepleiarar"),
    "helsesyster": ("helsesykepleier", "helsesjukepleiar"),
    "sykesøster": ("sykepleier", "sjukepleiar"),
    "lærerinne": ("lærer", "lærar"),
    "lærarinne": ("lærer", "lærar"),
    "førskolelærerinne": ("barnehagelærer", "barnehagelærar"),
    "sekretærinne": ("sekretær", "sekretær"),
    "vaskekone": ("renholder", "reinhaldar"),
    "vaskedame": ("renholder", "reinhaldar"),
    "renholdsdame": ("renholder", "reinhaldar"),
    "kontordame": ("kontormedarbeider", "kontormedarbeidar"),
    "barnepike": ("barnepasser", "barnepassar"),
    "husmorvikar": ("hjemmehjelper", "heimehjelpar"),
    "brannmann": ("brannkonstabel", "brannkonstabel"),
    "brannmenn": ("brannkonstabler", "brannkonstablar"),
    "vaktmann": ("vakt", "vakt"),
    "formann": ("arbeidsleder", "arbeidsleiar"),
    "rådmann": ("kommunedirektør", "kommunedirektør"),
    "ombudsmann": ("ombud", "ombod"),
    "fagmann": ("fagperson", "fagperson"),
    "tillitsmann": ("tillitsvalgt", "tillitsvald"),
    "altmuligmann": ("vaktmester", "vaktmeister"),
}
TITLE_PATTERN = _compiled(rf"\b(?:{'|'.join(sorted(TITLES, key=len, reverse=True))})(?:n|en|a|r|er|ar|ne)?\b")
TITLE_REASON = _("The title names one sex.")


@dataclass(frozen=True)
class Wording:
    """A wording that was found: by which rule, why it is doubtful, and what to write instead."""

    rule: str
    phrase: str
    reason: Any
    law: Any
    advice: Any


def wordings_in(text: str, *, language: str = "nb") -> Iterator[Wording]:
    """Yield each wording of `text` that a rule warns of, once; `language` chooses the suggested title's form."""
    seen = set()
    for rule in PATTERNS:
        for match in rule.pattern.finditer(text):
            phrase = " ".join(_phrase(match).split())
            if (rule.slug, phrase.lower()) not in seen:
                seen.add((rule.slug, phrase.lower()))
                yield Wording(rule.slug, phrase, rule.reason, rule.law, rule.advice)
    for match in TITLE_PATTERN.finditer(text):
        phrase = match.group().lower()
        if ("title", phrase) not in seen:
            seen.add(("title", phrase))
            advice = _("Write «%(title)s».") % {"title": _title_today(phrase, language)}
            yield Wording("title", match.group(), TITLE_REASON, EQUALITY_LAW, advice)


def _phrase(match: re.Match[str]) -> str:
    return next((found for found in match.groupdict().values() if found), match.group())


def _title_today(title: str, language: str) -> str:
    known = max((each for each in TITLES if title.startswith(each)), key=len)
    return TITLES[known][language == "nn"]
