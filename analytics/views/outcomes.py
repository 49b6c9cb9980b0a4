"""HR's counts and the costs of one vacancy."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from analytics.actions import costs as cost_actions
from analytics.actions import outcomes as actions
from analytics.forms.costs import CostForm
from analytics.forms.outcomes import OutcomeForm, doubts
from analytics.queries import outcomes as queries
from foundation import clock, formats
from recruitment.doors import HR, MemberRequest, is_open_to
from recruitment.models import JobPosting
from recruitment.once import ChangedSinceSubmitted, submit_once


def _job(job_id: int) -> JobPosting:
    return get_object_or_404(JobPosting.objects.select_related("workplace"), pk=job_id)


@require_http_methods(["GET", "HEAD", "POST"])
def job_outcomes(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show the grid to HR, and to others that new answers wait until five can be shown together (R10)."""
    job = _job(job_id)
    if request.membership.role not in HR:
        if request.method == "POST":
            raise Http404
        return render(request, "analytics/outcomes_hidden.html", {"job": job})
    rows = queries.outcome_grid(job=job)
    if request.method != "POST":
        return _grid(request, job, OutcomeForm(rows=rows, initial={"seen": queries.version_of(rows)}))
    form = OutcomeForm(request.POST, rows=rows)
    if not form.is_valid():
        return _grid(request, job, form, status=422)
    try:
        n_changed = actions.register_outcomes(
            job=job,
            counts=form.counts(),
            seen=form.cleaned_data["seen"],
            user=request.user,
            now=clock.now(),
            today=clock.today(),
        )
    except actions.ChangedMeanwhile as problem:
        return _stale(request, job, form, problem)
    messages.success(request, _("The counts are stored.") if n_changed else _("These counts were stored already."))
    return redirect("job_outcomes", number=request.municipality.number, job_id=job.pk)


def _grid(request: MemberRequest, job: JobPosting, form: OutcomeForm, *, status: int = 200) -> HttpResponse:
    registered = [row.outcome for row in form.rows if row.outcome]
    n_said = sum(row.n_said for row in form.rows)
    context = {
        "job": job,
        "form": form,
        "last": max(registered, key=lambda outcome: outcome.changed_at, default=None),
        "doubts": [] if form.errors else doubts(form.rows, positions=job.positions),
        "n_said": n_said,
        "n_qualified": sum(row.counts["qualified"] or 0 for row in form.rows),
        "is_registered": any(row.counts["qualified"] is not None for row in form.rows),
    }
    return render(request, "analytics/outcomes.html", context, status=status)


def _stale(
    request: MemberRequest, job: JobPosting, form: OutcomeForm, problem: actions.ChangedMeanwhile
) -> HttpResponse:
    """Show what was typed, say what happened, and let the person store it knowingly."""
    rows = queries.outcome_grid(job=job)
    data = request.POST.copy()
    data["seen"] = queries.version_of(rows)
    again = OutcomeForm(data, rows=rows)
    again.is_valid()
    values = {"who": problem.by or _("Somebody"), "when": formats.moment(problem.at)}
    text = _("%(who)s stored other counts %(when)s. Yours are in the form, not stored. Check, and store again.")
    again.add_error(None, text % values)
    for row in rows:
        for name, value in row.counts.items():
            field = f"{name}_{row.source.pk}"
            if again.cleaned_data.get(field) != value:
                stored = _("not registered") if value is None else str(value)
                again.add_error(field, _("Stored now: %(value)s") % {"value": stored})
    return _grid(request, job, again, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def job_costs(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show what is spent on a vacancy; HR and communications advisers register more."""
    job = _job(job_id)
    may_write = is_open_to(request.membership, "cost_remove")
    if request.method != "POST":
        return _costs(request, job, CostForm(today=clock.today()) if may_write else None)
    if not may_write:
        raise Http404
    form = CostForm(request.POST, today=clock.today())
    if not form.is_valid():
        return _costs(request, job, form, status=422)

    def carry_out() -> str:
        data = form.cleaned_data
        cost_actions.register_cost(
            job=job,
            source=data["source"],
            day=data["day"],
            amount_ore=data["amount"],
            minutes=data["hours"],
            note=data["note"],
            user=request.user,
            now=clock.now(),
        )
        messages.success(request, _("The cost is stored."))
        return reverse("job_costs", kwargs={"number": request.municipality.number, "job_id": job.pk})

    try:
        return submit_once(form, carry_out, user=request.user)
    except ChangedSinceSubmitted as problem:
        form.add_error(None, str(problem))
        return _costs(request, job, form, status=422)


def _costs(request: MemberRequest, job: JobPosting, form: CostForm | None, *, status: int = 200) -> HttpResponse:
    costs, totals = queries.costs_of(job=job)
    context = {"job": job, "form": form, "costs": costs, "totals": totals}
    return render(request, "analytics/costs.html", context, status=status)


@require_POST
def cost_remove(request: MemberRequest, job_id: int, cost_id: int) -> HttpResponse:
    """Remove a cost that was registered by mistake."""
    job = _job(job_id)
    if cost_actions.remove_cost(job=job, cost_id=cost_id):
        messages.success(request, _("The cost is removed."))
    return redirect("job_costs", number=request.municipality.number, job_id=job.pk)
