"""What followed from the vacancies: applicants, what they answered, and how far they came. Counts, never people."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from numpy.random import Generator

from analytics.models import AlsoSeen, Outcome, Survey, SurveyAnswer
from foundation.clock import OSLO
from kanalkompass.demo.sources import WORTH, expected_applicants
from kanalkompass.demo.vacancies import Announced
from recruitment.models import Source, User

INTERESTS = tuple(SurveyAnswer.Interest.values)
INTEREST_SHARES = (0.12, 0.3, 0.14, 0.22, 0.14, 0.08)
OWN_WORDS = {
    "nb": ("Fint å se hvem som jobber der.", "Bra at turnusen sto i annonsen.", "Vi vurderer å flytte hjem."),
    "nn": ("Fint å sjå kven som jobbar der.", "Bra at turnusen stod i annonsen.", "Vi vurderer å flytte heim."),
}
# Where somebody saw it that is on no list, as she wrote it.
PLACES = {
    "nb": ("Bygdebladet", "bygdebladet", "Coop-tavla", "Oppslag på Coop", "Skolens nettside", "Snapchat", ""),
    "nn": ("Bygdebladet", "bygdebladet", "Coop-tavla", "Oppslag på Coop", "Nettsida til skulen", "Snapchat", ""),
}
NOWHERE = {"elsewhere", "unknown"}
MODES = (SurveyAnswer.Mode.LINK, SurveyAnswer.Mode.FORM, SurveyAnswer.Mode.INTERVIEW)
FOLLOWED = ("", *SurveyAnswer.Followed.values)
# HR counts in two rounds: applicants soon after the deadline, the rest when the hiring is over.
APPLIED_AFTER_DAYS, HIRED_AFTER_DAYS = 3, 30
STEPS = ("applied", "qualified", "best_qualified", "interviewed", "offered", "hired")


@dataclass(frozen=True)
class Applicant:
    """One application. `source` is where she saw the vacancy, `told` whether she answered the survey."""

    source: str
    told: bool
    is_qualified: bool
    day: date


def draw_applicants(announced: Announced, *, response: float, today: date, rng: Generator) -> list[Applicant]:
    """Return the applications of one vacancy in the whole of its period; most come in its first and last days."""
    luck = float(rng.gamma(2.5, 1 / 2.5))  # vacancies differ more than chance alone: the counts are over-dispersed
    first = announced.registered_day
    n_days = (announced.job.deadline_date - first).days + 1
    drawn: list[Applicant] = []
    for slug, worth in WORTH.items():
        if slug not in announced.seen_at:
            continue
        expected = expected_applicants(slug, announced.trade.code) * announced.trade.pull * luck
        drawn += [
            Applicant(
                source=slug,
                told=bool(rng.random() < response),
                is_qualified=bool(rng.random() < worth.qualified),
                day=first + timedelta(days=int(n_days * float(rng.beta(0.7, 0.7)))),
            )
            for _ in range(int(rng.poisson(expected)))
        ]
    return _as_fated(announced, drawn, today=today)


def _as_fated(announced: Announced, drawn: list[Applicant], *, today: date) -> list[Applicant]:
    """Return as many applicants as are given for this vacancy, of whom as many answered, all before today."""
    fate, first = announced.fate, announced.registered_day
    if fate.n_applied is None:
        return drawn
    drawn = drawn or [Applicant("own-web", told=True, is_qualified=True, day=first)]
    n_days = max(1, (min(today, announced.job.deadline_date) - first).days)
    return [
        replace(drawn[n % len(drawn)], told=n < (fate.n_told or 0), day=first + timedelta(days=n % n_days))
        for n in range(fate.n_applied)
    ]


def outcomes_of(
    announced: Announced, drawn: list[Applicant], *, sources: dict[str, Source], user: User, today: date, rng: Generator
) -> list[Outcome]:
    """Return HR's counts of one vacancy: one row per source named, and one for those nobody knows the source of."""
    since_deadline = (today - announced.job.deadline_date).days
    if since_deadline < APPLIED_AFTER_DAYS or not drawn or not announced.fate.is_counted:
        return []
    is_over = since_deadline >= HIRED_AFTER_DAYS
    counts = _steps(drawn, positions=announced.job.positions, rng=rng)
    counted = announced.job.deadline_date + timedelta(days=HIRED_AFTER_DAYS if is_over else APPLIED_AFTER_DAYS)
    known = STEPS if is_over else STEPS[:1]
    return [
        Outcome(
            job=announced.job,
            source=sources[slug],
            counted_date=announced.job.deadline_date,
            changed_at=datetime.combine(counted, time(13, 20), tzinfo=OSLO),
            changed_by=user,
            **{step: counts[step][slug] for step in known},
        )
        for slug in counts["applied"]
    ]


def _steps(drawn: list[Applicant], *, positions: int, rng: Generator) -> dict[str, Counter[str]]:
    """Return how many of each source reached each step; nobody reaches a step without the one before."""
    qualified = [each for each in drawn if each.is_qualified]
    rng.shuffle(qualified)
    best = qualified[: positions * 2]
    interviewed = qualified[: positions * 3]
    offered = interviewed[: positions + int(rng.random() < 0.3)]
    declined = int(rng.random() < 0.25)
    groups = [drawn, qualified, best, interviewed, offered, offered[: max(0, min(positions, len(offered) - declined))]]
    steps = zip(STEPS, groups, strict=True)
    return {step: Counter(each.source if each.told else "unknown" for each in group) for step, group in steps}


def answers_of(
    announced: Announced,
    drawn: list[Applicant],
    *,
    survey: Survey,
    sources: dict[str, Source],
    now: datetime,
    rng: Generator,
) -> list[SurveyAnswer]:
    """Return the answers given until now, with the other places seen in `also` of each for `also_seen`."""
    answers = []
    for number, each in enumerate(drawn):
        answered = datetime.combine(each.day, time(int(rng.integers(7, 23))), tzinfo=OSLO).astimezone(UTC)
        if not each.told or answered >= now:
            continue
        language = announced.job.language
        slug = "unknown" if rng.random() < 0.03 else each.source
        picked = rng.choice(INTERESTS, size=int(rng.integers(1, 3)), replace=False, p=INTEREST_SHARES)
        answers.append(
            SurveyAnswer(
                survey=survey,
                first_source=sources[slug],
                elsewhere=str(rng.choice(PLACES[announced.job.language])) if slug == "elsewhere" else "",
                decisive_source=sources[slug] if slug not in NOWHERE and rng.random() < 0.5 else None,
                followed=str(rng.choice(FOLLOWED, p=(0.3, 0.4, 0.1, 0.12, 0.08))),
                interests=[str(interest) for interest in picked],
                free_text=str(rng.choice(OWN_WORDS[language])) if rng.random() < 0.06 else "",
                mode=MODES[int(rng.choice(3, p=(0.62, 0.28, 0.1)))],
                language=language if rng.random() < 0.94 else "en",
                answered_hour=answered,
                token_hash=_unused_hash("token", survey, number),
                receipt_hash=_unused_hash("receipt", survey, number),
            )
        )
    return answers


def also_seen(answers: list[SurveyAnswer], *, sources: dict[str, Source], rng: Generator) -> list[AlsoSeen]:
    """Return the other places that stored answers name: none for half of them, else one or two that many see."""
    common = ["facebook", "own-web", "nav", "finn", "linkedin", "referral"]
    chosen: dict[SurveyAnswer, set[str]] = defaultdict(set)
    for answer in answers:
        for slug in rng.choice(common, size=int(rng.choice([0, 0, 1, 2])), replace=False):
            if sources[str(slug)].pk != answer.first_source_id:
                chosen[answer].add(str(slug))
    return [AlsoSeen(answer=answer, source=sources[slug]) for answer, slugs in chosen.items() for slug in sorted(slugs)]


def _unused_hash(what: str, survey: Survey, number: int) -> str:
    """Return a hash that no form and no receipt has: nobody can withdraw an invented answer."""
    return hashlib.sha256(f"demonstration {what} {survey.code} {number}".encode()).hexdigest()
