"""One function that asks every rule about a text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from channels.rules import deadline, hashtags, wording
from foundation import formats


class Verdict(StrEnum):
    """What a finding means for who writes."""

    FINE = "fine"
    ADVICE = "advice"
    NEEDS_REASON = "needs_reason"
    REFUSED = "refused"


@dataclass(frozen=True)
class Finding:
    """What a rule says of a text: a line, its explanation, and for a wording who kept it and why."""

    verdict: Verdict
    title: str
    explanation: str = ""
    rule: str = ""
    phrase: str = ""
    kept_reason: str = ""

    @property
    def key(self) -> str:
        """A short name of this wording, for the form's field where a reason is written."""
        return hashlib.sha256(f"{self.rule}:{self.phrase.lower()}".encode()).hexdigest()[:10]

    @property
    def is_open(self) -> bool:
        """Whether a reason is still missing."""
        return self.verdict == Verdict.NEEDS_REASON and not self.kept_reason


def check_text(
    text: str,
    *,
    deadline_date: date | None,
    language: str = "nb",
    kept: Mapping[tuple[str, str], str] | None = None,
) -> list[Finding]:
    """
    Return what the rules say of a post's text, what needs somebody first.

    :param deadline_date: the vacancy's deadline, a Norwegian calendar day; None for a post without a vacancy
    :param language: nb or nn, for suggestions
    :param kept: reasons given earlier, by rule and wording in small letters
    """
    findings = [*_wordings(text, language, kept or {}), *_hashtags(text)]
    if deadline_date:
        findings.append(_deadline(text, deadline_date))
    order = [Verdict.REFUSED, Verdict.NEEDS_REASON, Verdict.ADVICE, Verdict.FINE]
    return sorted(findings, key=lambda finding: (order.index(finding.verdict), bool(finding.kept_reason)))


def _wordings(text: str, language: str, kept: Mapping[tuple[str, str], str]) -> Iterator[Finding]:
    for found in wording.wordings_in(text, language=language):
        explanation = f"{found.reason} {found.advice} " + _("See %(law)s.") % {"law": found.law}
        yield Finding(
            Verdict.NEEDS_REASON,
            _("«%(phrase)s» may be unlawful") % {"phrase": found.phrase},
            explanation,
            found.rule,
            found.phrase,
            kept.get((found.rule, found.phrase.lower()), ""),
        )


def _hashtags(text: str) -> Iterator[Finding]:
    tags = hashtags.hashtags_in(text)
    if len(tags) > hashtags.MAX_HASHTAGS:
        yield Finding(
            Verdict.REFUSED,
            _("The text has more than %(max)s hashtags") % {"max": hashtags.MAX_HASHTAGS},
            _("Keep the few that people really search for."),
        )
    unreadable = [tag for tag in tags if not hashtags.is_readable(tag)]
    if unreadable:
        yield Finding(
            Verdict.ADVICE,
            _("#%(tag)s is hard to read out") % {"tag": unreadable[0]},
            _("Give each word in a hashtag a capital letter, then screen readers find the words: #VacantPosition."),
        )
    elif tags:
        yield Finding(Verdict.FINE, _("The hashtags can be read out"))


def _deadline(text: str, deadline_date: date) -> Finding:
    days = deadline.days_in(text, near=deadline_date)
    if deadline_date in days:
        return Finding(Verdict.FINE, _("The deadline is the vacancy's own"))
    facts = {"deadline": formats.day(deadline_date)}
    if days:
        return Finding(
            Verdict.ADVICE,
            _("The deadline of the vacancy is %(deadline)s, but the text names another day") % facts,
            _("Deadline and requirements must be the same on every channel."),
        )
    return Finding(
        Verdict.ADVICE,
        _("The text does not name the deadline, %(deadline)s") % facts,
        _("Those who see the post should know how much time they have."),
    )
