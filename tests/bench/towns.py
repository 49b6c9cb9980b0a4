"""A municipality with three years of vacancies, links, answers, counts and costs behind its figures; and its people."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any

import psycopg2.extras
from django.db import connection
from django.db.models import Model

from analytics.models import Cost, Outcome, Question, Release, ReleaseVacancy, Survey, SurveyAnswer
from channels.actions.visit_sql import SUM_UP
from channels.models import Account, Campaign, CampaignJob, LinkHour, TrackedLink
from foundation.tenancy import tenant
from recruitment.actions.members import prepare_municipality
from recruitment.models import Channel, JobPosting, Membership, Municipality, Occupation, Source, User, Workplace
from tests.bench.world import FILLED_FROM, FIRST_DAY, IDS, LAST_DAY, N_CHANNELS, Place
from tests.fixtures import give_app

BATCH = 5_000
ROLES = ("hr", "reader", "administrator")
CODES = ("2223", "5321", "2342", "5311", "2341", "5329", "2422", "3132", "9112", "5120", "2635", "2264")
KINDS = ("permanent", "permanent", "permanent", "temporary", "weekend", "summer")
N_CAMPAIGNS = 12
# Of each vacancy: answers, sources that applicants came from, sources with a cost, links.
N_ANSWERS, N_COUNTED, N_PAID, N_LINKS = 8, 6, 3, 5
# What of a vacancy has been released, by itself: there are never fewer releases than that, and rarely more.
RELEASED = (Question.SAID, Question.APPLIED, Question.QUALIFIED)
# Hours in which a link was followed; only of the vacancies whose year is looked at.
N_HOURS = 12


def furnish(place: Place, superuser: Any) -> dict[str, User]:
    """Give a municipality its vacancies and all that followed from them; return one user of each role."""
    municipality = Municipality.objects.get(pk=place.pk)
    prepare_municipality(municipality)
    with tenant(place.pk):
        Workplace.objects.create(name="Solbakken omsorgssenter")
        users = {role: _member(municipality, role) for role in ROLES}
        sources = list(Source.objects.order_by("position"))
        for channel in Channel.objects.order_by("pk")[:N_CHANNELS]:
            Account.objects.create(channel=channel, name=municipality.name)
        campaigns = [_campaign(number, users["hr"]) for number in range(N_CAMPAIGNS)]
        jobs = list(_jobs(place, users["hr"]))
        history = _history(jobs, sources, campaigns)
    # Nothing follows rows that are put here: a log of as many events is not what is measured.
    superuser.execute("SET session_replication_role = replica")
    for rows in ([*jobs], *history):
        _put(superuser, rows, municipality_id=place.pk)
    superuser.execute("SET session_replication_role = DEFAULT")
    superuser.execute(SUM_UP, {"municipality": place.pk, "jobs": None})
    return users


def _member(municipality: Municipality, role: str) -> User:
    user = User.objects.create(email=f"{role}@{municipality.number}.example", full_name=f"{role.title()} Hansen")
    Membership.objects.create(municipality=municipality, user=user, role=role)
    give_app(user)
    return user


def _campaign(number: int, user: User) -> Campaign:
    return Campaign.objects.create(
        name=f"Kampanje {number + 1}", start_date=FILLED_FROM, end_date=LAST_DAY, budget_ore=2_000_000, created_by=user
    )


def _jobs(place: Place, user: User) -> Iterator[JobPosting]:
    occupations = list(Occupation.objects.filter(code__in=CODES))
    workplace = Workplace.objects.get()
    n_days = (LAST_DAY - FILLED_FROM).days
    for number in range(place.n_jobs):
        deadline = FILLED_FROM + timedelta(days=20 + n_days * number // place.n_jobs)
        registered = datetime.combine(deadline - timedelta(days=20), time(9), tzinfo=UTC)
        yield JobPosting(
            pk=place.pk * IDS + number, reference=f"ST-{number}", title=f"Sykepleier nummer {number}",
            occupation=occupations[number % len(occupations)], workplace=workplace, kind=KINDS[number % len(KINDS)],
            deadline_date=deadline, apply_url="https://soknad.example/1", announced_date=registered.date(),
            announced_where="NAV", internal_notice_date=registered.date(), created_at=registered, created_by=user,
        )  # fmt: skip


def _history(jobs: list[JobPosting], sources: list[Source], campaigns: list[Campaign]) -> list[Iterator[Model]]:
    """Return what followed from the vacancies, table by table, made as it is stored."""
    surveys = {job.pk: Survey(pk=job.pk, job=job, code=f"s{job.pk}", closes_date=job.deadline_date) for job in jobs}
    places = [source for source in sources if source.kind == Source.Kind.PLACE]
    links = [
        TrackedLink(
            pk=job.pk * 10 + n,
            code=f"b{job.pk}-{n}"[-12:],
            source=places[(job.pk + n) % len(places)],
            job=job,
            target_url="https://soknad.example/1",
            label="Annonse",
            created_at=job.created_at,
        )  # fmt: skip
        for job in jobs
        for n in range(N_LINKS)
    ]
    return [
        iter(surveys.values()),
        iter(links),
        (CampaignJob(campaign=campaigns[n % N_CAMPAIGNS], job=job) for n, job in enumerate(jobs) if n % 3 == 0),
        (answer for job in jobs for answer in _answers(surveys[job.pk], places)),
        (outcome for job in jobs for outcome in _outcomes(job, places)),
        (cost for job in jobs for cost in _costs(job, places)),
        (hour for link in links for hour in _hours(link)),
        (release for job in jobs for release in _releases(job, places)),
        (part for job in jobs for part in _parts(job, places)),
    ]


def _answers(survey: Survey, sources: list[Source]) -> Iterator[SurveyAnswer]:
    dice = random.Random(survey.pk)
    for n in range(N_ANSWERS):
        given = datetime.combine(survey.closes_date - timedelta(days=dice.randrange(14)), time(12), tzinfo=UTC)
        yield SurveyAnswer(
            survey=survey, first_source=sources[min(dice.randrange(len(sources)), dice.randrange(len(sources)))],
            interests=["tasks"], language="nb", answered_hour=given,
            token_hash=f"t{survey.pk}-{n}", receipt_hash=f"r{survey.pk}-{n}",
        )  # fmt: skip


def _outcomes(job: JobPosting, sources: list[Source]) -> Iterator[Outcome]:
    dice = random.Random(job.pk)
    for source in dice.sample(sources, min(N_COUNTED, len(sources))):
        applied = dice.randrange(1, 6)
        qualified = dice.randrange(applied + 1)
        steps = {"interviewed": qualified // 2, "offered": qualified // 3, "hired": qualified // 3}
        yield Outcome(
            job=job, source=source, applied=applied, qualified=qualified, counted_date=job.deadline_date, **steps
        )


def _costs(job: JobPosting, sources: list[Source]) -> Iterator[Cost]:
    dice = random.Random(job.pk)
    for n, source in enumerate(dice.sample(sources, min(N_PAID, len(sources)))):
        spent = {"kind": "hours", "minutes": 45} if n else {"kind": "kroner", "amount_ore": dice.randrange(9_000) * 100}
        yield Cost(source=source, job=job, day=job.deadline_date - timedelta(days=9), note="Annonse", **spent)


def _releases(job: JobPosting, sources: list[Source]) -> Iterator[Release]:
    for n, question in enumerate(RELEASED):
        yield Release(
            pk=job.pk * 10 + n, question=question, source=sources[job.pk % len(sources)], count=5, threshold=5,
            month=job.deadline_date.replace(day=1), released_date=job.deadline_date, n_jobs=1, job=job,
            first_deadline=job.deadline_date, last_deadline=job.deadline_date, occupation=job.occupation, kind=job.kind,
        )  # fmt: skip


def _parts(job: JobPosting, sources: list[Source]) -> Iterator[ReleaseVacancy]:
    for n in range(len(RELEASED)):
        yield ReleaseVacancy(release_id=job.pk * 10 + n, job=job, source=sources[job.pk % len(sources)], n_told=5)


def _hours(link: TrackedLink) -> Iterator[LinkHour]:
    if link.created_at.date() < FIRST_DAY - timedelta(days=20):
        return
    dice = random.Random(link.pk)
    for number in dice.sample(range(20 * 24), N_HOURS):
        visitor = LinkHour.Visitor.BOT if number % 5 == 0 else LinkHour.Visitor.PERSON
        yield LinkHour(link=link, hour=link.created_at + timedelta(hours=number), visitor=visitor, n_visits=2)


def _put(superuser: Any, rows: Iterable[Model], *, municipality_id: int) -> None:
    """Store rows as their models would, by the superuser: a hundred times as many a second as one by one."""
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        meta = batch[0]._meta
        fields = [each for each in meta.concrete_fields if not each.primary_key or batch[0].pk is not None]
        for row in batch:
            row.municipality_id = municipality_id  # type: ignore[attr-defined]
        values = [[each.get_db_prep_save(each.pre_save(row, True), connection) for each in fields] for row in batch]
        columns = ", ".join(f'"{each.column}"' for each in fields)
        statement = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES %s'
        psycopg2.extras.execute_values(superuser, statement, values, page_size=1_000)
