"""The sources of a municipality: which are told under another, and how they are listed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from foundation.compiled import compiled
from recruitment.models import Source, SourceMerge

PER_PAGE = 50


def merged() -> dict[int, int]:
    """
    Return which source each merged one is told under, by ids; a chain leads to its end. One query.

    Rows stay where they were registered: whoever sums by source puts this on top.
    """
    return _ends(dict(_merged()))


@compiled
def _merged() -> QuerySet:
    return Source.objects.filter(merged_into__isnull=False).order_by().values_list("pk", "merged_into_id")


def told_under_of(listed: Iterable[Source]) -> dict[int, int]:
    """Return the same as `merged`, of all sources that are read already. No query."""
    return _ends({source.pk: source.merged_into_id for source in listed if source.merged_into_id})


def _ends(into: dict[int, int]) -> dict[int, int]:
    return {source_id: _end_of(source_id, into) for source_id in into}


def family_of(source: Source) -> list[int]:
    """Return a source's id and those of all that were merged into it. One query."""
    return [source.pk, *[old for old, new in merged().items() if new == source.pk]]


def _end_of(source_id: int, into: dict[int, int]) -> int:
    # A source is merged only into one that is not merged itself, so that no ring can come to be.
    while source_id in into:
        source_id = into[source_id]
    return source_id


@dataclass(frozen=True)
class SourceList:
    """One page of the list: those in use first. `n_in_use` counts places that applicants may be asked about."""

    page: Page
    n_in_use: int
    q: str


def source_list(*, q: str = "", page_number: str = "1") -> SourceList:
    """Return the sources whose name in any language holds `q`. Three queries, however many sources."""
    sources = Source.objects.select_related("channel", "merged_into")
    found = (
        sources.filter(Q(name_nb__icontains=q) | Q(name_nn__icontains=q) | Q(name_en__icontains=q)) if q else sources
    )
    in_order = Paginator(found.order_by("-is_active", "position", "pk"), PER_PAGE)
    n_in_use = Source.objects.filter(is_active=True, kind=Source.Kind.PLACE).count()
    return SourceList(page=in_order.get_page(page_number), n_in_use=n_in_use, q=q)


def merges_of(source: Source) -> list[SourceMerge]:
    """Return the mergings that a source took part in, newest first. One query."""
    merges = SourceMerge.objects.select_related("source", "into", "merged_by", "undone_by")
    return list(merges.filter(Q(source=source) | Q(into=source)))
