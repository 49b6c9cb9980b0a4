"""Posts that need an adviser: in doubt, late, waiting for approval, unfinished, copied, gone."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.models import Delivery, PostEdit
from channels.queries import approvals, deliveries, reasons, sightings, trails
from foundation import clock, formats
from kanalkompass.attention.tasks import MOST_SHOWN, NOW, SOON, TODAY, Task, bounded
from recruitment.models import Membership

State = Delivery.State


def post_tasks(*, membership: Membership, number: str, now: datetime) -> list[Task]:
    """Return what posts need of this adviser. Eight queries at most, and one for each delivery in doubt."""
    tasks = _waiting_tasks(number=number, now=now) if membership.may_publish else []
    tasks += _found_tasks(number=number, now=now) if membership.may_publish else []
    tasks += _correction_tasks(number=number, now=now) if membership.may_approve else []
    tasks += _approval_tasks(membership=membership, number=number, now=now)
    return tasks + _draft_tasks(number=number, now=now)


def _draft_tasks(*, number: str, now: datetime) -> list[Task]:
    rows = Delivery.objects.filter(state=State.DRAFT).select_related("post", "account__channel")
    drafts = [
        Task(
            SOON,
            "clock",
            row.get_state_display(),
            _where(row, now=now),
            _("Draft: «%s»") % row.post.title,
            _("It has no time yet."),
            _("Go on"),
            reverse("post", kwargs={"number": number, "post_id": row.post_id}),
        )
        for row in rows.order_by("due_at", "id")
    ]

    def rest(n_more: int) -> Task:
        title = ngettext("One more draft", "%(number)s more drafts", n_more)
        return Task(
            SOON,
            "clock",
            str(State.DRAFT.label),
            _("campaigns"),
            title % {"number": formats.in_words(n_more).capitalize()},
            _("They have no time yet."),
            _("See the campaigns"),
            reverse("campaigns", kwargs={"number": number}),
        )

    return bounded(drafts, rest=rest)


def _approval_tasks(*, membership: Membership, number: str, now: datetime) -> list[Task]:
    """
    Return what waits for approval: to be read by whoever may approve it, and to be seen by the others.

    Where two people are needed nobody approves her own (T2), so it is told to her as waiting for somebody else.
    """
    rows = Delivery.objects.filter(state=State.AWAITING_APPROVAL).select_related("post", "account__channel")
    waiting = list(rows.order_by("due_at", "id")[:MOST_SHOWN])
    if not waiting:
        return []
    two_people = membership.may_approve and approvals.needs_two_people()
    holders = approvals.holders("may_approve")
    today = now.astimezone(clock.OSLO).date()
    tasks = []
    for row in waiting:
        is_mine = membership.may_approve and not (two_people and approvals.is_own(row.post, membership.user))
        names = [name for name in holders if name != str(membership.user)]
        is_today = row.due_at is not None and row.due_at.astimezone(clock.OSLO).date() <= today
        tasks.append(
            Task(
                TODAY if is_mine or is_today else SOON,
                "person",
                row.get_state_display(),
                _where(row, now=now),
                (_("«%s» waits for you") if is_mine else _("«%s» waits for somebody else")) % row.post.title,
                _("It goes out only when it is approved.") if is_mine else _others_decide(names),
                _("Read and approve") if is_mine else _("See the post"),
                reverse("delivery", kwargs={"number": number, "delivery_id": row.pk}),
            )
        )
    return tasks


def _others_decide(names: list[str]) -> str:
    if not names:
        return _("Nobody else may approve it. An administrator can give somebody the right.")
    return _("It goes out only when it is approved, by %(names)s.") % {"names": formats.either(names)}


def _correction_tasks(*, number: str, now: datetime) -> list[Task]:
    waiting = PostEdit.objects.filter(state=PostEdit.State.AWAITING_APPROVAL, delivery__state=State.PUBLISHED)
    rows = waiting.select_related("delivery__post", "delivery__account__channel").order_by("asked_at")
    return [
        Task(
            TODAY,
            "person",
            row.get_state_display(),
            _where(row.delivery, now=now),
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
            _where(each.delivery, now=now),
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
            _where(delivery, now=now),
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
            _where(delivery, now=now),
            _("«%(title)s» is gone from %(channel)s")
            % {"title": delivery.post.title, "channel": delivery.account.channel.name},
            _("We have not removed it: somebody has, or the channel."),
            _("See why"),
            reverse("delivery", kwargs={"number": number, "delivery_id": delivery.pk}),
        )
        for delivery in sightings.gone(now=now)[:MOST_SHOWN]
    ]


def _where(delivery: Delivery, *, now: datetime) -> str:
    channel = delivery.account.channel.name
    return f"{channel} · {trails.when(delivery.due_at, now=now)}" if delivery.due_at else channel
