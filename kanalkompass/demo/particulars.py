"""What one municipality has and others do not: sources of its own, answers moved, costs shared, people who wait."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from analytics.actions import costs, elsewhere, source_list
from analytics.actions.costs import Spent
from analytics.models import Cost, JobCount, Outcome, Reassignment, SharedCost, SurveyAnswer
from channels.models import Delivery
from foundation.clock import OSLO
from foundation.tenancy import current_municipality_id
from kanalkompass.demo.vacancies import Announced
from recruitment.models import Channel, Invitation, Membership, OutgoingMail, Source, User

# What applicants wrote that HR has put in its place, and how many answers may name the post that was remembered.
MOVED_WORDS, MOVED_BACK_WORDS = {"bygdebladet"}, {"skolens nettside"}
N_REMEMBERED, N_SHARING, N_COUNTED = 12, 3, 15
INVITED_DAYS_AGO = 11


def add_own_sources(*, by: User, now: datetime) -> None:
    """Add two places of the municipality's own, and one that turned out to be the local newspaper under a new name."""
    channel = {each.slug: each for each in Channel.objects.filter(slug__in=["print", "linkedin"])}
    own = source_list.SourceDetails
    source_list.create_source(details=own("Bygdebladet", channel["print"], position=75))
    account = own(
        "Kommunedirektørens egen LinkedIn", channel["linkedin"], "LinkedIn-kontoen til kommunedirektøren",
        is_own_account=True, position=15,
    )  # fmt: skip
    source_list.create_source(details=account)
    old = source_list.create_source(details=own("Lokalavisen på nett", channel["print"], position=76))
    source_list.merge(source=old, into=Source.objects.get(slug="print"), by=by, now=now)


def sort_elsewhere(*, by: User, now: datetime) -> None:
    """Move the answers of one group of words to their source, and those of another there and back again."""
    into = Source.objects.get(slug="bygdebladet")
    elsewhere.assign(keys=MOVED_WORDS, to=into, by=by, now=now - timedelta(days=9))
    mistaken = Source.objects.get(slug="own-web")
    if elsewhere.assign(keys=MOVED_BACK_WORDS, to=mistaken, by=by, now=now - timedelta(hours=2)):
        moved = Reassignment.objects.filter(to_source=mistaken).latest("pk")
        elsewhere.take_back(reassignment_id=moved.pk, by=by, now=now - timedelta(hours=1))


def share_costs(announced: list[Announced], *, sources: dict[str, Source], user: User, now: datetime) -> None:
    """Let three vacancies carry a page in the newspaper together, and let some things belong to no vacancy."""
    today = now.astimezone(OSLO).date()
    jobs = [each.job for each in announced if each.job.deadline_date >= today - timedelta(days=40)][:N_SHARING]
    page = Spent(sources["print"], today - timedelta(days=3), "Felles helside", amount_ore=14_900_00, minutes=90)
    costs.share_cost(jobs=jobs, rule=SharedCost.Rule.POSITIONS, spent=page, user=user, now=now)
    general = (
        ("print", 24_000, 0, "Årsavtale med lokalavisa", 230),
        ("print", 23_000, 0, "Årsavtale med lokalavisa", 595),
        ("facebook", 18_500, 14, "Film om å jobbe i kommunen", 160),
        ("own-web", 0, 26, "Ny side for ledige stillinger", 75),
    )
    rows = []
    for slug, kroner, hours, note, days_ago in general:
        given = {"source": sources[slug], "day": today - timedelta(days=days_ago), "note": note, "created_by": user}
        if kroner:
            rows.append(Cost(kind=Cost.Kind.KRONER, amount_ore=kroner * 100, **given))
        if hours:
            rows.append(Cost(kind=Cost.Kind.HOURS, minutes=hours * 60, **given))
    Cost.objects.bulk_create(rows)


def count_whole_vacancies(announced: list[Announced], *, user: User, now: datetime) -> None:
    """Let HR have counted all applicants of the vacancies that closed last, two of whom nobody was asked about."""
    applied: dict[int, int] = {}
    for job_id, n in Outcome.objects.values_list("job_id", "applied"):
        applied[job_id] = applied.get(job_id, 0) + (n or 0)
    counted = [each.job for each in announced if each.job.pk in applied][-N_COUNTED:]
    JobCount.objects.bulk_create(
        JobCount(job=job, applied=applied[job.pk] + 2, changed_at=now, changed_by=user) for job in counted
    )


def remember_posts(published: list[Delivery]) -> None:
    """Let some applicants remember the very post they saw."""
    told = {delivery.post.job_id: delivery.post_id for delivery in published}
    seen = SurveyAnswer.objects.filter(survey__job__in=told, first_source__slug="linkedin").select_related("survey")
    for answer in seen.order_by("pk")[:N_REMEMBERED]:
        answer.remembered_id = told[answer.survey.job_id]
        answer.save(update_fields=["remembered"])


def invite_in_vain(*, host: str, by: User, now: datetime) -> None:
    """Have one invitation run out unused, and one whose letter never arrived."""
    failed = OutgoingMail.objects.create(
        municipality_id=current_municipality_id(), recipient=f"feil.adresse@{host}", subject="Invitasjon",
        template="invitation", n_attempts=9, state=OutgoingMail.State.FAILED, problem="550",
        created_at=now - timedelta(days=3),
    )  # fmt: skip
    for address, days_ago, letter_id in (
        (f"silje.moe@{host}", INVITED_DAYS_AGO, None),
        (failed.recipient, 3, failed.pk),
    ):
        sent_at = now - timedelta(days=days_ago)
        Invitation.objects.create(
            email=address, role=Membership.Role.READER, invited_by=by, created_at=sent_at, letter_id=letter_id,
            expires_at=sent_at + timedelta(days=7), token_hash=hashlib.sha256(address.encode()).hexdigest(),
        )  # fmt: skip
