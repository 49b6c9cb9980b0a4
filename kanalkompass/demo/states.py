"""Deliveries in every state that somebody can meet, a silent page, and comments below a post."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from channels.actions.publishing import queue
from channels.models import Account, Attempt, Comment, CommentReading, Delivery, DeliveryEvent, Due
from foundation.clock import OSLO
from kanalkompass.demo.people import Town
from kanalkompass.demo.published import SILENT_DAYS, Desk
from recruitment.models import JobPosting

Kind, State, Outcome = DeliveryEvent.Kind, Delivery.State, Attempt.Outcome
# What the posts say, in bokmål and nynorsk.
SAID = (
    "Bli en del av laget. Vi har fagdager, kaffe og god tid til de nye.",
    "Bli ein del av laget. Vi har fagdagar, kaffi og god tid til dei nye.",
)
ASKED = ("Spørsmål og svar om jobben", "Spørsmål og svar om jobben")
PLANNED = ((("En dag på vakt", "Ein dag på vakt"), 3), (("Se kommunen vår", "Sjå byen vår"), 6))
UNKNOWN = ("Møt Amina på natt", "Møt Amina på natt")
MANUAL = ("Turnus som går opp", "Turnus som går opp")
REJECTED = ("Kollegaer på tur", "Kollegaer på tur")
BLOCKED = ("Fagdag til høsten", "Fagdag i haust")
LATE = ("Siste uke å søke", "Siste veke å søkje")
CANCELLED = ("Gammel tekst om lønn", "Gamal tekst om løn")
REMOVED = ("Feil frist i teksten", "Feil frist i teksten")
SILENT = ("Vi trenger flere på laget", "Vi treng fleire på laget")
COMMENTS = (
    ("1", "", ("Er det mulig å jobbe 75 prosent?", "Er det mogleg å jobbe 75 prosent?"), False, 20),
    ("2", "", ("Får nyutdannede veiledning det første året?", "Får nyutdanna rettleiing det første året?"), False, 9),
    ("3", "", ("Er det parkering for ansatte?", "Er det parkering for tilsette?"), False, 30),
    ("4", "3", ("Ja, gratis rett utenfor.", "Ja, gratis rett utanfor."), True, 28),
)
# As long as the platform lets us keep what its members wrote.
KEPT = timedelta(hours=48)


def wait(desk: Desk, job: JobPosting, *, account: Account, unconnected: Account, now: datetime) -> list[Delivery]:
    """Make what is not out of a vacancy: it waits for somebody, its time or an answer, or was stopped or taken away."""
    made_at = now - timedelta(days=2)

    def draft(title: tuple[str, str], page: Account = account) -> Delivery:
        text = f"{desk.town.says(*title)}. {desk.town.says(*SAID)}"
        return desk.write(desk.town.says(*title), text, job=job, account=page, at=made_at)

    asked = draft(ASKED)
    asked.state, asked.due_at = State.AWAITING_APPROVAL, _today_at(now)
    desk.note(asked, Kind.SENT_FOR_APPROVAL, made_at + timedelta(hours=1), desk.author)
    planned = [_planned(desk, draft(title), now=now, days=days) for title, days in PLANNED]
    tried, lost = now - timedelta(minutes=25), now - timedelta(days=1)
    ended = [
        _sent(desk, draft(UNKNOWN), State.UNKNOWN, "no_answer_in_time", at=tried, unknown_since=tried),
        _sent(desk, draft(MANUAL), State.MANUAL, "unreadable", at=lost, unknown_since=lost),
        _sent(desk, draft(REJECTED), State.REJECTED, "picture_refused", at=now - timedelta(hours=5)),
        _blocked(desk, draft(BLOCKED, unconnected), now=now),
        _late(desk, draft(LATE), now=now),
        _cancelled(desk, draft(CANCELLED), now=now),
        _removed(desk, draft(REMOVED), now=now),
    ]
    made = [asked, *planned, *ended]
    Delivery.objects.bulk_create(made)
    for delivery in planned:
        queue.put(delivery.pk, kind=Due.Kind.SEND, at=delivery.due_at)
    return made


def fall_silent(desk: Desk, *, account: Account, now: datetime) -> None:
    """Let a page have published last some weeks ago, with nothing planned."""
    at = datetime.combine(now.date() - timedelta(days=SILENT_DAYS), time(8), tzinfo=UTC)
    title, text = desk.town.says(*SILENT), desk.town.says(*SAID)
    delivery = desk.write(title, text, job=None, account=account, at=at - timedelta(days=1))
    Delivery.objects.bulk_create([desk.publish(delivery, at=at)])


def comment(delivery: Delivery, *, town: Town, now: datetime) -> None:
    """Put three comments below a post, one of them with an answer; what was there is past its time."""
    read_at = now - timedelta(hours=1)
    Comment.objects.filter(delivery=delivery).delete()
    Comment.objects.bulk_create(
        Comment(
            delivery=delivery,
            external_id=f"urn:li:comment:{delivery.pk}-{number}",
            text=town.says(*text),
            is_ours=is_ours,
            parent_external_id=f"urn:li:comment:{delivery.pk}-{parent}" if parent else "",
            written_at=now - timedelta(hours=hours),
            read_at=read_at,
            keep_until=read_at + KEPT,
        )  # fmt: skip
        for number, parent, text, is_ours, hours in COMMENTS
    )
    told = {"asked_at": read_at, "read_at": read_at, "n_told": len(COMMENTS)}
    CommentReading.objects.update_or_create(delivery=delivery, defaults=told)


def _planned(desk: Desk, delivery: Delivery, *, now: datetime, days: int) -> Delivery:
    due_at = _at_nine(now, days=days)
    desk.approve(delivery, due_at=due_at, at=now - timedelta(days=1))
    delivery.state, delivery.next_at = State.SCHEDULED, due_at
    return delivery


def _sent(desk: Desk, delivery: Delivery, state: str, code: str, *, at: datetime, **fields: Any) -> Delivery:
    """Let an attempt have ended without a post that is known to be out; `at` (UTC) is when it was due."""
    kinds = {State.UNKNOWN: [Kind.UNKNOWN], State.MANUAL: [Kind.UNKNOWN, Kind.MANUAL], State.REJECTED: [Kind.REJECTED]}
    outcome = Outcome.REFUSED if state == State.REJECTED else Outcome.UNKNOWN
    desk.approve(delivery, due_at=at, at=at - timedelta(hours=4))
    desk.send(delivery, outcome=outcome, detail=code)
    for hours, kind in enumerate(kinds[State(state)]):
        said = "answer_lost" if (kind, state) == (Kind.UNKNOWN, State.MANUAL) else code
        desk.note(delivery, kind, at + timedelta(hours=hours * 3, minutes=1), detail=said)
    delivery.state, delivery.reason = state, code
    for name, value in fields.items():
        setattr(delivery, name, value)
    return delivery


def _blocked(desk: Desk, delivery: Delivery, *, now: datetime) -> Delivery:
    """Hold back what is planned for a page that nobody has connected; connecting lets it go on."""
    due_at = _at_nine(now, days=4)
    desk.approve(delivery, due_at=due_at, at=now - timedelta(days=1))
    desk.note(delivery, Kind.BLOCKED, now - timedelta(days=1), detail="not_connected")
    delivery.state, delivery.reason = State.BLOCKED, "not_connected"
    return delivery


def _late(desk: Desk, delivery: Delivery, *, now: datetime) -> Delivery:
    due_at = now - timedelta(hours=7)
    desk.approve(delivery, due_at=due_at, at=due_at - timedelta(hours=4))
    desk.note(delivery, Kind.LATE, due_at + timedelta(hours=1), detail="too_late")
    delivery.state, delivery.reason = State.LATE, "too_late"
    return delivery


def _cancelled(desk: Desk, delivery: Delivery, *, now: datetime) -> Delivery:
    desk.note(delivery, Kind.CANCELLED, now - timedelta(days=1), desk.author)
    delivery.state = State.CANCELLED
    return delivery


def _removed(desk: Desk, delivery: Delivery, *, now: datetime) -> Delivery:
    desk.publish(delivery, at=now - timedelta(hours=30))
    desk.note(delivery, Kind.REMOVED, now - timedelta(hours=29), desk.approver)
    delivery.state = State.REMOVED
    return delivery


def _at_nine(now: datetime, *, days: int) -> datetime:
    """Return nine o'clock by the Norwegian clock, so many days from now."""
    return datetime.combine(now.astimezone(OSLO).date() + timedelta(days=days), time(9), tzinfo=OSLO).astimezone(UTC)


def _today_at(now: datetime) -> datetime:
    """Return a moment later today by the Norwegian clock, the last quarter at the latest."""
    end = datetime.combine(now.astimezone(OSLO).date(), time(23, 45), tzinfo=OSLO).astimezone(UTC)
    return min(max(now + timedelta(hours=1), now), max(end, now + timedelta(minutes=5)))
