"""Deliveries in every state that somebody can meet, a silent page, and comments below a post."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from channels.actions.publishing import queue
from channels.models import Account, Attempt, Comment, CommentReading, Delivery, DeliveryEvent, Due
from foundation.clock import OSLO
from kanalkompass.demo.published import SILENT_DAYS, Desk
from kanalkompass.demo.vacancies import Announced

Kind, State, Outcome = DeliveryEvent.Kind, Delivery.State, Attempt.Outcome
SAID = "Bli ein del av laget i Storvika. Vi har fagdagar, kaffi og god tid til dei nye."
# As long as the platform lets us keep what its members wrote.
KEPT = timedelta(hours=48)


def wait(desk: Desk, announced: list[Announced], *, account: Account, now: datetime) -> list[Delivery]:
    """Make what is not out: it waits for somebody, its time or an answer, or it was stopped or taken away."""
    job = next(each.job for each in announced if each.job.deadline_date > now.date() and each.job.may_be_marketed)
    made_at = now - timedelta(days=2)

    def draft(title: str) -> Delivery:
        return desk.write(title, f"{title}. {SAID}", job=job, account=account, at=made_at)

    asked = draft("Spørsmål og svar om jobben")
    asked.state, asked.due_at = State.AWAITING_APPROVAL, _today_at(now)
    desk.note(asked, Kind.SENT_FOR_APPROVAL, made_at + timedelta(hours=1), desk.author)
    planned = [
        _planned(desk, draft(title), now=now, days=days)
        for title, days in (("Ein dag på vakt", 3), ("Sjå byen vår", 6))
    ]
    tried, lost = now - timedelta(minutes=25), now - timedelta(days=1)
    ended = [
        _sent(desk, draft("Møt Amina på natt"), State.UNKNOWN, "no_answer_in_time", at=tried, unknown_since=tried),
        _sent(desk, draft("Turnus som går opp"), State.MANUAL, "unreadable", at=lost, unknown_since=lost),
        _sent(desk, draft("Kollegaer på tur"), State.REJECTED, "picture_refused", at=now - timedelta(hours=5)),
        _held(desk, draft("Fagdag i haust"), State.BLOCKED, Kind.BLOCKED, "access_dead", now=now),
        _held(desk, draft("Siste frist i dag"), State.LATE, Kind.LATE, "too_late", now=now),
        _cancelled(desk, draft("Gamal tekst om løn"), now=now),
        _removed(desk, draft("Feil frist i teksten"), now=now),
    ]
    made = [asked, *planned, *ended]
    Delivery.objects.bulk_create(made)
    for delivery in planned:
        queue.put(delivery.pk, kind=Due.Kind.SEND, at=delivery.due_at)
    return made


def fall_silent(desk: Desk, *, account: Account, now: datetime) -> None:
    """Let a page have published last some weeks ago, with nothing planned."""
    at = datetime.combine(now.date() - timedelta(days=SILENT_DAYS), time(8), tzinfo=UTC)
    delivery = desk.write("Vi treng fleire på laget", SAID, job=None, account=account, at=at - timedelta(days=1))
    Delivery.objects.bulk_create([desk.publish(delivery, at=at)])


def comment(delivery: Delivery, *, now: datetime) -> None:
    """Put three comments below a post, one of them with an answer."""
    said = (
        ("1", "", "Er det mogleg å jobbe 75 prosent?", False, 20),
        ("2", "", "Får nyutdanna rettleiing det første året?", False, 9),
        ("3", "", "Er det parkering for tilsette?", False, 30),
        ("4", "3", "Ja, gratis rett utanfor.", True, 28),
    )
    Comment.objects.bulk_create(
        Comment(
            delivery=delivery,
            external_id=f"urn:li:comment:{delivery.pk}-{number}",
            text=text,
            is_ours=is_ours,
            parent_external_id=f"urn:li:comment:{delivery.pk}-{parent}" if parent else "",
            written_at=now - timedelta(hours=hours),
            read_at=now - timedelta(hours=1),
            keep_until=now - timedelta(hours=1) + KEPT,
        )  # fmt: skip
        for number, parent, text, is_ours, hours in said
    )
    read_at = now - timedelta(hours=1)
    CommentReading.objects.create(delivery=delivery, asked_at=read_at, read_at=read_at, n_told=len(said))


def _planned(desk: Desk, delivery: Delivery, *, now: datetime, days: int) -> Delivery:
    due_at = datetime.combine(now.astimezone(OSLO).date() + timedelta(days=days), time(9), tzinfo=OSLO).astimezone(UTC)
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


def _held(desk: Desk, delivery: Delivery, state: str, kind: str, code: str, *, now: datetime) -> Delivery:
    due_at = now - timedelta(hours=7)
    desk.approve(delivery, due_at=due_at, at=due_at - timedelta(hours=4))
    desk.note(delivery, kind, due_at + timedelta(hours=1), detail=code)
    delivery.state, delivery.reason = state, code
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


def _today_at(now: datetime) -> datetime:
    """Return a moment later today by the Norwegian clock, the last quarter at the latest."""
    end = datetime.combine(now.astimezone(OSLO).date(), time(23, 45), tzinfo=OSLO).astimezone(UTC)
    return min(max(now + timedelta(hours=1), now), max(end, now + timedelta(minutes=5)))
