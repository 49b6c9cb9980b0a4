"""What a survey shows to an applicant, and what its answers say to HR."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from analytics.models import AnswerMonth, Survey, SurveyAnswer, SurveyCode
from analytics.queries.selection import Selection
from analytics.queries.survey_posts import ShownPost, posts_of
from foundation.clock import OSLO
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Municipality, MunicipalitySettings, Source
from recruitment.queries.looks import Look, look_of

# An applicant's own words are never kept longer than this, whatever the municipality decided for the answers (P10).
OWN_WORDS_MONTHS = 12
# Interviews are over long before; what is typed later is remembered wrongly.
ASKED_UNTIL = timedelta(days=183)
# As many places as one can look through on a phone in some seconds.
MOST_PLACES = 20


@dataclass(frozen=True)
class SurveyPage:
    """What the public form needs. Read in one go, so that no municipality is entered while the page is drawn."""

    municipality: Municipality
    survey_id: int
    code: str
    job_name: str
    language: str
    closes_date: date
    is_open: bool
    sources: tuple[Source, ...]
    posts: tuple[ShownPost, ...]
    retention_months: int
    accessibility_url: str
    look: Look


def survey_page(*, code: str, today: date) -> SurveyPage | None:
    """Return the survey with this code, whichever municipality's it is, or None. `today` is the day in Norway."""
    code = code.lower()
    # A code from outside reaches the database only when it looks like one.
    if not (code.isascii() and code.isalnum() and len(code) <= 12):
        return None
    place = SurveyCode.objects.select_related("municipality").filter(code=code).first()
    if place is None:
        return None
    with tenant(place.municipality_id):
        survey = Survey.objects.select_related("job__workplace").get(pk=place.survey_id)
        decided = MunicipalitySettings.objects.first() or MunicipalitySettings()
        return SurveyPage(
            municipality=place.municipality,
            survey_id=survey.pk,
            code=code,
            job_name=name_of(survey.job),
            language=survey.job.language,
            closes_date=survey.closes_date,
            is_open=survey.is_open and survey.closes_date >= today,
            sources=asked_about(),
            posts=posts_of(job=survey.job),
            retention_months=decided.retention_months,
            accessibility_url=decided.accessibility_url,
            look=look_of(place.municipality, decided),
        )


def asked_about() -> tuple[Source, ...]:
    """
    Return the sources that applicants choose from: the first places in use of the list, «somewhere else», «unknown».

    A form with thousands of rows would be answered by nobody: what is not on it is written under «somewhere else».
    """
    in_use = Source.objects.filter(is_active=True)
    places = in_use.filter(kind=Source.Kind.PLACE)[:MOST_PLACES]
    return (*places, *in_use.exclude(kind=Source.Kind.PLACE))


def name_of(job: JobPosting) -> str:
    """Return what applicants know a vacancy by: its title, and the workplace unless the title says it."""
    workplace = job.workplace.name
    return job.title if workplace.casefold() in job.title.casefold() else f"{job.title}, {workplace}"


def retention_months() -> int:
    """Return for how many months the entered municipality keeps answers."""
    settings = MunicipalitySettings.objects.first()
    return (settings or MunicipalitySettings()).retention_months


def kept_from(*, months: int, now: datetime) -> date:
    """Return the first day (UTC) whose answers are kept: the same day `months` months ago, or that month's last."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last_of_month = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(now.day, last_of_month))


def are_all_kept(*, job: JobPosting, now: datetime) -> bool:
    """Whether every answer a vacancy can have got is kept still; if not, none may mean deleted. One query."""
    return job.created_at.astimezone(OSLO).date() >= kept_from(months=retention_months(), now=now)


def answers_by_source(*, job: JobPosting) -> dict[int, int]:
    """Return how many answers name each source first, by source id. For HR alone: exact and live (R10)."""
    rows = SurveyAnswer.objects.filter(survey__job=job).values("first_source").annotate(n=Count("pk")).order_by()
    return {row["first_source"]: row["n"] for row in rows}


def own_words(*, job: JobPosting) -> list[str]:
    """Return what applicants wrote, in alphabetical order, which says nothing of when. For HR alone."""
    answers = SurveyAnswer.objects.filter(survey__job=job).exclude(free_text="")
    return list(answers.order_by("free_text").values_list("free_text", flat=True))


@dataclass(frozen=True)
class KeptMonth:
    """How many of a month's deleted answers named each source first, most first."""

    month: date
    said: list[tuple[Source, int]]

    @property
    def n_answers(self) -> int:
        """How many answers there were."""
        return sum(n for _, n in self.said)


def kept_months(selection: Selection) -> list[KeptMonth]:
    """
    Return what is kept of deleted answers, newest month first. For HR alone: exact (R10, R11). One query.

    A kept month belongs to no vacancy, so a selection of some vacancies has none.
    """
    if selection.is_narrowed:
        return []
    period = selection.period
    kept = AnswerMonth.objects.filter(month__range=(period.first_day.replace(day=1), period.last_day))
    if selection.channel_id:
        kept = kept.filter(source__channel=selection.channel_id)
    months: dict[date, list[tuple[Source, int]]] = {}
    for row in kept.select_related("source").order_by("-month", "-n_answers", "source__position"):
        months.setdefault(row.month, []).append((row.source, row.n_answers))
    return [KeptMonth(month, said) for month, said in months.items()]


def may_be_asked(job: JobPosting, *, today: date) -> bool:
    """Return whether applicants may still be asked at the interview, on this Norwegian day."""
    return today <= job.deadline_date + ASKED_UNTIL


@dataclass(frozen=True)
class PrivacyNotice:
    """What the privacy notice of a municipality is made from."""

    municipality: Municipality
    retention_months: int
    own_words_months: int
    fewest_together: int
    privacy_url: str
    accessibility_url: str
    look: Look


def privacy_notice(*, number: str) -> PrivacyNotice | None:
    """Return the notice of the municipality with this number; None when it does not use Kanalkompass."""
    if not (number.isascii() and number.isdigit() and len(number) == 4):
        return None
    municipality = Municipality.objects.filter(number=number).first()
    if municipality is None:
        return None
    with tenant(municipality.pk):
        settings = MunicipalitySettings.objects.first()
    if settings is None:
        return None
    return PrivacyNotice(
        municipality=municipality,
        retention_months=settings.retention_months,
        own_words_months=min(settings.retention_months, OWN_WORDS_MONTHS),
        fewest_together=settings.release_threshold,
        privacy_url=settings.privacy_url,
        accessibility_url=settings.accessibility_url,
        look=look_of(municipality, settings),
    )
