"""The comments below one post that may be shown now, and those posts whose comments should be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q

from channels.models import Comment, CommentReading, Delivery

# Nobody answers below an old post as a rule; a person can still ask for its comments.
FOLLOWED = timedelta(days=30)
READ_EVERY = timedelta(hours=12)


@dataclass(frozen=True)
class Thread:
    """A comment with the answers to it, oldest first."""

    comment: Comment
    answers: list[Comment]


@dataclass(frozen=True)
class Conversation:
    """What is known of the comments below a post. `reading` is None when they were never asked for."""

    threads: list[Thread]
    reading: CommentReading | None

    @property
    def is_forgotten(self) -> bool:
        """Whether there were comments whose time with us is past."""
        return not self.threads and self.reading is not None and bool(self.reading.n_told)


def conversation(*, delivery: Delivery, now: datetime) -> Conversation:
    """Return the comments that may be shown at `now`, with the answers below what they answer. Two queries."""
    shown = list(Comment.objects.filter(delivery=delivery, keep_until__gt=now).order_by("written_at", "id"))
    tops = [comment for comment in shown if not comment.parent_external_id]
    known = {comment.external_id for comment in tops}
    # An answer whose comment is gone stands by itself.
    tops += [comment for comment in shown if comment.parent_external_id and comment.parent_external_id not in known]
    return Conversation(
        threads=[Thread(top, [each for each in shown if each.parent_external_id == top.external_id]) for top in tops],
        reading=CommentReading.objects.filter(delivery=delivery).first(),
    )


@dataclass(frozen=True)
class Unanswered:
    """A post with comments that the page has not answered; `oldest_at` (UTC) is None when the channel did not tell."""

    delivery: Delivery
    n_comments: int
    oldest_at: datetime | None


def unanswered(*, now: datetime) -> list[Unanswered]:
    """Return the posts that have comments without an answer of ours, as far as may be shown. Two queries at most."""
    ours = Comment.objects.filter(
        delivery=OuterRef("delivery"), parent_external_id=OuterRef("external_id"), is_ours=True
    )
    open_ones = Comment.objects.filter(keep_until__gt=now, is_ours=False, parent_external_id="").exclude(Exists(ours))
    rows = open_ones.order_by().values("delivery_id").annotate(n_comments=Count("pk"), oldest_at=Min("written_at"))
    found = {row["delivery_id"]: (row["n_comments"], row["oldest_at"]) for row in rows}
    if not found:
        return []
    told = Delivery.objects.filter(pk__in=found).select_related("post", "account__channel")
    posts = [Unanswered(delivery, *found[delivery.pk]) for delivery in told]
    return sorted(posts, key=lambda each: (each.oldest_at or now, each.delivery.pk))


def to_be_read(*, now: datetime) -> list[int]:
    """Return the entered municipality's published posts of the last month that were not asked about for half a day."""
    recent = Q(comment_reading=None) | Q(comment_reading__asked_at__lte=now - READ_EVERY)
    published = Delivery.objects.filter(state=Delivery.State.PUBLISHED, published_at__gte=now - FOLLOWED)
    return list(
        published.exclude(external_id="").filter(recent).order_by("-published_at", "pk").values_list("pk", flat=True)
    )
