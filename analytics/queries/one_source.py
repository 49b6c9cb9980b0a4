"""Everything behind one source's row: its posts, vacancies, costs and ads, and when the channel was last asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from analytics.models import ChannelDay, Cost, FetchRun, Measurement, ObjectKind, Outcome, SurveyAnswer
from analytics.queries import lacking
from analytics.queries.selection import Period, Selection, of_chosen
from channels.models import Account, AdAccount, Delivery, JobSourceDay, LinkHour, PaidCampaign
from foundation.clock import OSLO
from recruitment.models import JobPosting, Source
from recruitment.queries.sources import family_of

# A drawer is read, not searched: what is more is told by its number.
MOST_SHOWN = 20
OUT = (Delivery.State.PUBLISHED, Delivery.State.REMOVED)


@dataclass(frozen=True)
class PostRow:
    """A published post with its figures of the period. `views` and `clicks` are the channel's, `visits` our link's."""

    delivery: Delivery
    views: int | None
    clicks: int | None
    visits: int


@dataclass(frozen=True)
class JobRow:
    """
    A vacancy and what this source did for it in the period. None is not registered, or not to be shown.

    `said`, `applied`, `qualified` and `hired` are exact, and None for those who may not see them.
    """

    job: JobPosting
    visits: int
    kroner_ore: int | None
    minutes: int | None
    said: int | None = None
    applied: int | None = None
    qualified: int | None = None
    hired: int | None = None


@dataclass(frozen=True)
class AdRow:
    """A paid campaign with the channel's sums of the period; `spend_ore` is None where it is not in kroner."""

    paid: PaidCampaign
    views: int | None
    clicks: int | None
    spend_ore: int | None


@dataclass(frozen=True)
class Fetched:
    """When an account's figures were last fetched; None when they never were."""

    account: Account
    at: datetime | None


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, and how many there are in all."""

    rows: list[Any]
    n_all: int

    @property
    def n_more(self) -> int:
        """How many are not shown."""
        return self.n_all - len(self.rows)


def posts_of(*, source: Source, selection: Selection) -> Shown:
    """Return the posts published in the period with a link of the source, the newest first. Four queries."""
    start, end = _moments(selection.period)
    out = Delivery.objects.filter(
        link__source__in=family_of(source), state__in=OUT, published_at__gte=start, published_at__lt=end
    ).order_by("-published_at", "-pk")
    out = of_chosen(out, by="post__job_id", narrowing=selection.narrowing())
    shown = list(out.select_related("post", "account__channel")[:MOST_SHOWN])
    ids = [delivery.pk for delivery in shown]
    sums = _measured(ObjectKind.DELIVERY, ids, selection.period)
    persons = _persons(selection.period).filter(link__delivery__in=ids)
    visits = dict(persons.order_by().values_list("link__delivery").annotate(Sum("n_visits")))
    rows = [
        PostRow(
            delivery,
            views=sums.get(delivery.pk, {}).get("impressions"),
            clicks=sums.get(delivery.pk, {}).get("clicks"),
            visits=visits.get(delivery.pk, 0),
        )
        for delivery in shown
    ]
    return Shown(rows, out.count())


def jobs_of(*, source: Source, selection: Selection, is_exact: bool) -> Shown:
    """
    Return the vacancies that this source was used for in the period, the latest deadline first. Five queries at most.

    Without `is_exact` a vacancy is listed for its visits and costs alone, so that the list tells of no answer (R10).
    """
    period, family = selection.period, family_of(source)
    costs = _within(Cost.objects.filter(source__in=family, day__range=_days(period)), "job_id", selection)
    spent = {
        row["job_id"]: row for row in costs.values("job_id").order_by().annotate(Sum("amount_ore"), Sum("minutes"))
    }
    visited = _within(JobSourceDay.objects.filter(source__in=family, day__range=_days(period)), "job_id", selection)
    visits = dict(visited.order_by().values_list("job_id").annotate(Sum("n_visits")))
    said, outcomes = _exact(family, selection) if is_exact else ({}, {})
    jobs = JobPosting.objects.filter(pk__in=({*spent, *visits, *said, *outcomes} - {None}))
    jobs = jobs.order_by("-deadline_date", "-pk")
    rows = []
    for job in jobs.select_related("workplace")[:MOST_SHOWN]:
        cost = spent.get(job.pk, {})
        rows.append(
            JobRow(
                job,
                visits=visits.get(job.pk, 0),
                kroner_ore=cost.get("amount_ore__sum"),
                minutes=cost.get("minutes__sum"),
                said=said.get(job.pk, 0) if is_exact else None,
                **outcomes.get(job.pk, {}),
            )
        )
    return Shown(rows, jobs.count())


def _exact(family: list[int], selection: Selection) -> tuple[dict[int, int], dict[int, dict[str, int | None]]]:
    start, end = _moments(selection.period)
    answers = SurveyAnswer.objects.filter(first_source__in=family, answered_hour__gte=start, answered_hour__lt=end)
    given = _within(answers, "survey__job_id", selection).order_by().values_list("survey__job_id")
    said = dict(given.annotate(n=Count("*")))
    registered = Outcome.objects.filter(source__in=family, counted_date__range=_days(selection.period))
    counted = _within(registered, "job_id", selection)
    names = ("applied", "qualified", "hired")
    is_whole = {"qualified": lacking.whole()}
    each = {f"n_{name}": Sum(name, filter=is_whole.get(name)) for name in names}
    sums = counted.order_by().values("job_id").annotate(**each)
    return said, {row["job_id"]: {name: row[f"n_{name}"] for name in names} for row in sums}


def costs_of(*, source: Source, selection: Selection) -> Shown:
    """Return the costs of the source in the period one by one, the newest first. Two queries."""
    costs = _within(
        Cost.objects.filter(source__in=family_of(source), day__range=_days(selection.period)),
        "job_id",
        selection,
    )
    return Shown(list(costs.select_related("job", "created_by")[:MOST_SHOWN]), costs.count())


def ads_of(*, source: Source, selection: Selection) -> Shown:
    """Return the paid campaigns of the source's channel with figures in the period, most clicks first. Two queries."""
    ads = PaidCampaign.objects.filter(ad_account__account__channel=source.channel_id)
    ads = _within(ads, "job_id", selection).select_related("ad_account", "campaign", "job")
    found = list(ads)
    sums = _measured(ObjectKind.PAID_CAMPAIGN, [ad.pk for ad in found], selection.period)
    rows = [
        AdRow(
            ad,
            views=sums[ad.pk]["impressions"],
            clicks=sums[ad.pk]["clicks"],
            spend_ore=sums[ad.pk]["spend_ore"] if ad.ad_account.currency == "NOK" else None,
        )
        for ad in found
        if ad.pk in sums
    ]
    rows.sort(key=lambda row: (-(row.clicks or 0), row.paid.name))
    return Shown(rows[:MOST_SHOWN], len(rows))


def fetched(*, source: Source) -> list[Fetched]:
    """Return when the figures of the channel's accounts were last fetched. Three queries, four without any fetch."""
    accounts = list(Account.objects.filter(channel=source.channel_id).select_related("channel"))
    done = FetchRun.objects.filter(account__in=accounts, ended_at__isnull=False)
    came = done.filter(Q(state=FetchRun.State.DONE) | Q(n_fetched__gt=0) | Q(n_days__gt=0))
    last = dict(came.order_by().values_list("account_id").annotate(Max("ended_at")))
    read = AdAccount.objects.filter(account__in=accounts, read_at__isnull=False)
    ads = dict(read.order_by().values_list("account_id").annotate(Max("read_at")))
    if not last and not ads:
        # Figures that came in another way than by a fetch of ours are the channel's, whichever account they are of.
        known = ChannelDay.objects.filter(channel=source.channel_id).aggregate(at=Max("fetched_at"))["at"]
        last = dict.fromkeys((account.pk for account in accounts), known)
    return [
        Fetched(account, max(filter(None, (last.get(account.pk), ads.get(account.pk))), default=None))
        for account in accounts
    ]


def _measured(kind: ObjectKind, ids: Iterable[int], period: Period) -> dict[int, dict[str, int | None]]:
    rows = Measurement.objects.filter(kind=kind, object_id__in=list(ids), day__range=_days(period))
    sums = rows.order_by().values("object_id").annotate(Sum("impressions"), Sum("clicks"), Sum("spend_ore"))
    names = ("impressions", "clicks", "spend_ore")
    return {
        row["object_id"]: {name: None if (n := row[f"{name}__sum"]) is None else int(n) for name in names}
        for row in sums
    }


def _persons(period: Period) -> QuerySet[LinkHour]:
    start, end = _moments(period)
    return LinkHour.objects.filter(visitor=LinkHour.Visitor.PERSON, hour__gte=start, hour__lt=end)


def _within(rows: QuerySet[Any], name: str, selection: Selection) -> QuerySet[Any]:
    return of_chosen(rows, by=name, narrowing=selection.narrowing())


def _days(period: Period) -> tuple[Any, Any]:
    return period.first_day, period.last_day


def _moments(period: Period) -> tuple[datetime, datetime]:
    """Return the first moment of the period's Norwegian days and the first after them."""
    return (
        datetime.combine(period.first_day, time.min, tzinfo=OSLO),
        datetime.combine(period.last_day + timedelta(days=1), time.min, tzinfo=OSLO),
    )
