"""Load the demonstration data once: all of a municipality or nothing of it, and the same each time from the seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy
from django.db import transaction
from numpy.random import Generator

from analytics.actions import releasing, retention
from analytics.models import AlsoSeen, Cost, Outcome, Survey, SurveyAnswer
from channels.actions import visits as counting
from channels.models import LinkHour, TrackedLink
from foundation.acting import acting_as
from foundation.clock import OSLO
from foundation.tenancy import tenant
from kanalkompass.demo import applicants, channels, connected, particulars, people, spending, vacancies, visiting
from kanalkompass.demo.people import TOWNS, Town
from kanalkompass.demo.vacancies import HISTORY_DAYS, Announced
from kanalkompass.theme import choosing
from recruitment.models import JobPosting, Municipality, MunicipalitySettings, Source, User

SEED = 2026
BATCH = 2_000
# The blue that one of the towns has chosen for itself.
ACCENT = "004b87"


@dataclass(frozen=True)
class Loaded:
    """What was loaded of one municipality; nothing when it was there already."""

    name: str
    n_jobs: int
    n_answers: int
    n_visits: int


def load(*, password: str, now: datetime) -> list[Loaded]:
    """
    Make what is missing of the invented municipalities, and return what was made of each. May be called again.

    Called again on a later day it lets the nights between have passed.
    """
    with transaction.atomic():
        municipalities = [(town, people.make_municipality(town)) for town in TOWNS]
        people.make_people(password)
    loaded = []
    for town, municipality in municipalities:
        loaded.append(_load_town(town, municipality, now=now))
        if loaded[-1].n_jobs:
            _nights(municipality, now=now)
    return loaded


def _nights(municipality: Municipality, *, now: datetime) -> None:
    """Do what the nights until now would have done: release what may be told, then forget what is past its time."""
    releasing.release(municipality_id=municipality.pk, now=now)
    with tenant(municipality.pk):
        months = MunicipalitySettings.objects.get().retention_months
        retention.forget_old_answers(months=months, now=now)
        retention.forget_old_words(months=months, now=now)


def _load_town(town: Town, municipality: Municipality, *, now: datetime) -> Loaded:
    with tenant(municipality.pk):
        # Two loads at the same time take turns, and the second finds everything there.
        Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
        if JobPosting.objects.exists():
            if town.pages:
                connected.go_on(town, now=now)
            return Loaded(town.name, 0, 0, 0)
        if not town.jobs_per_year:
            return Loaded(town.name, 0, 0, 0)
        return _history(town, rng=numpy.random.default_rng([SEED, int(town.number)]), now=now)


def _users(town: Town) -> dict[str, User]:
    by_name = {user.full_name: user for user in User.objects.filter(email__endswith=f"@{town.host}")}
    hr, adviser, deputy = (by_name[person.name] for person in town.people[:3])
    return {"hr": hr, "adviser": adviser, "deputy": deputy, "administrator": by_name[town.people[-1].name]}


def _history(town: Town, *, rng: Generator, now: datetime) -> Loaded:
    today = now.astimezone(OSLO).date()
    users = _users(town)
    people.furnish(town)
    is_first = town is TOWNS[0]
    if is_first:
        particulars.add_own_sources(by=users["hr"], now=now - timedelta(days=HISTORY_DAYS[0]))
    sources = {source.slug: source for source in Source.objects.all()}
    # The log of a demonstration names people too.
    with acting_as(users["hr"].pk):
        announced = vacancies.announce_years(town, user=users["hr"], rng=rng, now=now)
        said = _what_followed(announced, town=town, sources=sources, users=users, now=now, rng=rng)
        if is_first:
            particulars.sort_elsewhere(by=users["hr"], now=now)
            particulars.share_costs(announced, sources=sources, user=users["hr"], now=now)
            particulars.count_whole_vacancies(announced, user=users["hr"], now=now)
    with acting_as(users["adviser"].pk):
        if not town.is_on_paper:
            accounts = channels.make_accounts(town, users=users, now=now)
            channels.store_figures(town, accounts=accounts, announced=announced, rng=rng, now=now)
            channels.make_campaigns(announced, town=town, user=users["adviser"], today=today)
        if town.is_on_linkedin:
            choosing.choose(accent=ACCENT, logo=None)
            particulars.invite_in_vain(host=town.host, by=users["administrator"], now=now)
        if town.pages:
            asked_days = channels.ASKED_DAYS if town.is_on_linkedin else connected.ASKED_DAYS_WITHOUT_FILE
            own = accounts["linkedin"]
            connected.live(announced, town=town, account=own, users=users, asked_days=asked_days, now=now)
    return said


def _what_followed(
    announced: list[Announced],
    *,
    town: Town,
    sources: dict[str, Source],
    users: dict[str, User],
    now: datetime,
    rng: Generator,
) -> Loaded:
    """Store visits, applicants' answers, HR's counts and what it cost."""
    today = now.astimezone(OSLO).date()
    surveys = {survey.job_id: survey for survey in Survey.objects.all()}
    links: dict[int, list[TrackedLink]] = {}
    for link in TrackedLink.objects.select_related("source").order_by("id"):
        links.setdefault(link.job_id or 0, []).append(link)
    response = float(rng.uniform(0.55, 0.75))
    outcomes: list[Outcome] = []
    answers: list[SurveyAnswer] = []
    visits: list[LinkHour] = []
    costs: list[Cost] = spending.rounds_of(town=town, sources=sources, user=users["adviser"], today=today)
    for each in announced:
        drawn = applicants.draw_applicants(each, response=response, today=today, rng=rng)
        outcomes += applicants.outcomes_of(each, drawn, sources=sources, user=users["hr"], today=today, rng=rng)
        answers += applicants.answers_of(each, drawn, survey=surveys[each.job.pk], sources=sources, now=now, rng=rng)
        visits += visiting.visits_of(each, drawn, links=links[each.job.pk], now=now, rng=rng)
        costs += spending.costs_of(each, town=town, sources=sources, user=users["hr"], rng=rng)
    Outcome.objects.bulk_create(outcomes, BATCH)
    Cost.objects.bulk_create([cost for cost in costs if cost.day <= today], BATCH)
    stored = SurveyAnswer.objects.bulk_create(answers, BATCH)
    AlsoSeen.objects.bulk_create(applicants.also_seen(stored, sources=sources, rng=rng), BATCH)
    counting.store(visits)
    return Loaded(town.name, len(announced), len(answers), sum(each.n_visits for each in visits))
