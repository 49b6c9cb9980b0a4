"""
The second net under secrets (P17): what looks like one is masked on its way into a log.

The first net is that no code of ours hands a secret to a log. This one works on the finished line, with the text of
exceptions, of the exceptions behind them and of what a library adds, so that nothing can come round it. It stands on
the standard library alone: gunicorn reads it before Django is there.
"""

import logging
import re
from collections.abc import Callable

HIDDEN = "[hidden]"

_NAMES = (
    r"(?:access|refresh|id|bearer|auth|csrf|feed|invitation)[_-]?tokens?|token|client[_-]?secret|secrets?|"
    r"(?:csrfmiddleware|csrf)token|pass(?:word|wd|ord|phrase)[12]?|(?:old|new)password[12]?|api[_-]?key|"
    r"session(?:id|[_-]?key)?|(?:__Host-)?(?:session|csrf)|totp|otp|seed|one[_-]?time[_-]?code"
)
_VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s"'&,;<>(){}\[\]]+)"""
# What stands between a name and its value: = or :, quoted as in JSON and repr, or encoded as in an address.
_TIE = r"""(?:\\?["'])?\s*(?:=>?|:|%3[dDaA])\s*(?:[bur]{0,2}\\?)"""

_RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    # What PostgreSQL repeats of a row that it refuses: it may be an applicant's answer.
    (re.compile(r"(Failing row contains )\(.*?\)(?=\.?(?:\n|$))", re.S), rf"\1({HIDDEN})"),
    (re.compile(r"(Key \([^)\n]*\)=)\([^\n]*?\)(?= )"), rf"\1({HIDDEN})"),
    # The user and password of an address.
    (re.compile(r"(?<=://)[^\s/@:\"']*:[^\s/@\"']+@"), f"{HIDDEN}@"),
    # Headers that carry a right.
    (re.compile(rf"((?:proxy-)?authorization{_TIE}(?:[\"'])?)[^\n\"']+", re.I), rf"\1{HIDDEN}"),
    (re.compile(r"((?:set-)?cookie\s*[:=]\s*)[^\n\"']+", re.I), rf"\1{HIDDEN}"),
    (re.compile(r"\b(bearer)((?:\s|\+|%20)+)[A-Za-z0-9._~+/%=-]{8,}", re.I), rf"\1\2{HIDDEN}"),
    # A name that tells what follows. One-time codes and states of a connect flow are long; other codes are words.
    (re.compile(rf"(?<![A-Za-z0-9])({_NAMES})({_TIE}){_VALUE}", re.I), rf"\1\2{HIDDEN}"),
    (re.compile(rf"(?<![A-Za-z0-9])(code|state|key)({_TIE})[\"']?[A-Za-z0-9._~%-]{{20,}}", re.I), rf"\1\2{HIDDEN}"),
    # One-time keys in addresses: setting a password anew, an invitation.
    (re.compile(r"((?:reset/key|invitasjon|invitation|konto/inviter)/)[^\s/\"'?]+"), rf"\1{HIDDEN}"),
    # Shapes: sealed text, LinkedIn's tokens and codes, signed claims, session keys, anything long and random.
    (re.compile(r"(?:\bk[0-9a-f]{8}\.)?gAAAA[A-Za-z0-9_-]{20,}={0,2}"), HIDDEN),
    (re.compile(r"(?<![A-Za-z0-9])AQ[A-Za-z0-9_-]{30,}"), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), HIDDEN),
    (re.compile(r"(?<![A-Za-z0-9_-])(?=[a-z]*[0-9])(?=[0-9a-f]*[g-z])[a-z0-9]{32}(?![A-Za-z0-9_-])"), HIDDEN),
    (re.compile(r"[A-Za-z0-9_-]{40,}"), lambda found: HIDDEN if _is_random(found[0]) else found[0]),
]


def mask(text: str) -> str:
    """Return `text` with everything that looks like a secret replaced."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


class MaskedFormatter(logging.Formatter):
    """Lines as any formatter writes them, masked when they are finished."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole line, its exceptions and stack with it, without secrets."""
        return mask(super().format(record))


def _is_random(text: str) -> bool:
    """Whether a long run of letters and figures mixes capitals, small letters and figures, as no name of ours does."""
    return any(map(str.isupper, text)) and any(map(str.islower, text)) and any(map(str.isdigit, text))
