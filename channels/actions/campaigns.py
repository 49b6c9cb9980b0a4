"""Campaigns: starting one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from channels.models import Campaign, CampaignJob
from recruitment.models import JobPosting, User


@dataclass(frozen=True)
class Plan:
    """What a campaign is. Days are Norwegian calendar days, both included; a budget nobody set is None, not 0."""

    name: str
    start_date: date
    end_date: date
    budget_ore: int | None = None


class NotAnnounced(ValueError):
    """R5: a vacancy is marketed only when it is announced openly and inside the municipality, or exempted."""

    def __init__(self, job: JobPosting) -> None:
        super().__init__(job.reference)
        self.job = job


class EndsBeforeStart(ValueError):
    """The last day lies before the first."""


def start_campaign(*, plan: Plan, jobs: Sequence[JobPosting], user: User, now: datetime) -> Campaign:
    """
    Store a campaign for some vacancies, or for none: then it presents the municipality as an employer.

    :raises EndsBeforeStart: the period is turned around
    :raises NotAnnounced: one of the vacancies may not be marketed yet; nothing is stored
    """
    if plan.end_date < plan.start_date:
        raise EndsBeforeStart
    for job in jobs:
        if not job.may_be_marketed:
            raise NotAnnounced(job)
    with transaction.atomic():
        campaign = Campaign.objects.create(**vars(plan), created_at=now, created_by=user)
        CampaignJob.objects.bulk_create([CampaignJob(campaign=campaign, job=job) for job in jobs])
    return campaign


def end_with_vacancies(*, campaign: Campaign) -> date | None:
    """
    Let a campaign end on the latest deadline of its vacancies, when it lasts longer; return the day, None when not.

    What is planned after that day stands: each post is a decision of its own.
    """
    with transaction.atomic():
        stored = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        deadlines = [job.deadline_date for job in stored.jobs.all()]
        last = max(deadlines, default=None)
        if last is None or last >= stored.end_date or last < stored.start_date:
            return None
        stored.end_date = last
        stored.save(update_fields=["end_date"])
    return last
