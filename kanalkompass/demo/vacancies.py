"""A year of invented vacancies: what each municipality announced, when, and how much each kind of job attracts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from numpy.random import Generator

from foundation.clock import OSLO
from kanalkompass import vacancies
from kanalkompass.demo.people import Town
from kanalkompass.demo.sources import WORTH
from recruitment.actions.jobs import Announcement, JobDetails
from recruitment.models import JobPosting, Occupation, User

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
class Announced:
    """A vacancy, the kind of job it is, and the sources it could be seen at, for the figures that follow from it."""

    job: JobPosting
    trade: Trade
    seen_at: frozenset[str]


PART_TIME = (50, 60, 75, 80, 100)
SMALL = (14, 17, 20)
TRADES = (
    Trade("2223", "Sykepleier", "Sjukepleiar", (1, 2), 5, 0.5, percentages=PART_TIME),
    Trade("2223", "Sykepleier, natt", "Sjukepleiar, natt", (1, 2), 2, 0.35, percentages=(50, 75)),
    Trade("5321", "Helsefagarbeider", "Helsefagarbeidar", (0, 1), 6, 0.9, percentages=PART_TIME),
    Trade("2224", "Vernepleier", "Vernepleiar", (0, 7), 2, 0.55),
    Trade("5329", "Helgevakter", "Helgevakter", (0, 1), 4, 1.5, kinds=(Kind.WEEKEND,), percentages=SMALL),
    Trade("5329", "Ferievikarer", "Ferievikarar", (0, 1), 2, 2.2, kinds=(Kind.SUMMER,)),
    Trade("2264", "Fysioterapeut", "Fysioterapeut", (0, 2), 1, 0.7),
    Trade("2342", "Barnehagelærer", "Barnehagelærar", (3,), 4, 0.8, kinds=(Kind.PERMANENT, Kind.TEMPORARY)),
    Trade("5311", "Barnehageassistent", "Barnehageassistent", (3,), 2, 1.8, kinds=(Kind.TEMPORARY,)),
    Trade("2341", "Lærer", "Lærar", (4,), 4, 0.9, kinds=(Kind.PERMANENT, Kind.TEMPORARY)),
    Trade("2352", "Spesialpedagog", "Spesialpedagog", (4,), 1, 0.6),
    Trade("2635", "Kurator i barnevernet", "Kurator i barnevernet", (7,), 2, 0.8),
    Trade("2422", "Saksbehandler", "Saksbehandlar", (6,), 2, 1.7),
    Trade("2142", "Ingeniør vann og avløp", "Ingeniør vatn og avløp", (5,), 1, 0.45),
    Trade("3132", "Driftsoperatør", "Driftsoperatør", (5,), 1, 1.1),
    Trade("9112", "Renholder", "Reinhaldar", (4, 6), 2, 1.6, percentages=PART_TIME),
    Trade("5120", "Kokk", "Kokk", (0,), 1, 0.9, percentages=(80, 100)),
)
# Open today: how many days ago it was registered, and how many days are left. The last one is not announced yet.
OPEN = ((12, 2), (8, 6), (5, 12), (1, 19))
HISTORY_DAYS = (362, 24)
RUNS_FOR_DAYS = (14, 15, 18, 21)
WHERE = {"nb": "NAV og kommunens nettsted", "nn": "NAV og nettstaden til kommunen"}
REQUIREMENTS = {
    "nb": "Relevant utdanning og gode norskkunnskaper. Personlig egnethet blir vektlagt.",
    "nn": "Relevant utdanning og gode norskkunnskapar. Personleg eigna blir vektlagt.",
}


def announce_year(town: Town, *, user: User, rng: Generator, now: datetime) -> list[Announced]:
    """Register a year of vacancies, oldest first, as the product registers them; call it in the town's `tenant()`."""
    today = now.astimezone(OSLO).date()
    occupations = {each.code: each for each in Occupation.objects.filter(code__in={t.code for t in TRADES})}
    first, last = HISTORY_DAYS
    ages = sorted((int(age) for age in rng.integers(last, first, size=town.jobs_per_year)), reverse=True)
    past = [(age, int(rng.choice(RUNS_FOR_DAYS)) - age) for age in ages]
    weights = [trade.weight for trade in TRADES]
    made = []
    for number, (age, days_left) in enumerate([*past, *OPEN]):
        trade = TRADES[rng.choice(len(TRADES), p=[weight / sum(weights) for weight in weights])]
        registered = _office_hours(today - timedelta(days=age), rng)
        is_last = number == len(past) + len(OPEN) - 1
        job = vacancies.register(
            details=_details(town, trade, occupations[trade.code], today + timedelta(days=days_left), rng),
            announcement=Announcement() if is_last else _announcement(town, registered.date()),
            user=user,
            now=registered,
        )
        seen_at = frozenset(slug for slug, worth in WORTH.items() if rng.random() < worth.used_in)
        made.append(Announced(job, trade, seen_at))
    return made


def _details(town: Town, trade: Trade, occupation: Occupation, deadline: date, rng: Generator) -> JobDetails:
    workplace = town.workplaces[int(rng.choice(trade.workplaces))]
    title = trade.title_nn if town.language_form == "nn" else trade.title_nb
    return JobDetails(
        title=f"{title}, {workplace}",
        occupation=occupation,
        workplace=workplace,
        deadline_date=deadline,
        apply_url=f"https://www.{town.host}/ledige-stillinger/{int(rng.integers(10_000, 99_999))}",
        kind=str(rng.choice(trade.kinds)),
        percentage=int(rng.choice(trade.percentages)),
        positions=_positions(trade, rng),
        requirements=REQUIREMENTS[town.language_form],
        language=town.language_form,
    )


def _positions(trade: Trade, rng: Generator) -> int:
    if {Kind.WEEKEND, Kind.SUMMER} & set(trade.kinds):
        return int(rng.integers(3, 9))
    return int(rng.choice([1, 1, 1, 2, 3]))


def _announcement(town: Town, day: date) -> Announcement:
    return Announcement(announced_date=day, announced_where=WHERE[town.language_form], internal_notice_date=day)


def _office_hours(day: date, rng: Generator) -> datetime:
    wall = datetime.combine(day, time(int(rng.integers(8, 15)), int(rng.integers(60))), tzinfo=OSLO)
    return wall.astimezone(UTC)
