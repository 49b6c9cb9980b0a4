"""A vacancy's survey as the municipality's own people see it: how to ask, the texts for it, and what was answered."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import hidden_texts, survey_texts
from analytics.actions import survey_tokens, surveys
from analytics.forms.surveys import SurveyForm
from analytics.models import Survey
from analytics.queries import survey_status
from analytics.queries import surveys as queries
from analytics.queries.ledger import threshold
from analytics.queries.survey_posts import posts_of
from analytics.views.surveys import ASKED_IN_FORM, LANGUAGES
from audit import record
from audit.acts import Act
from channels import qr
from foundation import clock
from recruitment.doors import HR, MemberRequest
from recruitment.models import JobPosting, Source

KINDS = {"svg": (qr.svg, "image/svg+xml"), "png": (qr.png, "image/png")}


def address_of(survey: Survey) -> str:
    """Return the public address of a survey."""
    return settings.SITE_URL + reverse("survey", kwargs={"code": survey.code})


@require_safe
def survey_preview(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show how applicants are asked, with texts to copy; to HR what they answered. Nothing can be sent from here."""
    job = _job(job_id)
    survey = surveys.ensure_survey(job=job)
    asked = queries.asked_about()
    language = _language(request, job)
    is_hr = request.membership.role in HR
    context = {
        "crumbs": crumbs(request, job, _("Ask the applicants")),
        "job": job,
        "survey": survey,
        "address": address_of(survey),
        "is_open": survey.is_open and survey.closes_date >= clock.today(),
        "form": SurveyForm(sources=asked, posts=posts_of(job=job), seed=survey_tokens.new_token(survey.code).nonce),
        "is_hr": is_hr,
        "may_interview": is_hr and queries.may_be_asked(job, today=clock.today()),
        **_texts(request, job, survey, asked, language),
        **(_answered(job) if is_hr else {"waiting": hidden_texts.waiting(threshold())}),
    }
    if context.get("own_words"):
        record(Act.ANSWERS_READ, obj=job)
    return render(request, "analytics/survey_preview.html", context)


def _texts(
    request: MemberRequest, job: JobPosting, survey: Survey, asked: tuple[Source, ...], language: str
) -> dict[str, Any]:
    """Return what is copied from the page, in the language that is asked for."""
    places = [source for source in asked if source.kind != Source.Kind.UNKNOWN]
    return {
        "languages": [(code, name, code == language) for code, name in LANGUAGES.items()],
        "language": language,
        "invitations": survey_texts.invitations(
            job_name=queries.name_of(job),
            municipality=request.municipality.name,
            address=survey_texts.address_in(language, address=address_of(survey), default=job.language),
            language=language,
        ),
        "snippets": survey_texts.snippets(
            sources=places, address=address_of(survey), language=language, default=job.language, mode=ASKED_IN_FORM
        ),
    }


def _answered(job: JobPosting) -> dict[str, Any]:
    """Return what was answered: exact and live, for HR alone (R10)."""
    status = survey_status.status_of(job=job, now=clock.now())
    return {
        "status": status,
        "retention_months": queries.retention_months(),
        "modes": [(survey_status.Mode(mode).label, n) for mode, n in status.by_mode.items()],
        "spoken": [(LANGUAGES.get(language, language), n) for language, n in status.by_language.items()],
        "said": survey_status.said_of(job=job) if status.n_answers else None,
        "own_words": queries.own_words(job=job),
    }


@require_safe
def survey_notice(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show a sheet to print and hang up: the question, the QR code and the address, in one language."""
    job = _job(job_id)
    survey = surveys.ensure_survey(job=job)
    language = _language(request, job)
    address = address_of(survey)
    context = {
        "crumbs": crumbs(request, job, _("Notice to print")),
        "job": job,
        "job_name": queries.name_of(job),
        "language": language,
        "languages": [(code, name, code == language) for code, name in LANGUAGES.items()],
        "shown_address": address.partition("://")[2],
        "query": urlencode({"tekst": language}),
    }
    with translation.override(language):
        context |= {
            "question": _("Where did you see the position?"),
            "invitation": _("Have you applied? Tell us in less than a minute where you saw the position."),
            "promise": _("Voluntary and anonymous. It has nothing to do with how your application is assessed."),
            "how": _("Scan the code, or write the address in your browser:"),
        }
    return render(request, "analytics/survey_notice.html", context)


@require_safe
def survey_qr(request: MemberRequest, job_id: int, kind: str) -> HttpResponse:
    """Return the QR code of a vacancy's survey as SVG or PNG; `tekst` says in which language the form is to open."""
    if kind not in KINDS:
        raise Http404
    job = _job(job_id)
    survey = surveys.ensure_survey(job=job)
    draw, content_type = KINDS[kind]
    asked = request.GET.get("tekst", "")
    language = asked if asked in LANGUAGES else job.language
    address = survey_texts.address_in(language, address=address_of(survey), default=job.language)
    response = HttpResponse(draw(address), content_type=content_type)
    patch_cache_control(response, private=True, max_age=3600)
    if "last" in request.GET:
        response.headers["Content-Disposition"] = f'attachment; filename="{job.reference}-{survey.code}.{kind}"'
    return response


def crumbs(request: MemberRequest, job: JobPosting, here: str) -> list[tuple[str, str]]:
    """Return the way to a page below a vacancy's survey."""
    number = request.municipality.number
    return [
        (_("Vacancies"), reverse("jobs", kwargs={"number": number})),
        (job.title, reverse("job", kwargs={"number": number, "job_id": job.pk})),
        (here, ""),
    ]


def _job(job_id: int) -> JobPosting:
    return get_object_or_404(JobPosting.objects.select_related("workplace"), pk=job_id)


def _language(request: MemberRequest, job: JobPosting) -> str:
    asked = request.GET.get("tekst", "")
    return asked if asked in LANGUAGES else job.language
