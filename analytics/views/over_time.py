"""«Over tid»: one figure week by week or month by month, as lines, as a table and as files."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import series_texts as texts
from analytics.charts import MOST_LINES, Chart
from analytics.forms.figures import OverTimeForm
from analytics.queries import released_series, series
from analytics.queries.buckets import Bucket, Span, buckets, span_of
from analytics.queries.ledger import threshold
from analytics.queries.selection import Selection
from analytics.queries.series import Series
from analytics.views import figure_files, figure_pages
from analytics.views.figure_pages import Question
from foundation import clock
from recruitment.doors import MemberRequest

SPANS: dict[str, Span] = {"uke": "week", "maaned": "month"}
COLUMNS = {"klikk": "clicks", "visninger": "impressions"}


@require_safe
def over_time(request: MemberRequest) -> HttpResponse:
    """Show one figure over time."""
    asked = figure_pages.question(request, OverTimeForm)
    if not asked.is_valid:
        return figure_pages.refused(request, asked, here="time")
    found, left = _chart(asked, is_exact=asked.is_exact)
    figure, span = asked.own.chosen("tall"), _span(asked, is_exact=asked.is_exact)
    context = asked.context() | {
        "chart": found,
        "answer": texts.answer(
            found, figure=asked.own.label_of("tall"), not_drawn=sum(each.total or 0 for each in left)
        ),
        "about": texts.about(figure),
        "provenance": texts.provenance(figure, threshold=None if asked.is_exact else threshold()),
        "figures": asked.links("tall"),
        "spans": [
            (label, query, SPANS[value] == span)
            for (label, query, _chosen), (value, _label) in zip(asked.links("per"), SPANS.items(), strict=True)
        ],
        "notes": texts.notes(
            figure,
            cut=buckets(asked.filters.period(), span=span, today=clock.today()),
            span=span,
            n_left=len(left),
            is_exact=asked.is_exact,
            wanted=asked.own.given().get("per", ""),
        ),
    }
    return render(request, "analytics/over_time.html", context)


@require_safe
def over_time_csv(request: MemberRequest) -> HttpResponse:
    """Return the table as a file that a spreadsheet opens."""
    return _file(request, "csv")


@require_safe
def over_time_xlsx(request: MemberRequest) -> HttpResponse:
    """Return the table as a spreadsheet."""
    return _file(request, "xlsx")


def _file(request: MemberRequest, kind: str) -> HttpResponse:
    asked = figure_pages.question(request, OverTimeForm)
    if not asked.is_valid:
        return figure_pages.refused(request, asked, here="time")
    found, _left = _chart(asked, is_exact=False)
    return figure_files.answer(
        request, found.file_rows(), kind=kind, stem=f"over-tid-{asked.own.chosen('tall')}", asked=asked
    )


def _span(asked: Question, *, is_exact: bool) -> Span:
    if asked.own.chosen("tall") == "sagt" and not is_exact:
        # Released answers belong to whole months; a week of theirs would tell who answered when.
        return "month"
    return span_of(asked.filters.period(), wanted=SPANS.get(asked.own.given().get("per", ""), ""))


def _chart(asked: Question, *, is_exact: bool) -> tuple[Chart, list[Series]]:
    """Return the chart, and what is left out of it: more lines than can be told apart."""
    figure, span = asked.own.chosen("tall"), _span(asked, is_exact=is_exact)
    cut = buckets(asked.filters.period(), span=span, today=clock.today())
    found = texts.largest_first(_series(figure, asked.filters.selection(), cut, span, is_exact=is_exact) if cut else [])
    chart = Chart(
        key="over-time",
        title=_("%(figure)s over time") % {"figure": asked.own.label_of("tall")},
        heading=_("Week") if span == "week" else _("Month"),
        labels=[texts.short_label(bucket, span=span) for bucket in cut],
        full_labels=[texts.full_label(bucket, span=span) for bucket in cut],
        lines=texts.lines(found[:MOST_LINES], cut=cut),
        unit="ore" if figure == "kroner" else "count",
    )
    return chart, found[MOST_LINES:]


def _series(figure: str, selection: Selection, cut: list[Bucket], span: Span, *, is_exact: bool) -> list[Series]:
    about: dict[str, Any] = {"selection": selection, "buckets": cut, "span": span}
    if figure in COLUMNS:
        return series.told(**about, name=COLUMNS[figure], now=clock.now())
    if figure == "besok":
        return series.visits(**about)
    if figure == "kroner":
        return series.costs(**about)
    if is_exact:
        return series.said_exact(**about, now=clock.now())
    return released_series.said(selection=selection, buckets=cut)
