"""Everything that was done, and is planned, for one vacancy, in the order of its days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from analytics.models import Cost, Outcome, Survey
from analytics.queries import paid
from channels.models import Campaign, Delivery
from foundation import formats
from foundation.clock import OSLO
from recruitment.models import JobPosting

State = Delivery.State
# Nothing goes on before a person has done something; the first two may be out on the channel or not.
IN_DOUBT = {State.UNKNOWN, State.MANUAL}
STOPPED = {State.LATE, State.BLOCKED, State.REJECTED}
AHEAD = {State.DRAFT, State.AWAITING_APPROVAL, State.SCHEDULED, State.SENDING}


class Kind(StrEnum):
    """What kind of mark it is drawn as."""

    ANNOUNCEMENT = "announcement"
    NOTICE = "notice"
    POST = "post"
    PLANNED = "planned"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    AD = "ad"
    COST = "cost"
    SURVEY = "survey"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class Happening:
    """
    One thing that was done or is planned. `first` and `last` are Norwegian days; an ad's are the channel's own.

    `first` is None for what has no day yet, `last` for what happens on one day. `link` is the route that shows it and
    the id that the route takes beside the municipality's number, None for what has no page.
    """

    kind: Kind
    lane: str
    what: str
    detail: str = ""
    first: date | None = None
    last: date | None = None
    link: tuple[str, str, int] | None = None

    @property
    def is_stretch(self) -> bool:
        """Whether it lasts over days."""
        return self.kind in (Kind.ANNOUNCEMENT, Kind.AD, Kind.SURVEY)


@dataclass(frozen=True)
class TooLong:
    """A campaign with ads that lasts longer than one may apply for any of its vacancies."""

    campaign: Campaign
    n_days: int
    end_date: date


@dataclass(frozen=True)
class Timeline:
    """A vacancy's days. `lanes` are in the order they are drawn: the announcement, the channels, the applicants."""

    lanes: list[str]
    happenings: list[Happening]
    too_long: list[TooLong]

    def of_lane(self, lane: str) -> list[Happening]:
        """Return what happened in one lane."""
        return [each for each in self.happenings if each.lane == lane]


def timeline(*, job: JobPosting, deliveries: Iterable[Delivery]) -> Timeline:
    """
    Return all that was done and is planned for a vacancy, first things first, what has no day last. Six queries.

    :param deliveries: those that the reader may see (table M), with their accounts' channels
    """
    campaigns = campaigns_of(job)
    found = [
        *_announcement(job),
        *(_of_delivery(delivery) for delivery in deliveries),
        *_ads(job, campaigns),
        *_costs(job),
        *_applicants(job),
    ]
    found.sort(key=lambda each: (each.first is None, each.first or date.max, each.lane, each.what))
    lanes = list(dict.fromkeys([*_fixed_lanes(job, found), *(each.lane for each in found)]))
    if _("Applicants") in lanes:
        lanes.remove(_("Applicants"))
        lanes.append(_("Applicants"))
    with_ads = {each.link[2] for each in found if each.kind == Kind.AD and each.link}
    return Timeline(lanes, found, too_long=[*_too_long(campaigns, with_ads)])


def campaigns_of(job: JobPosting) -> list[Campaign]:
    """Return the campaigns that carry a vacancy, each with all of its vacancies. Two queries."""
    everything = Prefetch("jobs", queryset=JobPosting.objects.all())
    return list(Campaign.objects.filter(campaign_jobs__job=job).prefetch_related(everything).order_by("start_date"))


def _fixed_lanes(job: JobPosting, found: list[Happening]) -> Iterator[str]:
    if any(each.kind in (Kind.ANNOUNCEMENT, Kind.NOTICE) for each in found):
        yield _("Announcement")


def _announcement(job: JobPosting) -> Iterator[Happening]:
    lane = _("Announcement")
    if job.announced_date:
        what = _("Announced publicly")
        last = max(job.deadline_date, job.announced_date)
        yield Happening(Kind.ANNOUNCEMENT, lane, what, job.announced_where, job.announced_date, last)
    if job.internal_notice_date:
        yield Happening(Kind.NOTICE, lane, _("Internal notice"), first=job.internal_notice_date)


def _of_delivery(delivery: Delivery) -> Happening:
    moment = delivery.published_at or delivery.due_at or delivery.unknown_since
    state = State(delivery.state)
    if state in IN_DOUBT:
        kind = Kind.UNKNOWN
    elif state in STOPPED:
        kind = Kind.STOPPED
    elif state in AHEAD:
        kind = Kind.PLANNED
    else:
        kind = Kind.CANCELLED if state == State.CANCELLED else Kind.POST
    return Happening(
        kind,
        str(delivery.account.channel),
        delivery.post.title,
        str(state.label),
        first=moment.astimezone(OSLO).date() if moment else None,
        link=("delivery", "delivery_id", delivery.pk),
    )


def _ads(job: JobPosting, campaigns: list[Campaign]) -> Iterator[Happening]:
    """Yield each paid campaign of the vacancy, from its first day with figures to its last, or its campaign's."""
    days = {campaign.pk: campaign for campaign in campaigns}
    for account in paid.paid_accounts() if campaigns else []:
        for row in account.rows:
            campaign = days.get(row.paid.campaign_id or 0)
            if campaign is None or (row.paid.job_id and row.paid.job_id != job.pk):
                continue
            lasts = [day for day in (row.last_day, campaign.end_date) if day]
            yield Happening(
                Kind.AD,
                str(account.account.account.channel),
                row.paid.name,
                "" if row.last_day is None else _("figures up to %s") % formats.day(row.last_day),
                first=row.first_day or campaign.start_date,
                last=max(lasts),
                link=("campaign", "campaign_id", campaign.pk),
            )


def _costs(job: JobPosting) -> Iterator[Happening]:
    costs = Cost.objects.filter(job=job, kind=Cost.Kind.KRONER).select_related("source__channel")
    for cost in costs.order_by("day", "pk"):
        lane = str(cost.source.channel or cost.source)
        amount = f"kr {formats.kroner_exact(cost.amount_ore)}"
        yield Happening(Kind.COST, lane, cost.note, amount, first=cost.day, link=("job_costs", "job_id", job.pk))


def _applicants(job: JobPosting) -> Iterator[Happening]:
    """Yield when applicants could answer, and the days HR counted outcomes: that it was done, no counts (R10)."""
    lane = _("Applicants")
    survey = Survey.objects.filter(job=job).first()
    if survey:
        first = min(survey.created_at.astimezone(OSLO).date(), survey.closes_date)
        detail = "" if survey.is_open else _("closed by hand")
        link = ("survey_preview", "job_id", job.pk)
        yield Happening(Kind.SURVEY, lane, _("Source survey"), detail, first, survey.closes_date, link)
    moments = Outcome.objects.filter(job=job).values_list("changed_at", flat=True)
    for day in sorted({moment.astimezone(OSLO).date() for moment in moments}):
        yield Happening(Kind.OUTCOME, lane, _("Outcome counted"), first=day, link=("job_outcomes", "job_id", job.pk))


def _too_long(campaigns: list[Campaign], with_ads: set[int]) -> Iterator[TooLong]:
    for campaign in campaigns:
        last_deadline = max(job.deadline_date for job in campaign.jobs.all())
        n_days = (campaign.end_date - last_deadline).days
        if campaign.pk in with_ads and n_days > 0 and campaign.start_date <= last_deadline:
            yield TooLong(campaign, n_days, last_deadline)
