"""HR asks at the interview: one answer after the other, quick by keyboard, as anonymous as every other answer."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from analytics.actions import survey_tokens, surveys
from analytics.forms.surveys import InterviewForm
from analytics.models import Survey, SurveyAnswer
from analytics.queries import surveys as queries
from analytics.queries.survey_posts import posts_of
from analytics.views.survey_of_job import crumbs
from foundation import clock
from recruitment.doors import MemberRequest
from recruitment.models import JobPosting
from recruitment.once import ChangedSinceSubmitted, submit_once

UNDO_SALT, UNDO_S = "analytics.interview-undo", 15 * 60


def survey_interview(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show the questions to HR and store one answer; `undo` takes the last one back."""
    job = get_object_or_404(JobPosting.objects.select_related("workplace"), pk=job_id)
    survey = surveys.ensure_survey(job=job)
    if not queries.may_be_asked(job, today=clock.today()):
        return _page(request, survey, None, status=410 if request.method == "POST" else 200)
    if request.method != "POST":
        return _page(request, survey, _form(survey))
    if "undo" in request.POST:
        return _undo(request, survey)
    form = _form(survey, request.POST)
    if not form.is_valid():
        return _page(request, survey, form, status=422)
    try:
        return submit_once(form, lambda: _store(request, survey, form), user=request.user)
    except ChangedSinceSubmitted as problem:
        form.add_error(None, str(problem))
        return _page(request, survey, form, status=422)


def _store(request: MemberRequest, survey: Survey, form: InterviewForm) -> str:
    answer, _is_new, _n_masked = surveys.keep(
        survey=survey,
        # Nobody is given the receipt: the applicant was asked in person, and HR can take the last one back.
        token=survey_tokens.new_token(survey.code),
        given=form.given(language=survey.job.language, mode=SurveyAnswer.Mode.INTERVIEW),
        now=clock.now(),
    )
    messages.success(request, _("The answer is stored. The form is ready for the next one."), extra_tags="toast")
    last = signing.dumps([survey.pk, answer.pk], salt=UNDO_SALT)
    return f"{_address(request, survey)}?{urlencode({'sist': last})}"


def _undo(request: MemberRequest, survey: Survey) -> HttpResponse:
    answer = _last(request.POST.get("undo", ""), survey)
    if answer is None:
        messages.warning(request, _("It is too late to take this answer back, or it is gone already."))
    else:
        answer.delete()
        messages.success(request, _("The answer is taken back."), extra_tags="toast")
    return redirect(_address(request, survey))


def _last(text: str, survey: Survey) -> SurveyAnswer | None:
    """Return the answer that a signed mark stands for while it may be taken back: one asked at an interview."""
    try:
        survey_id, answer_id = signing.loads(text[:300], salt=UNDO_SALT, max_age=UNDO_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if survey_id != survey.pk:
        return None
    asked = SurveyAnswer.objects.filter(survey=survey, mode=SurveyAnswer.Mode.INTERVIEW)
    return asked.select_related("first_source").filter(pk=answer_id).first()


def _form(survey: Survey, data: Any = None) -> InterviewForm:
    return InterviewForm(data, sources=queries.asked_about(), posts=posts_of(job=survey.job), seed="")


def _page(request: MemberRequest, survey: Survey, form: InterviewForm | None, *, status: int = 200) -> HttpResponse:
    asked = SurveyAnswer.objects.filter(survey=survey, mode=SurveyAnswer.Mode.INTERVIEW)
    context = {
        "crumbs": crumbs(request, survey.job, _("Asked at interview")),
        "job": survey.job,
        "form": form,
        "n_asked": asked.count(),
        "last": _last(request.GET.get("sist", ""), survey),
        "undo": request.GET.get("sist", ""),
    }
    return render(request, "analytics/survey_interview.html", context, status=status)


def _address(request: MemberRequest, survey: Survey) -> str:
    return reverse("survey_interview", kwargs={"number": request.municipality.number, "job_id": survey.job_id})
