"""A vacancy's tracked links for named places, the sheet of QR codes that is printed, and its campaigns' last day."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from channels.actions import campaigns, links
from channels.forms.places import PlaceForm
from channels.models import Campaign
from foundation import clock, formats
from kanalkompass import queries
from kanalkompass.pages import job as workspace
from kanalkompass.pages.job_forms import INVALID, job_or_404
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.models import JobPosting


@require_POST
def job_place_link(request: MemberRequest, job_id: int) -> HttpResponse:
    """Make a link for a named place (one poster of several, a stand, a notice board), or a source's own."""
    job = job_or_404(job_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return workspace.page(request, job, place_form=form, status=INVALID)
    link = links.make_place_link(job=job, source=form.source(), place=form.cleaned_data["place"])
    messages.success(request, _("The link for «%(place)s» is made.") % {"place": link.place or link.source.name})
    return redirect(_address(request, job) + "#lenker")


@require_POST
def job_place_retire(request: MemberRequest, job_id: int, link_id: int) -> HttpResponse:
    """Take a link for a place out of use; what it has counted is kept."""
    job = job_or_404(job_id)
    if links.retire_place_link(job=job, link_id=link_id):
        messages.success(request, _("The link is taken out of use. Its visits are kept."))
    return redirect(_address(request, job) + "#lenker")


@require_safe
def job_qr_sheet(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show sheets to print, one A4 for each chosen link, in the language of the vacancy."""
    job = job_or_404(job_id)
    with_drafts = doors.is_open_to(request.membership, "post")
    rows = queries.shown_links(job=job, with_drafts=with_drafts, today=clock.today())
    # A post has its link in it; what hangs on a wall is a source's own, or made for a place.
    rows = [row for row in rows if row.link.campaign_id is None]
    asked = set(request.GET.getlist("lenke"))
    chosen = [row for row in rows if str(row.link.pk) in asked]
    if asked and not chosen:
        raise Http404
    context: dict[str, Any] = {
        "crumbs": [
            (_("Vacancies"), reverse("jobs", args=[request.municipality.number])),
            (job.title, _address(request, job)),
        ],
        "job": job,
        "choices": [(row, row in chosen) for row in rows],
        "sheets": chosen,
        "language": job.language,
        "words": _words(job),
    }
    return render(request, "job_qr_sheet.html", context)


def _words(job: JobPosting) -> dict[str, str]:
    """Return what stands on a sheet, in the language that the vacancy is announced in."""
    with translation.override(job.language):
        many = _("%(n)s positions") % {"n": formats.in_words(job.positions)} if job.positions > 1 else ""
        return {
            "kind": f"{job.percentage} %, {str(job.get_kind_display()).lower()}" + (f", {many}" if many else ""),
            "call": _("Could this be you?"),
            "deadline": _("Apply by %(day)s") % {"day": formats.day(job.deadline_date)},
            "how": _("Scan the code to read more and apply, or write the address in your browser:"),
            "promise": _("The code counts visits, and nothing about who you are."),
        }


@require_POST
def job_campaign_end(request: MemberRequest, job_id: int, campaign_id: int) -> HttpResponse:
    """Let a campaign end when the last of its vacancies can no longer be applied for."""
    job = job_or_404(job_id)
    campaign = get_object_or_404(Campaign, campaign_jobs__job=job, pk=campaign_id)
    day = campaigns.end_with_vacancies(campaign=campaign)
    if day:
        text = _("The campaign ends %(day)s. Set the same last day on the ad, where it was bought.")
        messages.success(request, text % {"day": formats.day(day)})
    return redirect(_address(request, job) + "#tidslinje")


def _address(request: MemberRequest, job: JobPosting) -> str:
    return reverse("job", kwargs={"number": request.municipality.number, "job_id": job.pk})
