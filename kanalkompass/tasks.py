"""Tasks of the whole installation."""

import logging

from celery import shared_task

from foundation import clock
from kanalkompass import heartbeats
from kanalkompass.privacy import retention

logger = logging.getLogger(__name__)


@shared_task
def heartbeat(*, queue: str) -> None:
    """Leave the sign of life of the worker that serves `queue`."""
    heartbeats.leave(f"worker_{queue}")


@shared_task
def tidy() -> None:
    """Delete what is past its time, in every municipality."""
    logger.info("%s rows deleted, past their time", retention.tidy_all(now=clock.now()))


@shared_task
def tidy_hourly() -> None:
    """Delete what may be kept for hours only, in every municipality."""
    logger.info("%s rows deleted, past their hours", retention.tidy_hourly(now=clock.now()))
