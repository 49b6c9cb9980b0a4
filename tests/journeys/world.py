"""A municipality with something behind every door: what the walk through all pages opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from PIL import Image

from analytics.actions import costs, elsewhere, measurements, outcomes, survey_tokens, surveys
from analytics.models import ObjectKind, Reassignment, Survey
from analytics.queries import outcomes as outcome_queries
from channels.actions import accounts, media, videos
from channels.actions.publishing import editing
from channels.models import (
    Account,
    AdAccount,
    Campaign,
    Comment,
    Delivery,
    PaidCampaign,
    PendingConnection,
    Post,
    Sighting,
)
from channels.models.accounts import SetupStep
from foundation import clock
from foundation.tenancy import tenant
from kanalkompass import vacancies
from kanalkompass.demo.film import make_film
from recruitment.actions import entries, invitations
from recruitment.actions.jobs import Announcement, JobDetails
from recruitment.actions.members import Grant
from recruitment.models import Channel, Membership, Occupation, OutgoingMail, Source, User
from tests.channels.deliveries import Press, connect
from tests.fixtures import Town, give_app
from tests.linkedin_sandbox import LinkedInSandbox

State = Delivery.State
# Why a delivery is where it is; the page says each in words.
REASONS = {
    State.REJECTED: "text_too_long",
    State.UNKNOWN: "answer_lost",
    State.BLOCKED: "not_connected",
    State.LATE: "job_closed",
    State.MANUAL: "likely",
}


@dataclass
class World:
    """The keys of what was made, by what they are."""

    town: Town
    press: Press
    job_id: int
    bare_job_id: int
    survey_code: str
    closed_code: str
    link_id: int
    link_code: str
    account_id: int
    unconnected_id: int
    manual_id: int
    pending_id: int
    campaign_id: int
    empty_campaign_id: int
    media_id: int
    cost_id: int
    general_cost_id: int
    source_id: int
    reassignment_id: int
    membership_id: int
    invitation_id: int
    invitation_token: str
    entry_id: int
    operator: User
    sighting_id: int = 0
    edit_id: int = 0
    video_id: int = 0
    ad_account_id: int = 0
    paid_id: int = 0
    deliveries: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)


def build(town: Town, sandbox: LinkedInSandbox) -> World:
    """Fill a municipality: a vacancy with answers, counts and costs; channels; posts in every state."""
    press = connect(town, sandbox)
    made = _vacancies(town) | _accounts(town, press) | _people(town)
    picture_id = _picture(town)
    deliveries, posts = _deliveries(press, job_id=made["job_id"], picture_id=picture_id)
    video_id = _video(town)
    with tenant(town.pk):
        campaign_id = Campaign.objects.get(name="Sykepleiere").pk
        empty = Campaign.objects.create(
            name="Vår", start_date=clock.today(), end_date=clock.today(), created_by=town.adviser, budget_ore=1_000_000
        )
    return World(
        town=town,
        press=press,
        media_id=picture_id,
        campaign_id=campaign_id,
        empty_campaign_id=empty.pk,
        deliveries=deliveries,
        posts=posts,
        sighting_id=_sightings(press, deliveries),
        video_id=video_id,
        edit_id=_said_otherwise(press, deliveries, posts, video_id=video_id),
        **made,
        **_advertising(press, deliveries, campaign_id=campaign_id),
    )


def _sightings(press: Press, deliveries: dict[str, int]) -> int:
    """Let a copy of what is out be seen on the channel, and a candidate for what is in doubt; return the copy's key."""
    seen = {"text": "Vi søker sykepleier til Solbakken omsorgssenter.", "published_at": press.now}
    with tenant(press.town.pk):
        copy = Sighting.objects.create(
            delivery_id=deliveries[State.PUBLISHED], kind="marked", external_id="urn:li:share:91", **seen
        )
        address = "https://www.linkedin.com/feed/update/urn:li:share:92/"
        Sighting.objects.create(
            delivery_id=deliveries[State.MANUAL],
            kind="likely",
            external_id="urn:li:share:92",
            permalink=address,
            **seen,
        )
    return copy.pk


def _advertising(press: Press, deliveries: dict[str, int], *, campaign_id: int) -> dict[str, int]:
    """Let an ad account have been read, and somebody have commented below what is out."""
    with tenant(press.town.pk):
        ad_account = AdAccount.objects.create(
            account=press.account, external_id="5009", name=press.town.municipality.name, currency="NOK",
            chosen_by=press.town.adviser, read_at=press.now,
        )  # fmt: skip
        paid = PaidCampaign.objects.create(
            ad_account=ad_account, external_id="urn:li:sponsoredCampaign:1", name="Sykepleier, betalt",
            campaign_id=campaign_id, seen_at=press.now,
        )  # fmt: skip
        day = press.now.date() - timedelta(days=2)
        told = {"impressions": 1200, "clicks": 18, "spend_ore": 15120}
        kind = ObjectKind.PAID_CAMPAIGN
        row = measurements.Figures(kind, paid.pk, day, fetched_at=press.now, is_paid=True, **told)
        measurements.store([row], now=press.now)
        Comment.objects.create(
            delivery_id=deliveries[State.PUBLISHED], external_id="urn:li:comment:(urn:li:activity:1,2)",
            text="Når er søknadsfristen?", is_ours=False, written_at=press.now, read_at=press.now,
            keep_until=press.now + timedelta(hours=48),
        )  # fmt: skip
    return {"ad_account_id": ad_account.pk, "paid_id": paid.pk}


def _video(town: Town) -> int:
    content = make_film()
    upload = SimpleNamespace(file=BytesIO(content), size=len(content))
    with tenant(town.pk):
        return videos.store_video(
            video=videos.read_video(upload),
            shown=videos.ShownInVideo(alt_text="Sol over Lyngvær", people="none", captions="no_speech"),
            user=town.adviser,
            now=clock.now(),
        ).pk


def _said_otherwise(press: Press, deliveries: dict[str, int], posts: dict[str, int], *, video_id: int) -> int:
    """Give one post a link card and one a video, ask for a correction of what is out, and return the correction."""
    with tenant(press.town.pk):
        Post.objects.filter(pk=posts[State.DRAFT]).update(card_title="Lyngvær", card_description="Lyngvær kommune")
        Post.objects.filter(pk=posts[State.LATE]).update(media=video_id)
        out = Delivery.objects.get(pk=deliveries[State.PUBLISHED])
        return editing.ask_for_edit(delivery=out, text="Lyngvær", by=press.town.novice, now=press.now).pk


def _people(town: Town) -> dict[str, Any]:
    """Invite somebody, and let a system administrator be inside."""
    now = clock.now()
    with tenant(town.pk):
        invited = invitations.invite(
            email=f"invitert@{town.number}.example", grant=Grant("hr"), by=town.administrator, now=now
        )
        membership = Membership.objects.get(municipality=town.municipality, user=town.novice)
    operator = User.objects.create_superuser(f"drift@{town.number}.example", None, full_name="Dina Drift")
    give_app(operator)
    reason = "Feil i tallene på Kilder, meldt av kommunen"
    entry = entries.enter(municipality=town.municipality, user=operator, reason=reason, now=now)
    letter = OutgoingMail.objects.get(pk=invited.letter_id)
    return {
        "membership_id": membership.pk,
        "invitation_id": invited.pk,
        "invitation_token": letter.body.partition(f"/invitasjon/{town.number}/")[2].partition("/")[0],
        "entry_id": entry.pk,
        "operator": operator,
    }


def _vacancies(town: Town) -> dict[str, Any]:
    today, now = clock.today(), clock.now()
    with tenant(town.pk):
        details = JobDetails(
            title="Sykepleier, Solbakken omsorgssenter",
            occupation=Occupation.objects.get(code="2221"),
            workplace="Solbakken omsorgssenter",
            deadline_date=today + timedelta(days=14),
            apply_url="https://soknad.example/1",
            percentage=80,
            positions=2,
            requirements="Norsk autorisasjon",
        )
        announced = Announcement(announced_date=today, announced_where="kommunen.example", internal_notice_date=today)
        job = vacancies.register(details=details, announcement=announced, user=town.hr, now=now)
        bare = vacancies.register(
            details=JobDetails(**vars(details) | {"title": "Tilkallingsvakt"}),
            announcement=Announcement(),
            user=town.hr,
            now=now,
        )
        survey, closed = surveys.ensure_survey(job=job), surveys.ensure_survey(job=bare)
        closed.is_open = False
        closed.save()
        link = job.tracked_links.order_by("id").first()
        paper = Source.objects.get(slug="print")
        cost = costs.register_cost(
            job=job, source=paper, day=today, amount_ore=450_000, minutes=90, note="Avis", user=town.hr, now=now
        )[0]
        general = costs.register_cost(
            job=None, source=paper, day=today, amount_ore=120_000, minutes=None, note="Messe", user=town.hr, now=now
        )[0]
        outcomes.register_outcomes(
            job=job,
            counts={paper.pk: outcomes.Counts(applied=4, qualified=2, hired=0)},
            seen=outcome_queries.version_of(outcome_queries.outcome_grid(job=job)),
            user=town.hr,
            now=now,
            today=today,
        )
    for slug in ["linkedin", "linkedin", "print"]:
        surveys.store_answer(
            municipality_id=town.pk,
            survey_id=survey.pk,
            token=survey_tokens.new_token(survey.code),
            given=surveys.Given(first=slug, also=("own-web",), interests=("tasks",)),
            now=now,
            today=today,
        )
    return {
        "job_id": job.pk,
        "bare_job_id": bare.pk,
        "survey_code": survey.code,
        "closed_code": closed.code,
        "link_id": link.pk,
        "link_code": link.code,
        "reassignment_id": _said_elsewhere(town, survey, paper),
        "source_id": paper.pk,
        "cost_id": cost.pk,
        "general_cost_id": general.pk,
    }


def _said_elsewhere(town: Town, survey: Survey, paper: Source) -> int:
    """Let two applicants write where else they saw it, give one of them to the newspaper, and return that move."""
    for place in ("Bygdebladet", "Avisa"):
        surveys.store_answer(
            municipality_id=town.pk,
            survey_id=survey.pk,
            token=survey_tokens.new_token(survey.code),
            given=surveys.Given(first="elsewhere", elsewhere=place),
            now=clock.now(),
            today=clock.today(),
        )
    with tenant(town.pk):
        elsewhere.assign(keys={"avisa"}, to=paper, by=town.hr, now=clock.now())
        return Reassignment.objects.get().pk


def _accounts(town: Town, press: Press) -> dict[str, int]:
    now = clock.now()
    with tenant(town.pk):
        linkedin = Channel.objects.get(slug="linkedin")
        by_hand = Channel.objects.filter(connector="").order_by("position").first()
        blank = {"page_url": "", "responsible": None, "deputy": None, "notes": ""}
        other = accounts.create_account(
            channel=linkedin, details=accounts.AccountDetails(name="Lyngvær skule", **blank), now=now
        )
        accounts.mark_step(account=other, kind=SetupStep.Kind.PAGE, is_done=True, by=town.adviser, now=now)
        manual = Account.objects.create(channel=by_hand, name="Torget", responsible=town.adviser)
        pending = PendingConnection.objects.create(
            account=other,
            user=town.adviser,
            access_token="t",
            scopes="r_organization_social w_organization_social",
            member_name="Kari Moen",
            expires_at=now + timedelta(days=59),
            pages=[
                {"external_id": "urn:li:organization:77", "name": "Lyngvær skule", "url": "https://linkedin.example/77"}
            ],
            valid_until=now + timedelta(minutes=10),
        )
    return {
        "account_id": press.account.pk,
        "unconnected_id": other.pk,
        "manual_id": manual.pk,
        "pending_id": pending.pk,
    }


def _picture(town: Town) -> int:
    upload = BytesIO()
    Image.new("RGB", (1200, 627), "#2b6f7d").save(upload, "PNG")
    upload.seek(0)
    with tenant(town.pk):
        return media.store_picture(
            picture=media.draw_anew(upload),
            shown=media.Shown(alt_text="Fjorden i Lyngvær", people="none"),
            user=town.adviser,
            now=clock.now(),
        ).pk


def _deliveries(press: Press, *, job_id: int, picture_id: int) -> tuple[dict[str, int], dict[str, int]]:
    from channels.models import MediaItem
    from recruitment.models import JobPosting

    with tenant(press.town.pk):
        job, picture = JobPosting.objects.get(pk=job_id), MediaItem.objects.get(pk=picture_id)
    made: dict[str, Delivery] = {State.DRAFT: press.draft(job=job, media=picture)}
    made[State.PUBLISHED] = press.due(job=job, media=picture)
    press.publish(made[State.PUBLISHED])
    for state in State:
        if state in made:
            continue
        delivery = made[state] = press.due(job=job)
        fields: dict[str, Any] = {"state": state, "reason": REASONS.get(state, "")}
        if state == State.SENDING:
            fields["lease_until"] = press.now + timedelta(seconds=90)
        if state == State.UNKNOWN:
            fields |= {"unknown_since": press.now, "next_at": press.now + timedelta(minutes=1)}
        if state == State.REMOVED:
            fields |= {"published_at": press.now - timedelta(days=2), "external_id": "urn:li:share:1"}
        if state != State.SCHEDULED:
            press.set(delivery, **fields)
        else:
            press.set(delivery, due_at=press.now + timedelta(hours=3))
    posts = {state: delivery.post_id for state, delivery in made.items()}
    return {state: delivery.pk for state, delivery in made.items()}, posts
