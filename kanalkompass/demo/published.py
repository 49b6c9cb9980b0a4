"""
A connected page with half a year of published posts: what was said, when, and what the channel told about it since.

Nothing here is on any channel: the access is invented, and no page is claimed, so that no worker asks about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any, cast

from numpy.random import Generator

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import ObjectKind, Snapshot
from channels.actions.access import fingerprint
from channels.actions.links import CODE_LENGTH
from channels.models import (
    Account,
    Attempt,
    Campaign,
    Connection,
    Delivery,
    DeliveryEvent,
    LinkCode,
    LinkHour,
    Post,
    RiskAssessment,
    SetupStep,
    TrackedLink,
)
from channels.queries import contents
from foundation import codes
from foundation.clock import OSLO
from foundation.tenancy import current_municipality_id
from kanalkompass.demo.people import Town
from kanalkompass.demo.vacancies import Announced
from recruitment.models import JobPosting, Source, User

Kind = DeliveryEvent.Kind
TOKEN = "oppdiktet-tilgang"  # noqa: S105  # nosec B105 (opens nothing)
SCOPES = "r_organization_social w_organization_social rw_organization_admin r_ads r_ads_reporting"
# A post is looked at so many days, and most of its views come in the first week.
TOLD_DAYS, FADES_DAYS = 45, 6.0
FIRST_DAY_VIEWS = 330
# A vacancy's post comes the morning after it was registered; of the newest none is out yet.
NOT_YET = timedelta(days=4)
SHARES = {"clicks": 0.026, "reactions": 0.02, "comments": 0.0018, "shares": 0.0025}
# The second page has been silent since so many days ago.
SILENT_DAYS = 20
TEXTS_NN = (
    "Kvar dag møter vi nokon som treng oss. Vi søkjer {title}.",
    "Faste vakter, fagdagar og kollegaer som spør korleis det går. Vi søkjer {title}.",
    "Flytt heim til fjorden? Vi søkjer {title}.",
)
_number = count(1)


@dataclass
class Desk:
    """Where posts are made: the town's people, its campaign, and the source its links count for."""

    town: Town
    author: User
    approver: User
    campaign: Campaign
    source: Source
    events: list[DeliveryEvent] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    def write(self, title: str, text: str, *, job: JobPosting | None, account: Account, at: datetime) -> Delivery:
        """Return a draft made at a moment, stored, with its link."""
        made = {"created_at": at, "created_by": self.author}
        post = Post.objects.create(campaign=self.campaign, job=job, title=title, text=text, changed_at=at, **made)
        link = TrackedLink.objects.create(
            code=codes.new_code(CODE_LENGTH), source=self.source, job=job, campaign=self.campaign, label=title,
            target_url=job.apply_url if job else f"https://www.{self.town.host}/ledige-stillinger", created_at=at,
        )  # fmt: skip
        LinkCode.objects.create(code=link.code, municipality_id=current_municipality_id(), link_id=link.pk)
        delivery = Delivery(post=post, account=account, link=link, created_at=at)
        self.note(delivery, Kind.CREATED, at, self.author)
        return delivery

    def approve(self, delivery: Delivery, *, due_at: datetime, at: datetime) -> None:
        """Freeze what is said and plan it; the state is the caller's."""
        delivery.approved_text = contents.text_of(delivery)
        delivery.approved_hash = contents.current_hash(delivery)
        delivery.approved_by, delivery.due_at = self.approver, due_at
        delivery.due_wall = due_at.astimezone(OSLO).strftime("%Y-%m-%dT%H:%M")
        self.note(delivery, Kind.APPROVED, at, self.approver)
        self.note(delivery, Kind.SCHEDULED, at, self.approver)

    def send(self, delivery: Delivery, *, outcome: str, detail: str = "") -> None:
        """Note one attempt at the moment it was due."""
        at = cast(datetime, delivery.due_at)  # whoever sends has planned
        delivery.fence = 1
        self.note(delivery, Kind.CLAIMED, at)
        self.note(delivery, Kind.SENT, at)
        self.attempts.append(
            Attempt(
                delivery=delivery,
                fence=1,
                marker=delivery.link.code,
                claimed_at=at,
                sent_at=at,
                ended_at=at + timedelta(seconds=1),
                outcome=outcome,
                detail=detail,
            )  # fmt: skip
        )

    def publish(self, delivery: Delivery, *, at: datetime) -> Delivery:
        """Approve, send and bind a post, all as planned."""
        self.approve(delivery, due_at=at, at=delivery.created_at + timedelta(minutes=20))
        self.send(delivery, outcome=Attempt.Outcome.PUBLISHED)
        delivery.state, delivery.published_at = Delivery.State.PUBLISHED, at + timedelta(seconds=1)
        delivery.external_id = f"urn:li:share:{9_902_000_000 + next(_number)}"
        self.note(delivery, Kind.PUBLISHED, delivery.published_at)
        return delivery

    def note(self, delivery: Delivery, kind: str, at: datetime, actor: User | None = None, detail: str = "") -> None:
        """Add a line to the delivery's trail."""
        self.events.append(DeliveryEvent(delivery=delivery, kind=kind, at=at, actor=actor, detail=detail))

    def store_trails(self) -> None:
        """Store the trails of deliveries that are stored by now."""
        DeliveryEvent.objects.bulk_create(self.events)
        Attempt.objects.bulk_create(self.attempts)
        self.events, self.attempts = [], []


def connect(account: Account, *, user: User, number: int, expires_in_days: int, now: datetime) -> None:
    """Let an account be set up, assessed and connected."""
    today = now.astimezone(OSLO).date()
    account.external_id = f"urn:li:organization:{99_020 + number}"
    account.save(update_fields=["external_id"])
    SetupStep.objects.filter(account=account, kind__in=SetupStep.BY_HAND).update(done_date=today - timedelta(days=210))
    RiskAssessment.objects.create(
        account=account, status=RiskAssessment.Status.APPROVED, assessed_date=today - timedelta(days=205),
        responsible_name=user.full_name, next_review_date=today + timedelta(days=160), recorded_by=user,
        recorded_at=now - timedelta(days=205),
    )  # fmt: skip
    Connection.objects.create(
        account=account, access_token=TOKEN, fingerprint=fingerprint(f"{TOKEN}{number}"), scopes=SCOPES,
        member_name=user.full_name, connected_by=user, connected_at=now - timedelta(days=60 - expires_in_days),
        expires_at=now + timedelta(days=expires_in_days), last_used_at=now - timedelta(hours=3), probed_at=now,
    )  # fmt: skip


def publish_half_a_year(
    desk: Desk, announced: list[Announced], *, account: Account, asked_days: int, now: datetime, rng: Generator
) -> list[Delivery]:
    """Publish a post for every second vacancy of the time in which the page is connected; return them, oldest first."""
    since = now - timedelta(days=asked_days)
    told = [each for each in announced if since < each.job.created_at < now - NOT_YET][::2]
    published = []
    for place, each in enumerate(told):
        made_at = each.job.created_at + timedelta(hours=1)
        text = TEXTS_NN[place % len(TEXTS_NN)].format(title=each.job.title.lower()) + "\n\n{lenkje}\n\n#LedigStilling"
        delivery = desk.write(each.job.title, text, job=each.job, account=account, at=made_at)
        at = datetime.combine(each.registered_day + timedelta(days=1), time(9), tzinfo=OSLO).astimezone(UTC)
        published.append(desk.publish(delivery, at=at))
    Delivery.objects.bulk_create(published)
    _tell(published, now=now, rng=rng)
    return published


def _tell(published: list[Delivery], *, now: datetime, rng: Generator) -> None:
    """Store each post's figures as they were fetched in the mornings since, and the visits of its link."""
    rows: list[Figures] = []
    snapshots: list[Snapshot] = []
    visits: list[LinkHour] = []
    for delivery in published:
        published_at = cast(datetime, delivery.published_at)
        appeal, total = float(rng.uniform(0.6, 1.5)), dict.fromkeys(["impressions", *SHARES], 0)
        for n in range(TOLD_DAYS):
            day = published_at.date() + timedelta(days=n)
            fetched_at = datetime.combine(day + timedelta(days=1), time(3, 10), tzinfo=UTC)
            if fetched_at > now:
                break
            views = int(rng.poisson(FIRST_DAY_VIEWS * appeal * 2.718 ** (-n / FADES_DAYS)))
            told: dict[str, Any] = {"impressions": views} | {
                name: int(rng.binomial(views, part)) for name, part in SHARES.items()
            }
            total = {name: total[name] + told[name] for name in total}
            rows.append(
                Figures(kind=ObjectKind.DELIVERY, object_id=delivery.pk, day=day, fetched_at=fetched_at, **told)
            )
            reach = int(total["impressions"] * 0.72)
            snapshots.append(Snapshot(delivery=delivery, taken_at=fetched_at, unique_impressions=reach, **total))
            hour = datetime.combine(day, time(int(rng.integers(17, 21))), tzinfo=UTC)
            if told["clicks"] and hour > published_at:
                person = LinkHour.Visitor.PERSON
                visits.append(LinkHour(link=delivery.link, hour=hour, visitor=person, n_visits=told["clicks"]))
    measurements.store(rows, now=now)
    _restate(rows, now=now)
    Snapshot.objects.bulk_create(snapshots, 2_000)
    LinkHour.objects.bulk_create(visits, 2_000)


def _restate(rows: list[Figures], *, now: datetime) -> None:
    """Let the channel change what it had told of some days, as it does when it weeds out robots."""
    last_week = [row for row in rows if now - row.fetched_at < timedelta(days=40) and (row.impressions or 0) > 40]
    changed = [
        Figures(
            kind=row.kind,
            object_id=row.object_id,
            day=row.day,
            fetched_at=row.fetched_at + timedelta(days=2),
            impressions=round((row.impressions or 0) * 0.94),
            clicks=row.clicks,
        )  # fmt: skip
        for row in last_week[::17]
        if row.fetched_at + timedelta(days=2) < now
    ]
    measurements.store(changed, now=now - timedelta(days=1))
