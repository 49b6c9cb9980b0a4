"""
The applicant's pages. Public, without any cookie, and nothing about the visitor is stored (R8, R13, P9).

They are exempt from the CSRF cookie because a cookie is what they must not set: the signed one-time token of the form
takes its place, and there is no session that a forged request could misuse.
"""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from analytics.actions import survey_tokens, surveys
from analytics.forms.surveys import MAX_WORDS, SurveyForm, WithdrawForm
from analytics.models import SurveyAnswer
from analytics.queries import surveys as queries
from foundation import clock, limits
from foundation.tenancy import tenant

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
# Per form: a person who clicks in vain. Per address: whole town halls share one, so only floods are stopped.
PER_FORM = {"limit": 10, "window_s": 60}
PER_ADDRESS = {"limit": 300, "window_s": 60}
UNUSABLE_PER_ADDRESS = {"limit": 60, "window_s": 60}
WITHDRAWALS_PER_ADDRESS = {"limit": 20, "window_s": 60}
SHOWN_BACK = 2000
# What the link in an application form says of itself.
ASKED_IN_FORM = "skjema"

Mode = SurveyAnswer.Mode
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Draw a public page: no cookie, no referrer onwards, no copy in a cache or a search engine, 429 when too often."""

    @csrf_exempt
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except limits.TooOften as problem:
            response = _draw(request, "analytics/survey_wait.html", {"seconds": problem.retry_after_s}, status=429)
            response.headers["Retry-After"] = str(problem.retry_after_s)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def _draw(
    request: HttpRequest, template: str, context: dict[str, Any], *, default: str = "nb", status: int = 200
) -> HttpResponse:
    language = _language(request, default)
    with translation.override(language):
        kept = {"m": ASKED_IN_FORM} if _mode(request) == Mode.FORM else {}
        languages = [
            {"code": code, "name": name, "is_here": code == language, "query": urlencode({"sprak": code} | kept)}
            for code, name in LANGUAGES.items()
        ]
        context = {**context, "languages": languages, "sprak": language, "query": urlencode({"sprak": language} | kept)}
        response = render(request, template, context, status=status)
        response.headers["Content-Language"] = language
    return response


def _language(request: HttpRequest, default: str) -> str:
    asked = request.GET.get("sprak", "")
    return asked if asked in LANGUAGES else default


def _mode(request: HttpRequest) -> str:
    """Return how the applicant came here: from the application form, whose link says so, or by link or QR code."""
    return Mode.FORM if request.GET.get("m") == ASKED_IN_FORM else Mode.LINK


@public_page
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """Show the questions; a POST stores the answer once and shows the receipt. `forst` ticks a first answer."""
    page = queries.survey_page(code=code, today=clock.today())
    if page is None:
        return _draw(request, "analytics/survey_unknown.html", {}, status=404)
    with translation.override(_language(request, page.language)):
        if request.method == "POST":
            return _answer(request, page)
        if not page.is_open:
            return _closed(request, page)
        return _form(request, page, survey_tokens.new_token(page.code))


def _form(
    request: HttpRequest,
    page: queries.SurveyPage,
    token: survey_tokens.FormToken,
    form: SurveyForm | None = None,
    problem: str = "",
) -> HttpResponse:
    form = form or _questions(request, page, token)
    status = 422 if problem or form.is_bound else 200
    context = {"page": page, "token": token.text, "form": form, "problem": problem}
    return _draw(request, "analytics/survey.html", context, default=page.language, status=status)


def _questions(
    request: HttpRequest, page: queries.SurveyPage, token: survey_tokens.FormToken, data: QueryDict | None = None
) -> SurveyForm:
    ticked = {"first": request.GET.get("forst", "")}
    return SurveyForm(data, sources=page.sources, posts=page.posts, seed=token.nonce, initial=ticked)


def _closed(request: HttpRequest, page: queries.SurveyPage) -> HttpResponse:
    context = {"page": page, "was_answering": request.method == "POST"}
    return _draw(request, "analytics/survey_closed.html", context, default=page.language, status=410)


def _thanks(request: HttpRequest, page: queries.SurveyPage, receipt: surveys.Receipt | None) -> HttpResponse:
    context = {"page": page, "receipt": receipt}
    return _draw(request, "analytics/survey_thanks.html", context, default=page.language)


def _answer(request: HttpRequest, page: queries.SurveyPage) -> HttpResponse:
    address = limits.whose_address(request)
    token = survey_tokens.read_token(request.POST.get("token", "")[:500], survey_code=page.code)
    if token is None:
        limits.count_leniently("survey-unusable", address, **UNUSABLE_PER_ADDRESS)
        if not page.is_open:
            return _closed(request, page)
        return _again(request, page, _("The form could not be used. Check your answers and send again."))
    limits.count_leniently("survey-form", token.answer_hash, **PER_FORM)
    with tenant(page.municipality.pk):
        receipt = surveys.receipt_of(token)
    if receipt:
        return _thanks(request, page, receipt)
    if not page.is_open:
        return _closed(request, page)
    if token.is_expired:
        return _again(
            request, page, _("The form had been open for more than a day. Check your answers and send again.")
        )
    form = _questions(request, page, token, _shortened(request.POST))
    if not form.is_valid():
        return _form(request, page, token, form)
    limits.count_leniently("survey-answers", f"{address}:{page.code}", **PER_ADDRESS)
    return _store(request, page, token, form)


def _store(
    request: HttpRequest, page: queries.SurveyPage, token: survey_tokens.FormToken, form: SurveyForm
) -> HttpResponse:
    try:
        receipt = surveys.store_answer(
            municipality_id=page.municipality.pk,
            survey_id=page.survey_id,
            token=token,
            given=form.given(language=_language(request, page.language), mode=_mode(request)),
            now=clock.now(),
            today=clock.today(),
        )
    except surveys.SurveyClosed:
        return _closed(request, page)
    except surveys.Withdrawn:
        return _draw(request, "analytics/survey_withdrawn.html", {"page": page}, default=page.language, status=410)
    return _thanks(request, page, receipt)


def _again(request: HttpRequest, page: queries.SurveyPage, problem: str) -> HttpResponse:
    """Show the form anew, under a new token, with what was answered."""
    token = survey_tokens.new_token(page.code)
    return _form(request, page, token, _questions(request, page, token, _shortened(request.POST)), problem)


def _shortened(data: QueryDict) -> QueryDict:
    """Return what was sent, with texts that are far too long cut, so that they are not sent back whole."""
    cut = data.copy()
    for name in ("own_words", "elsewhere"):
        if len(data.get(name, "")) > SHOWN_BACK:
            cut[name] = data.get(name, "")[:SHOWN_BACK]
    return cut


@public_page
@require_safe
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Thank somebody who comes back. The receipt is shown right after answering only: it stands in no address."""
    page = queries.survey_page(code=code, today=clock.today())
    if page is None:
        return _draw(request, "analytics/survey_unknown.html", {}, status=404)
    return _thanks(request, page, None)


@public_page
def withdraw(request: HttpRequest) -> HttpResponse:
    """Delete an answer by its receipt code."""
    if request.method != "POST":
        return _draw(request, "analytics/survey_withdraw.html", {"form": WithdrawForm()})
    limits.count("survey-withdraw", limits.whose_address(request), **WITHDRAWALS_PER_ADDRESS)
    with translation.override(_language(request, "nb")):
        form = WithdrawForm(request.POST)
        if form.is_valid():
            with suppress(surveys.NoSuchAnswer):
                surveys.withdraw(receipt=form.cleaned_data["code"])
                return _draw(request, "analytics/survey_withdrawn.html", {})
            form.add_error("code", _("No answer has this code. It may be mistyped, or the answer is deleted already."))
        return _draw(request, "analytics/survey_withdraw.html", {"form": form}, status=422)


@public_page
@require_safe
def privacy(request: HttpRequest, number: str) -> HttpResponse:
    """Tell what the survey keeps, for how long and why, from the configuration that runs."""
    notice = queries.privacy_notice(number=number)
    if notice is None:
        return _draw(request, "analytics/survey_unknown.html", {}, status=404)
    context = {"notice": notice, "max_words": MAX_WORDS, "withdraw_url": reverse("survey_withdraw")}
    return _draw(request, "analytics/privacy.html", context, default=notice.municipality.language)
