"""A vacancy's survey as the municipality's own people see it: the link, the QR code, and for HR what was answered."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from analytics.actions import survey_tokens, surveys
from analytics.forms.surveys import SurveyForm
from analytics.models import Survey
from analytics.queries import outcomes
from analytics.queries import surveys as queries
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
    """Show the form as applicants see it, without a token: it cannot be sent from here."""
    job = get_object_or_404(JobPosting.objects.select_related("workplace"), pk=job_id)
    survey = surveys.ensure_survey(job=job)
    is_hr = request.membership.role in HR
    sources = list(Source.objects.filter(is_active=True))
    context = {
        "job": job,
        "survey": survey,
        "address": address_of(survey),
        "is_open": survey.is_open and survey.closes_date >= clock.today(),
        "form": SurveyForm(sources=sources, seed=survey_tokens.new_token(survey.code).nonce),
        "is_hr": is_hr,
        "said": outcomes.said_about(job=job) if is_hr else None,
        "own_words": queries.own_words(job=job) if is_hr else [],
    }
    if context["own_words"]:
        record(Act.ANSWERS_READ, obj=job)
    return render(request, "analytics/survey_preview.html", context)


@require_safe
def survey_qr(request: MemberRequest, job_id: int, kind: str) -> HttpResponse:
    """Return the QR code of a vacancy's survey as SVG or PNG."""
    if kind not in KINDS:
        raise Http404
    job = get_object_or_404(JobPosting, pk=job_id)
    survey = surveys.ensure_survey(job=job)
    draw, content_type = KINDS[kind]
    response = HttpResponse(draw(address_of(survey)), content_type=content_type)
    patch_cache_control(response, private=True, max_age=3600)
    if "last" in request.GET:
        response.headers["Content-Disposition"] = f'attachment; filename="{job.reference}-{survey.code}.{kind}"'
    return response
