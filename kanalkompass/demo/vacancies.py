"""
Two years of invented vacancies: what each municipality announced, when, and how much each kind attracts.

The newest are planned one by one, so that everything a vacancy can lack is lacking somewhere today.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from numpy.random import Generator

from foundation.clock import OSLO
from kanalkompass.demo import registering
from kanalkompass.demo.people import Town
from kanalkompass.demo.sources import used_at
from recruitment.models import JobPosting, Occupation, User, Workplace

Kind = JobPosting.Kind


@dataclass(frozen=True)
class Trade:
    """A kind of job: its titles, where in the list of workplaces it is found, how often, and how much it attracts."""

    code: str
    title_nb: str
    title_nn: str
    workplaces: tuple[int, ...]
    weight: float
    pull: float
    kinds: tuple[str, ...] = (Kind.PERMANENT,)
    percentages: tuple[int, ...] = (100,)


@dataclass(frozen=True)
class Fate:
    """
    What became of a vacancy, where it is not left to chance.

    `n_applied` and `n_told`: so many applied, and so many of them answered the survey. `is_counted` and `is_paid`: HR
    has registered its counts, and its costs.
    """

    n_applied: int | None = None
    n_told: int | None = None
    is_counted: bool = True
    is_paid: bool = True


@dataclass(frozen=True)
class Announced:
    """A vacancy, the kind of job it is, and the sources it could be seen at, for the figures that follow from it."""

    job: JobPosting
    trade: Trade
    seen_at: frozenset[str]
    fate: Fate = field(default_factory=Fate)

    @property
    def registered_day(self) -> date:
        """The Norwegian day it was registered on."""
        return self.job.created_at.astimezone(OSLO).date()


@dataclass(frozen=True)
class Plan:
    """A vacancy to be: registered so many days ago, with so many days left (less than 0 when it has closed)."""

    age: int
    days_left: int
    fate: Fate = field(default_factory=Fate)
    is_announced: bool = True


PART_TIME = (50, 60, 75, 80, 100)
SMALL = (14, 17, 20)
TRADES = (
    Trade("2223", "Sykepleier", "Sjukepleiar", (1, 2), 8, 0.55, percentages=PART_TIME),
    Trade("2223", "Sykepleier, natt", "Sjukepleiar, natt", (1, 2), 3, 0.4, percentages=(50, 75)),
    Trade("5321", "Helsefagarbeider", "Helsefagarbeidar", (0, 1), 7, 0.9, percentages=PART_TIME),
    Trade("2224", "Vernepleier", "Vernepleiar", (0, 7), 2, 0.55),
    Trade("5329", "Helgevakter", "Helgevakter", (0, 1), 4, 1.5, kinds=(Kind.WEEKEND,), percentages=SMALL),
    Trade("5329", "Ferievikarer", "Ferievikarar", (0, 1), 2, 2.2, kinds=(Kind.SUMMER,)),
    Trade("2264", "Fysioterapeut", "Fysioterapeut", (0, 2), 1, 0.7),
    Trade("2342", "Barnehagelærer", "Barnehagelærar", (3,), 5, 0.8, kinds=(Kind.PERMANENT, Kind.TEMPORARY)),
    Trade("5311", "Barnehageassistent", "Barnehageassistent", (3,), 2, 1.8, kinds=(Kind.TEMPORARY,)),
    Trade("2341", "Lærer", "Lærar", (4,), 5, 0.9, kinds=(Kind.PERMANENT, Kind.TEMPORARY)),
    Trade("2352", "Spesialpedagog", "Spesialpedagog", (4,), 1, 0.6),
    Trade("2635", "Kurator i barnevernet", "Kurator i barnevernet", (7,), 2, 0.8),
    Trade("2422", "Saksbehandler", "Saksbehandlar", (6,), 2, 1.7),
    Trade("2142", "Ingeniør vann og avløp", "Ingeniør vatn og avløp", (5,), 1, 0.45),
    Trade("3132", "Driftsoperatør", "Driftsoperatør", (5,), 1, 1.1),
    Trade("9112", "Renholder", "Reinhaldar", (4, 6), 2, 1.6, percentages=PART_TIME),
    Trade("5120", "Kokk", "Kokk", (0,), 1, 0.9, percentages=(80, 100)),
)
# Open today. The last one is not announced yet.
OPEN = (
    Plan(15, 2, Fate(n_applied=5, n_told=0)),
    Plan(8, 9, Fate(n_applied=14, n_told=6)),
    Plan(5, 12),
    Plan(1, 19, is_announced=False),
)
# Closed not long ago: applicants counted and the survey still open; no costs; and not counted at all.
LATE = (
    Plan(20, -4),
    Plan(26, -7, Fate(n_applied=22, n_told=4)),
    Plan(58, -41, Fate(is_paid=False)),
    Plan(71, -55, Fate(is_paid=False)),
)
UNCOUNTED = Fate(is_counted=False)
# How many days ago the deadlines of those without counts were.
UNCOUNTED_AGO = (19, 33, 47, 62, 84, 101, 113)
N_UNCOUNTED = {"9901": 2, "9902": len(UNCOUNTED_AGO)}
HISTORY_DAYS = (760, 30)
RUNS_FOR_DAYS = (14, 15, 18, 21)
# A municipality that counts nothing has counted nothing since so many days ago.
COUNTED_UNTIL_DAYS_AGO = 330
WHERE = {"nb": "NAV og kommunens nettsted", "nn": "NAV og nettstaden til kommunen"}
REQUIREMENTS = {
    "nb": "Relevant utdanning og gode norskkunnskaper. Personlig egnethet blir vektlagt.",
    "nn": "Relevant utdanning og gode norskkunnskapar. Personleg eigna blir vektlagt.",
}


def announce_years(town: Town, *, user: User, rng: Generator, now: datetime) -> list[Announced]:
    """Register the vacancies of two years, oldest first; call it in the town's `tenant()`."""
    today = now.astimezone(OSLO).date()
    occupations = {each.code: each for each in Occupation.objects.filter(code__in={t.code for t in TRADES})}
    workplaces = {each.name: each for each in Workplace.objects.all()}
    weights = [trade.weight for trade in TRADES]
    numbers: Counter[int] = Counter()
    made = []
    for plan in _plans(town, rng):
        trade = TRADES[rng.choice(len(TRADES), p=[weight / sum(weights) for weight in weights])]
        registered = _office_hours(today - timedelta(days=plan.age), rng)
        numbers[registered.year] += 1
        workplace = town.workplaces[int(rng.choice(trade.workplaces))]
        title = trade.title_nn if town.language_form == "nn" else trade.title_nb
        job = JobPosting(
            reference=f"ST-{registered.year}-{numbers[registered.year]:04d}",
            title=f"{title}, {workplace}",
            occupation=occupations[trade.code],
            workplace=workplaces[workplace],
            kind=str(rng.choice(trade.kinds)),
            percentage=int(rng.choice(trade.percentages)),
            positions=_positions(trade, rng),
            deadline_date=today + timedelta(days=plan.days_left),
            apply_url=f"https://www.{town.host}/ledige-stillinger/{int(rng.integers(10_000, 99_999))}",
            requirements=REQUIREMENTS[town.language_form],
            language=town.language_form,
            created_at=registered,
            created_by=user,
            **_announcement(town, registered.date()) if plan.is_announced else {},
        )
        made.append(Announced(job, trade, used_at(town=town, rng=rng), plan.fate))
    registering.register([each.job for each in made])
    return made


def _plans(town: Town, rng: Generator) -> list[Plan]:
    """Return what is announced, oldest first: chance decides over the years, and the newest are given."""
    first, last = HISTORY_DAYS
    ages = [int(age) for age in rng.integers(last, first, size=round(town.jobs_per_year * (first - last) / 365))]
    past = [Plan(age, int(rng.choice(RUNS_FOR_DAYS)) - age) for age in ages]
    if town.counts_until_last_year:
        past = [_uncounted(plan) if plan.age < COUNTED_UNTIL_DAYS_AGO else plan for plan in past]
        return sorted([*past, *OPEN[1:3]], key=lambda plan: -plan.age)
    uncounted = [Plan(ago + 18, -ago, UNCOUNTED) for ago in UNCOUNTED_AGO[: N_UNCOUNTED.get(town.number, 0)]]
    return sorted([*past, *uncounted, *LATE, *OPEN], key=lambda plan: -plan.age)


def _uncounted(plan: Plan) -> Plan:
    return Plan(plan.age, plan.days_left, UNCOUNTED)


def _positions(trade: Trade, rng: Generator) -> int:
    if {Kind.WEEKEND, Kind.SUMMER} & set(trade.kinds):
        return int(rng.integers(3, 9))
    return int(rng.choice([1, 1, 1, 2, 3]))


def _announcement(town: Town, day: date) -> dict[str, Any]:
    return {"announced_date": day, "announced_where": WHERE[town.language_form], "internal_notice_date": day}


def _office_hours(day: date, rng: Generator) -> datetime:
    wall = datetime.combine(day, time(int(rng.integers(8, 15)), int(rng.integers(60))), tzinfo=OSLO)
    return wall.astimezone(UTC)
