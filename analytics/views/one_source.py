"""One source, laid open: a page at its own address, and the same fragment in a drawer on «Kilder»."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from analytics import hidden_texts, series_texts, source_texts
from analytics import one_source_texts as texts
from analytics.charts import Chart, Line, Point
from analytics.forms.figures import Asked
from analytics.queries import one_source, released_series, series, sources
from analytics.queries.buckets import Bucket, buckets
from analytics.queries.one_source import JobRow, Shown
from analytics.queries.selection import Selection
from analytics.queries.series import Figure
from analytics.queries.source_rows import SourceComparison
from analytics.spark import Spark, spark
from analytics.views import figure_pages
from foundation import clock
from foundation.formats import kroner, number
from recruitment.doors import MemberRequest
from recruitment.models import Source


@dataclass(frozen=True)
class Price:
    """What a click, or a visit, has cost month by month."""

    title: str
    chart: Chart
    spark: Spark | None
    sentence: str


@require_safe
@vary_on_headers("HX-Request")
def source(request: MemberRequest, source_id: int) -> HttpResponse:
    """Show one source's calculation, and the posts, vacancies and costs behind it."""
    chosen = get_object_or_404(Source.objects.select_related("channel"), pk=source_id)
    if chosen.merged_into_id:
        whole = {"number": request.municipality.number, "source_id": chosen.merged_into_id}
        return redirect(reverse("source", kwargs=whole, query=request.GET or None))
    asked = figure_pages.question(request, Asked)
    if not asked.is_valid:
        return figure_pages.refused(request, asked, here="table")
    context = asked.context() | _context(request, chosen, asked)
    is_drawer = request.headers.get("HX-Request") == "true"
    return render(request, "analytics/partials/source_fragment.html" if is_drawer else "analytics/source.html", context)


def _context(request: MemberRequest, chosen: Source, asked: figure_pages.Question) -> dict[str, Any]:
    selection, now = asked.filters.selection(), clock.now()
    comparison = sources.source_comparison(
        selection=selection, view=asked.filters.view(), with_hours=asked.filters.with_hours(), now=now
    )
    row = next((row for row in comparison.rows if row.source.pk == chosen.pk), None)
    costs = one_source.costs_of(source=chosen, selection=selection)
    name = source_texts.name_of(chosen)
    names = {each.source.pk: source_texts.in_sentence(each.source) for each in comparison.rows}
    sources_url = reverse("sources", kwargs={"number": request.municipality.number})
    return {
        "source": chosen,
        "name": name,
        "crumbs": [(_("Sources"), f"{sources_url}?{asked.filters.query()}"), (name, "")],
        "chosen": ", ".join(words for _name, _label, words in asked.filters.chosen()),
        "answer": texts.answer(row, comparison),
        "rule": hidden_texts.rule(comparison.threshold),
        "too_high": "" if comparison.is_exact else hidden_texts.prices(),
        "facts": texts.facts(row, comparison, with_hours=asked.filters.with_hours()),
        "verdict": texts.verdict(row, comparison, names),
        "said_and_tracked": texts.said_and_tracked(row, comparison, name=source_texts.in_sentence(chosen)),
        "price": _price(chosen, selection, today=clock.today()) if chosen.channel_id else None,
        "posts": one_source.posts_of(source=chosen, selection=selection),
        "jobs": _jobs(chosen, selection, comparison),
        "costs": Shown([(cost, texts.amount(cost)) for cost in costs.rows], costs.n_all),
        "ads": one_source.ads_of(source=chosen, selection=selection) if chosen.channel_id else Shown([], 0),
        "fetched": one_source.fetched(source=chosen) if chosen.channel_id else [],
    }


def _jobs(chosen: Source, selection: Selection, comparison: SourceComparison) -> Shown:
    """Return the vacancies with their cells; what others than HR may read of answers is «under 5» or the number."""
    is_exact = comparison.is_exact
    hidden = "" if is_exact else hidden_texts.hidden_in_short("said", comparison.threshold)
    found = one_source.jobs_of(source=chosen, selection=selection, is_exact=is_exact)
    jobs = [row.job for row in found.rows]
    told = {} if is_exact else released_series.said_by_job(source=chosen, jobs=jobs)
    kept = comparison.answers_kept
    return Shown([(row, _cells(row, told, hidden=hidden, answers_kept=kept)) for row in found.rows], found.n_all)


def _cells(row: JobRow, told: dict[int, int], *, hidden: str, answers_kept: bool) -> list[tuple[str, bool]]:
    spent = (kroner(row.kroner_ore), False) if row.kroner_ore is not None else (_("not registered"), True)
    visits = (number(row.visits), False)
    if hidden:
        n = told.get(row.job.pk)
        return [visits, (hidden, True) if n is None else (number(n), False), spent]
    counts = [(number(n), False) if n is not None else (_("not registered"), True) for n in (row.qualified, row.hired)]
    said = (number(row.said), False) if answers_kept else (_("answers deleted"), True)
    return [visits, said, *counts, spent]


def _price(chosen: Source, selection: Selection, *, today: date) -> Price | None:
    """Return kroner per click month by month, or per visit where the channel tells no clicks; None without kroner."""
    months = buckets(selection.period, span="month", today=today)
    if not months:
        return None
    about: dict[str, Any] = {"selection": selection, "buckets": months, "span": "month"}
    paid = [each for each in series.costs(**about) if each.about.pk == chosen.pk]
    if not paid:
        return None
    is_per_click = chosen.channel is not None and chosen.channel.reports_clicks
    if is_per_click:
        found = series.told(**about, name="clicks", now=clock.now())
        followed = [each for each in found if each.about.pk == chosen.channel_id]
    else:
        followed = [each for each in series.visits(**about) if each.about.pk == chosen.pk]
    figures = series.together(followed, n_buckets=len(months), otherwise="untold")
    prices = [_per(ore, n) for ore, n in zip(paid[0].figures, figures, strict=True)]
    if all(point.value is None for point in prices):
        return None
    return _drawn_price(prices, months, is_per_click=is_per_click)


def _per(ore: Figure, n: Figure) -> Point:
    if ore.value is None:
        return Point(None, series_texts.words(ore))
    if not n.value:
        return Point(None, series_texts.words(n) or _("none followed it"))
    return Point(round(ore.value / n.value))


def _drawn_price(prices: list[Point], months: list[Bucket], *, is_per_click: bool) -> Price:
    title = _("Kroner per click") if is_per_click else _("Kroner per visit")
    chart = Chart(
        key="price",
        title=title,
        heading=_("Month"),
        labels=[series_texts.full_label(month, span="month") for month in months],
        lines=[Line(title, prices)],
        unit="ore",
        has_total=False,
    )
    known = [(point.value, label) for point, label in zip(prices, chart.labels, strict=True) if point.value is not None]
    return Price(title, chart, spark([point.value for point in prices]), texts.price_sentence(known, chart))
