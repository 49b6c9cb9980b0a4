"""«Kilder»: which source brings qualified applicants, at what cost, how sure that is, and what to do next."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import hidden_texts, marks, source_order
from analytics import source_answers as answers
from analytics import source_texts as texts
from analytics.forms.periods import DEFAULT
from analytics.forms.selections import FIRST_SORT, SHARED, SelectionForm
from analytics.queries import lacking, source_totals, source_weeks
from analytics.queries import sources as queries
from analytics.queries.selection import n_jobs
from analytics.views import source_files, source_markup, source_price, source_table
from foundation import clock
from foundation.formats import lowered
from recruitment.doors import ADVISER, HR, MemberRequest

PER_PAGE = 25
# So many names are read; more are told by their number.
MOST_QUIET = 12


def refused(request: MemberRequest, form: SelectionForm) -> HttpResponse:
    """Return the filters with what was wrong at each."""
    return render(request, "analytics/sources_refused.html", {"form": form, "query": ""}, status=422)


@require_safe
def sources(request: MemberRequest) -> HttpResponse:
    """Compare the sources. HR sees answers and counts exactly; others what the release ledger lets them (R10)."""
    form = SelectionForm.of(request)
    if not form.is_valid():
        return refused(request, form)
    now, selection = clock.now(), form.selection()
    comparison = queries.source_comparison(selection=selection, view=form.view(), with_hours=form.with_hours(), now=now)
    rows = source_order.in_order(comparison.rows, sort=form.sort())
    page = Paginator(rows, PER_PAGE).get_page(form.page_number())
    until = source_totals.told_until(selection=selection, now=now)
    shown = source_table.table(
        comparison,
        list(page),
        until=until,
        weeks=source_weeks.last_weeks(selection=selection, rows=list(page), until=until, now=now, today=clock.today()),
        has_brackets=form.sort().removeprefix("-") == FIRST_SORT,
    )
    may_act = request.membership.role in HR | ADVISER
    lacking_ids = _lacking(form, today=clock.today())
    step = answers.next_step(comparison, lacking=lacking_ids, n_days=form.period().n_days, may_act=may_act)
    context = {
        **frame(form),
        "comparison": comparison,
        "table": shown,
        "rows": source_markup.rows(shown.rows, _around(request, form, comparison, has_brackets=shown.has_brackets)),
        "grid": marks.GRID,
        "columns": [
            (column, form.query(sorter="" if column.sort == FIRST_SORT else column.sort))
            for column in source_table.columns(sort=form.sort())
        ],
        "page": page,
        "answer": answers.answer(comparison, about=lowered(form.chosen_label("yrke"))),
        "how_sure": answers.how_sure(comparison),
        "step": step,
        "step_url": _step_url(request, step, form),
        "response": texts.response_sentence(comparison),
        "price": source_price.made_of(form, comparison),
        "rule": hidden_texts.rule(comparison.threshold),
        "meaning_of_hidden": hidden_texts.meaning_of_hidden(comparison.threshold),
        "n_jobs": n_jobs(form.selection()),
        "quiet": comparison.quiet[:MOST_QUIET],
        "n_more_quiet": max(0, len(comparison.quiet) - MOST_QUIET),
    }
    return render(request, "analytics/sources.html", context)


def _around(
    request: MemberRequest, form: SelectionForm, comparison: queries.SourceComparison, *, has_brackets: bool
) -> source_markup.Around:
    """Return what all rows of the table have in common."""
    return source_markup.Around(
        # A source's own address is this one with its id.
        address=reverse("sources", kwargs={"number": request.municipality.number}),
        query=f"?{form.query()}",
        cost=_("Kroner per qualified"),
        weeks=_("Last 12 weeks"),
        close=_("Close"),
        provenance=texts.provenance(comparison),
        all_figures=_("All figures"),
        cannot_be_told_apart=_("cannot be told apart"),
        has_brackets=has_brackets,
    )


@require_safe
def sources_file(request: MemberRequest, kind: str) -> HttpResponse:
    """Return the table as everybody may see it, as a file for a spreadsheet."""
    form = SelectionForm.of(request)
    if not form.is_valid():
        return refused(request, form)
    rows = source_files.file_rows(form, municipality=request.municipality, now=clock.now())
    return source_files.download(rows, form=form, municipality=request.municipality, kind=kind)


@require_safe
def sources_csv(request: MemberRequest) -> HttpResponse:
    """Return the file with a semicolon between the cells."""
    return sources_file(request, "csv")


@require_safe
def sources_xlsx(request: MemberRequest) -> HttpResponse:
    """Return the file as a workbook."""
    return sources_file(request, "xlsx")


def frame(form: SelectionForm) -> dict[str, Any]:
    """Return what head and filters of each page about the comparison draw."""
    period = form.period()
    return {
        "form": form,
        "query": form.query(),
        "file_query": form.query(vis=""),
        "shared_query": form.query(vis=SHARED),
        "exact_query": form.query(vis=""),
        "presets": [(preset, form.query(periode=preset.slug, fra="", til="")) for preset in form.presets],
        "chosen": [(label, words, form.query(**{name: ""})) for name, label, words in form.chosen()],
        "period": period,
        "is_exact": form.view() == "exact",
        "too_high": "" if form.view() == "exact" else hidden_texts.prices(),
    }


def _lacking(form: SelectionForm, *, today: date) -> list[int]:
    """Return the chosen vacancies that lack outcomes, for HR's view alone; a channel chooses no vacancies."""
    if form.view() != "exact":
        return []
    return lacking.lacking_ids(selection=form.selection(), today=today)


def _step_url(request: MemberRequest, step: answers.NextStep, form: SelectionForm) -> str:
    number = {"number": request.municipality.number}
    if step.kind == "outcomes" and step.job_id:
        return reverse("job_outcomes", kwargs=number | {"job_id": step.job_id})
    if step.kind == "outcomes":
        return f"{reverse('jobs', kwargs=number)}?{form.query(kanal='', timer='', vis='', sorter='', mangler='utfall')}"
    if step.kind == "year":
        return f"{reverse('sources', kwargs=number)}?{form.query(periode=DEFAULT, fra='', til='')}"
    if step.kind == "source":
        return f"{reverse('source', kwargs=number | {'source_id': step.source_id})}?{form.query()}"
    return reverse("jobs", kwargs=number)
