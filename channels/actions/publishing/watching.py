"""
Looking after what is out, once a day: is it still there (T14), and does any of it stand there twice?

One reading of the account's own list answers both. A post that the list lacks is read by itself, and is gone only after
two such looks almost a day apart. A marker in a post that no delivery holds is a copy; in a post of a delivery that we
believe unsent it is the delivery itself, found in time (T7).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F

from channels import connectors
from channels.actions import quotas
from channels.actions.links import CODE_LENGTH
from channels.actions.publishing import matching, reaching, recording, sighting, trail
from channels.actions.publishing.trail import Kind, State
from channels.models import Account, Delivery
from channels.queries import contents
from channels.queries import quotas as quota_queries
from foundation.tenancy import tenant

logger = logging.getLogger(__name__)

WATCHED_FOR = timedelta(days=90)
# A little less than a day, so that looks at the same hour do not slip from day to day.
EVERY = timedelta(hours=23)
GONE_AFTER = timedelta(hours=20)
# Of one account in one look: a list that is suddenly empty must not cost a thousand calls.
MOST_SINGLE_READS = 25
# Out by us, or sent once and thought not to be out: these are held against what stands there.
HELD_AGAINST = frozenset({State.PUBLISHED, State.REMOVED, State.SCHEDULED, State.BLOCKED, State.LATE})


@dataclass
class Looked:
    """What a look found: how many deliveries are missing, gone, back, found, and how many copies are new."""

    n_missing: int = 0
    n_gone: int = 0
    n_back: int = 0
    n_found: int = 0
    n_copies: int = 0


@dataclass(frozen=True)
class _Look:
    """What was asked and answered: the list, and of what it lacks, whether it can still be read by itself."""

    seen: connectors.PostList
    is_there: dict[str, bool] = field(default_factory=dict)


def is_due(account: Account, *, now: datetime) -> bool:
    """Whether the account's posts were last looked for about a day ago."""
    return account.looked_after_at is None or account.looked_after_at <= now - EVERY


def look_after(*, municipality_id: int, account_id: int, now: datetime) -> Looked | None:
    """
    Look for an account's posts of the last 90 days; return what was found, or None when it could not be asked now.

    Called outside `tenant()`: no transaction is open while the channel is asked. May be repeated and overlap.
    """
    with tenant(municipality_id):
        account = Account.objects.select_related("channel").filter(pk=account_id).first()
        if account is None or not is_due(account, now=now):
            return None
        bound = _bound(account, now=now)
        kind = connectors.by_slug(account.channel.connector)
        if kind is None or quota_queries.left(account, kind.list_endpoint, now) == 0:
            return None
    look, connector = _ask(account, bound, now=now)
    with tenant(municipality_id):
        if connector is not None:
            quotas.note(account, connector.calls, now=now)
        if look is None:
            return None
        Account.objects.filter(pk=account.pk).update(looked_after_at=now)
        found = Looked()
        _note_presence(account, look, found, now=now)
        _note_markers(account, look.seen, found, now=now)
    return found


def _bound(account: Account, *, now: datetime) -> list[str]:
    """Return the channel's ids of what is to be there: what is missing first, then what was seen longest ago."""
    rows = Delivery.objects.filter(account=account, state=State.PUBLISHED, published_at__gte=now - WATCHED_FOR)
    in_order = rows.order_by(F("missing_since").asc(nulls_last=True), F("looked_at").asc(nulls_first=True), "pk")
    return list(in_order.values_list("external_id", flat=True))


def _ask(account: Account, bound: list[str], *, now: datetime) -> tuple[_Look | None, connectors.Connector | None]:
    """Read the list, and one by one what it lacks. No transaction is open. A fault of ours proves nothing."""
    connector = None
    try:
        connector = reaching.connector_of(account, now=now)
        seen = connector.recent_posts(since=now - WATCHED_FOR)
        listed = {post.external_id for post in seen.posts}
        lacking = [external_id for external_id in bound if external_id and external_id not in listed]
        return _Look(seen, _read_each(connector, lacking[:MOST_SINGLE_READS])), connector
    except connectors.AccessDead as problem:
        reaching.lost(account, problem, connector)
    except connectors.ConnectorError as problem:
        logger.info("Account %s is not looked after now: %s", account.pk, problem.code)
    except Exception as problem:
        logger.error("Account %s: %s while looking after it", account.pk, type(problem).__name__)
    return None, connector


def _read_each(connector: connectors.Connector, lacking: list[str]) -> dict[str, bool]:
    """Return whether each can be read by itself; what no clear answer came for is left out."""
    is_there = {}
    for external_id in lacking:
        try:
            is_there[external_id] = connector.read(external_id) is not None
        except connectors.AccessDead:
            raise
        except connectors.ConnectorError:
            continue
    return is_there


def _note_presence(account: Account, look: _Look, found: Looked, *, now: datetime) -> None:
    """Note which bound posts are there, missing since now, gone for good, or back."""
    is_there = look.is_there | {post.external_id: True for post in look.seen.posts}
    rows = Delivery.objects.select_for_update(skip_locked=True).filter(
        account=account, state__in=[State.PUBLISHED, State.REMOVED], external_id__in=is_there
    )
    for delivery in rows.order_by("pk"):
        if is_there[delivery.external_id]:
            found.n_back += _there(delivery, now=now)
        elif delivery.state == State.PUBLISHED and delivery.missing_since is None:
            Delivery.objects.filter(pk=delivery.pk).update(missing_since=now, looked_at=now)
            trail.write(delivery.pk, kind=Kind.MISSED, at=now)
            found.n_missing += 1
        elif delivery.state == State.PUBLISHED and now >= delivery.missing_since + GONE_AFTER:
            found.n_gone += _gone(delivery, now=now)


def _there(delivery: Delivery, *, now: datetime) -> bool:
    """Note that a post is there; return whether it had been thought gone. What we removed ourselves stays removed."""
    if delivery.state == State.PUBLISHED:
        Delivery.objects.filter(pk=delivery.pk).update(missing_since=None, looked_at=now)
        return False
    return delivery.reason == "gone" and trail.move(
        delivery.pk,
        rule="T14",
        sources={State.REMOVED},
        to=State.PUBLISHED,
        where={"external_id": delivery.external_id, "reason": "gone"},
        at=now,
        kind=Kind.BACK,
        missing_since=None,
        looked_at=now,
        reason="",
    )


def _gone(delivery: Delivery, *, now: datetime) -> bool:
    return trail.move(
        delivery.pk,
        rule="T14",
        sources={State.PUBLISHED},
        to=State.REMOVED,
        where={"external_id": delivery.external_id},
        at=now,
        kind=Kind.GONE,
        looked_at=now,
        reason="gone",
    )


def _note_markers(account: Account, seen: connectors.PostList, found: Looked, *, now: datetime) -> None:
    """Hold every marker in the account's own list against the deliveries that they belong to."""
    own = [post for post in seen.posts if matching.is_by(post, account)]
    words = {post.external_id: contents.words_of(post) for post in own}
    codes = {word for found_words in words.values() for word in found_words if len(word) == CODE_LENGTH}
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        account=account, link__code__in=codes, state__in=HELD_AGAINST, fence__gt=0
    )
    for delivery in rows.select_related("link").order_by("pk"):
        marked = [post for post in own if delivery.link.code in words[post.external_id]]
        if delivery.state not in (State.PUBLISHED, State.REMOVED):
            found.n_found += _found_in_time(delivery, marked, now=now)
            continue
        copies = [post for post in marked if post.external_id != delivery.external_id]
        for copy in sighting.remember(delivery.pk, copies, is_marked=True, now=now):
            trail.write(delivery.pk, kind=Kind.COPY_FOUND, at=now, detail=copy.external_id)
            logger.error("Delivery %s stands on its channel more than once", delivery.pk)
            found.n_copies += 1


def _found_in_time(delivery: Delivery, marked: list[connectors.SeenPost], *, now: datetime) -> bool:
    """Bind a post that is out although we meant to send it again (T7), before that happens."""
    post = marked[0]
    is_ours_alone = len(marked) == 1 and not recording.is_bound_elsewhere(
        delivery.pk, external_id=post.external_id, account_id=delivery.account_id
    )
    return is_ours_alone and trail.move(
        delivery.pk,
        rule="T7",
        sources={State.SCHEDULED, State.BLOCKED, State.LATE},
        to=State.PUBLISHED,
        where={"fence": delivery.fence},
        at=now,
        kind=Kind.FOUND,
        detail=post.external_id,
        external_id=post.external_id,
        permalink=post.permalink,
        published_at=post.published_at or now,
        looked_at=now,
        reason="",
        reason_detail="",
    )
