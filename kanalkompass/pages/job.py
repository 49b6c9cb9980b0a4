"""A vacancy's workspace: what it says, what was done, its applicants and outcome, its links and costs."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics import source_texts, statistics
from analytics.queries import ledger, survey_status, surveys
from analytics.views.outcomes import outcome_form, told_of
from analytics.views.surveys import LANGUAGES
from channels.forms.places import PlaceForm
from foundation import clock, formats
from kanalkompass import queries
from kanalkompass.pages.job_forms import INVALID, job_or_404
from kanalkompass.timeline import Happening, campaigns_of, timeline
from kanalkompass.timeline_drawing import drawing, period
from recruitment import doors
from recruitment.actions import jobs as actions
from recruitment.doors import MemberRequest
from recruitment.forms import AnnouncementForm, ExemptionForm
from recruitment.models import JobPosting, Membership
from recruitment.queries import occupations

# Whatever of these the reader may open is offered on the page.
OFFERED = [
    "job_edit",
    "job_link",
    "job_announce",
    "job_outcomes",
    "job_costs",
    "cost_remove",
    "job_place_link",
    "job_campaign_end",
    "survey_preview",
    "survey_interview",
    "campaign_new",
    "campaigns",
    "post_new",
    "delivery",
]
COSTS_SHOWN = 5


@require_safe
def job(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show the workspace."""
    return page(request, job_or_404(job_id))


@require_POST
def job_announce(request: MemberRequest, job_id: int) -> HttpResponse:
    """R5: record the open announcement and the internal notice."""
    shown = job_or_404(job_id)
    form = AnnouncementForm(request.POST, today=clock.today())
    if not form.is_valid():
        return page(request, shown, announced=form, status=INVALID)
    actions.announce(job=shown, announcement=form.announcement())
    if shown.may_be_marketed:
        messages.success(request, _("The announcement is recorded. The vacancy may be marketed."))
    else:
        messages.warning(request, _("Stored. The vacancy may be marketed when both parts are recorded."))
    return redirect("job", number=request.municipality.number, job_id=shown.pk)


@require_POST
def job_exempt(request: MemberRequest, job_id: int) -> HttpResponse:
    """R5: record why the position is exempt from announcement, or take that back."""
    shown = job_or_404(job_id)
    if "withdraw" in request.POST:
        actions.withdraw_exemption(job=shown)
        messages.success(request, _("The exemption is taken back."))
        return redirect("job", number=request.municipality.number, job_id=shown.pk)
    form = ExemptionForm(request.POST)
    if not form.is_valid():
        return page(request, shown, exemption=form, status=INVALID)
    actions.exempt(job=shown, reason=form.cleaned_data["exemption_reason"], user=request.user)
    messages.success(request, _("The exemption is recorded with your name."))
    return redirect("job", number=request.municipality.number, job_id=shown.pk)


def page(
    request: MemberRequest,
    shown: JobPosting,
    *,
    announced: AnnouncementForm | None = None,
    exemption: ExemptionForm | None = None,
    place_form: PlaceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the workspace, with the form on it that was not accepted."""
    today = clock.today()
    may = {name: is_open_to(request.membership, name) for name in OFFERED}
    may["survey_interview"] = may["survey_interview"] and surveys.may_be_asked(shown, today=today)
    workspace = queries.workspace(job=shown, with_drafts=doors.is_open_to(request.membership, "post"), today=today)
    campaigns = campaigns_of(shown)
    budget = queries.budget_of(campaigns)
    context: dict[str, Any] = {
        "crumbs": [(_("Vacancies"), reverse("jobs", args=[request.municipality.number])), (shown.reference, "")],
        "job": shown,
        "occupation": occupations.name_of(shown.occupation),
        "today": today,
        "yesterday": today - timedelta(days=1),
        "is_open": shown.is_open(today),
        "version": queries.version_of(shown),
        "running": next((each for each in reversed(campaigns) if each.start_date <= today <= each.end_date), None),
        "budget": budget,
        "is_over_budget": bool(budget and budget.is_passed_by(workspace.spent.ore)),
        "workspace": workspace,
        "costs": workspace.costs[:COSTS_SHOWN],
        "totals": workspace.spent,
        "announced": announced or AnnouncementForm(today=today, initial=AnnouncementForm.initial_of(shown, today)),
        "exemption": exemption or ExemptionForm(initial={"exemption_reason": shown.exemption_reason}),
        "place_links": [row for row in workspace.links if row.link.place],
        "place_form": (place_form or PlaceForm()) if may["job_place_link"] else None,
        "may": may,
        **_done(request, shown, workspace),
        **_applicants(request, shown),
    }
    return render(request, "job.html", context, status=status)


def is_open_to(membership: Membership, name: str) -> bool:
    """Whether a route exists and the member may open it."""
    return name in doors.RULES and doors.is_open_to(membership, name)


def _done(request: MemberRequest, shown: JobPosting, workspace: queries.Workspace) -> dict[str, Any]:
    """Return the time line, as a picture and as rows with the addresses that the reader may open."""
    line = timeline(job=shown, deliveries=workspace.deliveries)
    rows = [
        {
            "lane": each.lane,
            "what": each.what,
            "detail": each.detail,
            "when": period(each),
            "kind": each.kind,
            "url": _url(request, each),
        }
        for each in line.happenings
    ]
    return {
        "happenings": rows,
        "drawing": drawing(line, deadline=shown.deadline_date, today=clock.today()),
        "too_long": line.too_long,
        "has_ads": any(each.kind == "ad" for each in line.happenings),
    }


def _url(request: MemberRequest, each: Happening) -> str:
    if each.link is None or not is_open_to(request.membership, each.link[0]):
        return ""
    route, key, pk = each.link
    return reverse(route, kwargs={"number": request.municipality.number, key: pk})


def _applicants(request: MemberRequest, shown: JobPosting) -> dict[str, Any]:
    """Return what was answered and counted: to HR exactly and live, to others what may be told to everybody (R10)."""
    if request.membership.role != Membership.Role.HR:
        return {"for_others": queries.answers_for_others(job=shown, now=clock.now())}
    answered = survey_status.status_of(job=shown, now=clock.now())
    form = outcome_form(shown)
    return {
        "is_hr": True,
        "answered": answered,
        "retention_months": surveys.retention_months(),
        "threshold": ledger.threshold(),
        "response_percent": formats.number((answered.response or 0) * 100),
        "modes": [(survey_status.Mode(mode).label, n) for mode, n in answered.by_mode.items()],
        "spoken": [(LANGUAGES.get(language, language), n) for language, n in answered.by_language.items()],
        "predicted": _predicted(answered, {source_texts.in_sentence(row.source): row.n_said or 0 for row in form.rows}),
        **told_of(form, job=shown),
    }


def _predicted(answered: survey_status.SurveyStatus, said: dict[str, int]) -> tuple[str, int, int] | None:
    """
    Return the source that most named, and between how many of these very applicants it probably is (90 %).

    None with fewer than five answers, where nobody is silent, or where two are named equally often.
    """
    if not answered.n_silent or answered.n_applied is None or answered.n_answers < statistics.ENOUGH:
        return None
    first, *rest = sorted(said.items(), key=lambda pair: -pair[1])
    if first[1] == 0 or (rest and rest[0][1] == first[1]):
        return None
    low, high = statistics.prediction(first[1], answered.n_answers, applied=answered.n_applied)
    return first[0], low, high
