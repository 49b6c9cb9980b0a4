"""Accounts of a municipality: made, given people, set up step by step, assessed for risk. Call these in `tenant()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from channels.actions import publishing
from channels.models import Account, RiskAssessment, SetupStep
from channels.queries import obstacles
from foundation import clock
from recruitment.models import Channel, User

Kind = SetupStep.Kind


class AccountExists(Exception):
    """The channel has an account of this name already, whatever its capitals."""


class NotByHand(Exception):
    """This step is not ticked: it is done when the thing itself is done."""


@dataclass(frozen=True)
class AccountDetails:
    """What a person may say of an account."""

    name: str
    page_url: str
    responsible: User | None
    deputy: User | None
    notes: str


@dataclass(frozen=True)
class Assessment:
    """R14: what is recorded of a risk assessment. Days are Norwegian days."""

    status: str
    assessed_date: date
    responsible_name: str
    document_url: str
    next_review_date: date


def create_account(*, channel: Channel, details: AccountDetails, now: datetime) -> Account:
    """
    Make an account, with the set-up checklist when the channel can be connected (A2).

    :raises AccountExists: see there
    """
    account = Account(channel=channel, created_at=now, **vars(details))
    _save(account)
    if channel.connector:
        SetupStep.objects.bulk_create(
            SetupStep(account=account, kind=kind, position=position) for position, kind in enumerate(Kind)
        )
    _follow_people(account, now=now)
    return account


def change_account(*, account: Account, details: AccountDetails, now: datetime) -> None:
    """
    Store what a person says of an account (A3).

    :raises AccountExists: see there
    """
    for name, value in vars(details).items():
        setattr(account, name, value)
    _save(account)
    _follow_people(account, now=now)


def _save(account: Account) -> None:
    others = Account.objects.filter(channel=account.channel, name__iexact=account.name).exclude(pk=account.pk)
    if others.exists():
        raise AccountExists(account.name)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as problem:
        raise AccountExists(account.name) from problem


def _follow_people(account: Account, *, now: datetime) -> None:
    is_done = account.responsible_id is not None and account.deputy_id is not None
    _set_done(account, Kind.RESPONSIBLE, day=_day(now) if is_done else None)


def mark_step(*, account: Account, kind: str, is_done: bool, by: User, now: datetime) -> None:
    """
    Tick a step, or take the tick away. Ticking it again keeps the first date; who ticks an ownerless step owns it.

    :raises NotByHand: see there
    """
    if kind not in SetupStep.BY_HAND:
        raise NotByHand(kind)
    step = _step(account, kind)
    if not is_done:
        step.done_date = None
    elif step.done_date is None:
        step.done_date = _day(now)
        step.owner = step.owner or by
    step.save(update_fields=["done_date", "owner"])


def give_step(*, account: Account, kind: str, owner: User | None) -> None:
    """Say who does a step."""
    step = _step(account, kind)
    step.owner = owner
    step.save(update_fields=["owner"])


def record_assessment(*, account: Account, assessment: Assessment, by: User, now: datetime) -> RiskAssessment:
    """
    Record a risk assessment (R14), and hold planned posts back or let them go on accordingly.

    Earlier ones stay. The latest decision counts; one being worked on takes nothing from an earlier one.
    """
    recorded = RiskAssessment.objects.create(account=account, recorded_by=by, recorded_at=now, **vars(assessment))
    obstacle = obstacles.standing_obstacle(account, today=_day(now))
    is_stopped = obstacle in ("risk_missing", "risk_overdue")
    if recorded.status != RiskAssessment.Status.ONGOING:
        _set_done(account, Kind.RISK, day=_day(now) if recorded.allows_publishing(_day(now)) else None)
    if is_stopped:
        publishing.block_all(account, code=obstacle, now=now)
    elif not obstacle:
        publishing.unblock(account, now=now)
    return recorded


def _step(account: Account, kind: str) -> SetupStep:
    step, _ = SetupStep.objects.get_or_create(
        account=account, kind=kind, defaults={"position": list(Kind).index(Kind(kind))}
    )
    return step


def _set_done(account: Account, kind: str, *, day: date | None) -> None:
    steps = SetupStep.objects.filter(account=account, kind=kind)
    # A step that stays done keeps the day it was done.
    (steps.filter(done_date=None) if day else steps).update(done_date=day)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.OSLO).date()


def decide_sending_again(*, account: Account, is_wanted: bool) -> None:
    """Decide whether a post that is proved not to be out is sent once more by itself, or by a person (T11)."""
    account.sends_again_by_itself = is_wanted
    account.save(update_fields=["sends_again_by_itself"])
