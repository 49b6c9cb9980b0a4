"""A vacancy to ask about: what the tests of surveys, outcomes, costs and sources start from."""

from datetime import timedelta
from typing import Any

from analytics.actions import surveys
from foundation import clock
from foundation.tenancy import tenant
from recruitment.models import JobPosting, Occupation, Source, Workplace


def make_job(town: Any, *, title: str = "Sykepleier", deadline_in_days: int = 10, reference: str = "") -> JobPosting:
    """Make a vacancy of the town with a deadline so many days from today."""
    with tenant(town.pk):
        return JobPosting.objects.create(
            reference=reference or f"ST-2026-{JobPosting.objects.count() + 1:04}",
            title=title,
            occupation=Occupation.objects.get(code="2223"),
            workplace=Workplace.objects.get(),
            deadline_date=clock.today() + timedelta(days=deadline_in_days),
            apply_url="https://soknad.example/1",
        )


def code_of(town: Any, job: JobPosting) -> str:
    """Open the vacancy's survey and return its code."""
    with tenant(town.pk):
        return surveys.ensure_survey(job=job).code


def source_of(town: Any, slug: str) -> Source:
    """Return one of the town's sources."""
    with tenant(town.pk):
        return Source.objects.get(slug=slug)
