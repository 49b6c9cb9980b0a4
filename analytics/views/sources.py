"""«Kilder»: which source brings qualified applicants, and at what cost."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics import source_texts as texts
from analytics.forms.periods import PeriodForm
from analytics.queries import sources as queries
from analytics.queries import surveys
from analytics.views import source_table
from audit import record
from audit.acts import Act
from foundation import clock, spreadsheets
from recruitment.doors import HR, MemberRequest


def _compared(request: MemberRequest, form: PeriodForm) -> queries.SourceComparison:
    return queries.source_comparison(
        period=form.period(),
        filters=form.filters(),
        with_answers=request.membership.role in HR,
        now=clock.now(),
    )


@require_safe
def sources(request: MemberRequest) -> HttpResponse:
    """Compare the sources. HR sees answers and counts exactly; others see that they wait (R10)."""
    form = PeriodForm(request.GET, today=clock.today())
    if not form.is_valid():
        return render(request, "analytics/sources_refused.html", {"form": form}, status=422)
    comparison = _compared(request, form)
    context = {
        "form": form,
        "period": form.period(),
        "query": form.query(),
        "filters": form.filters(),
        "comparison": comparison,
        "table": source_table.table(comparison),
        "columns": source_table.columns(),
        "answer": texts.answer(comparison),
        "response": texts.response_sentence(comparison),
        "kept_months": surveys.kept_months() if comparison.with_answers else [],
    }
    return render(request, "analytics/sources.html", context)


@require_safe
def sources_csv(request: MemberRequest) -> HttpResponse:
    """Return exactly what the page shows this person, as a file for a spreadsheet."""
    form = PeriodForm(request.GET, today=clock.today())
    if not form.is_valid():
        return render(request, "analytics/sources_refused.html", {"form": form}, status=422)
    shown = source_table.table(_compared(request, form))
    period = form.period()
    name = f"kilder-{request.municipality.number}-{period.first_day}-{period.last_day}.csv"
    response = spreadsheets.download(source_table.file_rows(shown), name=name, municipality_id=request.municipality.pk)
    # Not how many rows: for HR that depends on what applicants said, and the administrator reads the log (R10).
    record(Act.EXPORTED, detail={"file": name})
    return response
