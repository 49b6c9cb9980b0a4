"""A vacancy with all that belongs to it in the other apps: its tracked links and its survey."""

from datetime import datetime

from django.db import transaction

from analytics.actions import surveys
from channels.actions import links
from recruitment.actions import jobs
from recruitment.actions.jobs import Announcement, JobDetails
from recruitment.models import JobPosting, User


def register(*, details: JobDetails, announcement: Announcement, user: User, now: datetime) -> JobPosting:
    """
    Store a new vacancy, its tracked links and its survey; all of it or nothing.

    :raises recruitment.actions.jobs.DeadlinePassed: the deadline is before the Norwegian day of `now`
    """
    with transaction.atomic():
        job = jobs.register_job(details=details, announcement=announcement, user=user, now=now)
        links.make_links_for_job(job=job)
        surveys.ensure_survey(job=job)
    return job


def change(*, job: JobPosting, details: JobDetails, seen: str) -> list[str]:
    """
    Change a vacancy; its links follow to the new application form (R7), and its survey closes no earlier than before.

    Return the binding fields that must be announced again (R6).

    :raises recruitment.actions.jobs.ChangedMeanwhile: somebody else changed it after the form was opened
    """
    with transaction.atomic():
        changed, to_announce = jobs.edit_job(job=job, details=details, seen=seen)
        links.follow_job(job=changed)
        links.make_links_for_job(job=changed)
        surveys.ensure_survey(job=changed)
    return to_announce
