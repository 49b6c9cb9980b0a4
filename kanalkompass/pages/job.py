"""A vacancy's workspace: what it says, whether it is announced, what has been posted, its links, outcome and cost."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation import clock
from kanalkompass import queries
from kanalkompass.pages.job_forms import INVALID, job_or_404
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
    "survey_preview",
    "campaign_new",
    "campaigns",
    "delivery",
]


@require_safe
def job(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show the workspace."""
    return _page(request, job_or_404(job_id))


@require_POST
def job_announce(request: MemberRequest, job_id: int) -> HttpResponse:
    """R5: record the open announcement and the internal notice."""
    shown = job_or_404(job_id)
    form = AnnouncementForm(request.POST, today=clock.today())
    if not form.is_valid():
        return _page(request, shown, announced=form, status=INVALID)
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
        return _page(request, shown, exemption=form, status=INVALID)
    actions.exempt(job=shown, reason=form.cleaned_data["exemption_reason"], user=request.user)
    messages.success(request, _("The exemption is recorded with your name."))
    return redirect("job", number=request.municipality.number, job_id=shown.pk)


def _page(
    request: MemberRequest,
    shown: JobPosting,
    *,
    announced: AnnouncementForm | None = None,
    exemption: ExemptionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    context: dict[str, Any] = {
        "job": shown,
        "occupation": occupations.title_in_use(shown.occupation),
        "today": today,
        "is_open": shown.is_open(today),
        "workspace": queries.workspace(job=shown, with_drafts=doors.is_open_to(request.membership, "post")),
        "may_read_answers": request.membership.role == Membership.Role.HR,
        "announced": announced or AnnouncementForm(today=today, initial=AnnouncementForm.initial_of(shown, today)),
        "exemption": exemption or ExemptionForm(initial={"exemption_reason": shown.exemption_reason}),
        "may": {name: _is_open_to(request.membership, name) for name in OFFERED},
    }
    return render(request, "job.html", context, status=status)


def _is_open_to(membership: Membership, name: str) -> bool:
    return name in doors.RULES and doors.is_open_to(membership, name)
