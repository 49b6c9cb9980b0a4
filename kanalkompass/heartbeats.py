"""
Signs of life of workers and beat, kept in Redis for a minute.

Beat sends each queue a heartbeat task; the worker that runs it leaves the time. A worker busy with one long pull cannot
run it, so its main process speaks for it as long as it has work in hand.
"""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import redis
from celery import current_app, signals
from celery.worker import state
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from kanalkompass.celery_settings import QUEUES

PREFIX = "kk:alive:"
KEPT_S = 60
# Health must answer within two seconds when Redis is away.
PATIENCE_S = 0.7
WORKERS = tuple(f"worker_{queue}" for queue in QUEUES)
BEAT = "beat"


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """Return an impatient Redis client: no second try, no waiting."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=PATIENCE_S,
        socket_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )


def leave(name: str) -> None:
    """Leave a sign of life of `name`, now."""
    client().set(PREFIX + name, time.time(), ex=KEPT_S)


def ages_s(names: tuple[str, ...]) -> Mapping[str, float | None]:
    """
    Return the seconds since the last sign of life of each name; None when there is none within a minute.

    :raises redis.RedisError: Redis does not answer
    """
    moment = time.time()
    found = client().mget([PREFIX + name for name in names])
    return {name: None if at is None else max(0.0, moment - float(at)) for name, at in zip(names, found, strict=True)}


@signals.after_task_publish.connect
def beat_has_sent(sender: str | None = None, **_: Any) -> None:
    """Leave beat's sign of life when it has sent a heartbeat."""
    if sender == "kanalkompass.tasks.heartbeat":
        leave(BEAT)


@signals.heartbeat_sent.connect
def busy_worker_lives(**_: Any) -> None:
    """Speak for the worker's queues while its slots are taken."""
    if state.active_requests:
        for queue in current_app.amqp.queues.consume_from:
            leave(f"worker_{queue}")
