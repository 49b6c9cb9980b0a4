"""How the channel accounts are: what came last, what is in the way, who has been silent, and whose access ends."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import figure_texts
from analytics.queries import pulse
from channels.models import Account, Connection, Delivery, RiskAssessment
from channels.queries import obstacles, pauses
from foundation import clock, formats
from kanalkompass.attention.tasks import NOW, SOON, TODAY, Task

State = Delivery.State
# An access is told of in the last three months to who administers, in the last month to who publishes.
ENDS_WITHIN_DAYS, RENEWED_WITHIN_DAYS, URGENT_DAYS = 90, 30, 7
# A page where nothing has come for so long, and nothing is planned, is silent (A3).
SILENT_DAYS = 14
# What only set-up can mend is the adviser's; an access that is lost is everybody's who may connect (P6).
OF_ACCESS = ("", "access_dead", "version_sunset")


@dataclass(frozen=True)
class ChannelState:
    """
    How one account is: what came last, or what is in the way. `last_at` is None when nothing was published.

    `label` is its channel's name, with its own where the channel has several. `light` tells whether its figures come,
    and `figures_at` when they last did; None for one that is not connected.
    `n_silent_days` is None where silence is as it should be: by hand, lately published, planned, or out of order.
    """

    account: Account
    label: str
    connection: Connection | None
    last_at: datetime | None
    obstacle: str
    url: str
    light: figure_texts.Light | None = None
    figures_at: datetime | None = None
    n_drafts: int = 0
    n_silent_days: int | None = None


def channel_states(*, number: str, now: datetime) -> list[ChannelState]:
    """Return how every account of the entered municipality is. Nine queries at most, however many accounts."""
    today = now.astimezone(clock.OSLO).date()
    accounts = list(Account.objects.select_related("channel", "responsible"))
    connections = {row.account_id: row for row in Connection.objects.defer("access_token", "refresh_token")}
    assessments: dict[int, list[RiskAssessment]] = {}
    for row in RiskAssessment.objects.order_by("-recorded_at", "-id"):
        assessments.setdefault(row.account_id, []).append(row)
    posts = _posts()
    platform = pauses.platform_obstacles(account.channel.connector for account in accounts)
    lights = pulse.pulses(connections=connections.values(), now=now)
    alike = Counter(account.channel_id for account in accounts)
    states = []
    for account in accounts:
        connection, light = connections.get(account.pk), lights.get(account.pk)
        obstacle = obstacles.account_obstacle(
            account,
            connection=connection,
            assessment=obstacles.deciding(assessments.get(account.pk, [])),
            today=today,
        ) or platform.get(account.channel.connector, "")
        last_at, n_coming, n_drafts = posts.get(account.pk, (None, 0, 0))
        is_waited_for = connection is not None and not obstacle and not n_coming
        since = last_at or (connection.connected_at if connection else None)
        states.append(
            ChannelState(
                account=account,
                label=account.channel.name
                if alike[account.channel_id] == 1
                else f"{account.channel.name} ({account.name})",
                connection=connection,
                last_at=last_at,
                obstacle=obstacle,
                url=reverse("account", kwargs={"number": number, "account_id": account.pk}),
                light=figure_texts.light(light.worst) if light else None,
                figures_at=light.worst.last_at if light else None,
                n_drafts=n_drafts,
                n_silent_days=_silent_days(since, today=today) if is_waited_for else None,
            )
        )
    return states


def _posts() -> dict[int, tuple[datetime | None, int, int]]:
    """Return by account id when something was last published, how much is on its way, and how many drafts lie there."""
    coming = Q(state__in=[State.SCHEDULED, State.SENDING, State.UNKNOWN])
    rows = (
        Delivery.objects.order_by()
        .values("account_id")
        .annotate(
            last_at=Max("published_at"),
            n_coming=Count("pk", filter=coming),
            n_drafts=Count("pk", filter=Q(state=State.DRAFT)),
        )
    )
    return {row["account_id"]: (row["last_at"], row["n_coming"], row["n_drafts"]) for row in rows}


def _silent_days(since: datetime | None, *, today: date) -> int | None:
    if since is None:
        return None
    n_days = (today - since.astimezone(clock.OSLO).date()).days
    return n_days if n_days >= SILENT_DAYS else None


def account_tasks(channels: Iterable[ChannelState], *, today: date, within_days: int) -> list[Task]:
    """
    Return what the accounts need: set-up, a lost or an ending access, figures that do not come.

    :param within_days: how long before its end an access is told of
    """
    tasks = []
    for each in channels:
        if each.obstacle and each.obstacle != "no_connector":
            tasks.append(_obstacle_task(each))
            continue
        if each.connection is None:
            continue
        if each.connection.lacks:
            tasks.append(
                Task(
                    SOON,
                    "key",
                    _("Something is missing"),
                    each.account.channel.name,
                    _("%s does not let us do everything") % each.account.name,
                    _("Publishing goes on. The channel's page says what is missing and how it is mended."),
                    _("See why"),
                    each.url,
                )
            )
        elif each.light and each.light.colour == "red":
            tasks.append(
                Task(
                    TODAY,
                    "drop",
                    each.light.label,
                    each.account.name,
                    _("No figures come from %s") % each.label,
                    each.light.reason,
                    _("See why"),
                    each.url,
                )
            )
        n_days = (each.connection.ends_at.astimezone(clock.OSLO).date() - today).days
        if n_days <= within_days:
            tasks.append(_ending_task(each, each.connection, n_days=max(n_days, 0)))
    return tasks


def _obstacle_task(each: ChannelState) -> Task:
    is_dead = each.obstacle == "access_dead"
    title = _("%s must be connected again") if is_dead else _("%s cannot publish yet")
    return Task(
        NOW if is_dead else TODAY,
        "key",
        _("Access is gone") if is_dead else _("Set-up"),
        each.account.channel.name,
        title % each.label,
        obstacles.sentence(each.obstacle),
        _("Go on"),
        each.url,
    )


def _ending_task(each: ChannelState, connection: Connection, *, n_days: int) -> Task:
    title = _("Renew the access to %(account)s today")
    if n_days:
        title = ngettext(
            "Renew the access to %(account)s within one day",
            "Renew the access to %(account)s within %(days)s days",
            n_days,
        )
    return Task(
        TODAY if n_days <= URGENT_DAYS else SOON,
        "key",
        _("Access expires"),
        f"{each.account.name} · {formats.day(connection.ends_at)}",
        title % {"account": each.label, "days": formats.in_words(n_days)},
        _("After that we can neither publish nor fetch figures."),
        _("Renew"),
        each.url,
    )


def silence_tasks(channels: Iterable[ChannelState], *, number: str) -> list[Task]:
    """Return the pages where nothing has been published for long and nothing is planned."""
    return [
        Task(
            SOON,
            "silence",
            _("Silent channel"),
            f"{each.account.name} · {_days(each.n_silent_days)}",
            _("No posts on %(account)s since %(day)s") % {"account": each.label, "day": formats.day(each.last_at)}
            if each.last_at
            else _("Nothing has been posted on %(account)s yet") % {"account": each.label},
            _planned(each.n_drafts),
            _("See the campaigns"),
            reverse("campaigns", kwargs={"number": number}),
        )
        for each in channels
        if each.n_silent_days is not None
    ]


def _days(n_days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", n_days) % {"count": formats.number(n_days)}


def _planned(n_drafts: int) -> str:
    if not n_drafts:
        return _("Nothing is planned, and no draft lies there.")
    text = ngettext(
        "Nothing is planned. One draft lies there.", "Nothing is planned. %(number)s drafts lie there.", n_drafts
    )
    return text % {"number": formats.in_words(n_drafts).capitalize()}
