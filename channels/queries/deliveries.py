"""A delivery in words: what happened, what happens next and when, and who can act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from channels.models import Attempt, Delivery
from channels.queries import reasons, stops, trails
from channels.queries.trails import TrailEntry
from foundation import formats
from foundation.tenancy import current_municipality_id
from recruitment.models import Membership

State = Delivery.State
FROZEN = ("frozen", "frozen_all")
# States in which nothing goes on before a person has done something.
NEEDS_A_PERSON = (State.MANUAL, State.UNKNOWN, State.LATE, State.BLOCKED, State.REJECTED, State.AWAITING_APPROVAL)


@dataclass(frozen=True)
class Badge:
    """A state's name and the design system's colour: amber is for what a person must see to."""

    label: str
    color: str


@dataclass(frozen=True)
class Story:
    """What the delivery page says. `next_at` is UTC; None when nothing is done by itself."""

    headline: str
    what_happened: str
    what_next: str
    who_acts: str
    next_at: datetime | None
    trail: list[TrailEntry] = field(default_factory=list)


@dataclass(frozen=True)
class NeedsSomebody:
    """A delivery that waits for a person, with its news in one line, what happened, what comes and who decides."""

    delivery: Delivery
    badge: Badge
    headline: str
    what_happened: str
    what_next: str
    who_acts: str


@dataclass(frozen=True)
class _Facts:
    """What the sentences are made from."""

    delivery: Delivery
    now: datetime
    channel: str
    due: str
    sent: str
    since: str
    people: dict[str, str]
    stop: stops.StopInForce | None = None

    @property
    def words(self) -> dict[str, str]:
        return {
            "title": self.delivery.post.title,
            "channel": self.channel,
            "due": self.due,
            "sent": self.sent,
            "since": self.since,
        }


def state_badge(state: str) -> Badge:
    """Return how a state is shown as a tag."""
    colors = {
        State.SCHEDULED: "accent",
        State.SENDING: "accent",
        State.PUBLISHED: "success",
        State.AWAITING_APPROVAL: "warning",
        State.UNKNOWN: "warning",
        State.MANUAL: "warning",
        State.BLOCKED: "warning",
        State.LATE: "warning",
        State.REJECTED: "danger",
    }
    return Badge(str(State(state).label), colors.get(State(state), "neutral"))


def delivery_story(delivery: Delivery, *, now: datetime) -> Story:
    """Return the delivery in words. Four queries at most, when post and account with channel are loaded."""
    stop = stops.in_force() if delivery.reason in FROZEN else None
    facts = _facts(delivery, now=now, people=_people(), stop=stop)
    happened, coming, acting = _TELLERS[State(delivery.state)](facts)
    does_something = delivery.state in (State.SCHEDULED, State.UNKNOWN)
    return Story(
        headline=_headline(facts),
        what_happened=happened,
        what_next=coming,
        who_acts=acting,
        next_at=delivery.next_at if does_something else None,
        trail=trails.trail_of(delivery, now=now),
    )


def needs_attention(*, now: datetime) -> list[NeedsSomebody]:
    """
    Return the municipality's deliveries that wait for a person, those in doubt first, then the oldest.

    Four queries, and one for each in doubt.
    """
    rows = Delivery.objects.filter(state__in=NEEDS_A_PERSON).select_related("post", "account__channel")
    in_order = sorted(rows, key=lambda row: (NEEDS_A_PERSON.index(State(row.state)), row.due_at or row.created_at))
    people = _people() if in_order else {}
    stop = stops.in_force() if any(row.reason in FROZEN for row in in_order) else None
    found = []
    for delivery in in_order:
        facts = _facts(delivery, now=now, people=people, stop=stop)
        badge, told = state_badge(delivery.state), _TELLERS[State(delivery.state)](facts)
        found.append(NeedsSomebody(delivery, badge, _headline(facts), *told))
    return found


def _facts(
    delivery: Delivery, *, now: datetime, people: dict[str, str], stop: stops.StopInForce | None = None
) -> _Facts:
    sent_at = delivery.published_at
    if delivery.state in (State.UNKNOWN, State.MANUAL):
        last = Attempt.objects.filter(delivery=delivery).order_by("-fence").first()
        sent_at = (last.sent_at or last.claimed_at) if last else delivery.unknown_since
    return _Facts(
        delivery=delivery,
        now=now,
        channel=delivery.account.channel.name,
        due=trails.when(delivery.due_at, now=now) if delivery.due_at else "",
        sent=trails.when(sent_at, now=now) if sent_at else "",
        since=trails.when(sent_at + timedelta(seconds=settings.RECONCILE_SETTLE_S), now=now) if sent_at else "",
        people=people,
        stop=stop,
    )


def _people() -> dict[str, str]:
    """Return who holds each right, as one says it: "Ola Berge or Ida Sund". One query."""
    members = list(
        Membership.objects.filter(
            municipality_id=current_municipality_id(), role=Membership.Role.ADVISER, is_active=True
        ).select_related("user")
    )
    rights = ("may_publish", "may_approve", "may_connect")
    return {right: formats.either([str(each.user) for each in members if getattr(each, right)]) for right in rights}


def _can(facts: _Facts, right: str, sentence: str) -> str:
    """Return `sentence` with the names of those who hold the right, or that nobody does."""
    names = facts.people.get(right, "")
    if not names:
        return _("Nobody here has the right to do anything about it. An administrator can give it.")
    return sentence % {**facts.words, "names": names}


def _headline(facts: _Facts) -> str:
    delivery = facts.delivery
    is_copied = delivery.state == State.MANUAL and delivery.reason == "twice"
    headlines = {
        State.DRAFT: _("«%(title)s» is a draft"),
        State.AWAITING_APPROVAL: _("«%(title)s» awaits approval"),
        State.SCHEDULED: _("«%(title)s» has to wait")
        if _is_put_off(delivery)
        else _("«%(title)s» is published %(due)s"),
        State.SENDING: _("«%(title)s» is being sent to %(channel)s"),
        State.PUBLISHED: _("«%(title)s» is out on %(channel)s"),
        State.UNKNOWN: _("We do not know whether «%(title)s» is out"),
        State.REJECTED: _("%(channel)s did not accept «%(title)s»"),
        State.BLOCKED: _("«%(title)s» is held back"),
        State.LATE: _("«%(title)s» was not sent in time"),
        State.MANUAL: _("«%(title)s» is on %(channel)s more than once")
        if is_copied
        else _("Somebody must find out whether «%(title)s» is out"),
        State.CANCELLED: _("«%(title)s» is cancelled"),
        State.REMOVED: _("«%(title)s» is gone from %(channel)s")
        if delivery.reason == "gone"
        else _("«%(title)s» is removed from %(channel)s"),
    }
    return headlines[State(delivery.state)] % facts.words


Told = tuple[str, str, str]


def _draft(facts: _Facts) -> Told:
    voided = reasons.back_to_draft(facts.delivery.reason)
    return (
        voided or _("The post is being written. Nothing has been sent."),
        _("Nothing, before somebody schedules it."),
        _can(facts, "may_publish", _("%(names)s can schedule it. Other advisers can send it for approval.")),
    )


def _awaiting(facts: _Facts) -> Told:
    return (
        _("The post has been sent for approval, to be published %(due)s. Text, picture and link are locked.")
        % facts.words,
        _("Nothing, before somebody approves it."),
        _can(facts, "may_approve", _("%(names)s can approve it.")),
    )


def _is_put_off(delivery: Delivery) -> bool:
    """Whether a planned post has met a proved non-event, or waits with the others because the platform asked for it."""
    return bool(delivery.n_postponed) or delivery.reason == "throttled"


def _scheduled(facts: _Facts) -> Told:
    delivery, now = facts.delivery, facts.now
    happened = _("The post is approved. Text, picture and link are locked.")
    next_at, limit = delivery.next_at or now, trails.gives_up_at(delivery)
    if _is_put_off(delivery):
        happened = reasons.nothing_sent(delivery.reason, channel=facts.channel) + " " + _("Nothing has been sent.")
    if limit and _is_put_off(delivery) and next_at >= limit:
        coming = _("We do not get it out in time. %(when)s it becomes late, and a person decides.")
        coming = coming % {"when": _capital(trails.when(next_at, now=now))}
    elif _is_put_off(delivery):
        coming = _("We try again %(when)s.") % {"when": trails.when(next_at, now=now)}
    elif next_at <= now:
        coming = _("It is sent to %(channel)s within a minute.") % facts.words
    else:
        coming = _("It is sent to %(channel)s %(due)s.") % facts.words
    acting = _("Nobody has to do anything. Until sending begins, %(names)s can cancel it or take it back.")
    return happened, coming, _can(facts, "may_publish", acting)


def _sending(facts: _Facts) -> Told:
    return (
        _("We are sending the post to %(channel)s.") % facts.words,
        _("The answer comes in a moment. It can no longer be stopped."),
        _("Nobody has to do anything."),
    )


def _published(facts: _Facts) -> Told:
    happened, coming = _("The post was published on %(channel)s %(sent)s."), _("Figures are fetched every night.")
    if missing_since := facts.delivery.missing_since:
        happened += " " + _("It was not there when we looked for it %(missing)s.")
        coming = _("We look again within a day. If it is not there then either, it counts as removed.")
    missing = trails.when(missing_since, now=facts.now) if missing_since else ""
    return (
        happened % {**facts.words, "missing": missing},
        coming,
        _can(facts, "may_publish", _("Nobody has to do anything. %(names)s can remove it from the channel.")),
    )


def _unknown(facts: _Facts) -> Told:
    happened = _("We asked %(channel)s to publish %(sent)s.") % facts.words
    why = reasons.no_clear_answer(facts.delivery.reason, channel=facts.channel)
    coming = _("We do not send it again before we know, so that it does not come out twice. We ask %(channel)s.")
    if facts.delivery.account.sends_again_by_itself:
        then = _("If it is proved not to be there, it is sent once more by itself.")
    else:
        then = _("If it is proved not to be there, a person decides whether it is sent again.")
    acting = _(
        "%(names)s can settle it at once by giving the post's address. "
        "That it is not there can be decided from %(since)s on: new posts can take a while to be seen."
    )
    return (
        f"{happened} {why} " + _("It may be published all the same."),
        coming % facts.words + " " + then,
        _can(facts, "may_publish", acting),
    )


def _rejected(facts: _Facts) -> Told:
    return (
        reasons.refused(facts.delivery.reason, channel=facts.channel) + " " + _("It is not published."),
        _("Nothing, before somebody changes the post. Sending it as it is would be refused again."),
        _can(facts, "may_publish", _("%(names)s can take it back, change it and schedule it again.")),
    )


def _blocked(facts: _Facts) -> Told:
    if facts.delivery.reason in FROZEN and facts.stop is not None:
        return _stopped(facts, facts.stop)
    happened = reasons.held_back(facts.delivery.reason) + " " + _("Nothing has been sent.")
    if facts.delivery.reason == "version_sunset":
        coming = _(
            "Once the version is changed, it is sent by itself at its time, %(due)s. "
            "If more than an hour has passed by then, a person decides."
        )
        return happened, coming % facts.words, _("The system administrator can change the version.")
    coming = _(
        "Once the account is in order, it is sent by itself at its time, %(due)s. "
        "If more than an hour has passed by then, a person decides."
    )
    right = "may_connect" if facts.delivery.reason in ("access_dead", "not_connected") else "may_publish"
    acting = _("%(names)s can put the account in order under Channels.")
    return happened, coming % facts.words, _can(facts, right, acting)


def _stopped(facts: _Facts, stop: stops.StopInForce) -> Told:
    """All publishing is stopped: by whom, since when and why."""
    words = {**facts.words, "by": stop.by, "at": trails.when(stop.since, now=facts.now), "reason": stop.reason}
    happened = _("%(by)s stopped all publishing %(at)s: %(reason)s") % words + " " + _("Nothing has been sent.")
    coming = _(
        "When the stop is lifted, it is sent by itself. If more than an hour has passed since %(due)s by then, "
        "a person decides."
    )
    if stop.is_for_all:
        return happened, coming % words, _("The system administrator can lift the stop.")
    return happened, coming % words, _("An administrator, or whoever may publish, can lift the stop under Channels.")


def _late(facts: _Facts) -> Told:
    happened = _("It was to be sent %(due)s.") % facts.words + " " + reasons.late(facts.delivery.reason)
    return (
        happened + " " + _("It is not published."),
        _("Nothing is sent by itself, so that old posts do not come out all at once."),
        _can(facts, "may_publish", _("%(names)s can choose a new time, take it back or cancel it.")),
    )


def _manual(facts: _Facts) -> Told:
    return (
        reasons.handed_over(facts.delivery.reason, channel=facts.channel),
        _("Nothing more is sent by itself."),
        _can(facts, "may_publish", _("%(names)s can look at the page on %(channel)s and tell what stands there.")),
    )


def _cancelled(facts: _Facts) -> Told:
    return _("The post was cancelled. It is not sent."), _("Nothing."), _("Nobody has to do anything.")


def _removed(facts: _Facts) -> Told:
    if facts.delivery.reason == "gone":
        return (
            _(
                "The post was published on %(channel)s %(sent)s. It was not there in two looks, almost a day apart, "
                "and we have not removed it: somebody has, or %(channel)s."
            )
            % facts.words,
            _("If it comes back within three months, we notice it and show it as published again."),
            _("Nobody has to do anything. It can be written anew and planned."),
        )
    return (
        _("The post was published on %(channel)s %(sent)s, and has been removed since.") % facts.words,
        _("Nothing."),
        _("Nobody has to do anything."),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_TELLERS: dict[State, Callable[[_Facts], Told]] = {
    State.DRAFT: _draft,
    State.AWAITING_APPROVAL: _awaiting,
    State.SCHEDULED: _scheduled,
    State.SENDING: _sending,
    State.PUBLISHED: _published,
    State.UNKNOWN: _unknown,
    State.REJECTED: _rejected,
    State.BLOCKED: _blocked,
    State.LATE: _late,
    State.MANUAL: _manual,
    State.CANCELLED: _cancelled,
    State.REMOVED: _removed,
}
