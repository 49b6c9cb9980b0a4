"""What needs somebody: the to-do list of the front page, made from the state of things and never stored."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import figure_texts
from analytics.models import Outcome
from analytics.queries import pulse
from channels.models import Account, Connection, Delivery, PostEdit, RiskAssessment
from channels.queries import deliveries, obstacles, pauses, reasons, sightings
from foundation import clock, formats
from recruitment.models import JobPosting, Membership, OutgoingMail
from recruitment.queries import people

State = Delivery.State
NOW, TODAY, SOON = "now", "today", "soon"
MOST_SHOWN = 20
EXPIRES_WITHIN_DAYS = 14
DEADLINE_WITHIN_DAYS = 3
OUTCOMES_FOR_DAYS = 120


@dataclass(frozen=True)
class Task:
    """One thing that somebody has to do, in words, with the one step that does it."""

    urgency: str
    sign: str
    kind: str
    where: str
    title: str
    reason: str
    action: str
    url: str


@dataclass(frozen=True)
class ChannelState:
    """
    How one account is: what came last, or what is in the way. `last_at` is None when nothing was published.

    `light` tells whether its figures come; None for one that is not connected.
    """

    account: Account
    connection: Connection | None
    last_at: datetime | None
    obstacle: str
    url: str
    light: figure_texts.Light | None = None


@dataclass(frozen=True)
class Attention:
    """What the front page shows one member."""

    tasks: list[Task]
    channels: list[ChannelState]

    def of(self, urgency: str) -> list[Task]:
        """Return the tasks of one urgency."""
        return [task for task in self.tasks if task.urgency == urgency]


def attention(*, membership: Membership, now: datetime) -> Attention:
    """Return what needs this member, most urgent first, and how the accounts are. Eleven queries at most."""
    today = now.astimezone(clock.OSLO).date()
    number = membership.municipality.number
    is_adviser = membership.role == Membership.Role.ADVISER
    is_hr = membership.role == Membership.Role.HR
    channels = _channel_states(number=number, now=now)
    tasks: list[Task] = []
    if is_adviser:
        tasks += _delivery_tasks(membership=membership, number=number, now=now)
        tasks += _account_tasks(channels, today=today)
    if is_hr:
        tasks += _job_tasks(number=number, today=today)
        tasks += _outcome_tasks(number=number, today=today)
    if membership.role == Membership.Role.ADMINISTRATOR:
        # Set-up is the adviser's; an access that is lost or ends is everybody's who may connect (P6).
        of_access = [each for each in channels if each.obstacle in ("", "access_dead", "version_sunset")]
        tasks += _account_tasks(of_access, today=today)
    if membership.role == Membership.Role.ADMINISTRATOR and membership.system_entry is None:
        tasks += _entry_tasks(number=number, now=now)
        tasks += _invitation_tasks(number=number)
    order = [NOW, TODAY, SOON]
    return Attention(tasks=sorted(tasks, key=lambda task: order.index(task.urgency)), channels=channels)


def _delivery_tasks(*, membership: Membership, number: str, now: datetime) -> list[Task]:
    tasks = _waiting_tasks(number=number, now=now) if membership.may_publish else []
    tasks += _found_tasks(number=number, now=now) if membership.may_publish else []
    tasks += _correction_tasks(number=number) if membership.may_approve else []
    states = [State.DRAFT, *([State.AWAITING_APPROVAL] if membership.may_approve else [])]
    rows = Delivery.objects.filter(state__in=states).select_related("post", "account__channel").order_by("due_at", "id")
    for row in rows[:MOST_SHOWN]:
        is_draft = row.state == State.DRAFT
        title = _("Draft: «%s»") if is_draft else _("«%s» waits for you")
        page = ("post", row.post_id) if is_draft else ("delivery", row.pk)
        tasks.append(
            Task(
                SOON if is_draft else TODAY,
                "clock" if is_draft else "person",
                row.get_state_display(),
                _where(row),
                title % row.post.title,
                _("It has no time yet.") if is_draft else _("It goes out only when it is approved."),
                _("Go on") if is_draft else _("Read and approve"),
                reverse(page[0], kwargs={"number": number, f"{page[0]}_id": page[1]}),
            )
        )
    return tasks


def _correction_tasks(*, number: str) -> list[Task]:
    waiting = PostEdit.objects.filter(state=PostEdit.State.AWAITING_APPROVAL, delivery__state=State.PUBLISHED)
    rows = waiting.select_related("delivery__post", "delivery__account__channel").order_by("asked_at")
    return [
        Task(
            TODAY,
            "person",
            row.get_state_display(),
            _where(row.delivery),
            _("Correction of «%s» waits for you") % row.delivery.post.title,
            _("The old text stands until it is approved."),
            _("Read and approve"),
            reverse("delivery", kwargs={"number": number, "delivery_id": row.delivery_id}),
        )
        for row in rows[:MOST_SHOWN]
    ]


def _waiting_tasks(*, number: str, now: datetime) -> list[Task]:
    """Return the deliveries that wait for a decision, in the words of their own pages; approvals come apart."""
    waiting = [each for each in deliveries.needs_attention(now=now) if each.delivery.state != State.AWAITING_APPROVAL]
    actions = {State.UNKNOWN: _("Clear up"), State.MANUAL: _("Clear up"), State.LATE: _("Decide")}
    waiting, several = _by_cause(waiting, number=number)
    return several + [
        Task(
            NOW,
            "question" if each.delivery.state in (State.UNKNOWN, State.MANUAL) else "clock",
            each.badge.label,
            _where(each.delivery),
            each.headline,
            each.what_happened,
            actions.get(State(each.delivery.state), _("See why")),
            reverse("delivery", kwargs={"number": number, "delivery_id": each.delivery.pk}),
        )
        for each in waiting[:MOST_SHOWN]
    ]


def _by_cause(
    waiting: list[deliveries.NeedsSomebody], *, number: str
) -> tuple[list[deliveries.NeedsSomebody], list[Task]]:
    """
    Return the deliveries that are told one by one, and one task for each cause that concerns several (P6).

    A dead account, a stop or hours without a worker are one piece of news, however many posts they hold back.
    """
    causes: dict[tuple[str, str, int], list[deliveries.NeedsSomebody]] = {}
    for each in waiting:
        if each.delivery.state in (State.LATE, State.BLOCKED):
            row = each.delivery
            causes.setdefault((row.state, row.reason, row.account_id), []).append(each)
    shared = {key: rows for key, rows in causes.items() if len(rows) > 1}
    tasks = [_cause_task(rows, is_late=key[0] == State.LATE, number=number) for key, rows in shared.items()]
    told = {id(each) for rows in shared.values() for each in rows}
    return [each for each in waiting if id(each) not in told], tasks


def _cause_task(rows: list[deliveries.NeedsSomebody], *, is_late: bool, number: str) -> Task:
    first = rows[0]
    title = _("%(number)s posts were not sent in time") if is_late else _("%(number)s posts are held back")
    return Task(
        NOW,
        "clock",
        first.badge.label,
        first.delivery.account.channel.name,
        title % {"number": formats.in_words(len(rows)).capitalize()},
        reasons.late(first.delivery.reason) if is_late else reasons.held_back(first.delivery.reason),
        _("See all"),
        reverse("clarifications", kwargs={"number": number}) + ("#forsinket" if is_late else "#holdt"),
    )


def _found_tasks(*, number: str, now: datetime) -> list[Task]:
    """Return what the daily look at the channels found: copies of our posts, and posts that are gone (T14)."""
    copies = {copy.delivery_id: copy.delivery for copy in sightings.copies()}
    twice = [
        Task(
            NOW,
            "question",
            _("A copy"),
            _where(delivery),
            _("«%(title)s» is on %(channel)s more than once")
            % {"title": delivery.post.title, "channel": delivery.account.channel.name},
            _("One of them stays, the other can be removed."),
            _("See both"),
            reverse("delivery", kwargs={"number": number, "delivery_id": delivery.pk}) + "#copies",
        )
        for delivery in copies.values()
    ]
    return twice[:MOST_SHOWN] + [
        Task(
            TODAY,
            "question",
            _("Gone"),
            _where(delivery),
            _("«%(title)s» is gone from %(channel)s")
            % {"title": delivery.post.title, "channel": delivery.account.channel.name},
            _("We have not removed it: somebody has, or the channel."),
            _("See why"),
            reverse("delivery", kwargs={"number": number, "delivery_id": delivery.pk}),
        )
        for delivery in sightings.gone(now=now)[:MOST_SHOWN]
    ]


def _where(delivery: Delivery) -> str:
    channel = delivery.account.channel.name
    return f"{channel} · {formats.moment(delivery.due_at)}" if delivery.due_at else channel


def _account_tasks(channels: list[ChannelState], *, today: date) -> list[Task]:
    tasks = []
    for each in channels:
        account = each.account
        if each.obstacle and each.obstacle != "no_connector":
            dead = each.obstacle == "access_dead"
            tasks.append(
                Task(
                    NOW if dead else TODAY,
                    "key",
                    _("Access is gone") if dead else _("Set-up"),
                    account.channel.name,
                    _("%s cannot publish yet") % account.name
                    if not dead
                    else _("%s must be connected again") % account.name,
                    obstacles.sentence(each.obstacle),
                    _("Go on"),
                    each.url,
                )
            )
            continue
        connection = each.connection
        if connection is not None and connection.lacks:
            tasks.append(
                Task(
                    SOON,
                    "key",
                    _("Something is missing"),
                    account.channel.name,
                    _("%s does not let us do everything") % account.name,
                    _("Publishing goes on. The channel's page says what is missing and how it is mended."),
                    _("See why"),
                    each.url,
                )
            )
        if connection is not None:
            days = (connection.ends_at.astimezone(clock.OSLO).date() - today).days
            if days <= EXPIRES_WITHIN_DAYS:
                tasks.append(
                    Task(
                        SOON,
                        "key",
                        _("Access expires"),
                        f"{account.channel.name} · {formats.day(connection.ends_at)}",
                        _("Renew the access within %(days)s days") % {"days": max(days, 0)},
                        _("After that we can neither publish nor fetch figures."),
                        _("Renew"),
                        each.url,
                    )
                )
    return tasks


def _job_tasks(*, number: str, today: date) -> list[Task]:
    tasks = []
    for job in JobPosting.objects.filter(deadline_date__gte=today).order_by("deadline_date", "id")[:50]:
        url = reverse("job", kwargs={"number": number, "job_id": job.pk})
        if not job.may_be_marketed:
            tasks.append(
                Task(
                    TODAY,
                    "calendar",
                    _("Not announced"),
                    _("deadline %s") % formats.day(job.deadline_date),
                    job.title,
                    _("It may be marketed when the public announcement and the internal notice are recorded."),
                    _("Record"),
                    url,
                )
            )
        elif (job.deadline_date - today).days <= DEADLINE_WITHIN_DAYS:
            tasks.append(
                Task(
                    SOON,
                    "calendar",
                    _("Deadline"),
                    formats.day(job.deadline_date),
                    job.title,
                    _("Look at how the announcement has been seen so far."),
                    _("See the vacancy"),
                    url,
                )
            )
    return tasks


def _outcome_tasks(*, number: str, today: date) -> list[Task]:
    since = today - timedelta(days=OUTCOMES_FOR_DAYS)
    counted = Outcome.objects.filter(qualified__isnull=False).values("job_id")
    jobs = JobPosting.objects.filter(deadline_date__lt=today, deadline_date__gte=since).exclude(pk__in=counted)
    return [
        Task(
            SOON,
            "person",
            _("Outcome"),
            _("the deadline was %s") % formats.day(job.deadline_date),
            job.title,
            _("Count the qualified applicants by source, and the channel gets its figures."),
            _("Register"),
            reverse("job_outcomes", kwargs={"number": number, "job_id": job.pk}),
        )
        for job in jobs.order_by("deadline_date", "id")[:10]
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


def _invitation_tasks(*, number: str) -> list[Task]:
    """Return the invitations whose letter could not be sent."""
    failed = people.pending_invitations().filter(letter_state=OutgoingMail.State.FAILED)
    return [
        Task(
            TODAY,
            "person",
            _("Invitation"),
            invitation.get_role_display(),
            invitation.email,
            _("The e-mail could not be sent. Check the address, or send it again."),
            _("See the invitation"),
            reverse("members", kwargs={"number": number}) + "#invited",
        )
        for invitation in failed[:MOST_SHOWN]
    ]


def _channel_states(*, number: str, now: datetime) -> list[ChannelState]:
    today = now.astimezone(clock.OSLO).date()
    accounts = list(Account.objects.select_related("channel", "responsible"))
    connections = {row.account_id: row for row in Connection.objects.defer("access_token", "refresh_token")}
    assessments: dict[int, RiskAssessment] = {}
    for row in RiskAssessment.objects.order_by("recorded_at", "id"):
        assessments[row.account_id] = row
    published = Delivery.objects.filter(published_at__isnull=False).order_by().values_list("account_id")
    platform = pauses.platform_obstacles(account.channel.connector for account in accounts)
    last = dict(published.annotate(Max("published_at")))
    lights = pulse.pulses(connections=connections.values(), now=now)
    return [
        ChannelState(
            account=account,
            connection=connections.get(account.pk),
            last_at=last.get(account.pk),
            obstacle=obstacles.account_obstacle(
                account,
                connection=connections.get(account.pk),
                assessment=assessments.get(account.pk),
                today=today,
            )
            or platform.get(account.channel.connector, ""),
            url=reverse("account", kwargs={"number": number, "account_id": account.pk}),
            light=figure_texts.light(lights[account.pk].worst) if account.pk in lights else None,
        )
        for account in accounts
    ]
