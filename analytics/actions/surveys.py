"""Open a vacancy's survey, take answers once, and let the applicant withdraw hers."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db import IntegrityError, transaction
from redis.exceptions import RedisError

from analytics import masking
from analytics.actions import survey_tokens
from analytics.actions.survey_tokens import FormToken
from analytics.models import AlsoSeen, Survey, SurveyAnswer, SurveyCode
from analytics.queries import survey_posts
from foundation import codes
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Source

OPEN_AFTER_DEADLINE = timedelta(days=14)
CODE_TRIES = 5
LONGEST_PLACE = 80


class SurveyClosed(Exception):
    """The survey takes no more answers."""


class Withdrawn(Exception):
    """The answer of this form was given and withdrawn; it is not stored again."""


class NoSuchAnswer(LookupError):
    """No answer has this receipt: the code is wrong, or the answer is gone already."""


@dataclass(frozen=True)
class Given:
    """
    What an applicant answered. Sources are slugs of the municipality's list; the two texts are not masked yet.

    `elsewhere` is kept when `first` is «somewhere else» only. `remembered` is the code of a post's link.
    """

    first: str
    elsewhere: str = ""
    also: tuple[str, ...] = ()
    decisive: str = ""
    interests: tuple[str, ...] = ()
    remembered: str = ""
    followed: str = ""
    own_words: str = ""
    language: str = "nb"
    mode: str = SurveyAnswer.Mode.LINK


@dataclass(frozen=True)
class Receipt:
    """What the thank-you page shows. `is_repeat`: the form had been answered before, and that answer stands."""

    code: str = field(repr=False)
    is_repeat: bool
    n_masked: int = 0


def closes_on(job: JobPosting) -> date:
    """Return the last Norwegian day on which a vacancy's survey is open, unless somebody decides otherwise."""
    return job.deadline_date + OPEN_AFTER_DEADLINE


def ensure_survey(*, job: JobPosting) -> Survey:
    """
    Return the vacancy's survey, made if there is none. A deadline that was moved out moves the closing too.

    Called when a vacancy is registered and where its survey is shown; calling it again changes nothing.
    """
    survey = Survey.objects.filter(job=job).first() or _open_survey(job)
    if survey.closes_date < closes_on(job):
        survey.closes_date = closes_on(job)
        survey.save(update_fields=["closes_date"])
    return survey


def _open_survey(job: JobPosting) -> Survey:
    for _ in range(CODE_TRIES):
        code = codes.new_code(survey_tokens.SURVEY_CODE_LENGTH)
        try:
            with transaction.atomic():
                survey = Survey.objects.create(job=job, code=code, closes_date=closes_on(job))
                SurveyCode.objects.create(code=code, municipality_id=survey.municipality_id, survey_id=survey.pk)
                return survey
        except IntegrityError:
            # Somebody else made it at the same moment; else the code was taken, and the next one is tried.
            if found := Survey.objects.filter(job=job).first():
                return found
    raise RuntimeError("No free code for a survey")


def receipt_of(token: FormToken) -> Receipt | None:
    """Return the receipt of the answer that this form has given in the entered municipality, or None."""
    if SurveyAnswer.objects.filter(token_hash=token.answer_hash).exists():
        return Receipt(code=codes.in_groups(token.receipt), is_repeat=True)
    return None


def store_answer(
    *, municipality_id: int, survey_id: int, token: FormToken, given: Given, now: datetime, today: date
) -> Receipt:
    """
    Store one answer, once for each form; it is committed when this returns (P9).

    :raises SurveyClosed: the survey was closed meanwhile
    :raises Withdrawn: the form's answer was withdrawn
    """
    if _is_withdrawn(token.answer_hash):
        raise Withdrawn
    with tenant(municipality_id):
        survey = Survey.objects.get(pk=survey_id)
        if not survey.is_open or survey.closes_date < today:
            raise SurveyClosed
        _, is_new, n_masked = keep(survey=survey, token=token, given=given, now=now)
    return Receipt(code=codes.in_groups(token.receipt), is_repeat=not is_new, n_masked=n_masked if is_new else 0)


def keep(*, survey: Survey, token: FormToken, given: Given, now: datetime) -> tuple[SurveyAnswer, bool, int]:
    """
    Keep an answer of the entered municipality; return it, whether it is new, and how many pieces were masked.

    Kept are the choices, the masked words, the language, how it was asked, and the hour; nothing about who answered.
    """
    words, elsewhere = masking.mask(given.own_words), masking.mask(given.elsewhere)
    slugs = {given.first, given.decisive, *given.also}
    sources = {source.slug: source for source in Source.objects.filter(slug__in=slugs)}
    first = sources[given.first]
    is_elsewhere = first.kind == Source.Kind.ELSEWHERE
    answer, is_new = SurveyAnswer.objects.get_or_create(
        token_hash=token.answer_hash,
        defaults={
            "survey": survey,
            "first_source": first,
            "elsewhere": elsewhere.text[:LONGEST_PLACE] if is_elsewhere else "",
            "decisive_source": sources.get(given.decisive),
            "interests": list(given.interests),
            "remembered_id": survey_posts.post_id_of(code=given.remembered, job=survey.job),
            "followed": given.followed,
            "free_text": words.text,
            "mode": given.mode,
            "language": given.language,
            "answered_hour": now.replace(minute=0, second=0, microsecond=0),
            "receipt_hash": survey_tokens.receipt_hash(token.receipt),
        },
    )
    if is_new:
        also = [sources[slug] for slug in dict.fromkeys(given.also) if slug != given.first]
        AlsoSeen.objects.bulk_create(AlsoSeen(answer=answer, source=source) for source in also)
    return answer, is_new, words.n_masked + (elsewhere.n_masked if is_elsewhere else 0)


def withdraw(*, receipt: str) -> None:
    """
    Delete the answer with this receipt code, as the applicant typed it.

    :raises NoSuchAnswer: no answer has it
    """
    code = codes.typed(receipt)
    if len(code) != survey_tokens.SURVEY_CODE_LENGTH + survey_tokens.SECRET_LENGTH or not codes.is_code(code):
        raise NoSuchAnswer
    place = SurveyCode.objects.filter(code=code[: survey_tokens.SURVEY_CODE_LENGTH]).first()
    if place is None:
        raise NoSuchAnswer
    with tenant(place.municipality_id):
        answer = SurveyAnswer.objects.filter(receipt_hash=survey_tokens.receipt_hash(code)).first()
        if answer is None:
            raise NoSuchAnswer
        _remember_withdrawn(answer.token_hash)
        answer.delete()


def _remember_withdrawn(token_hash: str) -> None:
    # A thank-you page that is loaded again after the withdrawal must not bring the answer back. Only the form's
    # hash is kept, for as long as the form itself is valid.
    try:
        cache.set(f"survey-withdrawn:{token_hash}", 1, timeout=survey_tokens.VALID_S)
    except RedisError:
        return


def _is_withdrawn(token_hash: str) -> bool:
    try:
        return cache.get(f"survey-withdrawn:{token_hash}") is not None
    except RedisError:
        return False
