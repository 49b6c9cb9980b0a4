"""What an administrator looks after: people and their access, settings that are missing, versions that end."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from channels import connectors
from channels.queries import quotas, versions
from foundation import formats
from kanalkompass.attention.accounts import ChannelState
from kanalkompass.attention.tasks import MOST_OF_KIND, MOST_SHOWN, NOW, SOON, TODAY, Task
from recruitment.models import Membership, MunicipalitySettings, OutgoingMail
from recruitment.queries import people

# As system administrators are warned of a version that ends.
VERSION_DAYS, VERSION_SOON_DAYS, VERSION_URGENT_DAYS = 90, 30, 7


def administration_tasks(*, channels: list[ChannelState], number: str, now: datetime) -> list[Task]:
    """Return what an administrator has to see to. Five queries, and one for each platform with a version."""
    return [
        *_entry_tasks(number=number, now=now),
        *_invitation_tasks(number=number, now=now),
        *_second_step_tasks(number=number),
        *_version_tasks(channels, number=number, now=now),
        *_responsible_tasks(channels),
        *_risk_tasks(channels),
        *_statement_tasks(number=number),
    ]


def _entry_tasks(*, number: str, now: datetime) -> list[Task]:
    """Return the system administrators' entries that no administrator has ticked off as seen."""
    return [
        Task(
            NOW if entry.is_open(now) else TODAY,
            "key",
            _("Looked in on by a system administrator"),
            formats.moment(entry.entered_at),
            _("%s is inside now") % entry.user if entry.is_open(now) else _("%s has been inside") % entry.user,
            entry.reason,
            _("See the entry"),
            reverse("members", kwargs={"number": number}) + "#entries",
        )
        for entry in people.entries().filter(seen_at__isnull=True)[:MOST_SHOWN]
    ]


def _invitation_tasks(*, number: str, now: datetime) -> list[Task]:
    """Return the invitations whose letter could not be sent, and those that nobody used in time."""
    tasks = []
    for invitation in people.pending_invitations():
        has_failed = invitation.letter_state == OutgoingMail.State.FAILED
        if not has_failed and invitation.is_open(now):
            continue
        reason = _("The e-mail could not be sent. Check the address, or send it again.")
        if not has_failed:
            reason = _("The link was valid until %(day)s and has not been used. Send it again, or withdraw it.")
        tasks.append(
            Task(
                TODAY if has_failed else SOON,
                "person",
                _("Invitation"),
                invitation.get_role_display(),
                invitation.email,
                reason % {"day": formats.day(invitation.expires_at)},
                _("See the invitation"),
                reverse("members", kwargs={"number": number}) + "#invited",
            )
        )
    return tasks[:MOST_SHOWN]


def _second_step_tasks(*, number: str) -> list[Task]:
    """Return one task when people whose role or right demands a second step at the login have none yet (P26)."""
    names = [str(each.user) for each in people.memberships() if each.is_active and _needs_second_step(each)]
    if not names:
        return []
    is_one = len(names) == 1
    title = _("%(name)s has no two-step login yet") if is_one else _("%(number)s people have no two-step login yet")
    shown = formats.all_of(names[:MOST_OF_KIND])
    return [
        Task(
            SOON,
            "key",
            _("Two-step login"),
            _("users"),
            title % {"name": names[0], "number": formats.in_words(len(names)).capitalize()},
            _("They are asked for it at the next login, and come no further without it.")
            if is_one
            else _("%(names)s are asked for it at the next login, and come no further without it.") % {"names": shown},
            _("See the users"),
            reverse("members", kwargs={"number": number}),
        )
    ]


def _needs_second_step(membership: Membership) -> bool:
    if vars(membership)["has_second_step"] or not membership.user.is_active:
        return False
    has_right = membership.may_approve or membership.may_publish or membership.may_connect
    return has_right or membership.role in (Membership.Role.HR, Membership.Role.ADMINISTRATOR)


def _version_tasks(channels: Iterable[ChannelState], *, number: str, now: datetime) -> list[Task]:
    """Return the platforms' versions that end, which a system administrator changes: 90, 30 and 7 days ahead."""
    tasks = []
    accounts = {each.account.channel.connector: each.account for each in channels if each.connection}
    for slug, account in accounts.items():
        kind = connectors.by_slug(slug)
        state = versions.version_state(kind, now=now) if kind else None
        if state is None or not state.is_ending or state.ends_on is None:
            continue
        n_days = (state.ends_on - quotas.utc_day(now)).days
        urgency = NOW if n_days <= VERSION_URGENT_DAYS else TODAY if n_days <= VERSION_SOON_DAYS else SOON
        tasks.append(
            Task(
                urgency,
                "clock",
                _("Version ends"),
                f"{account.channel.name} · {formats.day(state.ends_on)}",
                state.sentence,
                _("A system administrator changes the version. Tell her when the day comes near."),
                _("See quotas and versions"),
                reverse("account_quotas", kwargs={"number": number, "account_id": account.pk}),
            )
        )
    return tasks


def _responsible_tasks(channels: Iterable[ChannelState]) -> list[Task]:
    alone = [each for each in channels if each.account.responsible is None]
    if not alone:
        return []
    return [
        Task(
            SOON,
            "person",
            _("Person responsible"),
            _("channels"),
            _("Nobody is responsible for %(channels)s") % {"channels": _names(alone)},
            _("Name who posts and who answers, and who stands in."),
            _("See the channel"),
            alone[0].url,
        )
    ]


def _risk_tasks(channels: Iterable[ChannelState]) -> list[Task]:
    """Return one task for the accounts whose risk assessment is missing or due for review (R14)."""
    lacking = [each for each in channels if each.obstacle in ("risk_missing", "risk_overdue")]
    if not lacking:
        return []
    return [
        Task(
            TODAY,
            "calendar",
            _("Risk assessment"),
            _("channels"),
            _("%(channels)s: no approved risk assessment is in force") % {"channels": _names(lacking)},
            _("Nothing is published there before it is recorded."),
            _("See the channel"),
            lacking[0].url,
        )
    ]


def _names(states: list[ChannelState]) -> str:
    names = [each.label for each in states]
    if len(names) <= MOST_OF_KIND:
        return formats.all_of(names)
    more = _("%(number)s more") % {"number": formats.in_words(len(names) - MOST_OF_KIND + 1)}
    return formats.all_of([*names[: MOST_OF_KIND - 1], more])


def _statement_tasks(*, number: str) -> list[Task]:
    """R19: a municipality's pages for applicants must lead to its accessibility statement."""
    decided = MunicipalitySettings.objects.values_list("accessibility_url", flat=True).first()
    if decided:
        return []
    return [
        Task(
            SOON,
            "calendar",
            _("Setting"),
            _("accessibility statement"),
            _("The accessibility statement is missing"),
            _("It is required by law, and stands at the foot of every page once its address is entered."),
            _("Enter it"),
            reverse("privacy_settings", kwargs={"number": number}),
        )
    ]
