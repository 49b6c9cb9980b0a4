"""Figures over time in words: what a week or a month is called, why a figure is missing, what the lines say."""

from collections.abc import Sequence

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import hidden_texts
from analytics.charts import Chart, Line, Point
from analytics.queries.buckets import Bucket, Span
from analytics.queries.series import Figure, Series
from analytics.source_texts import name_of
from foundation.formats import number
from recruitment.models import Source


def short_label(bucket: Bucket, *, span: Span) -> str:
    """Return «uke 48» or «nov. 2026», as it stands under the chart."""
    if span == "week":
        return _("week %(n)s") % {"n": bucket.start.isocalendar().week}
    return formats.date_format(bucket.start, "N Y")


def full_label(bucket: Bucket, *, span: Span) -> str:
    """Return the label of the table: with the year, and with the days where a week or a month is cut."""
    name = short_label(bucket, span=span)
    if span == "week":
        name = f"{name}, {bucket.start.isocalendar().year}"
    if not bucket.is_cut:
        return name
    return _("%(name)s (%(first)s to %(last)s)") % {
        "name": name,
        "first": formats.date_format(bucket.first, "j.n."),
        "last": formats.date_format(bucket.last, "j.n."),
    }


def words(figure: Figure) -> str:
    """Return why a figure is missing, or what goes with one that is there; "" for nothing."""
    if figure.n_lacking and figure.why in ("", "unregistered"):
        text = lacks(figure.n_lacking)
        return text if figure.value is None else f"({text})"
    return {
        "": "",
        "untold": _("not told"),
        "deleted": _("deleted by the channel's terms"),
        "partly_deleted": _("(partly deleted by the channel's terms)"),
        "no_link": _("no link yet"),
        "unregistered": _("not registered"),
        "answers_deleted": _("answers deleted"),
        "hidden": hidden_texts.not_yet(figure.fewest),
        "pending": _("(more wait)"),
        "no_total": _("cannot be added up"),
    }[figure.why]


def lacks(n_jobs: int) -> str:
    """Return that so many vacancies are not counted yet."""
    return ngettext("lacks outcomes of %(n)s vacancy", "lacks outcomes of %(n)s vacancies", n_jobs) % {
        "n": number(n_jobs)
    }


def points(figures: Sequence[Figure], *, cut: Sequence[Bucket] = ()) -> list[Point]:
    """
    Return figures as they are drawn and written.

    :param cut: the weeks or months of the figures where they may be cut: what has days missing is drawn as not whole
    """
    is_cut = [bucket.is_cut for bucket in cut] or [False] * len(figures)
    return [
        Point(figure.value, words(figure), is_partial=part or figure.n_lacking > 0)
        for figure, part in zip(figures, is_cut, strict=True)
    ]


def largest_first(series: Sequence[Series]) -> list[Series]:
    """Return the series in the order in which they are drawn."""
    return sorted(series, key=lambda each: (-(each.total or 0), str(each.about)))


def lines(series: Sequence[Series], *, cut: Sequence[Bucket]) -> list[Line]:
    """Return series as lines over the weeks or months `cut`."""
    return [
        Line(name_of(each.about) if isinstance(each.about, Source) else str(each.about), points(each.figures, cut=cut))
        for each in series
    ]


def answer(chart: Chart, *, figure: str, not_drawn: int) -> str:
    """
    Return the heading: who gave most of the figure in the period, as far as it is known.

    :param not_drawn: the sum of what has no line, so that the whole is that of the other pages
    """
    totals = [(line.total, line.name) for line in chart.lines if line.total]
    if chart.is_empty:
        return _("Nothing to show over time in this period")
    if not totals:
        return _("%(figure)s: none in this period") % {"figure": figure}
    most, name = max(totals, key=lambda pair: pair[0] or 0)
    total = sum(value or 0 for value, _name in totals) + not_drawn
    is_alone = len(totals) == len(chart.lines) == 1 and not not_drawn
    if is_alone or sum(value == most for value, _name in totals) > 1:
        return _("%(figure)s: %(total)s in the period") % {"figure": figure, "total": _amount(chart, total)}
    text = _("%(figure)s: most from %(name)s, %(n)s of %(total)s")
    return text % {"figure": figure, "name": name, "n": _amount(chart, most or 0), "total": _amount(chart, total)}


def _amount(chart: Chart, value: int) -> str:
    return _("kr %(amount)s") % {"amount": number(round(value / 100))} if chart.unit == "ore" else number(value)


def about(figure: str) -> str:
    """Return what is counted, and by whom."""
    return {
        "besok": _("Persons who followed a tracked link, source by source. Counted by us."),
        "klikk": _("Clicks on posts and ads, channel by channel. As the channels tell."),
        "visninger": _("Views of posts and ads, channel by channel. As the channels tell."),
        "kroner": _("Kroner registered, source by source, on the day they were spent. Own hours are not in it."),
        "sagt": _("Applicants who say that they saw the vacancy there first, source by source."),
    }[figure]


def provenance(figure: str, *, threshold: int | None) -> str:
    """Return the line under the chart: whose days they are, who said it, and from how many; None where all is exact."""
    if figure in ("klikk", "visninger"):
        return _("Days are the channel's own; LinkedIn's begin at midnight UTC.")
    if figure == "sagt" and threshold is not None:
        return hidden_texts.when_said(threshold)
    return {
        "besok": _("Norwegian days. Robots and link previews are not counted."),
        "kroner": _("Norwegian days. A month without a registration is not zero."),
        "sagt": _("The survey, on the Norwegian day of the answer. Exact: for HR alone."),
    }[figure]


def notes(figure: str, *, cut: list[Bucket], span: Span, n_left: int, is_exact: bool, wanted: str) -> list[str]:
    """Return what the reader must know: points of fewer days, lines that are not drawn, months for weeks."""
    found = []
    if parts := [full_label(bucket, span=span) for bucket in cut if bucket.is_cut]:
        # A period cuts where it begins and where it ends.
        text = _("Only a part is here of %(a)s and %(b)s.") if len(parts) > 1 else _("Only a part is here of %(a)s.")
        found.append(text % {"a": parts[0], "b": parts[-1]})
    if n_left:
        text = ngettext(
            "%(n)s more has smaller figures and is not shown. Choose a channel to see it.",
            "%(n)s more have smaller figures and are not shown. Choose a channel to see them.",
            n_left,
        )
        found.append(text % {"n": n_left})
    if figure == "sagt" and not is_exact and wanted == "uke":
        found.append(_("Answers are shown by month: a week would tell too much of single answers."))
    return found
