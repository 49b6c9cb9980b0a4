"""«Trakt»: from a view to a hired person, stage by stage, each counted by whoever can count it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import funnel_texts as texts
from analytics import hidden_texts
from analytics.forms.figures import FunnelForm
from analytics.queries import funnel, sources
from analytics.queries.funnel import Count, Stage
from analytics.queries.measurements import known_sum
from analytics.queries.source_rows import SourceRow
from analytics.queries.steps import BEFORE, Step, Steps, exact_steps, together
from analytics.source_texts import in_sentence, name_of
from analytics.views import figure_pages
from foundation import clock
from foundation.formats import number
from recruitment.doors import MemberRequest

BAR_WIDTH = 300


@dataclass(frozen=True)
class StageRow:
    """One stage as it is drawn; `truth` names who counts, where another party begins."""

    truth: str
    label: str
    text: str
    note: str
    is_missing: bool
    width: float
    passed: str
    of: str
    range: str


@require_safe
def sources_funnel(request: MemberRequest) -> HttpResponse:
    """Show the funnel of all sources together, or of one."""
    asked = figure_pages.question(request, FunnelForm)
    if not asked.is_valid:
        return figure_pages.refused(request, asked, here="funnel")
    comparison = sources.source_comparison(
        selection=asked.filters.selection(), view=asked.filters.view(), now=clock.now()
    )
    chosen = asked.own.cleaned_data["kilde"]
    rows = [row for row in comparison.rows if chosen is None or row.source.pk == chosen]
    if chosen is not None and not rows:
        # Another municipality's source, one without figures and one that is not there are answered alike.
        asked.own.add_error("kilde", _("There is no such source with figures in the period. Choose another."))
        return figure_pages.refused(request, asked, here="funnel")
    counts = _counts(rows, steps=exact_steps(asked.filters.selection()) if asked.is_exact else None)
    stages = funnel.funnel(counts)
    threshold = None if asked.is_exact else comparison.threshold
    about = name_of(rows[0].source) if chosen is not None else _("All sources")
    context = asked.context() | {
        "rows": _drawn(stages, threshold=threshold),
        "rule": hidden_texts.rule(comparison.threshold),
        "about": about,
        "answer": texts.answer(stages, about=in_sentence(rows[0].source) if chosen is not None else ""),
        "fetched_at": comparison.fetched_at,
        "choices": [
            (_("All sources"), asked.query(kilde=""), chosen is None),
            *(
                (name_of(row.source), asked.query(kilde=str(row.source.pk)), row.source.pk == chosen)
                for row in sorted(comparison.rows, key=lambda row: (row.source.position, row.source.pk))[:40]
            ),
        ],
    }
    return render(request, "analytics/funnel.html", context)


def _counts(rows: list[SourceRow], *, steps: Steps | None) -> dict[str, Count]:
    """
    Return each stage's sum over sources. What HR and applicants say may be more than is released.

    :param steps: HR's steps in the exact view, None in the released one
    """
    found = {}
    for truth, keys in funnel.TRUTHS.items():
        why = "empty" if not rows else "pending" if truth in ("people", "hr") and steps is None else ""
        for key in keys:
            of_key = (steps or {}).get(key, {})
            step = _clicks(rows) if key == "clicks" else together(of_key.get(row.source.pk) for row in rows)
            found[key] = Count(known_sum(*(getattr(row, key) for row in rows)), why, step)
    return found


def _clicks(rows: list[SourceRow]) -> Step | None:
    """Return the clicks of the views of those channels that tell both."""
    return together(
        Step(row.clicks, row.views) if row.clicks is not None and row.views is not None else None for row in rows
    )


def _drawn(stages: list[Stage], *, threshold: int | None) -> list[StageRow]:
    counts = {stage.key: stage.count for stage in stages}
    return [
        StageRow(
            truth=texts.truth(stage.truth) if stage.is_first_of_truth else "",
            label=texts.label(stage.key),
            text=texts.missing(stage, threshold=threshold) if stage.count.n is None else number(stage.count.n),
            note=texts.note(stage, qualified=counts["qualified"]),
            is_missing=stage.count.n is None,
            width=round(max(1.5, BAR_WIDTH * stage.part), 1) if stage.count.n else 0,
            passed="" if stage.passed is None else texts.percent(stage.passed.share),
            of=texts.of_which(stage, before=counts.get(BEFORE.get(stage.key, ""))),
            range=texts.range_of(stage.passed),
        )
        for stage in stages
    ]
