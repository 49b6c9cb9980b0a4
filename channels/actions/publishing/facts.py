"""
Everything that decides whether one due delivery is sent, read in one statement: its rows, and what stops it.

Sealed columns are not read with their row: the token comes as it is stored, and is opened where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from channels import connectors
from channels.actions.publishing.blocking import is_too_late
from channels.models import Account, Connection, Delivery, MediaItem, Post, RiskAssessment, TrackedLink
from channels.queries import contents, obstacles, pauses
from foundation import clock
from foundation.sealed import SealedText
from foundation.statements import Statement, Step, run
from recruitment.models import Channel, JobPosting

# Alias of the table in the statement, and the model of its rows.
ROWS: tuple[tuple[str, type[Model]], ...] = (
    ("delivery", Delivery),
    ("account", Account),
    ("channel", Channel),
    ("access", Connection),
    ("risk", RiskAssessment),
    ("post", Post),
    ("job", JobPosting),
    ("media", MediaItem),
    ("approved", MediaItem),
    ("link", TrackedLink),
)
FROM = """
FROM channels_delivery delivery
JOIN channels_account account ON account.id = delivery.account_id
JOIN recruitment_channel channel ON channel.id = account.channel_id
JOIN channels_post post ON post.id = delivery.post_id
JOIN channels_trackedlink link ON link.id = delivery.link_id
LEFT JOIN channels_connection access ON access.account_id = account.id
LEFT JOIN LATERAL (
    SELECT * FROM channels_riskassessment each WHERE each.account_id = account.id AND each.municipality_id = $1
    ORDER BY each.status = 'ongoing', each.recorded_at DESC, each.id DESC LIMIT 1
) risk ON true
LEFT JOIN recruitment_jobposting job ON job.id = post.job_id
LEFT JOIN channels_mediaitem media ON media.id = post.media_id
LEFT JOIN channels_mediaitem approved ON approved.id = delivery.approved_media_id
WHERE delivery.municipality_id = $1 AND delivery.id = $2
"""
SEALED = "access.access_token"
# Whose stop it is, and what the platform is to be left alone with.
STOPS = """
CASE WHEN EXISTS (SELECT FROM channels_freezeforall WHERE ended_at IS NULL) THEN 'frozen_all'
     WHEN EXISTS (SELECT FROM channels_freeze WHERE municipality_id = $1 AND ended_at IS NULL) THEN 'frozen'
     ELSE '' END,
ARRAY(SELECT pause.scope_key::text FROM channels_platformpause pause
    WHERE pause.connector = channel.connector AND (pause.until IS NULL OR pause.until > $3))
"""


@dataclass(frozen=True)
class Facts:
    """
    One delivery with its rows.

    `sealed_token` is the account's token as it is stored, "" for none; `stop` the code of a stop in force; `pauses` the
    keys of the platform's pauses in force, whomever they concern.
    """

    delivery: Delivery
    access: Connection | None
    risk: RiskAssessment | None
    sealed_token: str = field(repr=False)
    stop: str
    pauses: frozenset[str]

    def is_clear(self, *, now: datetime) -> bool:
        """Whether it is due, nothing stands in its way, and what stands in the post is what was approved (P3)."""
        delivery = self.delivery
        if delivery.state != Delivery.State.SCHEDULED or (delivery.next_at or now) > now:
            return False
        if is_too_late(delivery, now=now) or self.stop or self._is_paused():
            return False
        today = now.astimezone(clock.OSLO).date()
        account = obstacles.account_obstacle(
            delivery.account, connection=self.access, assessment=self.risk, today=today
        )
        in_the_way = account or obstacles.job_obstacle(delivery.post.job, day=today)
        return not in_the_way and contents.current_hash(delivery) == delivery.approved_hash

    def _is_paused(self) -> bool:
        account = self.delivery.account
        kind = connectors.by_slug(account.channel.connector)
        version = pauses.version_scope(kind.version()) if kind else ""
        return bool(self.pauses & {pauses.scope(None, "publish"), pauses.scope(account.pk, "publish"), version})


def read(*, municipality_id: int, delivery_id: int, now: datetime) -> Facts | None:
    """Return the facts as they are committed at this moment, without a lock; None for no such delivery."""
    rows = run(municipality_id, Step(_statement(), (delivery_id, now)))
    return _facts(rows[0]) if rows else None


@cache
def _statement() -> Statement:
    columns = [f'{alias}."{each.column}"' for alias, model in ROWS for each in _fields(model)]
    return Statement(
        "kk_facts", "bigint, bigint, timestamptz", f"SELECT {', '.join(columns)}, {SEALED}, {STOPS} {FROM}"
    )


@cache
def _fields(model: type[Model]) -> tuple[Any, ...]:
    return tuple(each for each in model._meta.concrete_fields if not isinstance(each, SealedText))


@cache
def _converters(model: type[Model]) -> tuple[tuple[int, Any, Any], ...]:
    """Return place, field and function for each field whose stored value is not its value in Python."""
    fields = enumerate(_fields(model))
    return tuple(
        (place, each, convert)
        for place, each in fields
        for convert in each.get_db_converters(connections[DEFAULT_DB_ALIAS])
    )


def _facts(row: tuple) -> Facts:
    found: dict[str, Any] = {}
    start = 0
    for alias, model in ROWS:
        n_fields = len(_fields(model))
        found[alias] = _instance(model, row[start : start + n_fields])
        start += n_fields
    delivery, account, post = found["delivery"], found["account"], found["post"]
    account.channel, delivery.account = found["channel"], account
    post.job, post.media, delivery.post = found["job"], found["media"], post
    delivery.approved_media, delivery.link = found["approved"], found["link"]
    for of_account in filter(None, (found["access"], found["risk"])):
        of_account.account = account
    sealed_token, stop, keys = row[start:]
    return Facts(delivery, found["access"], found["risk"], sealed_token or "", stop, frozenset(keys))


def _instance(model: type[Model], values: tuple) -> Model | None:
    """Return the row's object, or None where the outer join found nothing."""
    if values[0] is None:
        return None
    columns = list(values)
    for place, each, convert in _converters(model):
        columns[place] = convert(columns[place], each, connections[DEFAULT_DB_ALIAS])
    return model.from_db(DEFAULT_DB_ALIAS, [each.attname for each in _fields(model)], columns)
