"""
«Yrke og stillingstype» (H2): each occupation, or each kind of position, compared by itself.

Every row is the comparison of «Kilder» with that one filter set, made by the same function, so that the grid and the
page behind each of its links can never tell two things.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Count, Q

from analytics.models import Cost, Outcome
from analytics.queries.selection import Selection
from analytics.queries.sources import SourceComparison
from recruitment.models import JobPosting, Occupation, Source
from recruitment.queries import occupations

# A page of the grid; each row is a comparison of its own.
ROWS_ON_PAGE = 10
MOST_SOURCES = 10


@dataclass(frozen=True)
class Group:
    """An occupation's code, or a kind of position, with how many vacancies of the selection it has."""

    key: str
    name: str
    n_jobs: int


@dataclass(frozen=True)
class Row:
    """One group with its comparison."""

    group: Group
    selection: Selection
    comparison: SourceComparison


@dataclass(frozen=True)
class Grid:
    """Some rows of all groups, and the sources with anything in them, those in most rows first."""

    rows: list[Row]
    sources: list[Source]
    n_sources_left: int
    n_groups: int


By = Literal["occupation", "kind"]
Compare = Callable[[Selection], SourceComparison]


def groups(*, selection: Selection, by: By, is_exact: bool) -> list[Group]:
    """
    Return the groups with vacancies that had their deadline, a cost or (for HR) a count in the period, most first.

    Without `is_exact` what HR counted says nothing about who is listed (R10). Two queries.
    """
    days = (selection.period.first_day, selection.period.last_day)
    costs = Cost.objects.filter(day__range=days).values("job_id")
    had = Q(deadline_date__range=days) | Q(pk__in=costs)
    if is_exact:
        had |= Q(pk__in=Outcome.objects.filter(counted_date__range=days).values("job_id"))
    field = "occupation__code" if by == "occupation" else "kind"
    counts = selection.jobs().filter(had).order_by().values_list(field).annotate(n=Count("pk")).order_by("-n", field)
    numbers = dict(counts)
    if by == "kind":
        return [Group(key, str(JobPosting.Kind(key).label), n) for key, n in numbers.items()]
    found = Occupation.objects.filter(code__in=numbers).prefetch_related("titles")
    names = {each.code: occupations.name_of(each) for each in found}
    return [Group(key, names[key], n) for key, n in numbers.items()]


def grid(*, selection: Selection, by: By, page: int, is_exact: bool, compare: Compare) -> Grid:
    """
    Return one page of the grid.

    :param compare: the comparison of «Kilder», exact or released, for one selection
    """
    every = groups(selection=selection, by=by, is_exact=is_exact)
    shown = every[(page - 1) * ROWS_ON_PAGE : page * ROWS_ON_PAGE]
    rows = []
    for group in shown:
        is_kind = by == "kind"
        narrowed = replace(selection, kind=group.key) if is_kind else replace(selection, occupation=group.key)
        rows.append(Row(group, narrowed, compare(narrowed)))
    used: dict[int, tuple[int, Source]] = {}
    for row in rows:
        for each in row.comparison.rows:
            is_place = each.source.kind != Source.Kind.UNKNOWN
            if is_place and (each.qualified is not None or each.spend_ore is not None):
                used[each.source.pk] = (used.get(each.source.pk, (0, each.source))[0] + 1, each.source)
    ordered = [
        source for _n, source in sorted(used.values(), key=lambda pair: (-pair[0], pair[1].position, pair[1].pk))
    ]
    return Grid(
        rows=rows,
        sources=ordered[:MOST_SOURCES],
        n_sources_left=max(0, len(ordered) - MOST_SOURCES),
        n_groups=len(every),
    )
