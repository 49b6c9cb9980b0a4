"""Vacancies that need HR: not announced, near the deadline, unanswered surveys, missing outcomes and costs."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.forms.periods import twelve_months
from analytics.models import Cost, JobCount, Outcome, Survey, SurveyAnswer
from analytics.queries.lacking import lacking
from analytics.queries.selection import Selection
from foundation import formats
from kanalkompass.attention.tasks import MOST_OF_KIND, SOON, TODAY, Task, bounded
from recruitment.models import JobPosting

DEADLINE_WITHIN_DAYS = 3
COSTS_FOR_DAYS = 120
MOST_OPEN = 50
# A response below this, of so many applicants at least, is worth asking once more for while the survey is open.
LOW_RESPONSE, RESPONSE_OF = 0.30, 10


@dataclass(frozen=True)
class VacancyState:
    """
    A vacancy and what is known of it: for HR alone, exact and live (R10).

    `n_answers` is None without a survey; `n_applied` is None when nobody has counted; `is_asking` tells whether the
    survey still takes answers.
    """

    job: JobPosting
    n_answers: int | None
    n_applied: int | None
    is_asking: bool
    has_outcome: bool
    has_cost: bool

    @property
    def is_low(self) -> bool:
        """Whether few of many have answered a survey that is still open."""
        if not self.is_asking or self.n_answers is None or not self.n_applied or self.n_applied < RESPONSE_OF:
            return False
        return self.n_answers < LOW_RESPONSE * self.n_applied


def vacancy_states(*, today: date) -> tuple[list[VacancyState], list[VacancyState]]:
    """
    Return the open vacancies, nearest deadline first, and of those closed in the last four months, oldest first, the
    ones that may need somebody: without a cost, or still asked about.

    Six queries, however many vacancies. For HR alone.
    """
    jobs = JobPosting.objects.annotate(has_cost=Exists(Cost.objects.filter(job=OuterRef("pk"))))
    is_open = list(jobs.filter(deadline_date__gte=today).order_by("deadline_date", "id")[:MOST_OPEN])
    since = today - timedelta(days=COSTS_FOR_DAYS)
    is_asked = Exists(Survey.objects.filter(job=OuterRef("pk"), is_open=True, closes_date__gte=today))
    closed_lately = jobs.filter(deadline_date__lt=today, deadline_date__gte=since)
    closed = list(closed_lately.filter(Q(has_cost=False) | is_asked).order_by("deadline_date", "id"))
    ids = [job.pk for job in [*is_open, *closed]]
    outcomes = Outcome.objects.filter(job_id__in=ids).order_by().values("job_id")
    counted = {
        row["job_id"]: (row["n_applied"], bool(row["n_counted"]))
        for row in outcomes.annotate(n_applied=Sum("applied"), n_counted=Count("pk", filter=Q(qualified__isnull=False)))
    }
    # The vacancy's own count holds those of unknown source too, here as on the survey's page.
    whole = dict(JobCount.objects.filter(job_id__in=ids, applied__isnull=False).values_list("job_id", "applied"))
    answers = dict(
        SurveyAnswer.objects.filter(survey__job_id__in=ids)
        .order_by()
        .values_list("survey__job_id")
        .annotate(Count("pk"))
    )
    surveys = {survey.job_id: survey for survey in Survey.objects.filter(job_id__in=ids)}

    def state_of(job: JobPosting) -> VacancyState:
        survey, (n_applied, has_outcome) = surveys.get(job.pk), counted.get(job.pk, (None, False))
        return VacancyState(
            job=job,
            n_answers=answers.get(job.pk, 0) if survey else None,
            n_applied=whole.get(job.pk, n_applied),
            is_asking=survey is not None and survey.is_open and survey.closes_date >= today,
            has_outcome=has_outcome,
            has_cost=vars(job)["has_cost"],
        )

    return [state_of(job) for job in is_open], [state_of(job) for job in closed]


@dataclass(frozen=True)
class Lacking:
    """A vacancy that lacks its outcome; `n_missing` sources lack a number, 0 when nothing is registered."""

    job: JobPosting
    n_missing: int
    has_cost: bool


def lacking_outcomes(*, today: date) -> list[Lacking]:
    """Return the vacancies of the last twelve months that lack outcomes, the oldest deadline first. One query."""
    jobs = lacking(selection=Selection(twelve_months(today)), today=today).annotate(
        has_cost=Exists(Cost.objects.filter(job=OuterRef("pk"))), n_missing=F("job_count__n_missing")
    )
    return [Lacking(job, vars(job)["n_missing"] or 0, vars(job)["has_cost"]) for job in jobs]


def vacancy_tasks(
    *,
    open_ones: list[VacancyState],
    closed: list[VacancyState],
    missing: list[Lacking],
    number: str,
    today: date,
) -> list[Task]:
    """Return what the vacancies need of HR."""
    tasks: list[Task] = []
    for each in open_ones:
        if not each.job.may_be_marketed:
            tasks.append(_not_announced(each.job, number=number))
        elif (each.job.deadline_date - today).days <= DEADLINE_WITHIN_DAYS:
            tasks.append(_near_deadline(each, number=number))
    jobs_url = reverse("jobs", kwargs={"number": number})
    tasks += bounded(
        [_outcome_missing(each, number=number) for each in missing],
        rest=lambda n_more: _outcomes_rest(n_more, len(missing), url=f"{jobs_url}?mangler=utfall"),
    )
    unpaid = [each for each in closed if each.has_outcome and not each.has_cost]
    tasks += bounded(
        [_cost_missing(each.job, number=number) for each in unpaid],
        rest=lambda n_more: _costs_rest(n_more, url=f"{jobs_url}?mangler=kostnad"),
    )
    low = [each for each in [*open_ones, *closed] if each.is_low]
    return tasks + [_low_response(each, number=number) for each in low[:MOST_OF_KIND]]


def _not_announced(job: JobPosting, *, number: str) -> Task:
    return Task(
        TODAY,
        "calendar",
        _("Not announced"),
        _("deadline %s") % formats.day(job.deadline_date),
        job.title,
        _("It may be marketed when the public announcement and the internal notice are recorded."),
        _("Record"),
        reverse("job", kwargs={"number": number, "job_id": job.pk}),
    )


def _near_deadline(each: VacancyState, *, number: str) -> Task:
    if each.n_answers == 0 and each.is_asking:
        return Task(
            SOON,
            "talk",
            _("No answers"),
            _("deadline %s") % formats.day(each.job.deadline_date),
            each.job.title,
            _("Nobody has answered the survey yet. Does the application form ask for it?"),
            _("See the survey"),
            reverse("survey_preview", kwargs={"number": number, "job_id": each.job.pk}),
        )
    return Task(
        SOON,
        "calendar",
        _("Deadline"),
        formats.day(each.job.deadline_date),
        each.job.title,
        _("Look at how the announcement has been seen so far."),
        _("See the vacancy"),
        reverse("job", kwargs={"number": number, "job_id": each.job.pk}),
    )


def _outcome_missing(each: Lacking, *, number: str) -> Task:
    reason = _("Register how many qualified applicants came from each source.")
    if each.n_missing:
        text = ngettext(
            "The number of qualified is missing for one source. Until it is there, the vacancy counts nowhere.",
            "The number of qualified is missing for %(n)s sources. Until it is there, the vacancy counts nowhere.",
            each.n_missing,
        )
        reason = text % {"n": formats.in_words(each.n_missing)}
    if not each.has_cost:
        reason += " " + _("No cost is registered either.")
    return Task(
        SOON,
        "person",
        _("Outcome"),
        _("the deadline was %s") % formats.day(each.job.deadline_date),
        each.job.title,
        reason,
        _("Register"),
        reverse("job_outcomes", kwargs={"number": number, "job_id": each.job.pk}),
    )


def _outcomes_rest(n_more: int, n_all: int, *, url: str) -> Task:
    title = ngettext("One more vacancy lacks its outcome", "%(number)s more vacancies lack their outcome", n_more) % {
        "number": formats.in_words(n_more).capitalize()
    }
    reason = _("Their sources have no figures before the applicants are counted.")
    all_of_them = _("See all %(n)s") % {"n": formats.number(n_all)}
    return Task(SOON, "person", _("Outcome"), _("closed vacancies"), title, reason, all_of_them, url)


def _cost_missing(job: JobPosting, *, number: str) -> Task:
    return Task(
        SOON,
        "coins",
        _("Cost"),
        _("the deadline was %s") % formats.day(job.deadline_date),
        job.title,
        _("The announcement has been out, and no cost is registered. Register 0 kroner where it was free."),
        _("Register"),
        reverse("job_costs", kwargs={"number": number, "job_id": job.pk}),
    )


def _costs_rest(n_more: int, *, url: str) -> Task:
    title = ngettext(
        "One more vacancy has no cost registered", "%(number)s more vacancies have no cost registered", n_more
    ) % {"number": formats.in_words(n_more).capitalize()}
    reason = _("Without costs nobody can tell what a qualified applicant costs.")
    return Task(SOON, "coins", _("Cost"), _("closed vacancies"), title, reason, _("See the vacancies"), url)


def _low_response(each: VacancyState, *, number: str) -> Task:
    words = {"n": formats.number(each.n_answers), "of": formats.number(each.n_applied)}
    return Task(
        SOON,
        "talk",
        _("Few answers"),
        _("%(n)s of %(of)s have answered") % words,
        each.job.title,
        _("The survey is still open: send the invitation once more, or ask at the interviews."),
        _("See the survey"),
        reverse("survey_preview", kwargs={"number": number, "job_id": each.job.pk}),
    )
