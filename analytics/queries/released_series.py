"""What the release ledger lets everybody see, month by month: a release is in the month of its vacancies' deadlines."""

from collections.abc import Iterable, Sequence
from typing import Literal

from django.db.models import Sum

from analytics.ledger import least_of
from analytics.models import Question, Release
from analytics.queries.buckets import Bucket
from analytics.queries.released import Released, released_by_month
from analytics.queries.selection import Period, Selection
from analytics.queries.series import Figure, Series, sources_of
from recruitment.models import JobPosting, Source
from recruitment.queries.sources import family_of

Name = Literal["said", "applied", "qualified"]


def by_month(*, selection: Selection, months: Sequence[Bucket]) -> list[Released]:
    """Return what is released of each month by itself. Three queries."""
    return released_by_month(selection, [Period(month.first, month.last) for month in months])


def said(*, selection: Selection, buckets: Sequence[Bucket]) -> list[Series]:
    """Return the released answers by source, month by month. Sources without any are left out. Four queries."""
    told = by_month(selection=selection, months=buckets)
    ids = {pk for each in told for pk in each.by_source}
    sources = sources_of(selection, ids)
    found = [Series(source, [_figure(each, "said", [source.pk]) for each in told]) for source in sources]
    return [series for series in found if series.total is not None]


def whole(*, told: Sequence[Released], name: Name, ids: set[int] | None) -> list[Figure]:
    """Return one figure summed over sources, month by month; `ids` are the sources that count, None all of them."""
    return [_figure(each, name, set(each.by_source) if ids is None else ids & set(each.by_source)) for each in told]


def said_by_job(*, source: Source, jobs: Iterable[JobPosting]) -> dict[int, int]:
    """Return the answers released of single vacancies, by vacancy; what is pooled is not split. Two queries."""
    ids = [job.pk for job in jobs]
    alone = Release.objects.filter(question=Question.SAID, source__in=family_of(source), job_id__in=ids)
    return dict(alone.order_by().values_list("job_id").annotate(Sum("count")))


def _figure(told: Released, name: Name, ids: Iterable[int]) -> Figure:
    known = [count for pk in ids if (count := getattr(told.of(pk), name).count) is not None]
    return Figure(sum(known)) if known else Figure(None, "hidden", fewest=least_of(name, told.threshold))
