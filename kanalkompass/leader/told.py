"""What the leader's page is written from: released counts and exact costs of one period, source by source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from analytics import source_texts
from analytics.forms.periods import twelve_months
from analytics.queries.lacking import lacking
from analytics.queries.measurements import channel_totals
from analytics.queries.selection import Period, Selection
from analytics.queries.sources import SourceRow, source_comparison
from foundation import clock
from recruitment.models import JobPosting, Source

Payment = Literal["free", "paid", "unknown"]
# A year that has just begun has little to tell; until its fourth month the page is about the last twelve months.
YEAR_TELLS_FROM_MONTH = 4
# Kinds of channel that cost money as a rule: with nothing registered their price is not known, and not nothing. They
# are the product's own and the same for every municipality (recruitment/data/channels.csv), and this page alone asks.
COSTS_AS_A_RULE = frozenset({"finn", "print", "cinema", "radio", "job-fair"})


@dataclass(frozen=True)
class SourceFigures:
    """
    One named source as everybody may read it. None is what is not registered or not released; 0 is zero.

    `qualified` is a sum of releases: there may be more. `payment` is "paid" (kroner are registered), "free" (0 kroner,
    or nothing at a kind of channel that costs nothing by itself and where no ad was shown) or "unknown". `low_ore` and
    `high_ore` bound what one qualified applicant cost (90 %); None where that cannot be told.
    """

    name: str
    payment: Payment
    kroner_ore: int | None
    minutes: int | None
    qualified: int | None
    low_ore: float | None = None
    high_ore: float | None = None
    in_sentence: str = ""


@dataclass(frozen=True)
class Figures:
    """
    A period and all that is told of it.

    `n_jobs` vacancies had their deadline in it, HR has counted the qualified of `n_counted` of them, and `n_lacking`
    lack outcomes. `qualified`
    and `hired` are over all sources, `known` of the qualified have a named source; None is nothing released.
    `response` says how many answered the surveys, "" where that may not be told.
    """

    period: Period
    is_year: bool
    n_jobs: int
    n_counted: int
    n_lacking: int = 0
    sources: tuple[SourceFigures, ...] = ()
    qualified: int | None = None
    known: int | None = None
    hired: int | None = None
    response: str = ""

    @property
    def spent_ore(self) -> int | None:
        """What all named sources cost together, in øre; None when no cost is registered."""
        told = [each.kroner_ore for each in self.sources if each.kroner_ore is not None]
        return sum(told) if told else None

    @property
    def is_telling(self) -> bool:
        """Whether the source of half of the qualified can be shown at least; with less, sources cannot be compared."""
        return bool(self.known) and 2 * (self.known or 0) >= (self.qualified or 0)

    def paid_as(self, payment: Payment) -> list[SourceFigures]:
        """
        Return the sources of one kind of payment: most qualified first, then the most costly.

        Where little can be shown the most costly come first: how much of each may be shown is no order of theirs.
        """
        chosen = [each for each in self.sources if each.payment == payment]

        def place(each: SourceFigures) -> tuple[int, int, str]:
            return -(each.qualified or 0) if self.is_telling else 0, -(each.kroner_ore or 0), each.name

        return sorted(chosen, key=place)


def period_of(today: date) -> tuple[Period, bool]:
    """Return the days the page is about, and whether they are the calendar year so far."""
    if today.month >= YEAR_TELLS_FROM_MONTH:
        return Period(date(today.year, 1, 1), today), True
    return twelve_months(today), False


def figures(*, now: datetime) -> Figures:
    """Return the entered municipality's figures as everybody may read them. Three queries more than the comparison."""
    today = now.astimezone(clock.OSLO).date()
    period, is_year = period_of(today)
    comparison = source_comparison(selection=Selection(period), view="released", with_hours=False, now=now)
    ended = JobPosting.objects.filter(deadline_date__range=(period.first_day, period.last_day)).order_by()
    jobs = dict(ended.values_list("pk", "deadline_date"))
    lack = set(lacking(selection=Selection(period), today=today).values_list("pk", flat=True))
    totals = channel_totals(first_day=period.first_day, last_day=period.last_day)
    advertised = {channel_id for channel_id, each in totals.items() if each.paid.impressions or each.paid.spend_ore}
    named = [row for row in comparison.rows if row.source.kind != Source.Kind.UNKNOWN]
    return Figures(
        period=period,
        is_year=is_year,
        n_jobs=len(jobs),
        n_counted=sum(day < today and pk not in lack for pk, day in jobs.items()),
        n_lacking=len(lack),
        sources=tuple(_source(row, advertised) for row in named if row.qualified or row.kroner_ore is not None),
        qualified=_sum(row.qualified for row in comparison.rows),
        known=_sum(row.qualified for row in named),
        hired=_sum(row.hired for row in comparison.rows),
        response=source_texts.response_sentence(comparison),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _source(row: SourceRow, advertised: set[int]) -> SourceFigures:
    is_known = row.cost is not None and row.cost.kind in ("estimate", "interval_only")
    return SourceFigures(
        name=source_texts.name_of(row.source),
        in_sentence=source_texts.in_sentence(row.source),
        payment=_payment(row, advertised),
        kroner_ore=row.kroner_ore,
        minutes=row.minutes,
        qualified=row.qualified,
        low_ore=row.cost.low if row.cost and is_known else None,
        high_ore=row.cost.high if row.cost and is_known else None,
    )


def _payment(row: SourceRow, advertised: set[int]) -> Payment:
    if row.kroner_ore:
        return "paid"
    if row.kroner_ore == 0:
        return "free"
    channel = row.source.channel
    if channel is None or channel.slug in COSTS_AS_A_RULE or channel.pk in advertised:
        return "unknown"
    return "free"
