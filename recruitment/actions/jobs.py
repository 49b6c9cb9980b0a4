"""Vacancies: registering, changing, and recording that they are announced (R5)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Length

from foundation.clock import OSLO
from foundation.tenancy import current_municipality_id
from recruitment.models import JobPosting, Municipality, Occupation, User, Workplace

# R6: a change of these after the announcement binds the applicants, so it must be announced again.
BINDING = ("title", "requirements", "kind", "percentage", "positions", "deadline_date")


@dataclass(frozen=True)
class JobDetails:
    """What a vacancy says. `workplace` is a name: an existing workplace is used, a new name makes a new one."""

    title: str
    occupation: Occupation
    workplace: str
    deadline_date: date
    apply_url: str
    kind: str = JobPosting.Kind.PERMANENT
    percentage: int = 100
    positions: int = 1
    requirements: str = ""
    language: str = JobPosting.Language.BOKMAL


@dataclass(frozen=True)
class Announcement:
    """Where and on which Norwegian days a vacancy was announced openly and inside the municipality; None is not yet."""

    announced_date: date | None = None
    announced_where: str = ""
    internal_notice_date: date | None = None


class ChangedMeanwhile(Exception):
    """Somebody else changed the vacancy after the form was opened."""


class DeadlinePassed(ValueError):
    """A new vacancy cannot have a deadline in the past."""


class ReasonMissing(ValueError):
    """An exemption without a reason is no exemption."""


def register_job(*, details: JobDetails, announcement: Announcement, user: User, now: datetime) -> JobPosting:
    """
    Store a new vacancy with the next reference of its municipality and year: ST-2026-0001.

    The municipality's row is locked while the number is found, so that two people get two numbers and none is skipped.

    :raises DeadlinePassed: the deadline is before the Norwegian day of `now`
    """
    today = now.astimezone(OSLO).date()
    if details.deadline_date < today:
        raise DeadlinePassed(details.deadline_date.isoformat())
    with transaction.atomic():
        return JobPosting.objects.create(
            reference=_next_reference(today.year),
            **_fields(details),
            **vars(announcement),
            created_at=now,
            created_by=user,
        )


def edit_job(*, job: JobPosting, details: JobDetails, seen: str) -> tuple[JobPosting, list[str]]:
    """
    Change a vacancy; return it and which binding fields (R6) were changed after it had been announced.

    :param seen: `fingerprint()` of the vacancy when the form was opened
    :raises ChangedMeanwhile: it is another now; nothing is changed
    """
    with transaction.atomic():
        stored = JobPosting.objects.select_for_update(of=("self",)).select_related("workplace").get(pk=job.pk)
        if fingerprint(stored) != seen:
            raise ChangedMeanwhile(stored.reference)
        changes = {name: value for name, value in _fields(details).items() if getattr(stored, name) != value}
        for name, value in changes.items():
            setattr(stored, name, value)
        stored.save(update_fields=list(changes))
    to_announce = [name for name in BINDING if name in changes] if stored.announced_date else []
    return stored, to_announce


def fingerprint(job: JobPosting) -> str:
    """Return what tells two versions of a vacancy's own fields apart, for a form to carry."""
    values = [job.occupation_id, job.workplace_id, job.apply_url, job.language, *(getattr(job, n) for n in BINDING)]
    return hashlib.sha256(repr([str(value) for value in values]).encode()).hexdigest()[:16]


def announce(*, job: JobPosting, announcement: Announcement) -> JobPosting:
    """Record the open announcement and the internal notice; what is left out is taken back."""
    for name, value in vars(announcement).items():
        setattr(job, name, value)
    job.save(update_fields=["announced_date", "announced_where", "internal_notice_date"])
    return job


def exempt(*, job: JobPosting, reason: str, user: User) -> JobPosting:
    """
    Record why this position need not be announced, and who says so.

    :raises ReasonMissing: `reason` is empty
    """
    if not reason.strip():
        raise ReasonMissing
    job.exemption_reason, job.exempted_by = reason.strip(), user
    job.save(update_fields=["exemption_reason", "exempted_by"])
    return job


def withdraw_exemption(*, job: JobPosting) -> JobPosting:
    """Take an exemption back: the position must be announced after all."""
    job.exemption_reason, job.exempted_by = "", None
    job.save(update_fields=["exemption_reason", "exempted_by"])
    return job


def _fields(details: JobDetails) -> dict:
    """Return the model's fields; a workplace of the same name, whatever its capitals, is the same workplace."""
    name = details.workplace
    workplace = Workplace.objects.filter(name__iexact=name).first() or Workplace.objects.get_or_create(name=name)[0]
    return {**vars(details), "workplace": workplace}


def _next_reference(year: int) -> str:
    # Without touching the key: rows that point to the municipality are inserted by others meanwhile.
    Municipality.objects.select_for_update(no_key=True).get(pk=current_municipality_id())
    start = f"ST-{year}-"
    used = JobPosting.objects.filter(reference__startswith=start).order_by(Length("reference"), "reference")
    last = used.values_list("reference", flat=True).last()
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"
