"""«Bak tallene»: how sources have changed, shares with their uncertainty, and what is said beside what is tracked."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics import change_texts, hidden_texts
from analytics import source_texts as texts
from analytics.forms.selections import SelectionForm
from analytics.queries import source_changes, surveys
from analytics.queries import sources as queries
from analytics.queries.steps import Step, exact_steps
from analytics.statistics import ENOUGH
from analytics.views.sources import frame, refused
from foundation import clock
from recruitment.doors import MemberRequest

# More are on the table's own pages.
MOST_SHOWN = 60


@dataclass(frozen=True)
class Behind:
    """One source's line in each of the three tables."""

    source_id: int
    name: str
    cost: str
    earlier: list[change_texts.Told]
    share: change_texts.Share
    qualified: change_texts.Share
    tracked: change_texts.Share
    hint: str
    is_changed: bool
    is_many: bool
    is_tracked: bool


@require_safe
def sources_behind(request: MemberRequest) -> HttpResponse:
    """Show what lies behind the table, for the same selection and in the same view."""
    form = SelectionForm.of(request)
    if not form.is_valid():
        return refused(request, form)
    comparison = _compared(form)
    earlier = _earlier(form, comparison)
    assessed = exact_steps(form.selection())["qualified"] if comparison.is_exact else {}
    lines = [_line(row, comparison, earlier, assessed.get(row.source.pk)) for row in comparison.rows[:MOST_SHOWN]]
    context = {
        **frame(form),
        "crumbs_query": form.query(),
        "comparison": comparison,
        "changes": _parted(lines, "is_changed"),
        "shares": _parted(lines, "is_many"),
        "tracked": _parted(lines, "is_tracked"),
        # The period before a year is the same days a year before.
        "is_year": len(earlier) == 1,
        "periods": [each.period for each in earlier],
        "answer": change_texts.answer(comparison, earlier[0]),
        "response": texts.response_sentence(comparison),
        "rule": hidden_texts.rule(comparison.threshold),
        "kept_months": surveys.kept_months(form.selection()) if comparison.is_exact else [],
    }
    return render(request, "analytics/sources_behind.html", context)


def _parted(lines: list[Behind], by: str) -> tuple[list[Behind], list[Behind]]:
    """Return the lines that say something, and the others, which are folded away."""
    return [line for line in lines if getattr(line, by)], [line for line in lines if not getattr(line, by)]


def _compared(form: SelectionForm) -> queries.SourceComparison:
    return queries.source_comparison(
        selection=form.selection(), view=form.view(), with_hours=form.with_hours(), now=clock.now()
    )


def _earlier(form: SelectionForm, comparison: queries.SourceComparison) -> list[source_changes.Earlier]:
    """Return the changes since the period before and a year before; the two are one for a period of a year."""
    selection, period = form.selection(), form.period()
    befores = dict.fromkeys([source_changes.period_before(period), source_changes.year_before(period)])
    return [
        source_changes.earlier(
            comparison,
            selection=selection,
            period=before,
            view=form.view(),
            with_hours=form.with_hours(),
            now=clock.now(),
        )
        for before in befores
    ]


def _line(
    row: queries.SourceRow,
    comparison: queries.SourceComparison,
    earlier: list[source_changes.Earlier],
    assessed: Step | None,
) -> Behind:
    said = sum(each.said or 0 for each in comparison.rows)
    visits = sum(each.visits or 0 for each in comparison.rows)
    return Behind(
        source_id=row.source.pk,
        name=texts.name_of(row.source),
        cost=change_texts.cost_now(row, is_exact=comparison.is_exact),
        earlier=[change_texts.told(each.of[row.source.pk], is_exact=comparison.is_exact) for each in earlier],
        share=change_texts.share(row.said, said, unknown=_unknown("said", comparison)),
        qualified=change_texts.assessed(assessed, applied=row.applied, is_exact=comparison.is_exact),
        tracked=change_texts.plain_share(row.visits, visits),
        hint=texts.said_and_tracked(row, comparison),
        is_changed=any(each.of[row.source.pk].is_told for each in earlier),
        is_many=max(row.said or 0, row.applied or 0) >= ENOUGH,
        is_tracked=row.visits is not None and (row.said or 0) >= ENOUGH,
    )


def _unknown(what: str, comparison: queries.SourceComparison) -> str:
    """Return what stands where a count is missing."""
    return _("not known") if comparison.is_exact else hidden_texts.hidden(what, comparison.threshold)
