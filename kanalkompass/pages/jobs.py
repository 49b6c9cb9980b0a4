"""The list of vacancies: all, those that hold some words, and those that lack outcomes or costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from analytics.forms.selections import SelectionForm
from analytics.queries.lacking import lacking, lacking_costs
from analytics.views.sources import refused
from foundation import clock
from foundation.formats import day, in_words
from foundation.forms import Form
from kanalkompass.job_states import JobState, states_of
from recruitment import doors
from recruitment.doors import MemberRequest
from recruitment.models import JobPosting, Membership
from recruitment.queries import jobs as queries

PER_PAGE = 50
OUTCOME, COST = "utfall", "kostnad"


class ListForm(Form):
    """What the list is about: words that a vacancy holds, and what it lacks."""

    q = forms.CharField(label=gettext_lazy("Search for a vacancy"), required=False, max_length=80)
    mangler = forms.ChoiceField(
        label=gettext_lazy("Show"),
        choices=[
            ("", gettext_lazy("All vacancies")),
            (OUTCOME, gettext_lazy("Those that lack their outcome")),
            (COST, gettext_lazy("Those that lack costs")),
        ],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the choices in the list.")},
    )


@dataclass(frozen=True)
class Row:
    """A vacancy of the list; `state` is what HR is told of it, None for others."""

    job: JobPosting
    state: JobState | None


@require_safe
def jobs(request: MemberRequest) -> HttpResponse:
    """Show the municipality's vacancies, open ones first, or those alone that lack something."""
    form = ListForm(request.GET)
    if not form.is_valid():
        return render(request, "recruitment/jobs_refused.html", {"form": form}, status=422)
    q = " ".join(form.cleaned_data["q"].split())
    if form.cleaned_data["mangler"]:
        return _lacking(request, form, q)
    listed = queries.job_list(today=clock.today(), page_number=request.GET.get("side", "1"), q=q)
    rows = _rows(request, listed.shown)
    n_open = len(listed.open_jobs)
    context = {
        "listed": listed,
        "form": form,
        "today": listed.today,
        "open_rows": rows[:n_open],
        "closed_rows": rows[n_open:],
        "heading": heading_of(listed),
        "may_register": doors.is_open_to(request.membership, "job_new"),
    }
    return render(request, "recruitment/jobs.html", context)


def _rows(request: MemberRequest, shown: Sequence[JobPosting]) -> list[Row]:
    """Return the vacancies with what is registered of them, which is exact and HR's alone (R10)."""
    if request.membership.role != Membership.Role.HR:
        return [Row(job, None) for job in shown]
    states = states_of([job.pk for job in shown])
    return [Row(job, states[job.pk]) for job in shown]


def _lacking(request: MemberRequest, form: ListForm, q: str) -> HttpResponse:
    """Show the closed vacancies that lack something: of twelve months, or of the filters the address brings along."""
    filters = SelectionForm.of(request, extra=("q", "mangler"))
    if not filters.is_valid():
        return refused(request, filters)
    what = form.cleaned_data["mangler"]
    find = lacking if what == OUTCOME else lacking_costs
    found = find(selection=filters.selection(), today=clock.today()).filter(queries.holding(q))
    page = Paginator(found.select_related("workplace", "occupation"), PER_PAGE).get_page(filters.page_number())
    period = filters.period()
    days = {"first": day(period.first_day), "last": day(period.last_day)}
    context: dict[str, Any] = {
        "form": form,
        "today": clock.today(),
        "page": page,
        "rows": _rows(request, list(page)),
        "heading": _lacking_heading(what, page.paginator.count),
        "days": _("Application deadline %(first)s to %(last)s") % days,
        "chosen": [words for _name, _label, words in filters.chosen()],
        "query": filters.query(mangler=what, q=q),
    }
    return render(request, "recruitment/jobs_lacking.html", context)


def _lacking_heading(what: str, n: int) -> str:
    if what == OUTCOME:
        if not n:
            return _("No vacancy lacks its outcome")
        text = ngettext("One vacancy lacks its outcome", "%(n)s vacancies lack their outcome", n)
    else:
        if not n:
            return _("No vacancy lacks costs")
        text = ngettext("One vacancy has no cost registered", "%(n)s vacancies have no cost registered", n)
    return text % {"n": capfirst(in_words(n))}


def heading_of(listed: queries.JobList) -> str:
    """Return the list's news in one line: how many are open, and how many close this week."""
    n_open, n_closing = len(listed.open_jobs), listed.n_deadlines_this_week
    if listed.q:
        n = n_open + listed.closed_page.paginator.count
        text = ngettext("One vacancy holds «%(q)s»", "%(n)s vacancies hold «%(q)s»", n)
        return (text if n else _("No vacancy holds «%(q)s»")) % {"n": capfirst(in_words(n)), "q": listed.q}
    if not n_open:
        return _("No vacancies yet") if listed.is_empty else _("No open vacancies now")
    is_open = ngettext("one open vacancy", "%(count)s open vacancies", n_open) % {"count": in_words(n_open)}
    if not n_closing:
        return capfirst(_("%(open)s, no deadline this week") % {"open": is_open})
    closing = ngettext("one deadline this week", "%(count)s deadlines this week", n_closing)
    return capfirst(f"{is_open}, {closing % {'count': in_words(n_closing)}}")
