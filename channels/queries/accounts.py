"""Accounts with their health: what is set up, what is missing, what stops publishing, what will soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels import connectors, guidance
from channels.models import Account, Connection, Delivery, RiskAssessment, SetupStep
from channels.queries import obstacles, pauses
from foundation import clock, formats
from recruitment.models import Channel

# P6: warned 14, 7 and 1 days ahead; on the page the warning stands all the time.
ACCESS_WARNING_DAYS = 14
REVIEW_WARNING_DAYS = 30


@dataclass(frozen=True)
class Need:
    """Something an account needs: what, the sentence, and the page where it is done. `is_blocking` stops publishing."""

    code: str
    text: str
    url_name: str
    action: str
    is_blocking: bool


@dataclass(frozen=True)
class StepRow:
    """One step of the checklist (A2). `url_name` leads to the page where a step that is not ticked is done."""

    kind: str
    label: Any
    help: Any
    owner: Any
    done_date: date | None
    is_by_hand: bool
    url_name: str


@dataclass(frozen=True)
class AccountState:
    """An account and everything its page and the list say of it. Days are counted in Norway."""

    account: Account
    connection: Connection | None
    assessment: RiskAssessment | None
    steps: list[StepRow]
    needs: list[Need]
    obstacle: str
    today: date

    @property
    def can_connect(self) -> bool:
        """Whether the channel has a connector; the others are served by hand."""
        return connectors.by_slug(self.account.channel.connector) is not None

    @property
    def is_ready(self) -> bool:
        """Whether nothing at the account stops a post that is due now."""
        return not self.obstacle

    @property
    def n_done(self) -> int:
        """Steps of the checklist that are done."""
        return sum(step.done_date is not None for step in self.steps)

    @property
    def permissions(self) -> list[guidance.Permission]:
        """What the connection may do, in words."""
        return guidance.permissions_for(self.connection.scopes.split()) if self.connection else []

    @property
    def guidance(self) -> guidance.Guidance:
        """A1: purpose, tone and audience."""
        return guidance.guidance_for(self.account.channel.slug)

    @property
    def headline(self) -> str:
        """The account's news in one line."""
        name = self.account.channel.name
        blocking = [need for need in self.needs if need.is_blocking]
        if len(blocking) > 1:
            text = ngettext(
                "%(name)s cannot publish yet: one thing is missing",
                "%(name)s cannot publish yet: %(count)s things are missing",
                len(blocking),
            )
            return text % {"name": name, "count": formats.in_words(len(blocking))}
        if blocking:
            return _headline(blocking[0].code) % {"name": name}
        if not self.can_connect:
            return (_("Nobody is responsible for %(name)s") if self.needs else _("%(name)s is served by hand")) % {
                "name": name
            }
        return _("%(name)s is ready to publish") % {"name": name}


def _headline(code: str) -> str:
    return {
        "access_dead": _("%(name)s must be connected again"),
        "version_sunset": _("%(name)s waits for a newer version"),
        "not_connected": _("%(name)s is not connected yet"),
        "risk_missing": _("%(name)s has no approved risk assessment"),
        "risk_overdue": _("%(name)s is due for a new risk assessment"),
    }[code]


def account_states(*, now: datetime) -> list[AccountState]:
    """Return every account of the municipality, in the order of the channels. Five queries, however many accounts."""
    today = now.astimezone(clock.OSLO).date()
    accounts = list(_accounts())
    platform = pauses.platform_obstacles(account.channel.connector for account in accounts)
    return [_state(each, today=today, platform=platform.get(each.channel.connector, "")) for each in accounts]


def account_state(account_id: int, *, now: datetime) -> AccountState:
    """
    Return one account. Five queries.

    :raises Account.DoesNotExist: there is none in this municipality
    """
    account = _accounts().get(pk=account_id)
    platform = pauses.platform_obstacle(account.channel.connector)
    return _state(account, today=now.astimezone(clock.OSLO).date(), platform=platform)


def list_headline(states: list[AccountState]) -> str:
    """Return the list's news in one line."""
    if not states:
        return _("No channels are registered yet")
    in_need = [state for state in states if any(need.is_blocking for need in state.needs)]
    if len(in_need) == 1:
        return in_need[0].headline
    if in_need:
        return _("%(count)s channels cannot publish yet") % {"count": formats.in_words(len(in_need)).capitalize()}
    if any(state.needs for state in states):
        return _("The channels work, but something should be looked at")
    return _("All channels are in order")


def other_channels() -> list[Channel]:
    """Return the kinds of channel the municipality has no account on yet."""
    return list(Channel.objects.exclude(pk__in=Account.objects.values("channel_id")))


def n_scheduled(account: Account) -> int:
    """Return how many posts are waiting to be published to the account."""
    waiting = [Delivery.State.SCHEDULED, Delivery.State.BLOCKED]
    return Delivery.objects.filter(account=account, state__in=waiting).count()


def assessments(account: Account) -> QuerySet[RiskAssessment]:
    """Return every recorded risk assessment of an account, the latest first."""
    return RiskAssessment.objects.filter(account=account).select_related("recorded_by")


def _accounts() -> QuerySet[Account]:
    # Tokens stay sealed in the database: nothing here needs them.
    connections = Connection.objects.defer("access_token", "refresh_token").select_related("connected_by")
    return Account.objects.select_related("channel", "responsible", "deputy").prefetch_related(
        Prefetch("connection", queryset=connections),
        "risk_assessments",
        Prefetch("steps", queryset=SetupStep.objects.select_related("owner")),
    )


def _state(account: Account, *, today: date, platform: str) -> AccountState:
    connection = getattr(account, "connection", None)
    assessment = obstacles.deciding(account.risk_assessments.all())
    own = obstacles.account_obstacle(account, connection=connection, assessment=assessment, today=today)
    needs = _needs(account, connection=connection, assessment=assessment, today=today)
    return AccountState(
        account=account,
        connection=connection,
        assessment=assessment,
        steps=_steps(account),
        needs=[*([_blocking(platform)] if platform else []), *needs],
        obstacle=own or platform,
        today=today,
    )


def _steps(account: Account) -> list[StepRow]:
    if connectors.by_slug(account.channel.connector) is None:
        return []
    stored = {step.kind: step for step in account.steps.all()}
    pages = {"responsible": "account_edit", "risk": "account_risk", "connect": "account_connect"}
    return [
        StepRow(
            kind=kind.value,
            label=kind.label,
            help=guidance.STEP_HELP[kind],
            owner=stored[kind].owner if kind in stored else None,
            done_date=stored[kind].done_date if kind in stored else None,
            is_by_hand=kind in SetupStep.BY_HAND,
            url_name=pages.get(kind.value, ""),
        )
        for kind in SetupStep.Kind
    ]


def _needs(
    account: Account, *, connection: Connection | None, assessment: RiskAssessment | None, today: date
) -> list[Need]:
    found = []
    if connectors.by_slug(account.channel.connector) is not None:
        risk = obstacles.risk_obstacle(assessment, today=today)
        access = obstacles.access_obstacle(connection, today=today)
        found += [_blocking(code) for code in (risk, access) if code]
        found += _lacking(connection) if connection and not access else []
        found += _soon(connection if not access else None, assessment if not risk else None, today=today)
    if account.responsible_id is None:
        text = _("Nobody is responsible for posting and answering here.")
        found.append(Need("no_responsible", text, "account_edit", _("Choose somebody"), is_blocking=False))
    return found


def _blocking(code: str) -> Need:
    text, page, action = {
        "not_connected": (
            _("No page is connected. Posts can be written meanwhile, but not published."),
            "account_connect",
            _("Connect"),
        ),
        "access_dead": (
            _("The channel no longer lets us in. Planned posts are held back until the page is connected again."),
            "account_connect",
            _("Connect again"),
        ),
        "version_sunset": (
            obstacles.sentence("version_sunset"),
            "account_quotas",
            _("See more"),
        ),
        "risk_missing": (
            _("No approved risk assessment is recorded. Without one nothing is published here."),
            "account_risk",
            _("Record the assessment"),
        ),
        "risk_overdue": (
            _("The risk assessment should have been reviewed. Until that is recorded, nothing is published here."),
            "account_risk",
            _("Record the review"),
        ),
    }[code]
    return Need(code, text, page, action, is_blocking=True)


def _lacking(connection: Connection) -> list[Need]:
    """Return what the channel refuses us while the rest goes on."""
    texts = {
        "figures": _("Figures cannot be fetched: the role on the page, or a permission, is missing."),
        "comments": _("Comments cannot be read: the role on the page, or a permission, is missing."),
        "reading": _("We cannot read the page's posts, and so not check whether a post came out."),
        "ads": _("Campaign figures cannot be fetched: the role in the ad account is missing."),
    }
    return [
        Need(f"missing_{doing}", texts[doing], "account_connect", _("Connect again"), is_blocking=False)
        for doing in sorted(connection.lacks)
        if doing in texts
    ]


def _soon(connection: Connection | None, assessment: RiskAssessment | None, *, today: date) -> list[Need]:
    found = []
    if connection and (connection.ends_at.astimezone(clock.OSLO).date() - today).days <= ACCESS_WARNING_DAYS:
        text = _("The access expires on %(day)s. Connect again before that, and no post is held up.")
        text %= {"day": formats.day(connection.ends_at)}
        found.append(Need("access_ends", text, "account_connect", _("Connect again"), is_blocking=False))
    if assessment and (assessment.next_review_date - today).days <= REVIEW_WARNING_DAYS:
        text = _("The risk assessment is due for review on %(day)s.")
        text %= {"day": formats.day(assessment.next_review_date)}
        found.append(Need("review_due", text, "account_risk", _("Record the review"), is_blocking=False))
    return found
