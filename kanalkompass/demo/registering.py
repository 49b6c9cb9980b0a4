"""Vacancies with their links and surveys, hundreds at once; what registering makes of each one by one."""

from analytics.actions import survey_tokens, surveys
from analytics.models import Survey, SurveyCode
from channels.actions.links import CODE_LENGTH
from channels.models import LinkCode, TrackedLink
from foundation import codes
from foundation.tenancy import current_municipality_id
from recruitment.models import JobPosting, Source

BATCH = 2_000


def register(jobs: list[JobPosting]) -> None:
    """Store new vacancies with their tracked links and surveys, as old as they are; call it in `tenant()`."""
    JobPosting.objects.bulk_create(jobs, BATCH)
    municipality_id = current_municipality_id()
    sources = Source.objects.filter(kind=Source.Kind.PLACE, is_active=True, channel__has_link=True)
    links = [
        TrackedLink(
            code=codes.new_code(CODE_LENGTH),
            source=source,
            job=job,
            target_url=job.apply_url,
            label=source.name_nn if job.language == "nn" else source.name_nb,
            created_at=job.created_at,
        )
        for job in jobs
        for source in sources
    ]
    opened = [
        Survey(
            job=job,
            code=codes.new_code(survey_tokens.SURVEY_CODE_LENGTH),
            closes_date=surveys.closes_on(job),
            created_at=job.created_at,
        )
        for job in jobs
    ]
    TrackedLink.objects.bulk_create(links, BATCH)
    Survey.objects.bulk_create(opened, BATCH)
    LinkCode.objects.bulk_create(
        [LinkCode(code=link.code, municipality_id=municipality_id, link_id=link.pk) for link in links], BATCH
    )
    SurveyCode.objects.bulk_create(
        [SurveyCode(code=each.code, municipality_id=municipality_id, survey_id=each.pk) for each in opened], BATCH
    )
