"""What the comparison of sources is made of: one row per source, what may be said of two, and all of it together."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from analytics import statistics
from analytics.statistics import PerQualified
from recruitment.models import Source

View = Literal["exact", "released"]


@dataclass(frozen=True)
class SourceRow:
    """
    One source in a selection. None is what nobody reported, registered or released; 0 is zero.

    `channel_figures` tells why views and clicks may be missing: "told", "not_told" (the channel never does), "none"
    (no channel), "not_fetched", "narrowed" (nothing is told about the chosen vacancies), or "elsewhere" (they stand on
    another source of the same channel). `said` are answers that name the source first; `applied` to `hired` are HR's
    counts. In the released view each is a sum of releases, None when nothing is released. `spend_ore` is what `cost` is
    made of: kroner, and hours at the municipality's price when they are counted in. `ties` are ids of the sources shown
    that this one cannot be told apart from. `unseen_said` is how many more answers there may be that are not released.
    """

    source: Source
    channel_figures: str
    views: int | None
    clicks: int | None
    visits: int | None
    said: int | None
    applied: int | None
    qualified: int | None
    interviewed: int | None
    offered: int | None
    hired: int | None
    best_qualified: int | None
    kroner_ore: int | None
    minutes: int | None
    spend_ore: int | None
    unseen_said: int = 0
    fetched_at: datetime | None = None
    cost: PerQualified | None = None
    hours: PerQualified | None = None
    ties: tuple[int, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing at all is known of the source in the selection."""
        counted = (self.visits, self.said)
        told = (self.views, self.clicks, self.applied, self.qualified, self.hired, self.kroner_ore, self.minutes)
        return not any(counted) and all(figure is None for figure in told)


@dataclass(frozen=True)
class Pair:
    """What may be said about two sources; `a` and `b` are their ids."""

    a: int
    b: int
    comparison: statistics.Comparison


@dataclass(frozen=True)
class Response:
    """How many answered, of how many who applied, in the vacancies where HR has counted applicants."""

    n_answers: int
    n_applied: int


@dataclass(frozen=True)
class Best:
    """The source that is probably the cheapest of all, and how probable that is."""

    source_id: int
    probability: float


@dataclass(frozen=True)
class SourceComparison:
    """
    The rows and what they say together; `quiet` are named sources with nothing in the selection.

    `known` of `qualified` applicants have a known source, over all channels. `n_compared` is how many priced sources
    were compared with each other, `n_priced` how many there are; `sides` holds the former.
    `threshold` is how few answers the municipality tells others than HR together.
    """

    rows: list[SourceRow]
    quiet: list[Source]
    view: View
    hour_cost_ore: int
    threshold: int
    fetched_at: datetime | None
    answers_kept: bool = True
    pairs: list[Pair] = field(default_factory=list)
    best: Best | None = None
    known: int = 0
    qualified: int = 0
    n_compared: int = 0
    n_priced: int = 0
    sides: dict[int, statistics.ChannelCount] = field(default_factory=dict)
    response: Response | None = None

    @property
    def is_exact(self) -> bool:
        """Whether counts are exact and live, and not those of the release ledger."""
        return self.view == "exact"

    @cached_property
    def of_linked(self) -> tuple[int, int]:
        """How many answers and how many visits the sources have together that have a link and known answers."""
        linked = [(row.said, row.visits) for row in self.rows if row.visits is not None and row.said is not None]
        return sum(said for said, _ in linked), sum(visits for _, visits in linked)
