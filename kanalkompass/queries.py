"""What pages read from several apps at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max
from django.utils import timezone

from analytics import hidden_texts
from analytics.models import Cost, Survey, SurveyAnswer
from analytics.queries import cost_lists, released
from analytics.queries.cost_lists import CostTotals
from analytics.queries.selection import Period, Selection
from analytics.queries.surveys import are_all_kept
from audit.acts import Act
from audit.models import AuditEvent
from channels.models import Campaign, Delivery
from channels.queries import links
from channels.queries.campaigns import PUBLIC_STATES
from channels.queries.links import LinkRow
from foundation import clock
from recruitment.actions.jobs import BINDING
from recruitment.models import JobPosting, Source

# Four whole quarters, whatever the day.
LATEST_QUARTERS = timedelta(days=456)


@dataclass(frozen=True)
class Workspace:
    """All that belongs to one vacancy. Money is øre; None is that nobody has registered any. `costs` are the latest."""

    links: list[links.LinkRow]
    deliveries: list[Delivery]
    costs: list[Cost]
    n_costs: int
    spent: CostTotals

    @property
    def shown_links(self) -> list[LinkRow]:
        """The links that people have followed, most followed first, and those that somebody made for a place."""
        shown = [row for row in self.links if row.visits.n_persons or row.link.place]
        return sorted(shown, key=lambda row: -row.visits.n_persons)

    @property
    def unused_links(self) -> list[LinkRow]:
        """The other links, in the order of their sources."""
        return [row for row in self.links if not (row.visits.n_persons or row.link.place)]

    @property
    def n_machines(self) -> int:
        """How many visits came from robots and previews of links."""
        return sum(row.visits.n_bots + row.visits.n_previews for row in self.links)


def workspace(*, job: JobPosting, with_drafts: bool, today: date) -> Workspace:
    """
    Return a vacancy's links, deliveries (latest first), costs and their sums. Six queries.

    :param with_drafts: False for those who may not see drafts (table M): then only what is or was public, and the
        links that belong to no post or to a public one
    """
    deliveries = Delivery.objects.filter(post__job=job).select_related("post", "account__channel")
    if not with_drafts:
        deliveries = deliveries.filter(state__in=PUBLIC_STATES)
    spent = cost_lists.costs_of(job=job)
    return Workspace(
        links=shown_links(job=job, with_drafts=with_drafts, today=today),
        deliveries=list(deliveries.order_by("-published_at", "-due_at", "-id")),
        costs=list(spent.page),
        n_costs=spent.page.paginator.count,
        spent=spent.totals,
    )


def shown_links(*, job: JobPosting, with_drafts: bool, today: date) -> list[links.LinkRow]:
    """Return a vacancy's links, without those of drafts for those who may not see drafts. Two queries at most."""
    rows = links.links_of_job(job=job, today=today)
    if with_drafts:
        return rows
    drafts = Delivery.objects.filter(post__job=job).exclude(state__in=PUBLIC_STATES)
    hidden = set(drafts.values_list("link_id", flat=True))
    return [row for row in rows if row.link.pk not in hidden]


@dataclass(frozen=True)
class Version:
    """Which version of a vacancy is announced: 1 until something binding was changed after the announcement (R6)."""

    number: int
    since: date | None


def version_of(job: JobPosting) -> Version:
    """Return the vacancy's version, as the log of changes tells it. One query."""
    if job.announced_date is None:
        return Version(1, None)
    changed = AuditEvent.objects.filter(
        table_name=JobPosting._meta.db_table,
        object_id=job.pk,
        act=Act.CHANGED,
        after__has_any_keys=list(BINDING),
        at__date__gte=job.announced_date,
    ).aggregate(n=Count("sequence"), last=Max("at"))
    return Version(
        1 + changed["n"], timezone.localtime(changed["last"]).date() if changed["last"] else job.announced_date
    )


@dataclass(frozen=True)
class Budget:
    """What a vacancy's campaigns may cost together, in øre; `n_jobs` vacancies share it."""

    ore: int
    n_jobs: int

    def is_passed_by(self, ore: int | None) -> bool:
        """Whether so much is more than the budget; with several vacancies that is not known."""
        return self.n_jobs == 1 and ore is not None and ore > self.ore


def budget_of(campaigns: Sequence[Campaign]) -> Budget | None:
    """Return the budget of a vacancy's campaigns, with their vacancies fetched; None when none has any."""
    with_budget = [campaign for campaign in campaigns if campaign.budget_ore is not None]
    if not with_budget:
        return None
    jobs = {job.pk for campaign in with_budget for job in campaign.jobs.all()}
    return Budget(ore=sum(campaign.budget_ore or 0 for campaign in with_budget), n_jobs=len(jobs))


@dataclass(frozen=True)
class AnswersForOthers:
    """
    What others than HR are told of a vacancy's applicants (R10).

    `is_few` is whether fewer than `threshold` answered, told once the survey is closed; None before that, and where
    answers may be deleted by now. HR's counts are told from `fewest_counted` on. `rows` are the sources of which
    something is released for this vacancy alone. `response` is of the whole municipality and its latest quarters; None
    when nothing may be told.
    """

    is_few: bool | None
    threshold: int
    fewest_counted: int
    rows: list[tuple[Source, released.ToldOfSource]]
    response: released.QuarterlyResponse | None


def answers_for_others(*, job: JobPosting, now: datetime) -> AnswersForOthers:
    """Return what may be told to everybody. Eight queries at most."""
    today = now.astimezone(clock.OSLO).date()
    told = released.released(Selection(Period(job.deadline_date, job.deadline_date), job_id=job.pk))
    sources = Source.objects.filter(pk__in=told.by_source).order_by("position", "pk") if told.by_source else []
    survey = Survey.objects.filter(job=job).first()
    is_few = None
    if survey and (not survey.is_open or survey.closes_date < today) and are_all_kept(job=job, now=now):
        is_few = SurveyAnswer.objects.filter(survey=survey)[: told.threshold].count() < told.threshold
    return AnswersForOthers(
        is_few=is_few,
        threshold=told.threshold,
        fewest_counted=hidden_texts.fewest_counted(told.threshold),
        rows=[(source, told.of(source.pk)) for source in sources],
        response=released.released_response(Selection(Period(today - LATEST_QUARTERS, today))),
    )
