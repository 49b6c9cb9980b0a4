"""Writing posts: a draft, its changes, and the step from there to the publishing engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from channels.actions import links, publishing, visits
from channels.models import Account, Campaign, Delivery, MediaItem, Post, WordingChoice
from channels.queries import posts as queries
from channels.rules import Finding, check_text
from recruitment.models import JobPosting, Source, User

State = Delivery.State
Wording = tuple[str, str]
# How a delivery keeps the time on the wall.
WALL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Content:
    """What a post says. `target_url` is where its link leads when it is not about a vacancy."""

    title: str
    text: str
    job: JobPosting | None = None
    media: MediaItem | None = None
    target_url: str = ""
    card_title: str = ""
    card_description: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """The columns of a post that hold it."""
        return {
            "job": self.job,
            "title": self.title,
            "text": self.text,
            "media": self.media,
            "card_title": self.card_title,
            "card_description": self.card_description,
        }


@dataclass(frozen=True)
class Time:
    """A wall-clock time in Norway; `is_second` tells which, in the hour repeated in autumn."""

    wall: datetime
    is_second: bool | None = None


class ChangedMeanwhile(Exception):
    """Somebody saved another version after this one was opened; `stored` is theirs. Nothing was changed."""

    def __init__(self, stored: Post) -> None:
        super().__init__(stored.pk)
        self.stored = stored


class WouldVoidApproval(Exception):
    """A change takes the post back to draft, and whoever saves has not been told so yet. Nothing was changed."""


class ReasonsMissing(ValueError):
    """The text has wordings that a rule warns of, and no reason is given for keeping them (R2)."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(finding.phrase for finding in findings))
        self.findings = list(findings)


class NoSource(LookupError):
    """The municipality's list of sources has none in use for the channel, so no link can be counted for it."""


def write_post(
    *,
    campaign: Campaign,
    content: Content,
    accounts: Sequence[Account],
    reasons: Mapping[Wording, str],
    user: User,
    now: datetime,
) -> Post:
    """
    Store a new draft; for each account it gets a delivery with a tracked link of its own at once.

    :raises NoSource: see there
    """
    with transaction.atomic():
        post = Post.objects.create(
            campaign=campaign,
            **content.fields,
            created_at=now,
            changed_at=now,
            created_by=user,
            changed_by=user,
        )
        keep_reasons(post=post, reasons=reasons, user=user, now=now)
        deliver_to(post=post, accounts=accounts, content=content, user=user, now=now)
    return post


def change_post(
    *,
    post: Post,
    content: Content,
    accounts: Sequence[Account],
    seen_version: int,
    may_void: bool,
    reasons: Mapping[Wording, str],
    user: User,
    now: datetime,
) -> Post:
    """
    Store another version of a post. What was approved or planned becomes a draft again (P3).

    :param seen_version: the version that was opened
    :param may_void: whoever saves was told that the post goes back to draft
    :raises ChangedMeanwhile: another version was saved meanwhile
    :raises WouldVoidApproval: it is planned or awaits approval, and `may_void` is False
    :raises channels.actions.publishing.AlreadySending: sending has begun, so what it says stands (P5)
    """
    with transaction.atomic():
        stored = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        if stored.version != seen_version:
            raise ChangedMeanwhile(stored)
        if not _is_changed(stored, content):
            keep_reasons(post=stored, reasons=reasons, user=user, now=now)
            deliver_to(post=stored, accounts=accounts, content=content, user=user, now=now)
            return stored
        if publishing.void_approval(post=stored, by=user, now=now) and not may_void:
            raise WouldVoidApproval
        Post.objects.filter(pk=stored.pk).update(
            **content.fields,
            version=F("version") + 1,
            changed_at=now,
            changed_by=user,
        )
        stored.refresh_from_db()
        keep_reasons(post=stored, reasons=reasons, user=user, now=now)
        deliver_to(post=stored, accounts=accounts, content=content, user=user, now=now)
    return stored


def deliver_to(
    *, post: Post, accounts: Sequence[Account], content: Content, user: User, now: datetime
) -> list[Delivery]:
    """Give a post a delivery to each account that has none, and lead its links where the content says."""
    deliveries = queries.deliveries_of(post)
    target = content.job.apply_url if content.job else content.target_url
    links_of_post = [delivery.link_id for delivery in deliveries]
    visits.lead_to(links=links_of_post, job=content.job, target=target)
    has_one = {delivery.account_id for delivery in deliveries}
    return [
        _deliver(post, account, target=target, user=user, now=now) for account in accounts if account.pk not in has_one
    ]


def _deliver(post: Post, account: Account, *, target: str, user: User, now: datetime) -> Delivery:
    source = Source.objects.filter(channel=account.channel_id, kind=Source.Kind.PLACE, is_active=True).first()
    if source is None:
        raise NoSource(account.name)
    link = links.make_delivery_link(
        source=source, job=post.job, campaign=post.campaign, target_url=target, label=post.title
    )
    delivery = Delivery.objects.create(post=post, account=account, link=link, created_at=now)
    publishing.trail.write(delivery.pk, kind=publishing.trail.Kind.CREATED, at=now, actor=user)
    return delivery


def wish_for(*, delivery: Delivery, due_at: datetime, wall: datetime) -> None:
    """Remember the time somebody has in mind for a draft; nothing happens then until it is planned."""
    Delivery.objects.filter(pk=delivery.pk, state=State.DRAFT).update(due_at=due_at, due_wall=wall.strftime(WALL))


def plan_post(*, delivery: Delivery, time: Time, user: User, now: datetime, is_approved: bool) -> None:
    """
    Hand a post to the publishing engine for `time`.

    :param is_approved: True plans it, which takes the right to publish; False sends it for approval
    :raises ReasonsMissing: a wording needs a reason or another wording
    Errors of channels.actions.publishing.schedule and submit_for_approval pass through.
    """
    post = delivery.post
    kept = queries.kept_wordings(post)
    findings = check_text(
        queries.words_of(post), deadline_date=None, language=post.job.language if post.job else "nb", kept=kept
    )
    still_open = [finding for finding in findings if finding.is_open]
    if still_open:
        raise ReasonsMissing(still_open)
    with transaction.atomic():
        planned = {State.SCHEDULED, State.LATE} if is_approved else set()
        if delivery.state in publishing.trail.UNSENT - planned:
            publishing.take_back(delivery=delivery, by=user, now=now)
        step = publishing.schedule if is_approved else publishing.submit_for_approval
        step(delivery=delivery, by=user, now=now, wall=time.wall, is_second=time.is_second)


def as_one(carry_out: Callable[[], str]) -> str:
    """Carry several steps out as one: all of them, or none when one of them raises."""
    with transaction.atomic():
        return carry_out()


def _is_changed(stored: Post, content: Content) -> bool:
    # A vacancy's links follow the vacancy (R7); where another post's link leads is part of what was approved (P3).
    if content.job is None:
        targets = {delivery.link.target_url for delivery in queries.deliveries_of(stored)}
        if targets - {content.target_url}:
            return True
    return any(getattr(stored, name) != value for name, value in content.fields.items())


def keep_reasons(*, post: Post, reasons: Mapping[Wording, str], user: User, now: datetime) -> None:
    """Store the reasons given for keeping wordings of a text (R2)."""
    WordingChoice.objects.bulk_create(
        [
            WordingChoice(post=post, rule=rule, phrase=phrase[:200], reason=reason, chosen_by=user, chosen_at=now)
            for (rule, phrase), reason in reasons.items()
        ]
    )
