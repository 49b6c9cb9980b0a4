"""«Utvikling» (F4): the municipality's own figures month by month, and this year beside the years before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import development_texts as texts
from analytics import hidden_texts, series_texts
from analytics.charts import Chart, Line, Point
from analytics.forms.figures import DevelopmentForm
from analytics.queries import released_series
from analytics.queries.buckets import Bucket
from analytics.queries.development import NAMES, Development, development, exact_people
from analytics.queries.ledger import threshold
from analytics.queries.selection import Selection
from analytics.queries.series import Figure, sources_of
from analytics.queries.surveys import retention_months
from analytics.views import figure_files
from foundation import clock, spreadsheets
from foundation.file_names import in_file_name
from foundation.formats import moment
from recruitment.doors import HR, MemberRequest
from recruitment.models import Channel, Source

FIGURES = {
    "folgere": "followers",
    "visninger": "views",
    "klikk": "clicks",
    "besok": "visits",
    "svar": "answers",
    "sokere": "applied",
    "kvalifiserte": "qualified",
    "kroner": "costs",
}
MOST_YEARS = 5


@require_safe
def own_development(request: MemberRequest) -> HttpResponse:
    """Show the development of all channels together, or of one."""
    form = DevelopmentForm(request.GET)
    channels = _channels()
    if not _is_valid(form, channels):
        context = {"form": form, "channels": _links(form, channels)}
        return render(request, "analytics/development_refused.html", context, status=422)
    is_exact = request.membership.role in HR
    channel = _chosen(form, channels)
    found = _development(channel, is_exact=is_exact)
    name = FIGURES[form.chosen("tall")]
    chart = _years(found, name)
    context = {
        "form": form,
        "chart": chart,
        "monthly": _monthly(found, channel),
        "answer": texts.answer(found.change(name), name=name, channel=str(channel) if channel else ""),
        "changes": [(texts.label(each), *texts.change(found.change(each), name=each)) for each in _names(channel)],
        "retention_months": retention_months(),
        "which_months": _which_months(found),
        "figures": [(label, _query(form, tall=key), key == form.chosen("tall")) for key, label in _labels(form)],
        "channels": _links(form, channels),
        "file_query": _query(form),
        "is_exact": is_exact,
        "rule": "" if is_exact else hidden_texts.rule(threshold()),
        "whose_month": hidden_texts.whose_month(),
        "needs_channel": name == "followers" and channel is None,
        "is_deleted": any(figure.why in ("deleted", "partly_deleted") for figure in found.columns["views"]),
        "sources_url": reverse("sources", kwargs={"number": request.municipality.number}),
    }
    return render(request, "analytics/development.html", context)


@require_safe
def development_csv(request: MemberRequest) -> HttpResponse:
    """Return the months with a semicolon between the cells."""
    return _file(request, "csv")


@require_safe
def development_xlsx(request: MemberRequest) -> HttpResponse:
    """Return the months as a workbook."""
    return _file(request, "xlsx")


def _file(request: MemberRequest, kind: str) -> HttpResponse:
    form, channels = DevelopmentForm(request.GET), _channels()
    if not _is_valid(form, channels):
        context = {"form": form, "channels": _links(form, channels)}
        return render(request, "analytics/development_refused.html", context, status=422)
    channel = _chosen(form, channels)
    head: list[list[spreadsheets.Cell]] = [
        [_("Development"), str(request.municipality)],
        [_("Channel"), str(channel) if channel else _("All channels")],
        [_("Made"), moment(clock.now())],
        [_("What is shown"), " ".join([figure_files.shared(), hidden_texts.whose_month()])],
        [],
    ]
    rows = [*head, *_monthly(_development(channel, is_exact=False), channel).file_rows()]
    about = f"-{in_file_name(str(channel), otherwise=str(channel.pk))}" if channel else ""
    name = f"utvikling-{request.municipality.file_name}{about}-{clock.today()}.{kind}"
    return figure_files.plain(request, rows, kind=kind, name=name)


def _channels() -> list[Channel]:
    return list(Channel.objects.filter(pk__in=Source.objects.order_by().values("channel_id")))


def _is_valid(form: DevelopmentForm, channels: list[Channel]) -> bool:
    if not form.is_valid():
        return False
    asked = form.cleaned_data["kanal"]
    if asked is not None and asked not in {channel.pk for channel in channels}:
        form.add_error("kanal", _("There is no such channel."))
    return not form.errors


def _chosen(form: DevelopmentForm, channels: list[Channel]) -> Channel | None:
    return next((channel for channel in channels if channel.pk == form.cleaned_data["kanal"]), None)


def _labels(form: DevelopmentForm) -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in form.choices_of("tall")]


def _query(form: DevelopmentForm, **changes: str) -> str:
    values = form.given() | changes
    return "&".join(f"{name}={value}" for name, value in sorted(values.items()) if value)


def _links(form: DevelopmentForm, channels: list[Channel]) -> list[tuple[str, str, bool]]:
    chosen = form.cleaned_data.get("kanal")
    links = [(_("All channels"), _query(form, kanal=""), chosen is None)]
    return links + [(str(each), _query(form, kanal=str(each.pk)), each.pk == chosen) for each in channels]


def _development(channel: Channel | None, *, is_exact: bool) -> Development:
    now = clock.now()
    told: list[Any] = []

    def people(name: str, months: Sequence[Bucket], selection: Selection) -> list[Figure]:
        if is_exact:
            return exact_people(name, months, selection, now=now)
        if not told:
            told.extend(released_series.by_month(selection=selection, months=months))
        every = {pk for each in told for pk in each.by_source}
        ids = {source.pk for source in sources_of(selection, every)}
        asked: Any = {"answers": "said"}.get(name, name)
        return released_series.whole(told=told, name=asked, ids=ids)

    return development(channel=channel, people=people, now=now)


def _which_months(found: Development) -> str:
    """Return which months are summed: on the other pages a year ends today."""
    if found.last_twelve is None:
        return ""
    first, last = (series_texts.full_label(month, span="month") for month in found.last_twelve)
    text = _("%(first)s to %(last)s, and the twelve months before. On the other pages, twelve months run until today.")
    return text % {"first": first, "last": last}


def _names(channel: Channel | None) -> list[str]:
    """Return the figures that may be told: followers of one channel only."""
    return [name for name in NAMES if channel or name != "followers"]


def _monthly(found: Development, channel: Channel | None) -> Chart:
    """Return the months as a table, the newest first; kroner are whole in their own column."""
    order = list(reversed(range(len(found.months))))
    labels = [series_texts.full_label(found.months[place], span="month") for place in order]
    lines = []
    for name in _names(channel):
        points = [series_texts.points(found.columns[name])[place] for place in order]
        lines.append(Line(texts.label(name), points, unit="ore" if name == "costs" else "count"))
    return Chart(
        key="chart-months", title=_("Month by month"), heading=_("Month"), labels=labels, lines=lines, has_total=False
    )


def _so_far(point: Point) -> Point:
    """Return the running month's figure with the word that it is not all."""
    if point.value is None or point.words:
        return point
    return replace(point, words=_("(so far)"))


def _years(found: Development, name: str) -> Chart:
    """Return one figure with a line for each year over the same twelve months, the newest year first."""
    points = series_texts.points(found.columns[name], cut=found.months)
    by_month = dict(zip(((m.start.year, m.start.month) for m in found.months), points, strict=True))
    if points and found.months[-1].is_cut:
        by_month[max(by_month)] = _so_far(points[-1])
    years = sorted({year for year, _month in by_month}, reverse=True)[:MOST_YEARS]
    lines = []
    for year in years:
        words = _("not come yet") if year == years[0] else _("before the first figures")
        lines.append(Line(str(year), [by_month.get((year, month)) or Point(None, words) for month in range(1, 13)]))
    labels = [formats.date_format(clock.today().replace(month=month, day=1), "N") for month in range(1, 13)]
    return Chart(
        key="chart-years",
        title=_("%(figure)s, year beside year") % {"figure": texts.label(name)},
        heading=_("Month"),
        labels=labels,
        lines=lines,
        unit="ore" if name == "costs" else "count",
        has_total=name != "followers",
    )
