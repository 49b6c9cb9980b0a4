"""HR's counts of one vacancy. The costs stand in `costs`."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from analytics import hidden_texts
from analytics.actions import outcomes as actions
from analytics.forms.outcomes import OutcomeForm
from analytics.forms.periods import twelve_months
from analytics.queries import outcomes as queries
from analytics.queries.lacking import lacking
from analytics.queries.ledger import threshold
from analytics.queries.selection import Selection
from analytics.queries.surveys import are_all_kept
from analytics.source_texts import name_of
from foundation import clock, formats
from recruitment.doors import HR, MemberRequest
from recruitment.models import JobPosting


def outcome_form(job: JobPosting, data: Any = None) -> OutcomeForm:
    """Return the vacancy's grid as it is stored, or as it was typed. For HR alone."""
    rows = queries.rows_to_type(queries.outcome_grid(job=job))
    if not are_all_kept(job=job, now=clock.now()):
        # Answers that are deleted are not 0.
        rows = [replace(row, n_said=row.n_said or None) for row in rows]
    return OutcomeForm(data, rows=rows, count=queries.count_of(job=job), positions=job.positions)


def told_of(form: OutcomeForm, *, job: JobPosting) -> dict[str, Any]:
    """Return what the page says beside the grid: when it was stored and by whom, what is missing, and what is next."""
    missing, n_qualified = form.without_qualified(), queries.n_qualified(job=job, rows=form.rows)
    is_registered = any(row.counts["qualified"] is not None for row in form.rows)
    stored = [row.outcome for row in form.rows if row.outcome] + ([form.count] if form.count else [])
    return {
        "form": form,
        "last": max(stored, key=lambda each: each.changed_at, default=None),
        "doubts": [] if form.is_bound else form.stored_doubts(),
        "n_qualified": n_qualified,
        "n_qualified_hidden": n_qualified - sum(row.counts["qualified"] or 0 for row in form.rows),
        "is_registered": is_registered,
        "missing": [name_of(source) for source in missing] if is_registered else [],
        **(next_of(job) if is_registered and not missing else {}),
        "n_hidden_sources": queries.n_sources_in_use() - len(form.rows) if len(form.rows) >= queries.MOST_ROWS else 0,
    }


def next_of(job: JobPosting) -> dict[str, Any]:
    """Return the vacancy that has lacked outcomes longest, and how many lack them; another than this. One query."""
    today = clock.today()
    waiting = list(lacking(selection=Selection(twelve_months(today)), today=today).exclude(pk=job.pk))
    return {"next_job": waiting[0], "n_waiting": len(waiting)} if waiting else {}


@require_http_methods(["GET", "HEAD", "POST"])
def job_outcomes(request: MemberRequest, job_id: int) -> HttpResponse:
    """Show the grid to HR, and to others that new answers wait until enough can be shown together (R10)."""
    job = get_object_or_404(JobPosting.objects.select_related("workplace"), pk=job_id)
    if request.membership.role not in HR:
        if request.method == "POST":
            raise Http404
        context = {"job": job, "waiting": hidden_texts.waiting(threshold())}
        return render(request, "analytics/outcomes_hidden.html", context)
    if request.method != "POST":
        return _grid(request, job, outcome_form(job))
    form = outcome_form(job, request.POST)
    if not form.is_valid():
        return _grid(request, job, form, status=422)
    try:
        n_changed = actions.register_outcomes(
            job=job,
            counts=form.counts(),
            whole=form.whole(),
            seen=form.cleaned_data["seen"],
            user=request.user,
            now=clock.now(),
            today=clock.today(),
        )
    except actions.ChangedMeanwhile as problem:
        return _stale(request, job, problem)
    messages.success(request, " ".join([_stored_text(job, n_changed), *_rest_text(form)]))
    route = "job" if "from_job" in request.POST else "job_outcomes"
    return redirect(reverse(route, kwargs={"number": request.municipality.number, "job_id": job.pk}) + "#utfall")


def _stored_text(job: JobPosting, n_changed: int) -> str:
    """Return what happened; counts that are stored, but not whole, do not count yet."""
    count = queries.count_of(job=job)
    if count and count.n_missing:
        text = ngettext(
            "The counts are stored, but one source lacks the number of qualified. They count when it is there.",
            "The counts are stored, but %(n)s sources lack the number of qualified. They count when it is there.",
            count.n_missing,
        )
        return text % {"n": formats.in_words(count.n_missing)}
    return _("The counts are stored.") if n_changed else _("These counts were stored already.")


def _rest_text(form: OutcomeForm) -> list[str]:
    """Return what «the rest is 0» did, where it was ticked: the tick itself is not kept."""
    if not form.cleaned_data["rest"]:
        return []
    n = form.n_rest()
    if not n:
        return [_("No source with applicants lacked its number, so no 0 was added.")]
    text = ngettext("%(n)s source got 0 qualified.", "%(n)s sources got 0 qualified.", n)
    return [capfirst(text % {"n": formats.in_words(n) if n > 1 else formats.number(n)})]


def _grid(request: MemberRequest, job: JobPosting, form: OutcomeForm, *, status: int = 200) -> HttpResponse:
    return render(request, "analytics/outcomes.html", {"job": job, **told_of(form, job=job)}, status=status)


def _stale(request: MemberRequest, job: JobPosting, problem: actions.ChangedMeanwhile) -> HttpResponse:
    """Show what was typed, say what happened, and let the person store it knowingly."""
    data = request.POST.copy()
    data["seen"] = outcome_form(job).initial["seen"]
    again = outcome_form(job, data)
    again.is_valid()
    values = {"who": problem.by or _("Somebody"), "when": formats.moment(problem.at)}
    text = _("%(who)s stored other counts %(when)s. Yours are in the form, not stored. Check, and store again.")
    again.add_error(None, text % values)
    stored = {f"{name}_{row.source.pk}": value for row in again.rows for name, value in row.counts.items()}
    stored["total"] = again.count.applied if again.count else None
    for field, value in stored.items():
        if again.cleaned_data.get(field) != value:
            shown = _("not registered") if value is None else str(value)
            again.add_error(field, _("Stored now: %(value)s") % {"value": shown})
    return _grid(request, job, again, status=422)
