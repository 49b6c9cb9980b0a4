"""Campaigns: the list, a new one, one with its posts."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from channels.actions import campaigns as actions
from channels.forms.campaigns import CampaignForm, not_announced
from channels.models import Campaign
from channels.queries import campaigns as queries
from foundation import clock
from foundation.formats import in_words
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.once import ChangedSinceSubmitted, submit_once


@require_safe
def campaigns(request: MemberRequest) -> HttpResponse:
    """Show the municipality's campaigns, running ones first."""
    listed = queries.campaign_list(today=clock.today())
    groups = [
        (_("Running"), listed.running),
        (_("Coming"), listed.coming),
        (_("Ended"), listed.ended),
    ]
    context = {
        "listed": listed,
        "groups": [(label, rows) for label, rows in groups if rows],
        "heading": heading_of(listed),
        "may_start": doors.is_open_to(request.membership, "campaign_new"),
    }
    return render(request, "channels/campaigns.html", context)


def campaign_new(request: MemberRequest) -> HttpResponse:
    """Start a campaign, once however often the form is sent."""
    today = clock.today()
    open_jobs = queries.jobs_to_market(today=today)
    initial = {"jobs": request.GET.getlist("stilling")}
    form = CampaignForm(request.POST or None, open_jobs=open_jobs, today=today, initial=initial)

    def start() -> str:
        campaign = actions.start_campaign(plan=form.plan(), jobs=form.jobs_chosen(), user=request.user, now=clock.now())
        return reverse("campaign", kwargs={"number": request.municipality.number, "campaign_id": campaign.pk})

    if request.method == "POST" and form.is_valid():
        try:
            return submit_once(form, start, user=request.user)
        except ChangedSinceSubmitted as problem:
            form.add_error(None, str(problem))
        except actions.NotAnnounced as problem:
            form.add_error("jobs", not_announced(problem.job))
    status = 422 if form.is_bound else 200
    return render(request, "channels/campaign_new.html", {"form": form, "has_jobs": bool(open_jobs)}, status=status)


@require_safe
def campaign(request: MemberRequest, campaign_id: int) -> HttpResponse:
    """Show a campaign with its posts and where each of them is."""
    shown = get_object_or_404(Campaign.objects.select_related("created_by"), pk=campaign_id)
    context = {
        "campaign": shown,
        "jobs": list(shown.jobs.select_related("workplace").order_by("deadline_date")),
        "posts": queries.posts_of(campaign=shown, with_drafts=doors.is_open_to(request.membership, "post")),
        "may_write": doors.is_open_to(request.membership, "post_new"),
        "may_read_drafts": doors.is_open_to(request.membership, "post"),
        "today": clock.today(),
    }
    return render(request, "channels/campaign.html", context)


def heading_of(listed: queries.CampaignList) -> str:
    """Return the list's news in one line: how many run, and how many posts wait for somebody."""
    if listed.is_empty:
        return _("No campaigns yet")
    n_running = len(listed.running)
    if n_running:
        runs = ngettext("one campaign is running", "%(count)s campaigns are running", n_running)
        news = runs % {"count": in_words(n_running)}
    else:
        news = _("no campaign is running now")
    if listed.n_waiting:
        waits = ngettext("one post needs somebody", "%(count)s posts need somebody", listed.n_waiting)
        news += ", " + waits % {"count": in_words(listed.n_waiting)}
    return capfirst(news)
