"""One open vacancy that has a bit of everything: what its page, its time line and its grid can show is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from analytics.actions import outcomes
from analytics.actions.outcomes import Counts
from analytics.models import Cost, SurveyAnswer
from analytics.queries import outcomes as outcome_queries
from channels.actions import links
from channels.actions import visits as counting
from channels.models import Account, Campaign, CampaignJob, Delivery, LinkHour, PostEdit
from channels.queries import contents
from channels.queries import links as link_queries
from foundation.clock import OSLO
from kanalkompass.demo import published
from kanalkompass.demo.published import Desk, Kind
from kanalkompass.demo.vacancies import Announced
from recruitment.models import JobPosting, Source, User

POSTERS = ("Plakat på sykehuset", "Plakat på sjukehuset"), ("Stand på yrkesmessa", "Stand på yrkesmessa")
# When people stopped at the first poster: so many days ago, at which hour (UTC), how many. Nobody has at the other.
STOPPED = ((4, 12, 3), (3, 15, 5), (2, 8, 2), (1, 12, 4))
# What was said about the source that is on no list, and has not been put in its place yet.
ELSEWHERE = ("Nabolagsgruppa", "Grannelaga på nett"), ("Helsefag på Snapchat", "Helsefag på Snapchat")
# What HR has counted so far: source, applicants, and how many of them were qualified where that is known.
COUNTED: tuple[tuple[str, int, int | None], ...] = (("nav", 4, 2), ("own-web", 4, 3), ("facebook", 6, None))
NEWSPAPER_ORE = 7_800_00
FALSE_TEXT = ("Vi søker {title}, 80 prosent. Søk innen fristen.", "Vi søkjer {title}, 80 prosent. Søk innan fristen.")
RIGHT_TEXT = (
    "Vi søker {title}, {share} prosent, med turnus du kan leve med. Søk innen fristen.",
    "Vi søkjer {title}, {share} prosent, med turnus du kan leve med. Søk innan fristen.",
)


def the_busy_one(announced: list[Announced], *, today: date) -> JobPosting:
    """Return the open vacancy about which some applicants have answered already."""
    return next(each.job for each in announced if each.job.deadline_date >= today and each.fate.n_told)


def carry_everything(
    desk: Desk,
    job: JobPosting,
    *,
    account: Account,
    users: dict[str, User],
    announced: list[Announced],
    now: datetime,
) -> None:
    """Give the vacancy a campaign that is over, a corrected post, posters, open words and half a grid of counts."""
    closed = next(each.job for each in reversed(announced) if each.job.deadline_date < now.date())
    over = _campaign_that_is_over(desk, [job, closed], now=now)
    delivery = _corrected_post(replace(desk, campaign=over), job, account=account, now=now)
    published.tell([delivery], now=now)
    _hang_posters(desk, job, now=now)
    _say_elsewhere(desk, job)
    _count_half(job, user=users["hr"], now=now)
    Cost.objects.create(
        job=job, source=Source.objects.get(slug="print"), kind=Cost.Kind.KRONER, amount_ore=NEWSPAPER_ORE,
        day=job.created_at.astimezone(OSLO).date(), created_by=users["hr"],
        note="Annonse i lokalavisa",
    )  # fmt: skip


def _campaign_that_is_over(desk: Desk, jobs: list[JobPosting], *, now: datetime) -> Campaign:
    today = now.astimezone(OSLO).date()
    campaign = Campaign.objects.create(
        name=desk.town.says("Åpent hus i tjenesten", "Ope hus i tenesta"),
        start_date=today - timedelta(days=24),
        end_date=today - timedelta(days=2),
        budget_ore=8_000_00,
        created_at=now - timedelta(days=25),
        created_by=desk.approver,
    )
    CampaignJob.objects.bulk_create([CampaignJob(campaign=campaign, job=job) for job in jobs])
    return campaign


def _corrected_post(desk: Desk, job: JobPosting, *, account: Account, now: datetime) -> Delivery:
    """Publish a post with a mistake six days ago, and correct it the day after."""
    at = datetime.combine(now.astimezone(OSLO).date() - timedelta(days=6), time(7), tzinfo=UTC)
    corrected_at = at + timedelta(days=1, hours=2)
    link = desk.town.says("\n\n{lenke}", "\n\n{lenkje}")
    title = "Bli kollegaen vår"
    text = desk.town.says(*FALSE_TEXT).format(title=job.title.lower()) + link
    delivery = desk.write(title, text, job=job, account=account, at=at - timedelta(hours=1))
    desk.publish(delivery, at=at)
    before = delivery.approved_text
    said = desk.town.says(*RIGHT_TEXT).format(title=job.title.lower(), share=job.percentage)
    whole = f"{said}\n\n{link_queries.address_of(delivery.link)}"
    delivery.approved_hash = contents.hash_with_text(delivery, whole)
    delivery.approved_text = whole
    for kind, minutes, actor in ((Kind.EDIT_ASKED, 0, desk.approver), (Kind.EDITED, 1, None)):
        desk.note(delivery, kind, corrected_at + timedelta(minutes=minutes), actor)
    Delivery.objects.bulk_create([delivery])
    PostEdit.objects.create(
        delivery=delivery, state=PostEdit.State.DONE, text=whole, text_hash=delivery.approved_hash,
        previous_text=before, asked_by=desk.approver, asked_at=corrected_at, approved_by=desk.approver,
        approved_at=corrected_at, ended_at=corrected_at + timedelta(minutes=1), n_tries=1,
    )  # fmt: skip
    return delivery


def _hang_posters(desk: Desk, job: JobPosting, *, now: datetime) -> None:
    """Make links for two posters; people have followed one of them."""
    fair = Source.objects.get(slug="job-fair")
    made = [links.make_place_link(source=fair, job=job, place=desk.town.says(*place)) for place in POSTERS]
    # They were hung up when the vacancy was registered.
    for link in made:
        link.created_at = job.created_at
        link.save(update_fields=["created_at"])
    person = LinkHour.Visitor.PERSON
    counting.store([
        LinkHour(
            link=made[0],
            hour=datetime.combine(now.date() - timedelta(days=days_ago), time(hour), tzinfo=UTC),
            visitor=person,
            n_visits=n_visits,
        )  # fmt: skip
        for days_ago, hour, n_visits in STOPPED
    ])  # fmt: skip


def _say_elsewhere(desk: Desk, job: JobPosting) -> None:
    """Let two of those who answered have seen it where no source is."""
    source = Source.objects.get(slug="elsewhere")
    told = SurveyAnswer.objects.filter(survey__job=job).order_by("pk")[: len(ELSEWHERE)]
    for answer, words in zip(told, ELSEWHERE, strict=False):
        answer.first_source, answer.decisive_source = source, None
        answer.elsewhere = desk.town.says(*words)
        answer.save(update_fields=["first_source", "decisive_source", "elsewhere"])


def _count_half(job: JobPosting, *, user: User, now: datetime) -> None:
    """Let HR have begun to count: applicants of some sources, and the qualified of fewer."""
    sources = {source.slug: source.pk for source in Source.objects.filter(slug__in=[slug for slug, *_ in COUNTED])}
    counted_at = now - timedelta(hours=20)
    outcomes.register_outcomes(
        job=job,
        counts={sources[slug]: Counts(applied=applied, qualified=qualified) for slug, applied, qualified in COUNTED},
        seen=outcome_queries.version_of(outcome_queries.outcome_grid(job=job)),
        user=user,
        now=counted_at,
        today=counted_at.astimezone(OSLO).date(),
    )
