"""
A connected page with its published posts: what was said, when, and what the channel told about it since.

None of these posts is on any channel, and no page is claimed, so that no worker asks about them by night. What is
written from now on is published: the sandbox plays the page where it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, cast

from numpy.random import Generator, default_rng

from analytics.actions import measurements
from analytics.actions.measurements import Figures
from analytics.models import ObjectKind, Snapshot
from channels.actions import visits as counting
from channels.actions.links import CODE_LENGTH
from channels.models import (
    Account,
    Attempt,
    Campaign,
    Delivery,
    DeliveryEvent,
    LinkCode,
    LinkHour,
    Post,
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
# What the platform's names of posts that are on no channel begin with.
INVENTED_ID = "urn:li:share:9902"
# A post is looked at so many days, and most of its views come in the first week.
TOLD_DAYS, FADES_DAYS = 45, 6.0
FIRST_DAY_VIEWS = 330
# A vacancy's post comes the morning after it was registered; of the newest none is out yet.
NOT_YET = timedelta(days=4)
SHARES = {"clicks": 0.026, "reactions": 0.02, "comments": 0.0018, "shares": 0.0025}
# The second page has been silent since so many days ago.
SILENT_DAYS = 20
TEXTS = {
    "nb": (
        "Hver dag møter vi noen som trenger oss. Vi søker {title}.",
        "Faste vakter, fagdager og kollegaer som spør hvordan det går. Vi søker {title}.",
        "Flytte hjem til kysten? Vi søker {title}.",
    ),
    "nn": (
        "Kvar dag møter vi nokon som treng oss. Vi søkjer {title}.",
        "Faste vakter, fagdagar og kollegaer som spør korleis det går. Vi søkjer {title}.",
        "Flytt heim til fjorden? Vi søkjer {title}.",
    ),
}
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
        delivery.external_id = f"{INVENTED_ID}{next(_number):06}"
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


def publish_since(
    desk: Desk, announced: list[Announced], *, account: Account, asked_days: int, now: datetime
) -> list[Delivery]:
    """Publish a post for every second vacancy of the time in which the page is connected; return them, oldest first."""
    since = now - timedelta(days=asked_days)
    told = [each for each in announced if since < each.job.created_at < now - NOT_YET][::2]
    texts, published = TEXTS[desk.town.language_form], []
    for place, each in enumerate(told):
        made_at = each.job.created_at + timedelta(hours=1)
        said = texts[place % len(texts)].format(title=each.job.title.lower())
        text = said + desk.town.says("\n\n{lenke}", "\n\n{lenkje}") + "\n\n#LedigStilling"
        delivery = desk.write(each.job.title, text, job=each.job, account=account, at=made_at)
        at = datetime.combine(each.registered_day + timedelta(days=1), time(9), tzinfo=OSLO).astimezone(UTC)
        published.append(desk.publish(delivery, at=at))
    Delivery.objects.bulk_create(published)
    rows = tell(published, now=now)
    _restate(rows, now=now)
    return published


def tell(published: list[Delivery], *, now: datetime, since: date | None = None) -> list[Figures]:
    """
    Store each post's figures as they were fetched in the mornings since, and the visits of its link; return them.

    The same day of the same post always has the same figures, so that a later start can go on where one ended.

    :param since: only what was fetched about days from here on is stored
    """
    rows: list[Figures] = []
    snapshots: list[Snapshot] = []
    visits: list[LinkHour] = []
    for delivery in published:
        published_at = cast(datetime, delivery.published_at)
        first = published_at.date()
        appeal, total = float(dice(delivery.pk).uniform(0.6, 1.5)), dict.fromkeys(["impressions", *SHARES], 0)
        for n in range(min(TOLD_DAYS, (now.date() - first).days)):
            day = first + timedelta(days=n)
            fetched_at = datetime.combine(day + timedelta(days=1), time(3, 10), tzinfo=UTC)
            if fetched_at > now:
                break
            rng = dice(delivery.pk, day)
            told = _told(int(rng.poisson(FIRST_DAY_VIEWS * appeal * 2.718 ** (-n / FADES_DAYS))), rng)
            total = {name: total[name] + told[name] for name in total}
            if since is not None and day < since:
                continue
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
    Snapshot.objects.bulk_create(snapshots, 2_000)
    # Somebody may have followed the link in that very hour since.
    counting.store(visits)
    return rows


def dice(number: int, day: date = date.min) -> Generator:
    """Return chance that falls the same way each time for a thing and a day."""
    return default_rng([number, day.toordinal()])


def _told(views: int, rng: Generator) -> dict[str, Any]:
    return {"impressions": views} | {name: int(rng.binomial(views, part)) for name, part in SHARES.items()}


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
