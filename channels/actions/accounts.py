"""Accounts of a municipality: made, given people, set up step by step, assessed for risk. Call these in `tenant()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from channels.models import Account, RiskAssessment, SetupStep
from foundation import clock
from recruitment.models import Channel, User

Kind = SetupStep.Kind


class AccountExists(Exception):
    """The channel has an account of this name already."""


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
    """Record a risk assessment (R14). Earlier ones stay; the latest counts."""
    recorded = RiskAssessment.objects.create(account=account, recorded_by=by, recorded_at=now, **vars(assessment))
    _set_done(account, Kind.RISK, day=_day(now) if recorded.allows_publishing(_day(now)) else None)
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
