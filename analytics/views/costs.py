"""What was spent: on one vacancy, and on none in particular."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from analytics.actions import costs as actions
from analytics.forms.costs import CostChangeForm, CostForm
from analytics.models import Cost
from analytics.queries import cost_lists
from foundation import clock
from foundation.forms import OnceMixin
from recruitment.doors import MemberRequest, is_open_to
from recruitment.models import JobPosting
from recruitment.once import ChangedSinceSubmitted, submit_once

Page = Callable[..., HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
def job_costs(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show what is spent on a vacancy; HR and communications advisers register more."""
    return _costs(request, job_id)


@require_http_methods(["GET", "HEAD", "POST"])
def costs(request: MemberRequest) -> HttpResponse:
    """Show what is spent on no vacancy in particular; HR and communications advisers register more."""
    return _costs(request, None)


def _costs(request: MemberRequest, job_id: int | None) -> HttpResponse:
    job = _job(job_id)
    draw = _page_of(job)
    may_write = is_open_to(request.membership, "cost_remove")
    if request.method == "POST" and not may_write:
        raise Http404
    carriers = cost_lists.may_share(today=clock.today(), without=job) if may_write else []
    if request.method != "POST":
        return draw(request, CostForm(today=clock.today(), carriers=carriers) if may_write else None)
    form = CostForm(request.POST, today=clock.today(), carriers=carriers)
    if not form.is_valid():
        return draw(request, form, status=422)

    def carry_out() -> str:
        _store(request, job, form)
        return _address(request, job)

    try:
        return submit_once(form, carry_out, user=request.user)
    except ChangedSinceSubmitted as problem:
        form.add_error(None, str(problem))
        return draw(request, form, status=422)


def _store(request: MemberRequest, job: JobPosting | None, form: CostForm) -> None:
    carriers = [job, *form.chosen()] if job else form.chosen()
    who: dict[str, Any] = {"user": request.user, "now": clock.now()}
    if len(carriers) > 1:
        actions.share_cost(jobs=carriers, rule=form.cleaned_data["rule"], spent=form.spent(), **who)
        text = ngettext("Stored, shared by %(n)s vacancy.", "Stored, shared by %(n)s vacancies.", len(carriers))
        messages.success(request, text % {"n": len(carriers)})
        return
    actions.register_cost(job=carriers[0] if carriers else None, **vars(form.spent()), **who)
    messages.success(request, _("The cost is stored."))


@require_http_methods(["GET", "HEAD", "POST"])
def cost_edit(request: MemberRequest, job_id: int, cost_id: int) -> HttpResponse:
    """Change a cost of a vacancy; of a shared one the whole is changed."""
    return _change(request, _job(job_id), cost_id)


@require_http_methods(["GET", "HEAD", "POST"])
def general_cost_edit(request: MemberRequest, general_cost_id: int) -> HttpResponse:
    """Change a cost that belongs to no vacancy."""
    return _change(request, None, general_cost_id)


def _change(request: MemberRequest, job: JobPosting | None, cost_id: int) -> HttpResponse:
    cost = get_object_or_404(Cost.objects.select_related("shared"), job=job, pk=cost_id)
    known: dict[str, Any] = {"cost": cost, "seen": actions.mark_of(cost), "today": clock.today()}
    if cost.shared:
        known["carriers"], known["carrying"] = cost_lists.may_go_on_sharing(cost.shared, today=clock.today())
    form = CostChangeForm(request.POST or None, **known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_cost(
                cost=cost,
                spent=form.spent(),
                jobs=form.chosen() if cost.shared else [],
                rule=form.cleaned_data.get("rule", ""),
                seen=form.cleaned_data["seen"],
                user=request.user,
                now=clock.now(),
            )
        except actions.ChangedMeanwhile:
            form.add_error(None, _("Somebody changed this cost meanwhile. Nothing was stored. Open it again."))
        else:
            messages.success(request, _("The cost is changed."))
            return redirect(_address(request, job))
    context = {"job": job, "cost": cost, "form": form, "back": _address(request, job)}
    return render(request, "analytics/cost_edit.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def cost_remove(request: MemberRequest, job_id: int, cost_id: int) -> HttpResponse:
    """Remove a cost of a vacancy that was registered by mistake; a shared one from all who carry it."""
    return _remove(request, _job(job_id), cost_id)


@require_POST
def general_cost_remove(request: MemberRequest, general_cost_id: int) -> HttpResponse:
    """Remove a cost of no vacancy that was registered by mistake."""
    return _remove(request, None, general_cost_id)


def _remove(request: MemberRequest, job: JobPosting | None, cost_id: int) -> HttpResponse:
    n_removed = actions.remove_cost(job=job, cost_id=cost_id)
    if not n_removed and job is None:
        raise Http404
    if n_removed:
        text = ngettext("The cost is removed.", "The shared cost is removed from %(n)s vacancies.", n_removed)
        messages.success(request, text % {"n": n_removed})
    return redirect(_address(request, job))


def _job(job_id: int | None) -> JobPosting | None:
    """Return the vacancy, None where the page is about none."""
    if job_id is None:
        return None
    return get_object_or_404(JobPosting.objects.select_related("workplace"), pk=job_id)


def _address(request: MemberRequest, job: JobPosting | None) -> str:
    number = {"number": request.municipality.number}
    return reverse("job_costs", kwargs=number | {"job_id": job.pk}) if job else reverse("costs", kwargs=number)


def _page_of(job: JobPosting | None) -> Page:
    def draw(request: MemberRequest, form: OnceMixin | None, *, status: int = 200) -> HttpResponse:
        page_number = request.GET.get("side", "1")
        if job is None:
            found = cost_lists.general_costs(page_number=page_number, today=clock.today())
            context = {"form": form, "found": found, "costs": found.page, "totals": found.totals}
            return render(request, "analytics/general_costs.html", context, status=status)
        of_job = cost_lists.costs_of(job=job, page_number=page_number)
        of_page = {"job": job, "form": form, "found": of_job, "costs": of_job.page, "totals": of_job.totals}
        return render(request, "analytics/costs.html", of_page, status=status)

    return draw
